"""Buy-till-you-die models on plain arrays: BG/NBD for purchases, Gamma-Gamma for spend.

BG/NBD (Fader, Hardie and Lee, 2005, "Counting your customers the easy way", Marketing Science
24:2): while active a customer buys at rate λ ~ Gamma(r, α), and after each repeat purchase leaves
with chance p ~ Beta(a, b). A history is (x, t_x, T): repeat purchases, time from the first to the
last, time from the first to the end. Gamma-Gamma (Fader and Hardie, 2013, "The Gamma-Gamma model
of monetary value"): spend a purchase is Gamma(p, ν) with ν ~ Gamma(q, γ), independent of how
often one buys. Sums are taken in logarithms, parameters are searched as logarithms within BOUNDS
from several starts, and like histories are pooled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Array], tuple[float, Array]]

BOUNDS = (np.log(1e-3), np.log(1e5))
PROBE_ROWS = 20_000
MOST_FITTED = 200_000
"""Of more customers every k-th is fitted: at this number parameters are known to within 1%."""
FLAT = 1e-3  # mean gradient a customer in log parameters below which a search has arrived
STARTS_BGNBD = ((0.3, 5.0, 0.8, 2.5), (1.0, 10.0, 1.0, 10.0), (2.0, 20.0, 0.1, 1.0), (1, 1, 1, 1))
STARTS_GAMMA = ((6.0, 4.0, 1.0), (1.0, 2.0, 1.0), (3.0, 10.0, 5.0))


@dataclass(frozen=True)
class Fit:
    """Parameters by name, their standard errors (None when the curvature gives none), the log
    likelihood, whether the search arrived, and which parameters lie at a bound."""

    parameters: dict[str, float]
    errors: dict[str, float] | None
    log_likelihood: float
    converged: bool
    at_bound: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        return self.parameters[name]


def pool(*columns: Array) -> tuple[list[Array], Array]:
    """The distinct rows of the columns, and how often each occurs."""
    order = np.lexsort(columns[::-1])
    table = np.stack([column[order] for column in columns])
    new = np.ones(table.shape[1], dtype=bool)
    new[1:] = (table[:, 1:] != table[:, :-1]).any(axis=0)
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, table.shape[1])).astype(np.float64)
    return list(table[:, starts]), counts


def fit_bgnbd(x: Array, t_x: Array, age: Array) -> Fit:
    """r, alpha, a and b by maximum likelihood; `age` is T, times in any one unit.

    alpha is in that unit. Expects 0 <= t_x <= T and t_x = 0 where x = 0; no customers is a Fit
    that did not converge.
    """
    if not len(x):
        return Fit({"r": 1.0, "alpha": 1.0, "a": 1.0, "b": 1.0}, None, 0.0, False)
    every = -(-len(x) // MOST_FITTED)
    (x, t_x, age), count = pool(x[::every], t_x[::every], age[::every])
    scale = float(np.average(age, weights=count)) / 20 or 1.0
    times = (t_x / scale, age / scale)

    def objective(rows: slice | NDArray[np.int64]) -> Objective:
        values, where = np.unique(x[rows], return_inverse=True)
        part = (values, where, times[0][rows], times[1][rows], count[rows])
        return lambda logs: _bgnbd_negative(logs, *part)

    names = ("r", "alpha", "a", "b")
    found = _search(objective, len(x), count.sum(), names, STARTS_BGNBD)
    shift = count @ x * np.log(scale)
    return _rescaled(found, "alpha", scale, -float(shift))


def _bgnbd_negative(
    logs: Array, values: Array, where: NDArray[np.int64], t_x: Array, age: Array, count: Array
) -> tuple[float, Array]:
    """Mean negative log likelihood of a customer and its gradient in the log parameters.

    x is `values[where]`: the special functions are worked out once for each number of purchases.
    """
    from scipy.special import digamma, expit, gammaln

    r, alpha, a, b = np.exp(logs)
    later = np.maximum(values, 1.0)
    fixed = (gammaln(r + values) - gammaln(r) + r * np.log(alpha) + gammaln(a + b) - gammaln(b)) + (
        gammaln(b + values) - gammaln(a + b + values)
    )
    left_log = np.where(values > 0, np.log(a) - np.log(b + later - 1.0), -np.inf)
    log_age, log_last = np.log(alpha + age), np.log(alpha + t_x)
    power = (r + values)[where]
    odds = left_log[where] + power * (log_age - log_last)
    w_left = expit(odds)
    w_stay = 1.0 - w_left
    both = np.maximum(odds, 0.0) + np.log1p(np.exp(-np.abs(odds))) - power * log_age
    total = count.sum()
    value = -(count @ (fixed[where] + both)) / total
    by_r = (digamma(r + values) - digamma(r) + np.log(alpha))[where] - (
        w_stay * log_age + w_left * log_last
    )
    by_alpha = r / alpha - power * (w_stay / (alpha + age) + w_left / (alpha + t_x))
    shared = digamma(a + b) - digamma(a + b + values)
    by_a = shared[where] + w_left / a
    by_b = (shared + digamma(b + values) - digamma(b))[where] - w_left / (b + later - 1.0)[where]
    slopes = np.array([count @ by_r, count @ by_alpha, count @ by_a, count @ by_b])
    return float(value), -slopes * np.exp(logs) / total


def fit_gamma_gamma(x: Array, mean: Array) -> Fit:
    """p, q and v (the scale γ, in money) by maximum likelihood from customers with x >= 1 repeat
    purchases of the given mean spend > 0; others are left out."""
    kept = (x > 0) & (mean > 0) & np.isfinite(mean)
    if not kept.any():
        return Fit({"p": 1.0, "q": 2.0, "v": 1.0}, None, 0.0, False)
    x, mean = x[kept], mean[kept]
    every = -(-len(x) // MOST_FITTED)
    (x, mean), count = pool(x[::every], mean[::every])
    scale = float(np.average(mean, weights=count))
    scaled = mean / scale

    def objective(rows: slice | NDArray[np.int64]) -> Objective:
        part = (x[rows], scaled[rows], count[rows])
        return lambda logs: _gamma_negative(logs, *part)

    found = _search(objective, len(x), count.sum(), ("p", "q", "v"), STARTS_GAMMA)
    return _rescaled(found, "v", scale, -float(count.sum() * np.log(scale)))


def _gamma_negative(logs: Array, x: Array, mean: Array, count: Array) -> tuple[float, Array]:
    from scipy.special import digamma, gammaln

    p, q, v = np.exp(logs)
    shape, log_all = p * x, np.log(v + mean * x)
    value = (
        gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
        + (shape - 1.0) * np.log(mean) + shape * np.log(x) - (shape + q) * log_all
    )  # fmt: skip
    ends = digamma(shape + q)
    by_p = x * (ends - digamma(shape) + np.log(mean) + np.log(x) - log_all)
    by_q = ends - digamma(q) + np.log(v) - log_all
    by_v = q / v - (shape + q) / (v + mean * x)
    slopes = np.array([count @ by_p, count @ by_q, count @ by_v])
    total = count.sum()
    return -float(count @ value) / total, -slopes * np.exp(logs) / total


def _search(
    objective: Callable[[slice | NDArray[np.int64]], Objective],
    rows: int,
    customers: float,
    names: tuple[str, ...],
    starts: Sequence[Sequence[float]],
) -> Fit:
    """The best of several starts on a sample of the rows, then all rows from there."""
    from scipy.optimize import minimize

    def descend(function: Objective, start: Array) -> tuple[float, Array]:
        with np.errstate(all="ignore"):
            done = minimize(
                function,
                start,
                jac=True,
                method="L-BFGS-B",
                bounds=[BOUNDS] * len(names),
                options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
            )
        return (float(done.fun) if np.isfinite(done.fun) else np.inf), done.x

    everything = objective(slice(None))
    sampled = everything
    if rows > PROBE_ROWS:
        sampled = objective(np.linspace(0, rows - 1, PROBE_ROWS).astype(np.int64))
    tried = [descend(sampled, np.log(np.array(start, dtype=np.float64))) for start in starts]
    value, best = min(tried, key=lambda one: one[0])
    if sampled is not everything:
        value, best = descend(everything, best)
    slope = everything(best)[1]
    bound = (best <= BOUNDS[0] + 1e-6) | (best >= BOUNDS[1] - 1e-6)
    flat = bool(np.isfinite(value)) and bool((np.abs(slope[~bound]) < FLAT).all())
    parameters = {name: float(np.exp(log)) for name, log in zip(names, best, strict=True)}
    errors = _errors(sampled, best, customers) if flat and not bound.any() else None
    return Fit(
        parameters,
        None
        if errors is None
        else {n: parameters[n] * e for n, e in zip(names, errors, strict=True)},
        -value * customers,
        flat,
        tuple(name for name, stuck in zip(names, bound, strict=True) if stuck),
    )


def _errors(function: Objective, best: Array, customers: float) -> Array | None:
    """Standard errors of the log parameters from the curvature at the best point."""
    step = 1e-4
    shifts = np.eye(len(best)) * step
    curvature = np.array(
        [(function(best + s)[1] - function(best - s)[1]) / (2 * step) for s in shifts]
    )
    curvature = (curvature + curvature.T) / 2 * customers
    if not np.isfinite(curvature).all() or np.linalg.eigvalsh(curvature).min() <= 0:
        return None
    errors: Array = np.sqrt(np.diag(np.linalg.inv(curvature)))
    return errors


def _rescaled(found: Fit, name: str, scale: float, shift: float) -> Fit:
    """The fit with one parameter put back from the unit searched in into the caller's."""

    def back(values: dict[str, float]) -> dict[str, float]:
        return {key: value * scale if key == name else value for key, value in values.items()}

    errors = None if found.errors is None else back(found.errors)
    log_likelihood = found.log_likelihood + shift
    return Fit(back(found.parameters), errors, log_likelihood, found.converged, found.at_bound)


def alive(fit: Fit, x: Array, t_x: Array, age: Array) -> Array:
    """The chance that each customer has not left, 0-1; 1 where x = 0, by the model's assumption
    (Fader, Hardie and Lee, 2008, "Computing P(alive) using the BG/NBD model")."""
    from scipy.special import expit

    r, alpha, a, b = (fit[name] for name in ("r", "alpha", "a", "b"))
    odds = np.log(a) - np.log(b + np.maximum(x, 1.0) - 1.0)
    odds = odds + (r + x) * (np.log(alpha + age) - np.log(alpha + t_x))
    chance: Array = np.where(x > 0, expit(-odds), 1.0)
    return chance


def expected_purchases(fit: Fit, x: Array, t_x: Array, age: Array, horizon: float) -> Array:
    """Purchases expected of each customer in the `horizon` after T (their equation 10).

    Their 2F1(r+x, b+x; a+b+x-1; z) overflows for frequent buyers; Euler's transformation turns
    the product into (1-z)^(a-1) · 2F1(a+b-1-r, a-1; a+b+x-1; z), in which x only divides.
    """
    from scipy.special import hyp2f1

    r, alpha, a, b = (fit[name] for name in ("r", "alpha", "a", "b"))
    if abs(a - 1.0) < 1e-6:
        a = 1.0 + 1e-6  # the formula is 0/0 at exactly 1 and smooth around it
    z = horizon / (alpha + age + horizon)
    series = hyp2f1(a + b - 1.0 - r, a - 1.0, a + b + x - 1.0, z)
    if_alive = (a + b + x - 1.0) / (a - 1.0) * (1.0 - np.exp((a - 1.0) * np.log1p(-z)) * series)
    most = (r + x) / (alpha + age) * horizon  # what it would be if nobody left any more
    if_alive = np.where(np.isfinite(if_alive), np.clip(if_alive, 0.0, most), most)
    expected: Array = if_alive * alive(fit, x, t_x, age)
    return expected


def no_purchase(fit: Fit, x: Array, t_x: Array, age: Array, horizon: float) -> Array:
    """The chance of no purchase in the horizon: left already, or alive and waiting.

    While alive λ given the history is Gamma(r+x, α+T), so waiting has the chance
    ((α+T)/(α+T+horizon))^(r+x).
    """
    r, alpha = fit["r"], fit["alpha"]
    waits = np.exp(-(r + x) * np.log1p(horizon / (alpha + age)))
    chance: Array = 1.0 - alive(fit, x, t_x, age) * (1.0 - waits)
    return chance


def expected_spend(fit: Fit, x: Array, mean: Array) -> Array:
    """Mean spend a purchase expected of each customer: a weighted mean of the customer's own and
    everybody's, p(v + x·mean)/(p·x + q - 1); infinite for x = 0 when q <= 1."""
    p, q, v = fit["p"], fit["q"], fit["v"]
    own = np.where(x > 0, x * np.nan_to_num(mean), 0.0)
    below = p * x + q - 1.0
    with np.errstate(divide="ignore"):
        spend: Array = np.where(below > 0, p * (v + own) / below, np.inf)
    return spend
