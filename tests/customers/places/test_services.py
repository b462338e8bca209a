"""Services with a planted truth: what fits a branch's classes is added, what does not dropped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from planted import BRANCHES, TAKE_UP, Business, bank

from copilot.customers.engine import Engine
from copilot.customers.places.services import services
from copilot.errors import DataError
from copilot.records import LocalMove, LocalPlan

SHUT = {"Spa": "deposit", "Campus": "mortgage"}


@pytest.fixture(scope="module")
def branches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = bank(shut=SHUT).engine(tmp_path_factory.mktemp("services"))
    yield engine
    engine.close()


def moves(plan: LocalPlan) -> dict[str, LocalMove]:
    return {one.item: one for one in (*plan.add, *plan.keep, *plan.drop)}


def truth(branch: str, service: str) -> float:
    return sum(count * TAKE_UP[service][stage] for stage, count in BRANCHES[branch].items())


def test_the_class_that_explains_take_up_is_found(branches: Engine) -> None:
    assert services(branches, "branch", name="Spa")[0].compared_with == ("attributes.life_stage",)


def test_what_is_not_offered_and_fits_is_added(branches: Engine) -> None:
    added = services(branches, "branch", name="Spa")[0].add
    assert [one.item for one in added] == ["deposit"]
    assert added[0].expected_low < truth("Spa", "deposit") < added[0].expected_high
    assert added[0].low > 1.5
    assert "75% are retired" in added[0].reason


def test_expected_takers_are_those_of_the_mix_in_every_branch(branches: Engine) -> None:
    within = [
        one.expected_low <= truth(plan.name, item) <= one.expected_high
        for plan in services(branches)
        for item, one in moves(plan).items()
    ]
    assert len(within) >= 15
    assert sum(within) >= 0.9 * len(within)


def test_what_neither_sells_nor_suits_is_dropped(branches: Engine) -> None:
    people = sum(sum(mix.values()) for mix in BRANCHES.values())
    dropped = [(plan.name, one) for plan in services(branches) for one in plan.drop]
    for branch, one in dropped:
        usual = sum(truth(name, one.item) for name in BRANCHES) / people
        assert truth(branch, one.item) < 2 / 3 * usual * sum(BRANCHES[branch].values())
        assert one.high < 2 / 3
    assert {("Garden", "student card"), ("Meadow", "student card")} <= {
        (branch, one.item) for branch, one in dropped
    }


def test_what_suits_and_sells_badly_is_promoted_and_not_dropped(tmp_path: Path) -> None:
    shop = bank()
    lines = shop.tables["transactions"]
    taken = [row for row in lines if (row["store_id"], row["product_id"]) == ("Spa", "deposit")]
    for row in taken[25:]:
        lines.remove(row)
    one = moves(services(shop.engine(tmp_path), "branch", name="Spa")[0])["deposit"]
    assert one.move == "keep"
    assert "promote it" in one.reason


def test_other_products_are_no_services(branches: Engine) -> None:
    for plan in services(branches, top=100):
        assert plan.kind == "service"
        assert "pen" not in moves(plan)


def test_small_branches_are_left_out_or_refused(branches: Engine) -> None:
    assert "Kiosk" not in {plan.name for plan in services(branches)}
    with pytest.raises(DataError, match="'Kiosk' has 9"):
        services(branches, name="Kiosk")


def test_holdings_listed_with_the_customers_count_as_services(tmp_path: Path) -> None:
    shop = Business()
    for number in range(120):
        south = number % 2
        held = ["savings"] + (["loan"] if number % 4 < 2 else [])
        shop.customer(
            f"C{number}",
            neighbourhood="South" if south else "North",
            attributes={"holdings": "; ".join(held)},
        )
    engine = shop.engine(tmp_path)
    found = {plan.name: plan for plan in services(engine, "neighbourhood")}
    assert {one.item: one.customers for one in found["South"].keep} == {"savings": 60, "loan": 30}


def test_without_services_categories_are_taken_and_it_is_said(tmp_path: Path) -> None:
    shop = Business()
    shop.product("bread", category="bakery")
    for number in range(60):
        shop.buy(shop.customer(f"C{number}", city="Leeds"), "bread", "", "2026-03-01 09:00")
    plan = services(shop.engine(tmp_path), "city")[0]
    assert plan.kind == "category"
    assert "each category is taken for one" in " ".join(plan.notes)


@pytest.mark.parametrize(
    ("by", "said"), [("store.kind", "about stores"), ("attributes.health", "health"), ("x", "'x'")]
)
def test_classes_that_cannot_be_used_are_refused(branches: Engine, by: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        services(branches, by=by)
