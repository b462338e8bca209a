"""Files of every kind, staged as text: one table `raw` of columns c0, c1 … and its record numbers.

Clean delimited files go through the data engine's strict parser and must agree with an
independent count of records; anything it refuses goes through the careful reader, where a
record that cannot be laid into the columns is kept in `bad` with its reason.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.encoding import chunks, decoded
from copilot.customers.importing.expressions import quoted, stored
from copilot.customers.importing.lines import Record, lines_of, records
from copilot.customers.importing.sniff import Layout, sniff
from copilot.customers.importing.workbooks import workbook_rows
from copilot.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 20_000
TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".psv")
BOOK_SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
FORMATS = "CSV, TSV, TXT (also .gz), Excel, Parquet, JSON or JSONL"


@dataclass(frozen=True)
class Staged:
    """What was staged: `header[i]` names column `c{i}`; rows in `raw` and `bad` are all rows."""

    header: tuple[str, ...]
    rows_read: int
    encoding: str
    delimiter: str | None = None
    warnings: tuple[str, ...] = ()


@contextmanager
def workbench(*, memory: str = "1GB") -> Iterator["DuckDBPyConnection"]:
    """A private, throw-away data engine that spills to disk past its memory limit."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="copilot-import-") as folder:
        connection = duckdb.connect(
            config={"memory_limit": memory, "temp_directory": folder},
        )
        try:
            connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
            connection.execute("CREATE TABLE bad (row BIGINT, reason VARCHAR, fields VARCHAR[])")
            yield connection
        finally:
            connection.close()


def stage(con: "DuckDBPyConnection", path: Path, *, sheet: str | None = None) -> Staged:
    """Read the file into `raw` and `bad`; raises DataError when it cannot be read or counted."""
    if not path.is_file():
        raise DataError(f"There is no file {str(path)!r}.", hint="Check the path and its spelling.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = suffixes[-2] if suffixes[-1:] == [".gz"] and len(suffixes) > 1 else path.suffix.lower()
    if kind in BOOK_SUFFIXES:
        staged = _stage_workbook(con, path, sheet)
    elif kind in {".parquet", ".pq"}:
        staged = _stage_parquet(con, path)
    elif kind in {".json", ".jsonl", ".ndjson"}:
        from copilot.customers.importing.json_files import stage_json

        header, count = stage_json(con, path)
        staged = Staged(header, count, "utf-8")
    elif kind in TEXT_SUFFIXES or kind in {"", ".gz"}:
        staged = _stage_text(con, path)
    else:
        raise DataError(
            f"{path.name!r} is of a kind that cannot be imported ({kind}).",
            hint=f"Use {FORMATS}.",
        )
    _must_balance(con, path, staged.rows_read)
    return staged


def _must_balance(con: "DuckDBPyConnection", path: Path, rows_read: int) -> None:
    kept = _scalar(con, "SELECT (SELECT count(*) FROM raw) + (SELECT count(*) FROM bad)")
    if kept != rows_read:
        raise DataError(
            f"{path.name!r} holds {rows_read} rows but {kept} were read; nothing was imported.",
            hint="Please report this file's layout (not its contents) as a bug.",
        )
    if not rows_read:
        raise DataError(
            f"{path.name!r} has a header but no rows.", hint="Export the file with its rows."
        )


def _scalar(con: "DuckDBPyConnection", query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def _stage_text(con: "DuckDBPyConnection", path: Path) -> Staged:
    layout = sniff(path)
    count = _fast(con, path, layout)
    if count is None:
        count = _careful(con, path, layout)
    return Staged(
        layout.header,
        count,
        layout.encoding.name.removesuffix("-sig"),
        layout.delimiter,
        layout.warnings,
    )


def _fast(con: "DuckDBPyConnection", path: Path, layout: Layout) -> int | None:
    """Rows staged by the engine's strict parser; None when it refuses or the count differs."""
    import duckdb

    if not layout.encoding.plain or layout.escape != layout.quote or layout.skipped:
        return None
    counted = _count_records(path, layout.quote)
    if counted is None:
        return None
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(layout.header)))
    try:
        con.execute(
            f"CREATE OR REPLACE TABLE staged AS SELECT * FROM read_csv({quoted(path)},"  # noqa: S608
            f" auto_detect=false, delim={quoted(layout.delimiter)}, quote={quoted(layout.quote)},"
            f" escape={quoted(layout.escape)}, header={str(layout.has_header).lower()},"
            f" strict_mode=true, max_line_size=8000000, columns={{{columns}}})"
        )
    except duckdb.Error:
        return None
    expected = counted - int(layout.has_header)
    if _scalar(con, "SELECT count(*) FROM staged") != expected:
        return None
    first = 2 if layout.has_header else 1
    con.execute(f"CREATE VIEW raw AS SELECT rowid + {first} AS row, * FROM staged")  # noqa: S608 - an int
    return expected


def _count_records(path: Path, quote: str) -> int | None:
    """Records counted by line ends outside quotes; None when they need the careful reader."""
    import numpy as np

    mark = ord(quote)
    inside, total, last = False, 0, b"\n"
    for piece in chunks(path):
        if b"\0" in piece or b"\n\n" in piece or b"\n\r" in piece:
            return None
        if last == b"\n" and piece[:1] in {b"\n", b"\r"} and total:
            return None
        data = np.frombuffer(piece, dtype=np.uint8)
        if piece.count(b"\r") != piece.count(b"\r\n") + piece.endswith(b"\r"):
            return None
        quotes = data == mark
        if quotes.any() or inside:
            parity = np.bitwise_xor.accumulate(quotes) ^ inside
            total += int(((data == 10) & ~parity).sum())
            inside = bool(parity[-1])
        else:
            total += piece.count(b"\n")
        last = piece[-1:]
    return None if inside else total + (last != b"\n")


def _careful(con: "DuckDBPyConnection", path: Path, layout: Layout) -> int:
    found = records(
        lines_of(decoded(path, layout.encoding)),
        width=len(layout.header),
        delimiter=layout.delimiter,
        quote=layout.quote,
        escape=layout.escape,
        skip=layout.skipped,
    )
    if layout.has_header:
        next(found, None)
    return stage_records(con, found, width=len(layout.header))


def stage_records(con: "DuckDBPyConnection", found: Iterable[Record], *, width: int) -> int:
    """Fill `raw` and `bad` from records, in batches; returns how many there were."""
    import pyarrow as pa

    names = ["row", *(f"c{i}" for i in range(width))]
    columns = ", ".join(f"c{i} VARCHAR" for i in range(width))
    con.execute(f"CREATE TABLE raw (row BIGINT, {columns})")
    source = iter(found)
    count = 0
    while batch := list(islice(source, BATCH)):
        count += len(batch)
        good = [record for record in batch if record.reason is None]
        if good:
            cells = list(zip(*(record.fields for record in good), strict=True))
            arrays = [pa.array([record.number for record in good], pa.int64())]
            arrays += [pa.array(cell, pa.string()) for cell in cells]
            con.register("batch", pa.table(arrays, names=names))
            con.execute("INSERT INTO raw SELECT * FROM batch")
            con.unregister("batch")
        bad = [(r.number, r.reason, r.fields) for r in batch if r.reason is not None]
        if bad:
            numbers, reasons, fields = zip(*bad, strict=True)
            con.register("batch", pa.table([numbers, reasons, fields], names=["n", "r", "f"]))
            con.execute("INSERT INTO bad SELECT * FROM batch")
            con.unregister("batch")
    return count


def _stage_workbook(con: "DuckDBPyConnection", path: Path, sheet: str | None) -> Staged:
    header, found, warnings = workbook_rows(path, sheet)
    count = stage_records(con, found, width=len(header))
    return Staged(header, count, "workbook", None, tuple(warnings))


def _stage_parquet(con: "DuckDBPyConnection", path: Path) -> Staged:
    import duckdb

    try:
        described = con.execute(f"DESCRIBE FROM {stored(path)}").fetchall()
        count = con.execute(
            f"SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({quoted(path)})"  # noqa: S608
        ).fetchone()
        chosen = ", ".join(
            f"{_as_text(str(name), str(kind))} AS c{i}"
            for i, (name, kind, *_) in enumerate(described)
        )
        con.execute(
            f"CREATE TABLE staged AS SELECT {chosen} FROM {stored(path)}"  # noqa: S608 - quoted names
        )
    except duckdb.Error as error:
        raise DataError(f"{path.name!r} is not a readable Parquet file.") from error
    con.execute("CREATE VIEW raw AS SELECT rowid + 1 AS row, * FROM staged")
    return Staged(tuple(str(row[0]) for row in described), int(count[0]) if count else 0, "parquet")


def _as_text(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if kind in {"FLOAT", "DOUBLE"}:  # whole numbers without ".0", so that ids survive
        whole = f"{column} = trunc({column}) AND abs({column}) < 9007199254740992"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return f"to_json({column})::VARCHAR"
    if kind == "BLOB":
        return f"base64({column})"
    return f"{column}::VARCHAR"
