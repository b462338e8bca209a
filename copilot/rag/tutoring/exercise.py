"""An exercise: a question together with what its passage answers and what it is mistaken for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from copilot.rag.answering.statements import Statement
from copilot.records import Audience, Citation, Claim, Passage, QuestionKind, QuizQuestion
from copilot.text import content_id

How = Literal["prose", "list", "name", "truth", "sides", "author", "case", "gap"]


@dataclass(frozen=True)
class Point:
    """One thing an answer should say. Saying any of `ways` says it; `quote` is verbatim.

    `also` are everyday wordings of it, compared by meaning alone.
    """

    text: str
    quote: str
    ways: tuple[str, ...]
    side: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rival:
    """Something else that the answer may have been taken for; `about` names it inside a sentence.

    `held` are the claims of sources that make the two one: following them is no error.
    """

    slug: str
    about: str
    text: str
    statement: Statement
    held: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """A question, how it is marked, and everything marking needs; built from the library alone."""

    question: QuizQuestion
    how: How
    points: tuple[Point, ...]
    needed: int
    model_answer: str
    about: str
    rivals: tuple[Rival, ...] = ()
    denied: tuple[Rival, ...] = ()
    truth: bool = True
    said_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """An exercise's parts before the question has its id; the statement holds the answer."""

    kind: QuestionKind
    prompt: str
    statement: Statement
    level: Audience
    options: tuple[str, ...] = ()


def build(
    draft: Draft, concept: str, prefix: str, passages: Sequence[Passage], how: How, **parts: object
) -> Exercise:
    """The exercise of a draft, its id made from where it stands and what it says.

    `prefix` leads back to the source; an id changes when the prompt or the quote does.
    """
    s = draft.statement
    key = content_id(draft.kind, draft.prompt, s.quote)[:10]
    question = QuizQuestion(
        id=f"{prefix}.{draft.kind}.{key}",
        kind=draft.kind,
        prompt=draft.prompt,
        options=draft.options,
        level=draft.level,
        concept=concept,
        source=s.source,
        title=s.title,
        heading=s.heading,
        page=s.page,
        passage_id=s.passage_id or passage_id(s.quote, s.heading, passages),
        quote=s.quote,
    )
    found = Exercise(
        question=question,
        how=how,
        points=(Point(s.text, s.quote, (s.text,)),),
        needed=1,
        model_answer=s.text,
        about=s.title,
    )
    return replace(found, **parts)  # type: ignore[arg-type]


def passage_id(quote: str, heading: str, passages: Sequence[Passage]) -> str:
    """The id of the passage that holds a quote, the one under its heading first."""
    holding = [p for p in passages if quote in p.text]
    under = [p for p in holding if p.heading == heading]
    return next((p.id for p in [*under, *holding]), "")


def citation(statement: Statement, marker: int = 1, passage: str = "") -> Citation:
    """A statement as a citation."""
    return Citation(
        marker=marker,
        source=statement.source,
        title=statement.title,
        heading=statement.heading,
        page=statement.page,
        quote=statement.quote,
        score=1.0,
        passage_id=passage or statement.passage_id,
    )


def cited(exercise: Exercise) -> Citation:
    """The passage an exercise is answered from."""
    q = exercise.question
    return Citation(
        marker=1,
        source=q.source,
        title=q.title,
        heading=q.heading,
        page=q.page,
        quote=q.quote,
        score=1.0,
        passage_id=q.passage_id,
    )
