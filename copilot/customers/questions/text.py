"""What was asked and what came out, in plain words."""

import datetime as dt
from typing import Any

from copilot.customers.questions.rules import LINE_GROUPS, Asked, Measure
from copilot.customers.questions.values import PLACES
from copilot.customers.questions.wording import any_of, conditions, times_words
from copilot.customers.segmenting.segments import LIFECYCLE_RULES

LABELS: dict[Measure, str] = {
    "customers": "Customers",
    "share": "Share of customers",
    "revenue_share": "Share of revenue",
    "revenue": "Revenue",
    "units": "Items sold",
    "baskets": "Orders",
    "average_basket": "Average basket",
    "items_per_basket": "Items per basket",
    "spend_per_customer": "Average spend per buyer",
    "baskets_per_customer": "Orders per buyer",
    "response_rate": "Response rate",
    "responses": "Responses",
    "responders": "Customers who responded",
    "last_date": "Latest purchase",
    "first_date": "First purchase",
    "over_index": "Over-index",
    "count": "Number",
    "median_basket": "Median basket",
    "largest_basket": "Largest basket",
    "smallest_basket": "Smallest basket",
    "median_spend": "Median spend per buyer",
    "average_age": "Average age",
    "repeat_rate": "Repeat rate",
}
DEFINITIONS: dict[Measure, str] = {
    "revenue": "Revenue is the sum of the amounts of the lines sold.",
    "units": "Items are the quantities of the lines sold (a line without one is one item).",
    "baskets": "An order is one basket, or one customer's day where baskets are not recorded.",
    "average_basket": "Average basket is revenue divided by the number of baskets.",
    "items_per_basket": "Quantities divided by the number of baskets.",
    "spend_per_customer": "Revenue divided by the number of customers who bought.",
    "baskets_per_customer": "Baskets divided by the number of customers who bought.",
    "response_rate": "Response rate is responses divided by messages sent (by the day of sending).",
    "responses": "Messages that got a response (by the day of the response).",
    "responders": "Each customer counts once, however many messages they answered.",
    "median_basket": "Half of the baskets were smaller, half larger.",
    "largest_basket": "The amount of one whole basket.",
    "smallest_basket": "The amount of one whole basket.",
    "median_spend": "Half of the customers who bought spent less in all, half more.",
    "average_age": "Whole years on the last day of the data; unknown dates of birth left out.",
    "repeat_rate": "Customers with two or more baskets as a share of the customers who bought.",
    "over_index": (
        "The index compares how many of a place's buyers bought the item with how many of all"
        " buyers did (1 is as everywhere), shrunk towards 1, with its 90% interval; only shown"
        " with 20 customers or more behind it and nobody making up half of the spend."
    ),
}
PLURALS = {"city": "cities", "category": "categories", "branch": "branches", "country": "countries"}
SHOWN = 6
NO_PURCHASES = (
    "response_rate",
    "responses",
    "responders",
    "count",
    "customers",
    "share",
    "average_age",
)
MONEY = (
    "revenue",
    "average_basket",
    "spend_per_customer",
    "median_basket",
    "largest_basket",
    "smallest_basket",
    "median_spend",
)
SHARES = ("share", "revenue_share", "response_rate", "repeat_rate")


def description(asked: Asked, days: tuple[dt.date, dt.date] | None) -> str:
    """What was computed: measure, grouping, restrictions, definition and the data's own dates."""
    measure = asked.measure or "count"
    label = LABELS[measure]
    if measure == "count":
        label = f"Number of {plural(asked.counted)}"
    grouping = f" by {' and '.join(asked.dimensions)}" if asked.dimensions else ""
    text = f"{label}{grouping}{conditions(asked, days)}."
    if asked.rank and asked.dimensions and measure != "over_index":
        text += f" Ranked by {label.lower()}, {_extreme(asked)} first."
        if asked.rank < 0:
            text += " Only what occurs at all is ranked: what was never sold is not listed."
    if asked.against is not None:
        text = f"{label}, compared:{_halves(asked)}."
    if measure in DEFINITIONS:
        text += f" {DEFINITIONS[measure]}"
    text += _more_definitions(asked)
    if asked.never:
        text += " Customers without any purchase in the data count as not having bought."
    if set(asked.dimensions) & set(PLACES) and measure not in {"customers", "share", "over_index"}:
        text += " Places are where the customers live."
    if days and (measure not in {*NO_PURCHASES} or asked.bought or asked.never or asked.times):
        text += f" Purchases in the data: {days[0]} to {days[1]}."
    return text


def _halves(asked: Asked) -> str:
    """Both halves whole: ` in the city Leeds` and ` in the city Bradford`."""
    if asked.against is None:
        return ""
    one, other = conditions(asked, None), conditions(asked.against, None)
    return f"{one or ' all'}; and{other or ' all'}"


def _more_definitions(asked: Asked) -> str:
    text = ""
    if {"segment"} & {*asked.dimensions} or any(kind == "segment" for kind, _ in asked.segments):
        text += " RFM segments go by recency and frequency, in fifths of all customers."
    rules = [LIFECYCLE_RULES[name] for kind, name in asked.segments if kind == "lifecycle"]
    text += "".join(f" This stage means: {rule}." for rule in rules)
    if asked.cohort:
        text += " Purchases from before the data begin are not known."
    if asked.ages or asked.birth_month:
        text += " Customers without a date of birth are left out."
    if "daypart" in asked.dimensions:
        text += " Morning is before 12:00, afternoon before 17:00, evening after."
    if asked.notes:
        text += f" {'; '.join(asked.notes).capitalize()}."
    return text


def comparison_sentence(asked: Asked, rows: list[dict[str, Any]]) -> str:
    """Both figures and the difference: `A: **5**, B: **3**; A is higher by **2** (66.7%).`"""
    measure = asked.measure or "count"
    column = main_column(asked)
    one, other = rows[0][column], rows[1][column]
    parts = [f"{row['part']} **{said(row[column], measure) or '-'}**" for row in rows]
    text = f"{LABELS[measure]}: {parts[0]}, {parts[1]}"
    if one is None or other is None:
        return f"{text}; with nothing in the data for one of them there is no difference."
    if asked.base_first:
        one, other = other, one
    gap = round(one - other, 4)
    if measure in SHARES:
        size = f"{abs(gap) * 100:.1f} percentage points"
    else:
        size = said(abs(gap), measure) or ""
    of = f" ({abs(gap) / abs(other) * 100:.1f}%)" if other and measure not in SHARES else ""
    way = "the same" if not gap else "higher" if gap > 0 else "lower"
    subject = "the second is" if asked.base_first else "the first is"
    return f"{text}; {subject} {way}." if not gap else f"{text}; {subject} {way} by **{size}**{of}."


def sentence(asked: Asked, rows: list[dict[str, Any]], days: tuple[dt.date, dt.date] | None) -> str:
    """The result in one sentence of Markdown."""
    measure = asked.measure or "count"
    if asked.against is not None and rows:
        return comparison_sentence(asked, rows)
    rest = conditions(asked, days)
    if measure == "over_index":
        return _over_index_sentence(asked, rows)
    if not rows:
        return f"{LABELS[measure]}{rest}: nothing in the data."
    column = main_column(asked)
    if asked.dimensions:
        return _list_sentence(asked, rows, column, rest)
    row, value = rows[0], said(rows[0][column], measure)
    if value is None:
        return f"{LABELS[measure]}{rest}: nothing in the data."
    if measure == "count":
        if value == "1":
            return f"There is **1** {asked.counted} in the data{rest}."
        return f"There are **{value}** {plural(asked.counted)} in the data{rest}."
    if measure == "customers":
        return f"**{value}** customers{rest}.{_more(asked, row)}"
    if measure in {"share", "revenue_share", "repeat_rate"}:
        part, whole = list(row.values())[:2]
        return f"{LABELS[measure]}{rest}: **{value}** ({_plain(part)} of {_plain(whole)})."
    if measure == "response_rate":
        return f"{LABELS[measure]}{rest}: **{value}** ({row['responses']} of {row['sent']} sent)."
    return f"{LABELS[measure]}{rest}: **{value}**."


def main_column(asked: Asked) -> str:
    """The column of the rows that holds what was asked."""
    names: dict[Measure, str] = {
        "units": "items",
        "share": "share",
        "revenue_share": "share",
        "repeat_rate": "share",
        "last_date": "day",
        "first_date": "day",
        "over_index": "index",
    }
    measure = asked.measure or "count"
    if measure == "customers" and {*LINE_GROUPS} & {*asked.dimensions} and not asked.cohort:
        return "buyers"
    return names.get(measure, measure)


def said(value: Any, measure: Measure) -> str | None:
    """A figure as people write it: shares in percent, money with two decimals."""
    if value is None:
        return None
    if measure in SHARES:
        return f"{value * 100:.1f}%"
    if measure in MONEY:
        return f"{value:,.2f}"
    if measure == "average_age":
        return f"{value:.1f}"
    return _plain(value)


def plural(noun: str) -> str:
    """The plural of a dimension's name."""
    return PLURALS.get(noun, f"{noun}s")


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _more(asked: Asked, row: dict[str, Any]) -> str:
    if "never_bought_anything" in row:
        return f" Of them {row['never_bought_anything']:,} have no purchase in the data at all."
    if "exactly" in row and asked.times:
        return f" {row['exactly']:,} of them exactly {times_words(asked.times[1])}."
    return ""


def _list_sentence(asked: Asked, rows: list[dict[str, Any]], column: str, rest: str) -> str:
    measure = asked.measure or "count"
    figures = [
        (", ".join(str(row[name]) for name in asked.dimensions), said(row[column], measure) or "-")
        for row in rows
    ]
    label = LABELS[measure].lower() if measure != "customers" or column != "buyers" else "buyers"
    if asked.rank and not asked.limit:
        best = [name for (name, figure) in figures if figure == figures[0][1]]
        order = _extreme(asked)
        others = ", ".join(f"{name} ({figure})" for name, figure in figures[len(best) :][:2])
        text = f"**{' and '.join(best)}** comes first ({order} {label}{rest}): **{figures[0][1]}**"
        return f"{text}; then {others}." if others else f"{text}."
    shown = ", ".join(f"{name} **{figure}**" for name, figure in figures[:SHOWN])
    more = f", and {len(figures) - SHOWN} more" if len(figures) > SHOWN else ""
    title = "Buyers" if column == "buyers" else LABELS[measure]
    return f"{title} by {' and '.join(asked.dimensions)}{rest}: {shown}{more}."


def _over_index_sentence(asked: Asked, rows: list[dict[str, Any]]) -> str:
    sure = [row for row in rows if row["low"] > 1]
    items = " and ".join(any_of(value.values) for value in asked.of("product", "category"))
    if not rows:
        return (
            f"No place can be compared{f' on {items}' if items else ''}: there are fewer than 20"
            " customers behind every figure."
        )
    if not sure:
        return f"No place over-indexes{f' on {items}' if items else ''} for certain."
    listed = ", ".join(
        f"**{row['place']}**{'' if items else ' on ' + row['item']} (index {row['index']:.2f},"
        f" 90% interval {row['low']:.2f}-{row['high']:.2f})"
        for row in sure[:3]
    )
    return f"Over-indexing{f' on {items}' if items else ''}: {listed}."


def _extreme(asked: Asked) -> str:
    if asked.measure in {"units", "baskets", "customers", "responses", "responders"}:
        return "most" if asked.rank > 0 else "fewest"
    return "highest" if asked.rank > 0 else "lowest"
