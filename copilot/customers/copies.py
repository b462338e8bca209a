"""The store's tables copied into a database that does not read Parquet files.

Every table of the store becomes `mc_<store>_<table>_<digest>` in that database, in the schema
`marketing_copilot` where there are schemas. The digest is of the file's content, so a table that
did not change is not copied again, by any process; what no longer belongs to the store's current
generation is dropped. Personal data leave this folder for that database: its backups and its
readers are the business's to look after.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from copilot.customers.schema import TABLES
from copilot.customers.tables import ENGINE_TYPES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SCHEMA = "marketing_copilot"
ID_FILE = "engine.id"
BATCH_ROWS = 50_000


@dataclass(frozen=True)
class _Copy:
    """What is copied, a canonical table's file, and what it is called in the database."""

    name: str
    path: Path
    table: str
    schema: str | None


def copied(connection: Any, folder: Path, files: Mapping[str, Path]) -> dict[str, "ir.Table"]:
    """The files' tables in the connection's database, copied where they are not there yet.

    Tables of this store that are not among `files` are dropped. `folder` is the store's, whose
    id keeps two stores in one database apart.
    """
    with FileLock(folder / ".engine.lock"):
        prefix, schema = f"mc_{_id_of(folder)}_", _schema(connection)
        wanted = {f"{prefix}{name}_{_digest(path)}": name for name, path in files.items()}
        present = {
            table for table in connection.list_tables(database=schema) if table.startswith(prefix)
        }
        for stale in present - wanted.keys():
            connection.drop_table(stale, database=schema, force=True)
        tables = {}
        for table, name in wanted.items():
            if table in present and not _whole(connection, table, schema, files[name]):
                connection.drop_table(table, database=schema, force=True)
                present.remove(table)
            if table not in present:
                copy = _Copy(name, files[name], table, schema)
                _WRITERS.get(connection.name, _insert)(connection, copy)
            tables[name] = typed(connection.table(table, database=schema), name)
        return tables


def remove(connection: Any, folder: Path) -> None:
    """Drop every copy of this store."""
    copied(connection, folder, {})


def typed(table: "ir.Table", name: str) -> "ir.Table":
    """The table with the canonical types, whatever the database has for them."""
    import ibis

    casts = {
        field: ENGINE_TYPES[kind]
        for field, kind in TABLES[name].types.items()
        if field in table.columns and not _same(table[field].type(), ibis.dtype(ENGINE_TYPES[kind]))
    }
    return table.cast(casts) if casts else table


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (not one.is_decimal() or one.scale == other.scale)


def _id_of(folder: Path) -> str:
    path = folder / ID_FILE
    if not path.is_file():
        path.write_text(secrets.token_hex(4), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:16]


def _schema(connection: Any) -> str | None:
    """The schema for copies, made if need be; None where a database has no schemas."""
    if not hasattr(connection, "create_database"):
        return None
    if SCHEMA not in connection.list_databases():
        connection.create_database(SCHEMA, force=True)
    return SCHEMA


def _whole(connection: Any, table: str, schema: str | None, path: Path) -> bool:
    """Whether a copy was made to its end."""
    import pyarrow.parquet as pq

    rows = int(connection.table(table, database=schema).count().to_pyarrow().as_py())
    return rows == int(pq.ParquetFile(path).metadata.num_rows)


def _batches(path: Path) -> Iterator["pa.RecordBatch"]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(BATCH_ROWS)


def _columns(target: _Copy, types: Mapping[str, str]) -> dict[str, str]:
    """Column to the database's type for it; columns the schema does not know are text."""
    import pyarrow.parquet as pq

    known = TABLES[target.name].types
    return {
        column: types[known.get(column, "text")] for column in pq.read_schema(target.path).names
    }


_POSTGRES_TYPES = {
    "text": "text",
    "json": "text",
    "integer": "bigint",
    "number": "double precision",
    "money": "numeric(18, 2)",
    "date": "date",
    "datetime": "timestamp",
    "boolean": "boolean",
}
_SQLITE_TYPES = {
    "text": "TEXT",
    "json": "TEXT",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
_COLLATIONS = ("pg_c_utf8", "C.UTF-8", "C.utf8", "C")


def _copy(connection: Any, target: _Copy) -> None:
    """Postgres's COPY, in one transaction; texts in the code points' order."""
    with connection.begin() as cursor:
        cursor.execute(
            "SELECT collname FROM pg_collation WHERE collname = ANY(%s)"
            " AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))",
            [list(_COLLATIONS)],
        )
        there = {found for (found,) in cursor.fetchall()}
        collation = next(each for each in _COLLATIONS if each in there)
        columns = _columns(target, _POSTGRES_TYPES)
        defined = ", ".join(
            f'"{column}" {kind}' + (f' COLLATE "{collation}"' if kind == "text" else "")
            for column, kind in columns.items()
        )
        cursor.execute(f'CREATE TABLE "{target.schema}"."{target.table}" ({defined})')
        with cursor.copy(
            f'COPY "{target.schema}"."{target.table}" FROM STDIN (FORMAT csv)'
        ) as copy:
            for batch in _batches(target.path):
                copy.write(_csv(batch))


def _csv(batch: "pa.RecordBatch") -> bytes:
    """A batch as CSV in which only a null is an empty cell without quotes."""
    import io

    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    text = pa.RecordBatch.from_arrays(
        [pc.cast(column, pa.string()) for column in batch.columns], names=batch.schema.names
    )
    buffer = io.BytesIO()
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    csv.write_csv(text, buffer, options)
    return buffer.getvalue()


def _executemany(connection: Any, target: _Copy) -> None:
    """SQLite's insert, in one transaction; it stores numbers, text and nothing else."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = _columns(target, _SQLITE_TYPES)
    defined = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    slots = ", ".join("?" for _ in columns)
    with connection.begin() as cursor:
        cursor.execute(f'CREATE TABLE "{target.table}" ({defined})')
        for batch in _batches(target.path):
            plain = [
                pc.cast(column, pa.string())
                if pa.types.is_temporal(column.type)
                else pc.cast(column, pa.float64())
                if pa.types.is_decimal(column.type)
                else column
                for column in batch.columns
            ]
            rows = zip(*(column.to_pylist() for column in plain), strict=True)
            cursor.executemany(f'INSERT INTO "{target.table}" VALUES ({slots})', rows)  # noqa: S608


def _insert(connection: Any, target: _Copy) -> None:
    """Arrow batches by whatever insert the backend has."""
    import pyarrow as pa

    first = True
    for batch in _batches(target.path):
        rows = pa.Table.from_batches([batch])
        if first:
            connection.create_table(target.table, rows, database=target.schema)
            first = False
        else:
            connection.insert(target.table, rows, database=target.schema)
    if first:
        import pyarrow.parquet as pq

        connection.create_table(target.table, pq.read_table(target.path), database=target.schema)


_WRITERS: dict[str, Callable[[Any, _Copy], None]] = {
    "postgres": _copy,
    "sqlite": _executemany,
}
