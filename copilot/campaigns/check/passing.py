"""Days and times of day that a text only talks of, so that no fact need give them."""

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from copilot.campaigns.check.finding import Case
from copilot.campaigns.check.lexicon import words
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import folded
from copilot.records import FactKind, Language
from copilot.text import shipped_yaml

_NOON = re.compile(r"noon|midday|mittag|midi|mediodia|midnight|mitternacht|minuit|medianoche")
_HARD: frozenset[FactKind] = frozenset({"discount", "price", "number", "time", "code"})
_STOP = re.compile(r"[.!?;,\n]")


def in_passing(span: Span, spans: Sequence[Span], low: str, case: Case) -> bool:
    """Whether a date is talk: "colour after work", "one Tuesday", "book today", "before January".

    Beside a figure, an opening hour or a word for the business it is a statement.
    """
    spoken = span.kind == "date" or _is_noon(span)
    if not spoken or any(each.isdigit() for each in span.text):
        return False
    start = max((each.end() for each in _STOP.finditer(low, 0, span.start)), default=0)
    stop = _STOP.search(low, span.end)
    end = stop.start() if stop else len(low)
    sentence = low[start:end]
    others = (each for each in spans if each is not span and not _is_noon(each))
    talk, value = _talk(case.lex.language), span.values[0]
    if any(each.kind in _HARD and start <= each.start < end for each in others):
        return False
    speaker = talk["events"] if value.startswith("month ") else talk["speaker"]
    if words(case.lex.opening, speaker).search(sentence):
        return False
    if span.kind == "time":
        return low[end : end + 1] == "?"
    if value == case.assignment.today.isoformat():
        before = low[start : span.start].split()
        lone = span.relation or (before and words("only|just|nur|seulement|solo").match(before[-1]))
        offered = case.assignment.brief.offer is not None
        asked = low[end : end + 1] == "?"
        return not lone and (asked or not offered or bool(words(talk["ordering"]).search(sentence)))
    if value.startswith("weekday "):
        return bool(re.search(rf"(?<!\w)(?:{talk['some']}) $", low[start : span.start]))
    if value.startswith("holiday "):
        known = {part for word in case.vocabulary for part in word.split("'")}
        return known.issuperset(re.findall(r"[^\W\d_]+", value.removeprefix("holiday ")))
    if value.startswith("period "):
        timed = any(fact.origin == "brief.offer.terms" for _, _, fact in case.facts.of("time"))
        return not timed and bool(words(talk["idle"]).fullmatch(value.removeprefix("period ")))
    if value == "weekend":
        return case.assignment.brief.offer is None and not span.relation
    return value.startswith("month ")


def _is_noon(span: Span) -> bool:
    return span.kind == "time" and bool(_NOON.fullmatch(folded(span.text)))


@functools.cache
def _talk(language: Language) -> dict[str, str]:
    path = Path(__file__).parent / "lexica" / "passing.yaml"
    found: dict[str, dict[str, str]] = shipped_yaml(path)
    return found[language]
