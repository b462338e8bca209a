"""The customers page: what is loaded, what is computed from it, what may be done with it."""

import streamlit as st

from copilot import Copilot, demo
from copilot.app._charts import consents, table
from copilot.app._fields import draw_fields, draw_forget
from copilot.app._jobs import Report, Work, jobs, outcome
from copilot.app._loading import draw_loading
from copilot.app._localities import draw_localities
from copilot.app._next import draw_next
from copilot.app._segments import draw_segments
from copilot.app._state import State, service, state, told
from copilot.app._text import plain
from copilot.app._value import draw_value
from copilot.records import ImportReport, Profile

SECTIONS = (
    "Overview",
    "Segments",
    "Localities",
    "Value",
    "Next products",
    "Fields",
    "Forget",
    "Import",
)
NEEDS = {
    "Segments": ("customers", "people: a file with a customer id in each row"),
    "Localities": ("customers", "people with a place or a store"),
    "Value": ("transactions", "purchases: customer, date and amount"),
    "Next products": ("transactions", "purchases: customer, product and date"),
}


def main() -> None:
    """One section at a time, so that only what is looked at is computed."""
    copilot, now = service(), state()
    st.title("Customers")
    with told():
        profile = copilot.profile()
        if not any(one.rows for one in profile.tables.values()):
            _empty(copilot, now)
            return
        section = st.segmented_control(
            "Section",
            SECTIONS,
            default="Import" if now.imports else "Overview",
            required=True,
            key="section",
            label_visibility="collapsed",
        )
        _section(copilot, now, profile, section or "Overview")


def _section(copilot: Copilot, now: State, profile: Profile, section: str) -> None:
    lacking, what = NEEDS.get(section, ("", ""))
    if lacking and not (lacking in profile.tables and profile.tables[lacking].rows):
        st.info(f"{section} need {what}. Bring them in under Import.")
    elif section == "Segments":
        draw_segments(copilot, now)
    elif section == "Localities":
        draw_localities(copilot)
    elif section == "Value":
        draw_value(copilot)
    elif section == "Next products":
        draw_next(copilot)
    elif section == "Fields":
        draw_fields(copilot)
    elif section == "Forget":
        draw_forget(copilot, now)
    elif section == "Import":
        draw_loading(copilot, now)
    else:
        _overview(profile)


def _empty(copilot: Copilot, now: State) -> None:
    st.markdown("No customers are loaded yet. Load your own data, or try the sample bakery.")
    if now.sample_job is not None:
        if outcome(now.sample_job) is not None:
            now.sample_job = None
            st.rerun()
    elif st.button("Load the sample bakery"):
        now.sample_job = jobs().start("Loading the sample bakery", _sample_work(copilot))
        st.rerun()
    draw_loading(copilot, now)


def _sample_work(copilot: Copilot) -> Work:
    def work(report: Report) -> list[ImportReport]:
        files, done = demo.bakery_files(), []
        for number, (path, name) in enumerate(files):
            report(number, len(files), path.name)
            done += copilot.import_customers([path], table=name)
        return done

    return work


def _overview(profile: Profile) -> None:
    rows = {name: one.rows for name, one in profile.tables.items()}
    columns = st.columns(4)
    columns[0].metric("Customers", f"{rows.get('customers', 0):,}")
    columns[1].metric("Transactions", f"{rows.get('transactions', 0):,}")
    columns[2].metric("Products", f"{rows.get('products', 0):,}")
    columns[3].metric("Never to be contacted", f"{profile.suppressed:,}")
    if profile.date_range:
        first, last = (one[:10] for one in profile.date_range)
        st.caption(f"Purchases from {first} to {last}.")
    if profile.synthetic:
        st.info(f"Made up for demonstration: {', '.join(profile.synthetic)}.")
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Who may be written to")
        if profile.consent:
            consents(profile.consent)
            st.caption("Unknown is not yes: those customers get nothing.")
        else:
            st.caption("No consents are loaded, so nobody can be written to.")
    with right:
        st.subheader("What is missing for what")
        if not profile.missing:
            st.caption("Nothing: every feature has the data it needs.")
        for feature, lacking in profile.missing.items():
            st.markdown(f"- **{plain(feature)}** needs {plain(', '.join(lacking))}")
    _coverage(profile)


def _coverage(profile: Profile) -> None:
    st.subheader("How complete the tables are")
    name = st.selectbox("Table", [key for key, one in profile.tables.items() if one.rows])
    found = profile.tables[name]
    rows = [{"field": field, "filled": share} for field, share in found.coverage.items()]
    st.caption(f"{found.rows:,} rows")
    filled = st.column_config.ProgressColumn(
        "Rows with a value", format="percent", min_value=0, max_value=1
    )
    table(rows, column_config={"Filled": filled})


if __name__ == "__main__":
    main()
