"""Periods in questions: `since March`, `in 2026`, `last 90 days`, `from 1 May to 3 June`."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from copilot.customers.questions.words import NUMBER, number

MONTHS = {name.lower(): index for index, name in enumerate(calendar.month_name) if name} | {
    name.lower(): index for index, name in enumerate(calendar.month_abbr) if name
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTH})(?: ,)?(?: {_YEAR})?"
    rf"|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?: ,)?(?: {_YEAR})?"
)
_POINT = rf"(?:{_DATE}|(?:{_MONTH})(?: {_YEAR})?|{_YEAR})"
_UNITS = "day|days|week|weeks|month|months|year|years"


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included; None is open."""

    start: dt.date | None
    end: dt.date | None


_RULES = (
    ("range", rf"between (?P<a>{_POINT}) and (?P<b>{_POINT})"),
    ("range", rf"from (?P<a>{_POINT}) (?:to|until|till) (?P<b>{_POINT})"),
    ("since", rf"from (?P<a>{_POINT}) (?:onwards|on)"),
    ("since", rf"from (?P<a>{_DATE})"),
    ("since", rf"(?:since|starting) (?:the (?:start|beginning) of )?(?P<a>{_POINT})"),
    ("before", rf"before (?P<a>{_POINT})"),
    ("until", rf"(?:until|till|up to) (?P<a>{_POINT})"),
    ("after", rf"after (?P<a>{_POINT})"),
    (
        "rolling",
        rf"(?:in |during |over |within |for )?(?:the )?(?:last|past|previous) (?P<n>{NUMBER})"
        rf" (?P<unit>{_UNITS})",
    ),
    (
        "rolling",
        r"(?:in |during |over |within |for )?(?:the past|past|the last)"
        r" (?P<unit>day|week|month|year)",
    ),
    ("last", r"(?:in |during )?(?:last|the previous|previous) (?P<unit>week|month|year)"),
    ("this", r"(?:in |during )?(?:this|the current) (?P<unit>week|month|year)"),
    ("today", r"today"),
    ("yesterday", r"yesterday"),
    ("quarter", rf"(?:in |during )?(?:the )?q(?P<q>[1-4])(?: of)? (?P<year>{_YEAR})"),
    # `in Dec 25` may be a day or a year: neither is taken.
    ("at", rf"(?!in (?:{_MONTH}) \d\d )(?:in|on|during|for) (?:the month of )?(?P<a>{_POINT})"),
    ("at", rf"(?<!from )(?<!in )(?P<a>(?:{_DATE})|(?:{_MONTH}) {_YEAR})"),
)


def take_period(text: str, today: dt.date) -> tuple[str, list[Period]]:
    """The text with ` PERIOD ` in place of each period, and the periods in order.

    `today` is the day that relative periods are counted from. A month without a year is the
    latest one that has begun.
    """
    found: list[Period] = []
    for name, quarter in (("first", 1), ("second", 2), ("third", 3), ("fourth", 4)):
        text = text.replace(f" {name} quarter ", f" q{quarter} ")
    for kind, pattern in _RULES:
        while match := re.search(rf"(?<= ){pattern}(?= )", text):
            period = _period(kind, match.groupdict(), today)
            if period is None:
                break
            found.append(period)
            text = f"{text[: match.start()]}PERIOD{text[match.end() :]}"
    return text, found


def _period(kind: str, said: dict[str, str | None], today: dt.date) -> Period | None:
    if kind in {"rolling", "last", "this"}:
        unit = (said["unit"] or "").rstrip("s")
        if kind == "rolling":
            return rolling(int(number(said.get("n") or "1")), unit, today)
        return _calendar(unit, today, back=kind == "last")
    if kind in {"today", "yesterday"}:
        day = today - dt.timedelta(days=int(kind == "yesterday"))
        return Period(day, day)
    if kind == "quarter":
        first = dt.date(int(said["year"] or 0), 3 * int(said["q"] or 0) - 2, 1)
        return Period(first, _plus_months(first, 3) - dt.timedelta(days=1))
    a = _point(said["a"] or "", today)
    b = _point(said["b"] or "", today) if kind == "range" else a
    if a is None or b is None or a.start is None or a.end is None or b.end is None:
        return None
    if b.end < a.start:
        return None
    one = dt.timedelta(days=1)
    return {
        "range": Period(a.start, b.end),
        "since": Period(a.start, None),
        "before": Period(None, a.start - one),
        "until": Period(None, a.end),
        "after": Period(a.end + one, None),
        "at": a,
    }[kind]


def _point(text: str, today: dt.date) -> Period | None:
    """A day, a month or a year as the days it covers; None when there is no such day."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = dt.date.fromisoformat(text)
            return Period(day, day)
        if re.fullmatch(_YEAR, text):
            return Period(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31))
        year = re.search(rf"{_YEAR}$", text)
        month = MONTHS[re.search(_MONTH, text).group()]  # type: ignore[union-attr]
        days = re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
        number_of_day = int(days.group()) if days else 1
        start = dt.date(int(year.group()) if year else today.year, month, number_of_day)
        if not year and start > today:
            start = start.replace(year=start.year - 1)
    except ValueError:
        return None
    return Period(start, start if days else _plus_months(start, 1) - dt.timedelta(days=1))


def rolling(n: int, unit: str, today: dt.date) -> Period:
    """The last n days, weeks, months or years that end today."""
    one = dt.timedelta(days=1)
    if unit in {"day", "week"}:
        return Period(today - dt.timedelta(days=n * (7 if unit == "week" else 1)) + one, today)
    return Period(_plus_months(today, -n * (12 if unit == "year" else 1)) + one, today)


def _calendar(unit: str, today: dt.date, *, back: bool) -> Period:
    if unit == "week":
        monday = today - dt.timedelta(days=today.weekday() + (7 if back else 0))
        return Period(monday, monday + dt.timedelta(days=6))
    if unit == "month":
        first = _plus_months(today.replace(day=1), -1 if back else 0)
        return Period(first, _plus_months(first, 1) - dt.timedelta(days=1))
    year = today.year - int(back)
    return Period(dt.date(year, 1, 1), dt.date(year, 12, 31))


def _plus_months(day: dt.date, months: int) -> dt.date:
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
