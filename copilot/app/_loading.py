"""The import page: files, a database, the sources under way, the mappings that were saved."""

import streamlit as st

from copilot import Copilot
from copilot.app._charts import table
from copilot.app._imports import database_card, draw_card, new_card
from copilot.app._state import State, told
from copilot.app._uploads import DATA

PACKED = ("txt", "ndjson", "xlsm", "xlsb", "ods", "zip", "gz", "bz2", "xz", "zst")
URL_HELP = (
    "Such as postgresql://user:password@host:5432/name or sqlite:////folder/file.db. It is used "
    "for this import only: it is not written down and never shown."
)
QUERY_HELP = "One SELECT. It is only read; nothing is changed. Empty: its tables are listed."


def draw_loading(copilot: Copilot, now: State) -> None:
    """Bring data in: look first, correct, then load."""
    files, database = st.tabs(["From files", "From a database"])
    with files, told():
        _files(copilot, now)
    with database, told():
        _database(copilot, now)
    for card in reversed(now.imports):
        draw_card(copilot, card)
    with told():
        _mappings(copilot)


def _files(copilot: Copilot, now: State) -> None:
    with st.form("load-files", clear_on_submit=True):
        files = st.file_uploader(
            "Customer files: people, purchases, products, stores, consents",
            [*DATA, *PACKED],
            accept_multiple_files=True,
            key="data",
        )
        if st.form_submit_button("Look at them", type="primary"):
            now.imports += [new_card(copilot, file, now.next_id()) for file in files or []]


def _database(copilot: Copilot, now: State) -> None:
    with st.form("load-database", clear_on_submit=True):
        url = st.text_input("Database URL", type="password", key="database-url", help=URL_HELP)
        query = st.text_area("Query", height=100, key="database-query", help=QUERY_HELP)
        if st.form_submit_button("Look at it", type="primary") and url.strip():
            if "://" not in url:
                st.error("That is no database URL. It begins like postgresql:// or sqlite://.")
                return
            card = database_card(copilot, url.strip(), query.strip(), now.next_id())
            now.imports.append(card)


def _mappings(copilot: Copilot) -> None:
    kept = {one.key: one for one in copilot.mappings()}
    with st.expander(f"Saved mappings ({len(kept)})"):
        if not kept:
            st.caption(
                "Which column fills which field is remembered here once you correct a proposal; "
                "the next file with the same columns is read the same way."
            )
            return
        table(
            [
                {"last_made_for": one.source, "table": one.table or "", "columns": len(one.header)}
                for one in kept.values()
            ]
        )
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        key = left.selectbox(
            "Look at one",
            list(kept),
            format_func=lambda one: f"{kept[one].source or 'a source'} → {kept[one].table or '?'}",
            key="saved-mapping",
        )
        if right.button("Forget this mapping", key="forget-mapping", width="stretch") and key:
            copilot.mappings(remove=key)
            st.rerun()
        if key:
            rows = kept[key].columns.items()
            table([{"column": name, "fills": to or "(left out)"} for name, to in rows])
