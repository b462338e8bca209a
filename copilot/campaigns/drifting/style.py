"""How a sentence speaks: marks, address, register and rhythm, counted without a model."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from copilot.campaigns.check.lexicon import lexicon
from copilot.campaigns.check.lexicon import words as whole_words
from copilot.campaigns.check.view import folded
from copilot.records import Language, StyleFeature
from copilot.records.base import Record
from copilot.text import shipped_yaml

Vector = NDArray[np.float64]
Exposure = Literal["sentences", "words"]

COUNTED: dict[StyleFeature, Exposure] = {
    "exclamations": "sentences",
    "questions": "sentences",
    "emoji": "sentences",
    "dots": "sentences",
    "commas": "words",
    "capitals": "words",
    "first_person": "words",
    "second_person": "words",
    "informal_address": "words",
    "formal_address": "words",
    "contractions": "words",
    "formal_words": "words",
    "chummy_words": "words",
    "sales_words": "words",
    "slang": "words",
    "own_rules": "words",
    "small_words": "words",
}
"""What is counted, and what the counts are a rate of."""

SHARED: frozenset[StyleFeature] = frozenset(
    {
        "exclamations",
        "questions",
        "emoji",
        "dots",
        "capitals",
        "informal_address",
        "formal_address",
        "formal_words",
        "chummy_words",
        "sales_words",
        "slang",
        "own_rules",
        "sentence_length",
    }
)
"""What can be compared across languages."""

HOLE = re.compile(r"⟦(\w+)⟧")
"""What stands for a fact in masked copy: its kind."""

_EMOJI = (
    r"(?:[\U0001F1E6-\U0001F1FF]{2}|[#*0-9]\uFE0F?\u20E3"
    r"|(?:[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\u231A-\u23FA]"
    r"[\uFE0F\U0001F3FB-\U0001F3FF]*(?:\u200D[\U0001F300-\U0001FAFF\u2600-\u27BF]\uFE0F?)*))"
)
_MARKS: dict[StyleFeature, re.Pattern[str]] = {
    "exclamations": re.compile(r"!"),
    "questions": re.compile(r"\?"),
    "emoji": re.compile(_EMOJI),
    "dots": re.compile(r"…|\.{3,}|[!?]{2,}"),
    "commas": re.compile(r"[,;:–—]|\s-\s"),
    "capitals": re.compile(r"(?<![\w⟦])[^\W\d_a-zß-öø-ÿ]{3,}(?![\w⟧])"),
}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BREAK = re.compile(
    rf"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[⟦¿¡]*[A-ZÀ-ÖØ-Þ0-9¿¡⟦])|(?<=[.!?…])\s+{_EMOJI}+\s+"
)


class Words(Record):
    """One language's words by what they show; whole-word patterns on folded text, but for
    `formal_you`, whose capitals may carry the meaning."""

    language: Language
    first: tuple[str, ...]
    you: tuple[str, ...]
    informal: tuple[str, ...]
    formal_you: tuple[str, ...]
    contractions: tuple[str, ...]
    formal: tuple[str, ...]
    chummy: tuple[str, ...]
    sales: tuple[str, ...]
    slang: tuple[str, ...]
    duties: tuple[str, ...] = Field(description="sentences the law or the channel asks for")


@dataclass(frozen=True)
class Measured:
    """Sentences as counts: `counts` has a row a sentence and a column for each of COUNTED,
    `words` how many words each has, a fact being one; `spoken` how many of its own, with
    `letters` letters; `hits` the words behind the counts."""

    counts: Vector
    words: Vector
    spoken: Vector
    letters: Vector
    hits: tuple[dict[StyleFeature, tuple[str, ...]], ...]

    def __len__(self) -> int:
        return len(self.words)

    def only(self, rows: Sequence[int]) -> "Measured":
        """The same for some of the sentences."""
        at = list(rows)
        return Measured(
            self.counts[at],
            self.words[at],
            self.spoken[at],
            self.letters[at],
            tuple(self.hits[row] for row in at),
        )


def measure(
    sentences: Sequence[str], language: Language, own_rules: Sequence[str] = ()
) -> Measured:
    """Counts of masked sentences; `own_rules` are the brand's words never to use."""
    rules = tuple(re.escape(folded(each)) for each in own_rules if each.strip())
    hits = tuple(_hits(each, language, rules) for each in sentences)
    counts = [[float(len(found.get(name, ()))) for name in COUNTED] for found in hits]
    spoken = [_WORD.findall(HOLE.sub(" ", each)) for each in sentences]
    return Measured(
        np.array(counts, dtype=float).reshape(len(hits), len(COUNTED)),
        np.array(
            [
                float(len(own) + len(HOLE.findall(all_)))
                for own, all_ in zip(spoken, sentences, strict=True)
            ]
        ),
        np.array([float(len(each)) for each in spoken]),
        np.array([float(sum(map(len, each))) for each in spoken]),
        hits,
    )


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence of a line starts and ends; an emoji after the full stop closes it.

    >>> split_sentences("Ready? 🛴 Go!")
    [(0, 8), (9, 12)]
    """
    found: list[tuple[int, int]] = []
    start = 0
    for gap in _BREAK.finditer(text):
        end = gap.start() + len(gap[0].rstrip())
        found.append((start, end))
        start = gap.end()
    end = len(text.rstrip())
    return [*found, (start, end)] if end > start else found


def _hits(
    sentence: str, language: Language, rules: tuple[str, ...]
) -> dict[StyleFeature, tuple[str, ...]]:
    bare = HOLE.sub(" ", sentence)
    low = folded(bare)
    found = {name: tuple(pattern.findall(bare)) for name, pattern in _MARKS.items()}
    for name, pattern in _patterns(language).items():
        found[name] = tuple(bare[m.start() : m.end()] for m in pattern.finditer(low))
    found["formal_address"] = _formal_address(bare, low, language)
    # "Ihr" is "your" or "you all" by its capital alone.
    found["informal_address"] = tuple(
        each for each in found["informal_address"] if each not in found["formal_address"]
    )
    informal = len(found["informal_address"]) + len(found["formal_address"])
    found["second_person"] = found["second_person"] + ("",) * informal
    if rules:
        found["own_rules"] = tuple(m[0] for m in whole_words(*rules).finditer(low))
    return {name: each for name, each in found.items() if each}


def _formal_address(bare: str, low: str, language: Language) -> tuple[str, ...]:
    patterns = words_of(language).formal_you
    if not patterns:
        return ()
    if language == "de":
        # "Sie" that opens a sentence may be "they".
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")
        return tuple(m[0] for m in pattern.finditer(bare) if m.start() or m[0] != "Ihr")
    return tuple(m[0] for m in whole_words(*patterns).finditer(low))


@functools.cache
def _patterns(language: Language) -> dict[StyleFeature, re.Pattern[str]]:
    known, never = words_of(language), ("(?!)",)
    lists: dict[StyleFeature, tuple[str, ...]] = {
        "first_person": known.first,
        "second_person": known.you,
        "informal_address": known.informal,
        "contractions": known.contractions,
        "formal_words": known.formal,
        "chummy_words": known.chummy,
        "sales_words": known.sales,
        "slang": known.slang,
        "small_words": tuple(lexicon(language).stop_words),
    }
    return {name: whole_words(*(each or never)) for name, each in lists.items()}


@functools.cache
def words_of(language: Language) -> Words:
    """The style words of a language; shipped, so a fault in them is a defect."""
    path = Path(__file__).parent / "styles" / f"{language}.yaml"
    return Words.model_validate(shipped_yaml(path))
