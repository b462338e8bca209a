"""Customers' data on their way in: the proposed mapping and its corrections, until it is loaded."""

from collections.abc import Sequence
from typing import Any, cast, get_args

import streamlit as st

from copilot import Copilot
from copilot.app._charts import table as draw_table
from copilot.app._loads import counts, draw_outcome, load, read
from copilot.app._sheets import parts_of
from copilot.app._state import ImportCard, complain
from copilot.app._text import plain
from copilot.app._uploads import Uploaded, index_paths, keep
from copilot.customers.importing.consent import CHANNELS
from copilot.customers.schema import table as schema_table
from copilot.errors import CopilotError
from copilot.records import ImportReport, MappedColumn, TableName

ASIDE, OUT = "(no field: an extra)", "(leave out)"
COLUMN, FIELD, SURE, EXAMPLE = "Column", "Fills", "Sure", "For example"


def new_card(copilot: Copilot, file: Uploaded, card_id: str) -> ImportCard:
    """Keep a data file and look at it; nothing is stored in the tables yet."""
    card = ImportCard(card_id, keep(copilot.settings.home, f"data/{card_id}", file))
    card.sheets = parts_of(card.path)
    _propose(copilot, card, None)
    return card


def database_card(copilot: Copilot, url: str, query: str, card_id: str) -> ImportCard:
    """Look at what a query reads from a database; nothing is stored in the tables yet."""
    card = ImportCard(card_id, copilot.settings.home, url=url, query=query)
    _propose(copilot, card, None)
    return card


def _propose(copilot: Copilot, card: ImportCard, table: str | None) -> None:
    """Read the source for a table (None: whichever fits) and remember the proposal."""
    card.table, card.mapping, card.problem = table, {}, ""
    try:
        card.base = read(copilot, card, table, None, dry_run=True)
        card.table = card.base.table
    except CopilotError as error:
        card.base, card.problem = None, str(error)
    card.proposal = card.base


def draw_card(copilot: Copilot, card: ImportCard) -> None:
    """One source: its proposal while it waits, its progress while it loads, then the report."""
    with st.container(border=True):
        if card.cancelled:
            st.caption(f"{plain(card.label)}: not loaded.")
        elif card.job is not None:
            draw_outcome(card)
            _draw_correction(copilot, card)
        else:
            _draw_proposal(copilot, card)
    if card.corrected is not None:
        draw_card(copilot, card.corrected)


def _draw_correction(copilot: Copilot, card: ImportCard) -> None:
    """Where a rejects file comes back corrected; the mapping that was loaded is used again."""
    if card.corrected is not None or not card.rejected:
        return
    given = st.file_uploader(
        "The rejected rows, corrected",
        ["csv"],
        key=f"corrected-{card.id}",
        help="Download them above, mend what the reason names, and bring the same file back.",
    )
    if given is not None and st.button("Import corrected file", key=f"correct-{card.id}"):
        again = ImportCard(
            f"{card.id}-again",
            keep(copilot.settings.home, f"data/{card.id}-again", given),
        )
        _propose(copilot, again, card.table)
        card.corrected = again
        st.rerun()


def _draw_proposal(copilot: Copilot, card: ImportCard) -> None:
    st.markdown(f"**{plain(card.label)}** · how it would be loaded")
    _draw_sheet(copilot, card)
    tables = list(get_args(TableName))
    now = card.table
    chosen = st.selectbox(
        "What is in this file?",
        tables,
        index=tables.index(cast(TableName, now)) if now in tables else None,
        placeholder="Choose what it holds",
        key=f"table-{card.id}" + (f"-{card.sheet}" if card.sheet else ""),
    )
    if chosen is not None and chosen != now:
        _propose(copilot, card, chosen)
    if card.problem:
        st.error(plain(card.problem))
    if card.base is not None:
        _draw_mapping(copilot, card, card.base)
    _draw_buttons(copilot, card)


def _draw_sheet(copilot: Copilot, card: ImportCard) -> None:
    """Which sheet of a workbook, or file of an archive, is read."""
    if len(card.sheets) < 2:
        return
    usual = "All that fit together"
    chosen = st.selectbox(
        "Which sheet" if card.path.suffix.lower() != ".zip" else "Which file inside",
        [usual, *card.sheets],
        key=f"sheet-{card.id}",
        help="By default the first table is read, and other sheets with the same columns.",
    )
    sheet = None if chosen == usual else chosen
    if sheet != card.sheet:
        card.sheet = sheet
        _propose(copilot, card, None)


def _draw_mapping(copilot: Copilot, card: ImportCard, base: ImportReport) -> None:
    edited = st.data_editor(
        _rows(base),
        key=f"mapping-{card.id}-{base.table}-{card.sheet}",
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
    st.caption(counts(shown) + f" · {shown.encoding}" + _delimiter(shown.delimiter))
    for warning in shown.warnings:
        st.warning(plain(warning))
    if shown.preview:
        with st.expander("The first rows as they will be stored"):
            draw_table(_filled(shown.preview))


def _retry(copilot: Copilot, card: ImportCard, base: ImportReport, mapping: dict[str, str]) -> None:
    """Read the file again under a corrected mapping."""
    card.mapping, card.problem = mapping, ""
    try:
        card.proposal = read(copilot, card, base.table, mapping or None, dry_run=True)
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


def _draw_buttons(copilot: Copilot, card: ImportCard) -> None:
    ready = card.proposal if not card.problem else None
    count = ready.rows_loaded + ready.rows_updated if ready else 0
    with st.container(horizontal=True):
        if st.button(
            f"Load {count:,} rows", type="primary", disabled=not count, key=f"load-{card.id}"
        ):
            load(copilot, card)
            st.rerun()
        if not card.url and st.button("Read it as a document instead", key=f"document-{card.id}"):
            card.job = index_paths(copilot, [card.path])
            st.rerun()
        if st.button("Do not load", type="tertiary", key=f"drop-{card.id}"):
            card.cancelled = True
            if not card.url:
                card.path.unlink(missing_ok=True)
            card.url = ""
            st.rerun()
