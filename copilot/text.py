"""Small text helpers that more than one column needs."""

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|cf|al|Mr|Mrs|Ms|Dr|St|Ltd|Inc|Co|No|approx|ed|eds|pp|ch|Art)\.$", re.I
)
_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-ZÀ-ÖØ-Þ0-9¿¡])")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def content_id(*parts: str) -> str:
    """A 16-digit hexadecimal id made from the content alone.

    >>> content_id("a", "b") == content_id("a", "b") != content_id("ab", "")
    True
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8"))
    return digest.hexdigest()[:16]


def write_whole(path: Path, text: str) -> None:
    """Replace a text file; a process killed at any moment leaves the old one or the new one."""
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def shipped_yaml(source: Path | str) -> Any:
    """What a YAML file of the package, or its text, holds; by libyaml, which is far faster."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = source if isinstance(source, str) else source.read_text(encoding="utf-8")
    return yaml.load(text, loader)  # noqa: S506 - a safe loader, in C when it is there


def fold(text: str) -> str:
    """Lower case without accents, for comparing what people type.

    >>> fold("Café  MÜNCHEN")
    'cafe munchen'
    """
    if text.isascii():
        return squeeze(text.lower())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return squeeze(_BEYOND_ASCII.sub(_without_marks, plain))


def _without_marks(found: re.Match[str]) -> str:
    return "".join(c for c in found[0] if not unicodedata.combining(c))


def squeeze(text: str) -> str:
    """Runs of white space as single spaces, trimmed."""
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, verbatim; common abbreviations do not end one.

    >>> sentences("Use it, e.g. for loaves. It works!")
    ['Use it, e.g. for loaves.', 'It works!']
    """
    found: list[str] = []
    start = 0
    for gap in _BREAK.finditer(text):
        piece = text[start : gap.start()]
        if _ABBREVIATION.search(piece):
            continue
        found.append(text[start : gap.end()].strip())
        start = gap.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found
