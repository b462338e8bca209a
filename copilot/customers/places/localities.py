"""Localities: what is known of each region, city, neighbourhood, postcode, store or class."""

from typing import TYPE_CHECKING, Any

from copilot.customers.places.levels import PLACES, check_level, parse_level, placed, unit_of
from copilot.customers.places.overindex import (
    Cell,
    Kind,
    best,
    cells,
    over_indexed,
    under_indexed,
    with_item,
)
from copilot.customers.places.products import need_kind
from copilot.customers.tables import attach, named, table_or_empty
from copilot.errors import DataError
from copilot.records import UNKNOWN, ItemIndexes, Locality, OverIndex, Query, Store
from copilot.text import fold

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

FEWEST_PEOPLE = 10
TOP_KINDS: tuple[Kind, ...] = ("product", "category")


def localities(
    engine: "Engine", level: str, *, name: str | None = None, top: int = 5
) -> list[Locality]:
    """Every locality of the level, most customers first, '(unknown)' last; or the one named.

    `level` is as `levels.parse_level` reads it. A customer belongs to the place in their own
    record, or at level store to the store visited most. Purchases count for their customer's
    place, or for the store where they were made. `top` are items bought more often than elsewhere
    for certain (see overindex). Under 10 customers only counts and revenue are given. Raises
    DataError when there is no such level,
    no customer has the field, or no locality the name.
    """
    level = parse_level(level).name
    rows = known_localities(engine, level, name=name)
    found = [cell for kind in TOP_KINDS for cell in over_index_cells(engine, level, kind)]
    tops = best(sorted(found, key=lambda cell: (-cell.over.low, cell.over.name)), top)
    languages, stores = _languages(engine, level), _stores(engine, level)
    return [_locality(row, level, tops, languages, stores) for row in rows]


def item_indexes(
    engine: "Engine",
    level: str,
    kind: Kind = "category",
    *,
    name: str | None = None,
    top: int = 10,
) -> list[ItemIndexes]:
    """What each locality's customers buy more often (lower bound over 1) and less often (upper
    bound under 1) than all customers, surest first. Raises DataError when there is no such level
    or name, or no product has the kind."""
    level = parse_level(level).name
    rows = known_localities(engine, level, name=name)
    need_kind(engine, kind)
    over = best(over_index_cells(engine, level, kind), top)
    under: dict[str, list[OverIndex]] = {}
    for cell in under_index_cells(engine, level, kind):
        found = under.setdefault(cell.unit, [])
        if len(found) < top:
            found.append(cell.over)
    return [
        ItemIndexes(
            level=level,
            name=row["name"],
            kind=kind,
            customers=row["customers"],
            over=over.get(row["name"], ()),
            under=tuple(under.get(row["name"], ())),
        )
        for row in rows
        if row["name"] != UNKNOWN
    ]


def over_index_cells(engine: "Engine", level: str, kind: Kind) -> list[Cell]:
    """Every cell of the level that may be shown, best lower bound first, without '(unknown)'."""
    return _shown(engine, level, kind, "over")


def under_index_cells(engine: "Engine", level: str, kind: Kind) -> list[Cell]:
    """Every cell bought less than elsewhere for certain, surest first, without '(unknown)'."""
    return _shown(engine, level, kind, "under")


def _shown(engine: "Engine", level: str, kind: Kind, side: str) -> list[Cell]:
    known_localities(engine, level)
    level = parse_level(level).name

    def shown() -> list[Cell]:
        table = cell_table(engine, level, kind)
        found = (over_indexed if side == "over" else under_indexed)(engine, table, kind)
        return [cell for cell in found if cell.unit != UNKNOWN]

    cells: list[Cell] = engine.remembered(f"{side}-{level}-{kind}", shown)
    return cells


def cell_table(engine: "Engine", level: str, kind: Kind) -> "ir.Table":
    """`over_index_table`, computed once for each generation."""
    name = parse_level(level).name
    return engine.kept(f"cells-{name}-{kind}", lambda: over_index_table(engine, name, kind))


def over_index_table(engine: "Engine", level: str, kind: Kind) -> "ir.Table":
    """The counts behind every cell, before shrinking, as one expression over the tables."""
    return cells(with_item(engine, placed(engine, parse_level(level)), kind), kind)


def localities_query(engine: "Engine", level: str) -> Query:
    """The localities' counts and revenue with the SQL that made them."""
    known_localities(engine, level)
    summary = _summary(engine, level)
    return Query(
        description=f"Customers, buyers, baskets and revenue by {level}.",
        sql=engine.sql(summary),
        rows=tuple(engine.rows(summary)),
    )


def known_localities(
    engine: "Engine", level: str, *, name: str | None = None
) -> list[dict[str, Any]]:
    """Counts and revenue of every locality, most customers first and '(unknown)' last, or of the
    one named. Raises DataError for a level or name that is not there."""
    import ibis

    check_level(engine, parse_level(level))
    kept = engine.kept(f"localities-{level}", lambda: _summary(engine, level))
    order = [ibis.asc(kept["name"] == UNKNOWN), ibis.desc("customers"), ibis.asc("name")]
    rows = engine.rows(kept.order_by(order))
    if not any(row["name"] != UNKNOWN for row in rows):
        raise DataError(
            f"No customer has a {level}.",
            hint="Import customers with one, or choose another level, such as city or store.",
        )
    return rows if name is None else [_named_row(rows, name, level)]


def _named_row(rows: list[dict[str, Any]], name: str, level: str) -> dict[str, Any]:
    for row in rows:
        if fold(row["name"]) == fold(name):
            return row
    known = ", ".join(row["name"] for row in rows[:12])
    raise DataError(f"There is no {level} {name!r}.", hint=f"There are: {known}.")


def _summary(engine: "Engine", level: str) -> "ir.Table":
    """name, customers, buyers, revenue, transactions, average_basket, sent, responses."""
    import ibis

    units = unit_of(engine, parse_level(level))
    members = units.group_by("unit").aggregate(customers=units.count())
    lines = placed(engine, parse_level(level))
    bought = lines.group_by("unit").aggregate(
        buyers=lines["customer_id"].nunique(),
        revenue=lines["amount"].sum().round(2).cast("float64"),
        transactions=lines["visit"].nunique(),
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


def _languages(engine: "Engine", level: str) -> dict[str, dict[str, float]]:
    """Share of each language among the locality's customers whose language is known."""
    import ibis

    customers = engine.table("customers")
    table = attach(
        customers.select("customer_id", "language"),
        unit_of(engine, parse_level(level)),
        "customer_id",
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


def _stores(engine: "Engine", level: str) -> dict[str, tuple[Store, ...]]:
    """The business's own stores in each locality; none where a locality is no place."""
    if level != "store" and level not in PLACES:
        return {}
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
    level: str,
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
