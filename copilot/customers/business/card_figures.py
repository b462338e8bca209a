"""The figures on business cards, and how they are written."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from copilot.customers.places.localities import over_index_cells
from copilot.customers.segmenting.segments import segmented
from copilot.customers.suggesting.affinity import FEWEST_BUYERS
from copilot.customers.suggesting.offerable import offered
from copilot.customers.tables import attach, table_or_empty
from copilot.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

FEWEST_PEOPLE = 10
LISTED = 5


def best_sellers(
    engine: "Engine", lines: "ir.Table", kind: str
) -> dict[str, list[tuple[str, float]]]:
    """For each unit the items that sell most, among those FEWEST_BUYERS bought there."""
    import ibis

    sold = (
        lines.filter(lines[kind].notnull() & lines["customer_id"].notnull())
        .group_by("unit", item=lines[kind])
        .aggregate(
            buyers=lines["customer_id"].nunique(),
            revenue=lines["amount"].sum().round(2).cast("float64"),
        )
    )
    private = attach(sold, offered(engine, kind).select("item", "private"), "item")
    kept = private.filter(
        (private["buyers"] >= FEWEST_BUYERS) & ~private["private"].fill_null(False)
    )
    order = [ibis.desc("revenue"), ibis.asc("item")]
    ranked = kept.mutate(place=ibis.row_number().over(group_by="unit", order_by=order))
    found: dict[str, list[tuple[str, float]]] = {}
    for row in engine.rows(ranked.filter(ranked["place"] < LISTED).order_by(["unit", "place"])):
        if row["revenue"] is not None:
            found.setdefault(row["unit"], []).append((row["item"], row["revenue"]))
    return found


def where_over(engine: "Engine", kind: str) -> dict[str, list[str]]:
    """For each item the neighbourhoods (else stores) where it is surely bought more often."""
    found: dict[str, list[str]] = {}
    for level in ("neighbourhood", "store"):
        try:
            cells = over_index_cells(engine, level, cast(Any, kind))
        except DataError:
            continue
        for cell in cells:
            if cell.over.low > 1 and len(found.setdefault(cell.over.name, [])) < LISTED:
                found[cell.over.name].append(f"{cell.unit} ({cell.over.index:.1f} times)")
        break
    return {name: places for name, places in found.items() if name not in private(engine)}


def sizes_of(engine: "Engine", field: str, by: str = "") -> dict[str, list[tuple[str, int]]]:
    table = segmented(engine)
    return sizes_by(engine, table if by else table.mutate(all=text("")), by or "all", field)


def sizes_by(
    engine: "Engine", table: "ir.Table", by: str, field: str
) -> dict[str, list[tuple[str, int]]]:
    """For each group its most frequent values with at least FEWEST_PEOPLE, most first."""
    import ibis

    known = table.filter(table[field].cast("string").strip().nullif("").notnull())
    counted = known.group_by(unit=known[by], value=known[field]).aggregate(people=known.count())
    counted = counted.filter(counted["people"] >= FEWEST_PEOPLE)
    order = [ibis.asc("unit"), ibis.desc("people"), ibis.asc("value")]
    found: dict[str, list[tuple[str, int]]] = {}
    for row in engine.rows(counted.order_by(order)):
        found.setdefault(row["unit"], []).append((row["value"], row["people"]))
    return found


def segment_sizes(engine: "Engine") -> list[tuple[str, int]]:
    table = segmented(engine).mutate(all=text(""))
    return sizes_by(engine, table, "all", "segment").get("", [])


def private(engine: "Engine") -> frozenset[str]:
    def names() -> frozenset[str]:
        return frozenset(
            row["item"]
            for kind in ("product", "category")
            for row in engine.rows(offered(engine, kind).filter(lambda t: t["private"]))
        )

    found: frozenset[str] = engine.remembered("cards-private", names)
    return found


def prices(engine: "Engine") -> "ir.Table":
    """The price of each product name that has just one."""
    table = table_or_empty(engine, "products")
    grouped = table.group_by("name").aggregate(
        price=table["price"].max().cast("float64"), prices=table["price"].nunique()
    )
    return grouped.filter(grouped["prices"] == 1)


def names(engine: "Engine", table: str, column: str) -> list[str]:
    rows = table_or_empty(engine, table).select(column).distinct().order_by(column)
    return [row[column] for row in engine.rows(rows) if row[column]]


def dates(engine: "Engine") -> tuple[str, str] | None:
    table = engine.table("transactions")
    day = table["at"].date()
    row = engine.rows(table.aggregate(first=day.min(), last=day.max()))[0]
    return None if row["first"] is None else (str(row["first"]), str(row["last"]))


def listed(values: Sequence[str]) -> str:
    return "; ".join(values[:LISTED])


def sold(values: Sequence[tuple[str, float]]) -> str:
    return listed([f"{name} ({revenue:,.2f})" for name, revenue in values])


def sizes(values: Sequence[tuple[str, int]]) -> str:
    return listed([f"{name} ({people:,} customers)" for name, people in values])


def count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def money(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def text(value: str) -> "ir.StringValue":
    import ibis

    text: ir.StringValue = ibis.literal(value)
    return text
