"""The port to the data engine: tables, generations, and the traps it must not fall into."""

from pathlib import Path

import pytest
from stored import engine_of

from copilot.customers.engine import Engine
from copilot.customers.localities import localities
from copilot.customers.people import people
from copilot.errors import DataError, StoreError

ONE = {"customers": [{"customer_id": "1", "city": "Leeds"}]}


def test_a_missing_table_names_the_command_that_imports_it(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, ONE)
    assert engine.has("customers")
    assert not engine.has("transactions")
    with pytest.raises(DataError, match="import FILE --as transactions"):
        engine.table("transactions")


def test_rows_come_as_dictionaries_and_sql_as_text_that_runs(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, ONE)
    table = engine.table("customers").select("customer_id", "city")
    assert engine.rows(table) == [{"customer_id": "1", "city": "Leeds"}]
    assert engine.connection.con.sql(engine.sql(table)).fetchall() == [("1", "Leeds")]


def test_a_new_generation_of_the_store_is_seen_without_reopening(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, ONE)
    assert len(engine.rows(people(engine))) == 1
    assert localities(engine, "city")[0].customers == 1
    engine_of(tmp_path, {"customers": [*ONE["customers"], {"customer_id": "2", "city": "Leeds"}]})
    assert len(engine.rows(people(engine))) == 2
    assert localities(engine, "city")[0].customers == 2


def test_kept_tables_and_values_are_made_once_a_generation(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, ONE)
    made: list[str] = []

    def value() -> str:
        made.append("x")
        return "x"

    assert engine.remembered("x", value) == engine.remembered("x", value) == "x"
    assert engine.kept("t", lambda: engine.table("customers")) is engine.kept("t", _never)
    assert made == ["x"]
    engine_of(tmp_path, ONE)
    engine.remembered("x", value)
    assert made == ["x", "x"]


def _never() -> object:
    raise AssertionError("made twice")


def test_an_engine_can_be_closed_and_used_again(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, ONE)
    people(engine)
    engine.close()
    assert len(engine.rows(people(engine))) == 1


def test_an_engine_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nosuchengine"):
        _ = Engine(engine_of(tmp_path, ONE).store, url="nosuchengine://x").connection


def test_averages_of_whole_numbers_keep_their_fractions(tmp_path: Path) -> None:
    lines = [
        {
            "transaction_id": str(n),
            "customer_id": "1",
            "basket_id": basket,
            "at": "2026-01-01 09:00",
            "amount": "1.00",
        }
        for n, basket in enumerate("aab")
    ]
    customers = [{"customer_id": "1", "city": "Leeds"}] + [
        {"customer_id": f"x{n}", "city": "Leeds"} for n in range(11)
    ]
    engine = engine_of(tmp_path, {"customers": customers, "transactions": lines})
    assert localities(engine, "city")[0].average_basket == 1.5


def test_money_adds_up_exactly(tmp_path: Path) -> None:
    lines = [
        {"transaction_id": str(n), "customer_id": "1", "at": "2026-01-01 09:00", "amount": "0.10"}
        for n in range(30)
    ]
    engine = engine_of(tmp_path, {**ONE, "transactions": lines})
    assert engine.rows(people(engine))[0]["monetary"] == 3.0
