"""Customer value as a report: how it was predicted and why, totals, segments, top customers."""

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from copilot.customers.segmenting.segments import segmented
from copilot.customers.tables import attach
from copilot.customers.valuing.holdout import RULE
from copilot.customers.valuing.value import HORIZON_DAYS, MODEL, Valued, uploaded, valued
from copilot.records import CustomerValue, Expected, SegmentValue, ValueReport

if TYPE_CHECKING:
    from copilot.customers.engine import Engine


def value(
    engine: "Engine",
    *,
    horizon: int = HORIZON_DAYS,
    top: int = 10,
    margin: float | None = None,
    discount: float = 0.0,
    as_of: dt.date | None = None,
) -> ValueReport:
    """What buyers are expected to bring, why it is predicted so, by RFM segment and for the
    `top` customers by id; see `value.valued` for the arguments and errors."""
    found = valued(engine, horizon=horizon, margin=margin, discount=discount, as_of=as_of)
    learnt = found.learnt
    errors = {**(found.fit.errors or {}), **(found.spend_fit.errors or {})}
    end = as_of or learnt.trained_until + dt.timedelta(days=learnt.days)
    return ValueReport(
        as_of=end.isoformat(),
        horizon_days=horizon,
        measure="revenue" if margin is None else f"revenue times a margin of {margin:g}",
        discount_rate=discount,
        method=learnt.purchases.used,
        why=learnt.purchases.why,
        spend_method=learnt.spending.used,
        spend_why=learnt.spending.why,
        rule=RULE,
        trained_until=learnt.trained_until.isoformat(),
        holdout_days=learnt.days,
        holdout_customers=learnt.customers,
        purchases=learnt.purchases.figures,
        spending=learnt.spending.figures,
        parameters={**found.fit.parameters, **found.spend_fit.parameters},
        standard_errors=errors,
        customers=len(found.past),
        total_purchases=round(float(found.purchases.sum()), 2),
        total_value=round(float(found.value.sum()), 2),
        segments=_by_segment(engine, found) if engine.has("customers") else (),
        top=_top(found, top),
        notes=(*learnt.notes, *_notes(found, horizon)),
    )


def _by_segment(engine: "Engine", found: Valued) -> tuple[SegmentValue, ...]:
    named = segmented(engine).select("customer_id", "segment")
    table = attach(uploaded(found), named, "customer_id")
    name = table["segment"].fill_null("(not in customers)")
    summed = table.group_by(name=name).aggregate(
        customers=table.count(),
        purchases=table["expected_purchases"].sum().round(2),
        value=table["predicted_value"].sum().round(2),
    )
    rows = sorted(engine.rows(summed), key=lambda row: (-row["value"], row["name"]))
    whole = sum(row["value"] for row in rows) or 1.0
    return tuple(SegmentValue(**row, share=row["value"] / whole) for row in rows)


def _top(found: Valued, top: int) -> tuple[CustomerValue, ...]:
    worth = np.round(found.value, 2)
    order = np.lexsort((np.arange(len(worth)), -worth))[: max(top, 0)]

    def expected(values: np.ndarray, ends: tuple[np.ndarray, np.ndarray], at: int) -> Expected:
        low, high = (round(float(end[at]), 2) for end in ends)
        return Expected(value=round(float(values[at]), 2), low=low, high=high)

    return tuple(
        CustomerValue(
            customer_id=found.past.ids[int(at)].as_py(),
            purchases=expected(found.purchases, found.purchase_ends, at),
            value=expected(found.value, found.value_ends, at),
            spend=round(float(found.spend[at]), 2),
            alive=None if found.alive is None else round(float(found.alive[at]), 4),
        )
        for at in order
    )


def _notes(found: Valued, horizon: int) -> tuple[str, ...]:
    learnt = found.learnt
    notes = ["Sales without a customer are left out; a purchase is a day with money paid."]
    total = next(one for one in learnt.purchases.figures if one.method == learnt.purchases.used)
    notes.append(
        f"On the holdout {total.total.value:.2f} times the purchases that came were predicted"
        f" [{total.total.low:.2f}, {total.total.high:.2f}]."
    )
    if horizon != learnt.days:
        notes.append(
            f"Judged on {learnt.days} days, half of the data's span at most; the horizon has"
            f" {horizon}, so ranges are scaled from the shorter time."
        )
    if learnt.purchases.used != MODEL:
        notes.append("The chance of still being a customer is not shown: its model is not used.")
    return tuple(notes)
