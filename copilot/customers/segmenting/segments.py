"""Named segments, each with the rule that made it: RFM, life cycle, value, or the user's own.

Scores are given among customers with a purchase; equal customers are told apart by their id, so
that the same data always gives the same segments. Recency is counted to the last day in the data,
or to a day given, after which nothing is looked at.
"""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

from copilot.customers import filters
from copilot.customers.people import people
from copilot.customers.segmenting import lifecycle, rfm
from copilot.customers.segmenting.lifecycle import LIFECYCLE_RULES
from copilot.customers.segmenting.rfm import RFM_RULES
from copilot.customers.segmenting.rfm_choices import Choices
from copilot.customers.tables import attach, purchases
from copilot.customers.valuing.history import last_day
from copilot.customers.valuing.predicted import with_predictions
from copilot.errors import DataError, InputError
from copilot.records import Segment, Segmentation

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

__all__ = [
    "LIFECYCLE_RULES",
    "RFM_RULES",
    "VALUE_RULES",
    "Scheme",
    "segmentation",
    "segmented",
    "segments",
    "with_segments",
]

Scheme = Literal["rfm", "value", "lifecycle", "rule"]

VALUE_RULES = {
    "top fifth": "the fifth of buyers who spent most",
    "middle": "the three fifths in between",
    "bottom fifth": "the fifth of buyers who spent least",
    "no purchase": "no purchase in the data",
}
LIFECYCLE_SCORINGS = ("days", "rhythm")
_TOTALS = ("frequency", "monetary", "first_purchase", "last_purchase", "recency_days")


def with_segments(table: "ir.Table") -> "ir.Table":
    """A people table with rfm_recency, rfm_frequency, rfm_monetary (1-5), segment, lifecycle
    and value. Scores are fifths of the whole table: filter afterwards."""
    scored = rfm.with_scores(table, "fifths", Choices())
    segment, _ = rfm.named_by(scored, "fifths", Choices())
    return scored.mutate(segment=segment, lifecycle=lifecycle.by_days(scored), value=_value(scored))


def segmented(engine: "Engine") -> "ir.Table":
    """The people table with the columns of `with_segments`. Raises DataError without customers."""
    return engine.kept("segmented", lambda: with_segments(people(engine)))


def segments(engine: "Engine", by: Scheme = "rfm", *, where: str = "") -> list[Segment]:
    """The segments of `segmentation` in the usual scoring, counted to the last day in the data."""
    return list(segmentation(engine, by, where=where).segments)


def segmentation(
    engine: "Engine",
    by: str = "rfm",
    *,
    where: str = "",
    scoring: str = "",
    as_of: dt.date | None = None,
    choices: Choices | None = None,
) -> Segmentation:
    """Segments with their rule, size, share of the customers asked about, and averages.

    `where` limits the customers; with `by="rule"` it is the rule, and the result is who matches
    and who does not. `scoring` is one of rfm.Scoring for `by="rfm"`, 'days' or 'rhythm' for
    `by="lifecycle"`, and '' the usual one. Purchases after `as_of` are not looked at, but for
    the favourites and the home store. Raises DataError without customers or (but for `rule`)
    transactions, FilterError when `where` is not understood, InputError for an unknown scheme or
    scoring and RefusedError when the data are too thin for it.
    """
    _check(by, scoring, where)
    if by != "rule":
        engine.table("transactions")
    chosen = filters.permitted(engine.store, where)
    plain = as_of is None and scoring != "rhythm"
    table = segmented(engine) if plain else with_segments(_totals_until(engine, as_of))
    table, rules, scores = _grouped(table, by, scoring, choices or Choices())
    table = with_predictions(engine, table, chosen.fields)
    if by == "rule":
        passes = filters.condition(chosen, table, consent=filters.consent_on(table))
        table = table.mutate(group=passes.fill_null(False).ifelse("matches", "others"))
        rules = {"matches": where.strip(), "others": f"not ({where.strip()})"}
    else:
        table = filters.apply(chosen, table)
    counted_to = as_of or (last_day(engine) if engine.has("transactions") else None)
    return Segmentation(
        by=by,
        scoring=scoring or {"rfm": "fifths", "lifecycle": "days"}.get(by, ""),
        as_of=counted_to.isoformat() if counted_to else None,
        as_of_is="given" if as_of else "the last day in the data",
        scores=scores,
        segments=tuple(_records(engine.rows(_summary(table)), rules)),
    )


def _check(by: str, scoring: str, where: str) -> None:
    if by not in get_args(Scheme):
        raise InputError(
            f"There are no segments by {by!r}.", hint=f"Choose from {', '.join(get_args(Scheme))}."
        )
    if by == "rule" and not where.strip():
        raise DataError(
            "Segments by rule need a rule.", hint="Give --where, such as: city = 'Leeds'"
        )
    if by == "rfm":
        rfm.scoring_of(scoring)
    elif scoring and (by != "lifecycle" or scoring not in LIFECYCLE_SCORINGS):
        known = ", ".join(LIFECYCLE_SCORINGS) if by == "lifecycle" else "none"
        raise InputError(f"Segments by {by} have no scoring {scoring!r}.", hint=f"Known: {known}.")


def _grouped(
    table: "ir.Table", by: str, scoring: str, choices: Choices
) -> tuple["ir.Table", Mapping[str, str], dict[str, str]]:
    """The table with each row's segment as `group`, every segment's rule, the scores' rules."""
    if by == "rfm":
        chosen = rfm.scoring_of(scoring)
        scored = rfm.with_scores(table, chosen, choices)
        named, rules = rfm.named_by(scored, chosen, choices)
        return scored.mutate(group=named), rules, rfm.score_rules(chosen, choices)
    if by == "lifecycle" and scoring == "rhythm":
        typical = lifecycle.typical_gap(table)
        rule = {"usual gap": lifecycle.rhythm_rule(typical)}
        stage = lifecycle.by_rhythm(table, typical)
        return table.mutate(group=stage), lifecycle.RHYTHM_RULES, rule
    if by == "lifecycle":
        return table.mutate(group=table["lifecycle"]), LIFECYCLE_RULES, {}
    return table.mutate(group=table["value"]), VALUE_RULES, {}


def _totals_until(engine: "Engine", as_of: dt.date | None) -> "ir.Table":
    """The people table with its totals counted up to a day, and buying_days."""
    import ibis

    end = as_of or last_day(engine)
    lines = purchases(engine, items=False, stores=False)
    lines = lines.filter(lines["day"] <= end)
    totals = lines.group_by("customer_id").aggregate(
        frequency=lines["occasion"].nunique(),
        monetary=lines["amount"].sum().round(2).cast("float64"),
        first_purchase=lines["day"].min(),
        last_purchase=lines["day"].max(),
        buying_days=lines["day"].nunique(),
    )
    totals = totals.mutate(
        recency_days=ibis.literal(end).delta(totals["last_purchase"], unit="day")
    )
    table = attach(people(engine).drop(*_TOTALS), totals, "customer_id")
    return table.mutate(
        frequency=table["frequency"].fill_null(0), monetary=table["monetary"].fill_null(0.0)
    )


def _summary(table: "ir.Table") -> "ir.Table":
    monetary = table["monetary"]
    # a sum of floats depends on its order: to the cent before it is divided and rounded again
    mean = monetary.sum().round(2) / monetary.count().nullif(0).cast("float64")
    return table.group_by(name=table["group"]).aggregate(
        customers=table.count(),
        revenue=table["monetary"].sum().round(2),
        recency_days=table["recency_days"].cast("float64").mean().round(1),
        frequency=table["frequency"].cast("float64").mean().round(2),
        monetary=mean.round(2),
    )


def _records(rows: list[dict[str, Any]], rules: Mapping[str, str]) -> list[Segment]:
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


def _value(table: "ir.Table") -> "ir.Value":
    import ibis

    score = table["rfm_monetary"]
    return ibis.cases(
        (score.isnull(), "no purchase"),
        (score == 5, "top fifth"),
        (score == 1, "bottom fifth"),
        else_="middle",
    )
