"""What is offered, and on what terms, from a chat message: only words that were typed."""

import re
from dataclasses import dataclass

from copilot.campaigns.chat_scan import Scan
from copilot.campaigns.check.amounts import deals, gifts, percents, prices
from copilot.campaigns.check.lexicon import lexicon
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK, plain_view
from copilot.text import squeeze

_TERMS = (
    r"(?:only )?(?:in|at) (?:our|the|any|every|all)(?: \w+){0,3} (?:shops?|stores?|branch(?:es)?)"
    r"(?: only)?",
    r"in[- ](?:store|shop)s? only|only in[- ](?:store|shop)s?|in[- ](?:store|shop)s?",
    r"online only|only online",
    r"(?:limit |limited to |only )?one per (?:customer|person|household|order|visit)",
    r"while (?:stocks?|supplies) lasts?",
    r"(?:not valid|cannot be combined|can't be combined|not) with (?:any )?other offers?",
    r"(?:new|existing) customers only|(?:for )?members only|take-?away only|collection only",
    r"(?:with a )?minimum (?:spend|order)(?: of)? [£€$]?\d[\d.,]*",
    rf"(?:excluding|except) [^.,;!?\n{MASK}]+",
    r"subject to availability",
)
_STOP = re.compile(
    rf"{MASK}|[;!?\n]|[.,](?!\d)"
    r"|\s(?:and|then|but)\s+(?:make|mention|say|use|write|send|keep|add|tell|include|please|also|it)\b"
    r"|\s(?:please|instead|because|so that|using|valid|who|rather|starting|in order)(?!\w)"
    r"|\sto\s(?!the\b)|\swith (?:the |a )?(?:code|link|tone)\b|\sin a\b"
    r"|\sfor\s+(?!(?:one|two|three|four|free|\d|[£€$]|the price|every|each|any|orders)(?!\w))"
)
_TRAILING = re.compile(
    r"(?:[\s,:-]|(?<!\w)(?:on|in|at|from|until|this|next|for|with|and|the|to|by|only|a|an|of|our|is"
    r"|are|starting|valid|using|use|or|plus|available|too|please|all|as)(?!\w))+$"
)
_INTRO = re.compile(
    r".*(?<!\w)(?:about|offering|offers?|announc\w+|advertis\w+|promot\w+|giving|give|saying|that|deal"
    r"|regarding|make it|change it to|change to)(?!\w)(?:\s+(?:is|of|an?|our|for)(?!\w))*"
)
_LEAD = re.compile(
    r"(?:up to|as much as|at least|an extra|extra|another|save|spend(?: over| at least)?"
    r"|(?:discount|reduction|saving)s? of|buy [\w' ]+?(?: and|,)? get(?: an?| another)?)\s+$"
)
_LEADING = re.compile(
    r"^(?:[\s,:-]|(?:draft|write|compose|create|prepare|send|announce|promote|please|an?|the|for|with"
    r"|on|our|of|is|to|out|me|us|make|it|change|and|them|copy|message|messages|campaign|offer|new|now"
    r"|use|set|say|no|add|i|want|need|get|people|customers|everyone|they|that|only|just)(?!\w))+"
)
_OFF = re.compile(r"\s*(?:off|discount(?: on| off)?|reduction on|less)(?!\w)")
_CARRY = re.compile(r"\s*(?:,\s*)?(?:(?:and|plus|or|&)(?: (?:get|save|take))?(?: an?)?)?\s*$")
_LONGEST_LEFT = 9


@dataclass(frozen=True)
class Offered:
    """The offer's words; `bare` when they do not say what it is on, as in `make it 20%`."""

    text: str
    bare: bool


def read_terms(scan: Scan) -> list[str]:
    """Conditions, as typed, in the order typed."""
    found = [each for pattern in _TERMS for each in scan.take(rf"(?P<t>{pattern})")]
    return [scan.text(each, "t") for each in sorted(found, key=lambda each: each.start())]


def read_offer(scan: Scan) -> Offered | None:
    """The clause around the first amount, deal or gift; the rest of the message must be read."""
    spans = amounts(scan)
    if not spans:
        return None
    start, end = spans[0].start, _right(scan, spans[0].end)
    for span in spans[1:]:
        if span.start >= end and _CARRY.fullmatch(scan.low[end : span.start]):
            end = _right(scan, span.end)
    after = _OFF.sub("", scan.low[spans[0].end : end], count=1)
    tied = bool(re.match(r"\s*(?:with|when|if|over)\b", after))
    bare = not re.search(r"\w", after)
    start = _left(scan, spans[0], wanted=bare or tied)
    text = squeeze(scan.raw[start:end])
    scan.cover(start, end)
    return Offered(text, bare and start == spans[0].start)


def amounts(scan: Scan) -> list[Span]:
    """Percentages, prices, deals and gifts, in order."""
    lex, low = lexicon("en"), scan.low
    found: list[Span] = []
    for find in (deals, percents, prices, gifts):
        spans, low = find(scan.view, low, lex)
        found += spans
    real = [span for span in found if not re.search(r"[\w-]-?$", scan.low[: span.start])]
    return sorted(real, key=lambda span: span.start)


def changed(before: str, said: Offered) -> str:
    """The offer with another amount, on what it was on before.

    >>> changed("15% off any loaf", Offered("20%", bare=True))
    '20% off any loaf'
    """
    view = plain_view(before)
    spans = amounts(Scan(view, view.low))
    new = _OFF.sub("", said.text).strip()
    if not said.bare or not spans:
        return said.text
    head, tail = before[: spans[0].start], before[spans[0].end :]
    target = _OFF.sub("", tail, count=1).strip()
    if head.strip() or not target:
        return squeeze(f"{head}{new}{tail}")
    if re.search(r"[\d%]$", new):
        return f"{new} off {re.sub(r'^on ', '', target)}"
    return f"{new} {target}" if target.startswith("on ") else f"{new} on {target}"


def _right(scan: Scan, at: int) -> int:
    if re.compile(r"\s+(?:and|then|but)(?!\w)").match(scan.low, at):
        return at
    stop = _STOP.search(scan.low, at)
    end = stop.start() if stop else len(scan.low)
    kept = _TRAILING.search(scan.low, at, end)
    return kept.start() if kept and kept.start() >= at else end


def _left(scan: Scan, span: Span, *, wanted: bool) -> int:
    """Where the offer starts: at what leads to the amount, or at what the amount is on."""
    region = (
        max(scan.low.rfind(mark, 0, span.start) for mark in (MASK, ".", ",", ";", "\n", ":")) + 1
    )
    window = scan.low[region : span.start]
    if lead := _LEAD.search(window):
        return region + lead.start()
    if not wanted:
        return span.start
    intro = _INTRO.match(window)
    begin = intro.end() if intro else 0
    filler = _LEADING.match(window[begin:])
    begin += filler.end() if filler else 0
    words = window[begin:].split()
    return region + begin if 0 < len(words) <= _LONGEST_LEFT else span.start
