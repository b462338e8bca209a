"""Marking: an answer held against its passage, point by point, with reasons in plain words."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from copilot.rag.tutoring.exercise import Exercise, Point, Rival, citation, cited
from copilot.rag.tutoring.matching import Embed
from copilot.rag.tutoring.reading import (
    Heard,
    hear,
    is_salad,
    language,
    mend,
    only_repeats,
    unknowing,
)
from copilot.rag.tutoring.terms import Scale, stems_of
from copilot.records import Citation, Claim, Marking, Misconception, PointMark

RIGHT, PARTLY = 0.8, 0.25

State = Literal["found", "missed", "contradicted"]


@dataclass(frozen=True)
class Marker:
    """What marking works with: how telling words are, which words are known, the embedder."""

    scale: Scale
    known: Collection[str]
    embed: Embed | None = None


@dataclass(frozen=True)
class Judged:
    """What a way of marking found: a score 0-1, its points, and what the answer mistook."""

    score: float
    points: tuple[PointMark, ...] = ()
    reasons: tuple[str, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    held_by: tuple[Claim, ...] = ()
    counted: bool = True
    read: tuple[Citation, ...] = field(default=())


def point_mark(point: Point, state: State, reason: str) -> PointMark:
    """A point with how the answer did on it."""
    return PointMark(point=point.text, state=state, reason=reason, quote=point.quote)


def all_missed(exercise: Exercise) -> tuple[PointMark, ...]:
    """Every point as missed."""
    return tuple(point_mark(p, "missed", "Not in the answer.") for p in exercise.points)


def heard_in(exercise: Exercise, answer: str, marker: Marker) -> Heard:
    """The answer as it is marked: slips mended toward the passage and what it is mistaken for."""
    return hear(mended(exercise, answer, marker))


def mended(exercise: Exercise, answer: str, marker: Marker) -> str:
    """The answer with its slips mended."""
    wanted = [way for point in exercise.points for way in (point.text, *point.ways)]
    wanted += [rival.text for rival in exercise.rivals]
    return mend(answer, marker.known, wanted)


def given_away(exercise: Exercise) -> frozenset[str]:
    """The telling words the question itself uses: repeating them shows nothing."""
    return stems_of(exercise.question.prompt)


def refused(exercise: Exercise, answer: str) -> Judged | None:
    """No marks for what is no answer: nothing, "I don't know", the question again, a heap."""
    missed = all_missed(exercise)
    if unknowing(answer):
        return Judged(0.0, missed, ("No answer was given.",))
    if exercise.how in ("name", "author", "truth", "gap"):
        return None
    spoken = language(answer)
    if spoken:
        why = f"The answer seems to be in {spoken}; only English answers can be marked."
        return Judged(0.0, missed, (why,), counted=False)
    if only_repeats(answer, exercise.question.prompt):
        return Judged(0.0, missed, ("The answer only repeats the words of the question.",))
    if is_salad(answer):
        why = "Single words in a row do not say how they hang together: write a sentence or a list."
        return Judged(0.0, missed, (why,))
    return None


def confusion(exercise: Exercise, rival: Rival) -> Misconception:
    """The error of answering with another concept's statement."""
    point = exercise.points[0]
    return Misconception(
        name=f"confuses {exercise.about} with {rival.about}",
        explanation=(
            f"The answer describes {rival.about} (“{rival.statement.quote}”). "
            f"Of {exercise.about} the passage says: “{point.quote}”"
        ),
        citation=citation(rival.statement),
        concept=rival.slug,
    )


def belief(exercise: Exercise, rival: Rival) -> Misconception:
    """The error of holding what the passage denies."""
    return Misconception(
        name=f"takes it for true that {lowered(rival.text)}",
        explanation=f"The passage says: “{rival.statement.quote}”",
        citation=citation(rival.statement),
        concept=exercise.question.concept,
    )


def reversal(exercise: Exercise, point: Point) -> Misconception:
    """The error of saying the opposite of the passage."""
    return Misconception(
        name=f"says the opposite about {exercise.about}",
        explanation=f"The passage says: “{point.quote}”",
        citation=cited(exercise).model_copy(update={"quote": point.quote}),
        concept=exercise.question.concept,
    )


def lowered(text: str) -> str:
    """A statement to go on a sentence with."""
    plain = text.strip().rstrip(".")
    return plain if plain[1:2].isupper() else plain[:1].lower() + plain[1:]


def marked(exercise: Exercise, judged: Judged) -> Marking:
    """What was found, as the record."""
    score = round(min(1.0, max(0.0, judged.score)), 2)
    verdict: Literal["right", "partly", "wrong"] = (
        "right" if score >= RIGHT else "partly" if score >= PARTLY else "wrong"
    )
    reasons = list(judged.reasons) or [p.reason for p in judged.points]
    for claim in judged.held_by:
        reasons.append(f"{claim.source} holds this: “{claim.text}” Other sources differ.")
    named = judged.misconceptions
    return Marking(
        question_id=exercise.question.id,
        correct=verdict == "right",
        score=score,
        verdict=verdict,
        reasons=tuple(dict.fromkeys(reasons)),
        points=judged.points,
        misconception=named[0].name if named else None,
        misconceptions=named,
        held_by=judged.held_by,
        model_answer=exercise.model_answer,
        citation=cited(exercise),
        read=() if verdict == "right" else _reading(exercise, named),
        counted=judged.counted,
    )


def _reading(exercise: Exercise, named: tuple[Misconception, ...]) -> tuple[Citation, ...]:
    found = [cited(exercise), *(one.citation for one in named)]
    distinct = {(one.source, one.quote): one for one in found}
    return tuple(
        one.model_copy(update={"marker": number}) for number, one in enumerate(distinct.values(), 1)
    )
