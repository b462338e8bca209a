"""Packed files are unpacked within limits, and nothing of them is left behind."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.customers.importing import compressed
from copilot.customers.importing.compressed import packing, plain_pieces, unpack
from copilot.customers.importing.kinds import kind_of
from copilot.errors import DataError
from tests.customers.importing.nasty import books, old_books, packed

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (packed.gz, "gzip"),
        (packed.gz_without_its_suffix, "gzip"),
        (packed.bz, "bzip2"),
        (packed.xz, "xz"),
        (packed.zst, "zstd"),
        (packed.zipped, "zip"),
        (books.plain, None),
        (old_books.open_document, None),
        (packed.csv_named_dat, None),
    ],
)
def test_the_packing_is_told_by_the_bytes(write: Write, make: Callable, kind: str | None) -> None:  # type: ignore[type-arg]
    nasty = make()
    assert packing(write(nasty.name, nasty.content)) == kind


def test_an_unpacked_file_has_the_name_it_has_inside(write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    assert unpack(write("a.csv.gz", packed.gz().content), folder).name == "a.csv"
    path = unpack(write("b.zip", packed.zipped().content), folder)
    assert (path.parent, path.name, path.read_bytes()) == (folder, "a.csv", packed.BODY)


def test_a_name_inside_cannot_leave_the_folder(write: Write, tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("../../evil.csv", packed.BODY)
    path = unpack(write("a.zip", sink.getvalue()), tmp_path / "here")
    assert path == tmp_path / "here" / "evil.csv"


def test_a_bomb_is_refused_before_it_fills_the_disk(write: Write, tmp_path: Path) -> None:
    path = write("bomb.csv.zst", packed.a_bomb().content)
    with pytest.raises(DataError, match="unpacks to more than 400 times"):
        unpack(path, tmp_path / "here")
    assert (tmp_path / "here" / "bomb.csv").stat().st_size <= compressed.SMALL + compressed.CHUNK


def test_a_full_disk_is_told_before_it_is_full(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed, "LEAVE_FREE", 1 << 60)
    with pytest.raises(DataError, match="no room to unpack"):
        unpack(write("a.csv.gz", gzip.compress(packed.BODY)), tmp_path / "here")


def test_a_stream_is_read_in_pieces(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "CHUNK", 10)
    pieces = list(plain_pieces(write("a.csv.gz", gzip.compress(packed.BODY))))
    assert max(map(len, pieces)) <= 10
    assert b"".join(pieces) == packed.BODY


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"id,city\n1,Leeds\n", "text"),
        ("id,city\n1,Zoë\n".encode("utf-16"), "text"),
        (b'{"id": 1}\n{"id": 2}\n', "json"),
        (b'[{"id": 1}]', "json"),
        (b"[note],city\nx,Leeds\n", "text"),
        (b"<table><tr><td>1</td></tr></table>", "page"),
        (b"<b>,city\nx,Leeds\n", "text"),
        (b"PAR1\x00\x00", "parquet"),
        (b"\xd0\xcf\x11\xe0\x00", "workbook"),
    ],
)
def test_what_a_file_is_is_told_by_its_content(write: Write, content: bytes, kind: str) -> None:
    path = write("a.csv", content)
    assert kind_of(path, path.name) == kind
