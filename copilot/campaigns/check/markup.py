"""Links that lead elsewhere than they say, HTML that must not be mailed, disguised characters."""

import functools
import re
import unicodedata
from collections.abc import Iterator

from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.links import canonical_url, host_of, links, unsafe
from copilot.campaigns.check.resolve import Missed, resolve
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import invisible, plain_view
from copilot.records import Finding

_UNSAFE = re.compile(
    r"<\s*(script|iframe|object|embed|form|input|link|meta\s+http-equiv|base|svg)\b"
    r"|\son\w+\s*=|javascript:|vbscript:|data:text",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\b(?![^>]*\balt=)[^>]*>", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_OTHER_SCRIPT = re.compile(
    r"[\u0370-\u03ff\u0400-\u058f\u13a0-\u13ff\u1c80-\u1c8f\u1d26-\u1d2b\u1f00-\u1fff"
    r"\u2de0-\u2dff\ua640-\ua69f\uab70-\uabbf]"
)
"""Greek, Cyrillic, Armenian and Cherokee, whose letters pass for Latin ones."""
_WEB = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_FAULTS = {"shortener": "shortened", "insecure": "unencrypted"}
_FIXES = {
    "html.alt": "Describe the image.",
    "link.shortener": "Link to the page itself.",
    "link.insecure": "Link to the https address.",
}
_JOINER = "\u200d"
_SOFT_HYPHEN = "\u00ad"


def markup(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks unsafe HTML and links whose text names another address than they lead to; warns of
    shortened links and of unencrypted ones."""
    for found in _WEB.finditer(text.source):
        if fault := unsafe(found[0]):
            message = f"Mail filters and readers distrust {_FAULTS[fault]} links"
            yield _at(text, found.start(), found.end(), f"link.{fault}", message, "warn")
    if text.part != "html":
        return
    for found in _UNSAFE.finditer(text.source):
        yield _at(text, found.start(), found.end(), "html.unsafe", "Mail must not hold this")
    for found in _IMAGE.finditer(text.source):
        yield _at(text, found.start(), found.end(), "html.alt", "The image has no alt text", "warn")
    for link in text.links:
        yield from _link(text, link.href, link.shown, link.start, link.end, case)


def disguises(text: Text) -> Iterator[Finding]:
    """Blocks words that mix alphabets, wide look-alikes, and characters nobody can see."""
    if text.source.isascii():
        return
    for found in _WORD.finditer(text.source) if _OTHER_SCRIPT.search(text.source) else ():
        if len({_script(each) for each in found[0]} - {""}) > 1:
            message = "The word mixes alphabets"
            yield _at(text, found.start(), found.end(), "text.disguised", message)
    for found in _NOT_ASCII.finditer(text.source):
        place = found.start()
        if _is_wide(found[0]) or (invisible(found[0]) and not _in_emoji(text.source, place)):
            message = "This character disguises the text"
            yield _at(text, place, place + 1, "text.disguised", message)


@functools.lru_cache(maxsize=4096)
def _is_wide(character: str) -> bool:
    name = unicodedata.name(character, "")
    return "FULLWIDTH" in name or "MATHEMATICAL" in name


def _link(text: Text, href: str, shown: str, start: int, end: int, case: Case) -> Iterator[Finding]:
    value = href.strip()
    if value.startswith("mailto:"):
        span = Span("email", 0, 0, value, (value.removeprefix("mailto:").split("?")[0].lower(),))
    elif value.startswith("tel:"):
        span = Span("phone", 0, 0, value, (re.sub(r"\D", "", value)[-9:],))
    elif not value or value.startswith("#"):
        yield _at(text, start, end, "link.empty", "The link leads nowhere")
        return
    else:
        span = Span("url", 0, 0, value, (canonical_url(value),))
    target = resolve(span, case.facts, case.assignment)
    if isinstance(target, Missed):
        yield _at(text, start, end, target.rule, target.message.rstrip("."))
    if span.kind != "url":
        return
    view = plain_view(shown)
    for visible in links(view, view.low)[0]:
        said, leads = visible.values[0], span.values[0]
        if visible.kind == "url" and said not in {leads, leads.partition("?")[0], host_of(leads)}:
            yield _at(text, start, end, "link.mismatch", f"It shows {said} and leads to {leads}")


def _at(
    text: Text, start: int, end: int, rule: str, message: str, severity: str = "block"
) -> Finding:
    return Finding.model_validate(
        {
            "rule": rule,
            "severity": severity,
            "text": text.source[start:end],
            "part": text.part,
            "start": start,
            "end": end,
            "message": f"{message}.",
            "source": "safety",
            "fix": _FIXES.get(rule, "Remove it."),
        }
    )


def _script(character: str) -> str:
    name = unicodedata.name(character, "").split(" ")[0]
    return name if name in {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"} else ""


def _in_emoji(source: str, place: int) -> bool:
    if source[place] == _SOFT_HYPHEN:
        return False
    after = source[place + 1 : place + 2]
    return source[place] == _JOINER and bool(after) and unicodedata.category(after) == "So"
