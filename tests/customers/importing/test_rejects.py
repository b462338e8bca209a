"""Rejected rows open in a spreadsheet, say what to do, and load once they are corrected."""

import csv
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from copilot.customers.importing.load import import_file
from copilot.customers.importing.rejects import guard, remedy
from copilot.customers.store import Store
from copilot.records import ImportReport
from tests.customers.importing.nasty import numbers, shapes, values

Write = Callable[..., Path]
TODAY = dt.date(2026, 11, 22)


def load(store: Store, path: Path, table: str, **options: Any) -> ImportReport:
    return import_file(store, path, table=table, today=TODAY, **options)  # type: ignore[arg-type]


def correct(report: ImportReport, *, drop: tuple[str, ...] = (), **cells: str) -> Path:
    """The rejects file with cells overwritten in every row, and the rows of `drop` deleted."""
    path = Path(str(report.rejects_file))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["reject_row"] not in drop]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | cells for row in rows)
    return path


def stored(store: Store, table: str, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.read_parquet(str(store.files()[table])).project(columns).fetchall()


def test_each_reject_tells_row_column_value_reason_and_remedy(store: Store, write: Write) -> None:
    nasty = numbers.not_amounts()
    report = load(store, write(nasty.name, nasty.content), "transactions")
    path = Path(str(report.rejects_file))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["reject_row"], first["reject_column"], first["reject_value"]) == (
        "3",
        "amount",
        "1.2.3",
    )
    assert first["reject_reason"] == "not an amount"
    assert first["reject_remedy"] == "Write a number such as 1234.56."


def test_a_corrected_row_is_read_as_its_file_was(store: Store, write: Write) -> None:
    """Alone, 03/04/2026 would be the third of April and 1,234 a fraction."""
    rows = "".join(f"T{i};C1;12/{i + 13}/2025;1,234.50\n" for i in range(5))
    path = write("us.csv", f"transaction_id;customer_id;at;amount\n{rows}T9;C1;03/04/2026;x\n")
    report = load(store, path, "transactions")
    assert report.rows_rejected == 1
    again = import_file(store, correct(report, amount="1,234"), today=TODAY)
    assert (again.rows_read, again.rows_loaded, again.table) == (1, 1, "transactions")
    assert stored(store, "transactions", 'transaction_id, "at", amount')[-1] == (
        "T9",
        dt.datetime(2026, 3, 4),
        Decimal("1234.00"),
    )


@pytest.mark.parametrize(
    ("make", "cells", "loaded"),
    [
        (shapes.short_rows, {"city": "Hull"}, 2),
        (shapes.long_rows, {"first_name": "John Smith", "city": "Hull"}, 1),
        (values.empty_keys, {"id": "C9"}, 1),
        (values.keys_with_blanks, {"id": "C9"}, 1),
    ],
)
def test_rows_of_each_fault_load_once_corrected(
    store: Store, write: Write, make: Any, cells: dict[str, str], loaded: int
) -> None:
    nasty = make()
    report = load(store, write(nasty.name, nasty.content), nasty.table)
    again = import_file(store, correct(report, **cells), today=TODAY)
    assert (again.table, again.rows_loaded) == (nasty.table, loaded)
    assert not any("reject" in str(row) for row in stored(store, nasty.table, "attributes"))


@pytest.mark.parametrize("make", [shapes.total_below, shapes.header_again, shapes.footer_below])
def test_what_is_no_record_does_not_become_one_by_importing_it_again(
    store: Store, write: Write, make: Any
) -> None:
    nasty = make()
    report = load(store, write(nasty.name, nasty.content), nasty.table)
    before = stored(store, nasty.table, "*")
    path = correct(report, id="") if make is shapes.footer_below else Path(str(report.rejects_file))
    assert import_file(store, path, today=TODAY).rows_loaded == 0
    assert stored(store, nasty.table, "*") == before


def test_a_broken_json_line_does_not_come_back_as_an_identifier(store: Store, write: Write) -> None:
    good = json.dumps({"id": "C1", "first_name": "Ann", "city": "Leeds"})
    report = load(store, write("a.jsonl", f'{good}\n{{"id": "C2", "fi\n'), "customers")
    with Path(str(report.rejects_file)).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["reject_value"]) == ("", '{"id": "C2", "fi')
    again = import_file(store, correct(report, id="C2", first_name="Bo"), today=TODAY)
    assert (again.rows_read, again.rows_loaded) == (1, 1)


def test_no_cell_of_a_rejects_file_starts_a_formula(store: Store, write: Write) -> None:
    nasty = values.rejected_formulas()
    report = load(store, write(nasty.name, nasty.content), "customers")
    with Path(str(report.rejects_file)).open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'@x" in cells
    assert all(guard(cell) == cell for cell in cells)


def test_every_reason_has_a_remedy_of_its_own() -> None:
    assert remedy("duplicate customer_id, first seen in row 3").startswith("Delete")
    assert remedy("the row has 2 values, the header has 3").startswith("Put each value")
    assert remedy("something new") == "Correct the value."
