"""Over-index (lift): what a locality's customers buy more often than all customers do.

For a locality with n buyers, of whom x bought an item that X of all N buyers bought, the raw
index is (x/n) / (X/N) = x / e with e = n·X/N. Small cells shout, so it is shrunk towards 1 with a
Gamma-Poisson model (DuMouchel 1999; Clayton and Kaldor 1987): x ~ Poisson(e·r), r ~ Gamma(a, a),
so r given x ~ Gamma(x + a, e + a). `a` comes from the method of moments over all cells and is
kept within PRIOR_BOUNDS, because votes of one per customer vary less than Poisson's. A cell is
shown only when enough customers are behind it and nobody makes up half of its spend. What is
bought less than elsewhere is shown when enough customers would have bought it there at the usual
rate: its evidence is who stayed away.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.customers.tables import attach
from copilot.records import ItemKind, OverIndex

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

Kind = ItemKind

PRIOR_BOUNDS = (1.0, 200.0)
FEWEST_CUSTOMERS = 20
LARGEST_SHARE = 0.5
INTERVAL = (0.05, 0.95)


@dataclass(frozen=True)
class Cell:
    """One locality and item: `index` is the shrunk ratio with its 90 % interval."""

    unit: str
    over: OverIndex


def over_indexed(engine: "Engine", cells: "ir.Table", kind: Kind) -> list[Cell]:
    """Those of the `cells` that may be shown, shrunk, largest lower bound first."""
    prior = strength(engine, cells)
    if prior is None:
        return []
    shown = engine.rows(
        cells.filter((cells["x"] >= FEWEST_CUSTOMERS) & (cells["largest"] < LARGEST_SHARE)).select(
            "unit", "item", "x", "e"
        )
    )
    found = _shrunk(shown, prior, kind)
    return sorted(found, key=lambda cell: (-cell.over.low, cell.unit, cell.over.name))


def under_indexed(engine: "Engine", cells: "ir.Table", kind: Kind) -> list[Cell]:
    """What units buy less often than all customers for certain (upper bound under 1), smallest
    upper bound first; what nobody there bought included. At least 20 buyers would be usual."""
    prior = strength(engine, cells)
    if prior is None:
        return []
    found = [
        cell for cell in _shrunk(engine.rows(_missed(cells)), prior, kind) if cell.over.high < 1
    ]
    return sorted(found, key=lambda cell: (cell.over.high, cell.unit, cell.over.name))


def strength(engine: "Engine", cells: "ir.Table") -> float | None:
    """The prior strength of these cells, None when there are none."""
    moments = engine.rows(_moments(cells))
    if not moments or moments[0]["squares"] is None:
        return None
    return prior_strength(moments[0]["observed"], moments[0]["chance"], moments[0]["squares"])


def _shrunk(rows: Sequence[dict[str, Any]], prior: float, kind: Kind) -> list[Cell]:
    """Rows of unit, item, x and e as shrunk indexes with intervals."""
    import numpy as np
    from scipy.special import gammaincinv  # type: ignore[import-untyped,unused-ignore]

    shape = np.array([row["x"] for row in rows], dtype=float) + prior
    rate = np.array([row["e"] for row in rows], dtype=float) + prior
    low, high = (gammaincinv(shape, q) / rate for q in INTERVAL)
    return [
        Cell(
            row["unit"],
            OverIndex(
                name=row["item"],
                kind=kind,
                index=round(float(shape[at] / rate[at]), 4),
                low=round(float(low[at]), 4),
                high=round(float(high[at]), 4),
                customers=row["x"],
            ),
        )
        for at, row in enumerate(rows)
    ]


def _missed(cells: "ir.Table") -> "ir.Table":
    """unit, item, x and e of every cell where enough buyers would be usual, bought or not."""
    units = cells.select("unit", "n", "everyone").distinct()
    items = cells.select("item", "bought").distinct()
    usual = units.cross_join(items)
    e = usual["n"].cast("float64") * usual["bought"].cast("float64") / usual["everyone"]
    usual = usual.mutate(e=e).filter(e >= FEWEST_CUSTOMERS)
    seen = cells.select("x", seen_unit=cells["unit"], seen_item=cells["item"])
    joined = usual.left_join(
        seen, (usual["unit"] == seen["seen_unit"]) & (usual["item"] == seen["seen_item"])
    )
    return joined.select("unit", "item", "e", x=joined["x"].fill_null(0))


def best(shown: Sequence[Cell], top: int) -> dict[str, tuple[OverIndex, ...]]:
    """For each locality its `top` items that are bought more often than elsewhere for certain
    (lower bound over 1), surest first."""
    found: dict[str, list[OverIndex]] = defaultdict(list)
    for cell in shown:
        if cell.over.low > 1 and len(found[cell.unit]) < top:
            found[cell.unit].append(cell.over)
    return {unit: tuple(items) for unit, items in found.items()}


def prior_strength(observed: float, chance: float, squares: float) -> float:
    """`a` of the Gamma(a, a) prior by the method of moments, within PRIOR_BOUNDS.

    `observed` is Σ(x − e)², `chance` what Σ(x − e)² would be if localities did not differ, and
    `squares` Σe²; the excess over chance is Σe²/a.
    """
    lowest, highest = PRIOR_BOUNDS
    excess = observed - chance
    if excess <= 0:
        return highest
    return min(max(squares / excess, lowest), highest)


def with_item(engine: "Engine", placed: "ir.Table", kind: Kind) -> "ir.Table":
    """Purchases with the column named as the kind: a department or service is read from the
    products' own extra columns (see `services`)."""
    from copilot.customers.places.products import extras

    if kind in placed.columns:
        return placed
    return attach(placed, extras(engine, kind), "product_id")


def cells(placed: "ir.Table", kind: Kind) -> "ir.Table":
    """Every locality and item that somebody bought there, from purchases with a `unit`.

    Columns: unit, item, x, n, bought (X), everyone (N), e, and largest, the share of the cell's
    spend one customer has. Everybody counts as a buyer once in each unit they bought in.
    """
    import ibis

    bought = (
        placed.filter(placed["customer_id"].notnull())
        .group_by("unit", "customer_id", item=placed[kind])
        .aggregate(spent=placed["amount"].sum().round(2).cast("float64"))
    )
    spent = bought.filter(bought["item"].notnull())
    money = spent["spent"].sum()
    share = (spent["spent"].max() / money.nullif(0.0)).fill_null(0.0)
    counted = spent.group_by("unit", "item").aggregate(x=spent.count(), largest=share)
    buyers = (
        bought.select("unit", "customer_id")
        .distinct()
        .group_by("unit")
        .aggregate(n=lambda one: one.count())
    )
    buyers = buyers.mutate(everyone=buyers["n"].sum().over(ibis.window()))
    joined = counted.inner_join(buyers, "unit")
    joined = joined.mutate(bought=joined["x"].sum().over(group_by="item"))
    n, everyone = joined["n"].cast("float64"), joined["everyone"].cast("float64")
    return joined.mutate(e=n * joined["bought"].cast("float64") / everyone)


def _moments(cells: "ir.Table") -> "ir.Table":
    """Sums over all cells, those without a buyer included.

    An empty cell adds e² to Σ(x − e)²; with p = X/N and f = n/N, Σe² over everything is
    Σn²·Σp² and chance alone (draws without replacement) gives Σn(1 − f)·Σp(1 − p).
    """
    units = cells.select("unit", "n", "everyone").distinct()
    items = cells.select("item", "bought", "everyone").distinct()
    n = units["n"].cast("float64")
    p = items["bought"].cast("float64") / items["everyone"].cast("float64")
    by_unit = units.aggregate(
        n_squared=(n * n).sum(), n_free=(n * (1.0 - n / units["everyone"].cast("float64"))).sum()
    )
    by_item = items.aggregate(p_squared=(p * p).sum(), p_free=(p * (1.0 - p)).sum())
    x, e = cells["x"].cast("float64"), cells["e"]
    seen = cells.aggregate(gap=(x * x - x * e * 2.0).sum())
    joined: Any = seen.cross_join(by_unit).cross_join(by_item)
    squares = joined["n_squared"] * joined["p_squared"]
    moments: ir.Table = joined.select(
        observed=joined["gap"] + squares,
        chance=joined["n_free"] * joined["p_free"],
        squares=squares,
    )
    return moments
