"""The business's own names: places, products, stores; what copy may name, or must not confuse."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.customers.engine import Engine

PLACE_FIELDS = ("neighbourhood", "city", "region")


@dataclass(frozen=True)
class Names:
    """Distinct names, sorted; empty where the table was never imported."""

    places: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()


def names(engine: "Engine") -> Names:
    """The names in the tables; products and their categories together."""
    return Names(
        places=_distinct(engine, {"customers": PLACE_FIELDS, "locations": PLACE_FIELDS}),
        products=_distinct(engine, {"products": ("name", "category")}),
        stores=_distinct(engine, {"locations": ("name",)}),
    )


def _distinct(engine: "Engine", fields: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: set[str] = set()
    for name, columns in fields.items():
        if not engine.has(name):
            continue
        table = engine.table(name)
        for column in columns:
            found |= {row[column] for row in engine.rows(table.select(column).distinct())}
    return tuple(sorted(name for name in found if name and name.strip()))
