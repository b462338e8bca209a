"""Judging a list: the parts of an answer are dealt out to the things asked for, one to one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from copilot.rag.tutoring.exercise import Exercise, Point
from copilot.rag.tutoring.judging import FULL, against
from copilot.rag.tutoring.marking import (
    Judged,
    Marker,
    confusion,
    given_away,
    mended,
    point_mark,
    reversal,
)
from copilot.rag.tutoring.matching import compare
from copilot.rag.tutoring.reading import Heard, clauses, hear, negates, parts
from copilot.rag.tutoring.terms import placed
from copilot.rag.tutoring.weighing import SAID, SAID_AGAIN, Evidence, ways_of, weigh_items
from copilot.records import Misconception, PointMark

MOST_PARTS = 40
TURNED, SURELY = 0.3, 0.6  # share of a point's words, and chance, from which a "not" is about it
CLEARLY = 0.25  # by this another concept's statement must fit better to be named
PARAPHRASE = 0.6  # cosine from which another concept's statement says one of the points


@dataclass(frozen=True)
class Piece:
    """A part of an answer, or a clause of several parts: `of` are the numbers of its parts."""

    heard: Heard
    of: frozenset[int]


def judge_list(exercise: Exercise, answer: str, marker: Marker) -> Judged:
    """Each thing asked for, against the part of the answer that fits it best."""
    given = given_away(exercise)
    pieces = pieces_of(exercise, answer, marker)
    table = item_table(exercise, pieces, marker, given)
    fits = {point: (row, table[row][point]) for point, row in _deal(pieces, table).items()}
    fits |= _dealt_again(exercise, pieces, fits, marker)
    points = tuple(
        _point(p, fits[i][1] if i in fits else None) for i, p in enumerate(exercise.points)
    )
    found, turned = (sum(p.state == s for p in points) for s in ("found", "contradicted"))
    score = min(1.0, max(0.0, (found - turned) / exercise.needed))
    wrong = [
        reversal(exercise, p)
        for p, m in zip(exercise.points, points, strict=True)
        if against(m)
    ]  # fmt: skip
    if score < 1:
        used = [row for row, _ in fits.values()]
        left = [one for i, one in enumerate(pieces) if not _is_used(one, pieces, used)]
        wrong += _strange(exercise, left, marker, given)
    named = {one.name: one for one in reversed(wrong)} if score < 1 else {}
    opener = f"{found} of {exercise.needed} named."
    reasons = (opener, *(p.reason for p in points if p.state != "found"))
    return Judged(score, points, reasons, tuple(reversed(named.values()))[:2])


def item_table(
    exercise: Exercise,
    pieces: Sequence[Piece],
    marker: Marker,
    given: frozenset[str],
    places: Sequence[int] | None = None,
) -> list[list[Evidence]]:
    """The evidence for each piece (rows) naming each point, or the points at some places."""
    points = exercise.points if places is None else [exercise.points[i] for i in places]
    wanted = [ways_of(p.text, p.ways, exercise.question.title) for p in points]
    said = [one.heard for one in pieces]
    return weigh_items(said, wanted, marker.scale, marker.embed, given)


def pieces_of(exercise: Exercise, answer: str, marker: Marker) -> list[Piece]:
    """The parts of an answer, then whole clauses where a thing takes more than one part."""
    answer = mended(exercise, answer, marker)
    small = [name for part in parts(answer) for name in _names_in(part, exercise)][:MOST_PARTS]
    pieces = [Piece(hear(part), frozenset([i])) for i, part in enumerate(small)]
    for clause in clauses(answer):
        of = frozenset(i for i, part in enumerate(small) if part in clause)
        if len(of) > 1 and len(pieces) < MOST_PARTS:
            pieces.append(Piece(hear(clause), of))
    return pieces


def _names_in(part: str, exercise: Exercise) -> list[str]:
    """The names in a part with nothing between them ("support confidence lift"), taken apart."""
    if negates(part):
        return [part]
    said = placed(part)
    cuts: dict[int, int] = {}
    for point in exercise.points:
        name = [stem for _, stem in placed(point.ways[0])]
        if not name or len(name) > 2 or len(point.ways) < 3:
            continue
        for at in range(len(said) - len(name) + 1):
            if [stem for _, stem in said[at : at + len(name)]] == name:
                cuts.setdefault(said[at][0], at)
    whole = len(said) <= 2 * len(cuts)
    if len(cuts) < 2 or not whole:
        return [part]
    edges = [0, *sorted(cuts)[1:], len(part)]
    return [part[a:b].strip() for a, b in pairwise(edges)]


def _deal(
    pieces: Sequence[Piece], table: Sequence[Sequence[Evidence]], least: float = SAID
) -> dict[int, int]:
    """Point to piece: the likeliest pairs first, single parts before clauses, each used once."""
    dealt: dict[int, int] = {}
    pairs = sorted(
        (len(pieces[row].of) > 1, -one.chance, row, column)
        for row, line in enumerate(table)
        for column, one in enumerate(line)
        if one.chance >= least and not _is_unsure(one)
    )
    for _, _, row, column in pairs:
        if column not in dealt and not _is_used(pieces[row], pieces, dealt.values()):
            dealt[column] = row
    return dealt


def _dealt_again(
    exercise: Exercise,
    pieces: Sequence[Piece],
    fits: Mapping[int, tuple[int, Evidence]],
    marker: Marker,
) -> dict[int, tuple[int, Evidence]]:
    """What is left of an answer that has named something, against what is left to name.

    Who has named one thing is likely to mean another of the same list.
    """
    used = [row for row, _ in fits.values()]
    rows = [i for i, one in enumerate(pieces) if not _is_used(one, pieces, used)]
    places = [i for i in range(len(exercise.points)) if i not in fits]
    if not fits or not rows or not places:
        return {}
    left = [pieces[row] for row in rows]
    table = item_table(exercise, left, marker, given_away(exercise), places)
    return {
        places[column]: (rows[row], table[row][column])
        for column, row in _deal(left, table, SAID_AGAIN).items()
    }


def _is_unsure(fit: Evidence) -> bool:
    """Whether something is denied of which it is not sure that it is the point."""
    return bool(fit.reversed_by) and (fit.touched < TURNED or fit.chance < SURELY)


def _is_used(piece: Piece, pieces: Sequence[Piece], rows: Collection[int]) -> bool:
    return any(piece.of & pieces[row].of for row in rows)


def _point(point: Point, fit: Evidence | None) -> PointMark:
    if fit is None:
        return point_mark(point, "missed", f"Missing: “{point.quote}”")
    if not fit.reversed_by:
        return point_mark(point, "found", f"Named: “{point.quote}”")
    return point_mark(point, "contradicted", f"The answer says the opposite: “{point.quote}”")


def _strange(
    exercise: Exercise, left: Sequence[Piece], marker: Marker, given: frozenset[str]
) -> list[Misconception]:
    """What the unused parts say of another concept, where they plainly say it and no point."""
    own = [point.text for point in exercise.points]
    others = [r for r in exercise.rivals if not r.held]
    if marker.embed is not None and others:
        near = marker.embed([r.text for r in others]) @ marker.embed(own).T
        others = [r for r, row in zip(others, near, strict=True) if row.max() < PARAPHRASE]
    found = []
    for piece in (one for one in left if len(one.of) == 1 and len(one.heard.said) > 2):
        fits = compare(piece.heard, [r.text for r in others], marker.scale, marker.embed, given)
        best = max(fits, key=lambda m: m.score, default=None)
        mine = compare(piece.heard, own, marker.scale, marker.embed, given)
        if best and best.score >= max(FULL, CLEARLY + max(m.closeness for m in mine)):
            found.append(confusion(exercise, others[fits.index(best)]))
    return found
