"""The settings page: what works, what is connected, how to connect a model. No secret is typed."""

import streamlit as st

from copilot import Copilot
from copilot.app._state import service, state, told
from copilot.app._text import plain
from copilot.records import DoctorReport
from copilot.settings import TOML_NAME

SIGNS = {"ok": "works", "off": "not used", "missing": "missing", "broken": "broken"}
ENVIRONMENT = """export MARKETING_COPILOT_BASE_URL=http://127.0.0.1:8080/v1
export MARKETING_COPILOT_MODEL=name-of-the-model
export MARKETING_COPILOT_API_KEY=...   # when the server asks for one
"""
TOML = """base_url = "http://127.0.0.1:8080/v1"
model = "name-of-the-model"
budget_usd = 5.0
"""


def main() -> None:
    """The model, the workspace, and the doctor's findings."""
    copilot, now = service(), state()
    st.title("Settings")
    _model(copilot)
    st.subheader("Workspace")
    st.code(str(copilot.settings.home), language=None)
    st.caption("Documents, customers, drafts and the index are in this folder and nowhere else.")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.subheader("Health")
    again = right.button("Check again", width="stretch")
    with told():
        if now.doctor is None or again:
            with st.spinner("Looking at each part"):
                now.doctor = copilot.doctor()
        _health(now.doctor)


def _model(copilot: Copilot) -> None:
    st.subheader("Model")
    chosen = copilot.settings
    if chosen.offline:
        st.markdown(
            "**Offline.** Answers are built from the library and copy is written by the composer. "
            "Nothing leaves this machine."
        )
    else:
        key = f"`{chosen.api_key}`" if chosen.api_key else "none"
        budget = "no limit" if chosen.budget_usd is None else f"{chosen.budget_usd:.2f} USD"
        st.markdown(
            f"**{plain(chosen.model or '')}** at {plain(chosen.base_url or 'the default address')}"
            f"  \nKey: {key} · Budget: {budget}"
        )
    with st.expander("How to connect a model" if chosen.offline else "How to change it"):
        st.markdown("Any OpenAI-compatible server works. Set these and start the app again:")
        st.code(ENVIRONMENT, language="bash")
        st.markdown(f"or write them into `{TOML_NAME}` in the workspace, except for the key:")
        st.code(TOML, language="toml")


def _health(report: DoctorReport) -> None:
    rows = [
        {
            "Part": one.name,
            "State": SIGNS[one.status],
            "Found": plain(one.detail),
            "Remedy": one.fix,
        }
        for one in report.checks
    ]
    st.table(rows, hide_index=True)
    st.caption(f"marketing-copilot {report.version}")


if __name__ == "__main__":
    main()
