"""Files of every kind, staged as text: one table `raw` of columns c0, c1 … and its record numbers.

A packed file is unpacked to disk first, and what it is, is decided by its content.
No reader holds a whole file in memory, but for workbooks, whose cells are limited.
"""

import tempfile
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from copilot.customers.importing.compressed import packing, unpack
from copilot.customers.importing.delimited import stage_text
from copilot.customers.importing.expressions import quoted, stored
from copilot.customers.importing.kinds import kind_of
from copilot.customers.importing.lines import fitted
from copilot.customers.importing.scratch import workbench
from copilot.customers.importing.sniff import header_row, name_columns
from copilot.customers.importing.staging import Staged, scalar, stage_records, without
from copilot.customers.importing.tidying import tidy_raw
from copilot.customers.importing.workbooks import workbook_rows
from copilot.customers.schema import TABLES
from copilot.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from duckdb.sqltypes import DuckDBPyType

LOOK_AT = 200
NESTED = 3
WHOLE = frozenset(f.name for table in TABLES.values() for f in table.fields if f.type == "json")

__all__ = ["Staged", "stage", "workbench"]


def stage(con: "DuckDBPyConnection", path: Path, *, sheet: str | None = None) -> Staged:
    """Read the file into `raw` and `bad`; raises DataError when it cannot be read or counted."""
    if not path.is_file():
        raise DataError(f"There is no file {str(path)!r}.", hint="Check the path and its spelling.")
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=_folder(con)) as folder:
        plain, depth = path, 0
        while packing(plain):
            plain, depth = unpack(plain, Path(folder) / str(depth), member=sheet), depth + 1
            if depth > 2:
                raise DataError(
                    f"{path.name!r} is packed more than twice.", hint="Unpack it and import that."
                )
        staged = _stage_plain(con, plain, sheet)
    if staged.odd:
        tidy_raw(con, len(staged.header))
    _must_balance(con, path, staged.rows_read)
    return staged


def _stage_plain(con: "DuckDBPyConnection", path: Path, sheet: str | None) -> Staged:
    kind = kind_of(path, path.name)
    if kind == "workbook":
        return _stage_workbook(con, path, sheet)
    if kind == "parquet":
        return _stage_parquet(con, path)
    if kind == "page":
        return _stage_page(con, path)
    if kind == "json":
        from copilot.customers.importing.json_files import stage_json

        return Staged(*stage_json(con, path, path.name, key=sheet), "utf-8")
    return stage_text(con, path)


def _folder(con: "DuckDBPyConnection") -> str:
    """The work bench's own folder on disk, removed with it."""
    row = con.execute("SELECT current_setting('temp_directory')").fetchone()
    return str(row[0]) if row else tempfile.gettempdir()


def _must_balance(con: "DuckDBPyConnection", path: Path, rows_read: int) -> None:
    kept = scalar(con, "SELECT (SELECT count(*) FROM raw) + (SELECT count(*) FROM bad)")
    if kept != rows_read:
        raise DataError(
            f"{path.name!r} holds {rows_read} rows but {kept} were read; nothing was imported.",
            hint="Please report this file's layout (not its contents) as a bug.",
        )
    if not rows_read:
        raise DataError(
            f"{path.name!r} has a header but no rows.", hint="Export the file with its rows."
        )


def _stage_workbook(con: "DuckDBPyConnection", path: Path, sheet: str | None) -> Staged:
    header, found, warnings = workbook_rows(path, path.name, sheet)
    count = stage_records(con, found, width=len(header))
    return Staged(header, count, "workbook", None, tuple(warnings))


def _stage_page(con: "DuckDBPyConnection", path: Path) -> Staged:
    from copilot.customers.importing.pages import page_rows

    rows = page_rows(path, path.name)
    head = list(islice(rows, LOOK_AT))
    first, has_header = header_row(head)
    width = len(head[first])
    header, warnings = name_columns(
        head[first] if has_header else [f"column_{i}" for i in range(1, width + 1)]
    )
    start = first + has_header
    numbered = enumerate(chain(head[start:], rows), start=start + 1)
    found = (fitted(number, row, width) for number, row in numbered if any(row))
    count = stage_records(con, without(found, header if has_header else ()), width=width)
    warnings.append("The file is a web page or XML; the rows of its tables were read.")
    return Staged(header, count, "page", None, tuple(warnings))


def _stage_parquet(con: "DuckDBPyConnection", path: Path) -> Staged:
    import duckdb

    try:
        columns = _parquet_columns(con, path)
        count = con.execute(
            f"SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({quoted(path)})"  # noqa: S608
        ).fetchone()
        chosen = ", ".join(f"{text} AS c{i}" for i, (_, text) in enumerate(columns))
        con.execute(
            f"CREATE TABLE staged AS SELECT {chosen} FROM {stored(path)}"  # noqa: S608 - quoted names
        )
    except duckdb.Error as error:
        raise DataError(
            f"{path.name!r} is not a readable Parquet file.",
            hint="Write it again; it may have been cut off on the way.",
        ) from error
    con.execute("CREATE VIEW raw AS SELECT rowid + 1 AS row, * FROM staged")
    return Staged(tuple(name for name, _ in columns), int(count[0]) if count else 0, "parquet")


def _parquet_columns(con: "DuckDBPyConnection", path: Path) -> list[tuple[str, str]]:
    """(name, SQL of its text) of each column; those of nested records by dotted names."""
    relation = con.sql(f"FROM {stored(path)}")
    found: list[tuple[str, str]] = []

    def add(names: tuple[str, ...], kind: "DuckDBPyType") -> None:
        if kind.id == "struct" and len(names) < NESTED and names[-1] not in WHOLE:
            for name, inner in kind.children:
                add((*names, str(name)), cast("DuckDBPyType", inner))
        else:
            column = ".".join('"' + name.replace('"', '""') + '"' for name in names)
            found.append((".".join(names), _as_text(column, str(kind))))

    for name, kind in zip(relation.columns, relation.types, strict=True):
        add((str(name),), kind)
    return found


def _as_text(column: str, kind: str) -> str:
    if kind in {"FLOAT", "DOUBLE"}:  # whole numbers without ".0", so that ids survive
        whole = f"{column} = trunc({column}) AND abs({column}) < 9007199254740992"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return f"to_json({column})::VARCHAR"
    if kind == "BLOB":  # most often text that some program wrote without saying so
        return f"coalesce(try(decode({column})), base64({column}))"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"({column} AT TIME ZONE 'UTC')::VARCHAR"
    return f"{column}::VARCHAR"
