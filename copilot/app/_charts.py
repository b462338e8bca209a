"""Charts, each with its table: bars, points with intervals, shares, the RFM grid."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from copilot import charts
from copilot.charts import GREEN, GREY, RED, ROW_PX
from copilot.records import ChurnReport, Consent, GridCell, OverIndex

TWO_PLACES = (
    *("Index", "Low", "High", "Lift", "Revenue", "Monetary", "Spent", "Value", "Purchases"),
    *("Sales", "Distance", "Average basket", "Typical error", "Mean error", "Spent each"),
    "Predicted to real total",
)
SHARES = ("Share", "Everywhere", "Answered", "Said", "Closer than")


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


def figures(rows: Sequence[Mapping[str, Any]], *, percent: Sequence[str] = ()) -> None:
    """Rows as a table; money is written with two places, shares (0-1) as percent."""
    number = st.column_config.NumberColumn
    formats = {name: number(format="%.2f") for name in TWO_PLACES}
    formats |= {name: number(format="percent") for name in (*SHARES, *percent)}
    table(rows, column_config=formats)


def draw(chart: Any, said: str) -> None:
    """A chart with what it shows said in words, for those who cannot see it."""
    st.altair_chart(chart, width="stretch", alt=said)


def bars(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Bars of rows with one text and at least one number; False when the rows are not such."""
    axes = _axes(rows)
    if axes is None:
        return False
    label, value = axes
    said = f"{words(value)} by {words(label).lower()}"
    draw(charts.bar_chart(rows, label, value, words(value)), said)
    return True


def _axes(rows: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """The label's and the first number's column, when that is what the rows hold."""
    if len(rows) < 2:
        return None
    texts = [key for key in rows[0] if all(isinstance(row[key], str) for row in rows)]
    numbers = [key for key in rows[0] if all(_is_number(row[key]) for row in rows)]
    return (texts[0], numbers[0]) if len(texts) == 1 and numbers else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def over_index(found: Sequence[OverIndex], name: str, said: str) -> None:
    """What a locality buys more or less often than everywhere, with 90% intervals; and a table."""
    values = [one.model_dump() for one in found]
    draw(charts.interval_chart(values, "index", "times as often as everywhere"), f"{said}: {name}")
    figures(values)


def mix(drawn: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], said: str) -> None:
    """Shares of a whole by place, stacked, and the one place's as a table with intervals."""
    draw(charts.shares_chart(drawn, "where", "name", "share", "share"), said)
    figures(rows, percent=("Low", "High"))


def grid(cells: Sequence[GridCell]) -> None:
    """Buyers by how recently and how often they buy, and the same as a table."""
    draw(charts.grid_chart(cells), "Buyers by scores of recency and frequency")
    with st.expander("The grid as a table"):
        figures([one.model_dump() for one in cells])


def reliability(found: ChurnReport) -> None:
    """The chances that were given beside what happened, and the same as a table."""
    draw(charts.reliability_chart(found.reliability), "Chances given beside what happened")
    rows = [
        {
            "customers": one.customers,
            "said": one.said,
            "happened": one.happened.value,
            "low": one.happened.low,
            "high": one.happened.high,
        }
        for one in found.reliability
    ]
    figures(rows, percent=("Happened", "Low", "High"))


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
    draw(chart, "Customers by consent and channel")
    table([{"channel": channel, **one.model_dump()} for channel, one in found.items()])
