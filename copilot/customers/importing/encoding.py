"""Bytes to text: which encoding a file is in, decided on every byte of it, never on a sample."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from copilot.errors import DataError

CHUNK = 4 << 20
SINGLE_BYTE = ("cp1252", "cp1250", "cp850", "latin-1")
_STRAY = "copilot-stray-cp1252"


@dataclass(frozen=True)
class Encoding:
    """How to decode a file; `plain` when its bytes are UTF-8 without a mark already."""

    name: str
    plain: bool = False
    stray: int = 0


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unzipped when it is gzip; raises DataError when it cannot be opened."""
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        return gzip.open(path, "rb") if zipped else path.open("rb")  # type: ignore[return-value]
    except OSError as error:
        raise DataError(f"Cannot open {str(path)!r}: {error.strerror or error}.") from error


def chunks(path: Path) -> Iterator[bytes]:
    """The (unzipped) bytes in pieces of 4 MB; raises DataError on a broken archive."""
    try:
        with open_bytes(path) as file:
            while piece := file.read(CHUNK):
                yield piece
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{str(path)!r} is a damaged gzip file: {error}.") from error


def detect(path: Path) -> Encoding:
    """The encoding: a mark first, then UTF-16 by its zero bytes, UTF-8 if valid, else one byte.

    A mostly valid UTF-8 file with stray bytes is UTF-8 whose stray bytes are read as cp1252;
    `stray` counts them.
    """
    head = b""
    for piece in chunks(path):
        head = piece[:4096]
        break
    marked = _marked(head)
    if marked:
        return Encoding(marked)
    if _looks_utf16(head):
        return Encoding("utf-16-le" if head[1:2] == b"\x00" else "utf-16-be")
    good, bad = _utf8_counts(path)
    if not bad:
        return Encoding("utf-8", plain=True)
    if good > 4 * bad:
        return Encoding("utf-8", stray=bad)
    return Encoding(_best_single_byte(path))


def decoded(path: Path, encoding: Encoding) -> Iterator[str]:
    """The file's text in pieces, without a byte order mark and without NUL characters."""
    codecs.register_error(_STRAY, _stray_as_cp1252)
    decoder = codecs.getincrementaldecoder(encoding.name)(_STRAY if encoding.stray else "strict")
    try:
        for piece in chunks(path):
            yield decoder.decode(piece).replace("\0", "")
        yield decoder.decode(b"", True).replace("\0", "")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name!r} is not valid {encoding.name}: {error.reason} at byte {error.start}.",
            hint="Save the file as UTF-8 and import it again.",
        ) from error


def _marked(head: bytes) -> str | None:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    return None


def _looks_utf16(head: bytes) -> bool:
    half = len(head) // 2
    return half > 1 and max(head[0::2].count(0), head[1::2].count(0)) > half * 0.6


def _utf8_counts(path: Path) -> tuple[int, int]:
    """Non-ASCII characters that are valid UTF-8, and bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    for piece in chunks(path):
        if piece.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(piece)
        wrong = len(text) - len(text.encode("utf-8", "ignore").decode("utf-8"))
        bad += wrong
        good += len(text) - len(text.encode("ascii", "ignore")) - wrong
    bad += len(decoder.decode(b"", True))
    return good, bad


def _best_single_byte(path: Path) -> str:
    """The candidate under which the accented bytes read most like letters inside words."""
    sample = b"".join(_accented(path))
    scores = {}
    for name in SINGLE_BYTE:
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        scores[name] = sum(_letter_score(text, i) for i in range(1, len(text) - 1))
    return max(scores, key=lambda name: scores[name]) if scores else "latin-1"


def _accented(path: Path) -> Iterator[bytes]:
    found = 0
    for piece in chunks(path):
        for line in piece.splitlines():
            if not line.isascii():
                yield line + b"\n"
                found += 1
                if found >= 2000:
                    return


def _letter_score(text: str, i: int) -> int:
    char = text[i]
    if char.isascii():
        return 0
    before, after = text[i - 1], text[i + 1]
    in_word = before.isalpha() or after.isalpha()
    if char.isalpha():
        shouting = char.isupper() and before.islower()
        return -1 if shouting else 1
    if char in "ªºµ¹²³" or "─" <= char <= "▟" or "\x80" <= char <= "\x9f":
        return -2
    return -1 if in_word and char not in "’‘“”–—" else 0


def _stray_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start : error.start + 1]
    text = byte.decode("cp1252", "ignore") or byte.decode("latin-1")
    return text, error.start + 1
