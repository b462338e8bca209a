"""The rejects file: rows not loaded, as given, with row number, column, reason and remedy.

It can be corrected and imported again: how its numbers and dates were read is kept beside it, for
its few rows would not tell. It begins with a byte order mark, without which spreadsheets take
UTF-8 for something else. Cells that a spreadsheet would run as formulas get a
leading apostrophe, which the importer takes off again.
"""

import csv
import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.infer import Style
from copilot.customers.importing.kept import save
from copilot.customers.importing.mapping import REJECT_COLUMNS, Plan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ASKED_TO_GO = "this person asked to be forgotten"
"""Rows of the forgotten come back empty: what they held must not be kept, here either."""
_RISKY = re.compile(r"^[\s\x00-\x1f]*[=+\-@%|＝＋－＠]")
_REMEDIES = (
    (ASKED_TO_GO, "Nothing: take the person out of the system that the file comes from."),
    ("another statement", "Nothing: the newest statement counts."),
    ("a year ahead", "Write the day it happened."),
    ("is empty", "Fill the cell in, or delete the row."),
    ("nothing to identify", "Fill in an identifier, or delete the row."),
    ("duplicate", "Delete the row, or give it a key of its own."),
    ("total line", "Nothing: a total is no record. Delete the row."),
    ("header again", "Nothing: it is no record. Delete the row."),
    ("not a sale", "Delete the row, or fill in the customer or the time."),
    ("never closed", "Put each value under its header; remove or double the quotation mark."),
    ("the row has", "Put each value under its header; what was too much is in reject_value."),
    ("JSON", "Fill in the cells by hand; the line as it was is in reject_value."),
    ("e-mail", "Correct the address, or empty the cell."),
    ("not an amount", "Write a number such as 1234.56."),
    ("number", "Write a number such as 12 or 12.5."),
    ("not a date", "Write a day that exists, such as 2026-03-31."),
)
_PLAIN_NUMBER = re.compile(r"^[+-]?[\d\s().,]+$")


def guard(text: str) -> str:
    """The text, safe to open in a spreadsheet.

    >>> guard("=1+1"), guard("-5"), guard("+44 7700 900123")
    ("'=1+1", '-5', '+44 7700 900123')
    """
    if _RISKY.match(text) and not _PLAIN_NUMBER.match(text):
        return "'" + text
    return text


def remedy(reason: str) -> str:
    """What to do about a row rejected for this reason."""
    return next((told for part, told in _REMEDIES if part in reason), "Correct the value.")


def keep_reading(folder: Path, header: Sequence[str], plan: Plan, style: Style) -> None:
    """Keep, beside the rejects files, which column was what and how it was read."""
    columns = {}
    for column in plan.columns:
        if column.field and column.header not in REJECT_COLUMNS:
            hint = ""
            if column.field in style.comma:
                hint = "@comma" if style.comma[column.field] else "@point"
            elif column.field in style.mdy:
                hint = "@mdy" if style.mdy[column.field] else "@dmy"
            columns[column.header] = column.field + hint
    save(folder, header, columns, table=plan.table, source="rejects")


def write_rejects(
    con: "DuckDBPyConnection",
    folder: Path,
    stem: str,
    header: Sequence[str],
    blank: Collection[int] = (),
) -> Path | None:
    """Write `<stem>-<hash>.csv` under `folder`; None when nothing was rejected.

    The columns numbered in `blank` hold what nobody should keep: they stay empty.
    """
    kept = [i for i, name in enumerate(header) if name not in REJECT_COLUMNS]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / f".{stem}.new"
    count = 0
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(header[i] for i in kept), *REJECT_COLUMNS])
        for row in _rejected(con, len(header)):
            cells, told = row[: len(header)], row[len(header) :]
            hidden = kept if told[-1] == ASKED_TO_GO else blank
            shown = ["" if i in hidden else cells[i] for i in kept]
            writer.writerow([guard(str(c)) for c in (*shown, *told, remedy(str(told[-1])))])
            count += 1
    if not count:
        temporary.unlink()
        return None
    digest = hashlib.sha256(temporary.read_bytes()).hexdigest()[:10]
    target = folder / f"{stem}-{digest}.csv"
    temporary.replace(target)
    return target


def _rejected(con: "DuckDBPyConnection", width: int) -> Iterator[tuple[object, ...]]:
    columns = ", ".join(f"coalesce(r.c{i}, '')" for i in range(width))
    laid = ", ".join(f"coalesce(b.fields[{i + 1}], '')" for i in range(width))
    rows = con.execute(
        f"SELECT * FROM (SELECT {columns}, t.row AS at_row, coalesce(t.reject_column, ''),"  # noqa: S608
        " coalesce(t.reject_value, ''), t.reject_reason FROM typed t JOIN raw r USING (row)"
        f" WHERE t.reject_reason IS NOT NULL UNION ALL SELECT {laid}, b.row, '',"
        f" coalesce(array_to_string(b.fields[{width + 1}:], ' | '), ''), b.reason FROM bad b)"
        " ORDER BY at_row"
    )
    while batch := rows.fetchmany(10_000):
        yield from batch
