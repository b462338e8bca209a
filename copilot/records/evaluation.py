"""Records of the evaluation: questions with what is expected of them, and the figures."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.knowledge import AnswerKind, Turn

Style = Literal[
    "direct",
    "paraphrase",
    "typo",
    "spelling",
    "comparison",
    "false_premise",
    "out_of_scope",
    "near_miss",
    "multi_turn",
    "other_language",
    "exact",
]
Part = Literal["tune", "held_out"]


class Question(Record):
    """One question and what is expected of search and answer.

    `expected_notes` is empty where the search is not judged, `key_facts` where the wording is
    not. A fact is a choice of stems or phrases, one of which the answer has to contain.
    """

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    history: tuple[Turn, ...] = ()
    style: Style = "direct"
    language: str = "en"
    expected_notes: dict[str, int] = Field(
        default_factory=dict,
        description="note slug or document file name to how well it fits: 2 fully, 1 in part",
    )
    key_facts: tuple[tuple[str, ...], ...] = ()
    refuse: bool = False
    kind: AnswerKind | None = None
    part: Part


class QuestionSet(Record):
    """A versioned set of questions; `version` is the date of its last change."""

    name: str
    version: str
    questions: tuple[Question, ...]


class Estimate(Record):
    """A mean over questions with its bootstrap 95% interval."""

    value: float
    low: float
    high: float


class SearchFigures(Record):
    """How well one way of searching finds the expected notes; 1 is the best of everything.

    `ndcg10` and the recalls are read from the first ten passages. `ndcg10_deep` goes on down
    the list until ten different notes are found. `styles` is nDCG@10 by style.
    """

    system: str
    questions: int
    ndcg10: Estimate
    ndcg10_deep: float
    recall1: float
    recall5: float
    recall10: float
    mrr: float
    styles: dict[str, float]


class AnswerFigures(Record):
    """What the answers to some questions were like; a share is None where nothing counts.

    Shares are 0-1, times in milliseconds. `quotes_verbatim` and `sentences_marked` count over
    all quotes and sentences, `key_facts` is the mean over questions of the share covered.
    """

    questions: int
    answerable: int
    key_facts: float | None
    key_facts_all: float | None = Field(description="share of answers that cover every fact")
    quotes: int
    quotes_verbatim: float | None
    sentences: int
    sentences_marked: float | None
    cited_expected: float | None = Field(description="answers citing a note that was expected")
    refused_rightly: float | None = Field(description="of what should be refused: recall")
    refused_wrongly: float | None = Field(description="of what should be answered")
    refusal_precision: float | None
    kind: float | None = Field(description="answers of the expected kind")
    p50_ms: float
    p95_ms: float


class Miss(Record):
    """What went wrong with one question of the tune part; the held-out part shows none."""

    id: str
    style: Style
    question: str
    problems: tuple[str, ...]


class EvalReport(Record):
    """Figures of one run: search against its peers, answers by part and by style."""

    name: str
    version: str
    questions: int
    notes: int
    passages: int
    search: tuple[SearchFigures, ...]
    search_held_out: tuple[SearchFigures, ...]
    best_peer: str | None = None
    margin: Estimate | None = Field(
        default=None, description="nDCG@10 of the product less the best peer's, paired"
    )
    margin_held_out: Estimate | None = Field(
        default=None, description="the same against the same peer, on the held-out half"
    )
    key_facts: Estimate | None
    answers: dict[str, AnswerFigures] = Field(description="all, tune, held_out")
    styles: dict[str, AnswerFigures]
    misses: tuple[Miss, ...]
    notices: tuple[str, ...] = ()
    elapsed_ms: int
