"""The customers page: what is loaded, who consents, localities, segments."""

from typing import get_args

import streamlit as st

from copilot import Copilot, demo
from copilot.app._charts import bars, consents, over_index, table
from copilot.app._imports import draw_card, new_card
from copilot.app._jobs import Report, Work, jobs, outcome
from copilot.app._state import State, service, state, told
from copilot.app._text import plain
from copilot.app._uploads import DATA
from copilot.records import ImportReport, Locality, LocalityLevel, Profile

SEGMENTS = ("rfm", "value", "lifecycle")


def main() -> None:
    """The profile, then localities and segments where there is data for them."""
    copilot, now = service(), state()
    st.title("Customers")
    with told():
        profile = copilot.profile()
        if not any(one.rows for one in profile.tables.values()):
            _empty(copilot, now)
            return
        overview, places, segments, loading = st.tabs(
            ["Overview", "Localities", "Segments", "Load files"]
        )
        with overview, told():
            _overview(profile)
        with places, told():
            _localities(copilot)
        with segments, told():
            _segments(copilot)
        with loading, told():
            _loading(copilot, now)


def _empty(copilot: Copilot, now: State) -> None:
    st.markdown("No customers are loaded yet. Load your own files, or try the sample bakery.")
    if now.sample_job is not None:
        if outcome(now.sample_job) is not None:
            now.sample_job = None
            st.rerun()
    elif st.button("Load the sample bakery"):
        now.sample_job = jobs().start("Loading the sample bakery", _sample_work(copilot))
        st.rerun()
    _loading(copilot, now)


def _sample_work(copilot: Copilot) -> Work:
    def work(report: Report) -> list[ImportReport]:
        files, done = demo.bakery_files(), []
        for number, (path, name) in enumerate(files):
            report(number, len(files), path.name)
            done += copilot.import_customers([path], table=name)
        return done

    return work


def _loading(copilot: Copilot, now: State) -> None:
    with st.form("load-files", clear_on_submit=True):
        files = st.file_uploader(
            "Customer files: people, purchases, products, stores, consents",
            list(DATA),
            accept_multiple_files=True,
            key="data",
        )
        if st.form_submit_button("Look at them", type="primary"):
            now.imports += [new_card(copilot, file, now.next_id()) for file in files or []]
    for card in reversed(now.imports):
        draw_card(copilot, card)


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


def _localities(copilot: Copilot) -> None:
    levels = list(get_args(LocalityLevel))
    level = st.selectbox("Level", levels, levels.index("neighbourhood"), key="level")
    found = copilot.localities(level)
    if not found:
        st.info(f"No customer has a {level}.")
        return
    rows = [_row(one) for one in found]
    ranked = sorted(found, key=lambda one: one.revenue, reverse=True)
    bars([{"locality": one.name, "revenue": one.revenue} for one in ranked])
    table(
        rows,
        column_config={
            "Revenue": st.column_config.NumberColumn(format="%.2f"),
            "Average basket": st.column_config.NumberColumn(format="%.2f"),
            "Answered": st.column_config.NumberColumn(format="percent"),
        },
    )
    names = [one.name for one in found]
    chosen = st.selectbox("What one of them buys more often than elsewhere", names, key="locality")
    if chosen is not None:
        over_index(found[names.index(chosen)])
        st.caption(
            "1 is as often as everywhere. Each line is a 90% interval, drawn towards 1 where few "
            "customers speak."
        )


def _row(one: Locality) -> dict[str, object]:
    return {
        "name": one.name,
        "customers": one.customers,
        "buyers": one.buyers,
        "revenue": one.revenue,
        "average_basket": one.average_basket,
        "buys_more_often": ", ".join(top.name for top in one.top[:3]),
        "answered": one.response_rate,
        "mailings": one.responses,
        "languages": ", ".join(f"{name} {share:.0%}" for name, share in one.languages.items()),
    }


def _segments(copilot: Copilot) -> None:
    left, right = st.columns([1, 2])
    by = left.selectbox("Segment by", SEGMENTS, format_func=str.upper, key="by")
    where = right.text_input("Only customers where", placeholder="city = 'Leeds'", key="where")
    found = copilot.segments(by=by or "rfm", where=where.strip())
    if not found:
        st.info("There are no purchases to form segments from.")
        return
    bars([{"segment": one.name, "customers": one.customers} for one in found])
    table(
        [one.model_dump() for one in found],
        column_config={"Share": st.column_config.NumberColumn(format="percent")},
    )


if __name__ == "__main__":
    main()
