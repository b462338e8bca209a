"""Passages in the company they keep: a note, or a stretch of a document, judged as a whole.

A question that describes a concept without naming it is rarely answered by one passage's words,
yet the note as a whole is about it. So a passage's own likeness to the question is joined with
that of its group: how close its best passages are in meaning, and how many of the question's words
it holds anywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.rag.lexical import LexicalIndex
from copilot.records import ConceptNote, Passage

MOST_TOGETHER = 12  # passages of a document in one group
LEAST_TOGETHER = 4
VOTES = (0.4, 0.3, 0.3)  # weights of a group's closest passages
FADES = 0.9  # in a group of fewer, the last one votes again, a little weaker
MEANING = 0.5  # of a group's score; the rest is words, half of it the words of its names

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Groups:
    """`of[row]` is the number of a passage's group, `members[number]` the rows of a group.

    `lexical` is the index of all a group's words, `names` of its titles, headings, other names
    and everyday wordings. `asked` are those wordings, `asked_of` the numbers of the groups they
    stand for.
    """

    of: tuple[int, ...]
    members: tuple[range, ...]
    lexical: LexicalIndex
    names: LexicalIndex
    asked: tuple[str, ...] = ()
    asked_of: tuple[int, ...] = ()


def grouped(
    passages: Sequence[Passage], notes: Iterable[ConceptNote] = (), cache: Path | None = None
) -> Groups:
    """The groups of all passages, which come source by source in reading order.

    A note is one group, and its names and everyday wordings count among its words. A document is
    cut where its two upper headings change, into groups of 4 to 12 passages. `cache` is the file
    of the word index.
    """
    starts = [row for row in range(len(passages)) if row == 0 or _new_source(passages, row)]
    members: list[range] = []
    for start, end in pairwise([*starts, len(passages)]):
        members += _cut(passages, start, end)
    of = tuple(number for number, rows in enumerate(members) for _ in rows)
    by_path = {note.path: note for note in notes}
    number_of = {passages[rows[0]].source: number for number, rows in enumerate(members)}
    asked = [
        (wording, number_of[path])
        for path, note in by_path.items()
        if path in number_of
        for wording in note.asked_as
    ]
    names = [_names([passages[row] for row in rows], by_path) for rows in members]
    texts = [
        "\n".join([name, *(f"{_last(p)} {p.text}" for p in passages[rows.start : rows.stop])])
        for name, rows in zip(names, members, strict=True)
    ]
    return Groups(
        of=of,
        members=tuple(members),
        lexical=LexicalIndex(texts, cache),
        names=LexicalIndex(names),
        asked=tuple(wording for wording, _ in asked),
        asked_of=tuple(number for _, number in asked),
    )


def nearness(
    groups: Groups, pool: Iterable[int], cosines: Mapping[int, float], asked: Scores
) -> dict[int, float]:
    """How close in meaning each group of the pool's rows is to the question, as a cosine.

    `cosines` by row, those of the everyday wordings in `asked`; a wording counts as a passage.
    """
    found: dict[int, list[float]] = {groups.of[row]: [] for row in pool}
    for row, cosine in cosines.items():
        found.setdefault(groups.of[row], []).append(cosine)
    for number, cosine in zip(groups.asked_of, asked.tolist(), strict=False):
        if number in found:
            found[number].append(cosine)
    return {number: closeness(values) for number, values in sorted(found.items())}


def group_scores(near: Mapping[int, float], words: Scores, names: Scores) -> dict[int, float]:
    """Scores of the groups in `near` from meaning and words; the best has 1.

    `words` and `names` are the BM25 of all a group's words and of its names, by group.

    Each part is divided by its best, not stretched between worst and best, so that the score does
    not depend on what else is in the pool (Bruch, Gai and Ingber, 2023, "An analysis of fusion
    functions for hybrid retrieval", ACM TOIS 42(1), theoretical minimum).
    """
    numbers = list(near)
    held = 0.5 * (_by_best(words[numbers]) + _by_best(names[numbers]))
    meant = _by_best(np.fromiter(near.values(), dtype=np.float32, count=len(near)))
    share = MEANING if meant.any() else 0.0
    scores = _by_best(share * meant + (1 - share) * held)
    return dict(zip(numbers, scores.tolist(), strict=True))


def closeness(cosines: Iterable[float]) -> float:
    """The weighted mean of the three best cosines; 0 for none.

    >>> round(closeness([0.1, 0.5, 0.4, 0.3]), 2)
    0.41
    """
    best = sorted(cosines, reverse=True)[: len(VOTES)]
    if not best:
        return 0.0
    best += [best[-1] * FADES] * (len(VOTES) - len(best))
    return sum(vote * cosine for vote, cosine in zip(VOTES, best, strict=True))


def _by_best(scores: Scores) -> Scores:
    best = float(scores.max(initial=0.0))
    positive: Scores = np.maximum(scores, 0)
    return positive / best if best > 0 else positive


def _new_source(passages: Sequence[Passage], row: int) -> bool:
    return passages[row].source != passages[row - 1].source


def _cut(passages: Sequence[Passage], start: int, end: int) -> list[range]:
    """One source's rows as groups."""
    if passages[start].kind == "note":
        return [range(start, end)]
    cuts = [start]
    for row in range(start + 1, end):
        size = row - cuts[-1]
        turns = _upper(passages[row]) != _upper(passages[row - 1])
        if size >= MOST_TOGETHER or (turns and size >= LEAST_TOGETHER):
            cuts.append(row)
    return [range(a, b) for a, b in pairwise([*cuts, end])]


def _upper(passage: Passage) -> list[str]:
    return passage.heading.split(" > ")[:2]


def _names(members: Sequence[Passage], notes: Mapping[str, ConceptNote]) -> str:
    note = notes.get(members[0].source)
    if note is not None:
        return "\n".join((note.title, *note.aliases, *note.asked_as))
    return "\n".join(dict.fromkeys((members[0].title, *(_last(p) for p in members))))


def _last(passage: Passage) -> str:
    return passage.heading.rsplit(" > ", 1)[-1]
