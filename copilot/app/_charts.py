"""Charts, each with its table: bars, and points with intervals."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from copilot.records import Consent, Locality

if TYPE_CHECKING:
    import altair as alt

GREEN, RED, GREY = "#2f8f74", "#c8563f", "#a8a59c"
ROW_PX = 28
MOST_BARS = 25


def words(name: str) -> str:
    """A column's name for people.

    >>> words("average_basket")
    'Average basket'
    """
    return name.replace("_", " ").strip().capitalize()


def table(rows: Sequence[Mapping[str, Any]], **options: Any) -> None:
    """Rows as a table with headings for people."""
    shown = [{words(key): value for key, value in row.items()} for row in rows]
    st.dataframe(shown, hide_index=True, width="stretch", **options)


def bars(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Bars of rows with one text and at least one number; False when the rows are not such."""
    axes = _axes(rows)
    if axes is None:
        return False
    import altair as alt

    label, value = axes
    values = [{"label": str(row[label]), "value": float(row[value])} for row in rows[:MOST_BARS]]
    chart = (
        alt.Chart(alt.InlineData(values=values), height=alt.Step(ROW_PX))
        .mark_bar(color=GREEN, cornerRadiusEnd=3)
        .encode(
            x=alt.X("value:Q", title=words(value)),
            y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            tooltip=[alt.Tooltip("label:N", title=words(label)), _tip("value", words(value))],
        )
    )
    st.altair_chart(chart, width="stretch", alt=f"{words(value)} by {words(label).lower()}")
    return True


def _tip(field: str, title: str) -> "alt.Tooltip":
    import altair as alt

    return alt.Tooltip(f"{field}:Q", title=title, format=",.2~f")


def _axes(rows: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """The label's and the first number's column, when that is what the rows hold."""
    if len(rows) < 2:
        return None
    texts = [key for key in rows[0] if all(isinstance(row[key], str) for row in rows)]
    numbers = [key for key in rows[0] if all(_is_number(row[key]) for row in rows)]
    return (texts[0], numbers[0]) if len(texts) == 1 and numbers else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def over_index(locality: Locality) -> None:
    """What a locality buys more often than everywhere: points with 90% intervals, and a table."""
    if not locality.top:
        st.caption("Nothing here is bought surely more often than elsewhere.")
        return
    import altair as alt

    values = [one.model_dump() for one in locality.top]
    data = alt.InlineData(values=values)
    y = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=220))
    tips = [
        alt.Tooltip("name:N", title="Bought"),
        *(_tip(name, words(name)) for name in ("index", "low", "high", "customers")),
    ]
    x = alt.X("low:Q", title="times as often as everywhere", scale=alt.Scale(zero=False))
    rule = alt.Chart(data).mark_rule(color=GREEN, strokeWidth=2)
    point = alt.Chart(data).mark_point(color=GREEN, filled=True, size=90, opacity=1)
    one = alt.Chart(alt.InlineData(values=[{"at": 1}])).mark_rule(color=GREY, strokeDash=[4, 4])
    chart = alt.layer(
        one.encode(x="at:Q"),
        rule.encode(x=x, x2="high:Q", y=y, tooltip=tips),
        point.encode(x="index:Q", y=y, tooltip=tips),
    ).properties(height=alt.Step(ROW_PX))
    st.altair_chart(chart, width="stretch", alt=f"What {locality.name} over-indexes on")
    table(values, column_config=_intervals())


def _intervals() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {name: number(format="%.2f") for name in ("Index", "Low", "High")}


def consents(found: Mapping[str, Consent]) -> None:
    """Customers by consent on each channel, stacked, and the same as a table."""
    import altair as alt

    kinds = {"yes": GREEN, "no": RED, "unknown": GREY}
    values = [
        {"channel": channel, "consent": kind, "customers": getattr(one, kind), "order": place}
        for channel, one in found.items()
        for place, kind in enumerate(kinds)
    ]
    colours = alt.Scale(domain=list(kinds), range=list(kinds.values()))
    legend = alt.Legend(orient="top", title=None)
    chart = (
        alt.Chart(alt.InlineData(values=values), height=alt.Step(ROW_PX))
        .mark_bar()
        .encode(
            x=alt.X("customers:Q", title="customers"),
            y=alt.Y("channel:N", title=None, sort=None),
            color=alt.Color("consent:N", scale=colours, legend=legend),
            order=alt.Order("order:Q"),
            tooltip=["channel:N", "consent:N", "customers:Q"],
        )
    )
    st.altair_chart(chart, width="stretch", alt="Customers by consent and channel")
    table([{"channel": channel, **one.model_dump()} for channel, one in found.items()])
