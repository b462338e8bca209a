"""The facts of one assignment, arranged for looking up."""

import datetime as dt
import functools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.campaigns.check.extract import parted
from copilot.campaigns.check.view import folded
from copilot.records import Fact, FactKind

PHRASES: frozenset[FactKind] = frozenset(
    {
        "brand",
        "address",
        "place",
        "product",
        "category",
        "person",
        "statement",
        "call_to_action",
        "required",
    }
)
"""Kinds whose text is known as a whole wherever it stands."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Phrase:
    """A text that may be written as it stands; `stem` also matches its plural."""

    pattern: re.Pattern[str]
    fact: Fact


@dataclass(frozen=True)
class Book:
    """Facts by kind and value; `phrases` longest first; `vocabulary` every word of a fact."""

    values: dict[FactKind, tuple[tuple[str, str, Fact], ...]]
    phrases: tuple[Phrase, ...]
    vocabulary: frozenset[str]
    days: tuple[tuple[dt.date, Fact], ...]

    def of(self, *kinds: FactKind) -> tuple[tuple[str, str, Fact], ...]:
        """(relation, value, fact) of every fact of these kinds."""
        return tuple(entry for kind in kinds for entry in self.values.get(kind, ()))


@functools.lru_cache(maxsize=256)
def book(facts: tuple[Fact, ...]) -> Book:
    """The facts, arranged; the same facts are arranged once."""
    values: dict[FactKind, list[tuple[str, str, Fact]]] = defaultdict(list)
    days: list[tuple[dt.date, Fact]] = []
    for fact in facts:
        relation, value = parted(fact.value)
        values[fact.kind].append((relation, value, fact))
        if fact.kind == "date" and _ISO.fullmatch(value):
            days.append((dt.date.fromisoformat(value), fact))
    texts = sorted((fact for fact in facts if _is_phrase(fact)), key=lambda f: -len(f.text))
    return Book(
        {kind: tuple(entries) for kind, entries in values.items()},
        tuple(Phrase(_phrase_pattern(fact), fact) for fact in texts),
        frozenset(vocabulary([fact.text for fact in facts])),
        tuple(days),
    )


def vocabulary(texts: Sequence[str]) -> set[str]:
    """Every word of the texts, folded.

    >>> sorted(vocabulary(["Café life"]))
    ['cafe', 'life']
    """
    return {word for text in texts for word in _WORD.findall(folded(text))}


def _is_phrase(fact: Fact) -> bool:
    whole_claim = fact.kind == "claim" and ": " not in fact.value
    return (fact.kind in PHRASES or whole_claim) and bool(_WORD.search(fact.text))


def _phrase_pattern(fact: Fact) -> re.Pattern[str]:
    text = folded(fact.text).strip().rstrip(".")
    body = r"[\s,]+".join(re.escape(part.rstrip(",")) for part in text.split())
    plural = "(?:e?s|n|en|e)?" if fact.kind in {"product", "category"} else ""
    return re.compile(rf"(?<!\w){body}{plural}(?!\w)")
