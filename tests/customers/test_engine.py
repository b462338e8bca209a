"""The port to the data engine: tables, generations, and the traps it must not fall into."""

from pathlib import Path

import pytest
from stored import bakery_tables, engine_of

from copilot import Copilot, Settings
from copilot.campaigns.briefing.brief import load_brief
from copilot.customers import backends, copies
from copilot.customers.engine import Engine
from copilot.customers.people import people
from copilot.customers.places.localities import localities
from copilot.errors import DataError, StoreError
from tests.conftest import ROOT, TODAY

SATURDAY = ROOT / "samples" / "bakery" / "saturday-loaves.yaml"
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


def test_an_engine_that_cannot_rank_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    for url, lacking in {"polars://": "no window functions", "datafusion://": "not start"}.items():
        engine = Engine(engine_of(tmp_path, ONE).store, url=url)
        with pytest.raises(StoreError, match=lacking):
            engine.table("customers")


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    url = "postgres://ann:s3cret@127.0.0.1:1/shop"
    assert backends.shown(url) == "postgres://ann:***@127.0.0.1:1/shop"
    assert backends.shown("duckdb://") == "duckdb://"
    assert backends.shown("pyspark://[half") == "pyspark://…"
    assert backends.reason(ValueError("bad s3cret here\nand more"), url) == "bad *** here"
    with pytest.raises(StoreError) as caught:
        Engine(engine_of(tmp_path, ONE).store, url=url).table("customers")
    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1" in caught.value.message


def test_a_table_that_cannot_be_read_is_a_store_error(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, ONE)
    engine.store.files()["customers"].write_bytes(b"no parquet")
    with pytest.raises(StoreError, match="failed") as caught:
        engine.rows(engine.table("customers"))
    assert caught.value.exit_code == 3
    engine_of(tmp_path, ONE)
    assert len(engine.rows(engine.table("customers"))) == 1


@pytest.mark.filterwarnings("ignore:fetch_arrow_table")  # Ibis 12 lists DuckDB's schemas with it
def test_batches_go_by_any_engines_own_insert(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB stands for a database nobody has written a copier for."""
    monkeypatch.setattr(copies, "BATCH_ROWS", 2)
    rows = [{"customer_id": str(n), "city": "Łódź", "birth_date": "2000-02-29"} for n in range(5)]
    engine = engine_of(tmp_path, {"customers": rows, "products": []})
    other = backends.connect("duckdb://")
    found = copies.copied(other, engine.store.folder, engine.store.files())
    again = found["customers"].order_by("customer_id").to_pyarrow().to_pylist()
    assert again == engine.rows(engine.whole("customers").order_by("customer_id"))
    assert found["products"].count().to_pyarrow().as_py() == 0
    copies.remove(other, engine.store.folder)
    assert not other.list_tables(database=copies.SCHEMA)


def test_a_result_of_another_engine_is_carried_into_duckdb(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'other.db'}"
    engine = Engine(engine_of(tmp_path, ONE).store, url=url, check=False)
    carried = engine.local(people(engine))
    assert carried.get_backend().name == "duckdb"
    assert carried.to_pyarrow().to_pylist() == engine.rows(people(engine))
    here = engine_of(tmp_path, ONE)
    assert here.local(people(here)) is people(here)


def test_a_draft_is_the_same_whichever_engine_finds_the_recipients(tmp_path: Path) -> None:
    engine_of(tmp_path, bakery_tables())
    brief = load_brief(SATURDAY)
    brief = brief.model_copy(update={"level": "individual", "by": None, "channels": ("email",)})
    written = []
    for url in ("duckdb://", f"sqlite://{tmp_path / 'other.db'}"):
        copilot = Copilot(Settings.load(tmp_path, engine=url), today=lambda: TODAY)
        copilot.engine = Engine(copilot.store, url=url, check=False)
        done = copilot.draft(brief, out=tmp_path / "out.jsonl", limit=25)
        assert done.passed == 25
        written.append(sorted((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()))
    assert written[0] == written[1]


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
