"""The rule builder: rows of field, test and value, the same rule in writing, whom it reaches."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from copilot import Copilot
from copilot.app._charts import consents
from copilot.app._rule_tests import TESTS, Test, shown_as_row, test_of
from copilot.app._state import RuleBox, RuleDraft, RuleRow, State, complain, figure, told
from copilot.app._text import plain
from copilot.errors import CopilotError, FilterError
from copilot.records import RuleField, RuleGroup, RuleTest

HOW: dict[Literal["and", "or"], str] = {"and": "all of these hold", "or": "at least one holds"}
TEXT = "rule-text"
HELP = (
    "The same rule as an expression. Change it here or in the rows: each follows the other. "
    "It can be given to the command line as well: segments --where."
)


def draw_rules(copilot: Copilot, now: State) -> None:
    """Build a rule, see whom it reaches while it grows, save it, draft for it."""
    draft, fields = now.rule, copilot.rule_fields()
    if not draft.begun:
        draft.begun, draft.root = True, new_box(now, rows=1)
    _saved(copilot, now)
    if draft.root is not None:
        with st.container(border=True):
            group = _box(draft.root, now, fields)
        draft.where = copilot.write_rule(group)
    st.session_state[TEXT] = draft.where
    st.text_area(
        "The rule in writing", key=TEXT, height=80, on_change=_typed, args=(copilot, now), help=HELP
    )
    if draft.problem:
        st.warning(plain(draft.problem))
    if draft.root is None and st.button("Start again with rows"):
        now.rule = RuleDraft()
        st.rerun()
    with told():
        _reach(copilot, now)


def new_box(now: State, *, rows: int = 0) -> RuleBox:
    """An empty box, or one with empty rows to fill."""
    return RuleBox(now.next_id(), rows=[RuleRow(now.next_id()) for _ in range(rows)])


def boxed(group: RuleGroup, now: State) -> RuleBox:
    """A rule's group as rows with new ids, so that its widgets begin with its values."""
    return RuleBox(
        now.next_id(),
        how=group.how,
        negated=group.negated,
        rows=[RuleRow(now.next_id(), test) for test in group.tests],
        boxes=[boxed(inner, now) for inner in group.groups],
    )


def use(copilot: Copilot, now: State, where: str) -> None:
    """Take an expression over: as rows where rows can show it, else as text with the reason."""
    draft = RuleDraft(begun=True, where=where)
    try:
        group = copilot.read_rule(where)
        _must_fit(group, copilot.rule_fields())
        draft.root = boxed(group, now) if group.tests or group.groups else new_box(now, rows=1)
    except CopilotError as error:
        draft.problem = str(error)
    now.rule = draft


def _must_fit(group: RuleGroup, fields: Sequence[RuleField]) -> None:
    """Raises FilterError naming a test that no row can show."""
    kinds = {one.field: one.kind for one in fields}
    for test in group.tests:
        if test.field not in kinds or not shown_as_row(test, kinds[test.field]):
            raise FilterError(
                f"Rows cannot show what this rule asks of {test.field!r}.",
                hint="It works as it is; change it here in writing.",
            )
    for inner in group.groups:
        _must_fit(inner, fields)


def _typed(copilot: Copilot, now: State) -> None:
    use(copilot, now, st.session_state[TEXT].strip())


def _box(box: RuleBox, now: State, fields: Sequence[RuleField], depth: int = 0) -> RuleGroup:
    """Draw a box of rows and give the rule it holds; rows without a value are left out."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    how = left.radio(
        "Customers for whom" if not depth else "and of this group",
        list(HOW),
        index=list(HOW).index(box.how),
        format_func=HOW.__getitem__,
        horizontal=True,
        key=f"how-{box.id}",
    )
    negated = right.toggle(
        "Turn it round (not)",
        box.negated,
        key=f"not-{box.id}",
        help="Everybody for whom this does not hold. Unknown values are in neither.",
    )
    tests = [test for row in list(box.rows) if (test := _row(box, row, fields)) is not None]
    groups = []
    for inner in list(box.boxes):
        with st.container(border=True):
            groups.append(_box(inner, now, fields, depth + 1))
            st.button("Remove this group", key=f"drop-{inner.id}", on_click=_drop(box.boxes, inner))
    with st.container(horizontal=True):
        st.button("Add a test", key=f"row-{box.id}", on_click=_add_row, args=(box, now))
        if not depth:
            st.button(
                "Add a group",
                key=f"group-{box.id}",
                on_click=_add_box,
                args=(box, now),
                help="Tests that belong together, such as: either this city or that one.",
            )
    filled = tuple(one for one in groups if one.tests)
    return RuleGroup(how=how, negated=negated, tests=tuple(tests), groups=filled)


def _add_row(box: RuleBox, now: State) -> None:
    box.rows.append(RuleRow(now.next_id()))


def _add_box(box: RuleBox, now: State) -> None:
    box.boxes.append(
        RuleBox(
            now.next_id(), how="or" if box.how == "and" else "and", rows=new_box(now, rows=1).rows
        )
    )


def _drop(items: list[Any], item: Any) -> Any:
    def drop() -> None:
        if item in items:
            items.remove(item)

    return drop


def _row(box: RuleBox, row: RuleRow, fields: Sequence[RuleField]) -> RuleTest | None:
    """Draw one test; None while it has no value."""
    left, middle, right, end = st.columns([3, 2, 4, 1], vertical_alignment="bottom")
    known = {one.field: one for one in fields}
    begin = row.start.field if row.start and row.start.field in known else None
    name = left.selectbox(
        "Field",
        list(known),
        index=list(known).index(begin) if begin else None,
        format_func=lambda one: known[one].label,
        placeholder="Choose what to test",
        key=f"field-{row.id}",
    )
    end.button("Remove", key=f"drop-{row.id}", on_click=_drop(box.rows, row), type="tertiary")
    if name is None:
        return None
    field = known[name]
    tests = TESTS[field.kind]
    chosen, start = test_of(row.start if name == begin else None, field.kind)
    label = middle.selectbox(
        "Test",
        list(tests),
        index=list(tests).index(chosen),
        key=f"test-{row.id}-{name}",
        help=field.help or None,
    )
    test = tests[label]
    with right:
        values = _values(field, test, start if label == chosen else (), f"{row.id}-{name}-{label}")
    if values is None:
        return None
    return RuleTest(
        field=name,
        operator=test.operator,
        negated=test.negated,
        values=tuple(test.pattern.format(one) if test.pattern else one for one in values),
    )


def _values(
    field: RuleField, test: Test, start: Sequence[float | str], key: str
) -> tuple[float | str, ...] | None:
    """Draw what a test compares with; None while nothing is chosen, () when it needs nothing."""
    if test.operator in ("null", "true"):
        return ()
    if test.operator == "between":
        left, right = st.columns(2)
        with left:
            low = _one(field, "From", start[0] if start else None, f"low-{key}")
        with right:
            high = _one(field, "To", start[1] if start else None, f"high-{key}")
        return None if low is None or high is None else (low, high)
    if test.operator == "in":
        options = list(dict.fromkeys([*field.values, *map(str, start)]))
        some = st.multiselect(
            "Values",
            options,
            list(map(str, start)),
            accept_new_options=not field.values or field.more_values > 0,
            key=f"some-{key}",
        )
        return tuple(some) or None
    one = _one(field, "Value", start[0] if start else None, f"one-{key}", listed=not test.pattern)
    return None if one is None else (one,)


def _one(
    field: RuleField, label: str, start: float | str | None, key: str, *, listed: bool = True
) -> float | str | None:
    if field.kind == "date":
        begin = dt.date.fromisoformat(str(start)) if start else None
        day = st.date_input(
            label, begin, min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 1, 1), key=key
        )
        return day.isoformat() if isinstance(day, dt.date) else None
    if field.kind == "number":
        about = f"In the data: {field.low:,g} to {field.high:,g}" if field.low is not None else None
        begun = float(start) if start is not None else None
        number = st.number_input(label, value=begun, step=None, key=key, help=about)
        return None if number is None else float(number)
    if field.values and listed:
        options = list(dict.fromkeys([*field.values, *([str(start)] if start else [])]))
        return st.selectbox(
            label,
            options,
            index=options.index(str(start)) if start else None,
            accept_new_options=not field.values or field.more_values > 0,
            placeholder="Choose; type to search",
            key=key,
        )
    return st.text_input(label, str(start or ""), key=key).strip() or None


def _reach(copilot: Copilot, now: State) -> None:
    where = now.rule.where
    found = figure(copilot, ("reach", where), lambda: copilot.reach(where))
    share = found.customers / found.everybody if found.everybody else 0
    left, middle, right = st.columns(3)
    left.metric("Customers", f"{found.customers:,}", help="Customers for whom the rule holds.")
    middle.metric("Of all customers", f"{share:.0%}")
    right.metric("What they have spent", f"{found.revenue:,.2f}")
    if not where:
        st.caption("No test is complete yet: this is everybody.")
    elif not found.customers:
        st.info("The rule holds for nobody. Take a test away, or choose “at least one holds”.")
    if found.consent and found.customers:
        with st.expander("Who of them may be written to", expanded=True):
            consents(found.consent)
            st.caption("Unknown is not yes: those customers get nothing.")
    _keep(copilot, now, found.customers)


def _keep(copilot: Copilot, now: State, customers: int) -> None:
    where = now.rule.where
    left, middle, right = st.columns([3, 1, 1.4], vertical_alignment="bottom")
    name = left.text_input(
        "Save this rule as", key="rule-name", help="A segment of that name is replaced."
    )
    if middle.button("Save", disabled=not where, key="save-rule", width="stretch"):
        try:
            now.rule.saved = copilot.save_segment(name, where).name
            st.rerun()
        except CopilotError as error:
            complain(error)
    if right.button(
        f"Draft for these {customers:,}",
        type="primary",
        disabled=not where or not customers,
        key="draft-for",
        width="stretch",
    ):
        now.draft_for = where
        if "campaigns" in now.pages:
            st.switch_page(now.pages["campaigns"])
    if now.rule.saved:
        st.success(f"Saved as “{plain(now.rule.saved)}”. Campaigns can be sent to it by name.")


def _saved(copilot: Copilot, now: State) -> None:
    saved = {one.name: one.where for one in copilot.saved_segments()}
    if not saved:
        return
    left, middle, right = st.columns([3, 1, 1], vertical_alignment="bottom")
    name = left.selectbox("Saved segments", list(saved), key="saved-segment")
    if middle.button("Open", key="open-saved", width="stretch") and name in saved:
        use(copilot, now, saved[name])
        st.rerun()
    if right.button("Remove", key="remove-saved", width="stretch") and name in saved:
        copilot.remove_segment(name)
        st.rerun()
