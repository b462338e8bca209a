"""One row a customer: what the business wrote down, and what the purchases say."""

from typing import TYPE_CHECKING

from copilot.customers.filter_syntax import CONSENT_CHANNELS
from copilot.customers.tables import attach, purchases, table_or_empty

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine


def people(engine: "Engine") -> "ir.Table":
    """The canonical customer columns and, computed:

    recency_days (from the last purchase to the latest one in the data), frequency (baskets, else
    days with a purchase), monetary (sum of amounts), first_purchase, last_purchase,
    favourite_product and favourite_category (bought on most occasions; ties go to the larger
    spend, then by name), home_store (visited on most occasions, else the customer's own
    store_id), store_name, consent_email, consent_sms, consent_whatsapp, consent_push (empty is
    unknown). What a missing table would have told is empty; a customer without purchases has
    frequency 0 once there are transactions. Raises DataError without customers.
    """
    return engine.kept("people", lambda: _people(engine))


def _people(engine: "Engine") -> "ir.Table":
    table = engine.table("customers")
    lines = purchases(engine, stores=False)
    for part in (
        consents(engine),
        _totals(lines),
        _favourite(lines, "product", "favourite_product"),
        _favourite(lines, "category", "favourite_category"),
        _favourite(lines, "store_id", "visited_store"),
    ):
        table = attach(table, part, "customer_id")
    table = table.mutate(home_store=table["visited_store"].fill_null(table["store_id"]))
    stores = table_or_empty(engine, "locations").select("store_id", store_name="name")
    table = attach(table.drop("visited_store"), stores, "home_store", "store_id")
    table = table.mutate(store_name=table["store_name"].fill_null(table["home_store"]))
    if engine.has("transactions"):
        table = table.mutate(
            frequency=table["frequency"].fill_null(0), monetary=table["monetary"].fill_null(0.0)
        )
    return table


def _totals(lines: "ir.Table") -> "ir.Table":
    latest = lines["day"].max().as_scalar()
    totals = lines.group_by("customer_id").aggregate(
        frequency=lines["occasion"].nunique(),
        monetary=lines["amount"].sum().round(2).cast("float64"),
        first_purchase=lines["day"].min(),
        last_purchase=lines["day"].max(),
    )
    return totals.mutate(recency_days=latest.delta(totals["last_purchase"], unit="day"))


def _favourite(lines: "ir.Table", column: str, name: str) -> "ir.Table":
    import ibis

    counted = (
        lines.filter(lines[column].notnull())
        .group_by("customer_id", column)
        .aggregate(occasions=lines["occasion"].nunique(), spent=lines["amount"].sum().round(2))
    )
    ranked = counted.mutate(
        place=ibis.row_number().over(
            group_by="customer_id",
            order_by=[ibis.desc("occasions"), ibis.desc("spent"), ibis.asc(column)],
        )
    )
    return ranked.filter(ranked["place"] == 0).select("customer_id", **{name: ranked[column]})


def consents(engine: "Engine") -> "ir.Table":
    """One row a customer with an answer: consent_email and so on, empty where unknown."""
    rows = table_or_empty(engine, "consents")
    channel, yes = rows["channel"].lower(), rows["status"].lower() == "yes"
    said = rows["status"].lower().isin(["yes", "no"])
    return rows.group_by("customer_id").aggregate(
        **{f"consent_{name}": yes.any(where=(channel == name) & said) for name in CONSENT_CHANNELS}
    )
