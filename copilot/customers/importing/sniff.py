"""How a delimited text file is laid out: delimiter, quotes, title lines, header.

The layout is decided here and handed to the readers explicitly; no reader guesses again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from copilot.customers.importing.encoding import Encoding, decoded, detect
from copilot.customers.importing.headers import plain, spellings
from copilot.customers.importing.lines import lines_of, split_line, whole_records
from copilot.customers.schema import TABLES
from copilot.errors import DataError
from copilot.text import squeeze

DELIMITERS = (",", ";", "\t", "|", "||", "^", "~", ":")
SAMPLE_CHARS = 1 << 18
# Two bars hold one bar as well; a colon stands in times and addresses too.
_BONUS = {"||": 0.2, ":": -0.3}
_TITLES_UP_TO = 40
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_DATE = re.compile(r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T].*)?$")
_NUMBER = re.compile(r"^[-+€$£]?\s?\d[\d.,' ]*\s?[€%]?$")


@dataclass(frozen=True)
class Layout:
    """`skipped` physical lines of titles come before the header (or the first row).

    `titles` are the header's cells as written, to know them when they come again.
    """

    encoding: Encoding
    delimiter: str
    quote: str
    escape: str
    skipped: int
    header: tuple[str, ...]
    has_header: bool
    warnings: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def sniff(path: Path) -> Layout:
    """The layout of a delimited file; raises DataError when it holds no rows at all."""
    encoding = detect(path)
    sample = _sample(path, encoding)
    if not sample:
        raise DataError(f"{path.name!r} is empty.", hint="Export the file again, with its rows.")
    declared = re.fullmatch(r"sep=(.{1,2})", sample[0].strip("\ufeff "), re.I)
    start = 1 if declared else 0
    quote, escape = _quoting(sample)
    delimiter = declared[1] if declared else _delimiter(sample, quote, escape)
    found = whole_records(sample[start:], delimiter=delimiter, quote=quote, escape=escape)
    rows = [cells for _, cells in found]
    place = _first_row(rows)
    first, cells = start + found[place][0], rows[place]
    has_header = _is_header(cells, rows[place + 1 :])
    cells = cells[: _width(rows, place)] if has_header else cells
    header, warnings = (
        name_columns(cells)
        if has_header
        else (
            tuple(f"column_{i}" for i in range(1, len(cells) + 1)),
            ["The file has no header row; its columns were named column_1, column_2 …"],
        )
    )
    if first > start:
        above = "; ".join(squeeze(line)[:60] for line in sample[start:first] if line.strip())
        if above:
            warnings.append(f"Skipped the lines above the header: {above}.")
    warnings += _encoding_warnings(encoding)
    titles = tuple(cell.strip() for cell in cells) if has_header else ()
    return Layout(
        encoding, delimiter, quote, escape, first, header, has_header, tuple(warnings), titles
    )


def name_columns(cells: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Unique, non-empty column names for a header row, and a warning for each one made up."""
    names: list[str] = []
    warnings: list[str] = []
    seen: Counter[str] = Counter()
    for position, cell in enumerate(cells, start=1):
        name = squeeze(cell.strip("\ufeff"))
        if not name:
            name = f"column_{position}"
            warnings.append(f"Column {position} has no header; it was named {name!r}.")
        seen[name.casefold()] += 1
        if seen[name.casefold()] > 1:
            fresh = f"{name}_{seen[name.casefold()]}"
            warnings.append(f"The header {name!r} appears twice; the later one is {fresh!r}.")
            name = fresh
        names.append(name)
    return tuple(names), warnings


def header_row(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Index of the first row of the table proper, and whether that row is a header."""
    first = _first_row(rows)
    return first, _is_header(rows[first], rows[first + 1 :])


def _sample(path: Path, encoding: Encoding) -> list[str]:
    lines: list[str] = []
    size = 0
    for line in lines_of(decoded(path, encoding)):
        lines.append(line)
        size += len(line) + 1
        if size > SAMPLE_CHARS and len(lines) > 1:
            break
    return lines if any(line.strip() for line in lines) else []


def _quoting(sample: Iterable[str]) -> tuple[str, str]:
    text = "\n".join(sample)
    if '"' not in text and len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|$)", text, re.M)) > 2:
        return "'", "'"
    backslash = '\\"' in text and '""' not in text.replace(',""', "").replace(';""', "")
    return '"', "\\" if backslash else '"'


def _delimiter(sample: Sequence[str], quote: str, escape: str) -> str:
    """The candidate that cuts most lines into the same number (two or more) of fields."""
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        widths = [
            len(split_line(line, candidate, quote, escape))
            for line in sample[:400]
            if line.strip() and line.count(quote) % 2 == 0
        ]
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, agreeing = counts.most_common(1)[0]
        score = agreeing / len(widths) + min(width, 50) / 1000 + _BONUS.get(candidate, 0.0)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _first_row(rows: Sequence[Sequence[str]]) -> int:
    """Where the table begins: the row of best-known column names, else the first full one."""
    known = [_known(row) for row in rows[:_TITLES_UP_TO]]
    best = max(known, default=0)
    if best >= 2:
        return known.index(best)
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    usual = widths.most_common(1)[0][0]
    for index, row in enumerate(rows):
        filled = sum(bool(cell.strip()) for cell in row)
        if len(row) >= usual and filled >= max(1, len(row) / 2):
            return index
    return next(i for i, row in enumerate(rows) if any(cell.strip() for cell in row))


def _width(rows: Sequence[Sequence[str]], place: int) -> int:
    """How many columns there are: a header's last cells count only where something is below."""
    width = len(rows[place])
    while (
        width > 1
        and not rows[place][width - 1].strip()
        and not any(row[width - 1].strip() for row in rows[place + 1 :] if len(row) >= width)
    ):
        width -= 1
    return width


@cache
def _header_words() -> frozenset[str]:
    return frozenset(word for name in TABLES for word in (*spellings(name), *TABLES[name].types))


def _known(cells: Sequence[str]) -> int:
    """How many cells of a row are names that columns have."""
    words = _header_words()
    return sum(
        bool(cell) and len(cell) < 60 and (cell.strip() in words or plain(cell) in words)
        for cell in cells
    )


def _is_header(cells: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(_EMAIL.match(cell) or _DATE.match(cell) for cell in filled):
        return False
    numeric = sum(bool(_NUMBER.match(cell)) for cell in filled)
    if numeric * 2 > len(filled):
        return False
    if not _known(cells) and _returns(cells, rest):
        return False
    # A lone number among words is a data row when the column below holds numbers as well.
    return not (
        numeric
        and any(
            _NUMBER.match(cell.strip()) and _column_is_numeric(rest, i)
            for i, cell in enumerate(cells)
        )
        and not _is_wordlike(filled)
    )


def _returns(cells: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether a value of the row stands again below itself, as values do and names do not."""
    below = [row for row in rest[:500] if len(row) == len(cells) and list(row) != list(cells)]
    return any(
        cell.strip() and any(row[i].strip() == cell.strip() for row in below)
        for i, cell in enumerate(cells)
    )


def _is_wordlike(cells: Sequence[str]) -> bool:
    return len({cell.casefold() for cell in cells}) == len(cells) and len(cells) > 3


def _column_is_numeric(rows: Sequence[Sequence[str]], index: int) -> bool:
    values = [row[index].strip() for row in rows[:200] if len(row) > index and row[index].strip()]
    return bool(values) and sum(bool(_NUMBER.match(v)) for v in values) > 0.9 * len(values)


def _encoding_warnings(encoding: Encoding) -> list[str]:
    warnings = []
    if encoding.stray:
        noun = "byte is" if encoding.stray == 1 else "bytes are"
        warnings.append(f"{encoding.stray} {noun} not valid UTF-8 and read as cp1252.")
    if encoding.garbled:
        noun = "place looks" if encoding.garbled == 1 else "places look"
        warnings.append(
            f"{encoding.garbled} {noun} as if read in the wrong encoding before this export (such"
            " as 'Ã¤'); kept as they are. Export the source again as UTF-8."
        )
    if encoding.lost:
        noun = "character was" if encoding.lost == 1 else "characters were"
        warnings.append(
            f"{encoding.lost} {noun} lost before this export (shown as \ufffd); kept as they are."
        )
    if not encoding.plain and not encoding.name.startswith("utf"):
        warnings.append(f"The file is not Unicode; it was read as {encoding.name}.")
    return warnings
