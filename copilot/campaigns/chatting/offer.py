"""What is offered, and on what terms, from a chat message: only words that were typed."""

import functools
import re
from dataclasses import dataclass

from copilot.campaigns.chatting.scan import Scan, reading
from copilot.campaigns.chatting.speech import Speech, compiled
from copilot.campaigns.check.amounts import deals, gifts, percents, prices
from copilot.campaigns.check.lexicon import lexicon
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK, mask
from copilot.records import Language
from copilot.text import squeeze

_LONGEST_LEFT = 9
_AMOUNT = re.compile(r"[\d.]+%|[A-Z]{3} [\d.]+")
_HUNDRED = 100.0


@dataclass(frozen=True)
class Offered:
    """The offer's words; `bare` when they do not say what it is on, as in `make it 20%`."""

    text: str
    bare: bool


def read_terms(scan: Scan) -> list[str]:
    """Conditions, as typed, in the order typed."""
    found = [
        (each.start(), scan.raw[each.start() : each.end()])
        for voice in scan.voices
        for pattern in voice.patterns["terms"]
        for each in scan.take(pattern)
    ]
    return [squeeze(text).strip(" \"',;:") for _, text in sorted(found)]


def read_offer(scan: Scan, *, correcting: bool = False) -> Offered | None:
    """The clause around the first amount, deal or gift; the rest of the message must be read.

    In a correction an amount stands for itself: what it was on before stays.
    """
    voice, spans = _first_amounts(scan)
    if not spans or _impossible(scan, spans[0]):
        return None
    words = _bounds(voice.language)
    start, end = spans[0].start, _right(scan, words, spans[0].end)
    for span in spans[1:]:
        if span.start >= end and words.carry.fullmatch(scan.low[end : span.start]):
            end = _right(scan, words, span.end)
    after = words.off.sub("", scan.low[spans[0].end : end], count=1)
    bare = not re.search(r"\w", after)
    behind = bool(words.behind.fullmatch(scan.low[spans[0].start : spans[0].end]))
    wanted = bare or behind or bool(words.tied.match(after))
    alone = correcting and bare and not behind and bool(_AMOUNT.fullmatch(spans[0].values[0]))
    start = _left(scan, words, spans[0], wanted=wanted and not alone)
    text = squeeze(scan.raw[start:end])
    scan.cover(start, end)
    return Offered(text, bare and start == spans[0].start)


def _first_amounts(scan: Scan) -> tuple[Speech, list[Span]]:
    """The amounts as the language reads them that finds one first; the main one when equal."""
    read = [(voice, amounts(scan, voice.language)) for voice in scan.voices]
    there = [(voice, _offered(scan, spans)) for voice, spans in read if spans]
    real = [each for each in there if each[1]]
    return min(real, key=lambda each: each[1][0].start) if real else (scan.voices[0], [])


def _offered(scan: Scan, spans: list[Span]) -> list[Span]:
    """The amounts from the first that is no threshold on: `over £50` alone is no offer."""
    first = next((n for n, span in enumerate(spans) if not _is_limit(scan, span)), None)
    return [] if first is None else spans[first:]


def _is_limit(scan: Scan, span: Span) -> bool:
    limits = [_bounds(voice.language).threshold for voice in scan.voices]
    before, after = scan.low[: span.start], scan.low[span.end :]
    spent = any(
        re.match(rf"\s(?:{v.patterns['offer_spent'][0]})(?!\w)", after) for v in scan.voices
    )
    return span.kind == "price" and (spent or any(limit.search(before) for limit in limits))


def _impossible(scan: Scan, span: Span) -> bool:
    """More than all, or nothing, cannot be taken off; asks, and blots the clause out."""
    said = re.fullmatch(r"([\d.]+)%", span.values[0])
    if said is None or 0 < float(said[1]) <= _HUNDRED:
        return False
    scan.problems.append(scan.say("need_percent", text=span.text))
    scan.cover(span.start, _right(scan, _bounds(scan.language), span.end))
    return True


def amounts(scan: Scan, language: Language) -> list[Span]:
    """Percentages, prices, deals and gifts, in order."""
    lex, low = lexicon(language), scan.low
    found: list[Span] = []
    for pattern in scan.voices[0].patterns["offer_deal"]:
        for said in compiled(pattern).finditer(low):
            if MASK not in said[0]:
                text = scan.raw[said.start() : said.end()]
                found.append(Span("discount", said.start(), said.end(), text, (said[0],)))
                low = mask(low, said.start(), said.end())
    for find in (deals, percents, prices, gifts):
        spans, low = find(scan.view, low, lex)
        found += spans
    real = [span for span in found if not re.search(r"\w-?$", scan.low[: span.start])]
    return sorted(real, key=lambda span: span.start)


def changed(before: str, said: Offered, language: Language = "en") -> str:
    """The offer with another amount, on what it was on before.

    >>> changed("15% off any loaf", Offered("20%", bare=True))
    '20% off any loaf'
    """
    spans = amounts(reading(before, language), language)
    words = _bounds(language)
    new = words.off.sub("", said.text).strip()
    if not said.bare or not spans:
        return said.text
    head, tail = before[: spans[0].start], before[spans[0].end :]
    target = words.off.sub("", tail, count=1).strip()
    if head.strip() or not target:
        return squeeze(f"{head}{new}{tail}")
    if language != "en":
        alike = re.search(r"[\d%€£$]$", new) and words.off.match(tail)
        return squeeze(f"{new}{tail}") if alike else squeeze(f"{said.text} {target}")
    if re.search(r"[\d%]$", new):
        return f"{new} off {re.sub(r'^on ', '', target)}"
    return f"{new} {target}" if target.startswith("on ") else f"{new} on {target}"


@dataclass(frozen=True)
class _Bounds:
    """Where an offer's clause begins and ends in one language."""

    stop: re.Pattern[str]
    trail: re.Pattern[str]
    joined: re.Pattern[str]
    intro: re.Pattern[str]
    lead: re.Pattern[str]
    filler: re.Pattern[str]
    off: re.Pattern[str]
    carry: re.Pattern[str]
    tied: re.Pattern[str]
    ahead: re.Pattern[str]
    behind: re.Pattern[str]
    article: re.Pattern[str]
    threshold: re.Pattern[str]


@functools.cache
def _bounds(language: Language) -> _Bounds:
    from copilot.campaigns.chatting.speech import speech

    words = {name: each[0] for name, each in speech(language).patterns.items()}
    return _Bounds(
        stop=re.compile(rf"{MASK}|[;!?\n]|[.,](?!\d)|{words['offer_stop']}"),
        trail=re.compile(rf"(?:[\s,:-]|(?<!\w)(?:{words['offer_trail']})(?!\w))+$"),
        joined=re.compile(rf"\s+{words['offer_join']}(?!\w)"),
        intro=re.compile(rf".*(?<!\w)(?:{words['offer_intro']})"),
        lead=re.compile(rf"(?:{words['offer_lead']})\s+$"),
        filler=re.compile(rf"^(?:[\s,:-]|(?:{words['offer_filler']})(?![\w']))+"),
        off=re.compile(rf"\s*{words['offer_off']}(?!\w)"),
        carry=re.compile(rf"\s*{words['offer_carry']}\s*$"),
        tied=re.compile(rf"\s*(?:{words['offer_tied']})\b"),
        ahead=re.compile(rf"(?<!\w)(?:{words['offer_ahead']})\s*$"),
        behind=re.compile(words["offer_behind"]),
        article=re.compile(rf"(?<!\w)(?:{words['offer_article']})\s*$"),
        threshold=re.compile(rf"(?<!\w)(?:{words['offer_threshold']})\s*$"),
    )


def _right(scan: Scan, words: _Bounds, at: int) -> int:
    if words.joined.match(scan.low, at):
        return at
    stop = words.stop.search(scan.low, at)
    end = stop.start() if stop else len(scan.low)
    kept = words.trail.search(scan.low, at, end)
    return kept.start() if kept and kept.start() >= at else end


def _left(scan: Scan, words: _Bounds, span: Span, *, wanted: bool) -> int:
    """Where the offer starts: at what leads to the amount, or at what the amount is on."""
    marks = (MASK, ".", ",", ";", "\n", ":", "?", "!")
    region = max(scan.low.rfind(mark, 0, span.start) for mark in marks) + 1
    window = scan.low[region : span.start]
    if lead := words.lead.search(window):
        return region + lead.start()
    if not wanted:
        return span.start
    wide = max(scan.low.rfind(mark, 0, span.start) for mark in marks if mark != ",") + 1
    if ahead := words.ahead.search(scan.low[wide : span.start]):
        return wide + ahead.start()
    intro = words.intro.match(window)
    begin = intro.end() if intro else 0
    filler = words.filler.match(window[begin:])
    begin += filler.end() if filler else 0
    said = window[begin:].split()
    if not 0 < len(said) <= _LONGEST_LEFT:
        return span.start
    article = words.article.search(window[:begin])
    return region + (article.start() if article else begin)
