"""Similar localities: by what their customers buy, which languages they speak, how much and when.

Four distances between two localities, each divided by its median over all pairs so that 1 is a
typical pair: buying, the root mean square gap of the logarithms of shrunk over-indexes (weighted
by how many buy the category); language and time of day, Hellinger's distance of shares shrunk
towards everywhere's by ten customers; basket, the gap of logarithms. Their weighted mean over
those the data can tell is the distance. A locality needs 30 buyers: with fewer, likeness is noise.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from copilot.customers.places.dayparts import DEFAULT
from copilot.customers.places.levels import parse_level
from copilot.customers.places.localities import cell_table, known_localities
from copilot.customers.places.mix import Counts, language_counts, visit_counts
from copilot.customers.places.overindex import Kind, strength
from copilot.customers.tables import table_or_empty
from copilot.errors import DataError
from copilot.records import UNKNOWN, Similarity, SimilarLocality

if TYPE_CHECKING:
    import numpy as np

    from copilot.customers.engine import Engine

    Matrix = np.ndarray[Any, np.dtype[np.float64]]

FEWEST_BUYERS = 30
FEWEST_CATEGORIES = 15
MOST_ITEMS = 400
PULL = 10.0
WEIGHTS = {"buying": 0.55, "language": 0.2, "daypart": 0.1, "basket": 0.15}
CLOSE, FAR = 1.15, 1.5
SAID = 3


@dataclass(frozen=True)
class Likeness:
    """Localities with enough buyers (`names`), their distances (all, and in each respect, as
    matrices in that order) and what they are made of."""

    names: tuple[str, ...]
    buyers: tuple[int, ...]
    distance: "Matrix"
    parts: dict[str, "Matrix"]
    items: tuple[str, ...] = ()
    index: "Matrix | None" = None
    baskets: tuple[float, ...] = ()
    mixes: dict[str, Counts] = field(default_factory=dict)


def similar(engine: "Engine", level: str, name: str, *, top: int = 5) -> Similarity:
    """The localities most like the one named, closest first, with what they share and what
    differs in words. Raises DataError for a level or name that is not there, for one with fewer
    than 30 buyers, and when no other has as many."""
    asked = parse_level(level)
    row = known_localities(engine, asked.name, name=name)[0]
    found = likeness(engine, asked.name)
    need_likeness(found, row)
    at = found.names.index(row["name"])
    others = sorted(
        (other for other in range(len(found.names)) if other != at),
        key=lambda other: (round(float(found.distance[at, other]), 9), found.names[other]),
    )
    return Similarity(
        level=asked.name,
        name=row["name"],
        customers=row["customers"],
        fewest_customers=FEWEST_BUYERS,
        compared=len(others),
        similar=tuple(_one(found, at, other) for other in others[:top]),
        notes=_notes(found),
    )


def need_likeness(found: Likeness, row: dict[str, Any] | None = None) -> None:
    """Raises DataError when the locality has too few buyers, or none is there to compare with."""
    if row is not None and row["name"] not in found.names:
        who = f"{row['name']!r} has {row['buyers']}"
    elif len(found.names) < 2:
        who = "fewer than two have as many"
    else:
        return
    raise DataError(
        f"Likeness needs {FEWEST_BUYERS} buyers in a locality; {who}.",
        hint="Choose a coarser level, such as city or region.",
    )


def likeness(engine: "Engine", level: str) -> Likeness:
    """All localities of a level with enough buyers, compared; once for each generation."""
    found: Likeness = engine.remembered(f"likeness-{level}", lambda: _likeness(engine, level))
    return found


def _likeness(engine: "Engine", level: str) -> Likeness:
    rows = sorted(
        (
            row
            for row in known_localities(engine, level)
            if row["name"] != UNKNOWN and row["buyers"] >= FEWEST_BUYERS
        ),
        key=lambda row: str(row["name"]),
    )
    names = tuple(row["name"] for row in rows)
    baskets = tuple(float(row["average_basket"] or 0.0) for row in rows)
    asked = parse_level(level)
    parts: dict[str, Matrix] = {}
    items, index, weights = _indexes(engine, level, names)
    if index is not None and weights is not None:
        parts["buying"] = _gaps(index, weights)
    mixes = {
        "language": language_counts(engine, asked),
        "daypart": visit_counts(engine, asked, DEFAULT)[1],
    }
    for part, counts in mixes.items():
        shares = _mixed(counts, names)
        if shares is not None:
            parts[part] = _gaps(shares)
    if names and all(baskets):
        parts["basket"] = _gaps(_column([math.log(value) for value in baskets]))
    parts = {part: _scaled(matrix) for part, matrix in parts.items()}
    total = sum(WEIGHTS[part] for part in parts) or 1.0
    distance = sum(
        (WEIGHTS[part] / total * matrix for part, matrix in parts.items()),
        start=_gaps(_column([0.0] * len(names))),
    )
    buyers = tuple(row["buyers"] for row in rows)
    return Likeness(names, buyers, distance, parts, items, index, baskets, mixes)


def _indexes(
    engine: "Engine", level: str, names: tuple[str, ...]
) -> "tuple[tuple[str, ...], Matrix | None, Matrix | None]":
    """Items, logarithms of shrunk indexes (locality by item), and each item's weight."""
    import ibis
    import numpy as np

    kind: Kind = "category" if _many_categories(engine) else "product"
    table = cell_table(engine, level, kind)
    prior = strength(engine, table)
    if prior is None or not names:
        return (), None, None
    most = table.group_by("item").aggregate(bought=table["bought"].max())
    order = [ibis.desc("bought"), ibis.asc("item")]
    rows = engine.rows(most.order_by(order).limit(MOST_ITEMS))
    items = tuple(row["item"] for row in rows)
    bought = np.array([row["bought"] for row in rows], dtype=float)
    place, column = ({name: at for at, name in enumerate(all_)} for all_ in (names, items))
    counted, n, everyone = np.zeros((len(names), len(items))), np.zeros(len(names)), 1.0
    cells = table.filter(table["item"].isin(items)).select("unit", "item", "x", "n", "everyone")
    for row in engine.rows(cells):
        if row["unit"] in place:
            at = place[row["unit"]]
            counted[at, column[row["item"]]] = row["x"]
            n[at], everyone = row["n"], row["everyone"]
    expected = np.outer(n, bought / everyone)
    return items, np.log((counted + prior) / (expected + prior)), bought / bought.sum()


def _many_categories(engine: "Engine") -> bool:
    """Whether categories are fine enough to tell localities apart."""
    table = table_or_empty(engine, "products")
    rows = engine.rows(table.aggregate(n=table["category"].nunique()))
    return bool(rows[0]["n"] >= FEWEST_CATEGORIES)


def _mixed(counts: Counts, names: tuple[str, ...]) -> "Matrix | None":
    """Square roots of shares (Hellinger) by locality, shrunk; None without any or with one."""
    import numpy as np

    usual = counts.get("", {})
    if len(usual) < 2:
        return None
    cells = sorted(usual)
    whole = np.array([usual[cell]["n"] / usual[cell]["total"] for cell in cells])
    rows = []
    for name in names:
        own = counts.get(name, {})
        size = next(iter(own.values()))["size"] if own else 0.0
        shares = np.array([own[c]["n"] / own[c]["total"] if c in own else 0.0 for c in cells])
        rows.append(np.sqrt((shares * size + whole * PULL) / (size + PULL) if own else whole))
    return np.array(rows)


def _column(values: list[float]) -> "Matrix":
    import numpy as np

    return np.array(values, dtype=float).reshape(-1, 1)


def _gaps(values: "Matrix", weights: "Matrix | None" = None) -> "Matrix":
    """Euclidean distances of all pairs of rows, weighted by column."""
    import numpy as np

    scaled = values if weights is None else values * np.sqrt(weights)
    squares = (scaled * scaled).sum(axis=1)
    gaps = squares[:, None] + squares[None, :] - 2 * scaled @ scaled.T
    found: Matrix = np.sqrt(np.clip(gaps, 0.0, None))
    np.fill_diagonal(found, 0.0)
    return found


def _scaled(distances: "Matrix") -> "Matrix":
    """Distances over their median, so that 1 is a typical pair."""
    import numpy as np

    pairs = distances[np.triu_indices(len(distances), 1)]
    middle = float(np.median(pairs)) if len(pairs) else 0.0
    return distances / middle if middle > 1e-9 else distances * 0.0


def _one(found: Likeness, at: int, other: int) -> SimilarLocality:
    import numpy as np

    distance = float(found.distance[at, other])
    pairs = found.distance[np.triu_indices(len(found.names), 1)]
    shared, differs = _words(found, at, other)
    return SimilarLocality(
        name=found.names[other],
        customers=found.buyers[other],
        distance=round(distance, 4),
        closer_than=round(float((pairs > distance).mean()), 4),
        parts={part: round(float(gap[at, other]), 4) for part, gap in found.parts.items()},
        shared=tuple(shared),
        differs=tuple(differs),
    )


def _words(found: Likeness, at: int, other: int) -> tuple[list[str], list[str]]:
    """What two localities share, and how they differ: goods first, then the rest."""
    import numpy as np

    shared, differs = [], []
    if found.index is not None:
        a, b = np.exp(found.index[at]), np.exp(found.index[other])
        both = np.minimum(a, b)
        for item in np.argsort(-both, kind="stable")[:SAID]:
            if both[item] >= CLOSE:
                shared.append(
                    f"both buy {found.items[item]} more often than elsewhere"
                    f" ({a[item]:.1f} and {b[item]:.1f} times)"
                )
        gap = np.abs(found.index[at] - found.index[other])
        for item in np.argsort(-gap, kind="stable")[:SAID]:
            if gap[item] >= math.log(FAR):
                differs.append(
                    f"{found.items[item]}: {a[item]:.1f} times as often as elsewhere here,"
                    f" {b[item]:.1f} times there"
                )
    if "basket" in found.parts:
        mine, theirs = found.baskets[at], found.baskets[other]
        close = max(mine, theirs) <= 1.1 * min(mine, theirs)
        (shared if close else differs).append(f"average basket {mine:,.2f} and {theirs:,.2f}")
    for part, counts in found.mixes.items():
        if part in found.parts:
            _mix_words(part, counts, (found.names[at], found.names[other]), shared, differs)
    return shared, differs


def _mix_words(
    part: str, counts: Counts, names: tuple[str, str], shared: list[str], differs: list[str]
) -> None:
    """The language or time of day in which two localities differ most, or that they share."""
    mine, theirs = (
        {cell: row["n"] / row["total"] for cell, row in counts.get(name, {}).items()}
        for name in names
    )
    if not mine or not theirs:
        return
    cell = max(sorted({*mine, *theirs}), key=lambda c: abs(mine.get(c, 0) - theirs.get(c, 0)))
    gap = abs(mine.get(cell, 0) - theirs.get(cell, 0))
    people = [counts[name][cell]["people"] for name in names if cell in counts[name]]
    if gap >= 0.1 and max(people) >= PULL:
        differs.append(f"{part} {cell}: {mine.get(cell, 0):.0%} and {theirs.get(cell, 0):.0%}")
    elif gap < 0.1:
        main = max(sorted(mine), key=lambda c: mine[c])
        shared.append(f"{part} {main}: {mine[main]:.0%} and {theirs.get(main, 0):.0%}")


def _notes(found: Likeness) -> tuple[str, ...]:
    missing = [part for part in WEIGHTS if part not in found.parts]
    said = [f"Localities with fewer than {FEWEST_BUYERS} buyers are not compared."]
    if missing:
        said.append(f"The data do not tell localities apart by {', '.join(missing)}.")
    return tuple(said)
