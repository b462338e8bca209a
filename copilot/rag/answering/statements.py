"""Notes and passages as single statements, each a verbatim quote that can carry one citation."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from copilot.rag.answering.injection import is_command
from copilot.rag.answering.words import content
from copilot.rag.reading.tables import table_rows
from copilot.records import ConceptNote, Passage
from copilot.text import sentences, squeeze

_ITEM = re.compile(r"^[ \t]*(?:[-*•‣▪]|\d{1,2}[.)]|[a-z]\))[ \t]+")
_HEADING = re.compile(r"^#{1,6} ")
_LABEL = re.compile(r"^[^.!?]{1,80}:-?$")
# What a no-break space or a byte-order mark leaves behind when a file was decoded wrongly.
_DEBRIS = r"(?:\u00c2|\u00ef\u00bb\u00bf|[\ufffd\u200b\ufeff])"
_AFTER_STOP = re.compile(rf"(?<=[.!?]){_DEBRIS}+(?=\s|$)\s*")
_STRAY = re.compile(rf"{_DEBRIS}+(?=\s|$)")
SHORT_LINE = 30  # characters: shorter lines are titles or entries, not wrapped prose


@dataclass(frozen=True)
class Statement:
    """One citable sentence or list item.

    `quote` is verbatim in the source; `text` is how it reads in an answer. `role` is "lead" for
    the sentence that opens a list, "item" for what the list holds; statements of one paragraph or
    list share `block`. `score` is the retrieval score of the passage, 0-1.
    """

    text: str
    quote: str
    source: str
    title: str
    heading: str
    role: Literal["sentence", "lead", "item", "value", "claim", "example"] = "sentence"
    block: int = 0
    page: int | None = None
    passage_id: str = ""
    score: float = 0.0
    kind: str = "note"
    slug: str = ""
    who: str = field(default="", compare=False)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content stems of the text, and of who it is about."""
        return frozenset(content(f"{self.who} {self.text}"))


def of_section(note: ConceptNote, heading: str) -> list[Statement]:
    """A section's statements in order; none when the note lacks the section."""
    section = note.sections.get(heading, "")
    return list(_of_section(note.path, note.slug, note.title, heading, section, note.raw))


@lru_cache(maxsize=4096)
def _of_section(
    path: str, slug: str, title: str, heading: str, section: str, raw: str
) -> tuple[Statement, ...]:
    """Remembered with their stems, since the same notes are asked about."""
    return tuple(
        Statement(
            text=text,
            quote=quote,
            source=path,
            title=title,
            heading=f"{title} > {heading}",
            role=role,
            block=block,
            slug=slug,
        )
        for text, quote, role, block in parse(section)
        if quote in raw
    )


def of_note(note: ConceptNote) -> list[Statement]:
    """All statements of a note: its sections, then its examples."""
    found = [s for heading in note.sections for s in of_section(note, heading)]
    return [*found, *examples(note)]


def examples(note: ConceptNote) -> list[Statement]:
    """The front matter's examples, one statement each."""
    return [
        _example(note.path, note.slug, note.title, item.who, item.what)
        for item in note.examples
        if item.what in note.raw
    ]


@lru_cache(maxsize=4096)
def _example(path: str, slug: str, title: str, who: str, what: str) -> Statement:
    return Statement(
        text=what,
        quote=what,
        source=path,
        title=title,
        heading=f"{title} > Examples > {who}",
        role="example",
        slug=slug,
        who=who,
    )


def dimension(note: ConceptNote, key: str) -> Statement | None:
    """One dimension's value as a statement; None when the note does not have it."""
    value = note.dimensions.get(key)
    if value is None or value not in note.raw:
        return None
    return Statement(
        text=value,
        quote=value,
        source=note.path,
        title=note.title,
        heading=f"{note.title} > At a glance",
        role="value",
        slug=note.slug,
        who=key.replace("_", " "),
    )


def claims(note: ConceptNote) -> list[tuple[Statement, int]]:
    """The note's claims as statements, each with its place in `note.claims`."""
    return [
        (
            Statement(
                text=claim.text,
                quote=claim.text,
                source=note.path,
                title=note.title,
                heading=f"{note.title} > Claims > {claim.source}",
                role="claim",
                slug=note.slug,
                who=claim.source,
            ),
            index,
        )
        for index, claim in enumerate(note.claims)
        if claim.text in note.raw
    ]


def of_passages(passages: Iterable[Passage]) -> tuple[list[Statement], int]:
    """The statements of retrieved passages, and how many blocks were left out as commands.

    A paragraph or list with a sentence that addresses the assistant is left out whole: what
    follows such a sentence is usually its payload.
    """
    found: list[Statement] = []
    dropped = 0
    for passage in passages:
        sound, left_out = _without_commands(passage.text)
        dropped += left_out
        for text, quote, role, block in sound:
            found.append(
                Statement(
                    text=text,
                    quote=quote,
                    source=passage.source,
                    title=passage.title,
                    heading=passage.heading,
                    role=role,
                    block=block,
                    page=passage.page,
                    passage_id=passage.id,
                    score=getattr(passage, "score", 0.0),
                    kind=passage.kind,
                )
            )
    return found, dropped


Parsed = tuple[str, str, Literal["sentence", "lead", "item"], int]


@lru_cache(maxsize=4096)
def _without_commands(text: str) -> tuple[tuple[Parsed, ...], int]:
    """What is parsed of a passage, and how many blocks were left out as commands."""
    parsed = parse(text)
    bad = {block for said, _, _, block in parsed if is_command(said)}
    return tuple(entry for entry in parsed if entry[3] not in bad), len(bad)


def parse(text: str) -> list[Parsed]:
    """Markdown-like text as (text, verbatim quote, role, block); headings are left out.

    A table gives its rows, each cell behind its column's name.
    """
    found: list[Parsed] = []
    block = 0
    for paragraph in re.split(r"\n[ \t]*\n", text):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        if not lines:
            continue
        rows = table_rows(paragraph)
        if rows:
            block += 1
            found += [(_plain(row), quote, "item", block) for row, quote in rows]
            continue
        pieces = _pieces(lines)
        listed = any(is_item for _, is_item in pieces)
        opens = bool(found) and found[-1][2] == "lead"
        block += 0 if listed and opens else 1
        for piece, is_item in pieces:
            if is_item:
                quote = _ITEM.sub("", piece).strip()
                found.append((_plain(quote), quote, "item", block))
                continue
            for quote in _sentences(piece):
                lead = quote.rstrip("-").endswith(":")
                found.append((_plain(quote), quote, "lead" if lead else "sentence", block))
    return [entry for entry in found if any(c.isalnum() for c in entry[0])]


def is_label(text: str) -> bool:
    """Whether a line only announces what follows ("Examples are:")."""
    return _LABEL.match(text) is not None


def whole(statements: Sequence[Statement], most: int) -> list[Statement]:
    """The first statements: about `most`, but a list that was begun is told to its end."""
    kept = list(statements[:most])
    for follower in statements[most:]:
        last = kept[-1] if kept else None
        same = last and (last.heading, last.block) == (follower.heading, follower.block)
        if not same or follower.role != "item":
            break
        kept.append(follower)
    return kept


def _sentences(piece: str) -> list[str]:
    return [s for part in _AFTER_STOP.split(piece) for s in sentences(part)]


def _stands_alone(line: str, after: str, longest: int) -> bool:
    """Whether a line is a title or an entry of its own and not the first part of a sentence."""
    line = line.strip()
    if line[-1:] in ".!?,;:-" or " | " in line or not after.strip()[:1].isupper():
        return False
    return len(line) <= SHORT_LINE or len(line) < 0.7 * longest


def _pieces(lines: list[str]) -> list[tuple[str, bool]]:
    """Lines gathered into list items and runs of prose, verbatim."""
    pieces: list[tuple[str, bool]] = []
    longest = max(len(line) for line in lines)
    alone = True
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        joins, alone = not alone, _stands_alone(line, after, longest)
        if _HEADING.match(line):
            continue
        if _ITEM.match(line):
            pieces.append((line.strip(), True))
        elif joins and pieces and (not pieces[-1][1] or line.startswith((" ", "\t"))):
            pieces[-1] = (f"{pieces[-1][0]}\n{line}", pieces[-1][1])
        else:
            pieces.append((line, False))
    return pieces


def _plain(quote: str) -> str:
    return squeeze(_STRAY.sub("", quote.replace("**", "").replace("`", "")))
