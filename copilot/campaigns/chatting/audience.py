"""Whom a chat message is for, as a rule in the audience language."""

import difflib
import functools
import re
from collections.abc import Mapping, Sequence

from copilot.campaigns.chatting.scan import FIRST, LAST, Scan
from copilot.campaigns.chatting.speech import LANGUAGES, PLACE, Speech, compiled
from copilot.campaigns.check.amounts import stem
from copilot.campaigns.check.lexicon import number_words
from copilot.campaigns.check.view import MASK, folded
from copilot.records import Language
from copilot.text import squeeze

LAPSED_DAYS = 60
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_HALF_DAYS = {"year": 180, "month": 15}
_NEAR = 0.8
_NEAR_LONG = 6
_SHORT = 4


def read_audience(scan: Scan, places: Sequence[str], products: Sequence[str]) -> str | None:
    """The rule; parts said together must all hold. None when nobody is singled out."""
    segments = _segments(scan)
    rules = [
        *_places(scan, places),
        *_recency(scan),
        *segments,
        *_frequency(scan),
        *_spend(scan),
        *_languages(scan),
        *_buyers(scan, products),
        *(["consent"] if scan.took("consent") else []),
    ]
    if not rules[1:]:
        return next(iter(rules), None)
    return " and ".join(f"({rule})" if " or " in rule else rule for rule in rules)


def ask_near(scan: Scan, places: Sequence[str]) -> None:
    """Asks back for a word that no reader took and that is nearly a place's name."""
    known = {folded(place): place for place in places}
    for found in re.finditer(r"(?<!\w)[A-ZÄÖÜÉ][\w'-]{4,}(?: [A-Z][\w'-]+)?", scan.raw):
        if MASK in scan.low[found.start() : found.end()]:
            continue
        if folded(found[0]) in known:
            continue
        if near := _nearest(folded(found[0]), known):
            _ask(scan, "need_place", found[0], near)
            scan.cover(found.start(), found.end())


def _places(scan: Scan, places: Sequence[str]) -> list[str]:
    known = {folded(place): place for place in places}
    one = _any_name(tuple(known))
    low = one.sub(lambda found: PLACE * len(found[0]), scan.low)
    for voice in scan.voices:
        for pattern in voice.patterns["audience_place"]:
            for found in compiled(pattern).finditer(low):
                if MASK in found[0]:
                    continue
                kept = found.end("keep") if found.groupdict().get("keep") else found.start()
                named = [known[each[0]] for each in one.finditer(scan.low, *found.span())]
                scan.cover(kept, found.end())
                return [_any_of(("neighbourhood", "city", "region"), list(dict.fromkeys(named)))]
    for voice in scan.voices:
        for pattern in voice.patterns["audience_unknown"]:
            for found in scan.find(pattern):
                said = scan.raw[found.start("x") : found.end("x")]
                if said[0].isupper():
                    _ask(scan, "need_place", said, _nearest(folded(said), known))
                    scan.cover(found.start(), found.end())
    return []


@functools.lru_cache(maxsize=64)
def _any_name(names: tuple[str, ...]) -> re.Pattern[str]:
    one = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"{FIRST}(?:{one}){LAST}")


def _nearest(said: str, known: Mapping[str, str]) -> str | None:
    near = difflib.get_close_matches(said, known, n=1, cutoff=_NEAR)
    return known[near[0]] if near else None


def _ask(scan: Scan, key: str, said: str, near: str | None) -> None:
    also = scan.say("near", text=near) if near else ""
    scan.problems.append(scan.say(key, text=said) + also)


def _any_of(fields: Sequence[str], names: Sequence[str]) -> str:
    quoted = ["'" + name.replace("'", "''") + "'" for name in names]
    test = f"= {quoted[0]}" if not quoted[1:] else f"in ({', '.join(quoted)})"
    return " or ".join(f"{field} {test}" for field in fields)


def _recency(scan: Scan) -> list[str]:
    for voice, found in list(scan.takes("lapsed_for"))[:1]:
        return [f"recency_days > {_count(voice, found)}"]
    for voice, found in list(scan.takes("active_for"))[:1]:
        return [f"recency_days <= {_count(voice, found)}"]
    if scan.took("lapsed"):
        scan.notes.append(scan.say("lapsed", days=LAPSED_DAYS))
        return [f"recency_days > {LAPSED_DAYS}"]
    return []


def _segments(scan: Scan) -> list[str]:
    if scan.took("loyal"):
        scan.notes.append(scan.say("loyal"))
        return ["segment in ('champions', 'loyal')"]
    return ["segment = 'new'"] if scan.took("fresh") else []


def _frequency(scan: Scan) -> list[str]:
    return [
        f"frequency >= {_number(voice, found['n'])}"
        for voice, found in list(scan.takes("frequent"))[:1]
    ]


def _spend(scan: Scan) -> list[str]:
    """What customers have spent in all, in the data's own currency."""
    found = scan.took("spent")
    if found is None:
        return []
    return [f"monetary {'>=' if found['least'] else '>'} {found['n']}"]


def _languages(scan: Scan) -> list[str]:
    for voice, found in list(scan.takes("speakers"))[:1]:
        said = next(each for name, each in found.groupdict().items() if name in "lm" and each)
        for language, pattern in voice.languages.items():
            if re.fullmatch(pattern, said):
                return [f"language = '{language}'"]
    return []


def _buyers(scan: Scan, products: Sequence[str]) -> list[str]:
    for voice in scan.voices:
        for pattern in voice.patterns["buyers"]:
            for found in scan.find(pattern):
                rule = _bought(scan, voice, found, tuple(products))
                if rule or scan.low[found.start("x")] == MASK:
                    return rule
    return []


def _bought(
    scan: Scan, voice: Speech, found: re.Match[str], products: tuple[str, ...]
) -> list[str]:
    known = _by_stem(products, voice.language)
    groups = found.groupdict()
    typed = found["x"].split()
    first = found.end("keep") if groups.get("keep") else found.start()
    for length in range(len(typed), 0, -1):
        name = known.get(_stems(" ".join(typed[:length]), voice.language))
        if name:
            end = found.start("x") + len(" ".join(typed[:length]))
            scan.cover(first, max(end, found.end() if length == len(typed) else 0))
            return [_any_of(("favourite_category", "favourite_product"), [name])]
    if not groups.get("weak"):
        near = _nearest(typed[0], {folded(each): each for each in products})
        _ask(scan, "need_product", typed[0], near)
        scan.cover(first, found.start("x") + len(typed[0]))
    return []


@functools.lru_cache(maxsize=64)
def _by_stem(products: tuple[str, ...], language: Language) -> dict[tuple[str, ...], str]:
    return {_stems(name, language): name for name in products}


def _stems(name: str, language: Language) -> tuple[str, ...]:
    return tuple(stem(word, language) for word in re.findall(r"[\w-]+", folded(name)))


def ask_typo(scan: Scan, text: str, products: Sequence[str]) -> None:
    """Asks back for a long word of the offer that is nearly, but not, a product's name."""
    known = {word: word for name in products for word in re.findall(r"\w{6,}", folded(name))}
    for word in re.findall(rf"[^\W\d_]{{{_NEAR_LONG},}}", squeeze(folded(text))):
        near = difflib.get_close_matches(word, known, n=1, cutoff=0.88)
        if near and not _same_word(word, near[0]):
            _ask(scan, "need_product", word, near[0])


def _same_word(said: str, known: str) -> bool:
    """Whether the two differ in their endings alone, in any language."""
    return said[:_SHORT] == known[:_SHORT] and any(
        stem(said, each) == stem(known, each) for each in LANGUAGES
    )


def _count(voice: Speech, found: re.Match[str]) -> int:
    unit = next(u for u in _UNIT_DAYS if re.fullmatch(voice.parts[f"unit_{u}"], found["u"]))
    if found.groupdict().get("half") and unit in _HALF_DAYS:
        return _HALF_DAYS[unit]
    return _number(voice, found["n"] or "1") * _UNIT_DAYS[unit]


def _number(voice: Speech, text: str) -> int:
    return int(text) if text.isdigit() else number_words(voice.language).get(text, 1)
