"""The next best product of every customer, with a reason in words and what it rests on.

A reason tells of groups ("buyers of rye bread often take goat cheese") and never of the one
customer's dates, amounts or place of living beyond what they know themselves.
"""

from typing import TYPE_CHECKING, Any

from copilot.customers import filters
from copilot.customers.segmenting.audience import tested
from copilot.customers.suggesting import affinity
from copilot.customers.suggesting.affinity import FEWEST_BUYERS, FEWEST_OCCASIONS, KEPT, LEAST_LIFT
from copilot.customers.tables import attach
from copilot.errors import DataError, InputError
from copilot.records import NextProduct, NextProducts, SuggestKind, SuggestTask

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

SHOWN = 100  # customers in the record; a file holds all
ORDER = ("repeat", "cross_sell", "favourite")
COLUMNS = ("customer_id", "rank", "item", "task", "score", "due", "support", "place", "because")


def next_products(
    engine: "Engine",
    *,
    where: str = "",
    customer_id: str | None = None,
    task: SuggestTask = "cross_sell",
    limit: int = 3,
    kind: SuggestKind = "product",
) -> NextProducts:
    """The best `limit` (1-10) items to offer each customer next, and how many have any.

    `any` puts what they are likely to buy again before what is new to them. Customers with fewer
    than FEWEST_OCCASIONS visits get the favourites of their place instead, and the record counts
    them. Raises DataError for a customer who is not there and without transactions, InputError
    for a task, kind or limit that cannot be, FilterError for `where`.
    """
    who = asked_about(engine, where, customer_id)
    one = who if customer_id is not None else None
    table = suggestions(engine, task=task, limit=limit, kind=kind, who=one)
    table = table.semi_join(who, "customer_id")
    customers = _number(who.count())
    counted = table.group_by(favourite=table["task"] == "favourite").aggregate(
        people=table["customer_id"].nunique()
    )
    people_by = {row["favourite"]: row["people"] for row in engine.rows(counted)}
    own, place = people_by.get(False, 0), people_by.get(True, 0)
    first = table.select("customer_id").distinct().order_by("customer_id").limit(SHOWN)
    rows = engine.rows(
        table.semi_join(first, "customer_id").order_by(["customer_id", "rank", "item"])
    )
    known = affinity.items(engine, kind)
    totals = engine.rows(
        known.aggregate(
            private=known["private"].sum(), closed=(~known["open"] & ~known["private"]).sum()
        )
    )[0]
    return NextProducts(
        task=task,
        kind=kind,
        where=where.strip(),
        customers=customers,
        by_own_history=own,
        by_place=place,
        nothing=customers - own - place,
        private_items=totals["private"] or 0,
        closed_items=totals["closed"] or 0,
        fewest_buyers=FEWEST_BUYERS,
        fewest_occasions=FEWEST_OCCASIONS,
        suggestions=tuple(_record(row) for row in rows),
        shown=len({row["customer_id"] for row in rows}),
    )


def suggestions(
    engine: "Engine",
    *,
    task: SuggestTask = "cross_sell",
    limit: int = 3,
    kind: SuggestKind = "product",
    who: "ir.Table | None" = None,
) -> "ir.Table":
    """COLUMNS, one row a suggestion, rank from 1, for everybody or for the few of `who`."""
    import ibis

    if task not in ("cross_sell", "repeat", "any"):
        raise InputError(f"There is no task {task!r}.", hint="Choose cross_sell, repeat or any.")
    if kind not in ("product", "category"):
        raise InputError(f"There is no kind {kind!r}.", hint="Choose product or category.")
    if not 1 <= limit <= KEPT:
        raise InputError(f"limit is {limit}.", hint=f"Ask for 1 to {KEPT} suggestions a customer.")
    engine.table("transactions")
    wanted = {"cross_sell": ("cross_sell",), "repeat": ("repeat",), "any": ORDER[:2]}[task]
    rows = _part(engine, wanted[0], kind, who)
    for name in wanted[1:]:
        rows = rows.union(_part(engine, name, kind, who))
    rows = rows.union(_part(engine, "favourite", kind, who).anti_join(rows, "customer_id"))
    turn = ibis.cases(*((rows["task"] == name, n) for n, name in enumerate(ORDER)), else_=9)
    ranked = rows.mutate(turn=turn).mutate(
        rank=ibis.row_number().over(
            group_by="customer_id", order_by=[ibis.asc("turn"), ibis.asc("rank")]
        )
        + 1
    )
    return _with_reason(engine, ranked.filter(ranked["rank"] <= limit), kind)


def next_best(engine: "Engine") -> "ir.Table":
    """customer_id, next_product and next_category: the best cross-sell of each, for audiences and
    merge tags; worked out once for each generation of the store."""

    def make() -> "ir.Table":
        found = []
        for kind in ("product", "category"):
            best = suggestions(engine, limit=1, kind=kind)
            found.append(best.select("customer_id", **{f"next_{kind}": best["item"]}))
        joined = found[0].outer_join(found[1], "customer_id")
        return joined.select(
            "next_product",
            "next_category",
            customer_id=joined["customer_id"].fill_null(joined["customer_id_right"]),
        )

    return engine.kept("affinity-next", make)


def asked_about(engine: "Engine", where: str, customer_id: str | None) -> "ir.Table":
    """customer_id of those who match; buyers where no customers were imported."""
    chosen = filters.permitted(engine.store, where)
    if not engine.has("customers"):
        lines = engine.table("transactions")
        table = lines.filter(lines["customer_id"].notnull()).select("customer_id").distinct()
        if chosen.node is not None:
            engine.table("customers")
    else:
        table = filters.apply(chosen, tested(engine, chosen))
    if customer_id is None:
        return table.select("customer_id")
    one = table.filter(table["customer_id"] == customer_id).select("customer_id")
    if not _number(one.count()):
        raise DataError(
            f"There is no customer {customer_id!r}" + (" for whom that holds." if where else "."),
            hint="Ids are kept as text, zeros and all.",
        )
    return one


def _part(engine: "Engine", name: str, kind: SuggestKind, who: "ir.Table | None") -> "ir.Table":
    import ibis

    make = {"cross_sell": affinity.cross_sell, "repeat": affinity.repeat}.get(
        name, affinity.favourites
    )
    rows = make(engine, kind, who)
    due = rows["due"] if "due" in rows.columns else ibis.null("boolean")
    place = rows["place"] if "place" in rows.columns else ibis.literal("")
    return rows.select(
        "customer_id", "item", "score", "rank", task=ibis.literal(name), due=due, place=place
    )


def _with_reason(engine: "Engine", rows: "ir.Table", kind: SuggestKind) -> "ir.Table":
    """`because`: what the customer buys that speaks most for the item, or ''; `support`: buyers of
    both, else of the item."""
    import ibis

    asked = rows.filter(rows["task"] == "cross_sell").select("customer_id", "item")
    strong = affinity.pairs(engine, kind)
    strong = strong.filter(
        (strong["both"] >= FEWEST_BUYERS) & (strong["log_lift"].exp() >= LEAST_LIFT)
    )
    own = affinity.own_seeds(engine, kind, asked)
    reasons = asked.inner_join(own, "customer_id").inner_join(strong, ["seed", "item"])
    order = [ibis.desc("log_lift"), ibis.desc("both"), ibis.asc("seed")]
    place = ibis.row_number().over(group_by=["customer_id", "item"], order_by=order)
    best = reasons.mutate(turn=place)
    best = best.filter(best["turn"] == 0).select("customer_id", "item", "seed", "both")
    joined = rows.left_join(best, ["customer_id", "item"])
    joined = attach(joined, affinity.items(engine, kind).select("item", "buyers"), "item")
    return joined.select(
        "customer_id",
        "rank",
        "item",
        "task",
        "score",
        "due",
        "place",
        support=joined["both"].fill_null(joined["buyers"]),
        because=joined["seed"].fill_null(""),
    ).select(*COLUMNS)


def reason(row: dict[str, Any]) -> str:
    """The reason of a suggestion in words."""
    item, support = row["item"], row["support"]
    if row["task"] == "repeat":
        if row["score"] < 2:
            return f"They have bought {item} before."
        return f"They buy {item} from time to time" + ("; about due again." if row["due"] else ".")
    if row["task"] == "favourite":
        where = f"in {row['place']}" if row["place"] else "here"
        return f"A favourite {where}; there is too little history for a choice of their own."
    if row["because"]:
        return f"Buyers of {row['because']} here often take {item} ({support:,} buy both)."
    return f"Popular here and new to them ({support:,} buy it)."


def _record(row: dict[str, Any]) -> NextProduct:
    return NextProduct(
        customer_id=row["customer_id"],
        rank=row["rank"],
        item=row["item"],
        task=row["task"],
        score=row["score"],
        reason=reason(row),
        support=row["support"],
        due=row["due"],
    )


def _number(value: "ir.IntegerScalar") -> int:
    return int(value.to_pyarrow().as_py())
