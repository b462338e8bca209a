"""Workbooks, row by row: dates as ISO text, whole numbers without a decimal point.

A workbook cannot be streamed: its values are in memory once, so the number of cells is limited.
"""

import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from copilot.customers.importing.lines import Record
from copilot.customers.importing.sniff import header_row, name_columns
from copilot.customers.importing.workbook_details import COLUMNS, Details, details_of
from copilot.errors import DataError

LOST_DIGITS = 1e15
MOST_CELLS = 30_000_000
MOST_BYTES = 3 << 30
LOOK_AT = 200
_AS_CSV = "Save the sheet as CSV and import that; a CSV file may be of any size."
_LOST = (
    "Sheet {!r} holds numbers of more than 15 digits, whose last digits Excel does not keep;"
    " format such identifiers as text and export again."
)


@dataclass(frozen=True)
class _Sheet:
    """One sheet's table: its header, the index of its first row of values, its width."""

    name: str
    data: Any
    header: tuple[str, ...]
    first: int
    has_header: bool
    width: int
    warnings: tuple[str, ...]

    @property
    def height(self) -> int:
        """Rows from the sheet's first to its last filled one."""
        return int(self.data.end[0]) + 1


def workbook_rows(
    path: Path, name: str, sheet: str | None = None
) -> tuple[tuple[str, ...], Iterator[Record], list[str]]:
    """Header, records (numbered as the spreadsheet numbers its rows) and warnings.

    The named sheet; else the first table, and with it every other visible sheet of the same
    columns, whose rows are numbered on. The warnings are complete once the records are read.
    Raises DataError for a sheet that does not exist, a password, too many cells, or a file that
    is no workbook.
    """
    import python_calamine as calamine

    _must_fit(path, name)
    try:
        book = _opened(path)
        chosen, warnings = _choose(book, sheet, name)
    except calamine.PasswordError as error:
        raise DataError(
            f"{name!r} is locked with a password.", hint="Save it without one, or as CSV."
        ) from error
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError) as error:
        raise DataError(
            f"{name!r} is not a readable workbook: {error}.",
            hint="Open it in a spreadsheet, and save it again or as CSV.",
        ) from error
    return chosen[0].header, _records(path, chosen, warnings), warnings


def _opened(path: Path) -> Any:
    """The workbook, of the kind that its content says: names lie."""
    import python_calamine as calamine

    with path.open("rb") as file:
        return calamine.CalamineWorkbook.from_filelike(file)


def _must_fit(path: Path, name: str) -> None:
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
    if size > MOST_BYTES:
        raise DataError(f"{name!r} is too large a workbook to be read whole.", hint=_AS_CSV)


def _choose(book: Any, sheet: str | None, name: str) -> tuple[list[_Sheet], list[str]]:
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise DataError(f"{name!r} has no sheet {sheet!r}.", hint=f"It has: {', '.join(names)}.")
    shown = {m.name: str(m.visible).endswith(".Visible") for m in book.sheets_metadata}
    wanted = [sheet] if sheet is not None else [n for n in names if shown.get(n, True)]
    found = [one for n in wanted if (one := _looked_at(book, n, name)) is not None]
    hidden = [n for n in names if not shown.get(n, True) and n not in wanted]
    if not found:
        more = f" Hidden sheets: {', '.join(map(repr, hidden))}; --sheet NAME reads one."
        raise DataError(
            f"{name!r} holds no rows.",
            hint="Export it with its rows." + (more if hidden else ""),
        )
    first = next((s for s in found if s.width > 1 and s.height > s.first), found[0])
    same = [s for s in found if s is first or (s.has_header and s.header == first.header)]
    warnings = [told for s in same for told in s.warnings]
    others = [repr(s.name) for s in found if s not in same]
    read = " and ".join(repr(s.name) for s in same)
    if len(same) > 1:
        warnings.append(f"Sheets {read} have the same columns and were all read.")
    if others:
        warnings.append(
            f"Read sheet {read}; the others were left: {', '.join(others)}. Choose one with"
            " --sheet NAME."
        )
    if hidden:
        warnings.append(
            f"Left the hidden sheets {', '.join(map(repr, hidden))}; --sheet NAME reads one."
        )
    return same, warnings


def _looked_at(book: Any, sheet: str, name: str) -> _Sheet | None:
    data = book.get_sheet_by_name(sheet)
    if data.start is None:
        return None
    if data.height * data.width > MOST_CELLS:
        raise DataError(f"Sheet {sheet!r} of {name!r} has over {MOST_CELLS:,} cells.", hint=_AS_CSV)
    head = [[_text(cell) for cell in row] for row in islice(data.iter_rows(), LOOK_AT)]
    if not any(any(row) for row in head):
        return None
    first, has_header = header_row(head)
    width = len(head[first])
    warnings: list[str] = []
    if has_header:
        filled = _filled_columns(data, first)
        while width > 1 and width - 1 not in filled:
            width -= 1
        header, warnings = name_columns(head[first][:width])
    else:
        header = tuple(f"column_{i}" for i in range(1, width + 1))
        warnings.append(f"Sheet {sheet!r} has no header row; its columns were numbered.")
    if first and any(any(row) for row in head[:first]):
        warnings.append(f"Skipped {first} rows above the header of sheet {sheet!r}.")
    return _Sheet(sheet, data, header, first + has_header, has_header, width, tuple(warnings))


def _filled_columns(data: Any, first: int) -> set[int]:
    found: set[int] = set()
    width = data.width
    for row in islice(data.iter_rows(), first, None):
        if len(found) == width or width - 1 in found:
            break
        found.update(i for i, cell in enumerate(row) if cell not in {"", None})
    return found


def _records(path: Path, sheets: list[_Sheet], warnings: list[str]) -> Iterator[Record]:
    before = 0
    for sheet in sheets:
        details = details_of(path, sheet.name)
        warnings += details.warnings(sheet.name, sheet.first - 1)
        if before:
            warnings.append(f"Rows of sheet {sheet.name!r} are numbered from {before + 1} on.")
        yield from _sheet_records(sheet, details, before, warnings)
        before += sheet.height


def _sheet_records(
    sheet: _Sheet, details: Details, before: int, warnings: list[str]
) -> Iterator[Record]:
    width, lost = sheet.width, False
    for index, row in enumerate(
        islice(sheet.data.iter_rows(), sheet.first, None), start=sheet.first
    ):
        texts = [_text(cell) for cell in row]
        if details.errors or details.widths:
            _restore(texts, index * COLUMNS + sheet.data.start[1], details)
        if not any(texts):
            continue
        if not lost and any(isinstance(c, float) and abs(c) >= LOST_DIGITS for c in row):
            warnings.append(_LOST.format(sheet.name))
            lost = True
        cells = (texts + [""] * width)[:width]
        extra = [cell for cell in texts[width:] if cell]
        number = before + index + 1
        if extra:
            yield Record(number, [*cells, *extra], f"the row has values beyond column {width}")
        else:
            yield Record(number, cells)


def _restore(texts: list[str], start: int, details: Details) -> None:
    """Put errors and the zeros that a number format shows back into the texts from `start` on."""
    for i, text in enumerate(texts):
        key = start + i
        if key in details.errors:
            texts[i] = details.errors[key]
        elif text.isdigit():
            texts[i] = text.zfill(details.widths.get(key, 0))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time(0) else cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell).strip()
