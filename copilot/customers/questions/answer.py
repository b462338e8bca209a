"""Questions about the business in plain words, answered with a number and the query behind it.

Only what is understood word for word is computed. Everything else is either no question about
the data (None) or refused with what would work: there are no guesses and so no wrong numbers.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from copilot.customers.places.localities import over_index_cells, over_index_table
from copilot.customers.privacy import registry
from copilot.customers.questions.parse import parse
from copilot.customers.questions.rules import LINE_GROUPS, Asked
from copilot.customers.questions.run import CAMPAIGN_MEASURES, data_days, expression
from copilot.customers.questions.sense import EXAMPLES
from copilot.customers.questions.suggest import suggestions
from copilot.customers.questions.talk import in_conversation
from copilot.customers.questions.text import description, sentence
from copilot.customers.questions.values import ITEMS, PERSON_GROUPS, PLACES, Vocabulary, vocabulary
from copilot.customers.questions.wording import period_words
from copilot.customers.tables import purchases
from copilot.errors import DataError
from copilot.records import LocalityLevel, Query, Turn, Unparsed

if TYPE_CHECKING:
    from copilot.customers.engine import Engine
    from copilot.customers.places.overindex import Kind
    from copilot.models.chat import Complete

Days = tuple[dt.date, dt.date] | None
ANY_DAY = dt.date(9000, 1, 1)  # "last year" must parse although there is no data to date it
LEVELS = ("region", "city", "neighbourhood", "postcode", "store")


def answer_number(
    engine: "Engine",
    question: str,
    *,
    today: dt.date | None = None,
    history: Sequence[Turn] = (),
    complete: "Complete | None" = None,
) -> Query | Unparsed | None:
    """The computed answer; Unparsed when the question is about the data but not understood.

    None when it asks for no number of the business at all. Relative periods count back from
    `today`, or from the last day in the data. `Query.answer` is a sentence, `Query.description`
    says what was computed and how. A question that only names a part ("and in Leeds?") takes the
    rest from `history`. What the rules cannot read is read by the model of `complete`, if any,
    and only run when every word of the question is accounted for.
    """
    empty = not (engine.has("customers") or engine.has("transactions"))
    days = None if empty else engine.remembered("days", lambda: data_days(engine))
    if empty:
        return _without_data(question)
    names = vocabulary(engine)
    day = today or (days[1] if days else dt.date.max)
    asked = in_conversation(question, names, day, history)
    if asked is None:
        return None
    found = _answered(engine, asked, days) if isinstance(asked, Asked) else asked
    if isinstance(found, Unparsed) and not isinstance(asked, Asked) and complete is not None:
        found = _by_model(engine, question, day, days, complete, found)
    if isinstance(found, Unparsed):
        return _with_suggestions(engine, question, found, day, days)
    return found


def _answered(engine: "Engine", asked: Asked, days: Days) -> Query | Unparsed:
    """The figures of a typed query; Unparsed when it makes no sense on these data."""
    for half in (asked, asked.against):
        problem = half and (_problem(half, days) or _not_in_data(engine, half))
        if problem:
            return Unparsed(reason=problem, suggestions=EXAMPLES)
    for name in sorted({*asked.dimensions} & registry.never(engine.store)):
        return Unparsed(reason=f"The field {name!r} may not be used.", suggestions=EXAMPLES)
    try:
        if asked.measure == "over_index":
            return _over_index(engine, asked)
        table = expression(engine, asked)
        rows = engine.rows(table)
    except DataError as error:
        return Unparsed(reason=error.message, suggestions=(error.hint,))
    if asked.measure == "response_rate" and not asked.against and _only_responders(rows):
        reason = "The data list no message without a response, so there is no rate to work out."
        return Unparsed(reason=reason, suggestions=("How many responses did we get?",))
    return Query(
        description=description(asked, days),
        sql=engine.sql(table),
        rows=tuple(rows),
        answer=sentence(asked, rows, days),
    )


def _by_model(
    engine: "Engine",
    question: str,
    today: dt.date,
    days: Days,
    complete: "Complete",
    refused: Unparsed,
) -> Query | Unparsed:
    from copilot.customers.questions.by_model import read_by_model

    read = read_by_model(engine, question, vocabulary(engine), today, complete)
    if isinstance(read, Unparsed):
        reason = f"{refused.reason} {read.reason}"
        return refused.model_copy(update={"reason": reason})
    asked, model, usage = read
    found = _answered(engine, asked, days)
    if isinstance(found, Unparsed):
        return found.model_copy(update={"own": refused.own})
    return found.model_copy(update={"read_by": model, "usage": usage})


def _with_suggestions(
    engine: "Engine", question: str, refused: Unparsed, today: dt.date, days: Days
) -> Unparsed:
    """The refusal with close questions in place of the usual examples."""
    kept = tuple(text for text in refused.suggestions if text not in EXAMPLES)
    if kept and len(kept) == len(refused.suggestions):
        return refused
    names = vocabulary(engine)

    def works(text: str) -> bool:
        asked = parse(text, names, today)
        return isinstance(asked, Asked) and not _problem(asked, days)

    close = suggestions(question, names, works)
    return refused.model_copy(update={"suggestions": (*kept, *close) or EXAMPLES})


def _not_in_data(engine: "Engine", asked: Asked) -> str:
    """Why the data cannot tell, although the query makes sense."""
    by_hour = asked.hours or {"hour", "daypart"} & {*asked.dimensions}
    if by_hour and not engine.remembered("hours", lambda: _has_hours(engine)):
        return "The purchases in the data have no time of day."
    return _no_such_item(engine, asked)


def _has_hours(engine: "Engine") -> bool:
    if not engine.has("transactions"):
        return False
    hour = engine.table("transactions")["at"].hour()
    return bool(engine.rows(hour.max().as_table())[0].popitem()[1])


def _without_data(question: str) -> Unparsed | None:
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
    people = {*PERSON_GROUPS, "segment", "lifecycle"}
    if asked.measure == "average_age" and groups - people:
        return "The average age can be asked for by place, language and segment."
    if asked.measure == "share":
        return _share_problem(asked, kinds)
    if asked.measure == "revenue_share":
        return _revenue_share_problem(asked, kinds)
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


def _revenue_share_problem(asked: Asked, kinds: set[Any]) -> str:
    things = len(kinds) + bool(asked.languages) + bool(asked.segments) + len(asked.dimensions)
    of_days = asked.weekend is not None or asked.weekday is not None or bool(asked.hours)
    others = asked.consent or asked.has or asked.ages or asked.cohort or asked.joined
    if others or (things or int(of_days)) != 1:
        return "A share of revenue needs exactly one thing whose share it is."
    return ""


def _share_problem(asked: Asked, kinds: set[Any]) -> str:
    parts = [
        bool(asked.languages),
        bool(asked.consent or asked.has),
        bool(asked.segments or asked.birth_month or asked.joined or asked.last_before),
        bool(asked.ages),
        bool(asked.bought or asked.never or asked.times or asked.spent or kinds - {*PLACES}),
    ]
    if {*asked.dimensions} - {*PERSON_GROUPS, "segment", "lifecycle"}:
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
