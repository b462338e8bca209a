"""The concept notes: Markdown files with front matter, loaded, cut into passages, and linted."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from copilot.errors import KnowledgeError
from copilot.rag.reading.split import cut
from copilot.records import ConceptNote, Passage
from copilot.text import content_id

NOTE_TOKENS = 180
HEADINGS = ("Definition", "How it works", "When to use", "Drawbacks", "Example", "In the wild")
KINDS = ("strategy", "concept", "metric", "method", "law", "channel", "practice")
STRATEGY_DIMENSIONS = (
    "scope",
    "personalisation",
    "product_variation",
    "who_decides",
    "production",
    "customer_role",
    "cost",
    "main_risk",
    "best_when",
)

_NOTE = re.compile(r"\A---\r?\n(?P<front>.*?\n)---[ \t]*\r?\n(?P<body>.*)\Z", re.S)
_HEADING = re.compile(r"^## +(?P<name>.+?)[ \t]*$", re.M)
_DIMENSIONS = re.compile(r"^dimensions:[ \t]*(?P<lines>[^\n]*(?:\n[ \t]+[^\n]*)*)", re.M)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_notes(folder: Path) -> tuple[ConceptNote, ...]:
    """Every `*.md` of a folder as a note, sorted by slug.

    Raises KnowledgeError naming the file and the key that is missing or wrong, or the folder.
    """
    if not folder.is_dir():
        raise KnowledgeError(
            f"There is no folder of notes at {folder}.", hint="Reinstall the package."
        )
    return tuple(_load_note(path) for path in sorted(folder.glob("*.md"), key=lambda p: p.stem))


def passages_of(note: ConceptNote) -> list[Passage]:
    """A note's passages, each a verbatim slice of its file.

    Every section is one passage, or several where it is long, headed "title > Section". The
    dimensions stand in one or two passages headed "title > At a glance", exactly as the file has
    them; every example and claim is one passage (its sentence), headed by who or which source
    it is about.
    """
    pieces: list[tuple[str, str]] = [
        (heading, text)
        for heading, section in note.sections.items()
        for text in cut(section, NOTE_TOKENS)
    ]
    pieces += [("At a glance", text) for text in cut(_dimension_block(note), NOTE_TOKENS)]
    pieces += [(f"Examples > {example.who}", example.what) for example in note.examples]
    pieces += [(f"Claims > {claim.source}", claim.text) for claim in note.claims]
    seen: Counter[tuple[str, str]] = Counter()
    passages: list[Passage] = []
    for place, text in pieces:
        heading = f"{note.title} > {place}"
        key = content_id(note.path, heading, "", text, str(seen[heading, text]))
        seen[heading, text] += 1
        passages.append(
            Passage(
                id=key,
                source=note.path,
                title=note.title,
                heading=heading,
                text=text,
                kind="note",
            )
        )
    return passages


def lint(notes: tuple[ConceptNote, ...]) -> list[str]:
    """What is wrong with the collection as a whole, one line a problem; empty when nothing is.

    Looks for unknown kinds, missing headings and sources, a strategy without the dimensions
    that comparisons need, links that do not resolve, titles or aliases that two notes share,
    and notes that no other note links to.
    """
    slugs = {note.slug for note in notes}
    linked = {link for note in notes for link in (*note.contrasts_with, *note.related)}
    problems = [problem for note in notes for problem in _lint_note(note, slugs)]
    problems += [f"{slug}: no other note links to it" for slug in sorted(slugs - linked)]
    owners: dict[str, set[str]] = {}
    for note in notes:
        for name in (note.title, *note.aliases):
            owners.setdefault(name.casefold(), set()).add(note.slug)
    problems += [
        f"{', '.join(sorted(who))}: share the name {name!r}"
        for name, who in sorted(owners.items())
        if len(who) > 1
    ]
    return problems


def _lint_note(note: ConceptNote, slugs: set[str]) -> list[str]:
    problems: list[str] = []
    if note.kind not in KINDS:
        problems.append(f"kind {note.kind!r} is not one of {', '.join(KINDS)}")
    problems += [f"section {name!r} is missing" for name in HEADINGS if not note.sections.get(name)]
    problems += [f"section {name!r} is unknown" for name in note.sections if name not in HEADINGS]
    if not note.sources:
        problems.append("no sources")
    if note.kind == "strategy":
        problems += [
            f"dimension {name!r} is missing"
            for name in STRATEGY_DIMENSIONS
            if name not in note.dimensions
        ]
    for key, links in (("contrasts_with", note.contrasts_with), ("related", note.related)):
        problems += [f"{key}: no note {link!r}" for link in links if link not in slugs]
        problems += [f"{key}: links to itself" for link in links if link == note.slug]
    return [f"{note.slug}: {problem}" for problem in problems]


def _load_note(path: Path) -> ConceptNote:
    try:
        raw = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from error
    parts = _NOTE.match(raw)
    if parts is None:
        raise KnowledgeError(
            f"{path} does not begin with front matter.",
            hint="Put the YAML between two lines of three dashes at the top.",
        )
    front = _front_matter(path, parts["front"])
    try:
        note = ConceptNote(
            **front,
            slug=path.stem,
            path=f"knowledge/concepts/{path.name}",
            raw=raw,
            sections=_sections(parts["body"]),
        )
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise KnowledgeError(f"{path}: {key}: {first['msg']}.", hint=f"Correct {key!r}.") from error
    _check_quotable(path, note)
    return note


def _front_matter(path: Path, text: str) -> dict[str, Any]:
    try:
        front = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C when it is there
    except yaml.YAMLError as error:
        raise KnowledgeError(
            f"{path}: the front matter is not valid YAML: {error}.", hint="Quote the value."
        ) from error
    if not isinstance(front, dict):
        raise KnowledgeError(f"{path}: the front matter is not a mapping.")
    reserved = {"slug", "path", "raw", "sections"} & set(front)
    if reserved:
        raise KnowledgeError(f"{path}: {sorted(reserved)[0]}: the key may not be set in the file.")
    # An empty `claims:` reads as null and means none.
    return {str(key): value for key, value in front.items() if value is not None}


def _sections(body: str) -> dict[str, str]:
    marks = list(_HEADING.finditer(body))
    ends = [mark.start() for mark in marks[1:]] + [len(body)]
    return {
        mark["name"]: body[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)
    }


def _check_quotable(path: Path, note: ConceptNote) -> None:
    values = {f"dimensions.{key}": value for key, value in note.dimensions.items()}
    values |= {f"examples.{n}.what": item.what for n, item in enumerate(note.examples)}
    values |= {f"claims.{n}.text": item.text for n, item in enumerate(note.claims)}
    for key, value in values.items():
        if value not in note.raw:
            raise KnowledgeError(
                f"{path}: {key}: the value cannot be quoted verbatim from the file.",
                hint="Write it on one line in double quotes, without escapes.",
            )


def _dimension_block(note: ConceptNote) -> str:
    """The lines of the file that hold the dimensions, without the key above them."""
    block = _DIMENSIONS.search(note.raw)
    return block["lines"].strip() if block else ""
