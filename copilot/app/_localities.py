"""Localities: their profile, what they buy more and less often, who is like them, what to offer."""

from collections.abc import Sequence
from typing import get_args

import streamlit as st

from copilot import Copilot
from copilot.app._charts import bars, figures, mix, over_index
from copilot.app._state import figure, told
from copilot.app._text import plain
from copilot.records import ItemKind, Locality, LocalityLevel, LocalMove, LocalPlan

CLASSES = ("language", "age", "segment", "store.kind")
SIZES = {"Revenue": "revenue", "Customers": "customers", "Average basket": "average_basket"}
INDEX = (
    "1 is as often as everywhere. Each line is a 90% interval, drawn towards 1 where few customers "
    "speak; only what surely differs is shown."
)
LEVEL_HELP = (
    "A place, a class of customers or of stores, or a level of your own: `postcode:3` (its first "
    "characters), `postcode:area`, `attributes.NAME` (an extra column of the customers), "
    "`store.demographics.NAME`, or several joined with `+`, such as `city+language`."
)


def draw_localities(copilot: Copilot) -> None:
    """Choose a level and look at one locality from each side."""
    left, right = st.columns([2, 3])
    level = left.selectbox(
        "Level",
        _levels(copilot),
        index=3,
        key="level",
        accept_new_options=True,
        help=LEVEL_HELP,
    )
    level = level or "neighbourhood"
    found = figure(copilot, ("localities", level), lambda: copilot.localities(level))
    if not found:
        st.info(f"No customer has a {level}. Import customers with it, or choose another level.")
        return
    names = [one.name for one in sorted(found, key=lambda one: one.revenue, reverse=True)]
    name = right.selectbox("Look at one", names, key="locality") or names[0]
    titles = [
        "All of them",
        "What they buy",
        "When and in which language",
        "Who is alike",
        "What to offer",
    ]
    every, buys, times, alike, offer = st.tabs(titles)
    with every, told():
        _profiles(found)
    with buys, told():
        _buys(copilot, level, name)
    with times, told():
        _mix(copilot, level, name)
    with alike, told():
        _similar(copilot, level, name)
    with offer, told():
        _offer(copilot, level, name)


def _levels(copilot: Copilot) -> list[str]:
    """Places, classes, and the customers' own extra columns that may be used."""
    own = [
        one.field
        for one in copilot.fields()
        if one.field.startswith("attributes.") and one.use != "never"
    ]
    return [*get_args(LocalityLevel), *CLASSES, *own]


def _profiles(found: Sequence[Locality]) -> None:
    size = SIZES[st.radio("Show", list(SIZES), horizontal=True, key="size") or "Revenue"]
    ranked = sorted(found, key=lambda one: getattr(one, size) or 0, reverse=True)
    bars([{"locality": one.name, size: getattr(one, size) or 0} for one in ranked])
    figures([_profile(one) for one in ranked])


def _profile(one: Locality) -> dict[str, object]:
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


def _buys(copilot: Copilot, level: str, name: str) -> None:
    kinds = list(get_args(ItemKind))
    kind = st.selectbox("Of what", kinds, index=kinds.index("category"), key="kind")
    found = figure(
        copilot,
        ("over", level, name, kind),
        lambda: copilot.over_indexes(level, name=name, kind=kind),
    )
    st.caption(INDEX)
    more, less = (found[0].over, found[0].under) if found else ((), ())
    for title, items in (("More often than elsewhere", more), ("Less often than elsewhere", less)):
        st.subheader(title)
        if items:
            over_index(items, name, title)
        else:
            st.caption("Nothing surely.")


def _mix(copilot: Copilot, level: str, name: str) -> None:
    found = figure(copilot, ("mix", level, name), lambda: copilot.mix(level, name=name))
    if not found:
        st.info("Nothing is known of when they buy or which language they speak.")
        return
    for part, title in (
        ("dayparts", "Parts of the day"),
        ("weekdays", "Weekdays"),
        ("languages", "Languages"),
    ):
        shares = getattr(found[0], part)
        if not shares:
            continue
        st.subheader(title)
        drawn = [
            {"where": place, "name": one.name, "share": getattr(one, key)}
            for place, key in ((name, "share"), ("everywhere", "everywhere"))
            for one in shares
        ]
        mix(drawn, [one.model_dump() for one in shares], f"{title} of {name} beside everywhere")
    for note in found[0].notes:
        st.caption(plain(note))


def _similar(copilot: Copilot, level: str, name: str) -> None:
    found = figure(copilot, ("similar", level, name), lambda: copilot.similar(level, name))
    if not found.similar:
        st.info("There are too few others with enough customers to compare.")
    else:
        figures(
            [
                {
                    "name": one.name,
                    "customers": one.customers,
                    "distance": one.distance,
                    "closer_than": one.closer_than,
                    "what_they_share": "; ".join(one.shared),
                    "what_differs": "; ".join(one.differs),
                }
                for one in found.similar
            ]
        )
        st.caption(
            "Distance 1 is that of a typical pair, 0 is the same. What worked in one of them is "
            "worth trying in the others first."
        )
    for note in found.notes:
        st.caption(plain(note))


def _offer(copilot: Copilot, level: str, name: str) -> None:
    left, right = st.columns([1, 2])
    what = left.radio("Plan", ["Assortment", "Services"], horizontal=True, key="plan")
    if what == "Assortment":
        kinds = list(get_args(ItemKind))
        kind = right.selectbox("Of what", kinds, key="plan-kind")
        plans = figure(
            copilot,
            ("assortment", level, name, kind),
            lambda: copilot.assortment(level, name=name, kind=kind),
        )
    else:
        plans = figure(
            copilot, ("services", level, name), lambda: copilot.services(level, name=name)
        )
    if not plans:
        st.info("Nothing can be said of this one: it needs purchases with a store and a product.")
    for plan in plans:
        _plan(plan)


def _plan(plan: LocalPlan) -> None:
    for title, moves in (("Add", plan.add), ("Keep", plan.keep), ("Drop", plan.drop)):
        if moves:
            st.subheader(title)
            figures([_move(one) for one in moves])
    if not (plan.add or plan.keep or plan.drop):
        st.info(f"Nothing surely to add, keep or drop: {plan.judged:,} judged.")
    compared = f" Compared with {', '.join(plan.compared_with)}." if plan.compared_with else ""
    st.caption(
        plain(f"{plan.judged:,} judged, {plan.thin:,} bought by too few to judge.{compared}")
    )
    for note in plan.notes:
        st.caption(plain(note))


def _move(one: LocalMove) -> dict[str, object]:
    return {
        "what": one.item,
        "why": one.reason,
        "index": one.index,
        "low": one.low,
        "high": one.high,
        "customers": one.customers,
        "expected_customers": round(one.expected),
        "sales": one.lift,
    }
