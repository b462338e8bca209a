"""What to offer next: suggestions by group first, one person's only when asked for by id."""

import streamlit as st

from copilot import Copilot
from copilot.app._charts import bars, figures
from copilot.app._state import figure
from copilot.app._text import plain
from copilot.records import NextProducts

TASKS = {
    "cross_sell": "Something they have never bought",
    "repeat": "Something to buy again",
    "any": "Either",
}
KINDS = {"product": "Products", "category": "Categories"}


def draw_next(copilot: Copilot) -> None:
    """Counts and the items suggested most; people only by id."""
    left, middle, right = st.columns([2, 1, 2])
    task = left.selectbox("Suggest", list(TASKS), format_func=TASKS.__getitem__, key="task")
    kind = middle.selectbox("Of what", list(KINDS), format_func=KINDS.__getitem__, key="next-kind")
    where = right.text_input(
        "Only customers where",
        key="next-where",
        help="An audience expression, such as: consent_email. Empty is everybody.",
    ).strip()
    found = figure(
        copilot,
        ("next", where, task, kind),
        lambda: copilot.next_products(where, task=task, kind=kind),
    )
    _counts(found)
    _most(found)
    _one(copilot, task, kind)


def _counts(found: NextProducts) -> None:
    one, two, three, four = st.columns(4)
    one.metric("Customers", f"{found.customers:,}")
    two.metric("By what they bought", f"{found.by_own_history:,}", help="From their own purchases.")
    three.metric(
        "By their place",
        f"{found.by_place:,}",
        help="They bought too little: what their place, or everybody, buys.",
    )
    four.metric("Nothing to suggest", f"{found.nothing:,}")
    st.caption(
        f"Never suggested: {found.private_items:,} private items by their words, "
        f"{found.closed_items:,} out of stock, not sold lately or bought by fewer than "
        f"{found.fewest_buyers}."
    )


def _most(found: NextProducts) -> None:
    counts: dict[str, int] = {}
    for one in found.suggestions:
        if one.rank == 1:
            counts[one.item] = counts.get(one.item, 0) + 1
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    if not ranked:
        st.info("There is nothing to suggest yet. Import transactions with customers and products.")
        return
    st.subheader("Suggested first")
    rows = [{"item": item, "customers": count} for item, count in ranked]
    bars(rows)
    figures(rows)
    if found.shown < found.customers:
        st.caption(
            f"Counted among the first {found.shown:,} customers. For all of them with reasons: "
            "`marketing-copilot customers next --out next.csv`."
        )


def _one(copilot: Copilot, task: str, kind: str) -> None:
    st.subheader("One customer")
    who = st.text_input("Customer id", key="next-customer").strip()
    if not who:
        return
    found = copilot.next_products(customer_id=who, task=task, kind=kind)
    if not found.suggestions:
        st.info(f"Nothing to suggest to {plain(who)}.")
        return
    figures(
        [
            {
                "item": one.item,
                "why": one.reason,
                "customers_behind_it": one.support,
                "due": {True: "yes", False: "not yet", None: ""}[one.due],
            }
            for one in found.suggestions
        ]
    )
