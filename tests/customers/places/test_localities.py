"""Localities and over-indexes against sums in plain Python."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, average_basket, baskets, buyers, revenue
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.places.localities import (
    localities,
    localities_query,
    over_index_cells,
    over_index_table,
)
from copilot.errors import DataError
from copilot.records import Locality, LocalityLevel

BOOKS = Books()


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("localities"), bakery_tables())
    yield engine
    engine.close()


def test_counts_and_revenue_equal_sums_over_the_rows(bakery: Engine) -> None:
    for place in localities(bakery, "neighbourhood"):
        lines = BOOKS.where(neighbourhood=place.name)
        assert place.customers == len(BOOKS.people(neighbourhood=place.name))
        assert place.buyers == buyers(lines)
        assert place.revenue == pytest.approx(revenue(lines))
        assert place.transactions == baskets(lines)
        assert place.average_basket == pytest.approx(average_basket(lines))


def test_stores_count_the_purchases_made_in_them(bakery: Engine) -> None:
    found = localities(bakery, "store")
    assert sum(place.customers for place in found) == len(BOOKS.customers)
    for place in found:
        lines = BOOKS.where(store=place.name)
        assert place.revenue == pytest.approx(revenue(lines))
        assert place.buyers == buyers(lines)
        assert [store.name for store in place.stores] == [place.name]


def test_response_rates_and_languages_are_shares(bakery: Engine) -> None:
    place = localities(bakery, "neighbourhood", name="harehills")[0]
    ids = set(BOOKS.people(neighbourhood="Harehills"))
    sent = [row for row in BOOKS.responses if row["customer_id"] in ids]
    answered = sum(bool(row["responded_at"]) for row in sent)
    assert place.response_rate == pytest.approx(answered / len(sent), abs=1e-4)
    assert place.responses == answered
    spoken = [BOOKS.customers[key]["language"] for key in ids if BOOKS.customers[key]["language"]]
    assert place.languages["pl"] == pytest.approx(spoken.count("pl") / len(spoken), abs=1e-4)


def test_the_planted_over_indexes_are_found(bakery: Engine) -> None:
    found = {place.name: [item.name for item in place.top] for place in _all(bakery)}
    assert found["Harehills"][0] == "Polish rye"
    assert "Country sourdough" in found["Chapel Allerton"]
    assert "White tin loaf" in found["Hunslet"]
    assert any(name.startswith("Gluten-free") for name in found["Roundhay"])


def _all(bakery: Engine) -> list[Locality]:
    return localities(bakery, "neighbourhood")


def test_shown_items_are_over_one_for_certain_surest_first(bakery: Engine) -> None:
    for place in localities(bakery, "neighbourhood", top=3):
        assert len(place.top) <= 3
        assert all(1 < item.low < item.index < item.high for item in place.top)
        assert [item.low for item in place.top] == sorted(
            (item.low for item in place.top), reverse=True
        )


def test_an_index_is_the_raw_ratio_drawn_towards_one(bakery: Engine) -> None:
    everyone, place = BOOKS.lines, BOOKS.where(neighbourhood="Harehills")
    n, everybody = buyers(place), buyers(everyone)
    x = buyers([line for line in place if line["product"] == "Polish rye"])
    bought = buyers([line for line in everyone if line["product"] == "Polish rye"])
    raw = (x / n) / (bought / everybody)
    cell = next(
        c
        for c in over_index_cells(bakery, "neighbourhood", "product")
        if (c.unit, c.over.name) == ("Harehills", "Polish rye")
    )
    assert 1 < cell.over.index < raw
    assert cell.over.customers == x


def test_thin_cells_are_not_shown(bakery: Engine) -> None:
    shown = over_index_cells(bakery, "neighbourhood", "product")
    assert min(cell.over.customers for cell in shown) >= 20
    behind = bakery.rows(over_index_table(bakery, "neighbourhood", "product"))
    assert min(row["x"] for row in behind) < 20


def shops(folder: Path, sizes: dict[str, int], *, big: float = 0.0) -> Engine:
    """Places with so many customers; all buy bread, those of `a` also buns, one for `big`."""
    customers, lines = [], []
    for place, size in sizes.items():
        for number in range(size):
            key = f"{place}{number}"
            customers.append({"customer_id": key, "city": place, "language": "en"})
            goods = ["bread"] + (["bun"] if place == "a" or number % 4 == 0 else [])
            for item in goods:
                amount = big if big and key == "a0" and item == "bun" else 1.0
                lines.append(
                    {
                        "transaction_id": f"{key}-{item}",
                        "customer_id": key,
                        "product_id": item,
                        "at": "2026-01-01 09:00",
                        "amount": f"{amount:.2f}",
                    }
                )
    return engine_of(folder, {"customers": customers, "transactions": lines})


def tops(engine: Engine) -> dict[str, list[str]]:
    return {p.name: [item.name for item in p.top] for p in localities(engine, "city")}


def test_one_customer_with_half_of_the_spend_hides_the_item(tmp_path: Path) -> None:
    sizes = {"a": 60, "b": 60, "c": 60}
    assert tops(shops(tmp_path / "even", sizes))["a"] == ["bun"]
    assert tops(shops(tmp_path / "big", sizes, big=500.0))["a"] == []


def test_places_under_ten_people_are_counted_and_not_described(tmp_path: Path) -> None:
    place = localities(shops(tmp_path, {"a": 60, "b": 9}), "city", name="B")[0]
    assert (place.customers, place.buyers) == (9, 9)
    assert (place.top, place.languages, place.response_rate) == ((), {}, None)


def test_customers_without_a_place_come_last_as_unknown(tmp_path: Path) -> None:
    found = localities(shops(tmp_path, {"": 70, "a": 30}), "city")
    assert [place.name for place in found] == ["a", "(unknown)"]
    assert found[-1].customers == 70
    assert found[-1].top == ()


def test_equal_places_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    found = localities(shops(tmp_path, {"d": 12, "c": 12, "b": 12}), "city")
    assert [place.name for place in found] == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("level", "name", "said"),
    [("postcode", None, "postcode"), ("city", "Atlantis", "Atlantis"), ("planet", None, "planet")],
)
def test_what_is_not_there_is_named(
    tmp_path: Path, level: LocalityLevel, name: str | None, said: str
) -> None:
    engine = shops(tmp_path, {"a": 12})
    with pytest.raises(DataError, match=said):
        localities(engine, level, name=name)


def test_the_query_runs_and_gives_its_rows(bakery: Engine) -> None:
    query = localities_query(bakery, "neighbourhood")
    ran = bakery.connection.con.sql(query.sql).fetchall()
    assert ran == [tuple(row.values()) for row in query.rows]
    assert query.rows[0]["name"] == localities(bakery, "neighbourhood")[0].name
