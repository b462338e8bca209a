"""Segments: by a scheme and scoring, with every rule shown, and by a rule of one's own."""

import streamlit as st

from copilot import Copilot
from copilot.app._charts import bars, figures, grid
from copilot.app._rules import draw_rules
from copilot.app._state import State, figure, told
from copilot.records import Segmentation

SCHEMES = {
    "rfm": "How recently, how often, for how much (RFM)",
    "lifecycle": "Where they stand with us (life cycle)",
    "value": "How much they have spent",
}
SCORINGS = {
    "rfm": {
        "fifths": "Fifths of all buyers",
        "nested": "Fifths within fifths",
        "quartiles": "Quarters of all buyers",
        "weighted": "One weighted score",
        "cuts": "Cut points of your own",
    },
    "lifecycle": {
        "days": "By days since the last purchase",
        "rhythm": "By each customer's own rhythm",
    },
}
HELP = {
    "fifths": "Buyers are ranked and cut into five equal parts, 5 for the best.",
    "nested": "Frequency is ranked within each recency score, and money within both.",
    "quartiles": "As fifths, in four parts.",
    "weighted": "The mean of the three scores; weights stand in rfm.yaml of the workspace.",
    "cuts": "Fixed limits of days, purchases and money, from rfm.yaml of the workspace.",
    "days": "New, active and so on by fixed numbers of days.",
    "rhythm": "How late a customer is against the usual gap between their purchases.",
}


def draw_segments(copilot: Copilot, now: State) -> None:
    """The two ways to segments, side by side as tabs."""
    ready, own = st.tabs(["Ready-made", "By a rule of your own"])
    with ready, told():
        _ready(copilot)
    with own, told():
        draw_rules(copilot, now)


def _ready(copilot: Copilot) -> None:
    left, middle, right = st.columns([2, 2, 2])
    by = left.selectbox("Segment by", list(SCHEMES), format_func=SCHEMES.__getitem__, key="by")
    scoring = ""
    if by in SCORINGS:
        known = SCORINGS[by]
        scoring = middle.selectbox(
            "Scored by",
            list(known),
            format_func=known.__getitem__,
            key=f"scoring-{by}",
            help="\n\n".join(f"**{known[one]}**: {HELP[one]}" for one in known),
        )
    where = right.text_input(
        "Only customers where",
        key="where",
        help="An audience expression, such as: city = 'Leeds'. Empty is everybody.",
    ).strip()
    found = figure(
        copilot,
        ("segmentation", by, scoring, where),
        lambda: copilot.segmentation(by=by, scoring=scoring, where=where),
    )
    if not found.segments:
        st.info("No customer is left. Widen the condition, or import transactions.")
        return
    _draw(found)
    if by == "rfm" and scoring == "fifths":
        st.subheader("The grid behind them")
        cells = figure(copilot, ("grid", where), lambda: copilot.rfm_grid(where))
        grid(cells)
        st.caption("Each score is a fifth of all buyers; 5 is the fifth that does best.")


def _draw(found: Segmentation) -> None:
    bars([{"segment": one.name, "customers": one.customers} for one in found.segments])
    figures(
        [
            {
                "segment": one.name,
                "rule": one.rule,
                "customers": one.customers,
                "share": one.share,
                "revenue": one.revenue,
                "days_since_last_purchase": one.recency_days,
                "purchases_each": one.frequency,
                "spent_each": one.monetary,
            }
            for one in found.segments
        ]
    )
    if found.as_of:
        st.caption(f"Recency is counted to {found.as_of} ({found.as_of_is}).")
    if found.scores:
        with st.expander("How the scores are given"):
            for name, rule in found.scores.items():
                st.markdown(f"- **{name}**: {rule}")
