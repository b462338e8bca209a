"""Assortment: what to add to, keep in and drop from a store's shelves, beside similar stores.

A store is held against up to five whose customers buy most alike (see `similar`). The index of
what it sells is (x + a) / (e + a) with x its buyers of the item, e what the others' rate would
bring and `a` the prior strength of over-indexes; the index of what it does not sell is the
others' against everywhere. Intervals are log-normal: the variances 1/(x + a) of both counts add
up, and for an item never sold here 1/a more, by which stores differ. Every judgement needs 20
customers behind it, none of them with half of the spend; a sale nobody made counts as evidence
only where 20 buyers would be usual.
"""

from typing import TYPE_CHECKING, Any

from copilot.customers.intervals import Z90
from copilot.customers.places.levels import Level, parse_level, placed, unit_of
from copilot.customers.places.localities import cell_table, known_localities
from copilot.customers.places.overindex import (
    FEWEST_CUSTOMERS,
    LARGEST_SHARE,
    Kind,
    strength,
    with_item,
)
from copilot.customers.places.products import need_kind
from copilot.customers.places.similar import Likeness, likeness, need_likeness
from copilot.errors import DataError
from copilot.records import UNKNOWN, LocalMove, LocalPlan, Move

if TYPE_CHECKING:
    import datetime as dt

    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

PEERS, ALIKE = 5, 0.75
LONG_DAYS = 90
SLOW = 2 / 3
FEWEST_EXPECTED = 10.0
NOTES = (
    "Shelf space, cost and what customers would buy instead are not in these data: try a move in"
    " some stores and compare them with others.",
)


def assortment(
    engine: "Engine",
    level: str = "store",
    *,
    name: str | None = None,
    kind: Kind = "product",
    top: int = 10,
) -> list[LocalPlan]:
    """What each store, or class of stores, should add, keep and drop, most money first.

    Add: not sold here, and either half of the similar stores sell it so well that at least 10
    buyers are sure, or 20 of the store's own customers buy it in other stores. Keep: bought more
    often than in similar stores for certain. Drop: sold here for over 90 days, and for certain
    under two thirds of the similar stores' rate. Stores with fewer than 30 buyers are left out.
    Raises DataError for a level that is not of stores, for a name or kind that is not there, and
    when fewer than two stores are large enough.
    """
    asked = parse_level(level)
    if not asked.of_stores:
        raise DataError(
            f"Shelves are in stores, and {asked.name!r} is no level of stores.",
            hint="Levels: store, store.kind, store.city, store.demographics.NAME.",
        )
    need_kind(engine, kind)
    rows = known_localities(engine, asked.name, name=name)
    like = likeness(engine, asked.name)
    need_likeness(like, rows[0] if name is not None else None)
    every = engine.remembered(
        f"assortment-{asked.name}-{kind}", lambda: _candidates(engine, asked, kind, like)
    )
    known = {row["name"]: row for row in rows if row["name"] in like.names}
    return [_plan(every, row, asked.name, kind, top) for row in known.values()]


def _candidates(engine: "Engine", level: Level, kind: Kind, like: Likeness) -> dict[str, Any]:
    """Rows worth a move by store, its peers, the counts of judged items, and the data's length."""
    lines = with_item(engine, placed(engine, level), kind)
    prior = strength(engine, cell_table(engine, level.name, kind)) or 1.0
    span = engine.rows(lines.aggregate(first=lines["day"].min(), last=lines["day"].max()))[0]
    peers = {name: _peers(like, at) for at, name in enumerate(like.names)}
    joined = engine.kept(
        f"shelves-{level.name}-{kind}",
        lambda: _beside(engine, level, kind, _shelf(lines, kind), peers),
    )
    scored = _scored(joined, prior)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in like.names}
    for row in engine.rows(_worth(scored, span["last"])):
        found[row["unit"]].append(row)
    counts = engine.rows(_judged(scored))
    return {
        "rows": found,
        "peers": peers,
        "counts": {row["unit"]: row for row in counts},
        "days": (span["last"] - span["first"]).days + 1 if span["last"] else 0,
    }


def _peers(like: Likeness, at: int) -> tuple[str, ...]:
    """The stores whose customers buy most alike: well closer than a typical pair, else two."""
    gaps = like.parts.get("buying", like.distance)[at]
    others = [other for other in range(len(like.names)) if other != at]
    others.sort(key=lambda other: (round(float(gaps[other]), 9), like.names[other]))
    near = [other for other in others if gaps[other] <= ALIKE]
    return tuple(like.names[other] for other in (near if len(near) > 1 else others[:2])[:PEERS])


def _shelf(lines: "ir.Table", kind: Kind) -> "ir.Table":
    """What each store sold, to anybody: spent, first and last day."""
    sold = lines.filter(lines[kind].notnull())
    return sold.group_by("unit", item=sold[kind]).aggregate(
        spent=sold["amount"].sum().round(2).cast("float64"),
        first=sold["day"].min(),
        last=sold["day"].max(),
    )


def _beside(
    engine: "Engine", level: Level, kind: Kind, shelf: "ir.Table", peers: dict[str, tuple[str, ...]]
) -> "ir.Table":
    """Every store and item that its peers or its own customers buy, with both sides' counts."""
    import ibis

    cells = cell_table(engine, level.name, kind)
    sold = shelf.left_join(cells.select("unit", "item", "x", "largest"), ["unit", "item"]).drop(
        "unit_right", "item_right"
    )
    sold = engine.kept(f"sold-{level.name}-{kind}", lambda: sold)
    pairs = [(name, peer) for name, own in peers.items() for peer in own]
    links = ibis.memtable(
        {"store": [a for a, _ in pairs], "unit": [b for _, b in pairs]},
        schema={"store": "string", "unit": "string"},
    )
    sizes = cells.select("unit", "n").distinct()
    groups = links.inner_join(sizes, "unit").group_by("store")
    around = groups.aggregate(peer_n=ibis._["n"].sum(), peers=ibis._.count())
    theirs = (
        links.inner_join(sold, "unit")
        .group_by("store", "item")
        .aggregate(
            peer_x=ibis._["x"].fill_null(0).sum(),
            peer_spent=ibis._["spent"].sum(),
            peer_most=(ibis._["largest"].fill_null(0.0) * ibis._["spent"]).sum(),
            sellers=ibis._.count(),
        )
    )
    away = _elsewhere(engine, level, kind)
    wanted = theirs.select("store", "item").union(
        away.filter(away["store"].isin(list(peers))).select("store", "item"), distinct=True
    )
    table = wanted.left_join(theirs, ["store", "item"]).drop("store_right", "item_right")
    table = table.left_join(away, ["store", "item"]).drop("store_right", "item_right")
    table = table.inner_join(around, "store").rename(unit="store")
    table = table.left_join(sold, ["unit", "item"]).drop("unit_right", "item_right")
    table = table.inner_join(sizes, "unit")
    usual = cells.select("item", "bought", "everyone").distinct()
    table = table.inner_join(usual, "item")
    counts = ("peer_x", "sellers", "away", "x")
    return table.mutate(
        **{name: table[name].fill_null(0) for name in counts},
        **{name: table[name].fill_null(0.0) for name in ("peer_spent", "peer_most")},
    )


def _elsewhere(engine: "Engine", level: Level, kind: Kind) -> "ir.Table":
    """How many of a store's own customers (`store`) bought the item in other stores."""
    lines = with_item(engine, placed(engine, level), kind)
    homes = unit_of(engine, level).rename(home="unit")
    joined = lines.filter(lines[kind].notnull()).inner_join(homes, "customer_id")
    other = joined.filter((joined["unit"] != joined["home"]) & (joined["home"] != UNKNOWN))
    counted = other.group_by(store=other["home"], item=other[kind]).aggregate(
        away=other["customer_id"].nunique()
    )
    return counted.filter(counted["away"] >= FEWEST_CUSTOMERS)


def _scored(table: "ir.Table", prior: float) -> "ir.Table":
    """The counts with indexes: of what is sold here, of the peers, of the own customers."""
    n, peer_n = table["n"].cast("float64"), table["peer_n"].cast("float64")
    x, peer_x = table["x"].cast("float64"), table["peer_x"].cast("float64")
    rate = table["bought"].cast("float64") / table["everyone"].cast("float64")
    expected = n * peer_x / peer_n
    index = (x + prior) / (expected + prior)
    spread = (1.0 / (x + prior) + 1.0 / (peer_x + prior)).sqrt() * Z90
    peer_index = (peer_x + prior) / (peer_n * rate + prior)
    peer_spread = (1.0 / (peer_x + prior)).sqrt() * Z90
    new_spread = (1.0 / (peer_x + prior) + 1.0 / prior).sqrt() * Z90
    likely = n * rate * peer_index
    away = table["away"].cast("float64")
    own_index = (away + prior) / (n * rate + prior)
    own_spread = (1.0 / (away + prior)).sqrt() * Z90
    return table.mutate(
        usual=expected,
        index=index,
        low=index * (-spread).exp(),
        high=index * spread.exp(),
        peer_index=peer_index,
        peer_low=peer_index * (-peer_spread).exp(),
        peer_high=peer_index * peer_spread.exp(),
        likely=likely,
        likely_low=likely * (-new_spread).exp(),
        likely_high=likely * new_spread.exp(),
        own_index=own_index,
        own_low=own_index * (-own_spread).exp(),
        own_high=own_index * own_spread.exp(),
        peer_top=table["peer_most"] / table["peer_spent"].nullif(0.0),
    )


def _worth(table: "ir.Table", last: "dt.date") -> "ir.Table":
    """The rows that pass the gates of a move, with `move`; `strong` and `own` say why to add."""
    import datetime as dt

    import ibis

    new = table["first"].isnull()
    half = table["sellers"].cast("float64") * 2.0 >= table["peers"].cast("float64")
    evidence = (table["peer_x"] >= FEWEST_CUSTOMERS) & (
        table["peer_top"].fill_null(0.0) < LARGEST_SHARE
    )
    strong = half & evidence & (table["likely_low"] >= FEWEST_EXPECTED)
    own = table["away"] >= FEWEST_CUSTOMERS
    keep = (
        (table["x"] >= FEWEST_CUSTOMERS)
        & (table["largest"].fill_null(1.0) < LARGEST_SHARE)
        & evidence
        & (table["low"] > 1.0)
    )
    edge = ibis.literal(last - dt.timedelta(days=LONG_DAYS))
    long = (table["first"] <= edge) & (table["last"] > edge)
    slow = evidence & half & (table["usual"] >= FEWEST_CUSTOMERS) & (table["high"] < SLOW)
    move = ibis.cases(
        (new & (strong | own), "add"), (~new & keep, "keep"), (~new & long & slow, "drop")
    )
    judged = table.mutate(move=move, strong=strong, own=own)
    return judged.filter(judged["move"].notnull()).order_by(["unit", "item"])


def _judged(table: "ir.Table") -> "ir.Table":
    """By store: items sold there with enough customers behind them, and the thin rest."""
    here = table.filter(table["first"].notnull())
    enough = (here["x"] >= FEWEST_CUSTOMERS) | (here["usual"] >= FEWEST_CUSTOMERS)
    return here.group_by("unit").aggregate(judged=enough.sum(), thin=(~enough).sum())


def _plan(
    every: dict[str, Any], row: dict[str, Any], level: str, kind: Kind, top: int
) -> LocalPlan:
    moves = [_move(one, kind) for one in every["rows"][row["name"]]]
    counts = every["counts"].get(row["name"], {"judged": 0, "thin": 0})
    short = every["days"] <= LONG_DAYS
    notes = (*NOTES, f"The data cover {every['days']} days: nothing is dropped.")
    return LocalPlan(
        level=level,
        name=row["name"],
        kind=kind,
        customers=row["buyers"],
        days=every["days"],
        compared_with=every["peers"][row["name"]],
        add=ranked(moves, "add", top),
        keep=ranked(moves, "keep", top),
        drop=ranked(moves, "drop", top),
        judged=int(counts["judged"]),
        thin=int(counts["thin"]),
        notes=notes if short else NOTES,
    )


def ranked(moves: list[LocalMove], move: Move, top: int) -> tuple[LocalMove, ...]:
    """The moves of a kind: additions and what to keep by worth, drops by how slow they are."""
    chosen = [one for one in moves if one.move == move]
    if move == "drop":
        chosen.sort(key=lambda one: (one.high, one.item))
    else:
        chosen.sort(key=lambda one: (-(one.lift or 0.0), -one.expected_low, one.item))
    return tuple(chosen[:top])


def _move(row: dict[str, Any], kind: Kind) -> LocalMove:
    if row["move"] == "add":
        return _addition(row, kind)
    keep, usual = row["move"] == "keep", row["usual"]
    worth = (row["spent"] or 0.0) * (1 if keep else -1)
    if keep:
        reason = (
            f"{row['x']} customers buy it; at the rate of similar stores it would be {usual:.0f}."
        )
    else:
        reason = (
            f"Sold since {row['first']:%Y-%m-%d}: {row['x']} customers bought it, at the rate of"
            f" similar stores it would be {usual:.0f}. Dropping it risks at most its own sales."
        )
    return LocalMove(
        item=row["item"],
        kind=kind,
        move=row["move"],
        index=round(row["index"], 4),
        low=round(row["low"], 4),
        high=round(row["high"], 4),
        customers=row["x"],
        expected=round(usual, 1),
        expected_low=round(usual * row["index"] / row["high"], 1),
        expected_high=round(usual * row["index"] / row["low"], 1),
        lift=round(worth, 2),
        reason=reason,
    )


def _addition(row: dict[str, Any], kind: Kind) -> LocalMove:
    """An item to add: by the similar stores where they are enough, else by the own customers."""
    reasons = []
    if row["strong"]:
        reasons.append(
            f"{row['sellers']} of {row['peers']} similar stores sell it, to {row['peer_x']}"
            f" customers; here about {row['likely']:.0f} would buy it."
        )
    if row["own"]:
        reasons.append(
            f"{row['away']} of the store's own customers buy it in other stores, and part of"
            " that would only move here."
        )
    side = "peer" if row["strong"] else "own"
    expected = row["likely"] if row["strong"] else float(row["away"])
    low, high = (
        (row["likely_low"], row["likely_high"])
        if row["strong"]
        else (expected * row["own_low"] / row["own_index"], float(row["n"]))
    )
    each = row["peer_spent"] / row["peer_x"] if row["peer_x"] else None
    return LocalMove(
        item=row["item"],
        kind=kind,
        move="add",
        index=round(row[f"{side}_index"], 4),
        low=round(row[f"{side}_low"], 4),
        high=round(row[f"{side}_high"], 4),
        customers=row["peer_x"] if row["strong"] else row["away"],
        expected=round(expected, 1),
        expected_low=round(low, 1),
        expected_high=round(high, 1),
        lift=None if each is None else round(expected * each, 2),
        reason=" ".join(reasons),
    )
