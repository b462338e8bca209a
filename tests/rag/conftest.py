"""Shared by the tests of the knowledge column: the real embedder, a few notes, real files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from copilot.models.embed import Embedder, open_embedder
from copilot.rag.index import Library
from copilot.rag.notes import load_notes
from copilot.records import ConceptNote
from copilot.settings import Settings

NOTE = """---
title: {title}
aliases: [{aliases}]
kind: concept
related: [{related}]
dimensions:
  scope: "{scope}"
  cost: "the {title} costs what its parts cost"
examples:
  - who: "Corner Crumb"
    what: "The bakery tried {title} in one shop."
    source: "Made up for a test"
sources:
  - {{author: "Doe, J.", year: 2001, title: "A book", where: "chapter 1"}}
claims:
  - {{text: "Every {title} pays for itself.", source: "Doe (2001)", stance: "for"}}
---
## Definition
{definition}

## How it works
Someone begins with {title} and goes on.

## When to use
Use it when nothing else helps.

## Drawbacks
- {title} takes time.
- {title} takes money.

## Example
A shop did so.

## In the wild
A chain did so too.
"""


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    opened = open_embedder(Settings(home=Path("unused")))
    assert opened is not None, "the embedded model is part of every installation"
    return opened


@pytest.fixture
def write_note() -> Callable[..., Path]:
    """Writes a note that is right in every way, unless told otherwise."""

    def write(folder: Path, slug: str, **values: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        given = {
            "title": slug.replace("-", " ").capitalize(),
            "aliases": "",
            "related": "",
            "scope": f"what {slug} covers",
            "definition": f"{slug.replace('-', ' ').capitalize()} is a thing of its own.",
        } | values
        path = folder / f"{slug}.md"
        path.write_text(NOTE.format(**given), encoding="utf-8")
        return path

    return write


@pytest.fixture
def some_notes(tmp_path: Path, write_note: Callable[..., Path]) -> tuple[ConceptNote, ...]:
    folder = tmp_path / "concepts"
    write_note(
        folder,
        "bundling",
        aliases="product bundles, Produktbündel",
        related="skimming",
        definition="Bundling is the sale of several goods together at one price.",
    )
    write_note(
        folder,
        "skimming",
        aliases="price skimming",
        related="bundling",
        definition="Skimming is a high first price that falls as eager buyers have been served.",
    )
    return load_notes(folder)


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    opened = Library.open(tmp_path / "library", embedder, vector_cache=tmp_path / "no-vectors.npz")
    yield opened
    opened.close()


@pytest.fixture
def word_library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "words", None)
