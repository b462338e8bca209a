"""Three scores into one: scaling, weights, the section asked for, verbatim finds, diversity."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.records import Passage

NEAR = 0.8
SECTION_BONUS = 0.15
GLANCE_MALUS = 0.1
EXACT_FLOOR = 0.9
GROUP_SHARE = 0.7  # of a passage's score, by the company it keeps
REPEATS = 0.9  # for each better passage of the same group

Vector = NDArray[np.float32]

_SECTIONS = (
    (
        re.compile(
            r"\b(?:drawback|disadvantage|downside|risk|limit|weakness|problem|cons\b)", re.I
        ),
        ("Drawbacks",),
    ),
    (
        re.compile(r"\b(?:examples?|illustrat\w+|in practice|who uses)\b", re.I),
        ("Example", "Examples", "In the wild"),
    ),
    (re.compile(r"\b(?:when|suits?|should)\b", re.I), ("When to use",)),
    (re.compile(r"\b(?:how|works?|steps?|parts?)\b", re.I), ("How it works",)),
    (re.compile(r"\b(?:what|define|definition|means?|meaning|is|are)\b", re.I), ("Definition",)),
)


@dataclass(frozen=True)
class Weights:
    """Shares of the three searches in the fused score; renormalised when one is missing."""

    meaning: float = 0.5
    words: float = 0.25
    triples: float = 0.25


DEFAULT_WEIGHTS = Weights()


def fuse(
    shares: Weights,
    pool: Sequence[int],
    cosines: Mapping[int, float],
    words: Vector,
    triples: Vector,
) -> dict[int, float]:
    """Weighted sum of the three scores by row, each scaled to 0-1 over the pool.

    `cosines` may be empty (no embeddings) or lack rows, which then count as the lowest.
    """
    arms = [(shares.words, words[pool]), (shares.triples, triples[pool])]
    if cosines:
        floor = min(cosines.values())
        meaning = np.array([cosines.get(row, floor) for row in pool], dtype=np.float32)
        arms.append((shares.meaning, meaning))
    total = sum(share for share, _ in arms) or 1.0
    fused = np.zeros(len(pool), dtype=np.float32)
    for share, scores in arms:
        fused += share / total * _scaled(scores)
    return dict(zip(pool, fused.tolist(), strict=True))


def with_groups(
    fused: Mapping[int, float], group_of: Sequence[int], by_group: Mapping[int, float]
) -> dict[int, float]:
    """Each passage's score joined with that of its group."""
    return {
        row: GROUP_SHARE * by_group.get(group_of[row], 0.0) + (1 - GROUP_SHARE) * score
        for row, score in fused.items()
    }


def spread(
    fused: Mapping[int, float], exact: Mapping[int, float], group_of: Sequence[int]
) -> list[int]:
    """Rows best first, verbatim finds before all; each further one of a group counts less."""

    def place(scores: Mapping[int, float]) -> list[int]:
        return sorted(scores, key=lambda row: (-exact.get(row, 0.0), -scores[row], row))

    taken: Counter[int] = Counter()
    fading: dict[int, float] = {}
    for row in place(fused):
        fading[row] = fused[row] * REPEATS ** taken[group_of[row]]
        taken[group_of[row]] += 1
    return place(fading)


def with_sections(
    fused: Mapping[int, float], passages: Sequence[Passage], question: str
) -> dict[int, float]:
    """Fused scores with a bonus for the section of the notes that the question asks for.

    The dimensions of a note touch on everything a little, so they give way to its prose.
    """
    asked = next((names for cue, names in _SECTIONS if cue.search(question)), ())
    changed = dict(fused)
    for row, score in fused.items():
        parts = passages[row].heading.split(" > ")
        if passages[row].kind != "note" or len(parts) < 2:
            continue
        bonus = SECTION_BONUS * (parts[1] in asked) - GLANCE_MALUS * (parts[1] == "At a glance")
        changed[row] = (score + bonus) / (1 + SECTION_BONUS) if asked else score + bonus
    return changed


def final_scores(
    fused: Mapping[int, float], exact: Mapping[int, float], fit: float
) -> dict[int, float]:
    """Scores from 0 to 1; verbatim finds fill the top tenth and the rest moves below them."""
    plain = {row: min(1.0, max(0.0, value)) * fit for row, value in fused.items()}
    if not exact:
        return plain
    return {
        row: EXACT_FLOOR + (1 - EXACT_FLOOR) * (0.8 * exact[row] + 0.2 * score)
        if row in exact
        else EXACT_FLOOR * score
        for row, score in plain.items()
    }


def diverse(ranked: Sequence[tuple[int, float]], passages: Sequence[Passage], k: int) -> list[int]:
    """The k best rows: at most two a heading, and a second source when it is nearly as good."""
    taken: Counter[tuple[str, str]] = Counter()
    rows: list[tuple[int, float]] = []
    for row, score in ranked:
        place = (passages[row].source, passages[row].heading)
        taken[place] += 1
        if taken[place] <= 2:
            rows.append((row, score))
    chosen = rows[:k]
    if k > 1 and len({passages[row].source for row, _ in chosen}) == 1:
        first = passages[chosen[0][0]].source
        other = next((item for item in rows[k:] if passages[item[0]].source != first), None)
        if other and other[1] >= NEAR * chosen[-1][1]:
            chosen[-1] = other
    return [row for row, _ in chosen]


def strength(cosine: float | None, coverage: float) -> float:
    """How well the best passages fit, 0-1: the mean of covered words and scaled cosine.

    A cosine of 0.1 counts as nothing and one of 0.7 as all there can be.
    """
    if cosine is None:
        return coverage
    return (coverage + min(1.0, max(0.0, (cosine - 0.1) / 0.6))) / 2


def _scaled(scores: Vector) -> Vector:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        return np.full(len(scores), 1.0 if high > 0 else 0.0, dtype=np.float32)
    scaled: Vector = (scores - low) / (high - low)
    return scaled
