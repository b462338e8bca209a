"""BG/NBD and Gamma-Gamma: published figures, another implementation, simulation, odd data."""

import warnings

import numpy as np
import pytest

from copilot.customers.valuing import btyd
from copilot.customers.valuing.btyd import Array, Fit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifetimes import BetaGeoFitter, GammaGammaFitter
    from lifetimes.datasets import (
        load_cdnow_summary,
        load_cdnow_summary_data_with_monetary_value,
    )

PUBLISHED = Fit({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, None, -9582.4, True)
WEEKS = 39.0


@pytest.fixture(scope="module")
def cdnow() -> tuple[Array, Array, Array]:
    data = load_cdnow_summary()
    x, t_x, age = (data[c].to_numpy(dtype=float) for c in ("frequency", "recency", "T"))
    return x, t_x, age


@pytest.fixture(scope="module")
def money() -> tuple[Array, Array]:
    data = load_cdnow_summary_data_with_monetary_value()
    return data["frequency"].to_numpy(dtype=float), data["monetary_value"].to_numpy(dtype=float)


def test_cdnow_gives_the_published_parameters(cdnow: tuple[Array, Array, Array]) -> None:
    fit = btyd.fit_bgnbd(*cdnow)
    assert fit.converged
    assert fit.at_bound == ()
    assert [round(fit[name], 3) for name in ("r", "alpha", "a", "b")] == pytest.approx(
        [0.243, 4.414, 0.793, 2.426], abs=1.01e-3
    )
    assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)


def test_cdnow_gives_the_published_parameters_of_spend(money: tuple[Array, Array]) -> None:
    fit = btyd.fit_gamma_gamma(*money)
    assert fit.converged
    assert [fit["p"], fit["q"], fit["v"]] == pytest.approx([6.25, 3.74, 15.44], rel=2e-3)


def test_the_published_customer_is_expected_to_buy_as_published() -> None:
    one = (np.array([2.0]), np.array([30.43]), np.array([38.86]))
    assert btyd.expected_purchases(PUBLISHED, *one, WEEKS) == pytest.approx(1.226, abs=1e-3)


def test_predictions_equal_those_of_another_implementation(
    cdnow: tuple[Array, Array, Array], money: tuple[Array, Array]
) -> None:
    fit = btyd.fit_bgnbd(*cdnow)
    other = BetaGeoFitter().fit(*cdnow)
    theirs = other.conditional_expected_number_of_purchases_up_to_time(WEEKS, *cdnow)
    assert btyd.expected_purchases(fit, *cdnow, WEEKS) == pytest.approx(theirs, abs=1e-3)
    alive = other.conditional_probability_alive(*cdnow)
    assert btyd.alive(fit, *cdnow) == pytest.approx(alive, abs=1e-3)
    x, mean = money
    spend = GammaGammaFitter().fit(x[x > 0], mean[x > 0])
    theirs = spend.conditional_expected_average_profit(x, mean)
    ours = btyd.expected_spend(btyd.fit_gamma_gamma(x, mean), x, mean)
    assert ours == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize("a", [0.6, 1.0, 2.5])
def test_expectations_are_what_simulated_customers_do(a: float) -> None:
    """Draw whole lives, keep those that look like the history, and see what they do next."""
    fit = Fit({"r": 1.5, "alpha": 6.0, "a": a, "b": 2.0}, None, 0.0, True)
    rng = np.random.default_rng(3)
    many, age, horizon = 600_000, 10.0, 20.0
    rate, leaves = rng.gamma(1.5, 1 / 6.0, many), rng.beta(a, 2.0, many)
    now, last = np.zeros(many), np.zeros(many)
    past, ahead, active = np.zeros(many), np.zeros(many), np.ones(many, dtype=bool)
    while active.any():
        now = now + rng.exponential(1 / rate)
        active &= now <= age + horizon
        before = active & (now <= age)
        past, ahead = past + before, ahead + (active & ~before)
        last = np.where(before, now, last)
        active &= rng.random(many) > leaves
    like = (past == 2) & (abs(last - 6.0) < 0.5)
    assert like.sum() > 3000
    history = (np.array([2.0]), np.array([6.0]), np.array([age]))
    expected = btyd.expected_purchases(fit, *history, horizon)[0]
    spread = 4 * ahead[like].std() / np.sqrt(like.sum())
    assert expected == pytest.approx(ahead[like].mean(), abs=spread)
    idle = btyd.no_purchase(fit, *history, horizon)[0]
    assert idle == pytest.approx((ahead[like] == 0).mean(), abs=0.03)


def test_frequent_buyers_do_not_overflow() -> None:
    x = np.array([0.0, 1.0, 300.0, 3000.0, 20_000.0])
    age = np.full(5, 52.0)
    t_x = np.array([0.0, 50.0, 51.9, 52.0, 52.0])
    for fit in (PUBLISHED, Fit({"r": 1.4, "alpha": 9.5, "a": 0.009, "b": 400.0}, None, 0, True)):
        found = btyd.expected_purchases(fit, x, t_x, age, 26.0)
        assert np.isfinite(found).all()
        assert (np.diff(found) > 0).all()
        most = (fit["r"] + x) / (fit["alpha"] + age) * 26.0
        assert (found <= most).all()
        chance = btyd.no_purchase(fit, x, t_x, age, 26.0)
        assert ((chance >= 0) & (chance <= 1)).all()


def test_a_silent_regular_is_probably_gone_and_a_single_buyer_never() -> None:
    x, t_x = np.array([30.0, 30.0, 0.0]), np.array([50.0, 20.0, 0.0])
    chance = btyd.alive(PUBLISHED, x, t_x, np.full(3, 52.0))
    assert chance[0] > 0.9
    assert chance[1] < 0.01
    assert chance[2] == 1.0


def test_the_slopes_are_those_of_the_likelihood(cdnow: tuple[Array, Array, Array]) -> None:
    from scipy.optimize import approx_fprime

    x, t_x, age = (column[:200] for column in cdnow)
    values, where = np.unique(x, return_inverse=True)
    at = np.log([0.4, 3.0, 0.7, 2.0])

    def bgnbd(logs: Array) -> tuple[float, Array]:
        return btyd._bgnbd_negative(logs, values, where, t_x, age, np.ones_like(x))

    near = approx_fprime(at, lambda logs: bgnbd(logs)[0], 1e-6)
    assert bgnbd(at)[1] == pytest.approx(near, abs=1e-5)
    mean, at = 10 + 3 * np.arange(200.0) % 17, np.log([2.0, 3.0, 20.0])

    def gamma(logs: Array) -> tuple[float, Array]:
        return btyd._gamma_negative(logs, x + 1, mean, np.ones_like(x))

    near = approx_fprime(at, lambda logs: gamma(logs)[0], 1e-6)
    assert gamma(at)[1] == pytest.approx(near, abs=1e-5)


def test_pooling_changes_nothing_and_the_unit_of_time_only_alpha(
    cdnow: tuple[Array, Array, Array],
) -> None:
    x, t_x, age = cdnow
    once = btyd.fit_bgnbd(x, t_x, age)
    thrice = btyd.fit_bgnbd(np.tile(x, 3), np.tile(t_x, 3), np.tile(age, 3))
    in_days = btyd.fit_bgnbd(x, t_x * 7, age * 7)
    for name in ("r", "alpha", "a", "b"):
        assert thrice[name] == pytest.approx(once[name], rel=1e-3)
        factor = 7 if name == "alpha" else 1
        assert in_days[name] == pytest.approx(once[name] * factor, rel=1e-3)
    assert in_days.log_likelihood == pytest.approx(
        once.log_likelihood - x.sum() * np.log(7), abs=0.01
    )
    assert once.errors is not None
    assert thrice.errors is not None
    assert thrice.errors["r"] == pytest.approx(once.errors["r"] / np.sqrt(3), rel=1e-2)


def test_rows_are_pooled_with_their_number() -> None:
    (a, b), count = btyd.pool(np.array([2.0, 1.0, 2.0, 2.0]), np.array([5.0, 5.0, 5.0, 4.0]))
    assert list(zip(a, b, count, strict=True)) == [(1, 5, 1), (2, 4, 1), (2, 5, 2)]


@pytest.mark.parametrize(
    ("x", "t_x", "age"),
    [
        ([], [], []),
        ([0.0], [0.0], [0.0]),
        ([0.0] * 50, [0.0] * 50, [10.0] * 50),
        ([5.0] * 50, [10.0] * 50, [10.0] * 50),
        ([1.0, 1e5], [0.0, 1.0], [1.0, 1.0]),
    ],
)
def test_data_without_information_do_no_harm(
    x: list[float], t_x: list[float], age: list[float]
) -> None:
    history = (np.array(x), np.array(t_x), np.array(age))
    fit = btyd.fit_bgnbd(*history)
    assert all(np.isfinite(value) and value > 0 for value in fit.parameters.values())
    assert fit.converged <= bool(x)
    assert np.isfinite(btyd.expected_purchases(fit, *history, 10.0)).all()
    spend = btyd.fit_gamma_gamma(np.array(x), np.array(t_x))
    assert all(np.isfinite(value) for value in spend.parameters.values())


def test_spend_lies_between_the_own_mean_and_everybodys() -> None:
    fit = Fit({"p": 6.25, "q": 3.74, "v": 15.44}, None, 0.0, True)
    everybody = 6.25 * 15.44 / 2.74
    few, many = btyd.expected_spend(fit, np.array([1.0, 50.0]), np.array([100.0, 100.0]))
    assert everybody < few < many < 100.0
    assert btyd.expected_spend(fit, np.array([0.0]), np.array([np.nan]))[0] == pytest.approx(
        everybody
    )
    heavy = Fit({"p": 1.0, "q": 0.9, "v": 1.0}, None, 0.0, True)
    assert btyd.expected_spend(heavy, np.array([0.0]), np.array([np.nan]))[0] == np.inf
