"""The restrictions of a typed query in plain words: which customers, what, where and when."""

import calendar
import datetime as dt

from copilot.customers.questions.periods import Period
from copilot.customers.questions.rules import WEEKDAYS, Asked
from copilot.customers.questions.values import PLACES

COMPARED = {
    ">=": "at least {}",
    ">": "more than {}",
    "<=": "at most {}",
    "<": "fewer than {}",
    "=": "exactly {}",
}
AGES = {">=": "{} or over", ">": "over {}", "<=": "{} or under", "<": "under {}", "=": "{}"}
MONTH_NAMES = calendar.month_name


def conditions(asked: Asked, days: tuple[dt.date, dt.date] | None) -> str:
    """The restrictions of the query as the rest of a sentence; starts with a space when any."""
    parts: list[str] = []
    for value in asked.of(*PLACES):
        parts.append(f"in the {value.field} {any_of(value.values)}")
    if asked.no_languages:
        parts.append("of a known language")
    if asked.languages:
        people = asked.measure in {"customers", "share", "responders"}
        speakers = "who speak" if people else "of customers who speak"
        speakers = speakers.replace("speak", "do not speak") if asked.no_languages else speakers
        parts.append(f"{speakers} {any_of(tuple(_language(code) for code in asked.languages))}")
    for channel, status in asked.consent:
        words = {"yes": "with", "not yes": "without", "no": "who refused", "unknown": "of unknown"}
        parts.append(f"{words[status]} {channel} consent")
    for channel in asked.reach:
        parts.append(f"who may be written to by {channel} (consent, an address, not suppressed)")
    for field, wanted in asked.has:
        parts.append(f"with{'' if wanted else 'out'} a known {field}")
    parts += people_words(asked) + _purchases(asked) + _times_words(asked)
    if asked.period:
        parts.append(period_words(asked.period, days))
    if asked.not_in:
        parts.append(f"but not {period_words(asked.not_in, days)}")
    return "".join(f" {part}" for part in parts)


def _times_words(asked: Asked) -> list[str]:
    parts = []
    if asked.weekday is not None:
        parts.append(f"on {WEEKDAYS[asked.weekday].capitalize()}s")
    if asked.weekend is not None:
        weekend = "on Saturdays and Sundays"
        parts.append(weekend if asked.weekend else "from Monday to Friday")
    if asked.hours:
        parts.append("from {:02}:00 until before {:02}:00".format(*asked.hours))
    return parts


def people_words(asked: Asked) -> list[str]:
    """Which customers: segment, age, birthday, joining, first purchase."""
    parts = []
    for column, name in asked.segments:
        kind = "RFM segment" if column == "segment" else "life cycle stage"
        parts.append(f"of the {kind} '{name}'")
    parts += [f"aged {AGES[sign].format(years)}" for sign, years in asked.ages]
    if asked.birth_month:
        parts.append(f"with a birthday in {MONTH_NAMES[asked.birth_month]}")
    if asked.joined:
        when = f" {period_words(asked.joined_in, None)}" if asked.joined_in else ""
        parts.append(f"who joined{when}")
    if asked.cohort == "first":
        parts.append("whose first purchase in the data was made")
    if asked.cohort == "returning":
        parts.append("who had bought before and bought again")
    if asked.last_before:
        parts.append(f"whose last purchase was before {asked.last_before}")
    return parts


def part_words(asked: Asked, other: Asked | None) -> str:
    """What sets one half of a comparison apart from the other, in words."""
    mine = {field: words for field, words in _slots(asked).items() if words}
    theirs = _slots(other) if other else {}
    return " ".join(words for field, words in mine.items() if words != theirs.get(field))


def _slots(asked: Asked) -> dict[str, str]:
    people = people_words(asked)
    return {
        **{f"name {v.field} {v.said}": any_of(v.values) for v in asked.values},
        "language": ", ".join(_language(code) for code in asked.languages),
        "people": " ".join(people),
        "consent": ", ".join(f"{channel} consent: {status}" for channel, status in asked.consent),
        "reach": ", ".join(f"reachable by {channel}" for channel in asked.reach),
        "counted": asked.counted,
        "times": " ".join(_times_words(asked)),
        "period": period_words(asked.period, None) if asked.period else "",
    }


def _purchases(asked: Asked) -> list[str]:
    items = [
        f"{value.field} {any_of(value.values)}"
        + (f" (names with '{value.said}')" if value.part else "")
        for value in asked.of("product", "category", "brand")
    ]
    stores = [f"at {any_of(value.values)}" for value in asked.of("store")]
    campaigns = [f"in the campaign {any_of(value.values)}" for value in asked.of("campaign")]
    people = asked.measure in {"customers", "share"}
    if not people:
        return (
            [f"for {' and '.join(items)}", *stores, *campaigns] if items else [*stores, *campaigns]
        )
    if asked.never:
        return [f"who did not buy {' and '.join(items) or 'anything'}", *stores]
    told = asked.cohort or asked.last_before
    if told and not items and not stores:
        return campaigns
    if not (asked.bought or items or stores or asked.times or asked.spent or asked.period):
        return campaigns
    found = ["who bought" + (f" {' and '.join(items)}" if items else ""), *stores]
    found += [f"and also {value.field} {any_of(value.values)}" for value in asked.also]
    found += [f"but no {value.field} {any_of(value.values)}" for value in asked.without]
    if asked.times:
        found.append(COMPARED[asked.times[0]].format(times_words(asked.times[1])))
    if asked.spent:
        most = f" and at most {asked.spent_to:,.2f}" if asked.spent_to is not None else ""
        found.append(f"and spent {COMPARED[asked.spent[0]].format(f'{asked.spent[1]:,.2f}')}{most}")
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


def times_words(count: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _language(code: str) -> str:
    from babel import Locale

    return str(Locale("en").languages.get(code.lower(), code))


def any_of(values: tuple[str, ...]) -> str:
    """The names, joined by or."""
    return " or ".join(values)
