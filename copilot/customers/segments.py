"""Named segments, each with the rule that made it: RFM, life cycle, value, or the user's own.

RFM scores are fifths (5 best) of recency, frequency and money among customers with a purchase;
equal customers are told apart by their id, so that the same data always gives the same fifths.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from copilot.customers import filters
from copilot.customers.people import people
from copilot.errors import DataError
from copilot.records import Segment

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

Scheme = Literal["rfm", "value", "lifecycle", "rule"]

RFM_RULES = {
    "champions": "recency 4-5 and frequency 4-5",
    "loyal": "recency 3 and frequency 4-5",
    "promising": "recency 4-5 and frequency 2-3",
    "new": "recency 4-5 and frequency 1",
    "needs attention": "recency 3 and frequency 1-3",
    "at risk": "recency 1-2 and frequency 3-5",
    "lapsed": "recency 1-2 and frequency 1-2",
    "no purchase": "no purchase in the data",
}
ACTIVE_DAYS, COOLING_DAYS, LAPSED_DAYS = 60, 120, 240
LIFECYCLE_RULES = {
    "new": f"first purchase in the last {ACTIVE_DAYS} days",
    "active": f"last purchase in the last {ACTIVE_DAYS} days",
    "cooling": f"last purchase {ACTIVE_DAYS + 1}-{COOLING_DAYS} days ago",
    "at risk": f"last purchase {COOLING_DAYS + 1}-{LAPSED_DAYS} days ago",
    "lapsed": f"last purchase over {LAPSED_DAYS} days ago",
    "no purchase": "no purchase in the data",
}
VALUE_RULES = {
    "top fifth": "the fifth of buyers who spent most",
    "middle": "the three fifths in between",
    "bottom fifth": "the fifth of buyers who spent least",
    "no purchase": "no purchase in the data",
}


def with_segments(table: "ir.Table") -> "ir.Table":
    """A people table with rfm_recency, rfm_frequency, rfm_monetary (1-5), segment, lifecycle
    and value. Scores are fifths of the whole table: filter afterwards."""
    bought = table["frequency"].fill_null(0) > 0
    scored = table.mutate(
        rfm_recency=_fifth("recency_days", bought, high_is_best=False),
        rfm_frequency=_fifth("frequency", bought),
        rfm_monetary=_fifth("monetary", bought),
    )
    return scored.mutate(
        segment=_rfm_name(scored), lifecycle=_lifecycle(scored), value=_value(scored)
    )


def segmented(engine: "Engine") -> "ir.Table":
    """The people table with the columns of `with_segments`. Raises DataError without customers."""
    return engine.kept("segmented", lambda: with_segments(people(engine)))


def segments(engine: "Engine", by: Scheme = "rfm", *, where: str = "") -> list[Segment]:
    """Segments with their rule, size, share of the customers asked about, and averages.

    `where` limits the customers; with `by="rule"` it is the rule, and the result is who matches
    and who does not. Raises DataError without customers or (but for `rule`) transactions,
    FilterError when `where` is not understood.
    """
    if by != "rule":
        engine.table("transactions")
    elif not where.strip():
        raise DataError(
            "Segments by rule need a rule.", hint="Give --where, such as: city = 'Leeds'"
        )
    chosen = filters.parse(where)
    table = segmented(engine)
    if by == "rule":
        passes = filters.condition(chosen, table, consent=filters.consent_on(table)).fill_null(
            False
        )
        table, column = table.mutate(rule=passes.ifelse("matches", "others")), "rule"
    else:
        table = filters.apply(chosen, table)
        column = {"rfm": "segment", "lifecycle": "lifecycle", "value": "value"}[by]
    rules: dict[str, dict[str, str]] = {
        "rfm": RFM_RULES,
        "lifecycle": LIFECYCLE_RULES,
        "value": VALUE_RULES,
        "rule": {"matches": where.strip(), "others": f"not ({where.strip()})"},
    }
    return _records(engine.rows(_summary(table, column)), rules[by])


def _summary(table: "ir.Table", column: str) -> "ir.Table":
    return table.group_by(name=table[column]).aggregate(
        customers=table.count(),
        revenue=table["monetary"].sum().round(2),
        recency_days=table["recency_days"].cast("float64").mean().round(1),
        frequency=table["frequency"].cast("float64").mean().round(2),
        monetary=table["monetary"].mean().round(2),
    )


def _records(rows: list[dict[str, Any]], rules: dict[str, str]) -> list[Segment]:
    everyone = sum(row["customers"] for row in rows)
    found = {row["name"]: row for row in rows}
    return [
        Segment(
            name=name,
            rule=rule,
            customers=found[name]["customers"],
            share=found[name]["customers"] / everyone,
            revenue=found[name]["revenue"] or 0.0,
            recency_days=found[name]["recency_days"],
            frequency=found[name]["frequency"],
            monetary=found[name]["monetary"],
        )
        for name, rule in rules.items()
        if name in found
    ]


def _fifth(
    column: str, bought: "ir.BooleanValue", *, high_is_best: bool = True
) -> "ir.IntegerColumn":
    import ibis

    direction: Callable[[str], Any] = ibis.asc if high_is_best else ibis.desc
    window = ibis.window(group_by=bought, order_by=[direction(column), ibis.asc("customer_id")])
    fifth = ibis.ntile(5).over(window) + 1
    score: ir.IntegerColumn = bought.ifelse(fifth, ibis.null("int64"))
    return score


def _rfm_name(table: "ir.Table") -> "ir.Value":
    import ibis

    r, f = table["rfm_recency"], table["rfm_frequency"]
    return ibis.cases(
        (r.isnull(), "no purchase"),
        ((r >= 4) & (f >= 4), "champions"),
        ((r == 3) & (f >= 4), "loyal"),
        ((r >= 4) & (f >= 2), "promising"),
        (r >= 4, "new"),
        (r == 3, "needs attention"),
        (f >= 3, "at risk"),
        else_="lapsed",
    )


def _lifecycle(table: "ir.Table") -> "ir.Value":
    import ibis

    days = table["recency_days"]
    since_first = days + table["last_purchase"].delta(table["first_purchase"], unit="day")
    return ibis.cases(
        (days.isnull(), "no purchase"),
        (since_first <= ACTIVE_DAYS, "new"),
        (days <= ACTIVE_DAYS, "active"),
        (days <= COOLING_DAYS, "cooling"),
        (days <= LAPSED_DAYS, "at risk"),
        else_="lapsed",
    )


def _value(table: "ir.Table") -> "ir.Value":
    import ibis

    score = table["rfm_monetary"]
    return ibis.cases(
        (score.isnull(), "no purchase"),
        (score == 5, "top fifth"),
        (score == 1, "bottom fifth"),
        else_="middle",
    )
