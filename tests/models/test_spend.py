import threading

import pytest

from copilot.errors import BudgetError
from copilot.models.spend import Meter, add, cost_usd, estimate_tokens, most_tokens
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


def test_the_most_tokens_of_a_text_are_more_than_its_estimate() -> None:
    assert most_tokens("Brötchen") == 5  # nine bytes
    assert most_tokens("a plain sentence") > estimate_tokens("a plain sentence")


def test_calls_under_way_together_cannot_pass_the_budget() -> None:
    meter = Meter(budget_usd=1.0)
    refused = 0

    def caller() -> None:
        nonlocal refused
        for _ in range(20):
            try:
                with meter.reserved(0.09):
                    meter.record(Usage(cost_usd=0.03))
            except BudgetError:
                refused += 1

    threads = [threading.Thread(target=caller) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused > 0
    assert meter.total.cost_usd is not None
    assert 0.91 < meter.total.cost_usd <= 1.0  # no call is given up while it could still fit


def test_a_call_waits_for_what_another_keeps_aside_and_is_then_let_through() -> None:
    meter = Meter(budget_usd=1.0)
    through = threading.Event()

    def second() -> None:
        with meter.reserved(0.6):
            through.set()

    waiting = threading.Thread(target=second)
    with meter.reserved(0.6):
        waiting.start()
        assert not through.wait(0.2)
        meter.record(Usage(cost_usd=0.1))
    assert through.wait(10)
    waiting.join()


def test_a_call_that_could_pass_the_budget_or_has_no_price_is_refused_before_it_is_made() -> None:
    meter = Meter(budget_usd=0.5, total=Usage(cost_usd=0.45))
    with pytest.raises(BudgetError, match=r"0\.45.*so far, and the next call could take 0\.1"):
        meter.reserved(0.1).__enter__()
    with pytest.raises(BudgetError, match="price is unknown"):
        meter.reserved(None).__enter__()


def test_without_a_budget_an_unknown_price_is_no_obstacle() -> None:
    with Meter().reserved(None):
        pass
    assert Meter().total == Usage()
