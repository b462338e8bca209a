"""The rejects file: rows that were not loaded, as given, with row number, column and reason.

It can be corrected and imported again. Cells that a spreadsheet would run as formulas get a
leading apostrophe, which the importer takes off again.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.mapping import REJECT_COLUMNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RISKY = re.compile(r"^[\s\x00-\x1f]*[=+\-@%|＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"^[+-]?[\d\s().,]+$")


def guard(text: str) -> str:
    """The text, safe to open in a spreadsheet.

    >>> guard("=1+1"), guard("-5"), guard("+44 7700 900123")
    ("'=1+1", '-5', '+44 7700 900123')
    """
    if _RISKY.match(text) and not _PLAIN_NUMBER.match(text):
        return "'" + text
    return text


def write_rejects(
    con: "DuckDBPyConnection", folder: Path, stem: str, header: Sequence[str]
) -> Path | None:
    """Write `<stem>-<hash>.csv` under `folder`; None when nothing was rejected."""
    kept = [i for i, name in enumerate(header) if name not in REJECT_COLUMNS]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / f".{stem}.new"
    count = 0
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(header[i] for i in kept), *REJECT_COLUMNS])
        for row in _rejected(con, len(header)):
            cells, told = row[: len(header)], row[len(header) :]
            writer.writerow([guard(str(c)) for c in (*(cells[i] for i in kept), *told)])
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
