"""Percentages, prices, deals, gifts, codes and numbers in a text, as digits or as words."""

import functools
import re
from collections.abc import Callable

import Stemmer

from copilot.campaigns.check.lexicon import Lexicon, lexicon, number_pattern, number_words, words
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK, View, folded, mask
from copilot.records import FactKind, Language

_DIGITS = r"\d+(?:[.,]\d+)*"
_SYMBOLS = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY"}
_GLUED = re.compile(r"\d(?:p|ct|cts|eur|gbp|usd|chf)(?!\w)|(?<!\w)(?:eur|gbp|usd|chf|sfr)\.?\d")
_CODE_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])[a-z0-9][a-z0-9_-]{3,}(?![\w-])")
_NOT_CODE = re.compile(
    r"\d+(?:st|nd|rd|th|er|e|h|g|kg|ml|cl|l|km|cm|mm|m|p|am|pm|x\d*|-[a-z-]+|[a-z]{1,2}|h\d\d)"
)
_NEXT_WORDS = 2
_GROUP = 3
_GOT_AND_PAID = 2
_PRONOUNS = frozenset({"yours", "it", "them", "theirs"})
_AUXILIARY = frozenset({"gets", "got", "comes", "come"})
_NOTHING = re.compile(r"(?!)")

Found = tuple[list[Span], str]


def percents(view: View, low: str, lex: Lexicon) -> Found:
    """Percentages (`15%`), with what limits (`up to 15%`) or redirects them (`15% more`)."""
    pattern = _percent_pattern(lex.language) if _has_percent(low, lex) else _NOTHING

    def span(found: re.Match[str]) -> Span:
        value = f"{_number(found['n'], lex):g}%"
        after = words(lex.off_misuse).match(low, _skip(low, found.end()))
        before = _just_before(low, found.start(), lex.limits)
        if after:
            value = f"{value} {after[0]}"
        return _span("discount", view, found, value, relation=before)

    spans, low = _collect(pattern, low, span)
    for share, patterns in lex.fractions.items():

        def fraction(found: re.Match[str], share: int = share) -> Span:
            return _span("discount", view, found, f"{share}%")

        more, low = _collect(words(*patterns), low, fraction)
        spans += more
    return spans, low


def deals(view: View, low: str, lex: Lexicon) -> Found:
    """ "Two for one" and the like, as got/paid (`deal 2/1`)."""
    spans: list[Span] = []
    for name, patterns in lex.deals.items():

        def span(found: re.Match[str], name: str = name) -> Span:
            value = name if name != "x/y" else _ratio(found[0], lex)
            return _span("discount", view, found, f"deal {value}")

        more, low = _collect(words(*patterns), low, span)
        spans += more
    return spans, low


def _ratio(text: str, lex: Lexicon) -> str:
    """Got and paid of a deal, "3/2"; its words when they do not give two numbers."""
    known = number_words(lex.language)
    said = re.findall(r"\d+|[^\W\d_]+", text)
    counts = [f"{_number(each, lex):g}" for each in said if each.isdigit() or each in known]
    return "/".join(counts) if len(counts) == _GOT_AND_PAID else " ".join(said)


def gifts(view: View, low: str, lex: Lexicon) -> Found:
    """What is said to be free (`free coffee`); sayings such as "feel free" are passed over."""
    plain = _without(low, lex.free_idioms)
    pattern = words(lex.free)

    def span(found: re.Match[str]) -> Span:
        # Known names are blotted out of `plain`, and what is free may be one.
        given = _following(view.low, _past_measure(view.low, found.end(), lex), lex, thing=True)
        if not given or given[0] in {"one", "ones", *lex.measures}:
            given = _preceding(view.low, found.start(), lex)
            if re.search(r"(?<!\w)for $", plain[: found.start()]):
                whole = [*sorted(set(given)), *_pronoun(view.low, found.start())]
                given = ["+".join(whole)] if len(whole) > 1 else given
        return _span("discount", view, found, *(f"free {each}".strip() for each in given or [""]))

    spans, plain = _collect(pattern, plain, span)
    for each in spans:
        low = mask(low, each.start, each.end)
    return spans, low


def prices(view: View, low: str, lex: Lexicon) -> Found:
    """Sums of money (`GBP 3.50`); the relation tells money off from a price."""
    spans: list[Span] = []
    for word, value in lex.slang.items():

        def slang(found: re.Match[str], value: str = value) -> Span:
            return _span("price", view, found, value, relation=_price_kind(view.low, found, lex))

        more, low = _collect(words(word), low, slang)
        spans += more
    money = words(*lex.currency.values(), *lex.minor.values())
    if not (any(mark in low for mark in _SYMBOLS) or _GLUED.search(low) or money.search(low)):
        return spans, low
    for pattern, currency, scale in _price_patterns(lex.language):

        def span(found: re.Match[str], currency: str = currency, scale: float = scale) -> Span:
            amount = _number(found["n"], lex) * scale
            name = _SYMBOLS.get(found["c"], currency) if "c" in found.groupdict() else currency
            relation = _price_kind(view.low, found, lex)
            return _span("price", view, found, f"{name} {amount:.2f}", relation=relation)

        more, low = _collect(pattern, low, span)
        spans += more
    return spans, low


def named_codes(view: View, low: str, lex: Lexicon) -> Found:
    """What follows the word code, in capitals or with digits."""
    pattern = re.compile(
        rf"(?<!\w)(?:{folded(lex.code_words)}){folded(lex.code_joint)}"
        r"\s*[:=]?\s*[\"'*(]*(?P<t>[^\s\"'*().,;:!?]+)"
    )
    spans: list[Span] = []
    for found in pattern.finditer(low):
        token = view.raw[found.start("t") : found.end("t")]
        if MASK not in found["t"] and (_is_loud(token) or re.search(r"[a-z]\d", found["t"])):
            low = _take("code", view, low, found.span("t"), spans)
    return spans, low


def codes(view: View, low: str, lex: Lexicon) -> Found:
    """Tokens that a customer would type: capitals after "use", or letters with digits."""
    spans, low = named_codes(view, low, lex)
    used = re.compile(rf"(?<!\w)(?:{lex.code_before})\s+[\"'*(]*(?P<t>[a-z0-9_-]{{4,}})(?!\w)")
    for found in used.finditer(low):
        token = view.raw[found.start("t") : found.end("t")]
        if _is_loud(token) and found["t"] not in lex.capitals and not _not_code(found["t"]):
            low = _take("code", view, low, found.span("t"), spans)
    for found in _CODE_TOKEN.finditer(low):
        if not _not_code(found[0]):
            low = _take("code", view, low, found.span(), spans)
    return spans, low


def _take(kind: FactKind, view: View, low: str, where: tuple[int, int], spans: list[Span]) -> str:
    """Adds the span as it is written to `spans`; the text without it."""
    token = view.raw[slice(*where)]
    spans.append(Span(kind, *where, token, (token,)))
    return mask(low, *where)


def numbers(view: View, low: str, lex: Lexicon, *, loose: bool = False) -> Found:
    """Numbers with what they count (`24 hour`); `loose` also offers the number alone."""
    plain = _without(low, lex.number_idioms)
    pattern = _number_pattern(lex.language)

    def span(found: re.Match[str]) -> Span:
        text = found["n"] or found["glued"] or "1"
        value = 1.0 if found["one"] else _number(text, lex)
        counted = _following(plain, found.end(), lex)
        values = [f"{value:g} {each}" for each in counted if each]
        if loose or not values:
            values.append(f"{value:g}")
        return _span("number", view, found, *values)

    spans, plain = _durations(view, plain, lex)
    more, plain = _collect(pattern, plain, span)
    spans += more
    for each in spans:
        low = mask(low, each.start, each.end)
    return spans, low


def _durations(view: View, low: str, lex: Lexicon) -> Found:
    """How long something takes, where an article or a half stands for the number: "lasts an
    hour" is 60 minutes too."""
    spans: list[Span] = []
    for found in _duration_pattern(lex.language).finditer(low):
        values = ("30 minute", "0.5 hour") if found["half"] else ("1 hour", "60 minute")
        start, end = found.span("t")
        spans.append(Span("number", start, end, view.raw[start:end], values))
        low = mask(low, start, end)
    return spans, low


@functools.cache
def _duration_pattern(language: Language) -> re.Pattern[str]:
    lex = lexicon(language)
    return re.compile(
        rf"(?<!\w)(?:{folded(lex.lasts)}) (?P<t>(?P<half>{folded(lex.half_hour)})"
        rf"|(?:{folded(lex.one_words)}) (?:{folded(lex.measures['hour'])}))(?!\w)"
    )


def stem(word: str, language: Language) -> str:
    """A word's stem, the same for singular and plural.

    >>> stem("loaves", "en") == stem("loaf", "en")
    True
    """
    if language == "en" and word.endswith("ves"):
        word = f"{word[:-3]}f"
    return str(_stemmer(language).stemWord(word))


@functools.cache
def _stemmer(language: Language) -> "Stemmer.Stemmer":
    return Stemmer.Stemmer(
        {"en": "english", "de": "german", "fr": "french", "es": "spanish"}[language]
    )


def _collect(pattern: re.Pattern[str], low: str, span: Callable[[re.Match[str]], Span]) -> Found:
    spans = [span(found) for found in pattern.finditer(low)]
    for each in spans:
        low = mask(low, each.start, each.end)
    return spans, low


def _span(
    kind: FactKind, view: View, found: re.Match[str], *values: str, relation: str = ""
) -> Span:
    text = view.raw[found.start() : found.end()]
    return Span(kind, found.start(), found.end(), text, values, relation)


@functools.cache
def _number_pattern(language: Language) -> re.Pattern[str]:
    lex = lexicon(language)
    return re.compile(
        rf"(?<![\w])(?P<n>{_DIGITS}|(?:{number_pattern(language)}))(?!\w)"
        rf"|(?<!\w)(?P<one>{lex.units[1]})(?= (?:{lex.one_units})(?!\w))"
        r"|(?<![\w])(?P<glued>\d+)(?=[a-z])"
    )


def _has_percent(low: str, lex: Lexicon) -> bool:
    return "%" in low or bool(_percent_words(lex.language).search(low))


@functools.cache
def _percent_words(language: Language) -> re.Pattern[str]:
    return re.compile(rf"(?:{lexicon(language).percent})(?!\w)")


@functools.cache
def _percent_pattern(language: Language) -> re.Pattern[str]:
    lex = lexicon(language)
    return re.compile(
        rf"(?<![\w.,])(?P<n>{_DIGITS}|(?:{number_pattern(language)}))"
        rf"[ -]?(?:%|(?:{lex.percent})(?!\w))"
    )


@functools.cache
def _price_patterns(language: Language) -> tuple[tuple[re.Pattern[str], str, float], ...]:
    lex = lexicon(language)
    amount = rf"(?P<n>{_DIGITS}|(?:{number_pattern(language)}))"
    made = [
        (re.compile(rf"(?P<c>[£€$¥]) ?(?P<n>{_DIGITS})(?![\w%])"), "", 1.0),
        (re.compile(rf"(?<![\w.,])(?P<n>{_DIGITS}) ?(?P<c>[£€$¥])"), "", 1.0),
        (re.compile(rf"(?<!\w)(?:chf|sfr)\.? ?(?P<n>{_DIGITS})(?!\w)"), "CHF", 1.0),
    ]
    for name, written in lex.currency.items():
        made.append((re.compile(rf"(?<!\w){name.lower()} ?(?P<n>{_DIGITS})(?!\w)"), name, 1.0))
        made.append((re.compile(rf"(?<![\w.,]){amount}[ -]?(?:{written})(?!\w)"), name, 1.0))
    for name, written in lex.minor.items():
        made.append((re.compile(rf"(?<![\w.,]){amount}[ -]?(?:{written})(?!\w)"), name, 0.01))
    return tuple(made)


def _price_kind(low: str, found: re.Match[str], lex: Lexicon) -> str:
    after = low[_skip(low, found.end()) :]
    if words(lex.discount_words).match(after) or _just_before(
        low, found.start(), lex.price_off_before
    ):
        return "off"
    return "at" if _just_before(low, found.start(), lex.price_at_before) else ""


def _just_before(low: str, start: int, pattern: str) -> str:
    found = re.search(rf"(?<!\w)(?:{pattern})[\s:]*$", low[max(0, start - 30) : start])
    return found[0].strip(" \n:") if found else ""


def _skip(low: str, at: int) -> int:
    while at < len(low) and low[at] in " \n":
        at += 1
    return at


def _number(text: str, lex: Lexicon) -> float:
    known = number_words(lex.language).get(text)
    if known is not None:
        return float(known)
    whole, mark, rest = text.replace(".", ",").rpartition(",")
    if not mark or len(rest) == _GROUP:
        return float(text.replace(",", "").replace(".", ""))
    return float(f"{whole.replace(',', '')}.{rest}")


def _following(low: str, at: int, lex: Lexicon, *, thing: bool = False) -> list[str]:
    """What a number counts: the measure or the stems of the next words, nearest first; a `thing`
    ends where a place, a day or a condition begins."""
    counted: list[str] = []
    for found in re.finditer(r"(?<=[\s\w-])([^\W\d_][\w']*)|[.,;:!?()\n\ue000]", low[at : at + 60]):
        word = found[1]
        if word is None or len(counted) == _NEXT_WORDS:
            break
        measure = next((k for k, p in lex.measures.items() if words(p).fullmatch(word)), "")
        if measure:
            return [measure]
        if word in lex.stop_words or (thing and words(lex.target_stop).fullmatch(word)):
            break
        counted.append(stem(word, lex.language))
    return counted


def _past_measure(low: str, at: int, lex: Lexicon) -> int:
    """Behind a number with its measure, as in "free 30 day returns"."""
    measured = "|".join(lex.measures.values())
    found = re.compile(rf"[ -]\d+[ -](?:{measured})(?=[ -]\w)").match(low, at)
    return found.end() if found else at


def _preceding(low: str, at: int, lex: Lexicon) -> list[str]:
    """Stems of the words before that say what is free, nearest first: "entry is free"."""
    clause = re.split(r"[.,;:!?()\n]", low[max(0, at - 60) : at])[-1]
    passed = {*lex.stop_words, *lex.neutral, *_PRONOUNS, *_AUXILIARY}
    said = [each for each in re.findall(r"[^\W\d_][\w']*", clause) if each not in passed]
    return [stem(each, lex.language) for each in reversed(said[-_NEXT_WORDS:])]


def _pronoun(low: str, at: int) -> list[str]:
    """`it` when the clause before names what is free by a pronoun: "we net yours for free"."""
    clause = re.split(r"[.,;:!?()\n]", low[max(0, at - 60) : at])[-1]
    return ["it"] if _PRONOUNS & set(re.findall(r"[^\W\d_]+", clause)) else []


def _without(low: str, idioms: tuple[str, ...]) -> str:
    if not idioms:
        return low
    return words(*idioms).sub(lambda found: MASK * len(found[0]), low)


def _is_loud(token: str) -> bool:
    letters = [each for each in token if each.isalpha()]
    return bool(letters) and all(each.isupper() for each in letters) and len(token) > 1


def _not_code(token: str) -> bool:
    return bool(_NOT_CODE.fullmatch(token))
