"""What a topic stands for: concepts, a chapter of the notes, a book's chapter, a document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from copilot.errors import InputError
from copilot.rag.answering.concepts import find
from copilot.rag.answering.words import tokens
from copilot.rag.tutoring.kinship import Shelf, neighbours
from copilot.text import fold

ALL = frozenset(("", "all", "everything", "the library", "all concepts"))
CHAPTERS = {
    "strategies": "strategy",
    "concepts": "concept",
    "metrics": "metric",
    "methods": "method",
    "laws": "law",
    "channels": "channel",
    "practices": "practice",
}
_AROUND = re.compile(r"^(?:around|near|chapter:?|chapter on|neighbours of) (?P<name>.+)$", re.I)
_SMALL = frozenset(
    [
        "and",
        "the",
        "of",
        "by",
        "in",
        "on",
        "a",
        "an",
        "from",
        "to",
        "chapter",
        "ch",
        "edition",
        "pp",
    ]
)


@dataclass(frozen=True)
class Topic:
    """What is asked about: notes by slug, or documents by source."""

    title: str
    slugs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def resolve(topic: str, shelf: Shelf, documents: Sequence[tuple[str, str]]) -> Topic:
    """What a topic names; `documents` are (source, title).

    In this order: everything; a chapter ("laws"); concepts by any name, several apart by commas
    or "and"; "around NAME", a concept and its neighbours; a document by its name, title or a glob;
    a book or article that notes cite ("Kotler and Armstrong chapter 7"). Raises InputError.
    """
    plain = fold(topic).strip(" .?")
    if plain in ALL:
        return Topic("Everything", tuple(shelf.notes))
    kind = CHAPTERS.get(plain) or CHAPTERS.get(f"{plain}s") or CHAPTERS.get(f"{plain[:-1]}ies")
    if kind:
        slugs = tuple(slug for slug, note in shelf.notes.items() if note.kind == kind)
        if slugs:
            return Topic(plain.capitalize(), slugs)
    found = (
        _document(topic, documents, exact=True)
        or _around(topic, shelf)
        or _concepts(topic, shelf)
        or _document(topic, documents)
        or _cited(topic, shelf)
    )
    if found is None:
        raise InputError(f"The library has nothing on {topic!r}.", hint=_hint(topic, shelf))
    return found


def chapters(shelf: Shelf) -> list[str]:
    """The chapters that have notes."""
    kinds = {note.kind for note in shelf.notes.values()}
    return [name.capitalize() for name, kind in CHAPTERS.items() if kind in kinds]


def _around(topic: str, shelf: Shelf) -> Topic | None:
    match = _AROUND.match(topic.strip())
    inner = _concepts(match["name"], shelf) if match else None
    if inner is None:
        return None
    note = shelf.notes[inner.slugs[0]]
    slugs = [note.slug, *(other.slug for other in neighbours(note, shelf))]
    return Topic(f"{note.title} and its neighbours", tuple(dict.fromkeys(slugs)))


def _concepts(topic: str, shelf: Shelf) -> Topic | None:
    """The concepts a topic names, when it names little else."""
    if topic in shelf.notes:
        return Topic(shelf.notes[topic].title, (topic,))
    mentions = find(topic, shelf.words)
    slugs = tuple(dict.fromkeys(mention.slug for mention in mentions))
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    left = [
        t.norm
        for i, t in enumerate(tokens(topic))
        if i not in covered and t.norm not in _SMALL and not t.norm.isdigit()
    ]
    if not slugs or len(left) > 2:
        return None
    return Topic(", ".join(shelf.notes[slug].title for slug in slugs), slugs)


def _document(
    topic: str, documents: Sequence[tuple[str, str]], *, exact: bool = False
) -> Topic | None:
    wanted = fold(topic)
    chosen = [
        (source, title)
        for source, title in documents
        if wanted in (fold(source), fold(PurePosixPath(source).name), fold(title))
        or (not exact and (_fits(source, topic) or wanted in fold(title)))
    ]
    if not chosen:
        return None
    return Topic(", ".join(t for _, t in chosen[:3]), (), tuple(source for source, _ in chosen))


def _fits(source: str, glob: str) -> bool:
    return fnmatchcase(source, glob) or fnmatchcase(PurePosixPath(source).name, glob)


def sources_like(glob: str, documents: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The sources a glob names, by the whole source or its last part."""
    return tuple(source for source, _ in documents if _fits(source, glob))


def _cited(topic: str, shelf: Shelf) -> Topic | None:
    """The notes that cite a work whose author, year, title and place have all the topic's words."""
    words = {t.norm for t in tokens(topic)} - _SMALL
    numbers = {word for word in words if word.isdigit()}
    if not words - numbers:
        return None
    slugs = [
        slug
        for slug, note in shelf.notes.items()
        if any(
            words <= {t.norm for t in tokens(f"{s.author} {s.year} {s.title} {s.where}")}
            for s in note.sources
        )
    ]
    return Topic(f"Cited: {topic.strip()}", tuple(slugs)) if slugs else None


def _hint(topic: str, shelf: Shelf) -> str:
    from rapidfuzz import process

    titles = [note.title for note in shelf.notes.values()]
    near = [found[0] for found in process.extract(topic, titles, limit=3)]
    return (
        f"Near are: {', '.join(near)}. Chapters are: {', '.join(chapters(shelf)).lower()}; a "
        "document is named by its file."
    )
