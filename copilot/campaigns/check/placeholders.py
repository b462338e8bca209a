"""Merge tags that would not merge, fields without a fallback, and text left by a template."""

import re
from collections.abc import Iterator

from copilot.campaigns.check.finding import Text
from copilot.campaigns.merging.liquid import If, Nodes, Out, parse
from copilot.errors import BriefError
from copilot.records import Finding

_ORIGIN = "merge tags"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_FALLBACK = re.compile(r"default:\s*(?:\"([^\"]*)\"|'([^']*)')")
_LEFT = re.compile(
    r"\*\|.*?\|\*|<%.{0,40}?%>|%%[^%\n]{1,40}%%|\[\[.{1,40}?\]\]|<<.{1,40}?>>|\$\{[^}\n]{0,40}\}|\{\w+(?:=\w*)?[|}]"
    r"|(?<!\w)%[A-Z][A-Z_]{2,}%?(?!\w)"
    r"|\[(?:your|insert|add|first|last|full|customer|company|brand|store|shop|name|date|city|town"
    r"|place|product|offer|code|discount|link|url|address|price|time|ort|vorname|nachname|prenom"
    r"|nom|nombre|apellido|fecha|lien|enlace)[^\]\n]{0,40}\]"
    r"|\[[A-Z][A-Z _-]{1,40}\]|<(?:first|last|your|name|insert|customer|city"
    r"|nom|prenom|prénom|vorname|nachname|nombre|apellido|ville|ort|stadt|ciudad)[ _\w]{0,30}>",
    re.IGNORECASE,
)
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{[^{}\n]{0,40}\}")
_FILLER = re.compile(
    r"[£$€] ?x[.,x]*(?!\w)|(?<!\w)(?:lorem ipsum|dolor sit amet|x{3,}|y{4,}|placeholder|undefined"
    r"|null|nan|none,|n/a|insert (?:\w+ ){0,3}here|your text here|john doe|jane doe|foo ?bar)(?!\w)"
    r"|_{4,}|\?{4,}"
)
_NOTES = re.compile(r"(?<!\w)(?:TODO|TBC|TBD|FIXME|NAME|INSERT)(?!\w)")
_EMPTY_GREETING = re.compile(
    r"(?:^|\n)[ ]*(?:hello|hi|hey|dear|hallo|guten tag|liebe[rs]?|bonjour|salut|cher|chere|hola|"
    r"querid[oa])[ ]+[,!:]"
)


def placeholders(text: Text) -> Iterator[Finding]:
    """Findings on the merge tags and the template left-overs of one part."""
    yield from _tags(text)
    without = TAG.sub(lambda found: " " * len(found[0]), text.source)
    if text.part == "html":
        without = re.sub(r"<[^>]*>", lambda found: " " * len(found[0]), without)
    for found in (*_LEFT.finditer(without), *_STRAY.finditer(without)):
        yield _source_finding(text, found.start(), found.end(), "is left from a template")
    texts = ((_FILLER, text.low), (_EMPTY_GREETING, text.low), (_NOTES, text.view.raw))
    for pattern, where in texts:
        for found in pattern.finditer(where):
            yield text.block(
                "placeholder",
                found.start(),
                found.end(),
                f"“{found[0].strip()}” is left from a template.",
                origin=_ORIGIN,
                fix="Write the text that belongs here.",
            )


def without_tags(low: str) -> str:
    """The text with merge tags blanked out, except the words of their fallbacks."""

    def blank(found: re.Match[str]) -> str:
        kept = _FALLBACK.search(found[0])
        if not kept:
            return " " * len(found[0])
        start, end = kept.span(1 if kept[1] is not None else 2)
        return f"{' ' * start}{found[0][start:end]}{' ' * (len(found[0]) - end)}"

    return TAG.sub(blank, low)


def merged(text: str) -> str:
    """The text with every merge field replaced by its fallback."""

    def value(found: re.Match[str]) -> str:
        kept = _FALLBACK.search(found[0])
        return (kept[1] or kept[2] or "") if kept else ""

    return TAG.sub(value, text)


def _tags(text: Text) -> Iterator[Finding]:
    if "{{" not in text.source and "{%" not in text.source:
        return
    try:
        nodes = parse(text.source)
    except BriefError as error:
        start = max(0, text.source.find("{"))
        yield _source_finding(
            text, start, min(len(text.source), start + 40), str(error), rule="merge-tag"
        )
        return
    for field in _without_fallback(nodes):
        start = max(0, text.source.find(field))
        yield _source_finding(
            text,
            start,
            start + len(field),
            f"The field {field} has no fallback for customers who lack it",
            rule="merge-tag.fallback",
        )


def _without_fallback(nodes: Nodes, known: frozenset[str] = frozenset()) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Out) and not node.fallback and node.field not in known:
            yield node.field
        elif isinstance(node, If):
            for test, inner in node.branches:
                yield from _without_fallback(inner, known | {test.field})
            yield from _without_fallback(node.otherwise, known)


def _source_finding(
    text: Text, start: int, end: int, message: str, *, rule: str = "placeholder"
) -> Finding:
    shown = text.source[start:end]
    said = message if rule != "placeholder" else f"“{shown}” {message}"
    return Finding(
        rule=rule,
        severity="block",
        text=shown,
        part=text.part,
        start=start,
        end=end,
        message=said if said.endswith(".") else f"{said}.",
        source=_ORIGIN,
        fix='Use a known field with a fallback: {{ first_name | default: "there" }}.',
    )
