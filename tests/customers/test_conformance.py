"""An engine that counts otherwise than DuckDB is named before any of its numbers is shown."""

from pathlib import Path
from typing import Any

import pytest
from stored import engine_of

from copilot.customers import backends, conformance, conformance_data, dialects
from copilot.customers.engine import Engine
from copilot.customers.store import Store
from copilot.errors import StoreError

ONE = {"customers": [{"customer_id": "1", "city": "Leeds"}]}


def sqlite(folder: Path) -> str:
    return f"sqlite://{folder / 'other.db'}"


def test_the_default_engine_gives_what_was_worked_out_by_hand(tmp_path: Path) -> None:
    store = Store(tmp_path)
    conformance_data.write(store)
    engine = Engine(store)
    for name, by_hand in conformance_data.TRUTHS.items():
        rows = engine.rows(conformance_data.EXPRESSIONS[name](engine))
        assert [tuple(row.values()) for row in rows] == by_hand, name


def test_sqlite_passes_and_the_pass_is_kept_for_its_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_of(tmp_path, ONE, url=sqlite(tmp_path))
    assert not conformance.passed(engine)
    assert engine.has("customers")
    assert conformance.passed(engine)
    engine.close()
    monkeypatch.setattr(conformance, "first_difference", _never)
    again = Engine(engine.store, url=engine.url)
    assert again.has("customers")
    monkeypatch.setattr(conformance, "versions", lambda _: {"sqlite": "another"})
    with pytest.raises(AssertionError, match="compared again"):
        Engine(engine.store, url=engine.url).has("customers")


def _never(url: str) -> str:
    raise AssertionError("compared again")


def _plain_sqlite(connection: Any) -> None:
    """SQLite as it is: lower() knows ASCII only."""
    dialects.sqlite(connection)
    connection.con.create_function("lower", 1, _ascii_lower, deterministic=True)


def _ascii_lower(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "".join(each.lower() if each.isascii() else each for each in value)


def _cut_letters(connection: Any) -> None:
    """Spark's mistake with form feeds, played on SQLite: the first f is taken for a blank."""
    dialects.sqlite(connection)
    connection.con.create_function("trim", 2, lambda t, _: t and t.strip(" \tf"))


def _whole_numbers(connection: Any) -> None:
    """Rounding to whole numbers only."""
    dialects.sqlite(connection)
    connection.con.create_function("round", 1, lambda value: value and float(int(value)))


@pytest.mark.parametrize(
    ("broken", "named"),
    [(_plain_sqlite, "texts"), (_cut_letters, "texts"), (_whole_numbers, "rounding in sqlite")],
)
def test_an_engine_that_counts_otherwise_is_refused_with_the_first_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Any, named: str
) -> None:
    monkeypatch.setitem(backends._SET_UP, "sqlite", broken)
    engine = engine_of(tmp_path, ONE, url=sqlite(tmp_path))
    with pytest.raises(StoreError, match=f"does not count as DuckDB does: {named}") as caught:
        engine.table("customers")
    assert "duckdb://" in caught.value.hint
    assert not conformance.passed(engine)


def test_a_broken_expression_is_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_more(engine: Engine) -> Any:
        table = conformance_data._groups(engine)
        more = int(engine.connection.name != "duckdb")
        return table.mutate(lines=table["lines"] + more)

    monkeypatch.setitem(conformance_data.EXPRESSIONS, "groups and shares", one_more)
    found = conformance.first_difference(sqlite(tmp_path))
    assert found.startswith("groups and shares, row 1.lines is ")


@pytest.mark.parametrize(
    ("want", "got", "said"),
    [
        ([1], [1.0], "x, row 1 is 1.0 and not 1"),
        ([1.0], [1.0 + 1e-12], ""),
        ([1.0], [1.0 + 1e-8], "x, row 1 is 1.00000001 and not 1.0"),
        ([{"a": 1}], [{"b": 1}], "x, row 1 has ['b'] and not ['a']"),
        ([1], [], "x has 0 rows and not 1"),
        (None, 0, "x is 0 and not None"),
        ("é", "É", "x is 'É' and not 'é'"),
    ],
)
def test_what_counts_as_a_difference(want: Any, got: Any, said: str) -> None:
    assert next(conformance.differences(want, got, "x"), "") == said


def test_a_damaged_record_of_passes_is_no_pass(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, ONE, url=sqlite(tmp_path))
    (engine.store.folder / conformance.FILE).write_text("{", encoding="utf-8")
    assert not conformance.passed(engine)
