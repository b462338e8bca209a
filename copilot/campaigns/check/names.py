"""Places, shops, products and people that a message must not name."""

import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from copilot.campaigns.check.book import vocabulary
from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.lexicon import Lexicon, words
from copilot.campaigns.check.offering import plain_words
from copilot.campaigns.check.view import MASK, folded, mask
from copilot.records import Finding
from copilot.text import shipped_yaml

_TOKEN = re.compile(r"[^\W\d_][\w'-]*")
_OPENERS = "\"'([{*_ "
_STARTS = ".!?:;\n|/•·>"
_TITLE_SHARE = 0.6
_TITLE_WORDS = 3
_BEFORE = 14
_GREETING = re.compile(
    r"(?:^|\n)[ ]*(?P<g>hi|hello|hey|dear|moin|hallo|servus|gruezi|guten (?:tag|morgen|abend)"
    r"|liebe[rs]?|bonjour|bonsoir|salut|chere?|hola|buenos dias|buenas tardes|estimad[oa]"
    r"|querid[oa])"
    r"(?: (?:sehr geehrter? )?(?:herr|frau|mr|mrs|ms|mme|monsieur|madame|senora?|sr|sra|don|dona))?"
    r"\.? (?P<n>[^\W\d_][\w'-]+)(?= ?[,!:.\n]| [A-Z])",
    re.IGNORECASE,
)
_SERVES = re.compile(
    r"(?:(?<=[.!?:] )|(?<=\n)|\A)(?P<n>[A-ZÀ-Ý][a-zà-ÿ]{2,})"
    r"(?: (?:und|et|y|and|&) [A-ZÀ-Ý][a-zà-ÿ]+)?"
    r" (?:(?:vous|t'|te) ?(?:attend|accueill|conseill|prépar|reçoi|explique|guide)\w*"
    r"|(?:will|can|is going to) (?:fit|help|show|greet|serve|teach|guide|cut|welcome|advise|look) "
    r"|(?:freut|freuen|berät|beraten|zeigt|zeigen|hilft|helfen|begrüßt|erklärt|kümmert) "
    r"(?:sich |dich|dir|Sie|Ihnen|euch|auf|bei)"
    r"|(?:le|les|te|os) (?:espera|atiende|atenderá|recib|aconsej|enseñ|ayuda|explica|guía)\w*)"
)
_KINDLY = re.compile(r"lieber?s?|guten \w+")


def names(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks other localities, other shops, products outside the facts, and unknown names."""
    rest = text.rest
    stores, rest = _known(rest, case.assignment.known_stores, text)
    for found in stores:
        yield text.block(
            "place.wrong",
            *found,
            f"The shop “{text.view.raw[slice(*found)]}” is not one for this message.",
            origin="unit",
            fix="Name only the shops of this locality.",
        )
    places, rest = _known(rest, case.assignment.other_places, text)
    for found in places:
        yield text.block(
            "place.wrong",
            *found,
            f"“{text.view.raw[slice(*found)]}” is another locality than this message is for.",
            origin="unit",
            fix="Name this message's own locality.",
        )
    named = tuple(n for n in case.assignment.known_products if _is_name(n, case.offered))
    products, rest = _known(rest, named, text, plural=True)
    for found in products:
        yield text.block(
            "product.wrong",
            *found,
            f"“{text.view.raw[slice(*found)]}” is not among the facts of this message.",
            origin="brief",
            fix="Name only products of the offer or of this locality.",
        )
    yield from _greeted(text, rest, case)
    yield from _people(text, rest, case)
    yield from _served(text, rest, case)
    yield from _capitals(text, rest, case)


def _known(
    rest: str, listed: Sequence[str], text: Text, *, plural: bool = False
) -> tuple[list[tuple[int, int]], str]:
    """Where each listed name stands, and the text without them."""
    spans: list[tuple[int, int]] = []
    if not listed:
        return spans, rest
    for found in _any_of(tuple(listed), plural).finditer(rest):
        first = text.view.raw[found.start()]
        if first.isupper() or " " in found[0]:
            rest = mask(rest, found.start(), found.end())
            spans.append(found.span())
    return spans, rest


@functools.lru_cache(maxsize=512)
def _any_of(listed: tuple[str, ...], plural: bool) -> re.Pattern[str]:
    ordered = sorted((folded(name) for name in listed), key=len, reverse=True)
    joined = "|".join(re.escape(name) for name in ordered if name) or "(?!)"
    return re.compile(rf"(?<!\w)(?:{joined}){'(?:e?s|n|en)?' if plural else ''}(?!\w)")


def _is_name(name: str, offered: frozenset[str]) -> bool:
    """A product's own name: not a word of the offer, nor an everyday word for a category."""
    own = " " in name.strip() or name[:1].isupper()
    return own and not vocabulary([name]) <= offered


def _greeted(text: Text, rest: str, case: Case) -> Iterator[Finding]:
    """A name written out where a merge field belongs: the message would greet everybody so."""
    for found in _GREETING.finditer(text.low):
        start, end = found.span("n")
        word = found["n"]
        if MASK in rest[start:end] or not text.view.raw[start].isupper():
            continue
        noun = case.lex.language == "de" and _KINDLY.fullmatch(found["g"])
        if _is_known(word, case) or (noun and word not in listed("given")):
            continue
        yield text.block(
            "name.unknown",
            start,
            end,
            f"“{text.view.raw[start:end]}” is a name written out; every reader would get it.",
            origin="merge tags",
            fix='Greet by a merge field: {{ first_name | default: "there" }}.',
        )


def _people(text: Text, rest: str, case: Case) -> Iterator[Finding]:
    pattern = re.compile(rf"(?<!\w)(?i:{case.lex.titles})\.? (?P<n>[A-ZÀ-Ý][\w'-]+)", re.UNICODE)
    for found in pattern.finditer(text.view.raw):
        if MASK in rest[found.start("n") : found.end("n")]:
            continue
        yield text.block(
            "name.unknown",
            found.start(),
            found.end(),
            f"“{found[0]}” is not named in the facts.",
            origin="facts",
            fix="Leave the name out, or add it to the brief.",
        )


def _served(text: Text, rest: str, case: Case) -> Iterator[Finding]:
    """A name that nobody lists, told by what it does: "Bastien vous attend"."""
    for found in _SERVES.finditer(text.view.raw):
        start, end = found.span("n")
        word = _bare(text.low[start:end])
        plain = word in plain_words(case.lex.language) or word in case.lex.stop_words
        if MASK in rest[start:end] or plain or _is_known(word, case):
            continue
        yield text.block(
            "name.unknown",
            start,
            end,
            f"“{found['n']}” is not named in the facts.",
            origin="facts",
            fix="Leave the name out, or add it to the brief.",
        )


def _capitals(text: Text, rest: str, case: Case) -> Iterator[Finding]:
    raw = text.view.raw
    titled = _titles(raw, rest)
    for found in _TOKEN.finditer(raw):
        word = _bare(text.low[found.start() : found.end()])
        if not found[0][0].isupper() and word not in listed("places"):
            continue
        left = rest[found.start() : found.end()]
        if not left.strip() or MASK in left or len(word) == 1 or _is_known(word, case):
            continue
        after_place = _after_place(text.low, found.start(), case.lex)
        town = _is_town(text.low, found, word, case.lex)
        if town or _is_unknown(found, raw, word, titled, after_place, case):
            place = word in listed("places") or (after_place and word not in listed("given"))
            rule = "place.unknown" if place else "name.unknown"
            yield text.block(
                rule,
                found.start(),
                found.end(),
                f"“{found[0]}” is not named in the facts.",
                origin="facts",
                fix="Leave the name out, or add it to the brief.",
            )


def _after_place(low: str, start: int, lex: Lexicon) -> bool:
    """Whether the word before is one that places follow."""
    before = low[max(0, start - _BEFORE) : start].split()
    return bool(before) and bool(words(lex.place_before).fullmatch(before[-1]))


def _is_town(low: str, found: re.Match[str], word: str, lex: Lexicon) -> bool:
    """Where every noun has a capital: a word after "in" that ends as towns do, or that follows
    a kind of shop ("im Salon in Esslingen") or a word for one place more ("auch in Wuppertal")."""
    before = low[max(0, found.start() - 3 * _BEFORE) : found.start()]
    if not found[0][0].isupper() or not re.search(r"(?<!\w)(?:in|nach|aus) $", before):
        return False
    if re.fullmatch(folded(lex.towns), word):
        return True
    shop = re.search(rf"(?<!\w)(?:\w*(?:{folded(lex.shops)})|{folded(lex.also)}) in $", before)
    return bool(shop) and not re.fullmatch(folded(lex.no_towns), word.rpartition("-")[2])


def _is_unknown(
    found: re.Match[str],
    raw: str,
    word: str,
    titled: Sequence[tuple[int, int]],
    after_place: bool,
    case: Case,
) -> bool:
    famous = word in listed("places") or word in listed("given")
    if not found[0][0].isupper():
        return after_place and word in listed("places")
    if famous:
        return True
    if case.lex.language == "de" or found[0].isupper() or _starts_sentence(raw, found.start()):
        return False
    return not any(start <= found.start() < end for start, end in titled)


def _is_known(word: str, case: Case) -> bool:
    known = word in case.vocabulary or word in case.lex.capitals
    return known or all(
        part in case.vocabulary or part in case.lex.capitals for part in word.split("-")
    )


def _bare(word: str) -> str:
    return re.sub(r"'s?$|^[ldcjmnst]'|^qu'", "", word)


def _starts_sentence(raw: str, start: int) -> bool:
    before = raw[max(0, start - _BEFORE) : start].rstrip(_OPENERS)
    if not before:
        return start <= _BEFORE or "\n" in raw[max(0, start - 2 * _BEFORE) : start]
    last = before[-1]
    return last in _STARTS or not (last.isalnum() or last in ",-%£$€&'+)" or last == MASK)


def _titles(raw: str, rest: str) -> list[tuple[int, int]]:
    """Lines without a full stop, written with capitals throughout: headings and subjects."""
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", raw):
        tokens = [
            token[0]
            for token in re.finditer(r"[^\W\d_]{3,}", line[0])
            if MASK not in rest[line.start() + token.start() : line.start() + token.end()]
        ]
        capital = sum(token[0].isupper() for token in tokens)
        ended = line[0].rstrip().endswith((".", "!", "?"))
        if not ended and len(tokens) >= _TITLE_WORDS and capital >= _TITLE_SHARE * len(tokens):
            found.append(line.span())
    return found


@functools.cache
def listed(name: str) -> frozenset[str]:
    """Names of `lexica/names.yaml`, such as the `given` ones."""
    path = Path(__file__).parent / "lexica" / "names.yaml"
    return frozenset(shipped_yaml(path)[name])
