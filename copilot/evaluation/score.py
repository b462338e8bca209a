"""What one ranked list or one answer is worth; functions of records, no search and no product."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from copilot.records import Answer, Estimate, Question
from copilot.text import fold, sentences, squeeze

RESAMPLES = 2_000

_MARKER = re.compile(r"\[(\d+)\]")
_RULE = re.compile(r"[\s|:\-*_]*")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_BOLD_LINE = re.compile(r"\*\*[^*]+\*\*")
_ABOUT_COVERAGE = re.compile(r"The library (?:has|holds|says) nothing")
_FEW_WORDS = 4


@dataclass(frozen=True)
class Grounding:
    """Counts of one answer: quotes and how many are verbatim, sentences and how many are marked.

    `dangling` are markers without a citation.
    """

    quotes: int
    verbatim: int
    sentences: int
    marked: int
    dangling: int


def ndcg(found: Sequence[str], expected: Mapping[str, int], k: int = 10) -> float:
    """Normalised discounted cumulated gain at k, 0-1; only a source's first place counts.

    The gain is the grade and is divided by log2(rank + 1), the usual variant of Järvelin and
    Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, ACM Transactions on
    Information Systems 20(4), pp. 422-446, who leave the first two ranks undiscounted.
    """
    gains = [expected.get(name, 0) for name in dict.fromkeys(found)][:k]
    ideal = sorted(expected.values(), reverse=True)[:k]
    best = _discounted(ideal)
    return _discounted(gains) / best if best else 0.0


def recall(found: Sequence[str], expected: Mapping[str, int], k: int) -> float:
    """Expected sources among the first k different ones, of those that fit into k; 0-1."""
    first = list(dict.fromkeys(found))[:k]
    return len(set(first) & set(expected)) / min(k, len(expected)) if expected else 0.0


def reciprocal_rank(found: Sequence[str], expected: Mapping[str, int]) -> float:
    """One divided by the rank of the first expected source, 0 where there is none."""
    ranks = (rank for rank, name in enumerate(dict.fromkeys(found), 1) if name in expected)
    return 1 / next(ranks, math.inf)


def missing_facts(text: str, facts: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The key facts that a text does not contain; a stem fits at the beginning of a word.

    >>> missing_facts("It **segments** cafés.", [["segment"], ["cafe"], ["price", "cost"]])
    [['price', 'cost']]
    """
    plain = _plain(text)
    return [fact for fact in facts if not any(_holds(plain, one) for one in fact)]


def ground(answer: Answer, texts: Mapping[str, str]) -> Grounding:
    """How well an answer is tied to its sources.

    `texts` has every source's whole text by source name, as the file or its extraction has it;
    white space is compared as single spaces. Every sentence of four words or more has to
    carry a marker, except headings, the head of a table, lead-ins that end with a colon and
    what is said of the library itself ("The library has nothing on …").
    """
    known = {citation.marker for citation in answer.citations}
    verbatim = sum(
        bool(cited.quote.strip()) and squeeze(cited.quote) in squeeze(texts.get(cited.source, ""))
        for cited in answer.citations
    )
    units = factual_units(answer.answer)
    used = {int(number) for number in _MARKER.findall(answer.answer)}
    return Grounding(
        quotes=len(answer.citations),
        verbatim=verbatim,
        sentences=len(units),
        marked=sum(bool(known & {int(n) for n in _MARKER.findall(unit)}) for unit in units),
        dangling=len(used - known),
    )


def unmarked(answer: Answer) -> list[str]:
    """The factual sentences without a marker."""
    return [unit for unit in factual_units(answer.answer) if not _MARKER.search(unit)]


def factual_units(markdown: str) -> list[str]:
    """The sentences and table rows of an answer that state something.

    >>> factual_units("## Lift\\nIn short:\\n- Lift is a ratio of rates. [1] It is not cause. [2]")
    ['Lift is a ratio of rates. [1]', 'It is not cause. [2]']
    """
    lines = markdown.splitlines()
    units: list[str] = []
    for number, line in enumerate(lines):
        text = _BULLET.sub("", line).strip()
        is_heading = text.startswith("#") or _BOLD_LINE.fullmatch(text)
        if not text or is_heading or _RULE.fullmatch(text):
            continue
        if text.startswith("|"):
            after = lines[number + 1].strip() if number + 1 < len(lines) else ""
            is_head = after.startswith("|") and _RULE.fullmatch(after) is not None
            units += [] if is_head else [text]
            continue
        units += [
            sentence
            for sentence in _with_markers(sentences(text))
            if len(_plain(sentence).split()) >= _FEW_WORDS
            and not sentence.rstrip("*_ ").endswith((":", "?"))
            and not _ABOUT_COVERAGE.match(sentence)
        ]
    return units


def estimate(values: Sequence[float], seed: int = 7) -> Estimate:
    """The mean with its 95% percentile bootstrap interval over questions.

    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13. For a paired
    comparison give the differences.
    """
    data = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(seed).integers(0, len(data), (RESAMPLES, len(data)))
    low, high = np.percentile(data[draws].mean(axis=1), [2.5, 97.5])
    return Estimate(
        value=round(float(data.mean()), 4), low=round(float(low), 4), high=round(float(high), 4)
    )


def search_text(question: Question) -> str:
    """What is searched for: the question, after what the user said before in a conversation."""
    said = [turn.text for turn in question.history if turn.role == "user"]
    return " ".join([*said, question.question])


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _plain(text: str) -> str:
    """Folded, without Markdown signs and markers, with plain dashes and apostrophes."""
    without = re.sub(r"[*_`#|>]", " ", _MARKER.sub(" ", text))
    table = str.maketrans({"‑": "-", "–": "-", "—": "-", "’": "'", "‘": "'"})
    return fold(without.translate(table))


def _holds(plain: str, stem: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(_plain(stem))}", plain) is not None


def _with_markers(pieces: Sequence[str]) -> list[str]:
    """Sentences with the markers that follow their full stop."""
    joined: list[str] = []
    for piece in pieces:
        head = re.match(r"(?:\[\d+\][\s.]*)+", piece)
        if head and joined:
            joined[-1] = f"{joined[-1]} {head[0].strip()}"
            piece = piece[head.end() :]
        if piece.strip():
            joined.append(piece.strip())
    return joined
