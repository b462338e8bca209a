"""The canonical tables joined into the shapes the analytics read: purchases, with their names.

Tables that were never imported are read as empty ones, so that every column is always there.
"""

from typing import TYPE_CHECKING

from copilot.customers.schema import TABLES, FieldType
from copilot.records import UNKNOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

ENGINE_TYPES: dict[FieldType, str] = {
    "text": "string",
    "integer": "int64",
    "number": "float64",
    "money": "decimal(18, 2)",
    "date": "date",
    "datetime": "timestamp",
    "boolean": "boolean",
    "json": "string",
}


def table_or_empty(engine: "Engine", name: str) -> "ir.Table":
    """The canonical table, or one without rows when nothing was imported into it.

    Raises DataError when not even customers or transactions are there.
    """
    import ibis

    if engine.has(name):
        return engine.table(name)
    some = engine.table("customers" if engine.has("customers") else "transactions")
    return some.filter(ibis.literal(False)).select(
        **{field: ibis.null(ENGINE_TYPES[kind]) for field, kind in TABLES[name].types.items()}
    )


def attach(table: "ir.Table", other: "ir.Table", key: str, other_key: str = "") -> "ir.Table":
    """Left join on one key, keeping the other table's columns but not its key."""
    renamed = other.rename(_key=other_key or key)
    return table.left_join(renamed, table[key] == renamed["_key"]).drop("_key")


def named(column: "ir.Value") -> "ir.StringValue":
    """A text column with blanks and nothing read as '(unknown)'."""
    text: ir.StringValue = column.cast("string").strip().nullif("").fill_null(UNKNOWN)
    return text


def purchases(engine: "Engine", *, items: bool = True, stores: bool = True) -> "ir.Table":
    """One row a line sold, with names.

    Columns: customer_id (empty for a sale to somebody unknown), visit (one basket, else one
    customer's day, unique over customers; a sale to somebody unknown is a visit of its own),
    occasion (the visit among its own customer's: cheaper where they are apart already),
    at, day, quantity (a line without one is one item), amount, product_id, store_id; with
    `items` also product, category and brand, with `stores` also store. Lines of unknown
    customers, products and stores are kept.
    """
    import ibis

    lines = table_or_empty(engine, "transactions")
    day = lines["at"].date()
    known_day = ibis.ifelse(lines["customer_id"].notnull(), day.cast("string"), ibis.null("string"))
    occasion = lines["basket_id"].fill_null(known_day).fill_null(lines["transaction_id"])
    table = lines.select(
        "customer_id",
        "store_id",
        "product_id",
        "at",
        "amount",
        occasion=occasion,
        visit=lines["customer_id"].fill_null("") + "|" + occasion.fill_null(""),
        day=day,
        quantity=lines["quantity"].fill_null(1.0),
    )
    if items:
        products = table_or_empty(engine, "products")
        table = attach(
            table, products.select("product_id", "category", "brand", product="name"), "product_id"
        )
        table = table.mutate(product=table["product"].fill_null(table["product_id"]))
    if stores:
        places = table_or_empty(engine, "locations")
        table = attach(table, places.select("store_id", store="name"), "store_id")
        table = table.mutate(store=table["store"].fill_null(table["store_id"]))
    return table
