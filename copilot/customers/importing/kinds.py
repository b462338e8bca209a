"""What a file is, by its content first: names lie, above all those that shops export."""

import re
from pathlib import Path
from typing import Literal

from copilot.customers.importing.compressed import head_of
from copilot.customers.importing.encoding import unmarked_utf16
from copilot.errors import DataError

Kind = Literal["text", "workbook", "parquet", "json", "page"]
FORMATS = (
    "CSV, TSV, TXT, Excel, OpenDocument, Parquet, JSON or JSONL (also .gz, .bz2, .xz, .zst, .zip)"
)
HEAD = 1 << 16
_EXPORT = f"Export the table as one of: {FORMATS}."
_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"\x7fELF", "a program"),
)
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CONTROL = bytes(i for i in range(32) if i not in {9, 10, 12, 13, 26, 27})


def kind_of(path: Path, name: str) -> Kind:
    """The kind of an unpacked file called `name`; raises DataError when it holds no table.

    Content decides; the suffix only between JSON and text that looks like neither or both.
    """
    head = head_of(path, HEAD)
    suffix = Path(name).suffix.lower()
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        return "workbook"
    if head.startswith(b"SQLite format 3\x00"):
        raise DataError(
            f"{name!r} is an SQLite database, not a table.",
            hint="Import from it with: customers import sqlite:///FILE --query 'SELECT …'.",
        )
    for magic, told in _FOREIGN:
        if head.startswith(magic):
            raise DataError(
                f"{name!r} is {told}, which cannot be imported as a table.", hint=_EXPORT
            )
    if not (head.startswith(_MARKS) or unmarked_utf16(head)) and _is_binary(head):
        raise DataError(f"{name!r} is not text and not a table of a known kind.", hint=_EXPORT)
    return _text_kind(head, suffix)


def _text_kind(head: bytes, suffix: str) -> Kind:
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:4000]
    if re.match(
        rb"<(!doctype html|html|head|meta|table|style|body|div)\b|<\?xml|<!--", start, re.I
    ):
        return "page"
    if suffix in {".json", ".jsonl", ".ndjson"} and start[:1] in {b"{", b"["}:
        return "json"
    if re.match(rb'(\[\s*)?\{\s*("|\})|\[\s*\]\s*$', start):
        return "json"
    if suffix in {".jsonl", ".ndjson"}:
        return "json"
    return "text"


def _is_binary(head: bytes) -> bool:
    """Whether bytes can be no text: many control characters, and not as two-byte text has them."""
    zeros = head.count(0)
    control = len(head) - len(head.translate(None, _CONTROL)) - zeros
    if control > (0.05 if len(head) > 1000 else 0.15) * len(head):
        return True
    by_parity = (head[0::2].count(0), head[1::2].count(0))
    return zeros > 0.3 * len(head) and min(by_parity) > 0.2 * max(by_parity)
