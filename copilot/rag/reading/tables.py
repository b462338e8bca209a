"""Tables as Markdown: made from cells, found again in text, cut with their header, read by row."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

from copilot.errors import KnowledgeError

MAX_ROWS = 20_000

Span = tuple[int, int]

_RULE = r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*"
_TABLE = re.compile(
    rf"^(?P<head>(?=[^\n]*\|)[^\n]+\n{_RULE}\n)(?P<body>(?:(?=[^\n]*\|)[^\n]+(?:\n|\Z))+)", re.M
)
_BAR = re.compile(r"(?<!\\)\|")


def table_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows of cells as a Markdown table; the first row with cells in it names the columns.

    Rows that hold a single cell above wider ones are captions and stand before the table as
    lines. Empty rows and columns are left out; a table of one column is lines of text.

    Raises KnowledgeError above 20,000 rows: that is data to import, not a text to cite.
    """
    filled = list(_filled(rows))
    captions: list[str] = []
    while len(filled) > 1 and _width(filled[0]) == 1 < max(_width(row) for row in filled[1:3]):
        captions += [cell for cell in filled.pop(0) if cell]
    columns = range(max(map(len, filled), default=0))
    used = [n for n in columns if any(len(row) > n and row[n] for row in filled)]
    table = [[row[n] if n < len(row) else "" for n in used] for row in filled]
    if len(used) < 2 or len(table) < 2:
        return "\n".join([*captions, *(" | ".join(filter(None, row)) for row in table)])
    lines = [_line(table[0]), _line(["---"] * len(used)), *map(_line, table[1:])]
    return "\n".join([*captions, *([""] if captions else []), *lines])


def cell_text(value: object) -> str:
    """A cell as one line: whole numbers without a fraction, dates without midnight."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return " ".join(str("" if value is None else value).split())


def find_tables(text: str) -> Iterator[tuple[Span, int]]:
    """Where the Markdown tables of a text are, and where the body of each begins."""
    for found in _TABLE.finditer(text):
        yield found.span(), found.start("body")


def table_rows(text: str) -> list[tuple[str, str]]:
    """Each row of the text's tables as it reads ("Loaf: Rye; Price: 4.20") and verbatim.

    Columns without a name give their cells alone; empty cells are left out.
    """
    found: list[tuple[str, str]] = []
    for (start, end), body in find_tables(text):
        names = _cells(text[start:body].split("\n", 1)[0])
        for line in text[body:end].splitlines():
            cells = _cells(line)
            named = zip([*names, *[""] * len(cells)], cells, strict=False)
            parts = [f"{name}: {cell}" if name else cell for name, cell in named if cell]
            if parts:
                found.append(("; ".join(parts), line.strip()))
    return found


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner)]


def _filled(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    count = 0
    for row in rows:
        cells = [cell_text(value) for value in row]
        if not any(cells):
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise KnowledgeError(
                f"it has more than {MAX_ROWS:,} rows",
                hint="Load it as data with `customers import`.",
            )
        yield cells


def _width(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
