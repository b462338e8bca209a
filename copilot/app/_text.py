"""Text made safe to show, and text with spans marked in it."""

import base64
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

UPDATES = 12
_PIECE = re.compile(r"\s*(?:\[\\\[\d+\\\]\]\([^)]*\)|\S)+\s*")
# Both colours keep their contrast on a light and on a dark page: the text's colour is inherited.
_FACT = "border-bottom:2px solid #2f9e7e;background:rgba(47,158,126,.14)"
_BLOCK = "border-bottom:2px solid #d64545;background:rgba(214,69,69,.18)"
_WARN = "border-bottom:2px dashed #c98a00;background:rgba(201,138,0,.14)"
_QUOTE = "background:rgba(232,190,60,.35)"
STYLES = {"fact": _FACT, "block": _BLOCK, "warn": _WARN, "quote": _QUOTE}


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` of a text, how they are marked, and what hovering says."""

    start: int
    end: int
    style: str
    note: str = ""


def safe_markdown(text: str) -> str:
    """Markdown in which no image is fetched and no price is read as a formula.

    >>> safe_markdown("![x](http://a) costs $5")
    '!\\\\[x](http://a) costs \\\\$5'
    """
    return re.sub(r"(?<!\\)\$", r"\\$", text.replace("![", "!\\["))


def plain(text: str) -> str:
    """Text of unknown origin as Markdown that shows it as it is.

    >>> plain("50 * 2 [x]")
    '50 \\\\* 2 \\\\[x\\\\]'
    """
    return re.sub(r"([\\`*_\[\]<>#$|~:!])", r"\\\1", text)


def marked(text: str, spans: Sequence[Span]) -> str:
    """Escaped HTML of a text with its spans marked; of spans that overlap the first stays."""
    pieces, at = [], 0
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if span.start < at or span.end > len(text) or span.end <= span.start:
            continue
        inside = html.escape(text[span.start : span.end])
        title = f' title="{html.escape(span.note)}"' if span.note else ""
        pieces.append(html.escape(text[at : span.start]))
        style = f"color:inherit;border-radius:2px;{STYLES[span.style]}"
        pieces.append(f'<mark style="{style}"{title}>{inside}</mark>')
        at = span.end
    pieces.append(html.escape(text[at:]))
    body = "".join(pieces)
    return f'<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.55">{body}</div>'


def shortened(text: str, most: int = 46) -> str:
    """A label's text, cut at a word.

    >>> shortened("one two three", 9)
    'one two…'
    """
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0] + "…"


def chunks(text: str) -> Iterator[str]:
    """The text in about a dozen pieces for streaming; no table's row and no link is cut.

    >>> "".join(chunks("a b c d")) == "a b c d"
    True
    """
    pieces: list[str] = []
    for line in text.splitlines(keepends=True):
        is_row = line.lstrip().startswith("|")
        pieces += [line] if is_row else _PIECE.findall(line) or [line]
    size = max(1, -(-len(pieces) // UPDATES))
    for start in range(0, len(pieces), size):
        yield "".join(pieces[start : start + size])


def preview_url(page: str) -> str:
    """A data URL of an HTML message: it can run no script, fetch nothing, see nothing of ours."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    encoded = base64.b64encode((head + page).encode("utf-8")).decode("ascii")
    return f"data:text/html;charset=utf-8;base64,{encoded}"
