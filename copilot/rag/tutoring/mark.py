"""One way of judging for each kind of exercise."""

from copilot.rag.answering.concepts import Vocabulary
from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.judging import judge_prose, judge_sides
from copilot.rag.tutoring.listing import judge_list
from copilot.rag.tutoring.marking import Judged, Marker, marked, refused
from copilot.rag.tutoring.naming import (
    judge_author,
    judge_case,
    judge_gap,
    judge_name,
    judge_truth,
)
from copilot.records import Marking


def mark(exercise: Exercise, answer: str, marker: Marker, words: Vocabulary) -> Marking:
    """An answer marked against its passage; the same answer always gets the same mark."""
    judged = refused(exercise, answer) or _judge(exercise, answer, marker, words)
    return marked(exercise, judged)


def _judge(exercise: Exercise, answer: str, marker: Marker, words: Vocabulary) -> Judged:
    match exercise.how:
        case "list":
            return judge_list(exercise, answer, marker)
        case "sides":
            return judge_sides(exercise, answer, marker, words)
        case "name":
            return judge_name(exercise, answer, words)
        case "author":
            return judge_author(exercise, answer)
        case "case":
            return judge_case(exercise, answer, marker)
        case "truth":
            return judge_truth(exercise, answer, marker)
        case "gap":
            return judge_gap(exercise, answer)
        case _:
            return judge_prose(exercise, answer, marker)
