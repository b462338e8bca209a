"""Typed queries to engine expressions over the canonical tables, and their rows."""

import datetime as dt
import functools
import operator
from typing import TYPE_CHECKING, Any

from copilot.customers.questions.rules import Asked, Comparison
from copilot.customers.questions.values import PLACES
from copilot.customers.recipients import recipients
from copilot.customers.tables import UNKNOWN, attach, named, purchases, table_or_empty

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

MOST_ROWS = 500
PERSON_GROUPS = (*PLACES, "language")
LINE_GROUPS = ("store", "product", "category", "brand", "month", "weekday")
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
_TESTS: dict[Comparison, Any] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}


def expression(engine: "Engine", asked: Asked) -> "ir.Table":
    """The query's result as a table: groups first, then the figure asked for, then context."""
    if asked.measure in LINE_MEASURES or (
        asked.measure == "customers" and {*LINE_GROUPS, "customer"} & {*asked.dimensions}
    ):
        return _line_measures(engine, asked)
    if asked.measure == "customers":
        return _customers(engine, asked)
    if asked.measure == "share":
        return _share(engine, asked)
    if asked.measure == "revenue_share":
        return _revenue_share(engine, asked)
    if asked.measure in CAMPAIGN_MEASURES:
        return _responses(engine, asked)
    if asked.measure in {"last_date", "first_date"}:
        lines = _lines(engine, asked)
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


def _lines(engine: "Engine", asked: Asked) -> "ir.Table":
    """Purchases of the items, store, days and people asked about."""
    lines = _bought_lines(engine, asked)
    wanted = [*(value.field for value in asked.of(*PLACES)), *asked.dimensions]
    if asked.languages or {*PERSON_GROUPS} & {*wanted}:
        people = table_or_empty(engine, "customers")
        lines = attach(lines, people.select("customer_id", *PERSON_GROUPS), "customer_id")
        lines = _of_people(lines, asked)
    return lines


def _bought_lines(engine: "Engine", asked: Asked) -> "ir.Table":
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
    return lines


def _of_people(table: "ir.Table", asked: Asked) -> "ir.Table":
    for value in asked.of(*PLACES):
        table = table.filter(table[value.field].isin(value.values))
    if asked.languages:
        table = table.filter(table["language"].lower().isin([c.lower() for c in asked.languages]))
    return table


def _line_measures(engine: "Engine", asked: Asked) -> "ir.Table":
    lines = _lines(engine, asked)
    groups = {name: _group(lines, name) for name in asked.dimensions}
    totals = lines.group_by(**groups) if groups else lines
    table = totals.aggregate(
        revenue=lines["amount"].sum().round(2).cast("float64"),
        items=lines["quantity"].sum().round(2),
        baskets=lines["visit"].nunique(),
        buyers=lines["customer_id"].nunique(),
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
        "spend_per_customer": (revenue / buyers).round(2),
        "baskets_per_customer": (table["baskets"].cast("float64") / buyers).round(2),
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
    return _ordered(table, asked, main).limit(asked.limit or MOST_ROWS)


def _group(lines: "ir.Table", name: str) -> "ir.Value":
    import ibis

    if name == "month":
        return named(lines["day"].cast("string").substr(0, 7))
    if name == "weekday":
        index = lines["day"].day_of_week.index()
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        days = [(index == number, day) for number, day in enumerate(names)]
        return ibis.cases(*days, else_=UNKNOWN)
    return named(lines["customer_id" if name == "customer" else name])


def _ordered(table: "ir.Table", asked: Asked, main: str) -> "ir.Table":
    import ibis

    names = [ibis.asc(name) for name in asked.dimensions]
    if asked.rank:
        direction = ibis.desc if asked.rank > 0 else ibis.asc
        return table.order_by([direction(main), *names])
    if {"month"} & {*asked.dimensions} or len(asked.dimensions) > 1:
        return table.order_by(names)
    return table.order_by([ibis.desc(main), *names])


def _revenue_share(engine: "Engine", asked: Asked) -> "ir.Table":
    part = _lines(engine, asked)
    whole = _bought_lines(engine, Asked(period=asked.period, weekday=asked.weekday))
    some = part.aggregate(part=part["amount"].sum().round(2).cast("float64").fill_null(0.0))
    everything = whole.aggregate(whole=whole["amount"].sum().round(2).cast("float64"))
    both = some.cross_join(everything)
    share = (both["part"] / both["whole"].nullif(0.0)).round(4)
    return both.select(revenue=both["part"], of_revenue=both["whole"], share=share)


# --- people ------------------------------------------------------------------------------------


def _people(engine: "Engine", asked: Asked) -> "ir.Table":
    """Customers with consent_<channel> columns for the channels asked about."""
    table = engine.table("customers").select("customer_id", "email", "phone", *PERSON_GROUPS)
    rows = table_or_empty(engine, "consents")
    for channel in dict.fromkeys(channel for channel, _ in asked.consent):
        chosen = rows.filter((rows["channel"].lower() == channel) & rows["status"].notnull())
        column = chosen.group_by("customer_id").aggregate(
            **{f"consent_{channel}": chosen["status"].lower().max()}
        )
        table = attach(table, column, "customer_id")
    return table


def _own_condition(table: "ir.Table", asked: Asked) -> "ir.BooleanValue":
    """Consent and contact conditions, as one expression; true without any."""
    import ibis

    tests: list[Any] = [ibis.literal(True)]
    for channel, status in asked.consent:
        column = table[f"consent_{channel}"].fill_null("unknown")
        yes = column == "yes"
        known: dict[str, Any] = {
            "yes": yes,
            "no": column == "no",
            "not yes": ~yes,
            "unknown": ~column.isin(["yes", "no"]),
        }
        tests.append(known[status])
    for field, wanted in asked.has:
        filled = table[field].strip().nullif("").notnull()
        tests.append(filled if wanted else ~filled)
    return functools.reduce(operator.and_, tests)


def _has_purchase_condition(asked: Asked) -> bool:
    items = asked.of("product", "category", "brand", "store")
    return bool(asked.bought or asked.times or asked.spent or asked.period or items or asked.never)


def _buyers(engine: "Engine", asked: Asked) -> "ir.Table":
    """buyer and visits: who bought what was asked, as often and for as much as asked."""
    lines = _bought_lines(engine, asked)
    per = lines.group_by(buyer=lines["customer_id"]).aggregate(
        visits=lines["visit"].nunique(), spent=lines["amount"].sum().round(2).cast("float64")
    )
    per = per.filter(per["buyer"].notnull())
    if asked.times:
        per = per.filter(_TESTS[asked.times[0]](per["visits"], asked.times[1]))
    if asked.spent:
        per = per.filter(_TESTS[asked.spent[0]](per["spent"], asked.spent[1]))
    return per


def _customers(engine: "Engine", asked: Asked) -> "ir.Table":
    table = _of_people(_people(engine, asked), asked)
    table = table.filter(_own_condition(table, asked))
    for channel in asked.reach:
        reached = recipients(engine, where="", channels=[channel]).table
        table = table.semi_join(reached.select("customer_id"), "customer_id")
    extra: dict[str, Any] = {}
    if asked.never:
        buyers = _buyers(engine, asked)
        table = table.anti_join(buyers, table["customer_id"] == buyers["buyer"])
        ever = _buyers(engine, Asked(bought=True)).select("buyer", ever=True)
        table = attach(table, ever, "customer_id", "buyer")
        extra = {"never_bought_anything": table["ever"].isnull().sum().fill_null(0)}
    elif _has_purchase_condition(asked):
        buyers = _buyers(engine, asked)
        table = table.inner_join(buyers, table["customer_id"] == buyers["buyer"])
        if asked.times and asked.times[0] == ">=":
            extra = {"exactly": (table["visits"] == asked.times[1]).sum().fill_null(0)}
    if not asked.dimensions:
        return table.aggregate(customers=table.count(), **extra)
    groups = {name: named(table[name]) for name in asked.dimensions}
    counted = table.group_by(**groups).aggregate(customers=table.count())
    if asked.rank:
        counted = counted.filter(counted[asked.dimensions[0]] != UNKNOWN)
    return _ordered(counted, asked, "customers").limit(asked.limit or MOST_ROWS)


def _share(engine: "Engine", asked: Asked) -> "ir.Table":
    table = _people(engine, asked)
    match = _own_condition(table, asked)
    if asked.place_is_base:
        table = _of_people(table, Asked(values=asked.of(*PLACES)))
        match = _own_condition(table, asked)
    else:
        for value in asked.of(*PLACES):
            match = match & table[value.field].isin(value.values).fill_null(False)
    if asked.languages:
        codes = [code.lower() for code in asked.languages]
        match = match & table["language"].lower().isin(codes).fill_null(False)
    table = table.mutate(match=match)
    if _has_purchase_condition(asked):
        bought = _buyers(engine, asked).select("buyer", did=True)
        table = attach(table, bought, "customer_id", "buyer")
        table = table.mutate(match=table["match"] & table["did"].fill_null(False))
    groups = {name: named(table[name]) for name in asked.dimensions}
    totals = table.group_by(**groups) if groups else table
    counted = totals.aggregate(
        customers=table["match"].sum().fill_null(0), of_customers=table.count()
    )
    part, whole = counted["customers"].cast("float64"), counted["of_customers"].cast("float64")
    counted = counted.mutate(share=(part / whole.nullif(0.0)).round(4))
    return _ordered(counted, asked, "share").limit(MOST_ROWS) if groups else counted


# --- campaigns and counts ----------------------------------------------------------------------


def _responses(engine: "Engine", asked: Asked) -> "ir.Table":
    table = table_or_empty(engine, "responses")
    campaigns = table_or_empty(engine, "campaigns")
    title = campaigns["name"].fill_null(campaigns["campaign_id"])
    table = attach(table, campaigns.select("campaign_id", campaign=title), "campaign_id")
    table = table.mutate(campaign=table["campaign"].fill_null(table["campaign_id"]))
    people = table_or_empty(engine, "customers").select("customer_id", *PERSON_GROUPS)
    table = _of_people(attach(table, people, "customer_id"), asked)
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
    return _ordered(counted, asked, main).limit(asked.limit or MOST_ROWS)


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
