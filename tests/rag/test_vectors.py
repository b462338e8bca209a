from pathlib import Path

import numpy as np

from copilot.models.embed import Embedder
from copilot.rag.notes import passages_of
from copilot.rag.vectors import (
    embed_passages,
    embedded_text,
    load_vector_cache,
    write_vector_cache,
)
from copilot.records import ConceptNote, Passage

Notes = tuple[ConceptNote, ...]


class Refusing:
    """An embedder that must not be needed."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint

    def embed(self, texts: object) -> np.ndarray:
        raise AssertionError(f"the cache should have had {texts}")


def test_prepared_vectors_equal_fresh_ones(
    tmp_path: Path, some_notes: Notes, embedder: Embedder
) -> None:
    path = tmp_path / "vectors.npz"
    passages = passages_of(some_notes[0])[:4]
    assert write_vector_cache(some_notes, embedder, path) >= len(passages)
    cache = load_vector_cache(path, embedder.fingerprint)
    prepared = embed_passages(passages, Refusing(embedder.fingerprint), cache)
    fresh = embedder.embed([embedded_text(passage) for passage in passages])
    assert np.sum(prepared * fresh, axis=1).min() >= 0.999


def test_what_the_cache_lacks_is_embedded(embedder: Embedder, some_notes: Notes) -> None:
    passages = passages_of(some_notes[0])[:2]
    vectors = embed_passages(passages, embedder, {})
    assert vectors.shape == (2, embedder.dimension)


def test_a_missing_damaged_or_foreign_cache_counts_as_empty(
    tmp_path: Path, some_notes: Notes, embedder: Embedder
) -> None:
    path = tmp_path / "vectors.npz"
    assert load_vector_cache(path, embedder.fingerprint) == {}
    path.write_bytes(b"PK\x03\x04 nothing that unpacks")
    assert load_vector_cache(path, embedder.fingerprint) == {}
    write_vector_cache(some_notes, embedder, path)
    assert load_vector_cache(path, "another model") == {}
    half = path.read_bytes()
    path.write_bytes(half[: len(half) // 2])
    assert load_vector_cache(path, embedder.fingerprint) == {}


def test_a_vector_stands_for_the_place_and_the_text() -> None:
    note = Passage(id="1", source="s", title="Rye", heading="Rye > Use", text="Bake.")
    document = note.model_copy(update={"heading": "Use"})
    bare = note.model_copy(update={"heading": ""})
    assert embedded_text(note) == embedded_text(document) == "Rye > Use: Bake."
    assert embedded_text(bare) == "Rye: Bake."
