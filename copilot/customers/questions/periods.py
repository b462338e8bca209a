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
_QUARTER = rf"(?:the )?q[1-4](?: (?:of )?{_YEAR})?"
_HALF = rf"(?:the )?h[12] (?:of )?{_YEAR}"
_POINT = rf"(?:{_DATE}|(?:{_MONTH})(?: {_YEAR})?|{_YEAR}|{_QUARTER})"
_UNITS = "day|days|week|weeks|fortnights?|month|months|quarter|quarters|year|years"
_CALENDAR = "week|month|quarter|year"
_SHORT = {"ytd": "year", "qtd": "quarter", "mtd": "month", "wtd": "week"}
# These are also verbs or names of people: alone they are no months.
_PLAIN_MONTH = "|".join(name for name in _MONTH.split("|") if name not in {"march", "may", "mar"})


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included; None is open."""

    start: dt.date | None
    end: dt.date | None


_RULES = (
    ("at", rf"(?:in |during |for )?(?P<a>{_QUARTER} (?:this|last) year)"),
    ("at", rf"(?:in |during |for )?(?P<a>(?:{_MONTH}) (?:this|last) year)"),
    (
        "days",
        rf"(?:between|from) (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:and|to|until) (?:the )?"
        rf"(?P<b>\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTH})(?: {_YEAR})?)",
    ),
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
        r"(?:in |during |over |within |for )?(?:the past|past|the last|last(?= fortnight))"
        r" (?P<unit>day|week|fortnight|month|quarter|year)",
    ),
    (
        "this",
        rf"(?P<unit>{_CALENDAR}) to date|so far (?:in )?this (?P<unit2>{_CALENDAR})"
        rf"|this (?P<unit3>{_CALENDAR}) so far|(?P<short>ytd|qtd|mtd|wtd)",
    ),
    (
        "last",
        rf"(?:in |during |for )?(?:last|the previous|previous) (?:calendar )?(?P<unit>{_CALENDAR})",
    ),
    ("this", rf"(?:in |during |for )?(?:this|the current) (?P<unit>{_CALENDAR})"),
    ("today", r"today"),
    ("yesterday", r"yesterday"),
    ("at", rf"(?:in |during |for )?(?P<a>{_QUARTER})"),
    ("at", rf"(?:in |during |for )?(?P<a>{_HALF})"),
    # `in Dec 25` may be a day or a year: neither is taken.
    ("at", rf"(?!in (?:{_MONTH}) \d\d )(?:in|on|during|for) (?:the month of )?(?P<a>{_POINT})"),
    ("at", rf"(?<!from )(?<!in )(?P<a>(?:{_DATE})|(?:{_MONTH}) {_YEAR})"),
    ("at", rf"(?<!from )(?<!in )(?<!to )(?<!of )(?P<a>{_PLAIN_MONTH})(?! \d)"),
)


def take_period(text: str, today: dt.date) -> tuple[str, list[Period]]:
    """The text with ` PERIOD ` in place of each period, and the periods in order.

    `today` is the day that relative periods are counted from. A month without a year is the
    latest one that has begun.
    """
    found: list[Period] = []
    for name, number_of in (("first", 1), ("second", 2), ("third", 3), ("fourth", 4)):
        text = re.sub(rf" {name} quarter(?= )", f" q{number_of}", text)
        text = re.sub(rf" {name} half(?= )", f" h{number_of}", text)
    for kind, pattern in _RULES:
        while match := re.search(rf"(?<= )(?:{pattern})(?= )", text):
            period = _period(kind, match.groupdict(), today)
            if period is None:
                break
            found.append(period)
            text = f"{text[: match.start()]}PERIOD{len(found) - 1}{text[match.end() :]}"
    order = [int(place) for place in re.findall(r"PERIOD(\d+)", text)]
    return re.sub(r"PERIOD\d+", "PERIOD", text), [found[index] for index in order]


def month_of(text: str, today: dt.date) -> int | None:
    """The month of the year that a name or `this month` means, else None."""
    if text in {"this month", "last month", "next month"}:
        shift = {"this": 0, "last": -1, "next": 1}[text.split()[0]]
        return plus_months(today.replace(day=1), shift).month
    return MONTHS.get(text)


def _period(kind: str, said: dict[str, str | None], today: dt.date) -> Period | None:
    if kind in {"rolling", "last", "this"}:
        unit = next((said[name] for name in ("unit", "unit2", "unit3") if said.get(name)), None)
        unit = (unit or _SHORT[said.get("short") or "ytd"]).rstrip("s")
        if kind == "rolling":
            return rolling(int(number(said.get("n") or "1")), unit, today)
        return _calendar(unit, today, back=kind == "last")
    if kind in {"today", "yesterday"}:
        day = today - dt.timedelta(days=int(kind == "yesterday"))
        return Period(day, day)
    if kind == "days":
        last = _point(said["b"] or "", today)
        first = int(said["d"] or 0)
        if last is None or last.end is None or not 1 <= first <= last.end.day:
            return None
        return Period(last.end.replace(day=first), last.end)
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
    """A day, month, quarter, half or year as the days it covers; None when there is none such."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = dt.date.fromisoformat(text)
            return Period(day, day)
        if re.fullmatch(_YEAR, text):
            return Period(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31))
        text = re.sub("(this|last) year$", lambda m: str(today.year - (m[1] == "last")), text)
        said_year = re.search(rf"{_YEAR}$", text)
        year = int(said_year.group()) if said_year else None
        if part := re.match(r"(?:the )?([qh])([1-4])(?= |$)", text):
            return _part_of_year(part[1], int(part[2]), year, today)
        month = MONTHS[re.search(_MONTH, text).group()]  # type: ignore[union-attr]
        days = re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
        start = dt.date(year or today.year, month, int(days.group()) if days else 1)
        if not year and start > today:
            start = start.replace(year=start.year - 1)
    except ValueError:
        return None
    return Period(start, start if days else plus_months(start, 1) - dt.timedelta(days=1))


def _part_of_year(kind: str, which: int, year: int | None, today: dt.date) -> Period:
    """A quarter or half; without a year the latest that has begun."""
    months = 3 if kind == "q" else 6
    start = dt.date(year or today.year, months * (which - 1) + 1, 1)
    if not year and start > today:
        start = start.replace(year=start.year - 1)
    return Period(start, plus_months(start, months) - dt.timedelta(days=1))


def rolling(n: int, unit: str, today: dt.date) -> Period:
    """The last n days, weeks, fortnights, months, quarters or years that end today."""
    one = dt.timedelta(days=1)
    in_days = {"day": 1, "week": 7, "fortnight": 14}
    if unit in in_days:
        return Period(today - dt.timedelta(days=n * in_days[unit]) + one, today)
    return Period(back(n, unit, today) + one, today)


def back(n: int, unit: str, today: dt.date) -> dt.date:
    """The day so many units before today."""
    if unit in {"month", "quarter", "year"}:
        return plus_months(today, -n * {"month": 1, "quarter": 3, "year": 12}[unit])
    return today - dt.timedelta(days=n * {"day": 1, "week": 7, "fortnight": 14}[unit])


def calendar_unit(period: Period) -> str:
    """`month` when the period is one whole calendar month, and so on; empty when it is none."""
    if period.start is None or period.end is None:
        return ""
    for unit in ("week", "month", "quarter", "year"):
        if _calendar(unit, period.start, back=False) == period:
            return unit
    return ""


def before(period: Period, unit: str) -> Period | None:
    """The calendar period like this one, one `unit` earlier; None when it is no calendar one."""
    own = calendar_unit(period)
    if not own or period.start is None:
        return None
    return _calendar(own, back(1, unit, period.start), back=False)


def _calendar(unit: str, today: dt.date, *, back: bool) -> Period:
    if unit == "week":
        monday = today - dt.timedelta(days=today.weekday() + (7 if back else 0))
        return Period(monday, monday + dt.timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = today.month - (today.month - 1) % months
    first = plus_months(today.replace(month=month, day=1), -months if back else 0)
    return Period(first, plus_months(first, months) - dt.timedelta(days=1))


def plus_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last one of a shorter month."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
