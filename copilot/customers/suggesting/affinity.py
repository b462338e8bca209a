"""Next best product: what a customer is likely to buy again, and what to offer them for once.

Two tasks, kept apart because one swamps the other. *Repeat* ranks what a customer has bought by the
number of occasions, the later one first. *Cross-sell* ranks what they never bought by

    share of buyers who buy it × lift ** LIFT_POWER

where lift is the geometric mean, over up to SEEDS things they buy most often, of how many buyers
of that thing also buy this one, over how many would by chance: (both + PRIOR) / (expected + PRIOR).
On a year of groceries (benchmarks/affinity.py) this beat "most popular not bought yet" by a little,
which shrunk rates of the place or the favourite category did not; and nothing beat plain occasions,
neither fading old ones nor putting first what is due by the customer's own rhythm.

Pairs of products explode, so the most bought are looked at: SEEN as evidence, OFFERED as offers,
and at most COUNTED customers for the pairs. Work and memory then grow with customers alone.
"""

from typing import TYPE_CHECKING

from copilot.customers.people import people
from copilot.customers.suggesting.offerable import offered
from copilot.customers.tables import attach, purchases
from copilot.records import SuggestKind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

PRIOR = 20.0  # buyers of both, added to what was seen and to what chance expects
LIFT_POWER = 2.0
SEEDS = 30
SEEN, OFFERED, COUNTED = 500, 100, 10_000
FEWEST_BUYERS = 10  # behind anything that is offered or given as a reason
FEWEST_OCCASIONS = 3  # visits before a customer is judged by their own purchases
STALE_DAYS = 90  # not sold for so long is no longer sold
LEAST_LIFT = 1.1  # of a reason
KEPT = 10  # suggestions a customer


def bought(engine: "Engine", kind: SuggestKind) -> "ir.Table":
    """customer_id, item, occasions, first and last day."""

    def make() -> "ir.Table":
        lines = purchases(engine, stores=False)
        item = lines[kind].nullif("")
        lines = lines.filter(lines["customer_id"].notnull() & item.notnull())
        visits = lines.group_by("customer_id", "occasion", item=lines[kind]).aggregate(
            day=lines["day"].max()
        )
        return visits.group_by("customer_id", "item").aggregate(
            occasions=visits.count(),
            first=visits["day"].min(),
            last=visits["day"].max(),
        )

    return engine.kept(f"affinity-bought-{kind}", make)


def items(engine: "Engine", kind: SuggestKind) -> "ir.Table":
    """item, category, buyers, share (of all buyers), private, and open: may be offered now.

    Open are items that FEWEST_BUYERS bought, that were sold in the last STALE_DAYS of the data,
    that are in stock and not on the list of what is never suggested.
    """

    def make() -> "ir.Table":
        rows = bought(engine, kind)
        everyone = rows["customer_id"].nunique().as_scalar().cast("float64")
        latest = rows["last"].max().as_scalar()
        counted = rows.group_by("item").aggregate(buyers=rows.count(), last=rows["last"].max())
        table = attach(counted, offered(engine, kind), "item")
        private = table["private"].fill_null(False)
        fresh = latest.delta(table["last"], unit="day").fill_null(0) <= STALE_DAYS
        enough = table["buyers"] >= FEWEST_BUYERS
        return table.select(
            "item",
            "category",
            "buyers",
            share=(table["buyers"].cast("float64") / everyone).round(9),
            private=private,
            open=enough & fresh & ~private & table["in_stock"].fill_null(True),
        )

    return engine.kept(f"affinity-items-{kind}", make)


def pairs(engine: "Engine", kind: SuggestKind) -> "ir.Table":
    """seed, item, place (0 is the most bought offer), both (buyers of both) and log_lift."""

    from ibis import _

    def make() -> "ir.Table":
        known = items(engine, kind)
        seeds = _most(known.filter(~known["private"]), SEEN).select(seed="item", turn="place")
        offers = _most(known.filter(known["open"]), OFFERED).select("item", "place")
        sample = _sample(bought(engine, kind))
        everyone = sample["customer_id"].nunique().as_scalar().cast("float64")
        # Counted by number, not by name: grouping texts costs several times as much.
        left = sample.inner_join(seeds, sample["item"] == seeds["seed"]).select(
            "customer_id", "turn"
        )
        right = sample.inner_join(offers, "item").select("customer_id", "place")
        both = left.inner_join(right, "customer_id").group_by("turn", "place")
        both = both.aggregate(both=_.count())
        buys = sample.group_by(one="item").aggregate(buyers=sample.count())
        grid = seeds.cross_join(offers)
        grid = attach(grid, buys.rename(seed_buyers="buyers"), "seed", "one")
        grid = attach(grid, buys, "item", "one")
        joined = grid.left_join(both, ["turn", "place"])
        seen = joined["both"].fill_null(0).cast("float64")
        count_seed = joined["seed_buyers"].fill_null(0).cast("float64")
        expected = count_seed * joined["buyers"].fill_null(0).cast("float64") / everyone
        lift = (seen + PRIOR) / (expected + PRIOR)
        return joined.select(
            "seed",
            "item",
            "place",
            both=joined["both"].fill_null(0),
            log_lift=(joined["seed"] == joined["item"]).ifelse(0.0, lift.ln()).round(9),
        )

    return engine.kept(f"affinity-pairs-{kind}", make)


def own_seeds(engine: "Engine", kind: SuggestKind, who: "ir.Table | None" = None) -> "ir.Table":
    """customer_id and seed: up to SEEDS items each customer buys most often."""
    seeds = pairs(engine, kind).select("seed").distinct()
    rows = _only(bought(engine, kind), who)
    rows = rows.inner_join(seeds, rows["item"] == seeds["seed"])
    return _best(rows, ["occasions", "last"], "seed", SEEDS).select("customer_id", "seed")


def cross_sell(engine: "Engine", kind: SuggestKind, who: "ir.Table | None" = None) -> "ir.Table":
    """customer_id, item, score, rank (from 0): the best things never bought, KEPT a customer.

    Only customers with FEWEST_OCCASIONS visits. `score` is the share of buyers who buy the item,
    raised or lowered by what the customer buys, at most 1. `who` limits the customers.
    """
    if who is None:
        everybody = _regulars(engine, None)
        return engine.kept(f"affinity-cross-{kind}", lambda: cross_sell(engine, kind, everybody))
    lifts, own = pairs(engine, kind), own_seeds(engine, kind, _regulars(engine, who))
    offers = _most(items(engine, kind).filter(lambda t: t["open"]), OFFERED)
    known = engine.remembered(f"affinity-offers-{kind}", lambda: len(engine.rows(offers)))
    columns = {f"c{n:03d}": n for n in range(max(known, 1))}
    # One wide row a seed: a sum of columns costs a hundredth of a join with every offer.
    wide = lifts.group_by("seed").aggregate(
        **{c: lifts["log_lift"].sum(where=lifts["place"] == n) for c, n in columns.items()}
    )
    mine = own.inner_join(wide, "seed")
    means = mine.group_by("customer_id").aggregate(**{c: mine[c].mean() for c in columns})
    long = means.pivot_longer([*columns], names_to="column", values_to="mean")
    long = long.mutate(place=long["column"].re_replace("[^0-9]", "").cast("int64")).inner_join(
        offers, "place"
    )
    mean = long["mean"].fill_null(0.0).cast("float64")
    raw = (long["share"] * (mean * LIFT_POWER).exp()).round(6)
    long = long.mutate(raw=raw, score=(raw > 1.0).ifelse(1.0, raw))
    fresh = long.anti_join(bought(engine, kind), ["customer_id", "item"])
    return _best(fresh, ["raw"], "item", KEPT).select("customer_id", "item", "score", "rank")


def repeat(engine: "Engine", kind: SuggestKind, who: "ir.Table | None" = None) -> "ir.Table":
    """customer_id, item, score, rank, due: the best things to buy again, KEPT a customer.

    `score` counts the occasions. `due` says that about as long has
    passed since the last as usually passes between two; it does not move the ranking.
    """
    rows = _only(bought(engine, kind), who)
    known = items(engine, kind)
    rows = rows.inner_join(known.filter(known["open"]).select("item"), "item")
    latest = bought(engine, kind)["last"].max().as_scalar()
    usual = rows["last"].delta(rows["first"], unit="day").cast("float64")
    usual = usual / (rows["occasions"] - 1).nullif(0).cast("float64")
    since = latest.delta(rows["last"], unit="day").cast("float64")
    due = (since >= usual * 0.75) & (since <= usual * 2.0)
    rows = rows.mutate(score=rows["occasions"].cast("float64"), due=due.fill_null(False))
    best = _best(rows, ["occasions", "last"], "item", KEPT)
    return best.select("customer_id", "item", "score", "rank", "due")


def favourites(engine: "Engine", kind: SuggestKind, who: "ir.Table | None" = None) -> "ir.Table":
    """customer_id, item, score, rank, place, buyers: for customers with too little history.

    What most buyers of their own neighbourhood, else of their store, else of everywhere buy
    and they did not; `place` is '' for everywhere, `score` the share of that place's buyers.
    """
    if who is None and engine.has("customers"):
        everybody = engine.table("customers").select("customer_id")
        return engine.kept(f"affinity-places-{kind}", lambda: favourites(engine, kind, everybody))
    table = people(engine) if engine.has("customers") else None
    known = items(engine, kind)
    own = bought(engine, kind)
    if table is None:
        nobody = own.mutate(score=0.0, place=_text(""), buyers=own["occasions"])
        return _ranked(nobody.limit(0), "score", "place", "buyers")
    homes = table.select(
        "customer_id",
        place=table["neighbourhood"]
        .strip()
        .nullif("")
        .fill_null(table["store_name"].strip().nullif(""))
        .fill_null(""),
        few=table["frequency"].fill_null(0) < FEWEST_OCCASIONS,
    )
    placed = attach(own, homes.select("customer_id", "place"), "customer_id")
    everywhere = placed.mutate(place=_text(""))
    rows = placed.filter(placed["place"].fill_null("") != "").union(everywhere)
    sizes = rows.group_by("place").aggregate(people=rows["customer_id"].nunique())
    counted = rows.group_by("place", "item").aggregate(buyers=rows.count())
    counted = counted.filter(counted["buyers"] >= FEWEST_BUYERS).inner_join(sizes, "place")
    counted = counted.inner_join(known.filter(known["open"]).select("item"), "item")
    counted = counted.mutate(
        score=(counted["buyers"].cast("float64") / counted["people"].cast("float64")).round(6)
    )
    best = _best(counted, ["score", "buyers"], "item", OFFERED, "place")
    named = best.select("place").distinct().mutate(known=True)
    asked = _only(homes.filter(homes["few"]), who)
    asked = attach(asked, named, "place")
    asked = asked.mutate(place=asked["known"].fill_null(False).ifelse(asked["place"], ""))
    offers = asked.select("customer_id", "place").inner_join(
        best.select("place", "item", "score", "buyers"), "place"
    )
    return _ranked(offers.anti_join(own, ["customer_id", "item"]), "score", "place", "buyers")


def _regulars(engine: "Engine", who: "ir.Table | None") -> "ir.Table":
    visits = purchases(engine, items=False, stores=False)
    counted = visits.group_by("customer_id").aggregate(visits=visits["occasion"].nunique())
    return _only(counted.filter(counted["visits"] >= FEWEST_OCCASIONS), who).select("customer_id")


def _most(known: "ir.Table", number: int) -> "ir.Table":
    """The most bought items with their `place` from 0."""
    import ibis

    order = [ibis.desc("buyers"), ibis.asc("item")]
    placed = known.mutate(place=ibis.row_number().over(ibis.window(order_by=order)))
    return placed.filter(placed["place"] < number)


def _sample(rows: "ir.Table") -> "ir.Table":
    """The rows of at most COUNTED customers, spread over the ids and the same on every engine."""
    import ibis

    ids = rows.select("customer_id").distinct()
    order = [ibis.asc(ids["customer_id"].reverse())]
    placed = ids.mutate(turn=ibis.row_number().over(ibis.window(order_by=order)))
    return rows.semi_join(placed.filter(placed["turn"] < COUNTED), "customer_id")


def _best(
    rows: "ir.Table", by: list[str], name: str, number: int, of: str = "customer_id"
) -> "ir.Table":
    import ibis

    order = [*(ibis.desc(column) for column in by), ibis.asc(name)]
    ranked = rows.mutate(rank=ibis.row_number().over(group_by=of, order_by=order))
    return ranked.filter(ranked["rank"] < number)


def _ranked(rows: "ir.Table", score: str, *more: str) -> "ir.Table":
    return _best(rows, [score], "item", KEPT).select("customer_id", "item", "score", "rank", *more)


def _only(rows: "ir.Table", who: "ir.Table | None") -> "ir.Table":
    return rows if who is None else rows.semi_join(who, "customer_id")


def _text(value: str) -> "ir.StringValue":
    import ibis

    text: ir.StringValue = ibis.literal(value)
    return text
