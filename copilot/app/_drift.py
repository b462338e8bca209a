"""Drift of a campaign: localities by features, and the sentences that carry copy away."""

import streamlit as st

from copilot import Copilot
from copilot.app._charts import draw, figures
from copilot.app._state import told
from copilot.app._text import plain
from copilot.charts import heat_chart
from copilot.records import DraftDrift, DriftReport

MEANING = (
    "Drift is the share of the brand's own copy that stands nearer to its exemplars: 0.5 is as far "
    "as the brand's own usually stands, 0.95 further than 19 in 20. Places, products, prices and "
    "dates are left out of the comparison."
)
MOST = 10


def draw_drift(copilot: Copilot, campaign: str) -> None:
    """How far the campaign's localities stand from the brand's exemplars, and why."""
    with told():
        found = copilot.drift(campaign)
        st.caption(MEANING)
        for note in found.notes:
            st.info(plain(note))
        if not found.drafts:
            st.caption("No draft of this campaign stands.")
            return
        _localities(found)
        for one in found.drafts[:MOST]:
            _draft(one, found.budget)


def _localities(found: DriftReport) -> None:
    said = "Drift by place: standard deviations over or under the exemplars, feature by feature"
    draw(heat_chart(found.localities), said)
    figures(
        [
            {
                "for": one.unit,
                "drafts": one.drafts,
                "drift": one.score,
                "worst": one.worst,
                "over_budget": one.over,
            }
            | {name: value for name, value in one.features.items() if abs(value) >= 1}
            for one in found.localities
        ]
    )


def _draft(one: DraftDrift, budget: float | None) -> None:
    over = budget is not None and one.score > budget
    mark = "over the budget, " if over else ""
    title = f"{one.score:.2f} · {one.unit} · {one.channel} · {one.language} · {one.variant}"
    with st.expander(f"{mark}{title}", expanded=over):
        st.caption(f"Compared: {one.compared}.")
        if not one.sentences:
            st.caption("No sentence stands apart.")
        for sentence in one.sentences:
            st.markdown(f"**{plain(sentence.text)}**")
            st.caption(plain("; ".join(cause.why for cause in sentence.moved)))
            st.write(plain(sentence.suggestion))
