"""What was asked and what came out, in plain words."""

import datetime as dt
from typing import Any

from copilot.customers.questions.periods import Period
from copilot.customers.questions.rules import WEEKDAYS, Asked, Measure
from copilot.customers.questions.values import PLACES

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
    "over_index": (
        "The index compares how many of a place's buyers bought the item with how many of all"
        " buyers did (1 is as everywhere), shrunk towards 1, with its 90% interval; only shown"
        " with 20 customers or more behind it and nobody making up half of the spend."
    ),
}
PLURALS = {"city": "cities", "category": "categories", "branch": "branches", "country": "countries"}
COMPARED = {
    ">=": "at least {}",
    ">": "more than {}",
    "<=": "at most {}",
    "<": "fewer than {}",
    "=": "exactly {}",
}
SHOWN = 6
NO_PURCHASES = ("response_rate", "responses", "responders", "count", "customers", "share")


def conditions(asked: Asked, days: tuple[dt.date, dt.date] | None) -> str:
    """The restrictions of the query as the rest of a sentence; starts with a space when any."""
    parts: list[str] = []
    for value in asked.of(*PLACES):
        parts.append(f"in the {value.field} {_any(value.values)}")
    if asked.languages:
        people = asked.measure in {"customers", "share", "responders"}
        speakers = "who speak" if people else "of customers who speak"
        parts.append(f"{speakers} {_any(tuple(_language(code) for code in asked.languages))}")
    for channel, status in asked.consent:
        words = {"yes": "with", "not yes": "without", "no": "who refused", "unknown": "of unknown"}
        parts.append(f"{words[status]} {channel} consent")
    for channel in asked.reach:
        parts.append(f"who may be written to by {channel} (consent, an address, not suppressed)")
    for field, wanted in asked.has:
        parts.append(f"with{'' if wanted else 'out'} a known {field}")
    parts += _purchases(asked)
    if asked.weekday is not None:
        parts.append(f"on {WEEKDAYS[asked.weekday].capitalize()}s")
    if asked.period:
        parts.append(period_words(asked.period, days))
    return "".join(f" {part}" for part in parts)


def _purchases(asked: Asked) -> list[str]:
    items = [
        f"{value.field} {_any(value.values)}"
        + (f" (names with '{value.said}')" if value.part else "")
        for value in asked.of("product", "category", "brand")
    ]
    stores = [f"at {_any(value.values)}" for value in asked.of("store")]
    campaigns = [f"in the campaign {_any(value.values)}" for value in asked.of("campaign")]
    people = asked.measure in {"customers", "share"}
    if not people:
        return (
            [f"for {' and '.join(items)}", *stores, *campaigns] if items else [*stores, *campaigns]
        )
    if asked.never:
        return [f"who did not buy {' and '.join(items) or 'anything'}", *stores]
    if not (asked.bought or items or stores or asked.times or asked.spent or asked.period):
        return campaigns
    found = ["who bought" + (f" {' and '.join(items)}" if items else ""), *stores]
    if asked.times:
        found.append(COMPARED[asked.times[0]].format(_times(asked.times[1])))
    if asked.spent:
        found.append(f"and spent {COMPARED[asked.spent[0]].format(f'{asked.spent[1]:,.2f}')}")
    return found


def period_words(period: Period, days: tuple[dt.date, dt.date] | None) -> str:
    """`from 2026-03-01 to 2026-03-31`; says where the data themselves begin or end inside it."""
    first, last = days or (None, None)
    start, end = period.start or first, period.end or last
    text = f"from {start} to {end}" if start and end else f"since {start}"
    if start is None:
        text = f"until {end}"
    if first and period.start and period.start < first:
        text += f" (the data begin on {first})"
    if last and period.end and period.end > last:
        text += f" (the data end on {last})"
    return text


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
    if measure in DEFINITIONS:
        text += f" {DEFINITIONS[measure]}"
    if asked.never:
        text += " Customers without any purchase in the data count as not having bought."
    if set(asked.dimensions) & set(PLACES) and measure not in {"customers", "share", "over_index"}:
        text += " Places are where the customers live."
    if days and (measure not in {*NO_PURCHASES} or asked.bought or asked.never or asked.times):
        text += f" Purchases in the data: {days[0]} to {days[1]}."
    return text


def sentence(asked: Asked, rows: list[dict[str, Any]], days: tuple[dt.date, dt.date] | None) -> str:
    """The result in one sentence of Markdown."""
    measure = asked.measure or "count"
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
    if measure in {"share", "revenue_share"}:
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
        "last_date": "day",
        "first_date": "day",
        "over_index": "index",
    }
    measure = asked.measure or "count"
    line_groups = {"store", "product", "category", "brand", "month", "weekday"}
    if measure == "customers" and line_groups & {*asked.dimensions}:
        return "buyers"
    return names.get(measure, measure)


def said(value: Any, measure: Measure) -> str | None:
    """A figure as people write it: shares in percent, money with two decimals."""
    if value is None:
        return None
    if measure in {"share", "revenue_share", "response_rate"}:
        return f"{value * 100:.1f}%"
    if measure in {"revenue", "average_basket", "spend_per_customer"}:
        return f"{value:,.2f}"
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
        return f" {row['exactly']:,} of them exactly {_times(asked.times[1])}."
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
    items = " and ".join(_any(value.values) for value in asked.of("product", "category"))
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


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _language(code: str) -> str:
    from babel import Locale

    return str(Locale("en").languages.get(code.lower(), code))


def _any(values: tuple[str, ...]) -> str:
    return " or ".join(values)
