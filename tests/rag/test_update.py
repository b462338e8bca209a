from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.errors import KnowledgeError
from copilot.models.embed import Embedder
from copilot.rag.index import Library
from copilot.rag.notes import passages_of
from copilot.rag.update import update
from copilot.records import ConceptNote, IndexReport

Notes = tuple[ConceptNote, ...]


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "rye.txt").write_text("Rye sells on Saturdays.")
    (folder / "spelt.md").write_text("# Spelt\nSpelt sells on Sundays.")
    return folder


def test_notes_and_files_are_counted(
    word_library: Library, documents: Path, some_notes: Notes
) -> None:
    report = update(word_library, [documents], notes=some_notes)
    assert counts(report) == (4, 0, 0, 0)
    assert report.sources == 4
    assert report.passages == 2 + sum(len(passages_of(note)) for note in some_notes)
    again = update(word_library, [documents], notes=some_notes)
    assert counts(again) == (0, 0, 4, 0)
    assert (again.sources, again.passages) == (report.sources, report.passages)


def test_a_changed_file_replaces_its_passages(word_library: Library, documents: Path) -> None:
    update(word_library, [documents], notes=())
    (documents / "rye.txt").write_text("Rye is gone.")
    assert counts(update(word_library, [documents], notes=())) == (0, 1, 1, 0)
    texts = {passage.text for passage in word_library.passages()}
    assert texts == {"Rye is gone.", "Spelt sells on Sundays."}


def test_a_file_that_fails_is_listed_and_the_rest_goes_on(
    word_library: Library, documents: Path
) -> None:
    (documents / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    report = update(word_library, [documents, documents / "gone.txt"], notes=())
    assert counts(report) == (2, 0, 0, 0)
    assert [Path(failure.source).name for failure in report.failed] == ["broken.pdf", "gone.txt"]
    assert "no file" in report.failed[1].reason


def test_a_file_that_fails_keeps_what_was_indexed_before(
    word_library: Library, documents: Path
) -> None:
    update(word_library, [documents], notes=())
    (documents / "rye.txt").write_bytes(b"\x00\x00")
    report = update(word_library, [documents], notes=())
    assert len(report.failed) == 1
    assert "Rye sells on Saturdays." in {p.text for p in word_library.passages()}


def test_a_folder_is_mirrored(word_library: Library, documents: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("Kept.")
    update(word_library, [documents, elsewhere], notes=())
    (documents / "rye.txt").unlink()
    elsewhere.unlink()
    assert counts(update(word_library, [documents], notes=())) == (0, 0, 1, 1)
    assert {p.text for p in word_library.passages()} == {"Kept.", "Spelt sells on Sundays."}


def test_a_source_or_a_folder_of_sources_can_be_removed(
    word_library: Library, documents: Path, some_notes: Notes
) -> None:
    update(word_library, [documents], notes=some_notes)
    file = (documents / "rye.txt").resolve()
    assert update(word_library, [], notes=some_notes, remove=file.as_posix()).removed == 1
    assert update(word_library, [], notes=some_notes, remove=str(documents)).removed == 1
    assert {source.kind for source in word_library.sources()} == {"note"}


def test_what_is_not_there_or_is_shipped_cannot_be_removed(
    word_library: Library, some_notes: Notes
) -> None:
    with pytest.raises(KnowledgeError, match="no source 'nothing'"):
        update(word_library, [], notes=some_notes, remove="nothing")
    with pytest.raises(KnowledgeError, match="shipped note"):
        update(word_library, [], notes=some_notes, remove=some_notes[0].path)
    assert len(word_library.sources()) == 2


def test_rebuild_reads_all_known_documents_again(library: Library, documents: Path) -> None:
    update(library, [documents], notes=())
    (documents / "rye.txt").write_text("Rye is gone.")
    report = update(library, [], notes=(), rebuild=True)
    assert counts(report) == (0, 1, 1, 0)
    assert "Rye is gone." in {p.text for p in library.passages()}
    assert len(library.vectors([p.id for p in library.passages()])) == 2


def test_an_unfinished_embedding_is_finished_by_the_next_update(
    tmp_path: Path, documents: Path, embedder: Embedder
) -> None:
    update(Library.open(tmp_path / "l", None), [documents], notes=())
    library = Library.open(tmp_path / "l", embedder)
    assert counts(update(library, [documents], notes=())) == (0, 0, 2, 0)
    assert len(library.vectors([p.id for p in library.passages()])) == 2


def test_progress_names_each_file_and_ends_complete(
    word_library: Library, documents: Path, collect: Callable[[int, int, str], None]
) -> None:
    update(word_library, [documents], notes=(), progress=collect)
    assert collect.seen == [(0, 2, "rye.txt"), (1, 2, "spelt.md"), (2, 2, "")]


@pytest.fixture
def collect() -> Callable[[int, int, str], None]:
    class Collector:
        def __init__(self) -> None:
            self.seen: list[tuple[int, int, str]] = []

        def __call__(self, done: int, total: int, label: str) -> None:
            self.seen.append((done, total, label))

    return Collector()
