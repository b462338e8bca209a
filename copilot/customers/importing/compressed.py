"""Packed files: recognised by their first bytes, unpacked once to disk, within limits.

Every reader then sees a plain file. A file that unpacks to far more than any table does is a
bomb and is refused; so is one for which the disk has no room.
"""

import bz2
import gzip
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, cast

from copilot.errors import DataError

CHUNK = 4 << 20
MOST_TIMES = 400
SMALL = 256 << 20
LEAVE_FREE = 512 << 20
MAGIC = {
    "gzip": b"\x1f\x8b",
    "bzip2": b"BZh",
    "xz": b"\xfd7zXZ\x00",
    "zstd": b"\x28\xb5\x2f\xfd",
    "zip": b"PK\x03\x04",
}
PACKED_SUFFIXES = (".gz", ".gzip", ".bz2", ".xz", ".zst", ".zip")
_BOOK_PARTS = ("xl/", "content.xml", "word/", "ppt/", "mimetype")
_TABLES = (
    ".csv", ".tsv", ".tab", ".txt", ".psv", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".parquet",
    ".pq", ".json", ".jsonl", ".ndjson", ".dat",
)  # fmt: skip
_UNPACK = "Unpack it yourself and import the file inside."


def packing(path: Path) -> str | None:
    """How a file is packed, by its first bytes; None for plain files and for workbooks."""
    head = head_of(path, 8)
    found = next((kind for kind, magic in MAGIC.items() if head.startswith(magic)), None)
    if found == "bzip2" and head[3:4] not in b"123456789":
        return None
    return None if found == "zip" and _is_book(path) else found


def head_of(path: Path, size: int) -> bytes:
    """The first bytes of a file as it lies on disk; raises DataError when it cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise DataError(
            f"Cannot open {str(path)!r}: {error.strerror or error}.",
            hint="Check that you may read the file.",
        ) from error


def inner_name(path: Path) -> str:
    """The name of the file inside: without the suffix that only tells the packing."""
    packed = path.suffix.lower() in PACKED_SUFFIXES
    return path.stem if packed else path.name


def plain_pieces(path: Path) -> Iterator[bytes]:
    """The unpacked bytes of a plain file or a packed stream, in pieces of 4 MB.

    Raises DataError on a damaged archive and on a bomb.
    """
    kind = packing(path)
    try:
        if kind is None or kind == "zip":
            with path.open("rb") as file:
                yield from _pieces(file)
        else:
            with _opened(path, kind) as file:
                yield from _limited(_pieces(file), path.name, path.stat().st_size)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, OSError) as error:
        raise _damaged(path, kind or "", error) from error
    except ValueError as error:  # what bz2 raises between two streams
        raise _damaged(path, kind or "", error) from error


def unpack(path: Path, folder: Path, *, member: str | None = None) -> Path:
    """Unpack a file into `folder`; the file there has the name that it has inside.

    `member` chooses a file of a zip archive. Raises DataError when the archive is damaged or a
    bomb, needs a password, holds no table or several, or the disk is too small.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if packing(path) == "zip":
        return _unzip(path, folder, member)
    target = folder / inner_name(path)
    with target.open("wb") as file:
        for piece in plain_pieces(path):
            _room(folder, path.name)
            file.write(piece)
    return target


def members(path: Path) -> list[zipfile.ZipInfo]:
    """The tables in a zip archive, without what file managers put there."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [
                item
                for item in archive.infolist()
                if not item.is_dir()
                and not item.filename.startswith("__MACOSX/")
                and not PurePosixPath(item.filename).name.startswith(".")
            ]
    except (zipfile.BadZipFile, OSError) as error:
        raise _damaged(path, "zip", error) from error
    tables = [i for i in found if item_suffix(i.filename) in _TABLES]
    return tables or [i for i in found if len(found) == 1 and not item_suffix(i.filename)]


def item_suffix(name: str) -> str:
    """The suffix that tells the kind of a name, below one that tells its packing."""
    inner = PurePosixPath(name)
    if inner.suffix.lower() in PACKED_SUFFIXES:
        inner = PurePosixPath(inner.stem)
    return inner.suffix.lower()


def _unzip(path: Path, folder: Path, member: str | None) -> Path:
    item = _member(path, member)
    target = folder / PurePosixPath(item.filename).name
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(item) as source,
            target.open("wb") as file,
        ):
            for piece in _limited(_pieces(source), path.name, max(1, item.compress_size)):
                _room(folder, path.name)
                file.write(piece)
    except RuntimeError as error:  # what zipfile raises for a password
        raise DataError(f"{path.name!r} is locked with a password.", hint=_UNPACK) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, lzma.LZMAError, OSError) as error:
        raise _damaged(path, "zip", error) from error
    return target


def _member(path: Path, member: str | None) -> zipfile.ZipInfo:
    tables = members(path)
    names = ", ".join(item.filename for item in tables)
    if not tables:
        raise DataError(
            f"{path.name!r} holds no file that can be imported.", hint="Put a CSV file into it."
        )
    if member is None and len(tables) > 1:
        raise DataError(
            f"{path.name!r} holds several files: {names}.",
            hint="Choose one with --sheet NAME, or unpack it and import each.",
        )
    for item in tables:
        if member in {None, item.filename, PurePosixPath(item.filename).name}:
            return item
    if len(tables) == 1:  # the name may be that of a sheet of the one workbook inside
        return tables[0]
    raise DataError(f"{path.name!r} holds no file {member!r}.", hint=f"It holds: {names}.")


def _opened(path: Path, kind: str) -> IO[bytes]:
    if kind == "gzip":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if kind == "bzip2":
        return cast("IO[bytes]", bz2.open(path, "rb"))
    if kind == "xz":
        return cast("IO[bytes]", lzma.open(path, "rb"))
    import pyarrow as pa

    return cast("IO[bytes]", pa.input_stream(str(path), compression="zstd"))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


def _limited(pieces: Iterator[bytes], name: str, packed: int) -> Iterator[bytes]:
    """The pieces; raises DataError once they are more than a table ever packs into so little."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > SMALL and total > packed * MOST_TIMES:
            raise DataError(
                f"{name!r} unpacks to more than {MOST_TIMES} times its size; that is no table.",
                hint=f"If it is one all the same: {_UNPACK[0].lower()}{_UNPACK[1:]}",
            )
        yield piece


def _room(folder: Path, name: str) -> None:
    if shutil.disk_usage(folder).free < LEAVE_FREE:
        raise DataError(
            f"The disk has no room to unpack {name!r}.",
            hint=f"Free space in {str(folder.parent)!r}, or set TMPDIR to a larger disk.",
        )


def _is_book(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith(_BOOK_PARTS) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        # Cut off: what the first entry is called still tells a workbook from an archive.
        return b"[Content_Types].xml" in head_of(path, 200) or path.suffix.lower() in _TABLES[5:10]


def _damaged(path: Path, kind: str, error: Exception) -> DataError:
    return DataError(
        f"{path.name!r} is a damaged {kind or 'packed'} file: {error}.",
        hint="Copy or export it again; it may have been cut off on the way.",
    )
