"""The shrinking behind over-indexes: bounds, moments and intervals."""

import pytest

from copilot.customers.overindex import PRIOR_BOUNDS, Cell, best, prior_strength
from copilot.records import OverIndex


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
