"""Ways of predicting, measured on days none of them has seen, with bootstrap intervals.

The rule: a prediction here is an expected value, which is what the squared error rewards, so the
RMSE decides (the absolute error favours predicting nobody when most buy nothing). A model is
used when its RMSE is below that of the best simple way for certain: the 95% interval of the
difference, customers drawn anew with replacement, lies below 0. Where the difference could be
chance, the model must have the lower RMSE and the lower MAE; else the simple way is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.records import Estimate, HoldoutFigures

Array = NDArray[np.float64]

RULE = (
    "A model is used when its RMSE on the holdout is below that of the best simple way for certain"
    " (95% bootstrap interval of the difference below 0): what is predicted is an expected value,"
    " which is what makes the squared error smallest. Where the difference could be chance, the"
    " model must have both the lower RMSE and the lower MAE; else the simple way is used."
)
DRAWS = 1000
BLOCKS = 2000
BINS, FEWEST_IN_BIN = 10, 50
RANGE = (0.05, 0.95)


@dataclass(frozen=True)
class Comparison:
    """Each way's figures, the one to use, and why."""

    figures: tuple[HoldoutFigures, ...]
    used: str
    why: str


def compare(
    predicted: Mapping[str, Array],
    actual: Array,
    *,
    worth: Mapping[str, Array],
    money: Array,
    models: frozenset[str],
) -> Comparison:
    """Measure each way against `actual`, one entry a customer.

    `worth` ranks customers for `top_share` of the `money`; `models` names the ways that must
    win, the others are simple. Expects at least one simple way, and actual and money above 0 in
    all.
    """
    sums = {
        name: _blocks(abs(one - actual), (one - actual) ** 2, one, _top(worth[name]) * money)
        for name, one in predicted.items()
    }
    shared = _blocks(np.ones_like(actual), actual, money)
    weights = _draws(len(shared))
    drawn = weights @ shared
    figures = {name: _figures(shared, one, drawn, weights @ one) for name, one in sums.items()}
    simple = [name for name in predicted if name not in models]
    best = min(simple, key=lambda name: figures[name]["rmse"].value)
    floor = _rmse(weights @ sums[best], drawn)
    gaps = {
        name: _estimate(
            figures[name]["rmse"].value - figures[best]["rmse"].value,
            _rmse(weights @ sums[name], drawn) - floor,
        )
        for name in predicted
        if name in models
    }
    rows = tuple(
        HoldoutFigures(method=name, less_rmse=gaps.get(name), **figures[name]) for name in predicted
    )
    name = min(gaps, key=lambda n: gaps[n].value, default="")
    if not name:
        return Comparison(
            rows, best, f"{best} is the best of the simple ways; no model was fitted."
        )
    absolute = figures[name]["mae"].value - figures[best]["mae"].value
    return Comparison(rows, *_choice(name, best, gaps[name], figures[best]["rmse"].value, absolute))


def _choice(model: str, simple: str, gap: Estimate, rmse: float, mae: float) -> tuple[str, str]:
    """The way to use and why; `gap` is the model's RMSE less the simple way's, `mae` its MAE."""
    said = f"{gap.value:+.3g} [{gap.low:+.3g}, {gap.high:+.3g}] beside {simple} ({rmse:.4g})"
    if gap.high < 0:
        return model, f"{model} has the lower RMSE for certain: {said}."
    if gap.value >= 0:
        return simple, f"{simple} wins: the RMSE of {model} is {said}."
    if mae < 0:
        return model, f"{model} has the lower RMSE and MAE, which could be chance: RMSE {said}."
    return (
        simple,
        f"{model} does not beat {simple} for certain and has the higher MAE: RMSE {said}.",
    )


def _figures(shared: Array, sums: Array, drawn: Array, drawn_sums: Array) -> dict[str, Estimate]:
    def all_of(whole: Array, own: Array) -> dict[str, Array]:
        count, actual, money = whole.T
        wrong, _, predicted, top = own.T
        return {
            "mae": wrong / count,
            "rmse": _rmse(own, whole),
            "total": predicted / np.maximum(actual, 1e-9),
            "top_share": top / np.maximum(money, 1e-9),
        }

    exact = all_of(shared.sum(axis=0)[None], sums.sum(axis=0)[None])
    spread = all_of(drawn, drawn_sums)
    return {name: _estimate(float(exact[name][0]), spread[name]) for name in exact}


def _rmse(sums: Array, shared: Array) -> Array:
    root: Array = np.sqrt(sums[:, 1] / shared[:, 0])
    return root


def _estimate(value: float, draws: Array) -> Estimate:
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(value=round(value, 6), low=round(float(low), 6), high=round(float(high), 6))


def _blocks(*columns: Array) -> Array:
    """Sums over customers put into at most BLOCKS groups by chance: a bootstrap of the groups
    has the spread of one of the customers, and costs the same for a million."""
    many = len(columns[0])
    groups = min(many, BLOCKS)
    place = np.random.default_rng(2005).permutation(many) % groups
    return np.stack([np.bincount(place, column, groups) for column in columns], axis=1)


def _draws(groups: int) -> Array:
    even = np.full(groups, 1.0 / groups)
    return np.random.default_rng(2013).multinomial(groups, even, DRAWS).astype(np.float64)


def _top(worth: Array, share: float = 0.1) -> Array:
    """1 for the customers in the top share, and for equals at its edge the part that fits."""
    wanted = share * len(worth)
    edge = np.partition(worth, len(worth) - max(int(np.ceil(wanted)), 1))[
        len(worth) - max(int(np.ceil(wanted)), 1)
    ]
    above, equal = worth > edge, worth == edge
    part: Array = above + equal * (wanted - above.sum()) / equal.sum()
    return part


@dataclass(frozen=True)
class Ranges:
    """What really came for predictions of each size, as factors of the prediction.

    A customer's range is `(prediction + extra) * factor` of the bin the prediction falls into;
    `extra` lets a prediction of 0 have a range too.
    """

    edges: Array
    low: Array
    high: Array
    extra: float

    def of(self, predicted: Array, *, periods: float = 1.0) -> tuple[Array, Array]:
        """The lower and upper ends for predictions over so many times the holdout's length."""
        size = predicted / periods
        bins = np.searchsorted(self.edges, size, side="right")
        base = (size + self.extra) * periods
        return base * self.low[bins], base * self.high[bins]


def ranges(predicted: Array, actual: Array) -> Ranges:
    """Learn from the holdout how far off predictions of each size are (split conformal by size:
    Papadopoulos and others, 2002; Vovk, 2012): 90% of each bin's customers lie inside."""
    extra = 0.05 * float(predicted.mean()) or 1e-9
    bins = int(np.clip(len(predicted) // FEWEST_IN_BIN, 1, BINS))
    cuts, tail = list(np.linspace(0, 1, bins + 1)[1:-1]), 1.0 / bins
    while tail / 2 * len(predicted) >= FEWEST_IN_BIN:  # the largest differ most: finer there
        tail /= 2
        cuts.append(1.0 - tail)
    edges = np.unique(np.quantile(predicted, cuts)) if cuts else np.array([])
    place = np.searchsorted(edges, predicted, side="right")
    factor = actual / (predicted + extra)
    ends = [
        np.quantile(factor[place == number], RANGE) if (place == number).any() else (0.0, 0.0)
        for number in range(len(edges) + 1)
    ]
    low, high = np.array(ends).T
    return Ranges(edges, low, high, extra)


def mean_with_interval(values: Array) -> Estimate:
    """The mean of one value a customer, with its 95% bootstrap interval."""
    shared = _blocks(np.ones_like(values), values)
    drawn = _draws(len(shared)) @ shared
    return _estimate(float(values.mean()), drawn[:, 1] / drawn[:, 0])
