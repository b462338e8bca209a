"""Readers of plain text: Markdown, reStructuredText, bare text, and delimited tables."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

import yaml

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Extract, Outline
from copilot.rag.reading.rst import plain_rst
from copilot.rag.reading.tables import table_text

_FRONT = re.compile(r"\A---\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_ATX = re.compile(r"^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<name>.+?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"^([=\-~^\"'`#*+.:_])\1{2,}[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+•◦‣–]|\(?\d{1,3}[.)]|[a-z][.)])\s")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CODES = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decode(data: bytes) -> str:
    """Text of a file: by its byte order mark, else UTF-8, else Windows-1252; "\\n" line ends.

    Raises KnowledgeError where the bytes are no text at all.
    """
    for mark, name in _CODES:
        if data.startswith(mark):
            return _decoded(data, name)
    wide = _unmarked_utf16(data)
    if wide:
        return _decoded(data, wide)
    try:
        text = _decoded(data, "utf-8")
    except KnowledgeError:
        text = _decoded(data, "cp1252")
    if "\0" in text or len(_CONTROL.findall(text)) > len(text) / 100:
        raise KnowledgeError("it is a binary file", hint="Save it as a text document.")
    return text


def _unmarked_utf16(data: bytes) -> str:
    """The byte order of text in which nearly every other byte is zero; empty for other text."""
    sample = data[:2000]
    half = len(sample) // 2
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if (
            half > 2
            and sample[start::2].count(0) > 0.7 * half
            and not sample[1 - start :: 2].count(0)
        ):
            return name
    return ""


def read_markdown(text: str) -> Extract:
    """Markdown: headings from `#` lines and underlines; the text keeps its Markdown signs."""
    title = ""
    front = _FRONT.match(text)
    if front:
        title = _front_title(front["yaml"])
        text = text[front.end() :]
    return _sectioned(text, title, atx=True)


def read_rst(text: str) -> Extract:
    """reStructuredText: a heading's level is the order in which its underline first appears."""
    return _sectioned(plain_rst(text), "", atx=False)


def read_plain(text: str) -> Extract:
    """Bare text: a short line that stands alone and does not end a sentence is a heading.

    The heading stays part of its block, since such a line may also be content.
    """
    blocks: list[Block] = []
    heading, begin, body = "", 0, 0
    title = ""
    for start, line in _lone_lines(text):
        name = line.rstrip(" :-–—")
        title = title or (name if not text[:start].strip() else "")
        # Headings in a row, such as title and subtitle, open one block together.
        if text[body:start].strip():
            blocks.append(Block(text[begin:start].strip(), heading))
            begin = start
        body, heading = start + len(line), name
    blocks.append(Block(text[begin:].strip(), heading))
    return Extract(title, _filled(blocks))


def read_csv(text: str) -> Extract:
    """A delimited table as a Markdown table."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[:20_000]))
    return Extract("", _filled([Block(table_text(rows))]))


def _delimiter(sample: str) -> str:
    """The delimiter that gives the first rows the same number of cells, and the most."""
    best, found = (0, 0), ","
    for delimiter in (",", ";", "\t", "|"):
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = Counter(len(row) for row in islice(reader, 30) if row)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if width > 1 and (rows, width) > best:
            best, found = (rows, width), delimiter
    return found


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise KnowledgeError(
            "its text encoding is not recognised", hint="Save it as UTF-8 text."
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _front_title(text: str) -> str:
    try:
        front = yaml.safe_load(text)
    except yaml.YAMLError:
        return ""
    return str(front.get("title") or "") if isinstance(front, dict) else ""


def _sectioned(text: str, title: str, *, atx: bool) -> Extract:
    outline, blocks = Outline(), list[Block]()
    begin = 0
    for start, end, level, name in _headings(text, atx=atx):
        blocks.append(Block(text[begin:start].strip(), outline.path))
        if not title and not text[:start].strip():
            title = name
        outline.enter(level, name)
        begin = end
    blocks.append(Block(text[begin:].strip(), outline.path))
    return Extract(title, _filled(blocks))


def _headings(text: str, *, atx: bool) -> Iterator[tuple[int, int, int, str]]:
    """Start, end, level and name of each heading; lines inside code fences are none."""
    lines = _lines(text)
    underlines: list[str] = ["=", "-"] if atx else []
    fenced = False
    for (start, line), (after, below) in pairwise([*lines, (len(text), "")]):
        if atx and _FENCE.match(line):
            fenced = not fenced
        mark = _ATX.match(line) if atx and not fenced else None
        if mark:
            yield start, after, len(mark["marks"]), mark["name"]
        elif _underlined(line, below, fenced=fenced, known=underlines if atx else None):
            if below[0] not in underlines:
                underlines.append(below[0])
            yield start, after + len(below), underlines.index(below[0]) + 1, line.strip()


def _underlined(line: str, below: str, *, fenced: bool, known: list[str] | None) -> bool:
    if fenced or not line.strip() or not _UNDERLINE.match(below) or _UNDERLINE.match(line):
        return False
    if known is not None and (below[0] not in known or _LIST_ITEM.match(line) or "|" in line):
        return False
    return len(below.strip()) >= min(len(line.strip()), 3 if known else len(line.strip()))


def _lone_lines(text: str) -> Iterator[tuple[int, str]]:
    lines = [(0, ""), *_lines(text), (len(text), "")]
    for (_, above), (start, line), (_, below) in zip(lines, lines[1:], lines[2:], strict=False):
        lone = line.strip() and not above.strip() and not below.strip()
        prose = len(line) > 100 or line.rstrip().endswith((".", ",", ";", "!", "?"))
        prose = prose or "http" in line or (", " in line and line.rstrip().endswith(":"))
        if lone and not prose and not _LIST_ITEM.match(line):
            yield start, line.strip()


def _lines(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    start = 0
    for line in text.split("\n"):
        found.append((start, line))
        start += len(line) + 1
    return found


def _filled(blocks: list[Block]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block.text.strip())
