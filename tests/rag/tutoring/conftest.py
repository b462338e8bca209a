"""The shipped notes as exercises, and tutors over a library without vectors."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from copilot.models.embed import Embedder
from copilot.rag.index import Library
from copilot.rag.notes import load_notes
from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.kinship import Shelf, shelve
from copilot.rag.tutoring.marking import Marker
from copilot.rag.tutoring.questions import exercises
from copilot.rag.tutoring.tutor import Tutor
from copilot.records import ConceptNote
from copilot.settings import data_folder

START = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, days: float) -> None:
        self.now += dt.timedelta(days=days)


@pytest.fixture(scope="session")
def shipped() -> tuple[ConceptNote, ...]:
    return load_notes(data_folder("knowledge") / "concepts")


@pytest.fixture(scope="session")
def shelf(shipped: tuple[ConceptNote, ...]) -> Shelf:
    return shelve(shipped)


@pytest.fixture(scope="session")
def asked(shelf: Shelf) -> dict[str, list[Exercise]]:
    """Every exercise of every shipped note, by slug."""
    return {slug: exercises(note, shelf) for slug, note in shelf.notes.items()}


@pytest.fixture(scope="session")
def marker(shelf: Shelf, embedder: Embedder) -> Marker:
    seen: dict[str, np.ndarray] = {}

    def embed(texts: list[str]) -> np.ndarray:
        for text in texts:
            if text not in seen:
                seen[text] = embedder.embed([text])[0]
        return np.stack([seen[text] for text in texts])

    return Marker(shelf.scale, shelf.words.words, embed)


@pytest.fixture
def word_marker(shelf: Shelf) -> Marker:
    return Marker(shelf.scale, shelf.words.words, None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tutor(
    shipped: tuple[ConceptNote, ...], word_library: Library, tmp_path: Path, clock: Clock
) -> Tutor:
    return Tutor(shipped, word_library, tmp_path / "learning.db", now=clock)


@pytest.fixture
def ask(asked: dict[str, list[Exercise]]) -> Callable[[str, str, str], Exercise]:
    """The first exercise of a concept and kind whose prompt holds some words."""

    def find(slug: str, kind: str, words: str = "") -> Exercise:
        return next(
            one
            for one in asked[slug]
            if one.question.kind == kind and words.lower() in one.question.prompt.lower()
        )

    return find
