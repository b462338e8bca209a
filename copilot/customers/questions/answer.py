"""Questions about the business in plain words, answered with a number and the query behind it.

Only what is understood word for word is computed. Everything else is either no question about
the data (None) or refused with what would work: there are no guesses and so no wrong numbers.
"""

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from copilot.customers.localities import over_index_cells, over_index_table
from copilot.customers.questions.parse import parse
from copilot.customers.questions.rules import Asked
from copilot.customers.questions.run import (
    CAMPAIGN_MEASURES,
    LINE_GROUPS,
    PERSON_GROUPS,
    data_days,
    expression,
)
from copilot.customers.questions.sense import EXAMPLES
from copilot.customers.questions.text import description, period_words, sentence
from copilot.customers.questions.values import ITEMS, PLACES, vocabulary
from copilot.customers.tables import purchases
from copilot.errors import DataError
from copilot.records import LocalityLevel, Query, Unparsed

if TYPE_CHECKING:
    from copilot.customers.engine import Engine
    from copilot.customers.overindex import Kind

ANY_DAY = dt.date(9000, 1, 1)  # "last year" must parse although there is no data to date it
LEVELS = ("region", "city", "neighbourhood", "postcode", "store")


def answer_number(
    engine: "Engine", question: str, *, today: dt.date | None = None
) -> Query | Unparsed | None:
    """The computed answer; Unparsed when the question is about the data but not understood.

    None when it asks for no number of the business at all. Relative periods count back from
    `today`, or from the last day in the data. `Query.answer` is a sentence, `Query.description`
    says what was computed and how.
    """
    empty = not (engine.has("customers") or engine.has("transactions"))
    days = None if empty else engine.remembered("days", lambda: data_days(engine))
    if empty:
        return _without_data(question)
    asked = parse(question, vocabulary(engine), today or (days[1] if days else dt.date.max))
    if not isinstance(asked, Asked):
        return asked
    problem = _problem(asked, days) or _no_such_item(engine, asked)
    if problem:
        return Unparsed(reason=problem, suggestions=EXAMPLES)
    try:
        if asked.measure == "over_index":
            return _over_index(engine, asked)
        table = expression(engine, asked)
        rows = engine.rows(table)
    except DataError as error:
        return Unparsed(reason=error.message, suggestions=(error.hint,))
    if asked.measure == "response_rate" and _only_responders(rows):
        reason = "The data list no message without a response, so there is no rate to work out."
        return Unparsed(reason=reason, suggestions=("How many responses did we get?",))
    return Query(
        description=description(asked, days),
        sql=engine.sql(table),
        rows=tuple(rows),
        answer=sentence(asked, rows, days),
    )


def _without_data(question: str) -> Unparsed | None:
    from copilot.customers.questions.values import Vocabulary

    asked = parse(question, Vocabulary(), ANY_DAY)
    if asked is None:
        return None
    return Unparsed(
        reason="No customers or transactions have been imported yet.",
        suggestions=("Run: marketing-copilot customers import FILE",),
    )


def _only_responders(rows: list[dict[str, Any]]) -> bool:
    return bool(rows) and all(row["sent"] == row["responses"] for row in rows)


def _problem(asked: Asked, days: tuple[dt.date, dt.date] | None) -> str:
    """Why the typed query makes no sense on these data; empty when it does."""
    groups, kinds = {*asked.dimensions}, {value.field for value in asked.values}
    if asked.period and days and not _overlaps(asked, days):
        words = period_words(asked.period, None)
        return f"The data cover {days[0]} to {days[1]}; nothing is known {words}."
    campaigns = asked.measure in CAMPAIGN_MEASURES
    if campaigns and (
        kinds - {*PLACES, "campaign"} or groups - {*PERSON_GROUPS, "campaign", "channel"}
    ):
        return "Responses can be counted by campaign, channel, place and language."
    if not campaigns and ("campaign" in kinds or groups & {"campaign", "channel"}):
        return "Only responses can be counted by campaign or channel."
    if "customer" in groups and not asked.limit:
        return (
            "Single customers are only listed as a top few, such as: top 10 customers by revenue."
        )
    if asked.measure in {"customers", "share"} and {"customer"} & groups:
        return "Customers cannot be counted by customer."
    if asked.measure == "share":
        return _share_problem(asked, kinds)
    if asked.measure == "revenue_share" and (groups or len(kinds) + bool(asked.languages) != 1):
        return "A share of revenue needs exactly one thing whose share it is."
    if asked.measure == "count":
        return _count_problem(asked, kinds)
    if (
        asked.measure == "customers"
        and groups & {*LINE_GROUPS}
        and (asked.consent or asked.has or asked.reach)
    ):
        return "That cannot be counted by what was bought."
    return ""


def _no_such_item(engine: "Engine", asked: Asked) -> str:
    """Whether names were combined that no product has together (`bread rolls`)."""
    items = asked.of(*ITEMS)
    if len(items) < 2:
        return ""
    table = purchases(engine, stores=False)
    for value in items:
        table = table.filter(table[value.field].isin(value.values))
    if engine.rows(table.limit(1)):
        return ""
    return f"Nothing sold is both {' and '.join(value.said for value in items)}."


def _overlaps(asked: Asked, days: tuple[dt.date, dt.date]) -> bool:
    period = asked.period
    if period is None or asked.measure in CAMPAIGN_MEASURES:
        return True
    starts_late = period.start is not None and period.start > days[1]
    return not (starts_late or (period.end is not None and period.end < days[0]))


def _share_problem(asked: Asked, kinds: set[Any]) -> str:
    parts = [
        bool(asked.languages),
        bool(asked.consent or asked.has),
        bool(asked.bought or asked.times or asked.spent or kinds - {*PLACES}),
    ]
    if {*asked.dimensions} - {*PERSON_GROUPS}:
        return "A share of customers can be split by place or language."
    in_place = bool(kinds & {*PLACES})
    if sum(parts) + (in_place and not asked.place_is_base) > 1:
        return "It is not clear which customers the share is of."
    if not sum(parts) and not in_place:
        return "The question does not say which customers' share is wanted."
    return ""


def _count_problem(asked: Asked, kinds: set[Any]) -> str:
    of_products = asked.counted == "product"
    allowed = {"category", "brand"} if of_products else {*PLACES}
    countable = asked.counted in {*PLACES, "product", "category", "brand", "store", "campaign"}
    if not countable and asked.counted != "language":
        return f"The data's {asked.counted}s cannot be counted that way."
    if kinds - allowed or (kinds and asked.counted in {"campaign", "category", "brand"}):
        return "The question restricts the count in a way that is not understood."
    if asked.period or asked.languages or asked.dimensions or asked.weekday is not None:
        return "That count cannot be restricted or grouped."
    return ""


def _over_index(engine: "Engine", asked: Asked) -> Query | Unparsed:
    places, items = asked.of(*PLACES, "store"), asked.of("product", "category")
    levels = [*(name for name in asked.dimensions if name in LEVELS), *(v.field for v in places)]
    several = any(len(value.values) > 1 for value in items)
    wrong = (
        asked.period
        or asked.languages
        or asked.of("brand", "campaign")
        or asked.limit
        or asked.never
        or {*asked.dimensions} - {*LEVELS, "product", "category"}
    )
    if len(set(levels)) != 1 or len(places) > 1 or len(items) > 1 or several or wrong:
        names = " or ".join(name for value in items for name in value.values)
        reason = "Over-indexing is shown for one kind of place and one product or category"
        return Unparsed(
            reason=f"{reason}{f', not for {names} together' if several else ''}.",
            suggestions=("Which neighbourhood over-indexes on coffee?",),
        )
    level = cast("LocalityLevel", levels[0])
    kinds: tuple[Kind, ...] = ("product", "category")
    said = [*(value.field for value in items), *(d for d in asked.dimensions if d in kinds)]
    if said:
        kinds = (cast("Kind", said[0]),)
    cells = [cell for kind in kinds for cell in over_index_cells(engine, level, kind)]
    rows = tuple(
        {
            "place": cell.unit,
            "item": cell.over.name,
            "index": cell.over.index,
            "low": cell.over.low,
            "high": cell.over.high,
            "customers": cell.over.customers,
        }
        for cell in sorted(cells, key=lambda cell: (-cell.over.low, cell.unit, cell.over.name))
        if (not items or cell.over.name in items[0].values)
        and (not places or cell.unit in places[0].values)
    )
    return Query(
        description=description(asked, None),
        sql=engine.sql(over_index_table(engine, level, kinds[0])),
        rows=rows,
        answer=sentence(asked, list(rows), None),
    )
