"""Which questions make a quiz: seeded, of many kinds, none that gives another's answer away."""

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.marking import RIGHT
from copilot.rag.tutoring.progress import Kept
from copilot.text import fold


def choose(
    concepts: Sequence[str],
    of: Callable[[str], Sequence[Exercise]],
    n: int,
    rng: random.Random,
    known: Collection[str] = (),
) -> list[Exercise]:
    """At most `n` exercises from the concepts in turn, kinds as even as they can be.

    Questions in `known` come only when there is nothing else. No two share a quote, so that none
    tells what another asks.
    """
    chosen: list[Exercise] = []
    kinds: Counter[str] = Counter()
    told: set[str] = set()
    left = list(concepts)
    while left and len(chosen) < n:
        for concept in list(left):
            if len(chosen) == n:
                break
            able = [one for one in of(concept) if _free(one, chosen, told)]
            if not able:
                left.remove(concept)
                continue
            one = _pick(able, kinds, chosen, rng, known)
            chosen.append(one)
            kinds[one.question.kind] += 1
            told |= _quotes(one)
    return chosen


def _quotes(one: Exercise) -> set[str]:
    return {one.question.quote, *(point.quote for point in one.points)}


def _free(one: Exercise, chosen: Sequence[Exercise], told: set[str]) -> bool:
    if any(one.question.id == other.question.id for other in chosen) or _quotes(one) & told:
        return False
    shown = fold(one.question.prompt)
    mine = [fold(point.text) for point in one.points]
    return not any(
        any(fold(point.text) in shown for point in other.points)
        or any(text in fold(other.question.prompt) for text in mine)
        for other in chosen
    )


def _pick(
    able: Sequence[Exercise],
    kinds: Counter[str],
    chosen: Sequence[Exercise],
    rng: random.Random,
    known: Collection[str],
) -> Exercise:
    fresh = [one for one in able if one.question.id not in known] or able
    fewest = min(kinds[one.question.kind] for one in fresh)
    rare = sorted({o.question.kind for o in fresh if kinds[o.question.kind] == fewest})
    kind = rng.choice(rare)
    fitting = [one for one in fresh if one.question.kind == kind]
    before = [one.truth for one in chosen if one.question.kind == "true_false"]
    if kind == "true_false":
        # A fair coin first, then alternating, so that "false" is no safe guess.
        wanted = not before[-1] if before else rng.random() < 0.5
        fitting = [one for one in fitting if one.truth == wanted] or fitting
    return rng.choice(fitting)


def in_order(
    concepts: Sequence[str], marks: Sequence[Kept], due: Sequence[str], rng: random.Random
) -> list[str]:
    """Concepts as a learner should meet them: due ones as given, new ones, then the rest."""
    mixed = sorted(concepts)
    rng.shuffle(mixed)
    seen = {mark.concept for mark in marks}
    first = [slug for slug in due if slug in set(concepts)]
    fresh = [slug for slug in mixed if slug not in seen]
    return [*first, *fresh, *(slug for slug in mixed if slug in seen and slug not in set(first))]


def mastered(marks: Sequence[Kept]) -> set[str]:
    """The questions whose latest answer was right."""
    latest = {mark.question: mark.score for mark in marks}
    return {question for question, score in latest.items() if score >= RIGHT}
