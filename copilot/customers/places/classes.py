"""Classes of customers that tell takers of a service from others, and who takes what.

Any level of customers can be a class: `age`, `language`, `attributes.income_band`, two joined by
`+`. When none is asked for, the one or two that explain take-up best are chosen by the Bayesian
information criterion (Schwarz 1978) over the services, each of which may profit or not.
"""

import math
from typing import TYPE_CHECKING

from copilot.customers.places.levels import (
    Level,
    check_level,
    json_text,
    parse_level,
    source_field,
    unit_of,
)
from copilot.customers.places.overindex import Kind, with_item
from copilot.customers.places.products import has_kind
from copilot.customers.privacy import registry
from copilot.customers.tables import attach, purchases
from copilot.errors import DataError
from copilot.records import UNKNOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

HOLDINGS = ("services", "holdings")
CLASSES = (2, 20)
LEAST_KNOWN = 0.3
MOST_CANDIDATES = 12
WORTH_A_SECOND = 1.1


def holdings(engine: "Engine", kind: Kind) -> "ir.Table":
    """Distinct customer_id and item: bought, or (services only) listed in the customers' own
    extra column `services` or `holdings`, separated by ; , | or written as a JSON list."""

    def made() -> "ir.Table":
        lines = with_item(engine, purchases(engine, stores=False), kind)
        known = lines.filter(lines["customer_id"].notnull() & lines[kind].notnull())
        bought = known.select("customer_id", item=known[kind]).distinct()
        for column in held_columns(engine) if kind == "service" else ():
            customers = engine.table("customers")
            text = json_text(customers["attributes"], column).re_replace(r'[\[\]"]', "")
            listed = customers.select("customer_id", item=text.re_replace("[,|]", ";").split(";"))
            listed = listed.unnest("item").mutate(item=lambda table: table["item"].strip())
            bought = bought.union(listed.filter(listed["item"] != ""), distinct=True)
        return bought

    return engine.kept(f"holdings-{kind}", made)


def held_columns(engine: "Engine") -> tuple[str, ...]:
    """The customers' extra columns that list what they hold and may be used."""
    return tuple(name for name in _attributes(engine) if name.lower() in HOLDINGS)


def default_kind(engine: "Engine") -> Kind:
    """`service` where the data tell services, else `category`."""
    told = has_kind(engine, "service") or bool(held_columns(engine))
    return "service" if told else "category"


def class_level(engine: "Engine", kind: Kind, by: str | None = None) -> Level | None:
    """The classes asked for, or those that explain take-up best; None when nothing does.

    Raises DataError for classes that are not of customers or may not be used.
    """
    if by is not None:
        asked = parse_level(by)
        check_level(engine, asked)
        if any(part.origin == "store" for part in asked.parts):
            raise DataError(
                f"{by!r} is about stores, and classes are of customers.",
                hint="Classes: age, language, attributes.NAME, or two joined with +.",
            )
        return asked
    found: Level | None = engine.remembered(f"classes-{kind}", lambda: _best(engine, kind))
    return found


def _best(engine: "Engine", kind: Kind) -> Level | None:
    single = [(_gain(engine, name, kind), name) for name in _candidates(engine)]
    single = sorted((pair for pair in single if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    if not single:
        return None
    gain, first = single[0]
    pairs = [f"{first}+{name}" for _, name in single[1:4]]
    double = sorted(((_gain(engine, name, kind), name) for name in pairs), reverse=True)
    if double and double[0][0] > WORTH_A_SECOND * gain:
        return parse_level(double[0][1])
    return parse_level(first)


def _candidates(engine: "Engine") -> list[str]:
    """Levels of customers with few values that enough of them have."""
    names = ["age", "language"]
    names += [
        f"{registry.ATTRIBUTES}{name}"
        for name in _attributes(engine)
        if name.lower() not in HOLDINGS
    ]
    fewest, most = CLASSES
    found = []
    for name in names:
        level = parse_level(name)
        if any(source_field(part.field) in registry.never(engine.store) for part in level.parts):
            continue
        units = unit_of(engine, level)
        known = units["unit"] != UNKNOWN
        row = engine.rows(
            units.aggregate(
                values=units["unit"].nunique(where=known),
                known=known.cast("float64").mean(),
            )
        )[0]
        if fewest <= row["values"] <= most and (row["known"] or 0.0) >= LEAST_KNOWN:
            found.append(name)
    return found[:MOST_CANDIDATES]


def _attributes(engine: "Engine") -> tuple[str, ...]:
    """The customers' extra columns that may be used, by their own headers."""

    def made() -> tuple[str, ...]:
        names = (
            name.removeprefix(registry.ATTRIBUTES) for name in registry.attributes(engine.store)
        )
        return tuple(n for n in names if "." not in n and registry.may_use(engine.store, n))

    found: tuple[str, ...] = engine.remembered("attributes-usable", made)
    return found


def _gain(engine: "Engine", name: str, kind: Kind) -> float:
    """By how much the classes raise the likelihood of who takes what, less what they cost."""
    units = unit_of(engine, parse_level(name))
    members = {
        row["unit"]: row["n"]
        for row in engine.rows(units.group_by("unit").aggregate(n=units.count()))
    }
    held = attach(holdings(engine, kind), units, "customer_id")
    held = held.filter(held["unit"].notnull())
    rows = engine.rows(held.group_by("item", "unit").aggregate(k=held.count()))
    takers: dict[str, dict[str, int]] = {}
    for row in rows:
        takers.setdefault(row["item"], {})[row["unit"]] = row["k"]
    everyone = sum(members.values())
    cost = 0.5 * (len(members) - 1) * math.log(max(2, everyone))
    return sum(max(0.0, _likelihood(found, members) - cost) for found in takers.values())


def _likelihood(takers: dict[str, int], members: dict[str, int]) -> float:
    """The logarithm of the likelihood ratio of one rate a class against one for everybody."""

    def entropy(k: float, n: float) -> float:
        return sum((count * math.log(count / n) for count in (k, n - k) if count > 0), start=0.0)

    whole = entropy(sum(takers.values()), sum(members.values()))
    return sum(entropy(takers.get(unit, 0), n) for unit, n in members.items()) - whole
