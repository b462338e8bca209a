"""Customer files on their way in: the proposed mapping, corrections, loading, what came of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast, get_args

import streamlit as st

from copilot import Copilot
from copilot.app._charts import table as draw_table
from copilot.app._jobs import jobs, outcome
from copilot.app._state import ImportCard, complain
from copilot.app._text import plain
from copilot.app._uploads import Uploaded, draw_index, index_paths, keep
from copilot.customers.importing.consent import CHANNELS
from copilot.customers.schema import table as schema_table
from copilot.errors import CopilotError
from copilot.records import ImportReport, MappedColumn, TableName

ASIDE, OUT = "(no field: an extra)", "(leave out)"
COLUMN, FIELD, SURE, EXAMPLE = "Column", "Fills", "Sure", "For example"


def new_card(copilot: Copilot, file: Uploaded, card_id: str) -> ImportCard:
    """Keep a data file and look at it; nothing is stored in the tables yet."""
    card = ImportCard(card_id, keep(copilot.settings.home, f"data/{card_id}", file))
    _propose(copilot, card, None)
    return card


def _propose(copilot: Copilot, card: ImportCard, table: str | None) -> None:
    """Read the file for a table (None: whichever fits) and remember the proposal."""
    card.table, card.mapping, card.problem = table, {}, ""
    try:
        card.base = copilot.import_customers([card.path], table=table, dry_run=True)[0]
        card.table = card.base.table
    except CopilotError as error:
        card.base, card.problem = None, str(error)
    card.proposal = card.base


def draw_card(copilot: Copilot, card: ImportCard) -> None:
    """One file: its proposal while it waits, its progress while it loads, then the report."""
    with st.container(border=True):
        if card.cancelled:
            st.caption(f"{plain(card.path.name)}: not loaded.")
        elif card.job is not None:
            _draw_outcome(card)
        else:
            _draw_proposal(copilot, card)


def _draw_proposal(copilot: Copilot, card: ImportCard) -> None:
    st.markdown(f"**{plain(card.path.name)}** · how it would be loaded")
    tables = list(get_args(TableName))
    now = card.table
    chosen = st.selectbox(
        "What is in this file?",
        tables,
        index=tables.index(cast(TableName, now)) if now in tables else None,
        placeholder="Choose what it holds",
        key=f"table-{card.id}",
    )
    if chosen is not None and chosen != now:
        _propose(copilot, card, chosen)
    if card.problem:
        st.error(plain(card.problem))
    if card.base is not None:
        _draw_mapping(copilot, card, card.base)
    _draw_buttons(copilot, card)


def _draw_mapping(copilot: Copilot, card: ImportCard, base: ImportReport) -> None:
    edited = st.data_editor(
        _rows(base),
        key=f"mapping-{card.id}-{base.table}",
        hide_index=True,
        width="stretch",
        disabled=[COLUMN, EXAMPLE, SURE],
        column_config={
            COLUMN: st.column_config.TextColumn("Column in the file"),
            FIELD: st.column_config.SelectboxColumn(
                "Fills the field", options=_fields(base), required=True, help="Change what is wrong"
            ),
            SURE: st.column_config.ProgressColumn(
                "How sure", format="percent", min_value=0, max_value=1
            ),
        },
    )
    mapping = _changed(base, edited)
    if mapping != card.mapping:
        _retry(copilot, card, base, mapping)
    shown = card.proposal or base
    st.caption(_counts(shown) + f" · {shown.encoding}" + _delimiter(shown.delimiter))
    for warning in shown.warnings:
        st.warning(plain(warning))
    if shown.preview:
        with st.expander("The first rows as they will be stored"):
            draw_table(_filled(shown.preview))


def _retry(copilot: Copilot, card: ImportCard, base: ImportReport, mapping: dict[str, str]) -> None:
    """Read the file again under a corrected mapping."""
    card.mapping, card.problem = mapping, ""
    try:
        card.proposal = copilot.import_customers(
            [card.path], table=base.table, mapping=mapping or None, dry_run=True
        )[0]
    except CopilotError as error:
        card.proposal, card.problem = None, str(error)
        complain(error)


def _rows(base: ImportReport) -> list[dict[str, Any]]:
    return [
        {
            COLUMN: column,
            FIELD: one.field or ASIDE,
            EXAMPLE: _example(base, one),
            SURE: one.confidence,
        }
        for column, one in base.mapping.items()
    ]


def _example(base: ImportReport, column: MappedColumn) -> str:
    values = (row.get(column.field or "") for row in base.preview)
    return next((str(value) for value in values if value not in (None, "")), "")


def _fields(base: ImportReport) -> list[str]:
    known = list(schema_table(base.table).types)
    more = (
        ["full_name", *(f"consent.{one}" for one in CHANNELS)] if base.table == "customers" else []
    )
    found = [one.field for one in base.mapping.values() if one.field]
    return [ASIDE, OUT, *dict.fromkeys([*known, *more, *found])]


def _changed(base: ImportReport, edited: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What differs from the proposal: column to field, "" for a column left out."""
    changed = {}
    for row in edited:
        field = row[FIELD]
        if field != (base.mapping[row[COLUMN]].field or ASIDE):
            changed[row[COLUMN]] = "" if field in (ASIDE, OUT) else field
    return changed


def _filled(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """The rows without the columns that are empty in all of them."""
    keys = [key for key in rows[0] if any(row.get(key) not in (None, "") for row in rows)]
    return [{key: row.get(key) for key in keys} for row in rows]


def _delimiter(found: str | None) -> str:
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    return f", separated by {names.get(found, repr(found))}" if found else ""


def _counts(report: ImportReport) -> str:
    return (
        f"{report.rows_read:,} rows read = {report.rows_loaded:,} new + "
        f"{report.rows_updated:,} updated + {report.rows_rejected:,} rejected"
    )


def _draw_buttons(copilot: Copilot, card: ImportCard) -> None:
    ready = card.proposal if not card.problem else None
    count = ready.rows_loaded + ready.rows_updated if ready else 0
    with st.container(horizontal=True):
        if st.button(
            f"Load {count:,} rows", type="primary", disabled=not count, key=f"load-{card.id}"
        ):
            _load(copilot, card)
            st.rerun()
        if st.button("Read it as a document instead", key=f"document-{card.id}"):
            card.job = index_paths(copilot, [card.path])
            st.rerun()
        if st.button("Do not load", type="tertiary", key=f"drop-{card.id}"):
            card.cancelled = True
            card.path.unlink(missing_ok=True)
            st.rerun()


def _load(copilot: Copilot, card: ImportCard) -> None:
    path, table, mapping = card.path, card.table, card.mapping or None

    def work(_report: object) -> ImportReport:
        done = copilot.import_customers([path], table=table, mapping=mapping)[0]
        path.unlink(missing_ok=True)  # people's data stay in one place: the tables
        return done

    card.job = jobs().start(f"Loading {path.name}", work)


def _draw_outcome(card: ImportCard) -> None:
    done = outcome(card.job or "")
    if not isinstance(done, ImportReport):
        if done is not None:
            draw_index(card.job or "")
        return
    st.success(f"**{plain(done.source)}** is loaded into {done.table}: {_counts(done)}.")
    for warning in done.warnings:
        st.caption(plain(warning))
    if done.rejects_file and Path(done.rejects_file).is_file():
        st.download_button(
            f"Rejected rows with reasons ({done.rows_rejected:,})",
            Path(done.rejects_file).read_bytes(),
            file_name=Path(done.rejects_file).name,
            on_click="ignore",
            key=f"rejects-{card.id}",
        )
