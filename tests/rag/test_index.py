import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from copilot.errors import StoreError
from copilot.models.embed import Embedder
from copilot.rag.index import Library
from copilot.rag.notes import load_notes, passages_of
from copilot.rag.reading.read import read
from copilot.rag.reading.split import split
from copilot.rag.vectors import embedded_text, write_vector_cache
from copilot.records import ConceptNote

Notes = tuple[ConceptNote, ...]


class Counting:
    """The real embedder, counting the texts it embeds and breaking down after so many."""

    def __init__(self, inner: Embedder, limit: int = 10**9) -> None:
        self.inner, self.limit, self.count = inner, limit, 0
        self.fingerprint = inner.fingerprint

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        if self.count + len(texts) > self.limit:
            raise KeyboardInterrupt
        self.count += len(texts)
        return self.inner.embed(texts)


def add_text(library: Library, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    document = read(path)
    library.add(document, split(document))


def nearest_text(library: Library, embedder: Embedder, question: str) -> str:
    key = library.nearest(embedder.embed([question])[0], 1)[0][0]
    return next(p.text for p in library.passages() if p.id == key)


def test_notes_are_indexed_once_and_cost_nothing_after(
    tmp_path: Path, some_notes: Notes, embedder: Embedder
) -> None:
    counting = Counting(embedder)
    library = Library.open(tmp_path / "l", counting, vector_cache=tmp_path / "none.npz")
    assert library.sync_notes(some_notes) == {"added": 2}
    once = counting.count
    assert once == sum(len(passages_of(note)) for note in some_notes)
    assert library.sync_notes(some_notes) == {"unchanged": 2}
    assert counting.count == once


def test_a_changed_note_replaces_its_passages_and_a_dropped_one_leaves(
    tmp_path: Path, library: Library, some_notes: Notes, write_note: Callable[..., Path]
) -> None:
    library.sync_notes(some_notes)
    folder = tmp_path / "changed"
    write_note(folder, "bundling", definition="Bundling is now something else.")
    counts = library.sync_notes(load_notes(folder))
    assert counts == {"updated": 1, "removed": 1}
    texts = [passage.text for passage in library.passages()]
    assert "Bundling is now something else." in texts
    assert not any("Skimming is" in text or "several goods" in text for text in texts)
    stored = library.vectors([passage.id for passage in library.passages()])
    assert len(stored) == len(texts)


def test_prepared_vectors_spare_the_embedding(
    tmp_path: Path, some_notes: Notes, embedder: Embedder
) -> None:
    cache = tmp_path / "vectors.npz"
    write_vector_cache(some_notes, embedder, cache)
    counting = Counting(embedder)
    library = Library.open(tmp_path / "l", counting, vector_cache=cache)
    library.sync_notes(some_notes)
    assert counting.count == 0
    assert "several goods" in nearest_text(library, embedder, "sale of several goods at one price")


def test_a_corrupt_cache_only_costs_time(
    tmp_path: Path, some_notes: Notes, embedder: Embedder
) -> None:
    cache = tmp_path / "vectors.npz"
    cache.write_bytes(b"garbage")
    library = Library.open(tmp_path / "l", embedder, vector_cache=cache)
    library.sync_notes(some_notes)
    assert "several goods" in nearest_text(library, embedder, "sale of several goods at one price")


def test_stored_vectors_are_those_of_the_passages(
    tmp_path: Path, library: Library, embedder: Embedder
) -> None:
    add_text(library, tmp_path / "a.txt", "Rye sells on Saturdays.")
    passage = library.passages()[0]
    expected = embedder.embed([embedded_text(passage)])[0]
    np.testing.assert_allclose(library.vectors([passage.id])[passage.id], expected, atol=1e-6)
    key, cosine = library.nearest(expected, 5)[0]
    assert key == passage.id
    assert cosine == pytest.approx(1, abs=1e-5)


def test_a_filter_limits_the_nearest(tmp_path: Path, library: Library, embedder: Embedder) -> None:
    add_text(library, tmp_path / "a.txt", "Rye sells on Saturdays.")
    add_text(library, tmp_path / "b.txt", "Tax returns are due in January.")
    source = (tmp_path / "b.txt").resolve().as_posix()
    found = library.nearest(embedder.embed(["rye"])[0], 5, {"source": {"$in": [source]}})
    assert [key for key, _ in found] == [p.id for p in library.passages(source)]


def test_a_document_replaces_its_former_version_and_can_be_removed(
    tmp_path: Path, library: Library, embedder: Embedder
) -> None:
    path = tmp_path / "a.txt"
    add_text(library, path, "Rye sells on Saturdays.")
    old = library.passages()[0].id
    add_text(library, path, "Spelt sells on Sundays.")
    assert [p.text for p in library.passages()] == ["Spelt sells on Sundays."]
    assert library.vectors([old]) == {}
    source = library.sources()[0]
    assert (source.title, source.passages, source.kind) == ("a", 1, "document")
    assert library.remove(source.source)
    assert not library.remove(source.source)
    assert library.sources() == []
    assert library.nearest(embedder.embed(["rye"])[0], 5) == []


def test_a_library_survives_its_process(tmp_path: Path, embedder: Embedder) -> None:
    first = Library.open(tmp_path / "l", embedder)
    add_text(first, tmp_path / "a.txt", "Rye sells on Saturdays.")
    first.close()
    second = Library.open(tmp_path / "l", embedder)
    assert nearest_text(second, embedder, "when is rye bought") == "Rye sells on Saturdays."


def test_an_interrupted_indexing_goes_on_where_it_stopped(
    tmp_path: Path, embedder: Embedder
) -> None:
    path = tmp_path / "long.md"
    path.write_text("\n".join(f"# Heading {n}\nText {n}." for n in range(300)), encoding="utf-8")
    document = read(path)
    breaking = Counting(embedder, limit=200)
    library = Library.open(tmp_path / "l", breaking)
    with pytest.raises(KeyboardInterrupt):
        library.add(document, split(document))
    assert len(library.passages()) == 300
    assert breaking.count == 128
    library.close()
    counting = Counting(embedder)
    again = Library.open(tmp_path / "l", counting)
    assert again.embed_missing() == 172
    assert counting.count == 172
    assert len(again.vectors([p.id for p in again.passages()])) == 300


def test_deleted_vectors_come_back(tmp_path: Path, embedder: Embedder) -> None:
    library = Library.open(tmp_path / "l", embedder)
    add_text(library, tmp_path / "a.txt", "Rye sells on Saturdays.")
    library.close()
    shutil.rmtree(tmp_path / "l" / "chroma")
    again = Library.open(tmp_path / "l", embedder)
    assert nearest_text(again, embedder, "rye") == "Rye sells on Saturdays."


def test_rebuild_embeds_everything_again(tmp_path: Path, embedder: Embedder) -> None:
    counting = Counting(embedder)
    library = Library.open(tmp_path / "l", counting)
    add_text(library, tmp_path / "a.txt", "Rye sells on Saturdays.")
    assert library.rebuild() == 1
    assert counting.count == 2
    assert nearest_text(library, embedder, "rye") == "Rye sells on Saturdays."


def test_another_embedder_has_vectors_of_its_own(tmp_path: Path, embedder: Embedder) -> None:
    library = Library.open(tmp_path / "l", embedder)
    add_text(library, tmp_path / "a.txt", "Rye sells on Saturdays.")
    library.close()
    other = Counting(embedder)
    other.fingerprint = "another"
    second = Library.open(tmp_path / "l", other)
    assert second.embed_missing() == 1
    assert len(second.vectors([second.passages()[0].id])) == 1


def test_without_an_embedder_chroma_is_not_needed(tmp_path: Path, some_notes: Notes) -> None:
    code = (
        "import sys; from pathlib import Path; from copilot.rag.index import Library;"
        "from copilot.rag.notes import load_notes;"
        f"notes = load_notes(Path({str(tmp_path / 'concepts')!r}));"
        f"library = Library.open(Path({str(tmp_path / 'w')!r}), None); library.sync_notes(notes);"
        "library.remove(notes[0].path); library.rebuild();"
        "assert library.nearest(None, 5) == [] and library.vectors(['x']) == {};"
        "print(len(library.passages()), 'chromadb' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(passages_of(some_notes[1]))), "False"]


def test_words_only_becomes_meaning_when_an_embedder_arrives(
    tmp_path: Path, embedder: Embedder
) -> None:
    words = Library.open(tmp_path / "l", None)
    add_text(words, tmp_path / "a.txt", "Rye sells on Saturdays.")
    later = Library.open(tmp_path / "l", embedder)
    assert later.embed_missing() == 1
    assert nearest_text(later, embedder, "rye") == "Rye sells on Saturdays."


def test_a_second_process_sees_what_the_first_one_changed(
    tmp_path: Path, embedder: Embedder
) -> None:
    reader = Library.open(tmp_path / "l", embedder)
    add_text(reader, tmp_path / "old.txt", "Old bread is cheap.")
    question = embedder.embed(["rye on Saturdays"])[0]
    assert len(reader.nearest(question, 5)) == 1
    before = reader.generation
    code = (
        "import sys; from pathlib import Path; from copilot.rag.index import Library;"
        "from copilot.rag.reading.read import read; from copilot.rag.reading.split import split;"
        "from copilot.models.embed import open_embedder; from copilot.settings import Settings;"
        "home, old, new = map(Path, sys.argv[1:]);"
        "library = Library.open(home, open_embedder(Settings.load(home)));"
        "document = read(new); library.add(document, split(document));"
        "library.remove(old.resolve().as_posix())"
    )
    (tmp_path / "new.txt").write_text("Rye sells on Saturdays.")
    places = [str(tmp_path / name) for name in ("l", "old.txt", "new.txt")]
    subprocess.run([sys.executable, "-c", code, *places], check=True, capture_output=True)
    assert reader.generation > before
    assert [p.text for p in reader.passages()] == ["Rye sells on Saturdays."]
    assert [key for key, _ in reader.nearest(question, 5)] == [p.id for p in reader.passages()]


def test_two_libraries_in_one_process_see_each_other(tmp_path: Path, embedder: Embedder) -> None:
    one, two = (Library.open(tmp_path / "l", embedder) for _ in range(2))
    add_text(one, tmp_path / "a.txt", "Rye sells on Saturdays.")
    assert nearest_text(two, embedder, "rye") == "Rye sells on Saturdays."
    add_text(two, tmp_path / "b.txt", "Tax returns are due in January.")
    assert nearest_text(one, embedder, "income tax") == "Tax returns are due in January."


def test_a_damaged_database_is_a_store_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match=r"library\.db") as caught:
        Library.open(tmp_path, None)
    assert caught.value.hint


def test_a_chroma_server_that_is_not_there_is_a_store_error(
    tmp_path: Path, embedder: Embedder
) -> None:
    library = Library.open(tmp_path / "l", embedder, "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="vector index failed"):
        add_text(library, tmp_path / "a.txt", "Rye sells on Saturdays.")
    assert json.dumps([p.text for p in library.passages()]) == '["Rye sells on Saturdays."]'
