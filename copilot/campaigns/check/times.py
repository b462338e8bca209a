"""Clock times in a text: `10:00`, both halves of the day when the text does not say which."""

import functools
import re

from copilot.campaigns.check.dates import relation_before, relation_in, words_of
from copilot.campaigns.check.lexicon import Lexicon, lexicon, number_pattern, number_words, words
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK, View, mask
from copilot.records import Language

_HOURS, _MINUTES, _NOON = 24, 60, 12


def times(view: View, low: str, lex: Lexicon) -> tuple[list[Span], str]:
    """Every clock time: `10:00`, `10am`, `ten o'clock`, `before ten`, `noon`."""
    low = words(*lex.time_idioms).sub(lambda said: MASK * len(said[0]), low)
    spans, low = _ranges(view, low, lex)
    for pattern in _time_patterns(lex.language):
        for found in pattern.finditer(low):
            values = _clock(found, lex)
            if values and MASK not in found[0]:
                start = found.start("t")
                text = view.raw[start : found.end()].rstrip()
                end = start + len(text)
                relation = found.groupdict().get("rel") and relation_in(found["rel"], lex)
                relation = relation or relation_before(low, start, lex)
                spans.append(Span("time", start, end, text, values, relation))
                low = mask(low, start, end)
    return spans, low


def _ranges(view: View, low: str, lex: Lexicon) -> tuple[list[Span], str]:
    """ "2-5 pm", "between 2 pm and 5 pm", "9:00 a 20:00": where it begins and where it ends."""
    spans: list[Span] = []
    for found in _range_pattern(lex.language).finditer(low):
        first, last = _halves(found, lex)
        if not first or not last:
            continue
        for name, values, relation in (("a", first, "from"), ("b", last, "until")):
            start, end = found.span(name)
            text = view.raw[start:end].rstrip()
            spans.append(Span("time", start, start + len(text), text, values, relation))
        low = mask(low, found.start("a"), found.end("b"))
    return spans, low


def _halves(found: re.Match[str], lex: Lexicon) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both ends' values; the first takes the half of the day that the second is said in."""
    hours = [_hour(found[name], lex) for name in ("h", "h2")]
    minutes = [int(found[name] or 0) for name in ("n", "n2")]
    if max(hours) > _HOURS or max(minutes) >= _MINUTES:
        return (), ()
    second_pm = True if found["pm2"] else False if found["am2"] else None
    first_pm = True if found["pm"] else False if found["am"] else second_pm
    if second_pm is not None and not (found["am"] or found["pm"]):
        turned = (hours[0] % _NOON, minutes[0]) > (hours[1] % _NOON, minutes[1])
        first_pm = second_pm != turned
    ends: list[tuple[str, ...]] = []
    for hour, minute, late in zip(hours, minutes, (first_pm, second_pm), strict=True):
        total = hour * _MINUTES + minute
        if late is not None and hour <= _NOON:
            ends.append((_hhmm(total % (_NOON * _MINUTES) + late * _NOON * _MINUTES),))
        else:
            ends.append(_both(total) if hour <= _NOON and lex.month_first else (_hhmm(total),))
    return ends[0], ends[1]


@functools.cache
def _range_pattern(language: Language) -> re.Pattern[str]:
    lex = lexicon(language)
    clock = lex.clock
    hour = rf"\d{{1,2}}|{number_pattern(language)}"
    mark = rf"{clock.oclock}|{clock.soft or '(?!)'}"

    def end(digit: str) -> str:
        half = rf"(?P<am{digit}>{clock.am or '(?!)'})|(?P<pm{digit}>{clock.pm or '(?!)'})"
        return rf"(?P<h{digit}>{hour})(?:[:.h](?P<n{digit}>\d{{2}})(?!\d))?(?: ?(?:{half}|{mark}))?"

    return re.compile(
        rf"(?<![\w.,:/£€$-])(?P<a>{end('')})(?: ?- ?| (?:{''.join(words_of((lex.time_range,)))}) )"
        rf"(?P<b>(?=(?:{hour})(?:[:h]\d{{2}}|(?:[:.]\d{{2}})? ?(?:{clock.am or '(?!)'}"
        rf"|{clock.pm or '(?!)'}|{mark})(?!\w))){end('2')})(?![\w%€£$])"
    )


@functools.cache
def _time_patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    lex = lexicon(language)
    clock = lex.clock
    spelled = number_pattern(language)
    half = rf"(?P<am>{clock.am or '(?!)'})(?!\w)|(?P<pm>{clock.pm or '(?!)'})(?!\w)"
    mark = rf"{half}|(?P<oc>{clock.oclock})(?!\w)"
    bounds = "|".join(words_of(tuple(lex.relations.values())))
    number = rf"(?P<h>\d{{1,2}}|{spelled})"
    return (
        re.compile(
            rf"(?<![\w.,£€$])(?P<t>(?P<h>\d{{1,2}})(?::|h)(?P<n>\d{{2}})(?!\d)(?: ?(?:{mark}))?)"
        ),
        re.compile(rf"(?<![\w.,£€$])(?P<t>(?P<h>\d{{1,2}})\.(?P<n>\d{{2}}) ?(?:{mark}))"),
        re.compile(rf"(?<!\w)(?P<t>(?:{clock.half}) (?P<hh>\d{{1,2}}|{spelled}))(?!\w)"),
        re.compile(rf"(?<!\w)(?P<t>(?P<noon>{clock.noon})|(?P<night>{clock.midnight}))(?!\w)"),
        re.compile(rf"(?<![\w.,£€$])(?P<t>(?P<h>\d{{1,2}}|{spelled}) ?(?:{mark}))"),
        re.compile(
            rf"(?<!\w)(?P<rel>{bounds})\s+(?P<t>{number} ?(?:{clock.soft or '(?!)'})(?!\w))"
        ),
        re.compile(
            rf"(?<={MASK})[, ]+(?:(?:a|at|um) )?(?P<t>{number} ?(?:{clock.soft or '(?!)'})(?!\w))"
        ),
        re.compile(
            rf"(?<!\w)(?P<rel>{bounds})\s+(?P<t>{number}(?:\.(?P<n>\d{{2}}))?)(?![\w%£€$-])"
            rf"(?![.:]\d)(?=[\s.,;:!?)\"']*(?:$|\n|[.,;:!?)\"']|(?:{lex.time_stop})(?!\w)|{MASK}))"
        ),
    )


def _clock(found: re.Match[str], lex: Lexicon) -> tuple[str, ...]:
    got = found.groupdict()
    if got.get("noon"):
        return ("12:00",)
    if got.get("night"):
        return ("00:00", "24:00")
    if got.get("hh"):
        hour = _hour(got["hh"], lex)
        shift = -30 if lex.clock.half_to_next else 30
        return _both(hour * _MINUTES + shift) if 0 < hour <= _NOON else ()
    hour = _hour(got["h"], lex)
    minute = int(got.get("n") or 0)
    if not 0 <= hour <= _HOURS or minute >= _MINUTES:
        return ()
    total = hour * _MINUTES + minute
    if got.get("pm"):
        return (_hhmm(total + (_NOON * _MINUTES if hour < _NOON else 0)),)
    if got.get("am"):
        return (_hhmm(total - (_NOON * _MINUTES if hour == _NOON else 0)),)
    return _both(total) if hour <= _NOON and lex.month_first else (_hhmm(total),)


def _hour(text: str, lex: Lexicon) -> int:
    return int(text) if text.isdigit() else number_words(lex.language).get(text, _HOURS + 1)


def _both(minutes: int) -> tuple[str, ...]:
    return _hhmm(minutes), _hhmm((minutes + _NOON * _MINUTES) % (_HOURS * _MINUTES))


def _hhmm(minutes: int) -> str:
    return f"{minutes // _MINUTES:02d}:{minutes % _MINUTES:02d}"
