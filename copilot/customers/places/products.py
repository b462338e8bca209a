"""What the products' extra columns say of them: their department, and which are services.

A product is a service when its column `kind` or `type` says so ("service", "services", in German
and Spanish too), or when it has a column `service`, which then names it. Where a business sells
nothing else and says nothing, its categories may be read as services by asking for them.
"""

from typing import TYPE_CHECKING

from copilot.customers.places.levels import json_text
from copilot.customers.tables import table_or_empty
from copilot.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine
    from copilot.customers.places.overindex import Kind

SERVICE_WORDS = ("service", "services", "dienstleistung", "servicio", "servicios", "prestation")
KIND_COLUMNS = ("kind", "type", "product_type", "item_type")


def extras(engine: "Engine", kind: "Kind") -> "ir.Table":
    """product_id and a column named as the kind (`department` or `service`), empty without."""
    products = table_or_empty(engine, "products")
    given = products["attributes"]
    if kind != "service":
        return products.select("product_id", **{kind: json_text(given, kind)})
    said = json_text(given, KIND_COLUMNS[0]).lower().isin(SERVICE_WORDS).fill_null(False)
    for column in KIND_COLUMNS[1:]:
        said = said | json_text(given, column).lower().isin(SERVICE_WORDS).fill_null(False)
    name = products["name"].fill_null(products["product_id"])
    service = json_text(given, "service").fill_null(said.ifelse(name, None))
    return products.select("product_id", service=service)


def has_kind(engine: "Engine", kind: "Kind") -> bool:
    """Whether any product has one: a name or id always counts, the rest must be in the data."""
    if kind == "product":
        return engine.has("transactions")
    if kind in ("category", "brand"):
        table = table_or_empty(engine, "products")
        column = table[kind]
    else:
        table = extras(engine, kind)
        column = table[kind]
    found: bool = engine.remembered(
        f"has-{kind}",
        lambda: bool(engine.rows(table.aggregate(n=column.count()))[0]["n"]),
    )
    return found


def need_kind(engine: "Engine", kind: "Kind") -> None:
    """Raises DataError saying what to import when no product has the kind."""
    if has_kind(engine, kind):
        return
    raise DataError(
        f"No product has a {kind}.",
        hint="Import products with one; a service is told by a column `kind` that says service, or"
        " a column `service` that names it."
        if kind == "service"
        else f"Import products with a column {kind}, or choose another kind.",
    )
