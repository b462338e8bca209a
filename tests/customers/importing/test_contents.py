"""Columns without telling names: what their values say, and how often that is right.

Each case is a customer or sales file whose other columns are settled, one column `x` of made-up
values, and the field a careful person would give it (None: none can be told).
"""

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from copilot.customers.importing import infer, mapping
from copilot.customers.importing.expressions import fill_cells, install
from copilot.customers.importing.readers import workbench

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def _repeat(*values: str) -> list[str]:
    return [values[i % len(values)] for i in range(24)]


def _each(pattern: str, start: int = 1) -> list[str]:
    return [pattern.replace("#", str(start + i)) for i in range(24)]


CUSTOMERS: list[tuple[list[str], str | None]] = [
    (_each("ann#@example.org"), "email"),
    (_each("Ann.#@Example.ORG"), "email"),
    (_each("a+#@mail.example.org"), "email"),
    ([*_each("b#@example.org")[:22], "", ""], "email"),
    ([*_each("c#@example.org")[:22], "none given", "ask"], "email"),
    (_each("+44 7700 9001#", 10), "phone"),
    (_each("+49 30 90182#", 10), "phone"),
    (_each("0044 7700 9001#", 10), "phone"),
    (_each("(020) 7946 09#", 10), "phone"),
    (_each("020-7946-09#", 10), "phone"),
    (_each("07700 9001#", 10), "phone"),
    (_each("+34 600 00 01 #", 10), "phone"),
    (_repeat("en", "de", "fr"), "language"),
    (_repeat("en-GB", "de-DE"), "language"),
    (_repeat("es_ES", "en_GB", "pl_PL"), "language"),
    (_repeat("pl", "pl", "uk"), "language"),
    (_repeat("GB", "DE", "FR"), "country"),
    (_repeat("US", "CA"), "country"),
    (_repeat("ES", "PT", "IT"), "country"),
    (_repeat("GB", "GB", "GB", "IE"), "country"),
    (_repeat("red", "blue", "green"), None),
    (_repeat("Ann", "Bob", "Cy", "Di"), None),
    (_repeat("yes", "no"), None),
    (_repeat("Y", "N"), None),
    (_repeat("1", "0"), None),
    (_each("#"), None),
    (_each("10#.5"), None),
    (_each("2024-01-#", 10)[:15], None),
    (_each("192.168.0.#"), None),
    (_each("https://example.org/#"), None),
    (_each("@handle#"), None),
    (_each("LS# 1AA"), None),
    (_each("0106#", 10), None),
    (_each("AB-12-#"), None),
    (_repeat("S", "M", "L"), None),
    (_repeat("no", "ok"), None),
    (_repeat("Mr", "Ms"), None),
    (_each("4000 1234 5678 90#", 10), None),
    (_each("12:3#", 0), None),
    (_each("note number # about bread"), None),
]
SALES: list[tuple[list[str], str | None]] = [
    (_each("2026-01-#", 10)[:15], "at"),
    (_each("#.02.2026", 1), "at"),
    (_each("#/03/2026", 1), "at"),
    (_each("2026-01-05 10:#", 10), "at"),
    (_each("2026-01-05T10:#:00Z", 10), "at"),
    (_each("#/3/26", 1), "at"),
    (_each("#.50"), "amount"),
    (_each("#,90"), "amount"),
    (_each("£ #.25"), "amount"),
    (_each("#,25 €"), "amount"),
    (_each("1.#00,00", 1)[:9], "amount"),
    (_each("-#.10"), "amount"),
    (_each("$#.99"), "amount"),
    (_each("d#@example.org"), None),
    (_repeat("1", "2", "3"), None),
    (_repeat("card", "cash"), None),
    (_repeat("20%", "0%"), None),
    (_each("#"), None),
    (_each("T-00#"), None),
    (_repeat("rye", "bun"), None),
    (_repeat("true", "false"), None),
    (_each("10:#", 10), None),
]
FIRST = {"customers": "customer_id", "transactions": "customer_id"}


@pytest.fixture(scope="module")
def measured() -> dict[str, list[tuple[float, str | None, str | None]]]:
    """Confidence, field proposed and field expected of every case, by table."""
    found: dict[str, list[tuple[float, str | None, str | None]]] = defaultdict(list)
    for table, cases in (("customers", CUSTOMERS), ("transactions", SALES)):
        for values, expected in cases:
            with workbench() as con:
                found[table].append((*_proposed(con, table, values), expected))
    return found


def _proposed(con: "DuckDBPyConnection", table: str, values: list[str]) -> tuple[float, str | None]:
    install(con)
    con.execute("CREATE TABLE raw (row BIGINT, c0 VARCHAR, c1 VARCHAR)")
    rows = [[i, f"C{i % 5}", value] for i, value in enumerate(values, 2)]
    con.executemany("INSERT INTO raw VALUES (?, ?, ?)", rows)
    fill_cells(con, 2, guarded=False)
    evidence = infer.evidence(con, 2, len(values))
    plan = mapping.propose((FIRST[table], "x"), evidence, table=table)  # type: ignore[arg-type]
    return plan.columns[1].confidence, plan.columns[1].field


def test_there_are_enough_cases_of_both_kinds() -> None:
    cases = CUSTOMERS + SALES
    assert len(cases) >= 60
    assert sum(expected is None for _, expected in cases) >= 25


def test_a_confidence_is_no_higher_than_how_often_it_was_right(
    measured: dict[str, list[tuple[float, str | None, str | None]]],
) -> None:
    told: dict[float, list[bool]] = defaultdict(list)
    for results in measured.values():
        for confidence, field, expected in results:
            if field is not None:
                told[confidence].append(field == expected)
    shares = {confidence: sum(right) / len(right) for confidence, right in told.items()}
    assert {c: s for c, s in shares.items() if s < c} == {}
    assert sum(map(len, told.values())) >= 30


def test_most_columns_that_could_be_told_are_told(
    measured: dict[str, list[tuple[float, str | None, str | None]]],
) -> None:
    could = [
        (field, expected)
        for results in measured.values()
        for _, field, expected in results
        if expected is not None
    ]
    assert sum(field == expected for field, expected in could) >= 0.9 * len(could)
