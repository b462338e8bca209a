"""Typed queries to engine expressions over the canonical tables, and their rows."""

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from copilot.customers.questions import run_people
from copilot.customers.questions.lines import bought_lines, group, of_people, ordered
from copilot.customers.questions.rules import LINE_GROUPS, Asked
from copilot.customers.questions.run_people import lines_asked
from copilot.customers.questions.text import main_column
from copilot.customers.questions.values import PERSON_GROUPS, PLACES
from copilot.customers.questions.wording import part_words
from copilot.customers.tables import attach, named, table_or_empty
from copilot.records import UNKNOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

MOST_ROWS = 500
LINE_MEASURES = (
    "revenue",
    "units",
    "baskets",
    "average_basket",
    "items_per_basket",
    "spend_per_customer",
    "baskets_per_customer",
)
CAMPAIGN_MEASURES = ("response_rate", "responses", "responders")
OF_EACH_BASKET = ("median_basket", "largest_basket", "smallest_basket")


def expression(engine: "Engine", asked: Asked) -> "ir.Table":
    """The query's result as a table: groups first, then the figure asked for, then context.

    A comparison has one row for each half, whose first column says which.
    """
    if asked.against is None:
        return _one(engine, asked)
    import ibis

    halves = []
    for number, half in enumerate((dataclasses.replace(asked, against=None), asked.against)):
        other = asked if number else asked.against
        main = main_column(half)
        table = _one(engine, half)
        halves.append(
            table.select(
                half=ibis.literal(number),
                part=ibis.literal(part_words(half, other)),
                **{main: table[main]},
            )
        )
    both = ibis.union(*halves, distinct=False).order_by("half")
    return both.drop("half")


def _one(engine: "Engine", asked: Asked) -> "ir.Table":
    groups = {*asked.dimensions}
    by_line = {*LINE_GROUPS, "customer"} & groups and not asked.cohort
    if asked.measure in LINE_MEASURES or (asked.measure == "customers" and by_line):
        return _line_measures(engine, asked)
    if asked.measure in OF_EACH_BASKET or asked.measure == "median_spend":
        return _of_each(engine, asked)
    if asked.measure == "repeat_rate":
        return _repeat_rate(engine, asked)
    if asked.measure == "average_age":
        return run_people.average_age(engine, asked)
    if asked.measure == "customers":
        return run_people.customers(engine, asked)
    if asked.measure == "share":
        return run_people.share(engine, asked)
    if asked.measure == "revenue_share":
        return _revenue_share(engine, asked)
    if asked.measure in CAMPAIGN_MEASURES:
        return _responses(engine, asked)
    if asked.measure in {"last_date", "first_date"}:
        lines = lines_asked(engine, asked)
        day = lines["day"]
        return lines.aggregate(day=day.max() if asked.measure == "last_date" else day.min())
    return _count(engine, asked)


def data_days(engine: "Engine") -> tuple[dt.date, dt.date] | None:
    """First and last day with a purchase, None without any."""
    if not engine.has("transactions"):
        return None
    table = engine.table("transactions")
    day = table["at"].date()
    row = engine.rows(table.aggregate(first=day.min(), last=day.max()))[0]
    return (row["first"], row["last"]) if row["first"] else None


# --- purchases ---------------------------------------------------------------------------------


def _line_measures(engine: "Engine", asked: Asked) -> "ir.Table":
    lines = lines_asked(engine, asked)
    groups = {name: group(lines, name) for name in asked.dimensions}
    totals = lines.group_by(**groups) if groups else lines
    table = totals.aggregate(
        revenue=lines["amount"].sum().round(2).cast("float64"),
        items=lines["quantity"].sum().round(2),
        baskets=lines["visit"].nunique(),
        buyers=lines["customer_id"].nunique(),
        buyers_revenue=lines["amount"].sum(where=lines["customer_id"].notnull()).round(2),
        buyers_baskets=lines["visit"].nunique(where=lines["customer_id"].notnull()),
    )
    if not groups:
        table = table.mutate(
            revenue=table["revenue"].fill_null(0.0), items=table["items"].fill_null(0.0)
        )
    revenue, items = table["revenue"].cast("float64"), table["items"].cast("float64")
    baskets, buyers = (table[name].nullif(0).cast("float64") for name in ("baskets", "buyers"))
    figures: dict[str, Any] = {
        "revenue": table["revenue"],
        "items": table["items"],
        "baskets": table["baskets"],
        "average_basket": (revenue / baskets).round(2),
        "items_per_basket": (items / baskets).round(2),
        "spend_per_customer": (table["buyers_revenue"].cast("float64") / buyers).round(2),
        "baskets_per_customer": (table["buyers_baskets"].cast("float64") / buyers).round(2),
        "buyers": table["buyers"],
    }
    main = {"units": "items", "customers": "buyers"}.get(asked.measure or "", asked.measure or "")
    rest = [name for name in ("items", "baskets", "buyers", "revenue") if name != main]
    table = table.select(
        *asked.dimensions, **{main: figures[main]}, **{name: figures[name] for name in rest}
    )
    if not groups:
        return table
    if asked.rank:
        table = table.filter(table[asked.dimensions[0]] != UNKNOWN)
    return ordered(table, asked, main).limit(asked.limit or MOST_ROWS)


def _of_each(engine: "Engine", asked: Asked) -> "ir.Table":
    """Median, largest and smallest of single baskets, or of what single customers spent."""
    lines = lines_asked(engine, asked)
    groups = {name: group(lines, name) for name in asked.dimensions}
    unit = "customer_id" if asked.measure == "median_spend" else "visit"
    lines = lines.filter(lines[unit].notnull())
    each = lines.group_by(unit=lines[unit], **groups).aggregate(
        total=lines["amount"].sum().round(2).cast("float64")
    )
    total = each["total"]
    main = asked.measure or ""
    figure: dict[str, Any] = {
        "largest_basket": total.max(),
        "smallest_basket": total.min(),
    }
    grouped = each.group_by(asked.dimensions) if groups else each
    counted = "buyers" if unit == "customer_id" else "baskets"
    table = grouped.aggregate(
        **{main: figure.get(main, total.median()).round(2), counted: each.count()}
    )
    if not groups:
        return table
    return _shown(table, asked, main)


def _repeat_rate(engine: "Engine", asked: Asked) -> "ir.Table":
    lines = lines_asked(engine, asked)
    lines = lines.filter(lines["customer_id"].notnull())
    groups = {name: group(lines, name) for name in asked.dimensions}
    per = lines.group_by(buyer=lines["customer_id"], **groups).aggregate(
        visits=lines["visit"].nunique()
    )
    grouped = per.group_by(asked.dimensions) if groups else per
    table = grouped.aggregate(
        customers=(per["visits"] >= 2).sum().fill_null(0), of_customers=per.count()
    )
    part, whole = table["customers"].cast("float64"), table["of_customers"].cast("float64")
    table = table.mutate(share=(part / whole.nullif(0.0)).round(4))
    return _shown(table, asked, "share") if groups else table


def _shown(table: "ir.Table", asked: Asked, main: str) -> "ir.Table":
    if asked.rank:
        table = table.filter(table[asked.dimensions[0]] != UNKNOWN)
    return ordered(table, asked, main).limit(asked.limit or MOST_ROWS)


def _revenue_share(engine: "Engine", asked: Asked) -> "ir.Table":
    part = lines_asked(engine, asked)
    # With nothing else to be the part, the hours or days are; else the whole keeps to them.
    of_days = asked.values or asked.languages or asked.segments or asked.dimensions
    kept = dataclasses.replace(
        Asked(period=asked.period),
        weekday=asked.weekday if of_days else None,
        weekend=asked.weekend if of_days else None,
        hours=asked.hours if of_days else None,
    )
    whole = bought_lines(engine, kept)
    everything = whole.aggregate(whole=whole["amount"].sum().round(2).cast("float64"))
    groups = {name: group(part, name) for name in asked.dimensions}
    totals = part.group_by(**groups) if groups else part
    some = totals.aggregate(part=part["amount"].sum().round(2).cast("float64").fill_null(0.0))
    both = some.cross_join(everything)
    share = (both["part"] / both["whole"].nullif(0.0)).round(4)
    table = both.select(
        *asked.dimensions, revenue=both["part"], of_revenue=both["whole"], share=share
    )
    if not groups:
        return table
    return ordered(table, asked, "revenue").limit(asked.limit or MOST_ROWS)


# --- campaigns and counts ----------------------------------------------------------------------


def _responses(engine: "Engine", asked: Asked) -> "ir.Table":
    table = table_or_empty(engine, "responses")
    campaigns = table_or_empty(engine, "campaigns")
    title = campaigns["name"].fill_null(campaigns["campaign_id"])
    table = attach(table, campaigns.select("campaign_id", campaign=title), "campaign_id")
    table = table.mutate(campaign=table["campaign"].fill_null(table["campaign_id"]))
    people = table_or_empty(engine, "customers").select("customer_id", *PERSON_GROUPS)
    table = of_people(attach(table, people, "customer_id"), asked)
    for value in asked.of("campaign"):
        table = table.filter(table["campaign"].isin(value.values))
    when = "sent_at" if asked.measure == "response_rate" else "responded_at"
    if asked.period and asked.period.start:
        table = table.filter(table[when].date() >= asked.period.start)
    if asked.period and asked.period.end:
        table = table.filter(table[when].date() <= asked.period.end)
    groups = {name: named(table[name]) for name in asked.dimensions}
    totals = table.group_by(**groups) if groups else table
    counted = totals.aggregate(
        responses=table["responded_at"].count(),
        responders=table["customer_id"].nunique(where=table["responded_at"].notnull()),
        sent=table.count(),
    )
    rate = counted["responses"].cast("float64") / counted["sent"].nullif(0).cast("float64")
    counted = counted.mutate(response_rate=rate.round(4))
    main = asked.measure or "responses"
    rest = [name for name in ("responses", "responders", "sent", "response_rate") if name != main]
    counted = counted.select(*asked.dimensions, main, *rest)
    if not groups:
        return counted
    if asked.rank:
        counted = counted.filter(counted[asked.dimensions[0]] != UNKNOWN)
    return ordered(counted, asked, main).limit(asked.limit or MOST_ROWS)


def _count(engine: "Engine", asked: Asked) -> "ir.Table":
    """How many different products, stores, places… the data have."""
    sources: dict[str, tuple[str, str]] = {
        "product": ("products", "product_id"),
        "category": ("products", "category"),
        "brand": ("products", "brand"),
        "campaign": ("campaigns", "campaign_id"),
        **{name: ("customers", name) for name in PERSON_GROUPS},
    }
    own_stores = engine.has("locations")
    sources["store"] = ("locations" if own_stores else "transactions", "store_id")
    name, column = sources[asked.counted]
    table = table_or_empty(engine, name)
    for value in asked.of("category", "brand"):
        table = table.filter(table[value.field].isin(value.values))
    for value in asked.of(*PLACES):
        table = table.filter(table[value.field].isin(value.values))
    return table.aggregate(count=table[column].nunique())
