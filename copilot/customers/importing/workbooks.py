"""Excel workbooks, row by row: dates as ISO text, whole numbers without a decimal point."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copilot.customers.importing.lines import Record
from copilot.customers.importing.sniff import header_row, name_columns
from copilot.errors import DataError

LOST_DIGITS = 1e15


def workbook_rows(
    path: Path, sheet: str | None = None
) -> tuple[tuple[str, ...], Iterator[Record], list[str]]:
    """Header, records (numbered as the spreadsheet numbers its rows) and warnings of one sheet.

    The named sheet, else the first that holds a row. Raises DataError for a sheet that does not
    exist, a password, or a file that is no workbook.
    """
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            name, rows, warnings = _choose(book, sheet, path)
    except calamine.PasswordError as error:
        raise DataError(f"{path.name!r} is locked with a password.") from error
    except (calamine.CalamineError, OSError) as error:
        raise DataError(f"{path.name!r} is not a readable workbook: {error}.") from error
    texts = [[_text(cell) for cell in row] for row in rows]
    first, has_header = header_row(texts)
    width = len(texts[first])
    if has_header:
        while width > 1 and not any(row[width - 1] for row in texts[first:]):
            width -= 1
        header, renamed = name_columns(texts[first][:width])
        warnings += renamed
    else:
        header = tuple(f"column_{i}" for i in range(1, width + 1))
        warnings.append(f"Sheet {name!r} has no header row; its columns were numbered.")
    if first and any(any(row) for row in texts[:first]):
        warnings.append(f"Skipped {first} rows above the header of sheet {name!r}.")
    if any(isinstance(c, float) and abs(c) >= LOST_DIGITS for row in rows[first:] for c in row):
        warnings.append(
            f"Sheet {name!r} holds numbers of more than 15 digits, whose last digits Excel does"
            " not keep; format such identifiers as text and export again."
        )
    body = texts[first + has_header :]
    return header, _records(body, first + has_header + 1, width), warnings


def _choose(book: Any, sheet: str | None, path: Path) -> tuple[str, list[list[Any]], list[str]]:
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise DataError(
            f"{path.name!r} has no sheet {sheet!r}.", hint=f"It has: {', '.join(names)}."
        )
    filled = {}
    for name in [sheet] if sheet is not None else names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if any(cell not in {"", None} for row in rows for cell in row):
            filled[name] = rows
    if not filled:
        raise DataError(f"{path.name!r} holds no rows.")
    chosen, *others = filled
    warnings = []
    if others:
        listed = ", ".join(repr(name) for name in others)
        warnings.append(f"Read sheet {chosen!r}; the others were left: {listed}.")
    return chosen, filled[chosen], warnings


def _records(rows: list[list[str]], start: int, width: int) -> Iterator[Record]:
    for number, row in enumerate(rows, start=start):
        if not any(row):
            continue
        cells = (row + [""] * width)[:width]
        extra = [cell for cell in row[width:] if cell]
        if extra:
            yield Record(number, [*cells, *extra], f"the row has values beyond column {width}")
        else:
            yield Record(number, cells)


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
