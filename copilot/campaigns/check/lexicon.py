"""Words and patterns the checks look for, one YAML file a language in `lexica/`."""

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from pydantic import Field

from copilot.campaigns.check.view import folded
from copilot.records import Language
from copilot.records.base import Record
from copilot.text import shipped_yaml

LANGUAGES: tuple[Language, ...] = get_args(Language)
_HUNDRED = 100
_TWENTY = 20
_VIGESIMAL = {70: 60, 90: 80}


class Clock(Record):
    """Patterns of clock times; `half` is a half hour past, or to the next where that is
    said; `soft` marks also count hours, so they need a bound before them."""

    am: str = ""
    pm: str = ""
    oclock: str
    noon: str
    midnight: str
    half: str
    half_to_next: bool = False
    soft: str = ""


class Lexicon(Record):
    """What the checks know of one language; strings are regular expressions of whole words,
    matched against text without capitals and accents."""

    language: Language
    units: tuple[str, ...] = Field(description="0 to 19")
    tens: tuple[str, ...] = Field(description="20 to 90")
    irregular: dict[str, int] = Field(default_factory=dict)
    big: dict[str, int]
    not_numbers: tuple[str, ...] = ()
    number_idioms: tuple[str, ...] = ()
    percent: str
    months: tuple[str, ...]
    ambiguous_months: tuple[str, ...] = ()
    weekdays: tuple[str, ...]
    weekday_short: tuple[str, ...]
    ordinals: tuple[str, ...] = ()
    day_suffix: str
    day_range: str
    day_article: str = ""
    day_alone: str = "(?!)(?P<d>)"
    month_first: bool = False
    relative: dict[str, int]
    this: str
    next: str
    every: str
    weekend: str
    whole_weekend: str
    weeks: dict[str, int]
    periods: tuple[str, ...]
    holidays: tuple[str, ...]
    relations: dict[str, str]
    clock: Clock
    time_stop: str
    time_range: str
    time_idioms: tuple[str, ...] = ("(?!)",)
    deal_after: str = "(?!)"
    gift_with: str = Field(description="what stands between a gift and what must be bought")
    one_words: str = "(?!)"
    lasts: str = "(?!)"
    half_hour: str = "(?!)"
    opening: str
    common: tuple[str, ...]
    shops: str = "(?!)"
    towns: str = Field(default="(?!)", description="how names of towns look, where nouns do not")
    also: str = Field(default="(?!)", description='words for one more place, as before "in"')
    no_towns: str = Field(default="(?!)", description='nouns that follow "in" without an article')
    discount_words: str
    target_after: str
    target_stop: str
    applies: str
    broad: tuple[str, ...]
    neutral: tuple[str, ...]
    off_misuse: str
    limits: str
    deals: dict[str, tuple[str, ...]]
    fractions: dict[int, tuple[str, ...]]
    free: str
    free_idioms: tuple[str, ...]
    price_off_before: str
    price_at_before: str
    currency: dict[str, str]
    minor: dict[str, str]
    slang: dict[str, str] = Field(default_factory=dict, description="a word for a sum of money")
    code_words: str
    code_before: str
    code_joint: str
    measures: dict[str, str]
    one_units: str
    place_before: str
    titles: str
    capitals: tuple[str, ...]
    claim_idioms: tuple[str, ...]
    claims: dict[str, str]
    sensitive: tuple[str, ...]
    creepy: tuple[str, ...]
    spam: tuple[str, ...]
    opt_out: str
    unsubscribe: str
    stop_words: tuple[str, ...]
    concepts: dict[str, str]


@functools.cache
def lexicon(language: Language) -> Lexicon:
    """The lexicon of a language; shipped with the package, so a fault in it is a defect."""
    path = Path(__file__).parent / "lexica" / f"{language}.yaml"
    return Lexicon.model_validate(shipped_yaml(path))


@functools.cache
def words(*patterns: str) -> re.Pattern[str]:
    """Any of the patterns as whole words."""
    joined = "|".join(f"(?:{_plain(each)})" for each in patterns)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)")


def concepts(low: str, language: Language) -> set[str]:
    """What kinds of condition a folded text speaks of, such as `store`, `new`, `minimum`."""
    found = lexicon(language).concepts.items()
    return {name for name, pattern in found if words(pattern).search(low)}


@functools.cache
def number_words(language: Language) -> dict[str, int]:
    """Every number word from 0 to 100, and the big ones, to its value; folded.

    >>> number_words("en")["fifteen"], number_words("de")["funfundzwanzig"]
    (15, 25)
    """
    lex = lexicon(language)
    found = dict(zip(lex.units, range(_TWENTY), strict=True))
    for number in range(_TWENTY, _HUNDRED):
        for word in _spelled(number, lex):
            found[word] = number
    found.update(lex.irregular)
    found.update(lex.big)
    return {folded(word): value for word, value in found.items() if word not in lex.not_numbers}


@functools.cache
def number_pattern(language: Language) -> str:
    """Any number word of the language as a pattern, the longest first."""
    return _alternatives(tuple(number_words(language)))


@functools.cache
def month_of(language: Language) -> dict[str, int]:
    """Each month's name and abbreviations, folded, to its number."""
    months = enumerate(lexicon(language).months, 1)
    return {folded(name): number for number, names in months for name in names.split("|")}


@functools.cache
def month_pattern(language: Language) -> str:
    """Any month's name as a pattern, the longest first."""
    return _alternatives(tuple(month_of(language)))


def _alternatives(texts: Sequence[str]) -> str:
    """Any of the texts, the longest first, parted by first letter: far faster than a flat list."""
    heads: dict[str, list[str]] = {}
    for text in sorted(texts, key=len, reverse=True):
        heads.setdefault(text[:1], []).append(text[1:])
    parts: list[str] = []
    for head, rest in heads.items():
        deeper = len(rest) > 1 and all(rest)
        tails = _alternatives(rest) if deeper else "|".join(map(re.escape, rest))
        parts.append(f"{re.escape(head)}(?:{tails})")
    return "|".join(parts)


def _plain(pattern: str) -> str:
    return "".join(each if each.isascii() else folded(each) for each in pattern)


def _spelled(number: int, lex: Lexicon) -> tuple[str, ...]:
    ten, unit = divmod(number, 10)
    tens, rest = lex.tens[ten - 2], lex.units[unit]
    if lex.language == "de":
        return (f"{'ein' if unit == 1 else rest}und{tens}",) if unit else (tens,)
    if lex.language == "es":
        return (f"{tens} y {rest}",) if unit else (tens,)
    if lex.language == "fr":
        base = _VIGESIMAL.get(10 * ten)
        if base:
            tens, rest = lex.tens[base // 10 - 2].removesuffix("s"), lex.units[number - base]
        elif not unit:
            return (tens,)
        return f"{tens}-{rest}", f"{tens} {rest}", f"{tens} et {rest}"
    return (f"{tens}-{rest}", f"{tens} {rest}", f"{tens}{rest}") if unit else (tens,)
