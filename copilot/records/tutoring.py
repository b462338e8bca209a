"""Records of the tutor: questions, marks, a learner's progress, the concept map."""

import datetime as dt
from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.knowledge import Audience, Citation, Claim

QuestionKind = Literal[
    "define", "list", "which", "compare", "true_false", "example", "who_said", "when", "why", "gap"
]
Verdict = Literal["right", "partly", "wrong"]
PointState = Literal["found", "missed", "contradicted"]
Relation = Literal["contrasts", "part of", "related"]


class QuizQuestion(Record):
    """One question and the passage it is answered from.

    `id` is made from the source and the content, so that any process can find the question again.
    `quote`, verbatim in the source, is the answer: it is left out when the question is dumped.
    """

    id: str
    kind: QuestionKind
    prompt: str
    options: tuple[str, ...] = ()
    level: Audience = "student"
    concept: str = Field(description="the note's slug, or the document's source")
    source: str
    title: str
    heading: str = ""
    page: int | None = None
    passage_id: str = ""
    quote: str = Field(default="", exclude=True, repr=False)


class Quiz(Record):
    """Questions on a topic; the same topic, seed and library give the same questions."""

    quiz: str = Field(description="content id")
    topic: str
    seed: int
    questions: tuple[QuizQuestion, ...]


class PointMark(Record):
    """One thing the passage says, and whether the answer has it."""

    point: str
    state: PointState
    reason: str
    quote: str = Field(description="verbatim in the source")


class Misconception(Record):
    """A named error: what was taken for what, and the sentence that puts it right."""

    name: str
    explanation: str
    citation: Citation
    concept: str = ""


class Marking(Record):
    """What an answer is worth, point by point; `score` is 0-1 and `correct` is verdict right."""

    question_id: str
    correct: bool
    score: float
    verdict: Verdict
    reasons: tuple[str, ...]
    points: tuple[PointMark, ...] = ()
    misconception: str | None = None
    misconceptions: tuple[Misconception, ...] = ()
    held_by: tuple[Claim, ...] = Field(
        default=(), description="sources that hold what the answer says, where sources disagree"
    )
    model_answer: str
    citation: Citation
    read: tuple[Citation, ...] = Field(default=(), description="passages worth reading again")
    counted: bool = Field(default=True, description="False when the answer could not be judged")


class ConceptProgress(Record):
    """How a learner stands with one concept; `score` is the mean of the latest marks, 0-1."""

    concept: str
    title: str
    asked: int
    score: float
    box: int = Field(description="Leitner box, 1 (new or failed) to 5 (known)")
    last_seen: dt.datetime
    due: dt.datetime
    is_due: bool


class LearnerProgress(Record):
    """Everything that is kept about a learner, weakest concept first."""

    learner: str
    asked: int
    score: float
    due: int
    concepts: tuple[ConceptProgress, ...] = ()


class MapNode(Record):
    """A concept at its place; `x` and `y` are in pixels of the picture, y downwards."""

    id: str
    title: str
    kind: str
    x: float
    y: float
    chosen: bool = False


class MapEdge(Record):
    """`start` part of / contrasts with / is related to `end`; both are node ids."""

    start: str
    end: str
    relation: Relation


class ConceptMap(Record):
    """Concepts and how they hang together, laid out in a picture `width` by `height` pixels."""

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    width: int
    height: int
    out: str | None = None
