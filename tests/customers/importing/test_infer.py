"""Dates, decimals and values are decided on the whole column, and doubts are said aloud."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from copilot.customers.importing import infer, values
from copilot.customers.importing.expressions import fill_cells, install
from copilot.customers.importing.readers import workbench

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.fixture
def con() -> Iterator["DuckDBPyConnection"]:
    with workbench() as connection:
        install(connection)
        yield connection


def column(con: "DuckDBPyConnection", *texts: str) -> None:
    con.execute("CREATE TABLE raw (row BIGINT, c0 VARCHAR)")
    con.executemany("INSERT INTO raw VALUES (?, ?)", [[i, t] for i, t in enumerate(texts, 2)])
    fill_cells(con, 1, guarded=False)


def style(con: "DuckDBPyConnection", kind: str, **options: object) -> infer.Style:
    settings: dict[str, object] = {"delimiter": ",", "country": None, "hints": {}, **options}
    numbers = {"f": "c0"} if kind == "number" else {}
    dates = {"f": "c0"} if kind == "date" else {}
    return infer.decide_style(con, numbers, dates, names={"f": "Spalte"}, **settings)  # type: ignore[arg-type]


def test_one_late_day_above_twelve_decides_the_order(con: "DuckDBPyConnection") -> None:
    column(con, *["03/04/2024"] * 200, "13/04/2024")
    decided = style(con, "date")
    assert decided.mdy == {"f": False}
    assert decided.warnings == ()


def test_one_late_month_position_above_twelve_decides_the_order(
    con: "DuckDBPyConnection",
) -> None:
    column(con, *["03/04/2024"] * 200, "04/13/2024")
    assert style(con, "date").mdy == {"f": True}


def test_wholly_ambiguous_dates_are_reported_and_follow_the_country(
    con: "DuckDBPyConnection",
) -> None:
    column(con, "03/04/2024", "05/06/2024")
    decided = style(con, "date", country="US")
    assert decided.mdy == {"f": True}
    assert "month/day (usual in US)" in decided.warnings[0]
    assert "no evidence either way" in style(con, "date").warnings[0]


def test_a_hint_overrules_the_evidence(con: "DuckDBPyConnection") -> None:
    column(con, "03/04/2024", "05/06/2024")
    decided = style(con, "date", hints={"f": "mdy"})
    assert (decided.mdy, decided.warnings) == ({"f": True}, ())


def test_mixed_orders_are_told(con: "DuckDBPyConnection") -> None:
    column(con, "13/04/2024", "14/04/2024", "04/15/2024", "03/04/2024")
    assert "mixes day/month (2) and month/day (1)" in style(con, "date").warnings[0]


def test_decimal_commas_are_seen_in_the_whole_column(con: "DuckDBPyConnection") -> None:
    column(con, *["1.234"] * 50, "1.234,50")
    assert style(con, "number").comma == {"f": True}


def test_numbers_that_read_either_way_are_reported(con: "DuckDBPyConnection") -> None:
    column(con, "1.234", "2.345")
    assert style(con, "number", delimiter=";").comma == {"f": True}
    assert "2 numbers of column 'Spalte' read either way" in style(con, "number").warnings[0]


@pytest.mark.parametrize(
    ("text", "comma", "expected"),
    [
        ("1.234,56", True, "1234.56"),
        ("1,234.50", False, "1234.50"),
        ("€ 1,234.50", False, "1234.50"),
        ("1 234,50 €", True, "1234.50"),
        ("1'234.56", False, "1234.56"),
        ("(123.45)", False, "-123.45"),
        ("123.45-", False, "-123.45"),
        ("−5", False, "-5.00"),
        ("12,34,567.50", False, "1234567.50"),
        ("EUR 12", False, "12.00"),
    ],
)
def test_amounts_of_many_looks_have_one_value(
    con: "DuckDBPyConnection", text: str, comma: bool, expected: str
) -> None:
    row = con.execute(
        f"SELECT money_of(digits_of('{text.replace(chr(39), chr(39) * 2)}'), {comma})"
    )
    assert row.fetchone() == (Decimal(expected),)


@pytest.mark.parametrize("text", ["abc", "12abc", "1.2.3", "1,2,3", "12-34", ""])
def test_what_is_no_number_is_none(con: "DuckDBPyConnection", text: str) -> None:
    assert con.execute(f"SELECT money_of(digits_of('{text}'), false)").fetchone() == (None,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-15", dt.datetime(2026, 11, 15)),
        ("2026-11-15T10:05:03Z", dt.datetime(2026, 11, 15, 10, 5, 3)),
        ("2026-11-15 10:05:03+02:00", dt.datetime(2026, 11, 15, 10, 5, 3)),
        ("2026/1/5", dt.datetime(2026, 1, 5)),
        ("15.11.2026 08:30", dt.datetime(2026, 11, 15, 8, 30)),
        ("1/2/2024 3:05 PM", dt.datetime(2024, 2, 1, 15, 5)),
        ("20240131", dt.datetime(2024, 1, 31)),
        ("1700000000", dt.datetime(2023, 11, 14, 22, 13, 20)),
        ("45000", dt.datetime(2023, 3, 15)),
        ("2026-02-30", None),
        ("31/04/2024", None),
        ("soon", None),
    ],
)
def test_moments_are_read_or_refused(
    con: "DuckDBPyConnection", text: str, expected: dt.datetime | None
) -> None:
    assert con.execute(f"SELECT moment_of('{text}', false)").fetchone() == (expected,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3rd March 2024", dt.datetime(2024, 3, 3)),
        ("15. März 2026", dt.datetime(2026, 3, 15)),
        ("5 de enero de 2024", dt.datetime(2024, 1, 5)),
        ("March 5, 2024 3:04 pm", dt.datetime(2024, 3, 5, 15, 4)),
        ("31 June 2024", None),
        ("someday 2024", None),
    ],
)
def test_dates_in_words_are_read(text: str, expected: dt.datetime | None) -> None:
    assert values.date_in_words(text) == expected


@pytest.mark.parametrize("word", ["N/A", "-", "--", "null", "None", "?", " ", "\t", "n/a "])
def test_empty_words_are_empty(con: "DuckDBPyConnection", word: str) -> None:
    column(con, word, "x")
    assert con.execute("SELECT c0 FROM cells ORDER BY row").fetchall() == [(None,), ("x",)]


def test_countries_and_languages_become_codes() -> None:
    assert [values.country(x) for x in ("uk", "Deutschland", "España", "DEU", "Atlantis")] == [
        "GB",
        "DE",
        "ES",
        "DE",
        None,
    ]
    assert [values.language(x) for x in ("EN-gb", "Deutsch", "español", "pol", "zz9")] == [
        "en",
        "de",
        "es",
        "pl",
        None,
    ]


def test_emails_and_phones_are_checked_without_a_network() -> None:
    assert values.email(" Ann.B@Example.ORG ") == "Ann.B@example.org"
    assert values.email("ann@example") is None
    assert values.email("=cmd@example.org") is None
    assert values.phone("07700 900123", "GB") == "+447700900123"
    assert values.phone("0044 7700 900123", None) == "+447700900123"
    assert values.phone("07700 900123", None) is None
    assert values.phone("12", "GB") is None


@pytest.mark.parametrize("region", ["GB", "DE", "FR", "ES", "US", "PL", "NL", "AT", "CH", "IE"])
def test_the_quick_phone_pattern_agrees_with_the_library(region: str) -> None:
    import re

    found = values.phone_pattern(region)
    assert found is not None
    code, pattern = found
    for national in ("7700900123", "30901820", "612345678", "2125550100", "1484695350"):
        for prefix in ("", "0", f"+{code}", f"00{code}", "1"):
            match = re.fullmatch(pattern, prefix + national)
            if match:
                assert f"+{code}{match[1]}" == values.phone(prefix + national, region)
