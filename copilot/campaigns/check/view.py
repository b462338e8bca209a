"""A text as the checks read it: look-alike spaces, dashes and quotes made plain, offsets kept."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

MASK = "\ue000"
"""Stands for a character that was already understood; no pattern runs across it."""

_PLAIN = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "‑": "-",
    "‐": "-",
    "−": "-",
    "⁄": "/",
    "…": ".",
}
_BLOCKS = frozenset(
    {"p", "div", "tr", "td", "th", "li", "ul", "ol", "table", "br", "h1", "h2", "h3", "h4", "body"}
)
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0001-\U000e007f]"
)
_UNSHOWN = frozenset({"style", "script", "head"})


@dataclass(frozen=True)
class Link:
    """A link of an HTML part: where it leads, what it shows, and where that stands."""

    href: str
    shown: str
    start: int
    end: int


@dataclass(frozen=True)
class View:
    """`raw` keeps case and accents, `low` has neither; both are as long as `at`, which gives each
    character's offset in the part it came from."""

    raw: str
    low: str
    at: Sequence[int]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of a span in the part it came from."""
        if start >= end or not self.at:
            place = self.at[start] if start < len(self.at) else 0
            return place, place
        return self.at[start], self.at[end - 1] + 1


def folded(text: str) -> str:
    """Lower case, no accents, plain marks; one character for each, so offsets stay.

    >>> folded("Café “Über”")
    'cafe "uber"'
    """
    return text.translate(_PLAIN_TABLE).translate(_LOW_TABLE)


def plain_view(text: str) -> View:
    """The view of a plain text; characters that nobody can see are left out."""
    return _view(text, range(len(text)))


def html_view(html: str) -> tuple[View, tuple[Link, ...]]:
    """The view of what an HTML part shows, alternative texts included, and its links."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return _view("".join(reader.text), reader.at), tuple(reader.links)


def mask(text: str, start: int, end: int) -> str:
    """The text with a span blotted out."""
    return f"{text[:start]}{MASK * (end - start)}{text[end:]}"


def invisible(character: str) -> bool:
    """Whether a character shows nothing and is neither a space nor a part of an emoji."""
    if character.isascii():
        return character < " " and character not in "\n\r\t"
    if character in "\ufe0f\ufe0e":
        return False
    return unicodedata.category(character) in {"Cf", "Cc"}


def _view(text: str, offsets: Sequence[int]) -> View:
    if _UNSEEN.search(text):
        kept = [at for at, each in enumerate(text) if not invisible(each)]
        text, offsets = "".join(text[at] for at in kept), [offsets[at] for at in kept]
    raw = text.translate(_PLAIN_TABLE)
    return View(raw, raw.translate(_LOW_TABLE), offsets)


def _plain(character: str) -> str:
    if character.isascii():
        return " " if character in "\t\r\x0b\x0c" else character
    if unicodedata.category(character) == "Zs":
        return " "
    wide = unicodedata.normalize("NFKC", character)
    return wide if len(wide) == 1 else character


def _low(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


class _Table(dict[int, str]):
    """A translation table that works out a character on first sight."""

    def __init__(self, known: dict[str, str], work_out: Callable[[str], str]) -> None:
        super().__init__({ord(key): value for key, value in known.items()})
        self._work_out = work_out

    def __missing__(self, code: int) -> str:
        value = self._work_out(chr(code))
        self[code] = value
        return value


_PLAIN_TABLE = _Table(_PLAIN, _plain)
_LOW_TABLE = _Table({}, _low)


class _Reader(HTMLParser):
    """Visible text with each character's offset in the source."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text: list[str] = []
        self.at: list[int] = []
        self.links: list[Link] = []
        self._open: tuple[str, int, int] | None = None
        self._hidden = 0
        self._starts = [0]
        for line in html.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _UNSHOWN
        if tag in _BLOCKS:
            self._add("\n")
        values = dict(attrs)
        for name in ("alt", "title"):
            if values.get(name):
                self._add(f" {values[name]} ")
        if tag == "a" and values.get("href"):
            self._open = (values["href"] or "", self._offset(), len(self.text))

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSHOWN))
        if tag in _BLOCKS:
            self._add("\n")
        if tag == "a" and self._open:
            href, start, first = self._open
            shown = "".join(self.text[first:]).strip()
            self.links.append(Link(href, shown, start, self._offset()))
            self._open = None

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            start = self._offset()
            self.text += data
            self.at += range(start, start + len(data))

    def handle_entityref(self, name: str) -> None:
        self._add(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._add(unescape(f"&#{name};"))

    def _add(self, text: str) -> None:
        if not self._hidden:
            self.text += text
            self.at += [self._offset()] * len(text)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column
