"""When an offer holds, from a chat message: its first and last day."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from babel.dates import format_date

from copilot.campaigns.chatting.scan import Scan
from copilot.campaigns.chatting.speech import Speech
from copilot.campaigns.check.dates import dates
from copilot.campaigns.check.lexicon import lexicon, month_of, number_words
from copilot.campaigns.check.span import Span
from copilot.campaigns.composing.phrases import bank
from copilot.campaigns.composing.wording import date_text

_DAY, _WEEK, _SATURDAY, _SUNDAY, _THURSDAY = dt.timedelta(days=1), 7, 5, 6, 3
_DECEMBER = 12
_DAYS_AHEAD = 62
_DAY_NUMBER = re.compile(
    r",? (?:the |den |dem |le |el )?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?(?![\w%€£$:,.]|\.\d)"
    r"(?! ?(?:[-%€£$:/x]|uhr|h|am|pm|to|bis|x|euros?|prozent|per|pour|por|for|fur|\d)(?!\w))"
)
_FIGURES = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d+)?\.?")


@dataclass(frozen=True)
class Days:
    """First and last day; None where the message leaves that side open."""

    starts: dt.date | None
    ends: dt.date | None


@dataclass
class _Reader:
    """A message read in one of its languages; weekdays count from `base`."""

    scan: Scan
    voice: Speech
    today: dt.date
    base: dt.date

    def before(self, span: Span, key: str) -> bool:
        """Whether one of the words stands just before the span."""
        words = self.voice.patterns[key][0]
        return bool(re.search(rf"(?<!\w)(?:{words})\s?$", self.scan.low[: span.start]))


def read_days(scan: Scan, today: dt.date, base: dt.date) -> Days | None:
    """The days of the offer; weekdays count from `base`, whose own weekday is that day.

    "Next Friday" is the Friday of the next calendar week, Monday to Sunday, and is noted so.
    """
    for voice in scan.voices:
        reader = _Reader(scan, voice, today, base)
        if short := _stretch(reader):
            return short
        before = len(scan.problems)
        if days := _dated(reader):
            return days
        if len(scan.problems) > before:
            return None
    return None


def _dated(reader: _Reader) -> Days | None:
    scan = reader.scan
    spans, _ = dates(scan.view, scan.low, lexicon(reader.voice.language), reader.today)
    found: list[tuple[Span, dt.date, dt.date]] = []
    for span in _within_week(reader, sorted(spans, key=lambda each: each.start)):
        if _unclear(reader, span):
            return None
        start = found[-1][1] if found and _joined(reader, found[-1][0], span) else reader.base
        if days := _days(reader, span, max(start, reader.base)):
            found.append((span, *days))
    if not found:
        return None
    days_said = _combined(reader, found)
    for span, *_ in found[:2]:
        _cover(reader, span)
    return _sound(reader, days_said, found)


def _within_week(reader: _Reader, spans: list[Span]) -> list[Span]:
    """`next week, Monday to Friday`: the week is where the weekdays count from."""
    weeks = [span for span in spans if span.values[0].startswith("week ")]
    rest = [span for span in spans if span not in weeks]
    if not weeks or not any(span.values[0].startswith("weekday ") for span in rest):
        return spans
    monday = reader.today - reader.today.weekday() * _DAY
    first = monday + int(weeks[0].values[0].partition(" ")[2]) * _WEEK * _DAY
    reader.base = max(first, reader.today)
    for span in weeks:
        _cover(reader, span)
    return rest


def read_recurring(scan: Scan) -> list[str]:
    """Days that come back, which dates cannot hold: `every Saturday`, `on Mondays`."""
    found = [
        each
        for voice in scan.voices
        for pattern in voice.patterns["every_day"]
        for each in scan.take(pattern)
    ]
    return [scan.raw[each.start() : each.end()].strip() for each in found]


def _unclear(reader: _Reader, span: Span) -> bool:
    """A date in figures that may be read day first or month first is asked for, not guessed."""
    if len(span.values) < 2 or not _FIGURES.fullmatch(span.text.split()[-1]):
        return False
    days = [_calendar(value, reader.today) for value in span.values]
    first, second = days[0], days[1]
    if first is None or second is None or first == second:
        return False
    scan = reader.scan
    scan.problems.append(
        scan.say(
            "need_date",
            text=span.text,
            first=long_date(scan, first, weekday=False),
            second=long_date(scan, second, weekday=False),
        )
    )
    _cover(reader, span)
    return True


def long_date(scan: Scan, day: dt.date, *, weekday: bool = True, year: bool = True) -> str:
    """A day in the language of the message."""
    words = bank(scan.language)
    if not weekday:
        text = format_date(day, "d MMMM", locale=words.dates.locale)
        month = text.partition(" ")[2]
        return scan.say("date_long", day=day.day, month=month, year=day.year)
    other = day.replace(year=day.year - 1, day=1) if year else day
    return date_text(day, words, today=other)


def _stretch(reader: _Reader) -> Days | None:
    scan, voice, today = reader.scan, reader.voice, reader.today
    for pattern in voice.patterns["for_days"]:
        for found in scan.take(pattern):
            said = found["n"]
            count = int(said) if said.isdigit() else number_words(voice.language).get(said, 1)
            weeks = re.fullmatch(voice.parts["unit_week"], found["u"])
            scan.notes.append(scan.say("starts_today"))
            return Days(today, today + (count * (_WEEK if weeks else 1) - 1) * _DAY)
    for pattern in voice.patterns["end_of"]:
        for found in scan.take(pattern):
            return Days(None, _end_of(reader, found))
    if _take_any(scan, voice.patterns["this_month"]):
        return Days(today, _month_end(today))
    if _take_any(scan, voice.patterns["next_month"]):
        first = _month_end(today) + _DAY
        return Days(first, _month_end(first))
    return None


def _take_any(scan: Scan, patterns: tuple[str, ...]) -> bool:
    return any(bool(scan.take(each)) for each in patterns)


def _end_of(reader: _Reader, found: re.Match[str]) -> dt.date:
    today, groups = reader.today, found.groupdict()
    if groups.get("month"):
        return _month_end(today)
    if groups.get("week"):
        return today + (_SUNDAY - today.weekday()) * _DAY
    if groups.get("year"):
        return dt.date(today.year, _DECEMBER, 31)
    month = month_of(reader.voice.language)[found["m"]]
    return _month_end(dt.date(today.year + (month < today.month), month, 1))


def _days(reader: _Reader, span: Span, base: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and last day a span names; None when it names none."""
    value, today = span.values[0], reader.today
    kind, _, rest = value.partition(" ")
    if kind == "weekday":
        numbered = _numbered(reader, span, int(rest))
        if numbered is not None:
            return numbered or None
        day = _coming(reader, span, base, int(rest))
        return day, day
    if kind == "week":
        start = today - today.weekday() * _DAY + int(rest) * _WEEK * _DAY
        return max(start, today), start + (_WEEK - 1) * _DAY
    if "weekend" in value:
        return _weekend(reader, span)
    if kind == "month" and reader.before(span, "month_in"):
        first = dt.date(today.year + (int(rest) < today.month), int(rest), 1)
        return max(first, today), _month_end(first)
    if kind == "holiday":
        day_off = _holiday(rest, reader) if reader.before(span, "day_bound") else None
        return (day_off, day_off) if day_off else None
    said = f" {span.text.lower()} "
    if len(span.values) > 1 and re.search(rf"\W{reader.voice.patterns['day_next'][0]}\W", said):
        return _next(reader, span)
    return _calendar_day(reader, span)


def _numbered(
    reader: _Reader, span: Span, weekday: int
) -> tuple[dt.date, dt.date] | tuple[()] | None:
    """ "Sunday the 29th": the coming 29th, if that is a Sunday, else it is asked about and empty.

    None when no number follows.
    """
    scan = reader.scan
    found = _DAY_NUMBER.match(scan.low, span.end)
    if found is None:
        return None
    coming = (reader.today + n * _DAY for n in range(_DAYS_AHEAD))
    day = next((each for each in coming if each.day == int(found["d"])), None)
    if day is None:
        return None
    scan.cover(found.start(), found.end())
    if day.weekday() == weekday:
        return day, day
    _ask_weekday(reader, day, f"{span.text}{scan.raw[found.start() : found.end()]}")
    _cover(reader, span)
    return ()


def _ask_weekday(reader: _Reader, day: dt.date, said: str) -> None:
    scan = reader.scan
    name = format_date(day, "EEEE", locale=bank(scan.language).dates.locale)
    scan.problems.append(
        scan.say("need_weekday", day=long_date(scan, day, weekday=False), weekday=name, text=said)
    )


def _coming(reader: _Reader, span: Span, base: dt.date, weekday: int) -> dt.date:
    """The coming day of that name; "until Sunday", said on a Sunday, is a week later."""
    day = base + (weekday - base.weekday()) % _WEEK * _DAY
    if day == reader.today and span.relation == "until":
        day += _WEEK * _DAY
        reader.scan.notes.append(
            reader.scan.say("is_day", text=span.text, date=long_date(reader.scan, day, year=False))
        )
    return day


def _weekend(reader: _Reader, span: Span) -> tuple[dt.date, dt.date]:
    scan, today = reader.scan, reader.today
    monday = today - today.weekday() * _DAY
    after = scan.low[span.end : span.end + 20]
    later = re.match(rf"\s{reader.voice.patterns['day_next'][0]}(?!\w)", after)
    if reader.before(span, "day_next") or later:
        monday += _WEEK * _DAY
        first = long_date(scan, monday + _SATURDAY * _DAY, year=False)
        scan.notes.append(scan.say("next_weekend", date=first))
        if later:
            scan.cover(span.end, span.end + later.end())
    return max(monday + _SATURDAY * _DAY, today), monday + _SUNDAY * _DAY


def _calendar_day(reader: _Reader, span: Span) -> tuple[dt.date, dt.date] | None:
    value, scan = span.values[0], reader.scan
    day = _calendar(value, reader.today)
    if day and span.weekday >= 0 and day.weekday() != span.weekday:
        _ask_weekday(reader, day, span.text)
        _cover(reader, span)
        return None
    if day and value.startswith("--"):
        scan.notes.append(scan.say("year", text=span.text, year=day.year))
    return (day, day) if day else None


def _next(reader: _Reader, span: Span) -> tuple[dt.date, dt.date]:
    weekday = dt.date.fromisoformat(span.values[0]).weekday()
    today = reader.today
    day = today - today.weekday() * _DAY + (_WEEK + weekday) * _DAY
    date = long_date(reader.scan, day, year=False)
    reader.scan.notes.append(reader.scan.say("is_day", text=span.text, date=date))
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


def _holiday(name: str, reader: _Reader) -> dt.date | None:
    today = reader.today
    for day, pattern in reader.voice.feasts.items():
        if re.fullmatch(pattern, name):
            return _calendar(f"--{day}", today)
    if name in {"black friday", "cyber monday"}:
        for year in (today.year, today.year + 1):
            first = dt.date(year, 11, 1)
            friday = first + ((_THURSDAY - first.weekday()) % _WEEK + 3 * _WEEK + 1) * _DAY
            sale = friday if name == "black friday" else friday + 3 * _DAY
            if sale >= today:
                return sale
    return None


def _is_occasion(reader: _Reader, found: list[tuple[Span, dt.date, dt.date]]) -> bool:
    """Whether the first day is not the offer's: `something for Black Friday, ends Sunday`."""
    if not found[1:] or found[0][0].relation or not found[1][0].relation:
        return False
    return not _joined(reader, found[0][0], found[1][0])


def _combined(reader: _Reader, found: list[tuple[Span, dt.date, dt.date]]) -> Days:
    if _is_occasion(reader, found):
        found = found[1:]
    span, first, last = found[0]
    if reader.before(span, "day_moved"):
        return Days(first, last)
    low, words = reader.scan.low, reader.voice.patterns
    if found[1:]:
        following, other, end = found[1]
        between = f" {low[span.end : following.start].strip()} "
        if _joined(reader, span, following) and (
            f" {words['day_and'][0]} " not in between
            or re.search(rf"(?<!\w){words['day_between'][0]} $", low[: span.start])
            or other - last == _DAY
        ):
            return Days(first, end)
        if span.relation in {"from", "after"} and following.relation == "until":
            return Days(first, end)
    if span.relation == "until" or (not span.relation and reader.before(span, "day_to")):
        return Days(None, last)
    if span.relation == "before":
        return Days(None, first - _DAY)
    if span.relation in {"from", "after"}:
        return Days(first if span.relation == "from" else last + _DAY, None)
    return Days(first, last)


def _sound(reader: _Reader, days: Days, found: list[tuple[Span, dt.date, dt.date]]) -> Days | None:
    scan = reader.scan
    said = " … ".join(span.text for span, *_ in found[:2])
    if days.ends and days.ends < reader.today:
        scan.problems.append(scan.say("need_end", text=said, date=long_date(scan, days.ends)))
        return None
    if days.starts and days.ends and days.ends < days.starts:
        scan.problems.append(scan.say("need_order", text=said))
        return None
    return days


def _joined(reader: _Reader, first: Span, second: Span) -> bool:
    joint = reader.voice.patterns["day_joint"][0]
    return bool(re.fullmatch(rf"\s*{joint}\s*", reader.scan.low[first.end : second.start]))


def _cover(reader: _Reader, span: Span) -> None:
    words = reader.voice.patterns["day_before"][0]
    low = reader.scan.low[: span.start]
    before = re.search(rf"(?<!\w)(?:(?:{words})\s+)+$", low)
    start = before.start() if before else span.start
    reader.scan.cover(start, span.end)


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
