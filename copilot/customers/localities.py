"""Localities: what is known of each region, city, neighbourhood, postcode or store."""

from typing import TYPE_CHECKING, Any, get_args

from copilot.customers.overindex import Cell, Kind, best, cells, over_indexed
from copilot.customers.people import people
from copilot.customers.tables import UNKNOWN, attach, named, purchases, table_or_empty
from copilot.errors import DataError
from copilot.records import Locality, LocalityLevel, OverIndex, Query, Store
from copilot.text import fold

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

FEWEST_PEOPLE = 10
KINDS: tuple[Kind, ...] = get_args(Kind)
LEVELS: tuple[LocalityLevel, ...] = get_args(LocalityLevel)


def localities(
    engine: "Engine", level: LocalityLevel, *, name: str | None = None, top: int = 5
) -> list[Locality]:
    """Every locality of the level, most customers first, '(unknown)' last; or the one named.

    A customer belongs to the place in their own record, or at level store to the store visited
    most. Purchases count for their customer's place, or for the store where they were made.
    `top` are items bought more often than elsewhere for certain (see overindex). Under
    10 customers only counts and revenue are given. Raises DataError when no customer has the
    field, or no locality the name.
    """
    rows = _rows(engine, level)
    if name is not None:
        rows = [_named_row(rows, name, level)]
    found = [cell for kind in KINDS for cell in over_index_cells(engine, level, kind)]
    tops = best(sorted(found, key=lambda cell: (-cell.over.low, cell.over.name)), top)
    languages, stores = _languages(engine, level), _stores(engine, level)
    return [_locality(row, level, tops, languages, stores) for row in rows]


def over_index_cells(engine: "Engine", level: LocalityLevel, kind: Kind) -> list[Cell]:
    """Every cell of the level that may be shown, best lower bound first, without '(unknown)'."""
    _rows(engine, level)
    name = f"cells-{level}-{kind}"

    def shown() -> list[Cell]:
        table = engine.kept(name, lambda: over_index_table(engine, level, kind))
        return [cell for cell in over_indexed(engine, table, kind) if cell.unit != UNKNOWN]

    found: list[Cell] = engine.remembered(name, shown)
    return found


def over_index_table(engine: "Engine", level: LocalityLevel, kind: Kind) -> "ir.Table":
    """The counts behind every cell, before shrinking, as one expression over the tables."""
    return cells(_placed(engine, level), kind)


def localities_query(engine: "Engine", level: LocalityLevel) -> Query:
    """The localities' counts and revenue with the SQL that made them."""
    _rows(engine, level)
    summary = _summary(engine, level)
    return Query(
        description=f"Customers, buyers, baskets and revenue by {level}.",
        sql=engine.sql(summary),
        rows=tuple(engine.rows(summary)),
    )


def unit_of(engine: "Engine", level: LocalityLevel) -> "ir.Table":
    """customer_id and `unit`: the locality each customer belongs to, '(unknown)' without one."""
    if level == "store":
        table = people(engine)
        return table.select("customer_id", unit=named(table["store_name"]))
    customers = engine.table("customers")
    return customers.select("customer_id", unit=named(customers[level]))


def _rows(engine: "Engine", level: LocalityLevel) -> list[dict[str, Any]]:
    import ibis

    if level not in LEVELS:
        raise DataError(f"There is no level {level!r}.", hint=f"Levels: {', '.join(LEVELS)}.")
    kept = engine.kept(f"localities-{level}", lambda: _summary(engine, level))
    order = [ibis.asc(kept["name"] == UNKNOWN), ibis.desc("customers"), ibis.asc("name")]
    rows = engine.rows(kept.order_by(order))
    if not any(row["name"] != UNKNOWN for row in rows):
        raise DataError(
            f"No customer has a {level}.",
            hint="Import customers with one, or choose another level:"
            f" {', '.join(other for other in LEVELS if other != level)}.",
        )
    return rows


def _named_row(rows: list[dict[str, Any]], name: str, level: str) -> dict[str, Any]:
    for row in rows:
        if fold(row["name"]) == fold(name):
            return row
    known = ", ".join(row["name"] for row in rows[:12])
    raise DataError(f"There is no {level} {name!r}.", hint=f"There are: {known}.")


def _placed(engine: "Engine", level: LocalityLevel) -> "ir.Table":
    """Purchases with the `unit` they count for."""
    lines = attach(purchases(engine), unit_of(engine, level), "customer_id")
    own = lines["unit"].fill_null(UNKNOWN)
    if level != "store":
        return lines.mutate(unit=own)
    return lines.mutate(unit=lines["store"].strip().nullif("").fill_null(own))


def _summary(engine: "Engine", level: LocalityLevel) -> "ir.Table":
    """name, customers, buyers, revenue, transactions, average_basket, sent, responses."""
    import ibis

    units = unit_of(engine, level)
    members = units.group_by("unit").aggregate(customers=units.count())
    placed = _placed(engine, level)
    bought = placed.group_by("unit").aggregate(
        buyers=placed["customer_id"].nunique(),
        revenue=placed["amount"].sum().round(2).cast("float64"),
        transactions=placed["visit"].nunique(),
    )
    answers = attach(table_or_empty(engine, "responses"), units, "customer_id")
    answered = answers.group_by(answered_unit=answers["unit"].fill_null(UNKNOWN)).aggregate(
        sent=answers.count(), responses=answers["responded_at"].count()
    )
    joined = members.outer_join(bought, "unit")
    joined = joined.mutate(name=ibis.coalesce(joined["unit"], joined["unit_right"]))
    joined = attach(joined, answered, "name", "answered_unit")
    counts = {
        column: joined[column].fill_null(0)
        for column in ("customers", "buyers", "transactions", "sent", "responses")
    }
    revenue = joined["revenue"].fill_null(0.0)
    baskets = joined["transactions"].nullif(0).cast("float64")
    return joined.select(
        "name", **counts, revenue=revenue, average_basket=(revenue / baskets).round(2)
    ).order_by([ibis.asc(ibis._["name"] == UNKNOWN), ibis.desc("customers"), ibis.asc("name")])


def _languages(engine: "Engine", level: LocalityLevel) -> dict[str, dict[str, float]]:
    """Share of each language among the locality's customers whose language is known."""
    import ibis

    customers = engine.table("customers")
    table = attach(
        customers.select("customer_id", "language"), unit_of(engine, level), "customer_id"
    )
    known = table.filter(table["language"].notnull())
    counted = (
        known.group_by("unit", "language")
        .aggregate(people=known.count())
        .order_by([ibis.asc("unit"), ibis.desc("people"), ibis.asc("language")])
    )
    shares: dict[str, dict[str, float]] = {}
    for row in engine.rows(counted):
        shares.setdefault(row["unit"], {})[row["language"]] = row["people"]
    return {
        unit: {code: round(people / sum(mix.values()), 4) for code, people in mix.items()}
        for unit, mix in shares.items()
    }


def _stores(engine: "Engine", level: LocalityLevel) -> dict[str, tuple[Store, ...]]:
    """The business's own stores in each locality."""
    table = table_or_empty(engine, "locations")
    unit = table["name"].fill_null(table["store_id"]) if level == "store" else table[level]
    found: dict[str, tuple[Store, ...]] = {}
    for row in engine.rows(table.mutate(unit=named(unit)).order_by("store_id")):
        store = Store(
            store_id=row["store_id"],
            name=row["name"] or row["store_id"],
            address=row["address"] or "",
            neighbourhood=row["neighbourhood"] or "",
        )
        found[row["unit"]] = (*found.get(row["unit"], ()), store)
    return found


def _locality(
    row: dict[str, Any],
    level: LocalityLevel,
    tops: dict[str, tuple[OverIndex, ...]],
    languages: dict[str, dict[str, float]],
    stores: dict[str, tuple[Store, ...]],
) -> Locality:
    name, large = row["name"], row["customers"] >= FEWEST_PEOPLE
    known = large and name != UNKNOWN
    return Locality(
        level=level,
        name=name,
        customers=row["customers"],
        buyers=row["buyers"],
        revenue=row["revenue"],
        transactions=row["transactions"],
        average_basket=row["average_basket"] if large else None,
        top=tops.get(name, ()) if known else (),
        languages=languages.get(name, {}) if large else {},
        response_rate=round(row["responses"] / row["sent"], 4) if large and row["sent"] else None,
        responses=row["responses"] if large else 0,
        stores=stores.get(name, ()) if name != UNKNOWN else (),
    )
