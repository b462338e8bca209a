"""Many files at once: cancelled, killed, resumed, beside another process, cut in a new way."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.errors import KnowledgeError, StoreError
from copilot.models.embed import Embedder
from copilot.rag import catalogue, index
from copilot.rag import update as update_module
from copilot.rag.index import Library
from copilot.rag.reading.read import read
from copilot.rag.reading.split import split
from copilot.rag.update import exclusive, update
from copilot.records import IndexReport

COMMAND = (
    "import sys; from pathlib import Path; from copilot.rag.index import Library;"
    "from copilot.rag.update import update; from copilot.models.embed import open_embedder;"
    "from copilot.settings import Settings; home = Path(sys.argv[1]);"
    "update(Library.open(home, open_embedder(Settings(home=home))), [Path(sys.argv[2])], notes=(),"
    "progress=lambda done, total, what: print(done, flush=True), patience=150)"
)


@pytest.fixture
def write_files(tmp_path: Path) -> Callable[[int], Path]:
    def write(count: int) -> Path:
        folder = tmp_path / "documents"
        folder.mkdir(exist_ok=True)
        for n in range(count):
            text = f"# Shop {n}\nShop {n} sells loaf {n}.\n\n# Hours {n}\nIt opens at {n}."
            (folder / f"shop-{n:04}.md").write_text(text)
        return folder

    return write


def texts(library: Library) -> set[str]:
    return {passage.text for passage in library.passages()}


def expected_texts(folder: Path) -> set[str]:
    return {p.text for path in folder.iterdir() for p in split(read(path))}


def assert_whole(library: Library, folder: Path) -> None:
    """Every file in once, with all its passages and their vectors, and nothing else."""
    assert texts(library) == expected_texts(folder)
    ids = [passage.id for passage in library.passages()]
    assert len(library.vectors(ids)) == len(ids) == 2 * len(list(folder.iterdir()))
    assert library.tidy() == 0


def test_a_thousand_files_go_in_and_then_cost_nothing(
    word_library: Library, write_files: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_files(1_000)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    seen: list[int] = []
    report = update(word_library, [folder], notes=(), progress=lambda *now: seen.append(now[0]))
    assert (report.added, report.passages, len(report.failed)) == (1_000, 2_000, 1)
    assert seen == list(range(1_002))
    generation = word_library.generation
    assert generation <= 1_000 / update_module.AT_ONCE + 2
    (folder / "broken.pdf").unlink()
    monkeypatch.setattr("copilot.rag.reading.worker.Reader.read", None)
    again = update(word_library, [folder], notes=())
    assert (again.unchanged, again.added, again.updated) == (1_000, 0, 0)
    assert word_library.generation == generation


def test_cancelling_stops_early_and_the_next_run_goes_on(
    library: Library, write_files: Callable[[int], Path]
) -> None:
    folder = write_files(100)
    stop = threading.Event()

    def progress(done: int, total: int, what: str) -> None:
        if done == 70:
            stop.set()

    report = update(library, [folder], notes=(), progress=progress, cancelled=stop.is_set)
    assert report.cancelled
    assert 30 <= report.sources <= 71
    assert texts(library) < expected_texts(folder)
    again = update(library, [folder], notes=())
    assert not again.cancelled
    assert again.unchanged == report.sources
    assert again.added == 100 - report.sources
    assert_whole(library, folder)


@pytest.mark.timeout(300)
def test_a_run_killed_at_any_moment_leaves_a_library_that_the_next_completes(
    tmp_path: Path, embedder: Embedder, write_files: Callable[[int], Path]
) -> None:
    folder, home = write_files(200), tmp_path / "library"
    for after in (1, 40, 90, 150):
        child = subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(home), str(folder)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        with child:
            while (line := child.stdout.readline()) and int(line) < after:
                pass
            time.sleep(0.013 * (after % 7))
            os.kill(child.pid, signal.SIGKILL)
        with sqlite3.connect(home / index.DATABASE_NAME) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.close()
        library = Library.open(home, embedder)
        assert texts(library) <= expected_texts(folder)
        by_source = {source.source: source.passages for source in library.sources()}
        assert all(len(library.passages(name)) == count for name, count in by_source.items())
        if by_source:
            assert library.nearest(embedder.embed(["loaf"])[0], 3) is not None
        library.close()
    library = Library.open(home, embedder)
    report = update(library, [folder], notes=())
    assert report.added + report.unchanged == 200
    assert report.unchanged > 0
    assert_whole(library, folder)


def test_an_interrupt_leaves_what_was_done(
    tmp_path: Path, embedder: Embedder, write_files: Callable[[int], Path]
) -> None:
    folder = write_files(100)
    library = Library.open(tmp_path / "library", embedder)

    def interrupt(done: int, total: int, what: str) -> None:
        if done == 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(library, [folder], notes=(), progress=interrupt)
    kept = len(library.sources())
    assert kept >= 32
    assert update(library, [folder], notes=()).unchanged == kept
    assert_whole(library, folder)


def test_two_processes_at_once_both_finish(
    tmp_path: Path, embedder: Embedder, write_files: Callable[[int], Path]
) -> None:
    folder, home = write_files(40), tmp_path / "library"
    command = [sys.executable, "-c", COMMAND, str(home), str(folder)]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [child.wait() for child in both] == [0, 0]
    assert_whole(Library.open(home, embedder), folder)


def test_a_second_run_that_waits_too_long_says_so(word_library: Library) -> None:
    with (
        exclusive(word_library.folder),
        pytest.raises(StoreError, match="Another process") as caught,
    ):
        update(word_library, [], notes=(), patience=0.1)
    assert caught.value.hint
    assert update(word_library, [], notes=(), patience=0.1).sources == 0


def test_a_reader_beside_a_run_sees_what_is_in_already(
    library: Library, tmp_path: Path, embedder: Embedder, write_files: Callable[[int], Path]
) -> None:
    reader = Library.open(library.folder, embedder)
    seen: list[int] = []
    update(
        library, [write_files(70)], notes=(),
        progress=lambda *_: seen.append(len(reader.sources())),
    )  # fmt: skip
    assert 0 < seen[40] < 70
    key, _ = reader.nearest(embedder.embed(["Shop 69 > Shop 69: Shop 69 sells loaf 69."])[0], 1)[0]
    assert "69" in next(p.text for p in reader.passages() if p.id == key)


def test_another_way_of_cutting_renews_documents_and_says_so(
    word_library: Library,
    write_files: Callable[[int], Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = write_files(3)
    update(word_library, [folder], notes=())
    (folder / "shop-0002.md").unlink()
    for module in (catalogue, index, update_module):
        monkeypatch.setattr(module, "CUT_VERSION", "next")
    with caplog.at_level(logging.WARNING):
        word_library.sync_notes(())
    assert "3 documents were read by an earlier version" in caplog.text
    report = update(word_library, [], notes=())
    assert (report.unchanged, report.sources) == (2, 3)
    assert [Path(s.source).name for s in word_library.outdated()] == ["shop-0002.md"]


def test_another_embedding_model_says_so_and_embeds_anew(
    tmp_path: Path,
    embedder: Embedder,
    write_files: Callable[[int], Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Other:
        fingerprint, dimension, embed = "other", embedder.dimension, embedder.embed

    library = Library.open(tmp_path / "library", embedder)
    update(library, [write_files(2)], notes=())
    library.close()
    second = Library.open(tmp_path / "library", Other())
    with caplog.at_level(logging.WARNING):
        second.sync_notes(())
    assert "embedding model changed" in caplog.text
    assert len(second.vectors([p.id for p in second.passages()])) == 4


def test_a_library_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    with sqlite3.connect(folder / index.DATABASE_NAME) as db:
        db.execute(
            "CREATE TABLE sources (source TEXT PRIMARY KEY, sha256 TEXT NOT NULL, title TEXT NOT "
            "NULL, kind TEXT NOT NULL, passages INTEGER NOT NULL, added_at TEXT NOT NULL)"
        )
        db.execute("INSERT INTO sources VALUES ('/a.md', '0', 'A', 'document', 0, '2026-01-01')")
    db.close()
    library = Library.open(folder, None)
    assert [source.source for source in library.outdated()] == ["/a.md"]


def test_vectors_left_behind_are_deleted(
    library: Library, write_files: Callable[[int], Path]
) -> None:
    folder = write_files(4)
    update(library, [folder], notes=())
    with sqlite3.connect(library.folder / index.DATABASE_NAME) as db:
        db.execute("DELETE FROM embedded WHERE id IN (SELECT id FROM passages LIMIT 3)")
        db.execute("DELETE FROM passages WHERE id NOT IN (SELECT id FROM embedded)")
    db.close()
    assert library.tidy() == 3
    assert library.tidy() == 0


def test_nasty_files_do_not_stop_a_run(
    word_library: Library, write_files: Callable[[int], Path]
) -> None:
    folder = write_files(3)
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md")).write_text("Rye.", encoding="utf-8")
    report = update(word_library, [folder, Path("/dev/zero"), folder / "gone.md"], notes=())
    assert report.added == 3
    assert len(report.failed) == 5
    assert all(
        failure.reason.startswith(("Cannot read", "There is no")) for failure in report.failed
    )
    assert IndexReport.model_validate_json(report.model_dump_json()) == report


def test_a_file_that_changes_while_the_run_goes_on_is_read_as_it_is_then(
    word_library: Library, write_files: Callable[[int], Path]
) -> None:
    folder = write_files(40)

    def change(done: int, total: int, what: str) -> None:
        if done == 1:
            (folder / "shop-0030.md").write_text("Changed.")
            (folder / "shop-0031.md").unlink()

    report = update(word_library, [folder], notes=(), progress=change)
    assert report.added == 39
    assert [Path(failure.source).name for failure in report.failed] == ["shop-0031.md"]
    assert "Changed." in texts(word_library)
    assert update(word_library, [folder], notes=()).unchanged == 39


def test_removal_removes_the_vectors_too(
    library: Library, write_files: Callable[[int], Path]
) -> None:
    folder = write_files(3)
    update(library, [folder], notes=())
    ids = [passage.id for passage in library.passages((folder / "shop-0001.md").as_posix())]
    update(library, [], notes=(), remove=str(folder / "shop-0001.md"))
    assert library.vectors(ids) == {}
    with pytest.raises(KnowledgeError):
        update(library, [], notes=(), remove=str(folder / "shop-0001.md"))
