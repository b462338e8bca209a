"""Google responsive search ads: their assets, one a line, and the composer's own.

Every asset stands alone, because the search engine chooses which to show beside which.
"""

import re
from collections.abc import Sequence

from copilot.campaigns.composing.phrases import Bank, Turn, bank_for, fill
from copilot.campaigns.composing.wording import Fields, facts_said, fields_of, turn_of
from copilot.records import Assignment
from copilot.records.base import Record
from copilot.text import fold

HEADLINES, DESCRIPTIONS, PATHS = (3, 15), (2, 4), (0, 2)
"""How many of each an ad has, least and most."""

HEADLINE_LENGTH, DESCRIPTION_LENGTH, PATH_LENGTH = 30, 90, 15

_FIRST = 3
"""Headlines every ad keeps: the offer, the offer at the place, the brand."""

_LONGEST = HEADLINE_LENGTH + 1  # with the full stop that a headline loses
_END = re.compile(r"(?<=\w{5})\.$|(?<=\d)\.$")
"""A full stop, but not that of an abbreviated month."""
_ALIKE = 2 / 3
_TOLD = ("offer", "when_short", "terms_said", "code")
_LINE = re.compile(r"^[ \t]*(Headline|Description|Path)[ \t]*:[ \t]*(.*?)[ \t]*$", re.I | re.M)


class Assets(Record):
    """The assets of one ad, as they may be shown, in the order they are written."""

    headlines: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def assets(body: str) -> Assets:
    """The assets of an ad's body, lines `Headline: …`, `Description: …` and `Path: …`.

    >>> assets("Headline: Fresh rye\\nPath: rye").headlines
    ('Fresh rye',)
    """
    found: dict[str, list[str]] = {"headline": [], "description": [], "path": []}
    for line in _LINE.finditer(body):
        found[line[1].lower()].append(line[2])
    return Assets(
        headlines=tuple(found["headline"]),
        descriptions=tuple(found["description"]),
        paths=tuple(found["path"]),
    )


def asset_lines(ad: Assets) -> str:
    """The body of an ad; `assets` reads it back.

    >>> asset_lines(Assets(headlines=("Fresh rye",), paths=("rye",)))
    'Headline: Fresh rye\\nPath: rye'
    """
    lines = [f"Headline: {each}" for each in ad.headlines]
    lines += [f"Description: {each}" for each in ad.descriptions]
    lines += [f"Path: {each}" for each in ad.paths]
    return "\n".join(lines)


def ad_of(assignment: Assignment) -> Assets:
    """An ad's assets from the phrase bank: only what fits whole, no two headlines alike.

    The descriptions tell the offer, its dates, code and terms in as few lines as they fit in.
    """
    words, turn = bank_for(assignment.brief.brand, assignment.language), turn_of(assignment)
    facts = facts_said(assignment, turn, most=1)
    fields: Fields = {**fields_of(assignment), "fact": facts[0] if facts else None}
    return Assets(
        headlines=_headlines(words, fields, turn),
        descriptions=_descriptions(words, fields, turn, len(_said(words, fields)) - _FIRST),
        paths=_paths(fields),
    )


def _headlines(words: Bank, fields: Fields, turn: Turn) -> tuple[str, ...]:
    said = _said(words, fields)
    first, rest = said[:_FIRST], said[_FIRST:]
    start = turn.position("ads", len(rest)) if rest else 0
    site = re.sub(r"^https?://(?:www\.)?|/.*$", "", fields.get("site") or "")
    more = [text for each in words.ads.spare if (text := fill(each, fields))]
    spare = [_cut(each) for each in (fields.get("brand") or "", *more, site)]
    turned = [*first, *rest[start:], *rest[:start]]
    fitting = [text for text in turned if len(text) <= HEADLINE_LENGTH]
    if len(fitting) < HEADLINES[0]:
        fitting = _unlike([*fitting, *(each for each in spare if each)])[: HEADLINES[0]]
    return tuple(fitting[: HEADLINES[1]])


def _said(words: Bank, fields: Fields) -> list[str]:
    """Every headline that fits, no two alike."""
    said = (fill(each, fields) for each in words.ads.headlines)
    return _unlike([_END.sub("", text) for text in said if text and len(text) <= _LONGEST])


def _descriptions(words: Bank, fields: Fields, turn: Turn, rounds: int) -> tuple[str, ...]:
    """At most four; the free ones move on each time the headlines have been gone through once."""
    rounds = max(1, rounds)
    pool = [
        text
        for group in ("offer", "code", "terms")
        for text in _fitting(words.ads.descriptions[group], fields)
    ]
    wanted = {name: (fields.get(name) or "").casefold() for name in _TOLD if fields.get(name)}
    told: list[str] = []

    def news(text: str) -> int:
        return sum(value in text.casefold() for value in wanted.values())

    while wanted and pool and len(told) < DESCRIPTIONS[1]:
        best = max(pool, key=news)
        if not news(best):
            break
        told.append(best)
        wanted = {n: value for n, value in wanted.items() if value not in best.casefold()}
    for group in ("local", "fact", "fact", "spare", "spare"):
        enough = DESCRIPTIONS[0] if group == "spare" else DESCRIPTIONS[1]
        fitting = _fitting(words.ads.descriptions[group], fields)
        more = [text for text in fitting if text in _unlike([*told, text]) and text not in told]
        if more and len(told) < enough:
            told.append(more[(turn.index // rounds + turn.variant) % len(more)])
            rounds *= len(more)
    return tuple(told)


def _fitting(phrases: Sequence[str], fields: Fields) -> list[str]:
    said = (fill(each, fields) for each in phrases)
    return [text for text in said if text and len(text) <= DESCRIPTION_LENGTH]


def _paths(fields: Fields) -> tuple[str, ...]:
    """Where the ad seems to lead: the place and what it likes, as far as they fit."""
    found = [_slug(fields.get(name) or "") for name in ("place", "item")]
    return tuple(each for each in found if each and len(each) <= PATH_LENGTH)[: PATHS[1]]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def _unlike(texts: Sequence[str]) -> list[str]:
    """The texts without those that have mostly the words of an earlier one."""
    kept: list[tuple[set[str], str]] = []
    for text in texts:
        said = set(re.findall(r"\w+", fold(text)))
        if said and all(len(said & other) < _ALIKE * len(said | other) for other, _ in kept):
            kept.append((said, text))
    return [text for _, text in kept]


def _cut(text: str) -> str:
    """As many whole words as a headline holds."""
    cut = text[: HEADLINE_LENGTH + 1]
    return (
        text if len(text) <= HEADLINE_LENGTH else cut[: cut.rfind(" ")] if " " in cut else cut[:-1]
    )
