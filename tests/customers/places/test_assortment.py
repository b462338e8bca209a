"""Shelves with a planted truth: the missing, the slow and the strong are found, the thin never."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from planted import grocer

from copilot.customers.engine import Engine
from copilot.customers.places.assortment import assortment
from copilot.errors import DataError
from copilot.records import LocalMove, LocalPlan


@pytest.fixture(scope="module")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = grocer().engine(tmp_path_factory.mktemp("assortment"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def plans(grocery: Engine) -> dict[str, LocalPlan]:
    return {plan.name: plan for plan in assortment(grocery, top=100)}


def moves(plan: LocalPlan) -> dict[str, LocalMove]:
    return {one.item: one for one in (*plan.add, *plan.keep, *plan.drop)}


def test_stores_are_held_against_their_like(plans: dict[str, LocalPlan]) -> None:
    assert set(plans["rich-3"].compared_with) == {"rich-1", "rich-2"}
    assert set(plans["plain-1"].compared_with) == {"plain-2", "plain-3"}


def test_what_is_missing_and_strong_in_similar_stores_is_added(
    plans: dict[str, LocalPlan],
) -> None:
    added = plans["rich-3"].add
    assert [one.item for one in added] == ["goat cheese"]
    # 40% of 120 buy it where it is sold; the guest buyers of oats make rich-1's rate smaller.
    assert added[0].expected_low < 0.4 * 120 < added[0].expected_high
    assert added[0].low > 1
    assert "2 of 2 similar stores" in added[0].reason
    assert all(not plan.add for name, plan in plans.items() if name not in ("rich-3", "plain-2"))


def test_what_its_own_customers_buy_elsewhere_is_added(plans: dict[str, LocalPlan]) -> None:
    added = {one.item: one for one in plans["plain-2"].add}
    assert set(added) == {"oats"}
    assert added["oats"].customers == 40
    assert "40 of the store's own customers" in added["oats"].reason


def test_what_sells_far_below_similar_stores_for_long_is_dropped(
    plans: dict[str, LocalPlan],
) -> None:
    dropped = {(name, one.item) for name, plan in plans.items() for one in plan.drop}
    assert dropped == {("plain-3", "lard")}
    lard = plans["plain-3"].drop[0]
    assert lard.high < 2 / 3
    assert lard.expected_low < 0.4 * 120 < lard.expected_high
    assert lard.lift is not None
    assert lard.lift < 0


def test_thin_or_one_persons_goods_are_in_no_plan(plans: dict[str, LocalPlan]) -> None:
    for plan in plans.values():
        assert not {"caviar", "saffron"} & set(moves(plan))
        assert all(one.customers >= 20 for one in (*plan.add, *plan.keep))
    assert plans["plain-1"].thin >= 1


def test_what_came_lately_is_not_dropped(tmp_path: Path) -> None:
    shop = grocer()
    for line in shop.tables["transactions"]:
        if (line["store_id"], line["product_id"]) == ("plain-3", "lard"):
            line["at"] = "2026-10-01 10:20"
    assert assortment(shop.engine(tmp_path), name="plain-3")[0].drop == ()


def test_short_data_drop_nothing_and_say_so(tmp_path: Path) -> None:
    shop = grocer()
    for line in shop.tables["transactions"]:
        line["at"] = f"2026-10-{1 + len(line['transaction_id'])} 10:20"
    plan = assortment(shop.engine(tmp_path), name="plain-3")[0]
    assert plan.drop == ()
    assert "nothing is dropped" in " ".join(plan.notes)


def test_classes_of_stores_have_shelves_and_places_do_not(grocery: Engine) -> None:
    found = {plan.name: plan for plan in assortment(grocery, "store.demographics.income")}
    assert "goat cheese" in {one.item for one in found["rich"].keep}
    with pytest.raises(DataError, match="no level of stores"):
        assortment(grocery, "country")


def test_the_same_data_give_the_same_plans(
    plans: dict[str, LocalPlan], grocery: Engine, tmp_path: Path
) -> None:
    again = {plan.name: plan for plan in assortment(grocer().engine(tmp_path), top=100)}
    assert again == plans
