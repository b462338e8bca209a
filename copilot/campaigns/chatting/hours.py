"""Hours of an offer, from a chat message: terms with the clock in digits."""

import re

from copilot.campaigns.chatting.scan import Scan
from copilot.campaigns.chatting.speech import Speech, spoken
from copilot.campaigns.check.lexicon import lexicon, number_pattern
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.times import times
from copilot.campaigns.check.view import MASK, plain_view
from copilot.records import Language

_MORNING = "07:00"


def read_hours(scan: Scan) -> list[str]:
    """The hours as terms with the clock in digits: `before 10:00`, `from 08:00 to 11:00`."""
    for voice in scan.voices:
        said = _english_ranges(scan) if voice.language == "en" else []
        spans, _ = times(scan.view, scan.low, lexicon(voice.language))
        said += _said(scan, voice, sorted(spans, key=lambda each: each.start))
        if said:
            return said
    return []


def hours_in(terms: str, language: Language) -> bool:
    """Whether a condition is nothing but hours, as this module writes them."""
    values = {"time": "@", "end": "@"}
    clock = re.escape(spoken(language, "time", {"hour": "@@", "minute": "@@"}))
    one = clock.replace("@@", r"\d\d")
    for name in ("until", "before", "from", "after", "at", "between"):
        said = re.escape(spoken(language, f"at_{name}", values)).replace("@", one)
        if re.fullmatch(said, terms):
            return True
    return False


def _said(scan: Scan, voice: Speech, spans: list[Span]) -> list[str]:
    said: list[str] = []
    skip = False
    for number, span in enumerate(spans):
        following = spans[number + 1] if number + 1 < len(spans) else None
        if _is_sending_time(scan, span):
            continue
        if skip:
            skip = False
        elif span.relation == "from" and following and following.relation == "until":
            said.append(_phrase(voice, "between", span, following))
            skip = True
        else:
            if len(span.values) > 1 and ":" not in span.text:
                scan.notes.append(scan.say("means", text=span.text, value=_daytime(span.values)))
            said.append(_phrase(voice, span.relation or "at", span))
        _cover(scan, voice, span)
    return said


def _is_sending_time(scan: Scan, span: Span) -> bool:
    """Whether a time says when to send and not when the offer holds: `a push at noon`."""
    if span.relation not in {"", "at"}:
        return False
    ends = [end for _, end in scan.channels if end <= span.start]
    return bool(ends) and len(scan.low[max(ends) : span.start].split()) <= 1


def _phrase(voice: Speech, relation: str, span: Span, last: Span | None = None) -> str:
    values = {"time": _clock_text(voice, _daytime(span.values))}
    if last:
        values["end"] = _clock_text(voice, _daytime(last.values))
    return spoken(voice.language, f"at_{relation}", values)


def _clock_text(voice: Speech, value: str) -> str:
    hour, minute = value.split(":")
    return spoken(voice.language, "time", {"hour": hour, "minute": minute})


def _english_ranges(scan: Scan) -> list[str]:
    """ "From 8 to 11", where English leaves open which half of the day is meant."""
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
            if hours and MASK not in found[0]:
                scan.cover(found.start(), found.end())
                said.append(spoken("en", "at_between", {"time": hours[0], "end": hours[1]}))
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


def _cover(scan: Scan, voice: Speech, span: Span) -> None:
    words = voice.patterns["day_before"][0]
    before = re.search(rf"(?<!\w)(?:(?:{words})\s+)+$", scan.low[: span.start])
    scan.cover(before.start() if before else span.start, span.end)
