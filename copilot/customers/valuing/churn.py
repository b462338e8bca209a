"""Churn risk: the chance that a customer buys nothing in the days ahead, checked on the past.

Nobody says that they leave a shop, so what is predicted is what can be seen: no purchase within
the horizon. Two signals are tried, BG/NBD's chance of no purchase and how late the customer is
(days since the last purchase / the usual gap, as in `lifecycle`); each is turned into a
calibrated chance by a logistic curve (Platt, 1999) fitted on the horizon's days before the end
of the data. The one with the lower Brier score there is used, every customer judged by a curve
fitted without them, and none when the average rate does as well.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from copilot.customers import intervals
from copilot.customers.segmenting.lifecycle import usual_gap
from copilot.customers.valuing import btyd
from copilot.customers.valuing.history import Array, Histories, histories, span
from copilot.customers.valuing.holdout import mean_with_interval
from copilot.errors import InputError, RefusedError
from copilot.records import ChurnReport, CustomerRisk, Estimate, Reliability, RiskBand

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

HORIZON_DAYS = 90
MODEL, LATENESS, AVERAGE = "BG/NBD", "lateness", "average rate"
SIGNALS = {
    MODEL: "BG/NBD's chance of no purchase",
    LATENESS: "days since the last purchase over the usual gap",
}
FOLDS = 5
FEWEST = {
    "customers who had bought by the split": 200,
    "customers with a repeat purchase by the split": 100,
    "customers who bought again in the holdout": 30,
    "customers who bought nothing in the holdout": 30,
}
FEWEST_IN_ROW = 20
BANDS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0001))
Curve = tuple[float, float]


@dataclass(frozen=True)
class Risks:
    """Everybody's risk today (in the order of `past.ids`) and how it was judged."""

    past: Histories
    risk: Array
    gap: Array
    last: dt.date
    trained_until: dt.date
    holdout_customers: int
    base_rate: float
    used: str
    why: str
    brier: dict[str, Estimate]
    reliability: tuple[Reliability, ...]


def risks(engine: "Engine", *, horizon: int = HORIZON_DAYS, as_of: dt.date | None = None) -> Risks:
    """The chance of no purchase in the `horizon` days after `as_of` (default: last in the data).

    Raises RefusedError when the data are too short or too thin for the horizon, or when no
    signal beats the average rate on the holdout for certain; InputError for a wrong horizon.
    """
    if not 1 <= horizon <= 3650:
        raise InputError(f"A horizon of {horizon} days cannot be used.", hint="Give 1 to 3650.")
    seen = span(engine, as_of)
    if horizon > seen.days // 2:
        raise RefusedError(
            f"The data span {seen.days} days, too few to check a churn risk over {horizon} days.",
            hint=f"Give a horizon of at most {seen.days // 2} days, or import a longer past.",
        )
    until = seen.last - dt.timedelta(days=horizon)
    past = histories(engine, until, window=horizon, ahead=horizon)
    lost = (past.actual == 0).astype(np.float64)
    _enough(past, lost)
    base = float(lost.mean())
    scores = _signals(past, horizon)
    judged = {name: _crossed(score, lost) for name, score in scores.items()}
    average = (np.full(len(lost), base) - lost) ** 2
    wrong = {name: (one - lost) ** 2 for name, one in judged.items()}
    used = min(wrong, key=lambda name: float(wrong[name].mean()))
    gap = mean_with_interval(wrong[used] - average)
    brier = {name: mean_with_interval(one) for name, one in {**wrong, AVERAGE: average}.items()}
    if gap.high >= 0:
        raise RefusedError(
            f"Who will not come back in {horizon} days cannot be told better than by the average"
            f" ({base:.0%} of customers, Brier score {brier[AVERAGE].value:.3f}).",
            hint="Try another horizon, or wait for more purchases.",
        )
    today = histories(engine, seen.last, window=horizon, ids=True)
    now = _signals(today, horizon)
    if used not in now:
        raise RefusedError(f"{used} could not be fitted to all days, only to those before {until}.")
    return Risks(
        past=today,
        risk=_chance(now[used], _fit_curve(scores[used], lost)),
        gap=_gap(today),
        last=seen.last,
        trained_until=until,
        holdout_customers=len(past),
        base_rate=base,
        used=used,
        why=f"Its Brier score is {gap.value:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}] beside the"
        f" average rate's {brier[AVERAGE].value:.4f}.",
        brier=brier,
        reliability=_reliability(judged[used], lost),
    )


def churn(
    engine: "Engine",
    *,
    horizon: int = HORIZON_DAYS,
    top: int = 10,
    as_of: dt.date | None = None,
) -> ChurnReport:
    """Churn risk with its reliability on the holdout, today's buyers by risk, and the `top`
    customers with most money at risk, by id; see `risks`.

    Money at risk is the risk times all they spent; only who bought within the last `horizon`
    days is listed, for who did not is lost already by the same measure.
    """
    found = risks(engine, horizon=horizon, as_of=as_of)
    past, risk = found.past, np.round(found.risk, 4)
    spent = np.nan_to_num(past.spend) * past.paid_days + np.nan_to_num(past.first_spend)
    since = past.age - past.t_x
    here = np.flatnonzero(since <= horizon)
    at_stake = np.round(risk * spent, 2)[here]
    order = here[np.lexsort((here, -at_stake))][: max(top, 0)]
    return ChurnReport(
        as_of=found.last.isoformat(),
        horizon_days=horizon,
        method=found.used,
        signal=SIGNALS[found.used],
        why=found.why,
        trained_until=found.trained_until.isoformat(),
        holdout_customers=found.holdout_customers,
        base_rate=round(found.base_rate, 4),
        brier=found.brier,
        reliability=found.reliability,
        bands=tuple(_band(low, high, risk, spent) for low, high in BANDS),
        top=tuple(
            CustomerRisk(
                customer_id=past.ids[int(at)].as_py(),
                risk=float(risk[at]),
                days_since=int(since[at]),
                usual_gap=round(float(found.gap[at]), 1),
                spent=round(float(spent[at]), 2),
            )
            for at in order
        ),
        notes=(
            f"Risk is the chance of no purchase in the {horizon} days after {found.last}.",
            "The curve was fitted on an earlier stretch; a season that differs from it shifts"
            " all risks.",
        ),
    )


def churn_columns(engine: "Engine") -> "ir.Table":
    """customer_id and churn_risk over HORIZON_DAYS, worked out once for each generation of the
    store. Raises RefusedError as `risks` does."""
    return _uploaded(engine.remembered("risks", lambda: risks(engine)))


def _uploaded(found: Risks) -> "ir.Table":
    import ibis
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

    columns = {"customer_id": found.past.ids, "churn_risk": np.round(found.risk, 4)}
    table: ir.Table = ibis.memtable(pa.table(columns))
    return table


def _signals(past: Histories, horizon: int) -> dict[str, Array]:
    """Each signal, larger for who is less likely to buy; BG/NBD's only where it can be fitted.

    Its log odds of no purchase are kept within ±7, so that no single customer bends the curve.
    """
    signals = {LATENESS: np.log1p((past.age - past.t_x) / _gap(past))}
    fit = btyd.fit_bgnbd(past.x, past.t_x, past.age)
    if fit.converged:
        chance = btyd.no_purchase(fit, past.x, past.t_x, past.age, horizon)
        safe = np.clip(chance, 1e-3, 1 - 1e-3)
        signals[MODEL] = np.log(safe) - np.log1p(-safe)
    return signals


def _gap(past: Histories) -> Array:
    return usual_gap(past.x, past.t_x)


def _crossed(score: Array, lost: Array) -> Array:
    """Each customer's chance by a curve fitted on the other folds; order of id, so every fifth."""
    fold = np.arange(len(score)) % FOLDS
    chance = np.empty_like(score)
    for number in range(FOLDS):
        curve = _fit_curve(score[fold != number], lost[fold != number])
        chance[fold == number] = _chance(score[fold == number], curve)
    return chance


def _fit_curve(score: Array, lost: Array) -> Curve:
    """Intercept and slope of a logistic regression, by Newton's steps; a slight ridge on the
    slope keeps it finite where the score divides perfectly."""
    centre, spread = float(score.mean()), float(score.std()) or 1.0
    scaled = (score - centre) / spread
    level, slope = 0.0, 0.0
    for _ in range(50):
        chance = _chance(scaled, (level, slope))
        weight = np.maximum(chance * (1 - chance), 1e-9)
        gap = lost - chance
        pull = np.array([gap.sum(), gap @ scaled - slope])
        shared = weight @ scaled
        bend = np.array([[weight.sum(), shared], [shared, weight @ scaled**2 + 1.0]])
        step = np.clip(np.linalg.solve(bend, pull), -2.0, 2.0)
        level, slope = level + float(step[0]), slope + float(step[1])
        if abs(step).max() < 1e-9:
            break
    return level - slope * centre / spread, slope / spread


def _chance(score: Array, curve: Curve) -> Array:
    from scipy.special import expit

    chance: Array = expit(curve[0] + curve[1] * score)
    return chance


def _reliability(said: Array, lost: Array) -> tuple[Reliability, ...]:
    """Tenths of the scale with FEWEST_IN_ROW customers; the interval is Wilson's (1927)."""
    rows = []
    for tenth in range(10):
        low, high = tenth / 10, (tenth + 1) / 10
        inside = (said >= low) & ((said < high) | (tenth == 9))
        if (n := int(inside.sum())) >= FEWEST_IN_ROW:
            rows.append(
                Reliability(
                    low=low,
                    high=high,
                    customers=n,
                    said=round(float(said[inside].mean()), 4),
                    happened=wilson(int(lost[inside].sum()), n),
                )
            )
    return tuple(rows)


def wilson(hits: int, n: int) -> Estimate:
    """A share with Wilson's 95% score interval; n > 0."""
    share = hits / n
    low, high = intervals.wilson(share, n, intervals.Z95)
    return Estimate(value=round(share, 4), low=round(low, 4), high=round(high, 4))


def _band(low: float, high: float, risk: Array, spent: Array) -> RiskBand:
    inside = (risk >= low) & (risk < high)
    return RiskBand(
        low=low,
        high=min(high, 1.0),
        customers=int(inside.sum()),
        spent=round(float(spent[inside].sum()), 2),
    )


def _enough(past: Histories, lost: Array) -> None:
    there = (len(past), int((past.x > 0).sum()), int((lost == 0).sum()), int(lost.sum()))
    lacking = [
        f"{fewest} {what} (there are {has})"
        for (what, fewest), has in zip(FEWEST.items(), there, strict=True)
        if has < fewest
    ]
    if lacking:
        raise RefusedError(
            "There is too little to tell churn risk from.",
            hint=f"Needed: at least {'; at least '.join(lacking)}.",
        )
