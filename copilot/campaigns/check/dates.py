"""Dates in a text, in many forms, with how they bound.

Values: `2026-11-28`, `--11-28` (no year), `---28` (a day only), `month 11`, `year 2026`,
`weekday 5` (Monday is 0), `every 5`, `weekend`, `whole weekend`, `week 0` (this one), `holiday …`,
`period …`.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterator

from copilot.campaigns.check.lexicon import (
    Lexicon,
    lexicon,
    month_of,
    month_pattern,
    number_pattern,
    number_words,
    words,
)
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK, View, folded, mask
from copilot.records import Language

Found = tuple[list[Span], str]

_ISO = re.compile(r"(?<![\w.-])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\w)")
_NUMERIC = re.compile(
    r"(?<![\w.,/£€$-])(?P<a>\d{1,2})(?P<s>[./-])(?P<b>\d{1,2})"
    r"(?:(?P=s)(?P<y>\d{4}|\d{2})(?!\d)|(?P<dot>\.)(?!\d)|(?!\d))"
)
_YEAR = re.compile(r"(?<![\w.,/£€$-])(?:19|20)\d\d(?![\w%]|[.,]\d)")
_DAILY = re.compile(
    r"(?:each|every) day|taglich\w*|jeden tag|chaque jour|tous les jours|quotidien\w*"
    r"|cada dia|todos los dias|a diario|diari\w+"
)
_MONTHS, _DAYS = 12, 31
_WEEK = 7
_LOOK_BACK = 30


def dates(view: View, low: str, lex: Lexicon, today: dt.date | None) -> Found:
    """Every date, weekday, relative day, holiday and stretch of time."""
    spans: list[Span] = []
    for find in (_holidays, _numeric, _written):
        more, low = find(view, low, lex)
        spans += more
    for find_from in (_relative, _weekday_spans):
        more, low = find_from(view, low, lex, today)
        spans += more
    more, low = _months(view, low, lex)
    return spans + more, low


def relation_before(low: str, start: int, lex: Lexicon) -> str:
    """How the words just before a date or time bound it: `until`, `before`, `from`, `after`, `at`;
    empty when they do not."""
    return relation_in(low[max(0, start - _LOOK_BACK) : start], lex)


def relation_in(text: str, lex: Lexicon) -> str:
    """How the end of a text bounds what follows it; see `relation_before`."""
    best = (-1, "")
    for name, pattern in lex.relations.items():
        found = _ends_with(pattern).search(text)
        if found and (best[0] < 0 or found.start() < best[0]):
            best = (found.start(), name)
    return best[1]


@functools.cache
def _ends_with(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{''.join(words_of((pattern,)))})[\s:]*$")


def _holidays(view: View, low: str, lex: Lexicon) -> Found:
    spans = [
        _span(view, low, found, lex, (f"holiday {found[0]}",))
        for found in words(*lex.holidays).finditer(low)
    ]
    spans += [
        _span(view, low, found, lex, (f"period {_DAILY.sub('daily', found[0])}",))
        for found in words(*lex.periods).finditer(low)
    ]
    return spans, _masked(low, spans)


def _numeric(view: View, low: str, lex: Lexicon) -> Found:
    spans: list[Span] = []
    for found in _ISO.finditer(low):
        if value := _date(found["y"], int(found["m"]), int(found["d"])):
            spans.append(_dated(view, low, found, lex, (value,)))
    low = _masked(low, spans)
    for found in _numeric_range(lex.language).finditer(low):
        days = _ends_of(found)
        if MASK not in found[0] and all(days) and _is_numeric_date(found, low, lex):
            spans += _range(view, found, ("d0", "a"), days, lex)
    low = _masked(low, spans)
    for found in _NUMERIC.finditer(low):
        if not _is_numeric_date(found, low, lex):
            continue
        first, second, year = int(found["a"]), int(found["b"]), found["y"] or ""
        orders = [(second, first)] + ([(first, second)] if lex.month_first else [])
        values = tuple(v for month, day in orders if (v := _date(year, month, day)))
        if values:
            spans.append(_dated(view, low, found, lex, values))
    return spans, _masked(low, spans)


@functools.cache
def _weekday_range(language: Language) -> re.Pattern[str]:
    lex = lexicon(language)
    weekday = "|".join(words_of(lex.weekdays + lex.weekday_short))
    return re.compile(rf"(?<!\w)(?P<wd>{weekday})\.?,? ?(?:{lex.day_range}) ?$")


@functools.cache
def _numeric_range(language: Language) -> re.Pattern[str]:
    """ "23. bis 27.11." and "27-29/11": two days, the month said once, in figures."""
    lex = lexicon(language)
    weekday = "|".join(words_of(lex.weekdays + lex.weekday_short))
    said = rf"(?:{weekday})\.?,? ?(?:{lex.day_article or '(?!)'})?"
    return re.compile(
        rf"(?<![\w.,:/£€$-])(?:{said.replace('(?:', '(?P<wd>', 1)})?(?P<d0>\d{{1,2}})\.?,?"
        rf" ?(?:{lex.day_range}) ?(?:{said.replace('(?:', '(?P<wd1>', 1)})?"
        r"(?P<a>\d{1,2})(?P<s>[./])(?P<b>\d{1,2})"
        r"(?:(?P=s)(?P<y>\d{4}|\d{2})(?!\d)|(?P<dot>\.)(?!\d)|(?!\d))"
    )


def _ends_of(found: re.Match[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The possible first and last days of a range in figures."""
    begin, day, month = (int(found[name]) for name in ("d0", "a", "b"))
    year = found["y"] or ""
    if begin >= day:
        return (), ()
    first, last = _date(year, month, begin), _date(year, month, day)
    return (first,) if first else (), (last,) if last else ()


def _dated(
    view: View, low: str, found: re.Match[str], lex: Lexicon, values: tuple[str, ...]
) -> Span:
    """A date in figures with the weekday before it, if one is said."""
    first = max(0, found.start() - _LOOK_BACK)
    before = _weekday_before(lex.language).search(low[first : found.start()])
    start = first + before.start() if before else found.start()
    weekday = _weekday(before["wd"], lex) if before else -1
    text = view.raw[start : found.end()].rstrip(" .,\n")
    relation = relation_before(low, start, lex)
    return Span("date", start, start + len(text), text, values, relation, weekday=weekday)


@functools.cache
def _weekday_before(language: Language) -> re.Pattern[str]:
    lex = lexicon(language)
    weekday = "|".join(words_of(lex.weekdays + lex.weekday_short))
    return re.compile(rf"(?<!\w)(?P<wd>{weekday})\.?,?[ (]*(?:{lex.day_article})?$")


def _is_numeric_date(found: re.Match[str], low: str, lex: Lexicon) -> bool:
    if found["y"]:
        return True
    after = low[found.end() : found.end() + 2].strip()
    if after[:1] in {"%", "€", "£", "$"}:
        return False
    return found["s"] == "/" or (found["s"] == "." and bool(found["dot"]) and lex.language == "de")


def _written(view: View, low: str, lex: Lexicon) -> Found:
    spans: list[Span] = []
    for pattern in _written_patterns(lex.language):
        for found in pattern.finditer(low):
            if MASK in found[0] or not _is_month(found, view, lex):
                continue
            month = month_of(lex.language)[found["m"]]
            value = _date(found["y"] or "", month, _day(found["d"], lex))
            if not value:
                continue
            last = found.groupdict().get("d2")
            first = found.groupdict().get("d0") or (found["d"] if last else None)
            ends = _date(found["y"] or "", month, _day(last, lex)) if last else value
            begins = _date(found["y"] or "", month, _day(first, lex)) if first else ""
            if first and begins and ends:
                parts = ("d", "d2") if last else ("d0", "d")
                spans += _range(view, found, parts, ((begins,), (ends,)), lex)
                continue
            weekday, relation = _weekday(found["wd"], lex), relation_before(low, found.start(), lex)
            start = found.start()
            text = view.raw[start : found.end()].rstrip(" .,\n")
            end = start + len(text)
            spans.append(Span("date", start, end, text, (value,), relation, weekday=weekday))
        low = _masked(low, spans)
    return spans, low


def _range(
    view: View,
    found: re.Match[str],
    parts: tuple[str, str],
    days: tuple[tuple[str, ...], tuple[str, ...]],
    lex: Lexicon,
) -> Iterator[Span]:
    """The first and the last day of a range that names its month once.

    `parts` name the groups of their numbers. In "Monday to Friday, 23 to 27 November" both
    weekdays stand before the first.
    """
    first, last = _weekday(found["wd"], lex), _weekday(found["wd1"], lex)
    both = _weekday_range(lex.language).search(view.low[: found.start()])
    if both and last < 0:
        first, last = _weekday(both["wd"], lex), first
    cut = found.end(parts[0])
    yield Span(
        "date", found.start(), cut, view.raw[found.start() : cut], days[0], "from", weekday=first
    )
    start = found.start("wd1" if found["wd1"] else parts[1])
    text = view.raw[start : found.end()].rstrip(" .,\n")
    yield Span("date", start, start + len(text), text, days[1], "until", weekday=last)


def _is_month(found: re.Match[str], view: View, lex: Lexicon) -> bool:
    """Months that are also common words count only when capitalised."""
    return found["m"] not in lex.ambiguous_months or view.raw[found.start("m")].isupper()


def _relative(view: View, low: str, lex: Lexicon, today: dt.date | None) -> Found:
    spans: list[Span] = []
    for phrase, days in sorted(lex.relative.items(), key=lambda each: -len(each[0])):
        for found in words(phrase).finditer(low):
            if today is not None:
                value = (today + dt.timedelta(days=days)).isoformat()
                spans.append(_span(view, low, found, lex, (value,)))
        low = _masked(low, spans)
    for phrase, weeks in lex.weeks.items():
        found_weeks = [
            _span(view, low, found, lex, (f"week {weeks}",))
            for found in words(phrase).finditer(low)
        ]
        spans += found_weeks
        low = _masked(low, found_weeks)
    whole = [
        _span(view, low, found, lex, ("whole weekend",))
        for found in words(lex.whole_weekend).finditer(low)
    ]
    low = _masked(low, whole)
    ends = [
        _span(view, low, found, lex, ("weekend",)) for found in words(lex.weekend).finditer(low)
    ]
    return [*spans, *whole, *ends], _masked(low, ends)


def _weekday_spans(view: View, low: str, lex: Lexicon, today: dt.date | None) -> Found:
    spans: list[Span] = []
    for found in _weekday_pattern(lex.language).finditer(low):
        number = _weekday(found["wd"], lex)
        if number < 0 or (found["short"] and not view.raw[found.start("wd")].isupper()):
            continue
        value: tuple[str, ...] = (f"weekday {number}",)
        if found["every"]:
            value = (f"every {number}",)
        elif today is not None and (found["this"] or found["next"]):
            coming = today + dt.timedelta(days=(number - today.weekday()) % _WEEK)
            later = coming + dt.timedelta(days=_WEEK)
            either = (coming, later) if found["next"] else (coming,)
            value = tuple(day.isoformat() for day in either)
        spans.append(_span(view, low, found, lex, value))
    return spans, _masked(low, spans)


def _months(view: View, low: str, lex: Lexicon) -> Found:
    spans = [
        _span(view, low, found, lex, (f"month {month_of(lex.language)[found['m']]}",))
        for found in re.finditer(rf"(?<!\w)(?P<m>{month_pattern(lex.language)})(?!\w)", low)
        if len(found["m"]) > 3 and _is_whole_month(found, view, lex)
    ]
    low = _masked(low, spans)
    days = [
        _span(view, low, found, lex, (f"---{int(found['d']):02d}",))
        for found in words(lex.day_alone).finditer(low)
    ]
    low = _masked(low, days)
    years = [_span(view, low, found, lex, (f"year {found[0]}",)) for found in _YEAR.finditer(low)]
    return [*spans, *days, *years], _masked(low, years)


def _is_whole_month(found: re.Match[str], view: View, lex: Lexicon) -> bool:
    if found["m"] not in lex.ambiguous_months:
        return True
    before = view.low[max(0, found.start() - 12) : found.start()]
    return view.raw[found.start()].isupper() and bool(
        re.search(r"(?<!\w)(?:in|of|this|next|all|until|till|en|im) $", before)
    )


def _date(year: str, month: int, day: int) -> str:
    if not (1 <= month <= _MONTHS and 1 <= day <= _DAYS):
        return ""
    if not year:
        return f"--{month:02d}-{day:02d}"
    whole = f"20{year}" if len(year) == 2 else year
    return f"{whole}-{month:02d}-{day:02d}"


def _day(text: str, lex: Lexicon) -> int:
    digits = re.match(r"\d+", text)
    if digits:
        return int(digits[0])
    ordinals = [folded(each) for each in lex.ordinals]
    return ordinals.index(text) + 1 if text in ordinals else number_words(lex.language).get(text, 0)


def _weekday(text: str | None, lex: Lexicon) -> int:
    if not text:
        return -1
    for number, (whole, short) in enumerate(zip(lex.weekdays, lex.weekday_short, strict=True)):
        if words(whole, short).fullmatch(text.rstrip(".")):
            return number
    return -1


def _span(
    view: View, low: str, found: re.Match[str], lex: Lexicon, values: tuple[str, ...]
) -> Span:
    text = view.raw[found.start() : found.end()].rstrip(" .,\n")
    relation = relation_before(low, found.start(), lex)
    return Span("date", found.start(), found.start() + len(text), text, values, relation)


def _masked(low: str, spans: list[Span]) -> str:
    for each in spans:
        low = mask(low, each.start, each.end)
    return low


@functools.cache
def _written_patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    lex = lexicon(language)
    weekday = "|".join(words_of(lex.weekdays + lex.weekday_short))
    ordinals = "".join(f"|{re.escape(folded(each))}" for each in reversed(lex.ordinals))
    number = rf"\d{{1,2}}(?!\d){ordinals}|{number_pattern(language)}"
    head = rf"(?:(?P<wd>{weekday})\.?,?[ (]*(?:{lex.day_article})?)?"
    months = month_pattern(language)
    year = r"(?:,? (?:de |del )?(?P<y>\d{4})(?!\d))?"
    day = rf"(?P<d>{number}){lex.day_suffix}"
    second = rf"(?:(?P<wd1>{weekday})\.?,? ?(?:{lex.day_article})?)?"
    span = rf"(?:(?P<d0>\d{{1,2}}){lex.day_suffix},? ?(?:{lex.day_range}) ?{second})?"
    made = [
        re.compile(rf"(?<![\w.,:/£€$]){head}{span}{day}[ .]*(?P<m>{months})(?!\w)\.?{year}"),
    ]
    if lex.month_first:
        after = r"(?:st|nd|rd|th)?(?!\d|:\d|\.\d| ?%| ?per ?cent)"
        tail = rf"(?: ?(?:-|to|through) ?{second}(?P<d2>\d{{1,2}}){after}(?! ?[ap]\.?m))?"
        day = rf"(?:the )?(?P<d>{number}){after}"
        made.append(re.compile(rf"(?<!\w){head}(?P<m>{months})\.? {day}{tail}(?!\w){year}"))
    return tuple(made)


def words_of(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns without accents, for use inside a larger one."""
    return tuple("".join(c if c.isascii() else folded(c) for c in each) for each in patterns)


@functools.cache
def _weekday_pattern(language: Language) -> re.Pattern[str]:
    lex = lexicon(language)
    plain = words_of(lex.weekdays)
    short = words_of(lex.weekday_short) if language == "en" else ()
    also = f"|(?P<short>{'|'.join(short)})" if short else "|(?P<short>(?!))"
    return re.compile(
        rf"(?<!\w)(?:(?P<every>{lex.every}) |(?P<this>{lex.this}) |(?P<next>{lex.next}) )?"
        rf"(?P<wd>(?:{'|'.join(plain)}){also})(?!\w)"
    )
