"""Responsive search ads: how many assets, how long each may be, and what none may hold."""

import re
from collections import Counter
from collections.abc import Iterator

from copilot.campaigns.check.finding import Case
from copilot.campaigns.check.links import phones
from copilot.campaigns.check.view import folded, plain_view
from copilot.campaigns.composing.ads import (
    DESCRIPTION_LENGTH,
    DESCRIPTIONS,
    HEADLINE_LENGTH,
    HEADLINES,
    PATH_LENGTH,
    PATHS,
)
from copilot.records import Finding
from copilot.text import squeeze

_LINE = re.compile(
    r"^[ \t]*(?P<kind>Headline|Description|Path)[ \t]*:[ \t]*(?P<t>[^\n]*?)[ \t]*$", re.I | re.M
)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_COUNTS = {"headline": HEADLINES, "description": DESCRIPTIONS, "path": PATHS}
_LENGTHS = {
    "headline": HEADLINE_LENGTH,
    "description": DESCRIPTION_LENGTH,
    "path": PATH_LENGTH,
}
_ORIGIN = "channel: Google Ads, responsive search ads and editorial policy"


def advert(case: Case) -> Iterator[Finding]:
    """What Google would refuse in the lines of an ad; wide characters count twice there."""
    body = case.message.body
    lines = list(_LINE.finditer(body))
    counts = Counter(line["kind"].lower() for line in lines)
    for kind, (least, most) in _COUNTS.items():
        if not least <= counts[kind] <= most and not case.fragment:
            message = f"An ad has {least} to {most} {kind}s, and this one {counts[kind]}"
            yield _finding("channel.assets", 0, 0, "", message, f"Write {least} to {most}.")
    seen: set[tuple[str, str]] = set()
    for line in lines:
        yield from _asset(line)
        key = line["kind"].lower(), squeeze(folded(line["t"]))
        if key in seen:
            yield _at(line, "channel.duplicate", "No two assets may be alike", "Word it anew.")
        seen.add(key)


def _asset(line: re.Match[str]) -> Iterator[Finding]:
    kind, said = line["kind"].lower(), line["t"]
    if (length := len(said)) > _LENGTHS[kind]:
        message = f"The {kind} has {length} characters; {_LENGTHS[kind]} at most"
        yield _at(line, "channel.length", message, "Shorten it.")
    for tag in _TAG.finditer(said):
        yield _at(line, "channel.merge-field", "Ads are not merged", "Leave it out.", tag)
    if kind == "headline" and "!" in said:
        mark = re.search("!", said)
        yield _at(line, "channel.punctuation", "A headline has no “!”", "Take it out.", mark)
    for span in phones(plain_view(said), folded(said))[0]:
        at = re.compile(re.escape(span.text)).search(said)
        fix = "Use a call asset."
        yield _at(line, "channel.phone", "An ad's text holds no telephone number", fix, at)


def _at(
    line: re.Match[str], rule: str, message: str, fix: str, inner: re.Match[str] | None = None
) -> Finding:
    first = line.start("t")
    start, end = line.span("t") if inner is None else (first + inner.start(), first + inner.end())
    return _finding(rule, start, end, line.string[start:end], message, fix)


def _finding(rule: str, start: int, end: int, text: str, message: str, fix: str) -> Finding:
    return Finding(
        rule=rule,
        severity="block",
        text=text,
        start=start,
        end=end,
        message=f"{message}.",
        source=_ORIGIN,
        fix=fix,
    )
