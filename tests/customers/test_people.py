"""One row a customer, against sums in plain Python."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, revenue, visits
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.people import people
from copilot.errors import DataError

BOOKS = Books()


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("people"), bakery_tables())
    yield engine
    engine.close()


def test_figures_of_every_customer_equal_sums_over_the_rows(bakery: Engine) -> None:
    rows = {row["customer_id"]: row for row in bakery.rows(people(bakery))}
    assert set(rows) == set(BOOKS.customers)
    counts = visits(BOOKS.lines)
    last = dt.date.fromisoformat(BOOKS.last)
    for customer, row in rows.items():
        own = BOOKS.lines_of[customer]
        days = sorted(line["day"] for line in own)
        assert row["frequency"] == counts[customer]
        assert row["monetary"] == pytest.approx(revenue(own), abs=0.005)
        assert str(row["first_purchase"]) == (days[0] if days else "None")
        recency = (last - dt.date.fromisoformat(days[-1])).days if days else None
        assert row["recency_days"] == recency


def test_favourites_are_bought_on_most_occasions(bakery: Engine) -> None:
    for row in bakery.rows(people(bakery)):
        for column, field in (
            ("favourite_product", "product"),
            ("favourite_category", "category"),
            ("home_store", "store_id"),
        ):
            own = BOOKS.lines_of[row["customer_id"]]
            if own:
                assert row[column] == _favourite(own, field)


def _favourite(lines: list[dict[str, str]], field: str) -> str:
    def strength(value: str) -> tuple[float, float, str]:
        kept = [line for line in lines if line[field] == value]
        return (-len({x["basket_id"] for x in kept}), -revenue(kept), value)

    return min({line[field] for line in lines}, key=strength)


def test_without_purchases_the_own_store_is_home(bakery: Engine) -> None:
    idle = [row for row in bakery.rows(people(bakery)) if row["frequency"] == 0]
    assert idle
    for row in idle:
        store = BOOKS.customers[row["customer_id"]]["store_id"]
        assert (row["home_store"], row["store_name"]) == (store, BOOKS.stores[store]["name"])
        assert row["recency_days"] is None
        assert row["monetary"] == 0.0


def test_unknown_consent_is_neither_yes_nor_no(bakery: Engine) -> None:
    said = {"yes": True, "no": False, "": None, None: None}
    for row in bakery.rows(people(bakery)):
        status = BOOKS.consent.get((row["customer_id"], "email"))
        assert row["consent_email"] is said[status]
        assert row["consent_push"] is None


def test_missing_tables_leave_their_columns_empty(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, {"customers": [{"customer_id": "1", "city": "Leeds"}]})
    row = engine.rows(people(engine))[0]
    assert row["city"] == "Leeds"
    for column in ("frequency", "monetary", "favourite_product", "store_name", "consent_email"):
        assert row[column] is None


def test_without_customers_the_command_is_named(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, {"products": []})
    with pytest.raises(DataError, match="customers import"):
        people(engine)


def test_days_count_as_visits_where_baskets_are_not_recorded(tmp_path: Path) -> None:
    lines = [
        {"transaction_id": str(n), "customer_id": "1", "at": at, "amount": "1.10"}
        for n, at in enumerate(["2026-01-01 09:00", "2026-01-01 17:00", "2026-01-02 09:00"])
    ]
    engine = engine_of(tmp_path, {"customers": [{"customer_id": "1"}], "transactions": lines})
    row = engine.rows(people(engine))[0]
    assert (row["frequency"], row["monetary"]) == (2, 3.3)
