"""Readers of plain text: Markdown, reStructuredText, bare text, and delimited tables."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import yaml

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Extract, Outline

MAX_ROWS = 20_000

_FRONT = re.compile(r"\A---\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_ATX = re.compile(r"^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<name>.+?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"^([=\-~^\"'`#*+.:_])\1{2,}[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+•◦‣–]|\(?\d{1,3}[.)]|[a-z][.)])\s")
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
    try:
        text = _decoded(data, "utf-8")
    except KnowledgeError:
        text = _decoded(data, "cp1252")
    if "\0" in text:
        raise KnowledgeError("it is a binary file", hint="Save it as a text document.")
    return text


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
    return _sectioned(text, "", atx=False)


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
    """A delimited table as one line a row, "Header: value; Header: value"."""
    sample = text[:8192]
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(sample, delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    return Extract("", _filled([Block(table_text(csv.reader(text.splitlines(), dialect)))]))


def table_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as lines of "Header: value; …"; the first row that has a cell names the columns.

    Raises KnowledgeError above 20,000 rows: that is data to import, not a text to cite.
    """
    headers: list[str] = []
    lines: list[str] = []
    for row in rows:
        cells = [_cell(value) for value in row]
        if not any(cells):
            continue
        if not headers:
            headers = cells
            continue
        if len(lines) >= MAX_ROWS:
            raise KnowledgeError(
                f"it has more than {MAX_ROWS:,} rows",
                hint="Load it as data with `customers import`.",
            )
        names = [*headers, *[""] * (len(cells) - len(headers))]
        lines.append(
            "; ".join(
                f"{name}: {cell}" if name else cell
                for name, cell in zip(names, cells, strict=False)
                if cell
            )
        )
    return "\n".join(lines) if lines else "; ".join(cell for cell in headers if cell)


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


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str("" if value is None else value).split())


def _filled(blocks: list[Block]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block.text.strip())
