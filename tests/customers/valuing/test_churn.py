"""Churn risk: what was said and what came true, on the business's own holdout."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from shoppers import START, customers, leaving, line
from stored import engine_of

from copilot.customers.engine import Engine
from copilot.customers.valuing import churn as module
from copilot.customers.valuing.churn import churn, risks, wilson
from copilot.customers.valuing.history import histories
from copilot.errors import InputError, RefusedError

CUT = 300


@pytest.fixture(scope="module")
def leavers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    lines = leaving(2500, seed=4)
    tables = {"customers": customers(lines), "transactions": lines}
    engine = engine_of(tmp_path_factory.mktemp("churn"), tables)
    yield engine
    engine.close()


def test_what_was_said_comes_true_in_days_nobody_had_seen(leavers: Engine) -> None:
    """Risks as of day 300, judged on the 60 days that followed, which were kept out."""
    end = START + dt.timedelta(days=CUT)
    found = risks(leavers, horizon=60, as_of=end)
    later = histories(leavers, end, window=60, ahead=60, ids=True)
    assert later.ids.to_pylist() == found.past.ids.to_pylist()
    lost = later.actual == 0
    for low, high in ((0.0, 0.3), (0.3, 0.6), (0.6, 0.85), (0.85, 1.01)):
        inside = (found.risk >= low) & (found.risk < high)
        assert inside.sum() > 50
        assert lost[inside].mean() == pytest.approx(found.risk[inside].mean(), abs=0.08)


def test_the_reliability_table_is_of_the_holdout(leavers: Engine) -> None:
    report = churn(leavers, horizon=60, top=4)
    assert report.method == "BG/NBD"
    assert report.brier["BG/NBD"].value < report.brier["average rate"].value
    assert sum(row.customers for row in report.reliability) <= report.holdout_customers
    until = dt.date.fromisoformat(report.trained_until)
    past = histories(leavers, until, window=60, ahead=60)
    assert report.holdout_customers == len(past)
    assert report.base_rate == pytest.approx((past.actual == 0).mean(), abs=1e-4)
    for row in report.reliability:
        assert row.customers >= 20
        assert row.low <= row.said <= row.high
        assert row.happened.low <= row.happened.value <= row.happened.high
    assert sum(band.customers for band in report.bands) == 2500


def test_the_list_holds_money_at_risk_and_nobody_long_gone(leavers: Engine) -> None:
    report = churn(leavers, horizon=60, top=15)
    assert len(report.top) == 15
    assert all(one.days_since <= 60 for one in report.top)
    stakes = [one.risk * one.spent for one in report.top]
    assert stakes == sorted(stakes, reverse=True)


def test_every_customer_is_judged_by_a_curve_fitted_without_them() -> None:
    """Where the score says nothing, no customer's own outcome may leak into their chance."""
    rng = np.random.default_rng(8)
    score, lost = rng.normal(size=40), (rng.random(40) < 0.5).astype(float)
    chance = module._crossed(score, lost)
    turned = lost.copy()
    turned[7] = 1 - turned[7]
    again = module._crossed(score, turned)
    assert again[7] == pytest.approx(chance[7], abs=1e-12)
    assert abs(again - chance).max() > 1e-6


def test_the_curve_is_that_of_a_logistic_regression() -> None:
    rng = np.random.default_rng(9)
    score = rng.normal(3.0, 2.0, 200_000)
    lost = (rng.random(200_000) < 1 / (1 + np.exp(-(-2.0 + 0.7 * score)))).astype(float)
    assert module._fit_curve(score, lost) == pytest.approx((-2.0, 0.7), abs=0.03)
    divided = module._fit_curve(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert np.isfinite(divided).all()


def test_a_share_has_wilsons_interval() -> None:
    found = wilson(8, 10)
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_too_short_a_past_for_the_horizon_is_refused(leavers: Engine) -> None:
    with pytest.raises(RefusedError, match="span 400 days") as caught:
        churn(leavers, horizon=250)
    assert "at most 200 days" in caught.value.hint
    with pytest.raises(InputError, match="0 days"):
        churn(leavers, horizon=0)


def test_too_few_customers_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    lines = [line(n, f"c{n % 20}", n * 4, 5) for n in range(60)]
    engine = engine_of(tmp_path, {"transactions": lines})
    with pytest.raises(RefusedError, match="too little") as caught:
        churn(engine, horizon=60)
    assert "200 customers who had bought by the split (there are 20)" in caught.value.hint


def test_where_nothing_tells_who_leaves_no_risk_is_shown(tmp_path: Path) -> None:
    """Everybody looks the same before the split, and chance decides who comes after it."""
    rng = np.random.default_rng(10)
    lines = []
    for number in range(400):
        days = [0, 30, *([130] if rng.random() < 0.5 else [])]
        lines += [line(len(lines) + i, f"c{number:03d}", day, 5) for i, day in enumerate(days)]
    lines.append(line(len(lines), "", 160, 5))
    engine = engine_of(tmp_path, {"transactions": lines})
    with pytest.raises(RefusedError, match="average"):
        churn(engine, horizon=60)
