"""Every hard statement of a text, found the same way in what may be said and in what is said.

`facts.py` runs this over the brief and the brand kit, the checks over a draft: a statement is
known when both give the same canonical value, so "fifteen per cent" is "15%" on both sides.
"""

import datetime as dt
import functools
import re

from copilot.campaigns.check.amounts import (
    codes,
    deals,
    gifts,
    named_codes,
    numbers,
    percents,
    prices,
)
from copilot.campaigns.check.dates import dates
from copilot.campaigns.check.lexicon import Lexicon, lexicon, words
from copilot.campaigns.check.links import links, phones
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.times import times
from copilot.campaigns.check.view import MASK, View, mask, plain_view
from copilot.records import Language
from copilot.text import squeeze

RELATIONS = ("until", "before", "from", "after", "at", "off")

_STREET_WORDS = (
    "street|st|road|rd|lane|ln|avenue|ave|way|yard|parade|square|sq|close|drive|place|court|terrace"
    "|row|hill|market|gardens|crescent|grove|mews|walk|gate|park|wharf|quay|house|boulevard|blvd"
)
_ADDRESSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w.,])\d{{1,4}}[a-z]?,? (?:[A-Z][\w'-]+ ){{1,3}}(?i:{_STREET_WORDS})(?!\w)",
        r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß-]*(?:str(?:aße|asse|\.)|weg|platz|allee|gasse|ufer|damm|ring)"
        r"|(?:[A-ZÄÖÜ][\wäöüß]+er )?(?:Straße|Platz|Weg|Allee)) \d{1,4}[a-z]?(?!\w)",
        r"(?<![\w.,])\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|place|quai|chemin|impasse"
        r"|cours) [\w' -]{3,30}?(?=[,.\n]|$)",
        r"(?<!\w)(?:[Cc]alle|[Pp]laza|[Aa]venida|Avda\.|[Pp]aseo|C/) ?[\w' ]{3,30}?,? "
        r"\d{1,4}(?!\w)",
        r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)",
        r"(?<![\w.,])(?:[A-Z]-)?\d{5} [A-ZÄÖÜÉ][\w-]{2,}",
    )
)


def link_spans(view: View, low: str, language: Language) -> tuple[list[Span], str]:
    """Links, e-mail addresses and codes named as such, and the text without them; these are
    read before known names are, which they may contain."""
    spans, low = links(view, low)
    more, low = named_codes(view, low, lexicon(language))
    return spans + more, low


def extract(
    view: View, low: str, language: Language, *, today: dt.date | None, loose: bool = False
) -> tuple[list[Span], str]:
    """Addresses, codes, dates, times, amounts and claims of `low` (already masked where known),
    in no order, and what is left of it.

    `loose` lets a number stand without what it counts, for texts in another language than the
    facts'.
    """
    lex = lexicon(language)
    spans, low = _addresses(view, low)
    for find in (deals, percents, prices):
        more, low = find(view, low, lex)
        spans += more
    more, low = dates(view, low, lex, today)
    spans += more
    more, low = times(view, low, lex)
    spans += more
    more, low = phones(view, low)
    spans += more
    for find in (codes, gifts):
        more, low = find(view, low, lex)
        spans += more
    more, _ = claims(view, low, lex)
    spans += more
    more, low = numbers(view, low, lex, loose=loose)
    return spans + more, low


@functools.lru_cache(maxsize=1024)
def extract_text(
    text: str, language: Language, *, today: dt.date | None = None
) -> tuple[Span, ...]:
    """Every span of a plain text, in order."""
    view = plain_view(text)
    spans, low = link_spans(view, view.low, language)
    more, _ = extract(view, low, language, today=today)
    return tuple(sorted(spans + more, key=lambda span: span.start))


def claims(view: View, low: str, lex: Lexicon) -> tuple[list[Span], str]:
    """Comparisons, superlatives, absolutes and claims on health, origin, nature and service."""
    plain = words(*lex.claim_idioms).sub(lambda found: MASK * len(found[0]), low)
    spans: list[Span] = []
    for name, pattern in lex.claims.items():
        for found in words(pattern).finditer(plain):
            text = view.raw[found.start() : found.end()]
            spans.append(Span("claim", found.start(), found.end(), text, (f"{name}: {found[0]}",)))
            plain = mask(plain, found.start(), found.end())
    for each in spans:
        low = mask(low, each.start, each.end)
    return spans, low


def canonical(span: Span) -> tuple[str, ...]:
    """The span's possible values with their relation, as facts carry them."""
    return tuple(f"{span.relation} {value}".strip() for value in span.values)


def parted(value: str) -> tuple[str, str]:
    """A fact's value as its relation and the rest.

    >>> parted("before 10:00"), parted("15%")
    (('before', '10:00'), ('', '15%'))
    """
    first, _, rest = value.partition(" ")
    return (first, rest) if first in RELATIONS and rest else ("", value)


def _addresses(view: View, low: str) -> tuple[list[Span], str]:
    spans: list[Span] = []
    for pattern in _ADDRESSES:
        for found in pattern.finditer(view.raw):
            if MASK in low[found.start() : found.end()]:
                continue
            value = squeeze(low[found.start() : found.end()].replace(",", " "))
            spans.append(Span("address", found.start(), found.end(), found[0], (value,)))
            low = mask(low, found.start(), found.end())
    return spans, low
