"""Questions from the passages of an indexed document: definitions, lists, reasons, gaps."""

import re
from collections.abc import Iterator, Sequence

from copilot.rag.answering.concepts import find
from copilot.rag.answering.statements import Statement, of_passages
from copilot.rag.answering.words import tokens
from copilot.rag.tutoring.exercise import Draft, Exercise, Point, build
from copilot.rag.tutoring.kinship import Shelf
from copilot.rag.tutoring.terms import plain_stem, share, stems_of, terms
from copilot.rag.tutoring.wording import (
    NUMBERS,
    count_in,
    defined,
    main_clause,
    reason,
    within,
)
from copilot.records import Passage
from copilot.text import content_id

PREFIX = "doc-"
GAP = "____"
_FIGURE = re.compile(r"(?<![\w.,-])\d[\d.,]*\d?\s?%?(?![\w-])")
_LEANS = re.compile(
    r"^(?:it|its|this|that|these|those|they|their|he|she|his|her|such|there|here|both|as|but|and"
    r"|so|then|also|however|thus|therefore|for example|in this|in addition|moreover|we|you|i)\b",
    re.I,
)
_NOUN = re.compile(r"^[a-z]{3,}(?:tions?|ments?|ness|ity|ities|isms?|ships?|ances?|ences?|ures?)$")
_VAGUE = re.compile(r"\b(?:one|what|which|who|example|result|reason|question|problem)$", re.I)


def prefix_of(source: str) -> str:
    """The beginning of the ids of a document's questions."""
    return f"{PREFIX}{content_id(source)[:10]}"


def document_exercises(passages: Sequence[Passage], shelf: Shelf) -> list[Exercise]:
    """Every question the tutor can ask about a document, in reading order.

    Sentences that address the assistant, and the paragraphs around them, are left out.
    """
    statements, _ = of_passages(passages)
    found: list[Exercise] = []
    for place, s in enumerate(statements):
        if s.role == "lead":
            found += _list(s, statements[place + 1 :], passages)
        elif _stands_alone(s):
            found += [*_define(s, passages), *_why(s, passages, shelf), *_gap(s, passages, shelf)]
    return list({one.question.id: one for one in found}.values())


def _stands_alone(s: Statement) -> bool:
    text = s.text
    whole = text[:1].isupper() and text.rstrip("\"'”’)").endswith((".", "!"))
    return whole and 6 <= len(text.split()) <= 45 and _LEANS.match(text) is None


def _built(draft: Draft, passages: Sequence[Passage], how: str, **parts: object) -> Exercise:
    s = draft.statement
    return build(draft, s.source, prefix_of(s.source), passages, how, **parts)  # type: ignore[arg-type]


def _define(s: Statement, passages: Sequence[Passage]) -> Iterator[Exercise]:
    parts = defined(s.text)
    if parts is None or not re.match(r"(?:a|an|the|one|any)\b", parts.rest):
        return
    subject = parts.subject.rpartition(": ")[2]
    if len(subject.split()) > 6 or "," in subject or _VAGUE.search(subject):
        return
    name = within(subject, " ".join(p.text for p in passages))
    if share_plain(parts.rest, subject) > 0.5:
        return
    draft = Draft("define", f"According to “{s.title}”: what {parts.verb} {name}?", s, "student")
    yield _built(
        draft, passages, "prose", points=(Point(s.text, s.quote, (parts.rest,)),), about=name
    )


def share_plain(text: str, other: str) -> float:
    """The share of a text's own stems that another text has."""
    own = stems_of(text)
    return len(own & stems_of(other)) / len(own) if own else 1.0


def _list(
    lead: Statement, after: Sequence[Statement], passages: Sequence[Passage]
) -> Iterator[Exercise]:
    items = [s for s in after if s.role == "item" and s.block == lead.block]
    items = [s for s in items if s.passage_id == lead.passage_id]
    if not count_in(lead.text, len(items)) or _LEANS.match(lead.text):
        return
    size = len(items)
    wanted = "both" if size == 2 else f"all {NUMBERS[size - 2]}"
    draft = Draft("list", f"{lead.text.rstrip(':- ')}. Name {wanted}.", lead, "student")
    yield _built(
        draft, passages, "list",
        points=tuple(Point(s.text, s.quote, (main_clause(s.text), s.text)) for s in items),
        needed=size,
        model_answer=" ".join(s.text for s in items),
    )  # fmt: skip


def _why(s: Statement, passages: Sequence[Passage], shelf: Shelf) -> Iterator[Exercise]:
    parts = reason(s.text)
    if parts is None or share(terms(parts[1]), terms(parts[0]), shelf.scale) > 0.5:
        return
    claim, because = parts
    yield _built(
        Draft("why", f"“{claim}.” Why, according to “{s.title}”?", s, "practitioner"),
        passages, "prose",
        points=(Point(f"because {because}", s.quote, (because,)),),
    )  # fmt: skip


def _gap(s: Statement, passages: Sequence[Passage], shelf: Shelf) -> Iterator[Exercise]:
    hidden = _hidden(s, shelf)
    if not hidden:
        return
    shown = re.sub(rf"(?<!\w){re.escape(hidden)}(?!\w)", GAP, s.text)
    yield _built(
        Draft("gap", f"Fill the gap: “{shown}”", s, "student"), passages, "gap",
        points=(Point(hidden, s.quote, (hidden,)),),
        model_answer=f"{hidden}. {s.text}",
    )  # fmt: skip


def _hidden(s: Statement, shelf: Shelf) -> str:
    """What to leave out of a sentence: its only figure, a concept's name, else a telling noun."""
    figures = [found.group().strip().rstrip(".,") for found in _FIGURE.finditer(s.text)]
    if figures:
        return figures[0] if len(figures) == 1 else ""
    words = tokens(s.text)
    stems = [plain_stem(one.norm) for one in words]
    for mention in reversed(find(s.text, shelf.words)):
        name = s.text[words[mention.start].start : words[mention.end - 1].end]
        if mention.start > 0 and mention.score == 1 and s.text.lower().count(name.lower()) == 1:
            return name
    nouns = [
        one.text
        for one, own in zip(words, stems, strict=True)
        if _NOUN.search(one.text) and terms(one.text) and stems.count(own) == 1
    ]
    return max(nouns, key=lambda word: (shelf.scale.of(terms(word)), word), default="")
