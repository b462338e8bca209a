"""Stores for the analytics tests: canonical tables written straight to Parquet, typed."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from copilot.customers.engine import Engine
from copilot.customers.schema import TABLES
from copilot.customers.store import Store

BAKERY = Path(__file__).parents[2] / "samples" / "bakery"
SQL_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18,2)",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "json": "VARCHAR",
}


def csv_rows(table: str) -> list[dict[str, str]]:
    """The bakery's rows of one table, as text."""
    with (BAKERY / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bakery_tables() -> dict[str, list[dict[str, str]]]:
    """All of the bakery's tables; a suppression by customer number becomes one by address."""
    tables = {name: csv_rows(name) for name in TABLES}
    for number, row in enumerate(tables["transactions"]):
        row["transaction_id"] = f"T{number:06d}"
    for row in tables["suppressions"]:
        row.setdefault("address", row.get("customer_id", ""))
    return tables


def engine_of(
    folder: Path,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    url: str = "duckdb://",
    synthetic: tuple[str, ...] = (),
) -> Engine:
    """An engine over a store that holds exactly these rows; blanks are empty."""
    store = Store(folder / "customers")
    with store.writing(), duckdb.connect() as connection:
        files = {}
        for name, rows in tables.items():
            fields = TABLES[name].types
            columns = {
                field: [
                    str(row[field]) if row.get(field) not in {None, ""} else None for row in rows
                ]
                for field in fields
            }
            raw = pa.table(
                {field: pa.array(values, pa.string()) for field, values in columns.items()}
            )
            connection.register("raw", raw)
            casts = ", ".join(f'"{f}"::{SQL_TYPES[kind]} AS "{f}"' for f, kind in fields.items())
            files[name] = store.new_file(name)
            connection.sql(f"SELECT {casts} FROM raw").write_parquet(str(files[name]))  # noqa: S608
            connection.unregister("raw")
        store.commit(files, synthetic=synthetic)
    return Engine(store, url=url)
