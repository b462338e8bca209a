"""Value: what buyers are expected to bring, who may stay away, and why to believe it."""

from collections.abc import Sequence

import streamlit as st

from copilot import Copilot, charts
from copilot.app._charts import bars, draw, figures, reliability
from copilot.app._state import complain, figure
from copilot.app._text import plain
from copilot.errors import CopilotError
from copilot.records import ChurnReport, HoldoutFigures, ValueReport

HOLDOUT = (
    "The last days of your own data were hidden; each way predicted them from the days before. "
    "RMSE is the typical error in purchases a customer: lower is better. The line is a 95% "
    "interval."
)


def draw_value(copilot: Copilot) -> None:
    """Expected value and the chance of staying away; each refuses on its own when data are thin."""
    value, staying = st.tabs(["What they will bring", "Who may stay away"])
    with value:
        _value(copilot)
    with staying:
        _churn(copilot)


def _value(copilot: Copilot) -> None:
    left, middle, _ = st.columns([1, 1, 2])
    horizon = left.number_input("Days ahead", 30, 730, 180, step=30, key="value-horizon")
    margin = middle.number_input(
        "Margin (0 to 1)",
        0.0,
        1.0,
        None,
        step=0.05,
        key="value-margin",
        help="The share of revenue that is left as profit. Empty: revenue itself is counted.",
    )
    try:
        found = figure(
            copilot,
            ("value", horizon, margin),
            lambda: copilot.value(horizon=int(horizon), margin=margin or None),
        )
    except CopilotError as error:
        _refused(error)
        return
    one, two, three = st.columns(3)
    one.metric("Buyers", f"{found.customers:,}")
    two.metric(f"Purchases in {found.horizon_days} days", f"{found.total_purchases:,.0f}")
    three.metric(
        f"{found.measure.capitalize()} in {found.horizon_days} days", f"{found.total_value:,.0f}"
    )
    st.markdown(f"**{plain(found.method)}** is used for purchases: {plain(found.why)}")
    st.markdown(
        f"**{plain(found.spend_method)}** is used for money a purchase: {plain(found.spend_why)}"
    )
    _by_segment(found)
    st.subheader("How each way did on days it had not seen")
    st.caption(
        f"{HOLDOUT} Trained until {found.trained_until}, judged on the {found.holdout_days} days "
        f"after it, {found.holdout_customers:,} customers."
    )
    _holdout(found.purchases, "typical error (RMSE), purchases a customer")
    with st.expander("Money a purchase, judged the same way"):
        _holdout(found.spending, "typical error (RMSE), money a purchase")
    for note in found.notes:
        st.caption(plain(note))


def _by_segment(found: ValueReport) -> None:
    if not found.segments:
        return
    st.subheader("By RFM segment")
    bars([{"segment": one.name, "expected": one.value} for one in found.segments])
    figures([one.model_dump() for one in found.segments])


def _holdout(found: Sequence[HoldoutFigures], title: str) -> None:
    rows = [
        {
            "way": one.method,
            "typical_error": one.rmse.value,
            "low": one.rmse.low,
            "high": one.rmse.high,
            "mean_error": one.mae.value,
            "predicted_to_real_total": one.total.value,
            "share_of_top_tenth": one.top_share.value,
        }
        for one in found
    ]
    draw(charts.interval_chart(rows, "typical_error", title, usual=None, name="way"), title)
    figures(rows, percent=("Share of top tenth",))


def _churn(copilot: Copilot) -> None:
    horizon = st.columns([1, 3])[0].number_input(
        "Days without a purchase", 14, 365, 90, step=7, key="churn-horizon"
    )
    try:
        found = figure(copilot, ("churn", horizon), lambda: copilot.churn(horizon=int(horizon)))
    except CopilotError as error:
        _refused(error)
        return
    st.markdown(f"**{plain(found.method)}**: {plain(found.why)}")
    st.caption(
        f"Read from: {plain(found.signal)}. A Brier score is the mean squared error of the "
        "chances: 0 is best."
    )
    _bands(found)
    st.subheader("Was it right before?")
    st.caption(
        f"Customers of {found.trained_until} by the chance they would have been given, and the "
        f"share of them who really bought nothing in the {found.horizon_days} days after. On the "
        "dashed line the two agree; the lines are 95% intervals."
    )
    reliability(found)
    for note in found.notes:
        st.caption(plain(note))


def _bands(found: ChurnReport) -> None:
    rows = [
        {
            "chance_of_staying_away": f"{one.low:.0%} to {one.high:.0%}",
            "customers": one.customers,
            "spent": one.spent,
        }
        for one in found.bands
    ]
    st.subheader(f"Today's buyers by their chance of buying nothing in {found.horizon_days} days")
    bars([{k: row[k] for k in ("chance_of_staying_away", "customers")} for row in rows])
    figures(rows)
    st.caption(
        "Who they are: build a rule with “Chance of staying away” under Segments, and draft for it."
    )


def _refused(error: CopilotError) -> None:
    """A refusal is an answer: the data are too thin, and this is what is missing."""
    if error.__class__.__name__ == "RefusedError":
        st.info(f"**Not enough to judge.** {plain(error.message)}\n\n{plain(error.hint)}".strip())
    else:
        complain(error)
