"""Customer value: what each buyer is expected to buy and to spend over a horizon, and why.

Purchases are predicted by BG/NBD, by the customer's own rate so far ("same rate", x/T) or by the
last period repeating ("last period"); money a purchase by Gamma-Gamma or by the customer's own
mean. Which of them is used is decided on the business's own holdout: everything is fitted on the
days before a split and judged on those after (`holdout.RULE`), then fitted again on all days. A
discount rate applies to the money of each 30 days at their middle (the discrete form of Fader,
Hardie and Lee, 2005, "RFM and CLV").
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from copilot.customers.valuing import btyd
from copilot.customers.valuing.history import Array, Histories, Span, histories, span
from copilot.customers.valuing.holdout import Comparison, Ranges, compare, ranges
from copilot.errors import InputError, RefusedError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

MODEL, SAME_RATE, LAST_PERIOD = "BG/NBD", "same rate", "last period"
GAMMA, OWN_MEAN = "Gamma-Gamma", "own mean"
HORIZON_DAYS = 180
SHORTEST_AGE = 7.0
"""A rate is never taken over fewer days: one purchase yesterday is not one a day."""
PERIOD_DAYS = 30
LARGEST_CORRELATION = 0.3

FEWEST = {
    "days between the first and the last purchase": 84,
    "days with a purchase": 30,
    "customers who had bought by the split": 200,
    "customers with a repeat purchase by the split": 100,
    "customers who bought in the holdout": 50,
    "purchases with money paid in the holdout": 50,
}
"""Below any of these nothing is predicted."""


@dataclass(frozen=True)
class Learnt:
    """How purchases and spend are to be predicted, learnt from a split of the calendar."""

    trained_until: dt.date
    days: int
    customers: int
    purchases: Comparison
    spending: Comparison
    purchase_ranges: Ranges
    money_ranges: Ranges
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Valued:
    """Every buyer's expectations over a horizon; arrays are in the order of `past.ids`."""

    past: Histories
    learnt: Learnt
    fit: btyd.Fit
    spend_fit: btyd.Fit
    purchases: Array
    purchase_ends: tuple[Array, Array]
    spend: Array
    value: Array
    value_ends: tuple[Array, Array]
    alive: Array | None


def learn(engine: "Engine", seen: Span, horizon: int) -> Learnt:
    """Judge the ways of predicting on the last days of the span.

    The holdout is as long as the horizon, at most half of the span. Raises RefusedError naming
    every minimum of FEWEST that is not met.
    """
    days = max(min(horizon, seen.days // 2), 1)
    until = seen.last - dt.timedelta(days=days)
    past = histories(engine, until, window=days, ahead=days)
    _enough(seen, past)
    fit = btyd.fit_bgnbd(past.x, past.t_x, past.age)
    predicted = {
        SAME_RATE: same_rate(past, days),
        LAST_PERIOD: past.recent,
    }
    notes = list(_fit_notes(fit, MODEL))
    if fit.converged:
        predicted = {MODEL: _model(fit, past, days), **predicted}
    own = own_mean(past)
    purchases = compare(
        predicted,
        past.actual,
        worth={name: one * own for name, one in predicted.items()},
        money=past.money,
        models=frozenset({MODEL}),
    )
    spends, more = _spends(past, own)
    money = {name: predicted[purchases.used] * spend for name, spend in spends.items()}
    spending = compare(money, past.money, worth=money, money=past.money, models=frozenset({GAMMA}))
    return Learnt(
        until,
        days,
        len(past),
        purchases,
        spending,
        ranges(predicted[purchases.used], past.actual),
        ranges(money[spending.used], past.money),
        (*notes, *more),
    )


def valued(
    engine: "Engine",
    *,
    horizon: int = HORIZON_DAYS,
    margin: float | None = None,
    discount: float = 0.0,
    as_of: dt.date | None = None,
) -> Valued:
    """Every buyer's expectations over the `horizon` days after `as_of` (default: the last day in
    the data). Value is revenue, or revenue times `margin` (0-1) where given; `discount` is a
    yearly rate. Raises RefusedError when the data are too thin, InputError for a wrong number.
    """
    _check(horizon, margin, discount)
    seen = span(engine, as_of)
    learnt = learn(engine, seen, horizon)
    past = histories(engine, seen.last, window=learnt.days, ids=True)
    fit = btyd.fit_bgnbd(past.x, past.t_x, past.age)
    spend_fit = btyd.fit_gamma_gamma(past.paid_days, past.spend)
    ways: dict[str, Callable[[float], Array]] = {
        MODEL: lambda days: _model(fit, past, days),
        SAME_RATE: lambda days: same_rate(past, days),
        LAST_PERIOD: lambda days: past.recent * (days / learnt.days),
    }
    way = ways[learnt.purchases.used]
    purchases = way(horizon)
    own = own_mean(past)
    spend = _gamma(spend_fit, past, own) if learnt.spending.used == GAMMA else own
    share = 1.0 if margin is None else margin
    present = _discounted(way, horizon, discount) * spend * share
    periods = horizon / learnt.days
    worth = np.divide(
        present, purchases * spend, where=purchases * spend > 0, out=np.ones_like(spend) * share
    )
    low, high = learnt.money_ranges.of(purchases * spend, periods=periods)
    return Valued(
        past=past,
        learnt=learnt,
        fit=fit,
        spend_fit=spend_fit,
        purchases=purchases,
        purchase_ends=learnt.purchase_ranges.of(purchases, periods=periods),
        spend=spend,
        value=present,
        value_ends=(low * worth, high * worth),
        alive=btyd.alive(fit, past.x, past.t_x, past.age)
        if learnt.purchases.used == MODEL
        else None,
    )


def value_columns(engine: "Engine") -> "ir.Table":
    """customer_id, expected_purchases and predicted_value (revenue) over HORIZON_DAYS, worked
    out once for each generation of the store. Raises RefusedError when the data are too thin."""
    return uploaded(engine.remembered("valued", lambda: valued(engine)))


def uploaded(found: Valued) -> "ir.Table":
    """customer_id, expected_purchases and predicted_value as a table of the engine."""
    import ibis
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

    table: ir.Table = ibis.memtable(
        pa.table(
            {
                "customer_id": found.past.ids,
                "expected_purchases": np.round(found.purchases, 4),
                "predicted_value": np.round(found.value, 2),
            }
        )
    )
    return table


def same_rate(past: Histories, days: float) -> Array:
    """Purchases when everybody goes on at the rate so far, repeat purchases a day since the
    first one."""
    rate: Array = past.x / np.maximum(past.age, SHORTEST_AGE) * days
    return rate


def own_mean(past: Histories) -> Array:
    """Mean money of the customer's own purchases, the first included; everybody's where no
    purchase has an amount."""
    first = ~np.isnan(past.first_spend)
    paid = past.paid_days + first
    total = np.nan_to_num(past.spend) * past.paid_days + np.nan_to_num(past.first_spend)
    everybody = total.sum() / max(paid.sum(), 1.0)
    mean: Array = np.where(paid > 0, total / np.maximum(paid, 1.0), everybody)
    return mean


def _model(fit: btyd.Fit, past: Histories, days: float) -> Array:
    return btyd.expected_purchases(fit, past.x, past.t_x, past.age, days)


def _gamma(fit: btyd.Fit, past: Histories, own: Array) -> Array:
    spend = btyd.expected_spend(fit, past.paid_days, past.spend)
    return np.where(np.isfinite(spend), spend, own)


def _spends(past: Histories, own: Array) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Money a purchase by each way that may be used, and why Gamma-Gamma may not."""
    fit = btyd.fit_gamma_gamma(past.paid_days, past.spend)
    notes = _fit_notes(fit, GAMMA)
    repeats = (past.paid_days > 0) & np.isfinite(past.spend)
    x, spend = past.paid_days[repeats], past.spend[repeats]
    varied = len(x) > 1 and x.std() > 0 and spend.std() > 0
    related = float(np.corrcoef(x, spend)[0, 1]) if varied else 0.0
    if abs(related) > LARGEST_CORRELATION:
        said = f"{GAMMA} assumes that spend does not depend on frequency; here they correlate"
        return {OWN_MEAN: own}, (f"{said} by {related:.2f}, so it is left out.",)
    if not fit.converged or fit["q"] <= 1.0:
        return {OWN_MEAN: own}, notes
    return {GAMMA: _gamma(fit, past, own), OWN_MEAN: own}, notes


def _fit_notes(fit: btyd.Fit, name: str) -> tuple[str, ...]:
    if not fit.converged:
        return (f"{name} could not be fitted to these data and was left out.",)
    if fit.at_bound:
        return (f"{name} lies at the edge of what is searched in {', '.join(fit.at_bound)}.",)
    return ()


def _discounted(way: Callable[[float], Array], horizon: int, rate: float) -> Array:
    if rate == 0.0:
        return way(horizon)
    ends = [*range(PERIOD_DAYS, horizon, PERIOD_DAYS), horizon]
    present, before, begun = np.zeros(1), np.zeros(1), 0
    for end in ends:
        now = way(end)
        present = present + (now - before) * (1.0 + rate) ** (-(begun + end) / 2 / 365)
        before, begun = now, end
    return present


def _enough(seen: Span, past: Histories) -> None:
    there = dict(
        zip(
            FEWEST,
            (
                seen.days,
                seen.purchase_days,
                len(past),
                int((past.x > 0).sum()),
                int((past.actual > 0).sum()),
                int((past.money > 0).sum()),
            ),
            strict=True,
        )
    )
    lacking = [
        f"{n} {what} (there are {there[what]})" for what, n in FEWEST.items() if there[what] < n
    ]
    if lacking:
        raise RefusedError(
            "There is too little to predict customers' value from.",
            hint=f"Needed: at least {'; at least '.join(lacking)}.",
        )


def _check(horizon: int, margin: float | None, discount: float) -> None:
    if not 1 <= horizon <= 3650:
        raise InputError(f"A horizon of {horizon} days cannot be used.", hint="Give 1 to 3650.")
    if margin is not None and not 0 < margin <= 1:
        raise InputError(f"A margin of {margin} cannot be used.", hint="Give a share, such as 0.3.")
    if not 0 <= discount <= 10:
        raise InputError(
            f"A discount rate of {discount} cannot be used.", hint="Give a yearly rate such as 0.1."
        )
