"""The customers a query is about: their purchases, how many there are, what share, how old."""

import dataclasses
import functools
import operator
from typing import TYPE_CHECKING, Any

from copilot.customers.questions.lines import (
    COMPUTED_GROUPS,
    bought_lines,
    of_people,
    ordered,
    time_group,
)
from copilot.customers.questions.rules import Asked, Comparison
from copilot.customers.questions.values import ITEMS, PERSON_GROUPS, PLACES
from copilot.customers.recipients import recipients
from copilot.customers.segmenting.segments import segmented
from copilot.customers.tables import attach, named, table_or_empty
from copilot.records import UNKNOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

MOST_ROWS = 500
TESTS: dict[Comparison, Any] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}


def lines_asked(engine: "Engine", asked: Asked) -> "ir.Table":
    """Purchases of the items, store, days and people asked about."""
    lines = bought_lines(engine, asked)
    wanted = {*(value.field for value in asked.of(*PLACES)), *asked.dimensions}
    if asked.languages or {*PERSON_GROUPS} & wanted:
        people = table_or_empty(engine, "customers")
        lines = attach(lines, people.select("customer_id", *PERSON_GROUPS), "customer_id")
        lines = of_people(lines, asked)
    if {*COMPUTED_GROUPS} & wanted:
        found = segmented(engine).select("customer_id", *COMPUTED_GROUPS)
        lines = attach(lines, found, "customer_id")
    if limits_people(asked):
        ids = people_asked(engine, asked).select(_id="customer_id")
        lines = lines.semi_join(ids, lines["customer_id"] == ids["_id"])
    return lines


def limits_people(asked: Asked) -> bool:
    """Whether the query is only about some customers, beyond their place and language."""
    return bool(
        asked.segments
        or asked.ages
        or asked.birth_month
        or asked.joined
        or asked.cohort
        or asked.last_before
        or asked.consent
        or asked.has
        or asked.reach
    )


def people_asked(engine: "Engine", asked: Asked) -> "ir.Table":
    """The customers a query is limited to: by what is known of them, not by what they bought."""
    table = of_people(_people(engine, asked), asked)
    table = table.filter(_own_condition(table, asked))
    for channel in asked.reach:
        reached = recipients(engine, where="", channels=[channel]).table
        table = table.semi_join(reached.select("customer_id"), "customer_id")
    if asked.cohort:
        table = _of_cohort(engine, asked, table)
    return table


def _people(engine: "Engine", asked: Asked) -> "ir.Table":
    """Customers with consent_<channel> columns for the channels asked about, age and segments."""
    own = ("customer_id", "email", "phone", "birth_date", "joined_at")
    table = engine.table("customers").select(*own, *PERSON_GROUPS)
    rows = table_or_empty(engine, "consents")
    for channel in dict.fromkeys(channel for channel, _ in asked.consent):
        chosen = rows.filter((rows["channel"].lower() == channel) & rows["status"].notnull())
        column = chosen.group_by("customer_id").aggregate(
            **{f"consent_{channel}": chosen["status"].lower().max()}
        )
        table = attach(table, column, "customer_id")
    if asked.segments or asked.last_before or {*COMPUTED_GROUPS} & {*asked.dimensions}:
        engine.table("transactions")
        found = segmented(engine).select("customer_id", "last_purchase", *COMPUTED_GROUPS)
        table = attach(table, found, "customer_id")
    if asked.ages or asked.measure == "average_age":
        table = table.mutate(age=_age(table, asked))
    return table


def _age(table: "ir.Table", asked: Asked) -> "ir.Value":
    """Whole years on the day that the question counts from."""
    day = asked.today
    if day is None:
        raise ValueError("an age needs a day")
    born = table["birth_date"]
    to_come = born.month() * 100 + born.day() > day.month * 100 + day.day
    return day.year - born.year() - to_come.cast("int64")


def _own_condition(table: "ir.Table", asked: Asked) -> "ir.BooleanValue":
    """What is known of customers themselves, as one expression; true without any condition."""
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
    tests += [(table[column] == name).fill_null(False) for column, name in asked.segments]
    tests += [TESTS[sign](table["age"], years).fill_null(False) for sign, years in asked.ages]
    if asked.birth_month:
        tests.append((table["birth_date"].month() == asked.birth_month).fill_null(False))
    if asked.last_before:
        tests.append((table["last_purchase"] < asked.last_before).fill_null(False))
    if asked.joined:
        tests.append(table["joined_at"].notnull())
        if asked.joined_in and asked.joined_in.start:
            tests.append((table["joined_at"] >= asked.joined_in.start).fill_null(False))
        if asked.joined_in and asked.joined_in.end:
            tests.append((table["joined_at"] <= asked.joined_in.end).fill_null(False))
    return functools.reduce(operator.and_, tests)


def _of_cohort(engine: "Engine", asked: Asked, table: "ir.Table") -> "ir.Table":
    """With `first`: the day of the first purchase in the data, in the period or before it."""
    lines = bought_lines(engine, Asked())
    first = lines.group_by(_buyer=lines["customer_id"]).aggregate(first=lines["day"].min())
    table = table.inner_join(first, table["customer_id"] == first["_buyer"]).drop("_buyer")
    start = asked.period.start if asked.period else None
    if asked.cohort == "returning":
        again = _buyers(engine, asked)
        table = table.filter(table["first"] < start)
        return table.semi_join(again, table["customer_id"] == again["buyer"])
    if start:
        table = table.filter(table["first"] >= start)
    if asked.period and asked.period.end:
        table = table.filter(table["first"] <= asked.period.end)
    return table


def _has_purchase_condition(asked: Asked) -> bool:
    items = asked.of("product", "category", "brand", "store")
    if asked.cohort:
        return False
    bought = asked.bought and asked.last_before is None
    days = asked.weekday is not None or asked.weekend is not None or asked.hours
    return bool(
        bought or asked.times or asked.spent or asked.period or items or asked.never or days
    )


def _buyers(engine: "Engine", asked: Asked) -> "ir.Table":
    """buyer and visits: who bought what was asked, as often and for as much as asked."""
    lines = bought_lines(engine, asked)
    per = lines.group_by(buyer=lines["customer_id"]).aggregate(
        visits=lines["occasion"].nunique(), spent=lines["amount"].sum().round(2).cast("float64")
    )
    per = per.filter(per["buyer"].notnull())
    if asked.times:
        per = per.filter(TESTS[asked.times[0]](per["visits"], asked.times[1]))
    if asked.spent:
        per = per.filter(TESTS[asked.spent[0]](per["spent"], asked.spent[1]))
    if asked.spent_to is not None:
        per = per.filter(per["spent"] <= asked.spent_to)
    return _with_and_without(engine, asked, per)


def _with_and_without(engine: "Engine", asked: Asked, per: "ir.Table") -> "ir.Table":
    """Who also bought the further things, and nothing of what they must not have bought."""
    elsewhere = [value for value in asked.values if value.field not in ITEMS]
    plain = Asked(
        period=asked.period, weekday=asked.weekday, weekend=asked.weekend, hours=asked.hours
    )
    for value in asked.also:
        more = _buyers(engine, dataclasses.replace(plain, values=[*elsewhere, value]))
        per = per.semi_join(more.select(_too="buyer"), [("buyer", "_too")])
    for value in asked.without:
        other = _buyers(engine, dataclasses.replace(plain, values=[*elsewhere, value]))
        per = per.anti_join(other.select(_too="buyer"), [("buyer", "_too")])
    if asked.not_in:
        again = dataclasses.replace(plain, values=asked.values, period=asked.not_in)
        per = per.anti_join(_buyers(engine, again).select(_too="buyer"), [("buyer", "_too")])
    return per


def customers(engine: "Engine", asked: Asked) -> "ir.Table":
    """How many customers fit, in all or by place, language, segment or first day."""
    table = people_asked(engine, asked)
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
    return _grouped(table, asked, {"customers": table.count()}, "customers")


def _grouped(
    table: "ir.Table", asked: Asked, figures: dict[str, "ir.Value"], main: str
) -> "ir.Table":
    groups = {
        name: named(table[name]) if name in table.columns else time_group(table["first"], name)
        for name in asked.dimensions
    }
    counted = table.group_by(**groups).aggregate(**figures)
    if asked.rank:
        counted = counted.filter(counted[asked.dimensions[0]] != UNKNOWN)
    return ordered(counted, asked, main).limit(asked.limit or MOST_ROWS)


def average_age(engine: "Engine", asked: Asked) -> "ir.Table":
    """The mean age of the customers whose date of birth is known, and how many those are."""
    table = people_asked(engine, asked)
    table = table.filter(table["age"].notnull())
    figures = {"average_age": table["age"].mean().round(1), "customers": table.count()}
    if not asked.dimensions:
        return table.aggregate(**figures)
    return _grouped(table, asked, figures, "average_age")


def share(engine: "Engine", asked: Asked) -> "ir.Table":
    """What part of all customers, of a place's or of all buyers fits."""
    table = _people(engine, asked)
    if asked.buyers:
        ever = _buyers(engine, Asked(bought=True))
        table = table.semi_join(ever, table["customer_id"] == ever["buyer"])
    match = _own_condition(table, asked)
    if asked.place_is_base:
        table = of_people(table, Asked(values=asked.of(*PLACES)))
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
        did = table["did"].fill_null(False)
        table = table.mutate(match=table["match"] & (~did if asked.never else did))
    groups = {name: named(table[name]) for name in asked.dimensions}
    totals = table.group_by(**groups) if groups else table
    counted = totals.aggregate(
        customers=table["match"].sum().fill_null(0), of_customers=table.count()
    )
    part, whole = counted["customers"].cast("float64"), counted["of_customers"].cast("float64")
    counted = counted.mutate(share=(part / whole.nullif(0.0)).round(4))
    return ordered(counted, asked, "share").limit(MOST_ROWS) if groups else counted
