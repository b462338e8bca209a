"""What may be done with each field, and forgetting a person."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from copilot import Copilot
from copilot.app._charts import table
from copilot.app._state import State, complain
from copilot.app._text import plain
from copilot.errors import CopilotError
from copilot.records import FieldRule, Forgotten

USES = {
    "mention": "may be mentioned",
    "use": "used, never mentioned",
    "never": "not used at all",
}


def draw_fields(copilot: Copilot) -> None:
    """The fields by table with their uses to change; below it, forgetting somebody."""
    found = copilot.fields()
    st.markdown(
        "**May be mentioned**: copy may name it. **Used, never mentioned**: it may choose what is "
        "said. **Not used at all**: nothing reads it."
    )
    tables = list(dict.fromkeys(one.table for one in found))
    name = st.selectbox("Table", tables, key="fields-table") or tables[0]
    rules = [one for one in found if one.table == name]
    shown = [_row(one) for one in rules]
    edited = st.data_editor(
        shown,
        key=f"fields-{name}-{copilot.store.manifest().generation}",
        hide_index=True,
        width="stretch",
        disabled=["Field", "Sensitive", "Decided by"],
        column_config={
            "What may be done": st.column_config.SelectboxColumn(
                options=list(USES.values()), required=True
            ),
            "Sensitive": st.column_config.TextColumn(width="large"),
        },
    )
    changed = _changes(rules, edited)
    if changed:
        _apply(copilot, rules, changed)


def _row(one: FieldRule) -> dict[str, Any]:
    return {
        "Field": one.field,
        "What may be done": USES[one.use],
        "Sensitive": f"⚠ {one.reason}" if one.sensitive else "",
        "Decided by": "you" if one.decided else "default",
    }


def _changes(rules: Sequence[FieldRule], edited: Sequence[dict[str, Any]]) -> dict[str, str]:
    uses = {label: use for use, label in USES.items()}
    wanted = {row["Field"]: uses[row["What may be done"]] for row in edited}
    return {one.field: wanted[one.field] for one in rules if wanted[one.field] != one.use}


def _apply(copilot: Copilot, rules: Sequence[FieldRule], changed: dict[str, str]) -> None:
    risky = [
        one for one in rules if one.field in changed and one.sensitive and one.default == "never"
    ]
    sure = True
    if risky:
        names = ", ".join(f"{one.field} ({one.reason})" for one in risky)
        sure = st.checkbox(
            f"I may use this by law, and want to: {names}", key=f"sure-{sorted(changed)}"
        )
    listed = ", ".join(f"{field}: {USES[use]}" for field, use in changed.items())
    st.caption(f"To be changed: {plain(listed)}")
    if st.button("Save these changes", type="primary", disabled=not sure, key="save-fields"):
        tables = {one.field: one.table for one in rules}
        try:
            for field, use in changed.items():
                copilot.set_field(field, use, table=tables[field], sensitive=bool(risky) and sure)
        except CopilotError as error:
            complain(error)
            return
        st.rerun()


def draw_forget(copilot: Copilot, now: State) -> None:
    """Erase a person: who, typed twice, and what was done."""
    st.markdown(
        "Erases a person from every table, draft and waiting upload of this workspace. Only a "
        "keyed hash stays, so that they are never written to again. **It cannot be undone.**"
    )
    with st.form("forget", clear_on_submit=True):
        who = st.text_input("Who: their id, e-mail address or phone number", key="forget-who")
        again = st.text_input("The same once more, to confirm", key="forget-again")
        if st.form_submit_button("Forget this person", type="primary"):
            now.forgotten = None
            if not who.strip() or who.strip() != again.strip():
                st.error("The two do not match. Nothing was erased.")
            else:
                try:
                    now.forgotten = copilot.forget(who.strip())
                    now.figures.clear()
                except CopilotError as error:
                    complain(error)
    if now.forgotten is not None:
        _forgotten(now.forgotten)


def _forgotten(done: Forgotten) -> None:
    st.success(f"{plain(done.customer_id)} is forgotten.")
    rows = [{"where": name, "rows_erased": count} for name, count in done.erased.items()]
    rows += [{"where": name, "rows_erased": count} for name, count in done.files.items()]
    table(rows)
    if done.removed:
        st.info(f"Removed whole: {plain(', '.join(done.removed))}")
    if done.outside:
        st.warning(
            "These files outside the workspace still name them; delete the rows there yourself: "
            f"{plain(', '.join(done.outside))}"
        )
