"""The ways of judging prose and comparisons against their passages."""

import re
from collections.abc import Sequence

from copilot.rag.answering.concepts import Vocabulary, find
from copilot.rag.answering.words import tokens
from copilot.rag.tutoring.exercise import Exercise, Point, Rival
from copilot.rag.tutoring.marking import (
    Judged,
    Marker,
    belief,
    confusion,
    given_away,
    heard_in,
    point_mark,
    reversal,
)
from copilot.rag.tutoring.matching import Match, compare
from copilot.rag.tutoring.reading import Heard, hear
from copilot.rag.tutoring.terms import terms
from copilot.rag.tutoring.weighing import PART_SAID, WHOLE_SAID, Weighed, prose_evidence, weighed
from copilot.records import Misconception, PointMark

FULL, HALF = 0.62, 0.38  # scores of a match above which a point is said, or said in part
SIDE, SIDE_SAID = 0.45, 0.25  # score of a match, and chance, from which a side's value is said
LEAD = 0.12  # by this a rival must fit better before the answer counts as its
NEAR, NEARER = 0.45, 0.04  # a rival's least cosine, and by how much it must be nearer both ways
DENIED = 0.6
_TURN = re.compile(
    r"[.;\n]+|,? \b(?:whereas|while|but|however|in contrast|on the other hand)\b|, and (?=in |for )"
)


def judge_prose(exercise: Exercise, answer: str, marker: Marker) -> Judged:
    """One statement in the learner's own words, against the passage and its rivals."""
    heard, point = heard_in(exercise, answer, marker), exercise.points[0]
    given = given_away(exercise)
    fits = compare(heard, point.ways, marker.scale, marker.embed, given)
    best = max(fits, key=lambda m: m.score)
    taken = denied(exercise, heard, marker)
    if taken:
        why = f"The answer says what the passage denies: {taken.name}."
        return Judged(0.0, (point_mark(point, "contradicted", why),), (), (taken,))
    rival, fit = nearest_rival(exercise, heard, marker, given)
    if rival is None or fit <= max(HALF, best.score + LEAD):
        rival = _nearer(exercise, heard, marker, fits)
    if rival is not None:
        return _mistaken(exercise, point, rival)
    if fits[0].reversed_by:
        why = f"The answer says the opposite of the passage: “{point.quote}”"
        wrong = point_mark(point, "contradicted", why)
        return Judged(0.0, (wrong,), (), (reversal(exercise, point),))
    return _graded(point, best, chances_of(exercise, heard, marker))


def _nearer(
    exercise: Exercise, heard: Heard, marker: Marker, fits: Sequence[Match]
) -> Rival | None:
    """The rival that the answer is nearer to than to the passage, by its words and by meaning."""
    words, meaning = max(m.words for m in fits), max(m.meaning or 0.0 for m in fits)
    texts = [rival.text for rival in exercise.rivals]
    others = compare(heard, texts, marker.scale, marker.embed, given_away(exercise))
    near = [
        (other.meaning, rival)
        for rival, other in zip(exercise.rivals, others, strict=True)
        if other.meaning is not None
        and not other.reversed_by
        and other.meaning >= max(NEAR, meaning + NEARER)
        and other.words >= words + NEARER
    ]
    return max(near, key=lambda pair: pair[0])[1] if near else None


def prose_row(
    exercise: Exercise, heard: Heard, marker: Marker, place: int = 0
) -> tuple[float, ...] | None:
    """What speaks for an answer saying the point at a place; None without an embedder."""
    point, given = exercise.points[place], given_away(exercise)
    fits = compare(heard, point.ways, marker.scale, marker.embed, given)
    texts = [rival.text for rival in exercise.rivals]
    if exercise.how == "sides":
        texts = [p.ways[0] for i, p in enumerate(exercise.points) if i != place]
    others = compare(heard, texts, marker.scale, marker.embed, given)
    also = None
    if marker.embed is not None and point.also and heard.text:
        also = float((marker.embed(point.also) @ marker.embed([heard.text])[0]).max())
    return prose_evidence(heard, fits, others, marker.scale, point.ways, given, also)


def chances_of(exercise: Exercise, heard: Heard, marker: Marker, place: int = 0) -> Weighed | None:
    """How likely it is that an answer says the point at a place; None without an embedder."""
    row = prose_row(exercise, heard, marker, place)
    return None if row is None else weighed(row)


def _graded(point: Point, best: Match, chances: Weighed | None) -> Judged:
    if chances is None:
        whole, part = best.score >= FULL and best.is_full, best.score >= HALF
    else:
        whole, part = chances.whole >= WHOLE_SAID, chances.part >= PART_SAID
    if whole:
        why = f"The answer says what the passage says: “{point.quote}”"
        return Judged(1.0, (point_mark(point, "found", why),))
    if part:
        why = f"Part of it is there; the passage says more: “{point.quote}”"
        return Judged(0.5, (point_mark(point, "missed", why),))
    why = f"The answer does not say what the passage says: “{point.quote}”"
    return Judged(0.0, (point_mark(point, "missed", why),))


def _mistaken(exercise: Exercise, point: Point, rival: Rival) -> Judged:
    if rival.held:
        why = f"The answer describes {rival.about}, which some source takes for the same."
        return Judged(0.5, (point_mark(point, "missed", why),), (), (), rival.held)
    error = confusion(exercise, rival)
    return Judged(0.0, (point_mark(point, "contradicted", error.explanation),), (), (error,))


def nearest_rival(
    exercise: Exercise, heard: Heard, marker: Marker, given: frozenset[str]
) -> tuple[Rival | None, float]:
    """What the answer fits best among the things it may have been taken for."""
    texts = [rival.text for rival in exercise.rivals]
    fits = compare(heard, texts, marker.scale, marker.embed, given)
    ranked = sorted(zip(fits, exercise.rivals, strict=True), key=lambda p: -p[0].score)
    return (ranked[0][1], ranked[0][0].score) if ranked else (None, 0.0)


def denied(exercise: Exercise, heard: Heard, marker: Marker) -> Misconception | None:
    """The error of affirming something that the note plainly denies."""
    for rival in exercise.denied:
        name = frozenset(terms_of(exercise))
        wanted = hear(rival.text).affirmed - name
        share = marker.scale.of(wanted & heard.affirmed) / (marker.scale.of(wanted) or 1)
        if len(wanted) > 1 and share >= DENIED:
            return belief(exercise, rival)
    return None


def terms_of(exercise: Exercise) -> frozenset[str]:
    """The telling words of the concept's own name."""
    return hear(exercise.about).affirmed


def against(mark: PointMark) -> bool:
    """Whether the answer said the opposite of a point."""
    return mark.state == "contradicted"


def judge_sides(exercise: Exercise, answer: str, marker: Marker, words: Vocabulary) -> Judged:
    """A comparison: what the answer says of each side, against both sides' values."""
    slugs = [p.side for p in exercise.points]
    sides = _by_side(_in_full(answer, slugs, words), slugs, words)
    given = given_away(exercise)
    texts = [point.ways[0] for point in exercise.points]
    heard = [heard_in(exercise, sides.get(p.side, ""), marker) for p in exercise.points]
    table = [compare(one, texts, marker.scale, marker.embed, given) for one in heard]
    straight = table[0][0].score + table[1][1].score
    crossed = table[0][1].score + table[1][0].score
    if crossed > max(straight + LEAD, SIDE) and exercise.rivals:
        why = "This is said of the other side: "
        marks = [point_mark(p, "contradicted", f"{why}“{p.quote}”") for p in exercise.points]
        return Judged(0.0, tuple(marks), (), (_swap(exercise),))
    own = [_is_own(exercise, heard[i], marker, table[i], i) for i in (0, 1)]
    marks = [_side(point, heard[i], table[i][i], own[i]) for i, point in enumerate(exercise.points)]
    errors = [
        reversal(exercise, p) for p, m in zip(exercise.points, marks, strict=True) if against(m)
    ]
    score = sum(m.state == "found" for m in marks) / 2 - sum(map(against, marks)) / 2
    return Judged(score, tuple(marks), (), tuple(errors))


def _is_own(
    exercise: Exercise, heard: Heard, marker: Marker, fits: Sequence[Match], place: int
) -> bool:
    """Whether what is said of a side is likely to mean its value and is nearer to no other."""
    chances = chances_of(exercise, heard, marker, place) if heard.said else None
    nearest = max(range(len(fits)), key=lambda i: fits[i].meaning or 0.0)
    return chances is not None and chances.part >= SIDE_SAID and nearest == place


def _side(point: Point, heard: Heard, fit: Match, is_own: bool) -> PointMark:
    if not heard.said:
        return point_mark(point, "missed", f"Nothing is said on this side: “{point.quote}”")
    if fit.reversed_by and fit.closeness >= HALF:
        return point_mark(point, "contradicted", f"The opposite holds: “{point.quote}”")
    if fit.score >= SIDE or is_own:
        return point_mark(point, "found", f"Right: “{point.quote}”")
    return point_mark(point, "missed", f"Not said: “{point.quote}”")


def _swap(exercise: Exercise) -> Misconception:
    other = exercise.rivals[0]
    error = confusion(exercise, other)
    name = f"has {exercise.about} and {other.about} the wrong way round"
    return error.model_copy(update={"name": name})


def _in_full(answer: str, slugs: Sequence[str], words: Vocabulary) -> str:
    """The answer with a side's short name ("differentiated goes for …") written out."""
    here = {mention.slug for mention in find(answer, words)}
    names = {slug: slug.replace("-", " ") for slug in slugs}
    for slug in (one for one in slugs if one not in here):
        others = {word for other in slugs if other != slug for word in names[other].split()}
        for word in (w for w in names[slug].split() if w not in others and terms(w)):
            begun = rf"(^|[.;,\n]\s*|\b(?:and|but|while|whereas|in|for|with|the|an?) ){word}\b"
            answer = re.sub(begun, rf"\g<1>{names[slug]}", answer, count=1, flags=re.I)
            break
    return answer


def _by_side(answer: str, slugs: Sequence[str], words: Vocabulary) -> dict[str, str]:
    """What is said of each concept: a clause belongs to the concept it names, or to the last."""
    said: dict[str, list[str]] = {slug: [] for slug in slugs}
    current: str | None = None
    for clause in (c for c in _TURN.split(answer) if c and c.strip()):
        inside = tokens(clause)
        here = [m for m in find(clause, words) if m.slug in said]
        if not here:
            if current:
                said[current].append(clause)
            continue
        leading = here[0].start <= 3
        for number, mention in enumerate(here):
            start = inside[mention.end - 1].end if leading else _before(inside, here, number)
            last = number + 1 == len(here)
            end = len(clause) if leading and last else inside[mention.start].start
            if leading and not last:
                end = inside[here[number + 1].start].start
            said[mention.slug].append(clause[start:end])
        current = here[-1].slug
    return {slug: ". ".join(pieces).strip() for slug, pieces in said.items()}


def _before(inside: Sequence[object], here: Sequence[object], number: int) -> int:
    if number == 0:
        return 0
    return int(inside[here[number - 1].end - 1].end)  # type: ignore[attr-defined]
