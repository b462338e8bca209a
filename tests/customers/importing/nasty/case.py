"""One nasty file and the truth about it, stated by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Nasty:
    """A file's bytes and what importing it must come to.

    `cells` maps a stored row's key to values of that row; `reasons` are parts of the reject
    reasons, in row order; `said` parts of warnings; `refused` a part of the error instead.
    """

    name: str
    content: bytes
    read: int = 0
    rejected: int = 0
    table: str = "customers"
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    refused: str | None = None


def text(
    name: str, content: str, read: int = 0, rejected: int = 0, *, codec: str = "utf-8", **more: Any
) -> Nasty:
    """A nasty file of text."""
    return Nasty(name, content.encode(codec), read, rejected, **more)


def cases_of(module: ModuleType) -> list[Callable[[], Nasty]]:
    """The functions of a module that each make one file, in the order they are written."""
    return [
        value
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and value.__module__ == module.__name__
    ]
