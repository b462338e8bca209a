"""The mix of a locality: which languages its customers speak, and when they buy.

Shares have Wilson's 90% interval (1927). Visits of one customer are alike, so for shares of
visits the number of independent ones is Kish's effective size (1965), (Σw)²/Σw² with w the
visits of each customer: never more than the customers. Cells of fewer than 10 people are put
together as '(other)'.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from copilot.customers.intervals import wilson
from copilot.customers.places.dayparts import (
    DEFAULT,
    OTHER_HOURS,
    WEEKDAYS,
    by_daypart,
    by_weekday,
    parse_dayparts,
    untimed,
    visits,
)
from copilot.customers.places.levels import Level, parse_level, unit_of
from copilot.customers.places.localities import FEWEST_PEOPLE, known_localities
from copilot.customers.tables import attach
from copilot.records import UNKNOWN, LocalityMix, MixShare

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

OTHER = "(other)"
Counts = dict[str, dict[str, dict[str, Any]]]


def mix(
    engine: "Engine", level: str, *, name: str | None = None, dayparts: str = DEFAULT
) -> list[LocalityMix]:
    """Languages, parts of the day and weekdays of every locality, or of the one named.

    Languages are shares of the customers whose language is known; the others are shares of
    known customers' visits. A locality with fewer than 10 people behind a mix has none, and a
    note. Raises DataError for a level or name that is not there, InputError for dayparts.
    """
    parts, asked = parse_dayparts(dayparts), parse_level(level)
    rows = [row for row in known_localities(engine, level, name=name) if row["name"] != UNKNOWN]
    said = language_counts(engine, asked)
    days, hours, silent = visit_counts(engine, asked, dayparts)
    order = [*(part.title for part in parts), OTHER_HOURS]
    found = []
    for row in rows:
        unit = row["name"]
        mixes = {
            "languages": _shares(said, unit),
            "dayparts": _shares(hours, unit, order),
            "weekdays": _shares(days, unit, WEEKDAYS),
        }
        notes = [silent] if silent else []
        notes += [
            f"Fewer than {FEWEST_PEOPLE} customers tell the {key}."
            for key, shares in mixes.items()
            if not shares and not (key == "dayparts" and silent)
        ]
        found.append(
            LocalityMix(
                level=asked.name,
                name=unit,
                customers=row["customers"],
                notes=tuple(notes),
                **mixes,
            )
        )
    return found


def visit_counts(engine: "Engine", level: Level, dayparts: str) -> tuple[Counts, Counts, str]:
    """Counts by weekday, by daypart, and why there are none of the latter."""

    def made() -> tuple[Counts, Counts, str]:
        table = visits(engine, level)
        silent = untimed(engine, table)
        timed = by_daypart(table, parse_dayparts(dayparts))
        hours = {} if silent else _counts(engine, timed)
        return _counts(engine, by_weekday(table)), hours, silent

    found: tuple[Counts, Counts, str] = engine.remembered(f"mix-{level.name}-{dayparts}", made)
    return found


def language_counts(engine: "Engine", level: Level) -> Counts:
    """Customers by language, of those whose language is known."""
    customers = engine.table("customers")
    table = attach(
        customers.select("customer_id", cell=customers["language"].strip().nullif("")),
        unit_of(engine, level),
        "customer_id",
    )
    return _counts(engine, table.filter(table["cell"].notnull()))


def _counts(engine: "Engine", table: "ir.Table") -> Counts:
    """By unit and cell: n (rows), people, and of the unit: total, everybody, size (effective).
    The unit '' is everywhere."""
    import ibis

    whole = table.mutate(unit=ibis.literal(""))
    found: Counts = {}
    for rows in (table, whole):
        cells = rows.group_by("unit", "cell").aggregate(
            n=rows.count(), people=rows["customer_id"].nunique()
        )
        own = rows.group_by("unit", "customer_id").aggregate(w=rows.count())
        w = own["w"].cast("float64")
        units = own.group_by("unit").aggregate(
            total=w.sum(), everybody=own.count(), size=w.sum() * w.sum() / (w * w).sum()
        )
        for row in engine.rows(cells.inner_join(units, "unit").order_by(["unit", "cell"])):
            found.setdefault(row["unit"], {})[row["cell"]] = row
    return found


def _shares(counts: Counts, unit: str, order: Iterable[str] = ()) -> tuple[MixShare, ...]:
    """A unit's shares: in the order given, else largest first; small cells as '(other)' last."""
    cells = counts.get(unit, {})
    if not cells or next(iter(cells.values()))["everybody"] < FEWEST_PEOPLE:
        return ()
    usual = {cell: row["n"] / row["total"] for cell, row in counts[""].items()}
    large = {cell: row for cell, row in cells.items() if row["people"] >= FEWEST_PEOPLE}
    first = [cell for cell in order if cell in large] or sorted(
        large, key=lambda cell: (-large[cell]["n"], cell)
    )
    found = [_share(cell, large[cell], large[cell]["n"], usual[cell]) for cell in first]
    small = [row for cell, row in cells.items() if cell not in large]
    if small:
        people = sum(row["people"] for row in small)
        merged = {**small[0], "people": min(people, small[0]["everybody"])}
        elsewhere = max(0.0, 1 - sum(usual[cell] for cell in first))
        found.append(_share(OTHER, merged, sum(row["n"] for row in small), elsewhere))
    return tuple(found)


def _share(name: str, row: dict[str, Any], n: int, usual: float) -> MixShare:
    share = n / row["total"]
    low, high = wilson(share, row["size"])
    return MixShare(
        name=name,
        share=round(share, 4),
        low=round(low, 4),
        high=round(high, 4),
        customers=row["people"],
        everywhere=round(usual, 4),
    )
