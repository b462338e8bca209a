"""The lines sold that a question is about, and how they are grouped and ordered."""

from typing import TYPE_CHECKING

from copilot.customers.questions.rules import Asked
from copilot.customers.questions.values import PLACES
from copilot.customers.tables import named, purchases
from copilot.records import UNKNOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

COMPUTED_GROUPS = ("segment", "lifecycle")
FIRST_OF_WEEKEND = 5


def bought_lines(engine: "Engine", asked: Asked) -> "ir.Table":
    """Purchases of the items, store, days and hours asked about, whoever made them."""
    named_fields = {*(value.field for value in asked.values), *asked.dimensions}
    lines = purchases(
        engine,
        items=bool({"product", "category", "brand"} & named_fields),
        stores="store" in named_fields,
    )
    for value in asked.of("product", "category", "brand", "store"):
        lines = lines.filter(lines[value.field].isin(value.values))
    if asked.period and asked.period.start:
        lines = lines.filter(lines["day"] >= asked.period.start)
    if asked.period and asked.period.end:
        lines = lines.filter(lines["day"] <= asked.period.end)
    if asked.weekday is not None:
        lines = lines.filter(lines["day"].day_of_week.index() == asked.weekday)
    if asked.weekend is not None:
        weekend = lines["day"].day_of_week.index() >= FIRST_OF_WEEKEND
        lines = lines.filter(weekend if asked.weekend else ~weekend)
    if asked.hours:
        hour = lines["at"].hour()
        lines = lines.filter((hour >= asked.hours[0]) & (hour < asked.hours[1]))
    return lines


def of_people(table: "ir.Table", asked: Asked) -> "ir.Table":
    """Rows of the places and languages asked about; whose language is unknown speaks none."""
    for value in asked.of(*PLACES):
        table = table.filter(table[value.field].isin(value.values))
    if asked.languages:
        speaks = table["language"].lower().isin([c.lower() for c in asked.languages])
        other = table["language"].strip().nullif("").notnull() & ~speaks
        table = table.filter(other if asked.no_languages else speaks)
    return table


def group(lines: "ir.Table", name: str) -> "ir.Value":
    """The value of a grouping for each line, as text."""
    import ibis

    if name in {"month", "week", "quarter", "year"}:
        return time_group(lines["day"], name)
    if name == "hour":
        return named(lines["at"].hour().cast("string").lpad(2, "0"))
    if name == "daypart":
        hour = lines["at"].hour()
        parts = [("morning", 12), ("afternoon", 17), ("evening", 24)]
        return ibis.cases(*((hour < end, part) for part, end in parts), else_=UNKNOWN)
    if name == "weekday":
        index = lines["day"].day_of_week.index()
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        days = [(index == number, day) for number, day in enumerate(names)]
        return ibis.cases(*days, else_=UNKNOWN)
    return named(lines["customer_id" if name == "customer" else name])


def time_group(day: "ir.Value", name: str) -> "ir.Value":
    """`2026-03`, `2026-W09` (ISO weeks, with the year their Thursday is in), `2026-Q1`, `2026`."""
    import ibis

    text = day.cast("string")
    if name == "month":
        return named(text.substr(0, 7))
    if name == "year":
        return named(text.substr(0, 4))
    if name == "quarter":
        return named(text.substr(0, 4) + "-Q" + day.quarter().cast("string"))
    thursday = day + (ibis.literal(3) - day.day_of_week.index()).as_interval("D")
    week = day.week_of_year().cast("string").lpad(2, "0")
    return named(thursday.cast("string").substr(0, 4) + "-W" + week)


def ordered(table: "ir.Table", asked: Asked, main: str) -> "ir.Table":
    """The rows by their figure when ranked, in time by time, else the largest first."""
    import ibis

    names = [ibis.asc(name) for name in asked.dimensions]
    if asked.rank:
        direction = ibis.desc if asked.rank > 0 else ibis.asc
        return table.order_by([direction(main), *names])
    in_time = {"month", "week", "quarter", "year", "hour"} & {*asked.dimensions}
    if in_time or len(asked.dimensions) > 1:
        return table.order_by(names)
    return table.order_by([ibis.desc(main), *names])
