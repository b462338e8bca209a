"""Records of the knowledge column: notes, passages, answers."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record

AnswerKind = Literal["explain", "compare", "list", "example", "number", "yes_no", "refusal", "chat"]
Audience = Literal["student", "practitioner"]


class Passage(Record):
    """A piece of one source, small enough to be cited; `text` is verbatim from the source."""

    id: str = Field(description="content id: the same text of the same source has the same id")
    source: str = Field(description="note slug path or absolute document path")
    title: str
    heading: str = Field(default="", description="headings from the outermost, joined by ' > '")
    page: int | None = Field(default=None, description="1-based page, where the format has pages")
    text: str
    kind: Literal["note", "document", "card"] = "document"


class Hit(Passage):
    """A retrieved passage; `score` is 0 (unrelated) to 1 (best possible)."""

    score: float


class Example(Record):
    who: str
    what: str
    source: str


class Source(Record):
    author: str
    year: int | str
    title: str
    where: str = Field(description="edition and chapter, journal, standard, or law and article")


class Claim(Record):
    """What one source says about a disputed point; `stance` groups the sources that agree."""

    text: str
    source: str
    stance: str


class ConceptNote(Record):
    """One concept of `knowledge/concepts/<slug>.md`: its front matter and its sections."""

    slug: str
    path: str = Field(description="source name, `knowledge/concepts/<slug>.md`")
    raw: str = Field(description="the file's whole text; every quote must be found in it")
    title: str
    aliases: tuple[str, ...] = ()
    asked_as: tuple[str, ...] = Field(
        default=(), description="how people ask for it without its name; searched, never quoted"
    )
    kind: str = "concept"
    contrasts_with: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    dimensions: dict[str, str] = Field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    sections: dict[str, str] = Field(default_factory=dict, description="heading to its text")


class Failure(Record):
    source: str
    reason: str


class IndexReport(Record):
    sources: int
    added: int
    updated: int
    unchanged: int
    removed: int
    passages: int
    failed: tuple[Failure, ...] = ()
    cancelled: bool = Field(default=False, description="stopped on request; run again to go on")
    elapsed_ms: int


class Citation(Record):
    """Where a sentence comes from; `quote` is verbatim in the source."""

    marker: int
    source: str
    title: str
    heading: str = ""
    page: int | None = None
    quote: str
    score: float
    passage_id: str = ""


class Disagreement(Record):
    """One disputed point: each source's claim, with its stance and citation marker."""

    point: str
    claims: tuple[Claim, ...]
    markers: tuple[int, ...] = ()


class Usage(Record):
    """Tokens and cost of the model calls behind a result; an unknown price is None, never 0."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0


class Query(Record):
    """A computed result: what was asked in words, the SQL that ran, and its rows."""

    description: str
    sql: str
    rows: tuple[dict[str, object], ...]
    answer: str = Field(default="", description="the result in one sentence, Markdown")
    read_by: str = Field(default="", description="the model that read the question, if one did")
    usage: Usage = Usage()


class Answer(Record):
    """The answer to one question; Markdown with [n] markers that point into `citations`."""

    id: str
    question: str
    kind: AnswerKind
    answer: str
    refused: bool = False
    reason: str | None = None
    citations: tuple[Citation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    query: Query | None = None
    warnings: tuple[str, ...] = ()
    model: str = "offline"
    usage: Usage = Usage()
    elapsed_ms: int = 0


class Turn(Record):
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str
