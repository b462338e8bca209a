import subprocess
import sys
from pathlib import Path

import pytest

from copilot.errors import KnowledgeError
from copilot.rag.reading import worker
from copilot.rag.reading.worker import Reader, read_passages

SLOW = (
    "import time; from pathlib import Path; from copilot.rag.reading import worker;"
    "honest = worker.read_passages;"
    "worker.read_passages = lambda p: {do} if 'bad' in p.name else honest(p);"
    "worker.serve({memory})"
)


@pytest.fixture
def misread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the child do something foolish with files whose name holds "bad"."""

    def use(do: str) -> None:
        start = "import sys; sys.path.append({root!r});" + SLOW.replace("{do}", do)
        monkeypatch.setattr(worker, "_START", start)

    return use


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("a.md", "bad.md", "c.md")]
    for path in paths:
        path.write_text("# Rye\nRye sells.\n")
    return paths


def test_a_child_reads_as_this_process_would(files: list[Path]) -> None:
    with Reader() as reader:
        assert [reader.read(path) for path in files] == [read_passages(path) for path in files]


def test_a_file_that_cannot_be_read_keeps_its_reason_and_remedy(tmp_path: Path) -> None:
    with Reader() as reader, pytest.raises(KnowledgeError, match="no file") as caught:
        reader.read(tmp_path / "gone.md")
    assert caught.value.hint == "Check the path."


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("time.sleep(60)", "longer than 5 seconds"),
        ("bytearray(4_000_000_000)", "too much memory"),
        ("__import__('os')._exit(1)", "breaks its reader"),
        ("__import__('ctypes').string_at(0)", "breaks its reader"),
    ],
)
def test_a_file_that_overwhelms_its_reader_is_reported_and_the_next_is_read(
    files: list[Path], misread: object, do: str, said: str
) -> None:
    misread(do)
    with Reader(seconds=5 if "sleep" in do else 60) as reader:
        found = dict(reader.read_all(files, skip=lambda _: False))
    assert found[files[0]] == read_passages(files[0])
    assert said in str(found[files[1]])
    assert "split it" in found[files[1]].hint
    assert found[files[2]] == read_passages(files[2])


def test_files_to_skip_are_not_read(files: list[Path]) -> None:
    with Reader() as reader:
        found = list(reader.read_all(files, skip=lambda path: path.name != "c.md"))
    assert [(path.name, reading is None) for path, reading in found] == [
        ("a.md", True),
        ("bad.md", True),
        ("c.md", False),
    ]


def test_what_a_library_prints_does_not_get_in_the_way(files: list[Path], misread: object) -> None:
    misread("print('hello') or honest(p)")
    with Reader() as reader:
        assert reader.read(files[1]) == read_passages(files[1])


def test_the_child_ends_with_its_parent(files: list[Path]) -> None:
    code = (
        "import os, sys; from pathlib import Path; from copilot.rag.reading.worker import Reader;"
        "reader = Reader(); reader.read(Path(sys.argv[1]));"
        "print(reader._child.pid, flush=True); os._exit(9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(files[0])], capture_output=True, text=True
    )
    child = Path(f"/proc/{int(done.stdout)}/stat")
    for _ in range(100):
        if not child.exists() or child.read_text(encoding="utf-8").split()[2] == "Z":
            return
        subprocess.run(["sleep", "0.1"], check=True)
    raise AssertionError("the child is still there")
