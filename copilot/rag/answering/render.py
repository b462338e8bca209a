"""Statements as Markdown that reads on: paragraphs, lists, run-in headings, each with markers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from copilot.rag.answering.evidence import Cites
from copilot.rag.answering.statements import Statement
from copilot.records import ConceptNote

# Behind these the name is part of a longer subject: "consent that is unknown".
GOES_ON = frozenset(
    ["and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "that", "to", "which", "with"]
)
PLURAL = ("are", "have", "were", "do", "need", "need")


def flow(cites: Cites, statements: Sequence[Statement], title: str = "") -> str:
    """Statements in order: sentences of a block as a paragraph, a lead and its items as a list.

    A paragraph that keeps beginning with the concept's own name says "it" from the second time.
    """
    parts: list[str] = []
    for _, group in groupby(statements, key=lambda s: (s.source, s.heading, s.block)):
        block = list(group)
        running = [s for s in block if s.role != "item"]
        if running:
            parts.append(_paragraph(cites, running, title))
        items = [s for s in block if s.role == "item"]
        if items:
            parts.append(bullets(cites, items))
    return "\n\n".join(parts)


def as_prose(statements: Iterable[Statement]) -> list[Statement]:
    """List items as sentences, for when they are told outside their list."""
    return [replace(s, role="sentence") if s.role == "item" else s for s in statements]


def bullets(cites: Cites, statements: Iterable[Statement]) -> str:
    """One bullet a statement; an example says first who it is about."""
    lines = []
    for s in statements:
        lines.append(f"- {cites.said(s, with_who(s))}")
    return "\n".join(lines)


def with_who(statement: Statement) -> str:
    """An example's sentence behind the name it is about, unless it begins with that name."""
    who = statement.who if statement.role == "example" else ""
    if not who or statement.text.startswith(who.split(",")[0].split()[0]):
        return statement.text
    return f"{who}: {statement.text}"


def headed(heading: str, body: str) -> str:
    """A body under a run-in heading; nothing when the body is empty."""
    if not body:
        return ""
    gap = "\n\n" if body.startswith(("- ", "| ")) else " "
    return f"**{heading}.**{gap}{body}"


def together(parts: Iterable[str]) -> str:
    """The parts that are not empty, a blank line between them."""
    return "\n\n".join(part for part in parts if part)


def lower_first(text: str) -> str:
    """The text with a small first letter, unless its first word is an abbreviation.

    >>> lower_first("Mass customisation"), lower_first("RFM analysis")
    ('mass customisation', 'RFM analysis')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names as a phrase.

    >>> listed(["scope", "cost", "risk"])
    'scope, cost and risk'
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def inline(note: ConceptNote) -> str:
    """The concept's title inside a sentence."""
    return lower_first(note.title)


def _paragraph(cites: Cites, statements: Sequence[Statement], title: str) -> str:
    written: list[str] = []
    named_before = False
    for s in statements:
        text = with_who(s)
        names = bool(title) and text.startswith(f"{title} ")
        names = names and text[len(title) + 1 :].split(" ", 1)[0] not in GOES_ON
        if names and named_before:
            text = _with_pronoun(text, title)
        named_before = names
        written.append(cites.said(s, text))
    return " ".join(written)


def _with_pronoun(text: str, title: str) -> str:
    rest = text[len(title) + 1 :]
    return f"{'They' if rest.split(' ', 1)[0] in PLURAL else 'It'} {rest}"
