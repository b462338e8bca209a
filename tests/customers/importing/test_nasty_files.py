"""Every nasty file is accounted for row by row, or refused with the remedy, and comes back."""

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from copilot.customers.importing.load import import_file
from copilot.customers.schema import TABLES
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.records import ImportReport
from tests.customers.importing.nasty.case import Nasty
from tests.customers.importing.nasty.corpus import CASES, NAMES

TODAY = dt.date(2026, 11, 22)


def load(store: Store, path: Path, nasty: Nasty) -> ImportReport:
    options: dict[str, Any] = {"table": nasty.table, **nasty.options}
    return import_file(store, path, today=TODAY, **options)


def stored(store: Store, table: str) -> dict[str, dict[str, Any]]:
    """The stored rows of a table by their key."""
    found = duckdb.read_parquet(str(store.files()[table]))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    return {str(row[TABLES[table].key[0]]): row for row in rows}


def reasons(report: ImportReport) -> list[str]:
    if report.rejects_file is None:
        return []
    with Path(report.rejects_file).open(encoding="utf-8-sig", newline="") as file:
        return [row["reject_reason"] for row in csv.DictReader(file)]


def check(nasty: Nasty, report: ImportReport, store: Store) -> None:
    """Raise AssertionError where the import of a file differs from the truth about it."""
    loaded = nasty.read - nasty.rejected
    counted = (report.rows_read, report.rows_loaded, report.rows_updated, report.rows_rejected)
    assert counted == (nasty.read, loaded, 0, nasty.rejected), (counted, reasons(report))
    assert report.table == nasty.table
    told = reasons(report)
    assert len(told) == nasty.rejected
    if nasty.reasons:
        assert all(part in reason for part, reason in zip(nasty.reasons, told, strict=True)), told
    warnings = " ".join(report.warnings)
    assert [part for part in nasty.said if part not in warnings] == [], report.warnings
    if nasty.delimiter:
        assert report.delimiter == nasty.delimiter
    rows = stored(store, nasty.table)
    assert len(rows) == loaded
    for key, cells in nasty.cells.items():
        found = {name: rows[key][name] for name in cells}
        assert found == dict(cells), key


@pytest.mark.parametrize("make", CASES, ids=NAMES)
def test_each_nasty_file_comes_to_the_truth_stated_for_it(
    make: Callable[[], Nasty], store: Store, tmp_path: Path
) -> None:
    nasty = make()
    path = tmp_path / nasty.name
    path.write_bytes(nasty.content)
    if nasty.refused is not None:
        with pytest.raises(DataError) as caught:
            load(store, path, nasty)
        assert re.search(nasty.refused, str(caught.value), re.S)
        assert caught.value.hint
        assert store.files() == {}
        return
    check(nasty, load(store, path, nasty), store)
    before = stored(store, nasty.table)
    again = load(store, path, nasty)
    assert (again.rows_loaded, again.rows_updated) == (0, nasty.read - nasty.rejected)
    assert stored(store, nasty.table) == before


def test_there_are_at_least_a_hundred_different_nasty_files() -> None:
    made = [make() for make in CASES]
    assert len({nasty.name for nasty in made}) == len(made) >= 100
    assert len({nasty.content for nasty in made}) >= 100
