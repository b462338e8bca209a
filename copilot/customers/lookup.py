"""One person, looked up by key in the engine; never embedded, never sent anywhere."""

from typing import TYPE_CHECKING, Any

from copilot.customers.tables import purchases, table_or_empty
from copilot.errors import DataError

if TYPE_CHECKING:
    from copilot.customers.engine import Engine

LATEST = 20


def customer(engine: "Engine", customer_id: str) -> dict[str, Any]:
    """A customer's own row, their consents, and their latest 20 lines bought.

    Raises DataError when nobody has that id.
    """
    import ibis

    people = engine.whole("customers")
    found = engine.rows(people.filter(people["customer_id"] == customer_id))
    if not found:
        raise DataError(
            f"There is no customer {customer_id!r}.", hint="Ids are kept as text, zeros and all."
        )
    row = {key: _plain(value) for key, value in found[0].items() if value is not None}
    consents = table_or_empty(engine, "consents")
    given = engine.rows(consents.filter(consents["customer_id"] == customer_id).order_by("channel"))
    lines = purchases(engine)
    bought = (
        lines.filter(lines["customer_id"] == customer_id)
        .order_by([ibis.desc("at"), ibis.asc("product")])
        .select("at", "product", "category", "store", "quantity", "amount")
        .limit(LATEST)
    )
    return {
        **row,
        "consents": [_record(each) for each in given],
        "latest_purchases": [_record(each) for each in engine.rows(bought)],
    }


def _record(row: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in row.items() if value is not None}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)
