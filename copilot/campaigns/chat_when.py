"""When an offer holds, from a chat message: its first and last day, and its hours."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from copilot.campaigns.chat_scan import Scan
from copilot.campaigns.check.dates import dates
from copilot.campaigns.check.lexicon import lexicon, month_of, number_pattern, number_words
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.times import times
from copilot.campaigns.check.view import plain_view

_DAY, _WEEK, _SATURDAY, _SUNDAY, _THURSDAY = dt.timedelta(days=1), 7, 5, 6, 3
_DECEMBER, _MORNING = 12, "07:00"
_FIXED = {
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "xmas": (12, 25),
    "christmas day": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year": (1, 1),
    "new year's day": (1, 1),
    "valentine's day": (2, 14),
    "halloween": (10, 31),
}
_BEFORE = re.compile(
    r"(?<!\w)(?:(?:only|valid|available|running|runs|on|this|next|for|over|the|coming|from|until|till"
    r"|til|by|before|after|between|starting|starts|ends?|ending|at|to|through|in|during|all|just"
    r"|up to)\s+)+$"
)
_BOUND = re.compile(r"(?<!\w)(?:on|until|till|by|before|from|to|this|after|through|starting) $")
_RANGE = re.compile(r"\s*(?:to|-|until|till|through|and|till the|to the)\s*")


@dataclass(frozen=True)
class Days:
    """First and last day; None where the message leaves that side open."""

    starts: dt.date | None
    ends: dt.date | None


def read_days(scan: Scan, today: dt.date, base: dt.date) -> Days | None:
    """The days of the offer; weekdays count from `base`, whose own weekday is that day.

    "Next Friday" is the Friday of the next calendar week, Monday to Sunday, and is noted so.
    """
    if short := _stretch(scan, today):
        return short
    spans, _ = dates(scan.view, scan.low, lexicon("en"), today)
    found: list[tuple[Span, dt.date, dt.date]] = []
    for span in sorted(spans, key=lambda each: each.start):
        start = found[-1][1] if found and _joined(scan, found[-1][0], span) else base
        days = _days(scan, span, today, max(start, base))
        if days:
            found.append((span, *days))
    if not found:
        return None
    days_said = _combined(scan, found)
    for span, *_ in found[:2]:
        _cover(scan, span)
    return _sound(scan, days_said, found, today)


def read_recurring(scan: Scan) -> list[str]:
    """Days that come back, which dates cannot hold: `every Saturday`, `on Mondays`."""
    names = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    found = scan.take(
        rf"(?P<d>(?:every|on) (?:{names})s?(?<=s)(?: and (?:{names})s)?"
        rf"|every (?:{names})|on weekdays(?: only)?)"
    )
    return [scan.text(each, "d") for each in found]


def read_hours(scan: Scan) -> list[str]:
    """The hours as terms with the clock in digits: `before 10:00`, `from 08:00 to 11:00`."""
    said: list[str] = []
    one = rf"(?:\d{{1,2}}(?:[:.]\d\d)?|{number_pattern('en')}|noon|midday)"
    one += r"(?: ?[ap]\.?m\b\.?| o'clock)?"
    joint = r"\s*(?:to|and|-|until|till)\s*"
    free = r"(?![\w%£€$]|[.:]\d)"
    plain = rf"(?<!\w)(?:from|between)\s+(?P<a>{one}){joint}(?P<b>{one}){free}"
    clock = rf"(?<![\w.,£€$])(?P<a>{one})\s*(?:to|-|until)\s*(?P<b>{one})(?<=[mk:\d]){free}"
    for pattern in (plain, clock):
        for found in list(re.finditer(pattern, scan.low)):
            sure = pattern == plain or re.search(r"[ap]\.?m|:|o'clock", found[0])
            hours = _hours(found["a"], found["b"]) if sure else None
            if hours and "\ue000" not in found[0]:
                scan.cover(found.start(), found.end())
                said.append(f"from {hours[0]} to {hours[1]}")
    spans, _ = times(scan.view, scan.low, lexicon("en"))
    for span in sorted(spans, key=lambda each: each.start):
        value = _daytime(span.values)
        if len(span.values) > 1 and ":" not in span.text:
            scan.notes.append(f"“{span.text}” means {value}.")
        said.append(f"{span.relation or 'at'} {value}")
        _cover(scan, span)
    return said


def _hours(first: str, last: str) -> tuple[str, str] | None:
    begins, ends = _clock(first), _clock(last)
    if not begins or not ends:
        return None
    if len(ends) == 1:
        earlier = [each for each in begins if each < ends[0]]
        return (max(earlier), ends[0]) if earlier else None
    start = _daytime(begins)
    later = [each for each in ends if each > start]
    return (start, min(later)) if later else None


def _clock(text: str) -> tuple[str, ...]:
    view = plain_view(f"before {text}")
    spans, _ = times(view, view.low, lexicon("en"))
    return spans[0].values if spans else ()


def _daytime(values: tuple[str, ...]) -> str:
    """Of the two halves of the day the one shops are open in."""
    return next((each for each in sorted(values) if each >= _MORNING), values[0])


def _stretch(scan: Scan, today: dt.date) -> Days | None:
    number = rf"\d+|{number_pattern('en')}|one|a"
    for found in scan.take(
        rf"for (?:the )?(?:next )?(?P<n>{number}) (?P<u>days?|weeks?)(?: only)?"
    ):
        said = found["n"]
        count = int(said) if said.isdigit() else number_words("en").get(said, 1)
        count *= _WEEK if found["u"].startswith("week") else 1
        scan.notes.append("The offer starts today.")
        return Days(today, today + (count - 1) * _DAY)
    for found in scan.take(
        r"(?:until|till|by|to) (?:the )?end of (?:the |this )?(?P<u>month|week|year)"
    ):
        ends = {
            "month": _month_end(today),
            "week": today + (_SUNDAY - today.weekday()) * _DAY,
            "year": dt.date(today.year, _DECEMBER, 31),
        }
        return Days(None, ends[found["u"]])
    months = "|".join(month_of("en"))
    for found in scan.take(rf"(?:until|till|by|to) (?:the )?end of (?P<m>{months})"):
        month = month_of("en")[found["m"]]
        return Days(None, _month_end(dt.date(today.year + (month < today.month), month, 1)))
    if scan.take(r"(?:all |during |for )?this month"):
        return Days(today, _month_end(today))
    if scan.take(r"(?:all |during |for )?next month"):
        first = _month_end(today) + _DAY
        return Days(first, _month_end(first))
    return None


def _days(scan: Scan, span: Span, today: dt.date, base: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and last day a span names; None when it names none."""
    value = span.values[0]
    kind, _, rest = value.partition(" ")
    monday = today - today.weekday() * _DAY
    before = scan.low[: span.start]
    if kind == "weekday":
        coming = base + (int(rest) - base.weekday()) % _WEEK * _DAY
        return coming, coming
    if kind == "week":
        start = monday + int(rest) * _WEEK * _DAY
        return max(start, today), start + (_WEEK - 1) * _DAY
    if "weekend" in value:
        if re.search(r"(?<!\w)next $", before):
            monday += _WEEK * _DAY
            scan.notes.append(f"“next weekend” starts on {monday + _SATURDAY * _DAY:%A %-d %B}.")
        return max(monday + _SATURDAY * _DAY, today), monday + _SUNDAY * _DAY
    if kind == "month" and re.search(
        r"(?<!\w)(?:in|all|of|during|throughout|until|till) $", before
    ):
        first = dt.date(today.year + (int(rest) < today.month), int(rest), 1)
        return max(first, today), _month_end(first)
    if kind == "holiday":
        day = _holiday(rest, today) if _BOUND.search(before) else None
        return (day, day) if day else None
    if len(span.values) > 1 and "next" in span.text.lower():
        return _next(scan, span, monday)
    day = _calendar(value, today)
    if day and span.weekday >= 0 and day.weekday() != span.weekday:
        scan.problems.append(f"Which day? {day:%-d %B %Y} is a {day:%A}, not “{span.text}”.")
        _cover(scan, span)
        return None
    return (day, day) if day else None


def _next(scan: Scan, span: Span, monday: dt.date) -> tuple[dt.date, dt.date]:
    weekday = dt.date.fromisoformat(span.values[0]).weekday()
    day = monday + (_WEEK + weekday) * _DAY
    scan.notes.append(f"“{span.text}” is {day:%A %-d %B}.")
    return day, day


def _calendar(value: str, today: dt.date) -> dt.date | None:
    """An ISO date, or the coming one of a date without its year; None when there is no such day."""
    try:
        if not value.startswith("--"):
            return dt.date.fromisoformat(value)
        month, day = (int(part) for part in value.strip("-").split("-"))
        this = dt.date(today.year, month, day)
        return this if this >= today else this.replace(year=today.year + 1)
    except ValueError:
        return None


def _holiday(name: str, today: dt.date) -> dt.date | None:
    if name in _FIXED:
        month, day = _FIXED[name]
        return _calendar(f"--{month:02d}-{day:02d}", today)
    if name in {"black friday", "cyber monday"}:
        for year in (today.year, today.year + 1):
            first = dt.date(year, 11, 1)
            friday = first + ((_THURSDAY - first.weekday()) % _WEEK + 3 * _WEEK + 1) * _DAY
            sale = friday if name == "black friday" else friday + 3 * _DAY
            if sale >= today:
                return sale
    return None


def _combined(scan: Scan, found: list[tuple[Span, dt.date, dt.date]]) -> Days:
    span, first, last = found[0]
    if found[1:]:
        following, other, end = found[1]
        if _joined(scan, span, following) and (
            " and " not in scan.low[span.end : following.start]
            or re.search(r"between $", scan.low[: span.start])
            or other - last == _DAY
        ):
            return Days(first, end)
        if span.relation in {"from", "after"} and following.relation == "until":
            return Days(first, end)
    if span.relation == "until":
        return Days(None, last)
    if span.relation == "before":
        return Days(None, first - _DAY)
    if span.relation in {"from", "after"}:
        return Days(first if span.relation == "from" else last + _DAY, None)
    return Days(first, last)


def _sound(
    scan: Scan, days: Days, found: list[tuple[Span, dt.date, dt.date]], today: dt.date
) -> Days | None:
    said = " … ".join(span.text for span, *_ in found[:2])
    if days.ends and days.ends < today:
        scan.problems.append(f"Until when? “{said}” is over: it was {days.ends:%A %-d %B %Y}.")
        return None
    if days.starts and days.ends and days.ends < days.starts:
        scan.problems.append(f"From when until when? “{said}” ends before it starts.")
        return None
    return days


def _joined(scan: Scan, first: Span, second: Span) -> bool:
    return bool(_RANGE.fullmatch(scan.low[first.end : second.start]))


def _cover(scan: Scan, span: Span) -> None:
    before = _BEFORE.search(scan.low[: span.start])
    scan.cover(before.start() if before else span.start, span.end)


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
