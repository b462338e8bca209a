"""Records of drift: how far copy stands from the brand's own, and which sentences carry it away."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.campaigns import Channel, Language, Part

StyleFeature = Literal[
    "exclamations",
    "questions",
    "emoji",
    "dots",
    "commas",
    "capitals",
    "first_person",
    "second_person",
    "informal_address",
    "formal_address",
    "contractions",
    "formal_words",
    "chummy_words",
    "sales_words",
    "slang",
    "own_rules",
    "small_words",
    "sentence_length",
    "word_length",
    "meaning",
    "wording",
]
Compared = Literal["voice and meaning", "voice only", "voice across languages"]


class Moved(Record):
    """One thing in which copy speaks otherwise than the exemplars do.

    `deviation` is in standard deviations of what copy of this length would have by chance, above
    (positive) or below the exemplars; `share` is its part of the whole distance (0-1).
    """

    feature: StyleFeature
    deviation: float
    share: float
    words: tuple[str, ...] = ()
    why: str


class DriftSentence(Record):
    """A sentence as written, and why it stands apart. `score` as for the draft, but among the
    sentences of the exemplars."""

    text: str
    part: Part
    start: int
    end: int
    score: float
    adds: float = Field(description="share of the draft's distance that goes when it is left out")
    moved: tuple[Moved, ...]
    suggestion: str
    like: str = Field(default="", description="the exemplars' sentence nearest to it")


class DraftDrift(Record):
    """How far one draft stands from the brand and from its siblings.

    `score`: the share of the brand's own copy that stands nearer to the exemplars than this
    draft (0-1); 0.5 is as far as the brand's own usually stands, 0.95 further than 19 in 20; 0 for
    a draft without words of its own.
    `siblings`: the same among the other drafts of its channel and language; None with fewer
    than three of them.
    """

    draft_id: str
    unit: str
    channel: Channel
    language: Language
    variant: str
    score: float
    siblings: float | None
    compared: Compared
    moved: tuple[Moved, ...]
    sentences: tuple[DriftSentence, ...] = Field(default=(), description="worst first")


class LocalityDrift(Record):
    """The drafts of one locality or segment that have words of their own: their mean score, the
    worst, and what moved."""

    unit: str
    drafts: int
    score: float
    worst: float
    over: int = Field(description="drafts over the drift budget")
    features: dict[StyleFeature, float] = Field(
        description="mean deviation from the exemplars, in standard deviations"
    )


class DriftReport(Record):
    """Drift of a campaign's drafts, worst first. `spread` is how far the localities' mean scores
    lie apart (standard deviation); `notes` say what limits the measure."""

    campaign: str
    brand: str
    budget: float | None
    exemplars: dict[Language, int]
    drafts: tuple[DraftDrift, ...]
    localities: tuple[LocalityDrift, ...]
    spread: float
    notes: tuple[str, ...] = ()
    elapsed_ms: int = 0
