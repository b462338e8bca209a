"""Over- and under-indexes: bounds, moments, intervals, gates, and every kind of item."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from planted import Business, grocer

from copilot.customers.engine import Engine
from copilot.customers.places.localities import (
    item_indexes,
    over_index_cells,
    over_index_table,
    under_index_cells,
)
from copilot.customers.places.overindex import PRIOR_BOUNDS, Cell, best, prior_strength
from copilot.errors import DataError
from copilot.records import ItemKind, OverIndex


def test_no_more_spread_than_chance_shrinks_as_much_as_allowed() -> None:
    assert prior_strength(observed=10.0, chance=12.0, squares=100.0) == PRIOR_BOUNDS[1]


def test_excess_spread_gives_the_strength_by_moments() -> None:
    assert prior_strength(observed=30.0, chance=10.0, squares=100.0) == pytest.approx(5.0)


def test_wild_spread_still_shrinks_a_little() -> None:
    assert prior_strength(observed=1e9, chance=1.0, squares=100.0) == PRIOR_BOUNDS[0]


def test_only_what_is_over_one_for_certain_is_among_the_best() -> None:
    def cell(name: str, low: float) -> Cell:
        item = OverIndex(
            name=name, kind="product", index=low + 0.2, low=low, high=low + 0.5, customers=20
        )
        return Cell("a", item)

    found = best([cell("one", 1.4), cell("two", 1.1), cell("three", 0.9)], top=5)
    assert [item.name for item in found["a"]] == ["one", "two"]
    assert [item.name for item in best([cell("one", 1.4), cell("two", 1.1)], top=1)["a"]] == ["one"]


@pytest.fixture(scope="module")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = grocer().engine(tmp_path_factory.mktemp("overindex"))
    yield engine
    engine.close()


def test_what_is_bought_less_is_found_though_few_or_none_bought_it(grocery: Engine) -> None:
    under = {(c.unit, c.over.name): c.over for c in under_index_cells(grocery, "store", "product")}
    assert under["plain-3", "lard"].customers < 20
    assert under["rich-3", "goat cheese"].customers == 0
    assert all(item.low < item.index < item.high < 1 for item in under.values())


def test_what_everybody_buys_as_usual_is_neither_over_nor_under(grocery: Engine) -> None:
    for one in item_indexes(grocery, "store", "product"):
        if one.name == "rich-1":  # where guests come for oats alone
            continue
        assert "bread" not in {item.name for item in (*one.over, *one.under)}


def test_too_few_usual_buyers_make_no_under_index(grocery: Engine) -> None:
    for cell in under_index_cells(grocery, "store", "product"):
        assert cell.over.name not in {"caviar", "saffron", "oats"}


def test_one_persons_spend_makes_no_over_index(grocery: Engine) -> None:
    shown = over_index_cells(grocery, "store", "product")
    assert "saffron" not in {cell.over.name for cell in shown}
    counted = grocery.rows(over_index_table(grocery, "store", "product"))
    assert [row["x"] for row in counted if row["item"] == "saffron"] == [30]


@pytest.mark.parametrize("kind", ["department", "brand", "service"])
def test_departments_brands_and_services_are_read_from_the_products(
    tmp_path: Path, kind: ItemKind
) -> None:
    shop = Business()
    fields = {
        "department": {"attributes": {"department": "floral"}},
        "brand": {"brand": "floral"},
        "service": {"attributes": {"type": "Service", "service": "floral"}},
    }
    shop.product("rose", **fields[kind])
    shop.product("plain")
    for city in ("A", "B"):
        for number in range(60):
            key = shop.customer(f"{city}{number}", city=city)
            shop.buy(key, "plain", "", "2026-03-01 09:00")
            if city == "A" or number < 6:
                shop.buy(key, "rose", "", "2026-03-01 09:00")
    found = {one.name: one for one in item_indexes(shop.engine(tmp_path), "city", kind)}
    assert [item.name for item in found["A"].over] == ["floral"]
    assert [item.name for item in found["B"].under] == ["floral"]


def test_a_kind_no_product_has_is_refused_with_what_to_import(grocery: Engine) -> None:
    with pytest.raises(DataError, match="No product has a department"):
        item_indexes(grocery, "store", "department")
