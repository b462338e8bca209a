"""What rules may be made of, whom a rule reaches, and the grid of recency and frequency."""

from typing import TYPE_CHECKING, Any

from copilot.customers import filters
from copilot.customers.filter_syntax import CONSENT_CHANNELS, FIELDS
from copilot.customers.privacy import registry
from copilot.customers.segmenting import rfm
from copilot.customers.segmenting.segments import segmented
from copilot.customers.valuing.predicted import PREDICTED, with_predictions
from copilot.records import Consent, GridCell, Reach, RuleField

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine
    from copilot.customers.segmenting.rfm_choices import Cell

LISTED = 300
WHO = frozenset({"customer_id", "first_name", "last_name", "email", "phone", "street"})
"""Fields that say who somebody is: their values are never listed."""
_ABOUT_ONE = WHO | {"birth_date", "lat", "lon"}
_LABELS = {
    "customer_id": ("Customer id", ""),
    "store_id": ("Their own store (id)", "The store written down with the customer."),
    "home_store": ("Store they visit most (id)", "Where they bought on most occasions."),
    "store_name": ("Store they visit most", "Where they bought on most occasions, by name."),
    "birth_date": ("Date of birth", ""),
    "joined_at": ("Customer since", ""),
    "recency_days": (
        "Days since last purchase",
        "Counted from the last purchase to the latest day in the data.",
    ),
    "frequency": ("Number of purchases", "Baskets, or days with a purchase."),
    "monetary": ("Money spent in all", "The sum of their purchases in the data's own currency."),
    "favourite_product": ("Product bought most often", ""),
    "favourite_category": ("Category bought most often", ""),
    "segment": (
        "RFM segment",
        "How recently, how often and for how much they buy; see Segments for each rule.",
    ),
    "lifecycle": ("Stage (life cycle)", "New, active, lapsing and so on, by their last purchase."),
    "expected_purchases": (
        "Purchases expected (180 days)",
        "Predicted from how they bought so far; see Value.",
    ),
    "predicted_value": ("Money expected (180 days)", "Predicted; see Value."),
    "churn_risk": (
        "Chance of staying away (0 to 1)",
        "The chance of no purchase in the next 90 days; see Value.",
    ),
    "consent": ("Agreed to messages on any channel", "A yes on at least one channel."),
    "consent_email": ("Agreed to e-mail", ""),
    "consent_sms": ("Agreed to SMS", ""),
    "consent_whatsapp": ("Agreed to WhatsApp", ""),
    "consent_push": ("Agreed to push messages", ""),
    "lat": ("Latitude", ""),
    "lon": ("Longitude", ""),
    "email": ("E-mail address", ""),
}


def rule_fields(engine: "Engine") -> tuple[RuleField, ...]:
    """The fields that hold something and may be used, with what their values are.

    Those that say who somebody is come last. Raises DataError without customers.
    """
    table = segmented(engine)
    barred = registry.never(engine.store)
    names = [name for name in FIELDS if name in table.columns and name not in barred]
    filled = engine.rows(table.aggregate(**{name: table[name].count() for name in names}))[0]
    found = [_field(engine, table, name) for name in names if filled[name]]
    if any(one.field.startswith("consent_") for one in found):
        found.append(_named("consent"))
    if engine.has("transactions"):
        found += [_named(name) for name in PREDICTED]
    return tuple(sorted(found, key=lambda one: one.field in _ABOUT_ONE))


def _named(name: str, **more: Any) -> RuleField:
    label, help_text = _LABELS.get(name, (name.replace("_", " ").capitalize(), ""))
    return RuleField(field=name, label=label, kind=FIELDS[name], help=help_text, **more)


def _field(engine: "Engine", table: "ir.Table", name: str) -> RuleField:
    import ibis

    kind, column = FIELDS[name], table[name]
    if name in _ABOUT_ONE or kind == "boolean":
        return _named(name)
    if kind == "text":
        counted = (
            table.filter(column.notnull()).group_by(value=column).aggregate(n=lambda t: t.count())
        )
        rows = engine.rows(counted.order_by([ibis.desc("n"), ibis.asc("value")]))
        values = tuple(str(row["value"]) for row in rows[:LISTED])
        return _named(name, values=values, more_values=max(0, len(rows) - LISTED))
    if kind == "date":
        column = column.cast("date")
    row = engine.rows(table.aggregate(low=column.min(), high=column.max()))[0]
    return _named(name, low=_bound(row["low"]), high=_bound(row["high"]))


def _bound(value: Any) -> float | str:
    return value.isoformat() if hasattr(value, "isoformat") else float(value)


def reach(engine: "Engine", where: str = "") -> Reach:
    """Whom the expression is true for: how many, what they have spent, who consents.

    Raises FilterError when it is not understood and DataError without customers.
    """
    chosen = filters.permitted(engine.store, where)
    table = segmented(engine)
    everybody = engine.rows(table.aggregate(n=table.count()))[0]["n"]
    found = filters.apply(chosen, with_predictions(engine, table, chosen.fields))
    known = [name for name in CONSENT_CHANNELS if f"consent_{name}" in found.columns]
    sums: dict[str, Any] = {"n": found.count(), "revenue": found["monetary"].sum().round(2)}
    for channel in known:
        said = found[f"consent_{channel}"]
        sums[f"{channel}_yes"] = said.fill_null(False).sum()
        sums[f"{channel}_told"] = said.count()
    row = engine.rows(found.aggregate(**sums))[0]
    return Reach(
        where=where.strip(),
        customers=row["n"],
        everybody=everybody,
        revenue=float(row["revenue"] or 0),
        consent={channel: _consent(row, channel) for channel in known},
    )


def _consent(row: dict[str, Any], channel: str) -> Consent:
    yes, told = int(row[f"{channel}_yes"] or 0), int(row[f"{channel}_told"])
    return Consent(yes=yes, no=told - yes, unknown=row["n"] - told)


def rfm_grid(engine: "Engine", where: str = "") -> tuple[GridCell, ...]:
    """The buyers by their scores of recency and frequency (fifths of all buyers), 25 cells.

    Raises DataError without customers or transactions, FilterError as `reach`.
    """
    engine.table("transactions")
    chosen = filters.permitted(engine.store, where)
    table = filters.apply(chosen, with_predictions(engine, segmented(engine), chosen.fields))
    recency, frequency = rfm.SCORES["recency"], rfm.SCORES["frequency"]
    table = table.filter(table[recency].notnull())
    cells = table.group_by(recency, frequency).aggregate(
        customers=table.count(), revenue=table["monetary"].sum().round(2)
    )
    found = {(row[recency], row[frequency]): row for row in engine.rows(cells)}
    return tuple(_cell(r, f, found.get((r, f), {})) for r in range(5, 0, -1) for f in range(1, 6))


def _cell(recency: int, frequency: int, row: dict[str, Any]) -> GridCell:
    return GridCell(
        recency=recency,
        frequency=frequency,
        segment=next(cell.name for cell in rfm.GRID if _inside(cell, recency, frequency)),
        customers=row.get("customers", 0),
        revenue=float(row.get("revenue") or 0),
    )


def _inside(cell: "Cell", recency: int, frequency: int) -> bool:
    limits = dict(cell.scores)
    (least_r, most_r), (least_f, most_f) = limits["recency"], limits["frequency"]
    return least_r <= recency <= most_r and least_f <= frequency <= most_f
