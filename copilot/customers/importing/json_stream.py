"""JSON read piece by piece: the rows of a list, wherever it stands, never the whole file."""

import json
import re
from collections.abc import Iterator

_BLANK = re.compile(r"[\s\ufeff]*")
LONGEST = 64 << 20


class Unreadable(ValueError):
    """The text is not JSON at a place."""


class _Source:
    """A window over the text: grows while a value is incomplete, forgets what was read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._decoder = json.JSONDecoder(strict=False)
        self.text, self.at, self.before = "", 0, 0

    def more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self.before += self.at
        self.text, self.at = self.text[self.at :] + piece, 0
        return True

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            blank = _BLANK.match(self.text, self.at)
            self.at = blank.end() if blank else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, expected: str) -> None:
        found = self.peek()
        if found != expected or not found:
            told = repr(found) if found else "the end of the file"
            raise Unreadable(f"{told} where {expected!r} belongs, at character {self.place}")
        self.at += 1

    @property
    def place(self) -> int:
        return self.before + self.at + 1

    def value(self) -> tuple[object, str]:
        """The next whole value and the text it was written as."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self.text, self.at)
            except ValueError as error:
                if len(self.text) - self.at > LONGEST or not self.more():
                    raise Unreadable(f"no value at character {self.place}") from error
                continue
            if end == len(self.text) and not isinstance(found, dict | list | str) and self.more():
                continue  # a number may go on in the next piece
            written, self.at = self.text[self.at : end], end
            return found, written


def items(pieces: Iterator[str], *, key: str | None = None) -> Iterator[str]:
    """The written rows of the file's list: `[…]`, or the one list of objects below keys.

    Objects one after the other are rows as well, and one object alone is one row. `key` chooses
    among several lists. Raises Unreadable for broken JSON, LookupError naming the lists when
    there are several and none was chosen.
    """
    source = _Source(pieces)
    start = source.peek()
    if start == "[":
        yield from _array(source)
        if source.peek():
            raise Unreadable(f"text after the list, at character {source.place}")
        return
    if start != "{":
        raise Unreadable(f"neither a list nor an object, at character {source.place}")
    lists: list[str] = []
    whole: dict[str, object] = {}
    yield from _object(source, (), key, lists, whole)
    if not lists:
        yield json.dumps(whole, ensure_ascii=False)
        while source.peek():
            yield source.value()[1]
    elif len(lists) > 1 and key is None:
        raise LookupError(", ".join(lists))


def _array(source: _Source) -> Iterator[str]:
    source.take("[")
    if source.peek() == "]":
        source.at += 1
        return
    while True:
        yield source.value()[1]
        if source.peek() == "]":
            source.at += 1
            return
        source.take(",")


def _object(
    source: _Source,
    path: tuple[str, ...],
    key: str | None,
    lists: list[str],
    whole: dict[str, object],
) -> Iterator[str]:
    """The rows of the lists in an object; what is no list of objects is gathered in `whole`."""
    source.take("{")
    if source.peek() == "}":
        source.at += 1
        return
    while True:
        name, _ = source.value()
        source.take(":")
        here = (*path, str(name))
        start = source.peek()
        if start == "[" and _of_objects(source):
            lists.append(".".join(here))
            wanted = key in {None, str(name), lists[-1]}
            for row in _array(source):
                if wanted and (key is not None or len(lists) == 1):
                    yield row
        elif start == "{" and len(path) < 2:
            inner: dict[str, object] = {}
            yield from _object(source, here, key, lists, inner)
            whole[str(name)] = inner
        else:
            whole[str(name)], _ = source.value()
        if source.peek() == "}":
            source.at += 1
            return
        source.take(",")


def _of_objects(source: _Source) -> bool:
    """Whether the list that begins here holds objects."""
    while True:
        first = re.compile(r"\[\s*(\S)").match(source.text, source.at)
        if first:
            return first[1] == "{"
        if not source.more():
            return False
