import pytest

from copilot.errors import BudgetError
from copilot.models.spend import Meter, add, cost_usd, estimate_tokens
from copilot.records import Usage


def test_a_known_model_has_a_price_that_grows_with_its_tokens() -> None:
    one, two = cost_usd("gpt-4o-mini", 1000, 1000), cost_usd("gpt-4o-mini", 2000, 2000)
    assert one is not None
    assert two == pytest.approx(2 * one)
    assert one == pytest.approx(0.00015 + 0.0006)  # the published 0.15 and 0.60 USD a million


def test_an_unknown_model_costs_unknown_and_never_zero() -> None:
    assert cost_usd("smollm2-135m", 1000, 1000) is None


def test_a_sum_with_an_unknown_cost_is_unknown() -> None:
    known = Usage(input_tokens=1, output_tokens=2, cost_usd=0.5)
    unknown = Usage(input_tokens=3, output_tokens=4, cost_usd=None)
    assert add(known, known) == Usage(input_tokens=2, output_tokens=4, cost_usd=1.0)
    assert add(known, unknown) == Usage(input_tokens=4, output_tokens=6, cost_usd=None)


def test_a_spent_budget_stops_the_next_call() -> None:
    meter = Meter(budget_usd=0.01)
    meter.check()
    meter.record(Usage(input_tokens=1, output_tokens=1, cost_usd=0.01))
    with pytest.raises(BudgetError, match=r"0\.01 USD is spent"):
        meter.check()


def test_a_budget_cannot_be_kept_at_an_unknown_price() -> None:
    meter = Meter(budget_usd=1.0)
    meter.record(Usage(input_tokens=1, output_tokens=1, cost_usd=None))
    with pytest.raises(BudgetError, match="price is unknown"):
        meter.check()


def test_tokens_are_estimated_upwards() -> None:
    assert [estimate_tokens("x" * n) for n in (0, 1, 4, 5)] == [0, 1, 1, 2]
