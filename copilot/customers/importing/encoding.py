"""Bytes to text: which encoding a file is in, decided on every byte of it, never on a sample."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copilot.customers.importing.compressed import plain_pieces
from copilot.errors import DataError

LATIN = ("cp1252", "cp1250", "iso8859-2", "cp850", "mac-roman", "latin-1")
OTHER_SCRIPTS = ("cp1251", "cp1253")
_CONTROL = bytes(i for i in range(1, 32) if i not in {9, 10, 13}) + b"\x7f"
# Lead bytes of UTF-8 that stand before combining marks, odd blanks and invisible characters.
_ODD = (b"\xcc", b"\xcd", b"\xe2\x80", b"\xe2\x81", b"\xe3\x80\x80", b"\xef\xbb\xbf")
_ODD_PLAIN = (b'="', b"0000-00-00")
# "Ã¤", "â€™": UTF-8 that was once read as cp1252 and written as UTF-8 again.
_TWICE = re.compile(rb"\xc3[\x82\x83]\xc2[\x80-\xbf]|\xc3\xa2\xe2\x82\xac")
_STRAY = "copilot-stray-cp1252"


@dataclass(frozen=True)
class Encoding:
    """How to decode a file; `plain` when its bytes are UTF-8 without a mark already.

    `stray` counts bytes that are no UTF-8, `garbled` places that were once decoded wrongly,
    `lost` replacement characters; `odd` tells that control or invisible characters may be in it.
    """

    name: str
    plain: bool = False
    stray: int = 0
    garbled: int = 0
    lost: int = 0
    odd: bool = True


def chunks(path: Path) -> Iterator[bytes]:
    """The (unpacked) bytes in pieces of 4 MB; raises DataError on a broken archive."""
    yield from plain_pieces(path)


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
    wide = unmarked_utf16(head)
    if wide:
        return Encoding(wide)
    found = _utf8_counts(path)
    if not found.bad:
        return Encoding("utf-8", True, 0, found.garbled, found.lost, found.odd)
    if found.good > 4 * found.bad or _only_cut_off(found):
        return Encoding("utf-8", False, found.bad, found.garbled, found.lost)
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
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    return None


def unmarked_utf16(head: bytes) -> str | None:
    """The byte order of two-byte text without a mark, from where its zero bytes stand.

    Latin text has a zero in nearly every pair; other scripts only in blanks, digits and line
    ends, but then none on the other side, and it must read as text.
    """
    half = len(head) // 2
    zeros = (head[0::2].count(0), head[1::2].count(0))
    name = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    if half > 1 and max(zeros) > half * 0.6:
        return name
    if half < 8 or min(zeros) or max(zeros) < half * 0.1:
        return None
    text = head[: half * 2].decode(name, "replace")
    good = sum(char.isalnum() or char in " \t\r\n,;|.-@\"'" for char in text)
    return name if "\n" in text and good > 0.95 * len(text) else None


@dataclass
class _Counts:
    good: int = 0
    bad: int = 0
    garbled: int = 0
    lost: int = 0
    odd: bool = False
    at_end: int = 0


def _utf8_counts(path: Path) -> _Counts:
    """Non-ASCII characters that are valid UTF-8, bytes that are not, and signs of damage."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    found = _Counts()
    for piece in chunks(path):
        found.odd = (
            found.odd
            or len(piece.translate(None, _CONTROL)) != len(piece)
            or any(mark in piece for mark in _ODD_PLAIN)
        )
        if piece.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(piece)
        wrong = len(text) - len(text.encode("utf-8", "ignore").decode("utf-8"))
        found.bad += wrong
        found.good += len(text) - len(text.encode("ascii", "ignore")) - wrong
        found.lost += text.count("\ufffd")
        found.garbled += len(_TWICE.findall(piece)) if b"\xc3" in piece else 0
        found.odd = found.odd or any(mark in piece for mark in _ODD)
    found.at_end = len(decoder.decode(b"", True))
    found.bad += found.at_end
    return found


def _only_cut_off(found: _Counts) -> bool:
    """Whether the only wrong bytes are a character that the end of the file cuts in two."""
    return found.bad == found.at_end and found.good > 0


def _best_single_byte(path: Path) -> str:
    """The candidate under which the accented bytes read most like letters inside words."""
    sample = b"".join(_accented(path))
    scores: dict[str, float] = {}
    for name in (*LATIN, *OTHER_SCRIPTS):
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        score = _other_score if name in OTHER_SCRIPTS else _letter_score
        scores[name] = sum(score(text, i) for i in range(1, len(text) - 1))
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


def _letter_score(text: str, i: int) -> float:
    char = text[i]
    if char.isascii():
        return 0
    before, after = text[i - 1], text[i + 1]
    in_word = before.isalpha() or after.isalpha()
    if char.isalpha():
        if char in "ªº" or (char.isupper() and before.islower()):
            return -2 if char in "ªº" else -1
        # Accented letters stand among plain ones; words of nothing else are another script's.
        alone = before.isalpha() and after.isalpha() and not (before + after).isascii()
        return 0.4 if alone else 1
    if char in "µ¹²³" or "─" <= char <= "▟" or "\x80" <= char <= "\x9f":
        return -2
    return -1 if in_word and char not in "’‘“”–—" else 0


def _other_score(text: str, i: int) -> float:
    """Letters of another script belong beside their own kind, never beside Latin ones."""
    char = text[i]
    if char.isascii():
        return 0
    around = [near for near in (text[i - 1], text[i + 1]) if near.isalpha()]
    if not char.isalpha():
        return -1 if around else 0
    own = unicodedata.name(char, "").split(" ")[0]
    if any(unicodedata.name(near, "").split(" ")[0] != own for near in around):
        return -2
    return -1 if char.isupper() and text[i - 1].islower() else 0.9


def _stray_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start : error.start + 1]
    text = byte.decode("cp1252", "ignore") or byte.decode("latin-1")
    return text, error.start + 1
