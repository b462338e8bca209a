"""The query behind a card's main figures: SQL and rows, for whoever wants to look it up."""

from typing import TYPE_CHECKING

from copilot.customers.places.levels import parse_level, placed, unit_of
from copilot.customers.segmenting.segments import segmented
from copilot.customers.tables import purchases
from copilot.records import Query

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine


def query_behind(engine: "Engine", source: str) -> Query | None:
    """The counts and sums of the card of that source as one query; None for another source."""
    kind, _, name = source.removeprefix("business/").partition("/")
    if kind == "locality":
        level, _, place = name.partition("/")
        units = unit_of(engine, parse_level(level))
        here = units.filter(units["unit"] == place)
        members = here.aggregate(customers=here.count())
        lines = placed(engine, parse_level(level))
        sold = _sums(lines.filter(lines["unit"] == place))
        return _query(
            engine, members.cross_join(sold), f"Customers and sales of the {level} {place}"
        )
    if kind == "segment":
        table = segmented(engine)
        chosen = table.filter(table["segment"] == name)
        summary = chosen.aggregate(
            customers=chosen.count(), revenue=chosen["monetary"].sum().round(2)
        )
        return _query(engine, summary, f"Customers and sales of the segment {name}")
    if kind == "campaign":
        return _campaign(engine, name)
    lines = purchases(engine, stores=False)
    if kind == "product":
        column, item = ("category", name[9:]) if name.startswith("category/") else ("product", name)
        return _query(engine, _sums(lines.filter(lines[column] == item)), f"Sales of {item}")
    return _query(engine, _sums(lines), "Sales of the business") if kind == "business" else None


def _campaign(engine: "Engine", name: str) -> Query:
    campaigns, answers = engine.table("campaigns"), engine.table("responses")
    called = campaigns["name"].fill_null(campaigns["campaign_id"])
    sent = answers.semi_join(campaigns.filter(called == name), "campaign_id")
    summary = sent.aggregate(
        customers=sent["customer_id"].nunique(),
        sent=sent.count(),
        responded=sent["responded_at"].count(),
    )
    return _query(engine, summary, f"Messages and answers of the campaign {name}")


def _sums(lines: "ir.Table") -> "ir.Table":
    return lines.aggregate(
        buyers=lines["customer_id"].nunique(),
        revenue=lines["amount"].sum().round(2).cast("float64"),
        transactions=lines["visit"].nunique(),
    )


def _query(engine: "Engine", table: "ir.Table", description: str) -> Query:
    return Query(
        description=f"{description}.", sql=engine.sql(table), rows=tuple(engine.rows(table))
    )
