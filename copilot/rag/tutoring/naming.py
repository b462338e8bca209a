"""The ways of judging answers that name something: a concept, a source, a case, true or false."""

import re
from collections.abc import Sequence

from copilot.rag.answering.concepts import Vocabulary, budget, find
from copilot.rag.answering.words import tokens
from copilot.rag.tutoring.exercise import Exercise, Point, citation
from copilot.rag.tutoring.judging import FULL, HALF, LEAD, chances_of, denied, nearest_rival
from copilot.rag.tutoring.marking import (
    Judged,
    Marker,
    all_missed,
    belief,
    confusion,
    given_away,
    heard_in,
    point_mark,
)
from copilot.rag.tutoring.matching import compare
from copilot.rag.tutoring.reading import hear
from copilot.rag.tutoring.weighing import PART_SAID
from copilot.records import Misconception
from copilot.text import fold

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_NOT = re.compile(r"\b(?:not|never|no|neither|nor|isn't)\b")
_FALSE = re.compile(
    r"^\W*(?:(?:that|this|it|the statement)(?:'s| is|s)? )?(?:is )?(?:clearly |simply |just )?"
    r"(?:false|no\b|nope|wrong|incorrect|untrue|not (?:true|right|correct|so)|disagree|falsch)"
)
_TRUE = re.compile(
    r"^\W*(?:(?:that|this|it|the statement)(?:'s| is|s)? )?(?:is )?(?:clearly |simply |just )?"
    r"(?:true|yes|yep|yeah|right|correct|agree|indeed|wahr|richtig)\b"
)
_GENERAL = frozenset(("and", "others", "colleagues", "co", "authors", "university", "thesis"))


def judge_name(exercise: Exercise, answer: str, words: Vocabulary) -> Judged:
    """A concept's name: any alias, slips forgiven; several names at once are no answer."""
    slug, point = exercise.question.concept, exercise.points[0]
    opening = re.split(r"[.;\n]", answer.strip(), maxsplit=1)[0]
    said = opening if find(opening, words) else answer
    denies = _NOT.search(fold(said)) is not None
    names = {mention.slug for mention in find(said, words)}
    if names == {slug} and not denies:
        return Judged(1.0, (point_mark(point, "found", f"Right: {point.text}."),))
    if denies or len(names) > 1:
        why = "Name one concept: several at once, or what it is not, is no answer."
        return Judged(0.0, all_missed(exercise), (why,))
    for rival in exercise.rivals:
        if names == {rival.slug}:
            if rival.held:
                why = f"Some source takes {rival.about} for the same. Asked for is {point.text}."
                return Judged(0.5, (point_mark(point, "missed", why),), (), (), rival.held)
            error = confusion(exercise, rival)
            return Judged(0.0, all_missed(exercise), (f"It is {exercise.about}.",), (error,))
    return Judged(0.0, all_missed(exercise), (f"It is {exercise.about}.",))


def judge_author(exercise: Exercise, answer: str) -> Judged:
    """A source: a surname, slips forgiven; a wrong year costs half."""
    point = exercise.points[0]
    sources = exercise.said_by or (point.text,)
    right = [source for source in sources if _names(answer, source)]
    if right:
        years, given = set(_YEAR.findall(right[0])), set(_YEAR.findall(answer))
        if years and given and not years & given:
            why = f"The author is right, the year is not: {right[0]}."
            return Judged(0.5, (point_mark(point, "missed", why),))
        return Judged(1.0, (point_mark(point, "found", f"Right: {right[0]}."),))
    why = f"It is {point.text}."
    for rival in exercise.rivals:
        if _names(answer, rival.statement.who):
            error = Misconception(
                name=f"takes {rival.statement.who} for the source",
                explanation=f"{rival.statement.who} says: “{rival.statement.quote}”",
                citation=citation(rival.statement),
                concept=exercise.question.concept,
            )
            return Judged(0.0, all_missed(exercise), (why,), (error,))
    return Judged(0.0, all_missed(exercise), (why,))


def _names(answer: str, source: str) -> bool:
    """Whether an answer names one of a source's authors."""
    people = [
        t.norm
        for t in tokens(source.split("(")[0])
        if t.text[:1].isupper() and len(t.norm) > 2 and t.norm not in _GENERAL
    ]
    said = [t.norm for t in tokens(answer)]
    return any(_nearly(name, said) for name in people)


def _nearly(word: str, said: Sequence[str]) -> bool:
    """Whether a word was said, but for a slip in a longer one."""
    from rapidfuzz.distance import OSA

    return any(
        one == word or (one[:1] == word[:1] and OSA.distance(one, word) <= budget(word))
        for one in said
    )


def judge_case(exercise: Exercise, answer: str, marker: Marker) -> Judged:
    """An example: one of the documented ones told, or at least named."""
    heard = heard_in(exercise, answer, marker)
    given = given_away(exercise)
    rival, fit = nearest_rival(exercise, heard, marker, given)
    named_rival = next((r for r in exercise.rivals if _mentions(answer, r.statement.who)), None)
    best, told, named = exercise.points[0], 0.0, False
    for point in exercise.points:
        match = compare(heard, (point.ways[-1],), marker.scale, marker.embed, given)[0]
        mentions = _mentions(answer, point.ways[0])
        value = match.score + (0.2 if mentions else 0.0)
        if value > told:
            best, told, named = point, value, mentions
    if named_rival is not None and not named:
        rival, fit = named_rival, 1.0
    if rival is not None and fit > max(HALF, told + LEAD):
        error = confusion(exercise, rival)
        why = f"The library tells this as an example of {rival.about}."
        return Judged(0.0, all_missed(exercise), (why,), (error,))
    if told >= HALF + 0.1 and (named or told >= FULL):
        return Judged(1.0, (point_mark(best, "found", f"A documented case: “{best.quote}”"),))
    if named or told >= HALF:
        why = f"Say what was done and why it is an example: “{best.quote}”"
        return Judged(0.5, (point_mark(best, "missed", why),))
    why = "The library does not document this case, so it cannot be checked."
    return Judged(0.0, all_missed(exercise), (why,))


def _mentions(answer: str, who: str) -> bool:
    """Whether an answer names the company or person of a case."""
    names = [t.norm for t in tokens(who.split(",")[0]) if t.text[:1].isupper() and len(t.norm) > 3]
    said = {t.norm for t in tokens(answer)}
    return bool(names) and names[0] in said


def judge_truth(exercise: Exercise, answer: str, marker: Marker) -> Judged:
    """True or false, and what is put in place of a false statement."""
    plain, point = fold(answer).replace("’", "'"), exercise.points[0]
    said_false, said_true = _FALSE.match(plain), _TRUE.match(plain)
    rest = plain[(said_false or said_true).end() :] if said_false or said_true else answer  # type: ignore[union-attr]
    if not said_false and not said_true:
        return Judged(0.0, all_missed(exercise), ("Begin with true or false.",))
    wrong = bool(said_false) == exercise.truth
    if wrong:
        why = f"The statement is {'true' if exercise.truth else 'false'}: “{point.quote}”"
        mark = point_mark(point, "contradicted", why)
        error = (belief(exercise, exercise.rivals[0]),) if not exercise.truth else ()
        return Judged(0.0, (mark,), (), error)
    if exercise.truth:
        return Judged(1.0, (point_mark(point, "found", f"It is true: “{point.quote}”"),))
    return _corrected(exercise, point, rest, marker)


def _corrected(exercise: Exercise, point: Point, rest: str, marker: Marker) -> Judged:
    """What was put in place of a false statement, once it was seen to be false."""
    if len(hear(rest).said) < 2:
        why = f"It is false; say what is right instead: “{point.quote}”"
        return Judged(0.5, (point_mark(point, "missed", why),))
    heard = heard_in(exercise, rest, marker)
    match = compare(heard, (point.ways[0],), marker.scale, marker.embed)[0]
    chances = chances_of(exercise, heard, marker)
    if match.score >= HALF or (chances is not None and chances.part >= PART_SAID):
        why = f"It is false, and the correction is right: “{point.quote}”"
        return Judged(1.0, (point_mark(point, "found", why),))
    if match.reversed_by or denied(exercise, heard, marker):
        why = f"It is false, but what stands in its place is not right: “{point.quote}”"
        return Judged(0.0, (point_mark(point, "contradicted", why),))
    why = f"It is false, but this is not what the passage says instead: “{point.quote}”"
    return Judged(0.5, (point_mark(point, "missed", why),))


def judge_gap(exercise: Exercise, answer: str) -> Judged:
    """A missing word or figure, slips forgiven in words and not in figures."""
    point = exercise.points[0]
    if any(c.isdigit() for c in point.text):
        digits = re.sub(r"[\s,]", "", point.text)
        same = digits in re.split(r"[^\d.%]+", answer.replace(",", ""))
    else:
        wanted = [t.norm for t in tokens(point.text)]
        said = [t.norm for t in tokens(re.split(r"[.;\n]", answer.strip(), maxsplit=1)[0])]
        # A sentence around the words is no gap filled: it could hold any number of guesses.
        same = len(said) <= len(wanted) + 3 and all(_nearly(word, said) for word in wanted)
    if same:
        return Judged(1.0, (point_mark(point, "found", f"Right: {point.text}."),))
    return Judged(0.0, all_missed(exercise), (f"It is {point.text}.",))
