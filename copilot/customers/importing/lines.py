"""Delimited text, record by record: the careful reader for files that strict parsing refuses.

It never swallows rows: a quote that is opened and never closed costs one record, not the rest
of the file. Record numbers are a spreadsheet's row numbers: blank lines and titles count.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_SPAN_LINES = 500


@dataclass(frozen=True)
class Record:
    """One record: its fields, or the reason why it cannot be laid into the columns."""

    number: int
    fields: list[str]
    reason: str | None = None


def lines_of(pieces: Iterable[str]) -> Iterator[str]:
    """Physical lines without their ends, whichever of LF, CRLF and CR they use."""
    decoder = io.IncrementalNewlineDecoder(None, translate=True)
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from whole
    rest += decoder.decode("", True)
    if rest:
        yield from rest.split("\n")


def split_line(line: str, delimiter: str, quote: str, escape: str) -> list[str]:
    """The fields of one complete record; quotes that do not begin a field are plain text."""
    if quote not in line:
        return line.split(delimiter)
    if len(delimiter) > 1:
        line, delimiter = line.replace(delimiter, "\x1f"), "\x1f"
    doubled = escape == quote
    csv.field_size_limit(1 << 30)  # the default refuses fields over 128 kB
    reader = csv.reader(
        [part + "\n" for part in line.split("\n")],
        delimiter=delimiter,
        quotechar=quote,
        doublequote=doubled,
        escapechar=None if doubled else escape,
        skipinitialspace=delimiter != " ",
    )
    return next(reader, [""])


def records(
    lines: Iterable[str], *, width: int, delimiter: str, quote: str, escape: str, skip: int
) -> Iterator[Record]:
    """The records after the first `skip` lines, each of exactly `width` fields or a reason."""
    scanner = _Scanner(delimiter, quote, escape)
    source = iter(lines)
    pending: deque[str] = deque()
    number = 0
    while True:
        line = pending.popleft() if pending else next(source, None)
        if line is None:
            return
        number += 1
        if number <= skip or not line.strip():
            continue
        if quote in line and scanner.open_after(line):
            fields = _spanning(line, source, pending, scanner, width)
            if fields is None:
                fields = line.split(delimiter)
                if len(fields) != width:
                    yield Record(number, fields, "a quote is opened and never closed")
                    continue
        else:
            fields = split_line(line, delimiter, quote, escape)
        yield _fitted(number, fields, width)


def _fitted(number: int, fields: list[str], width: int) -> Record:
    while len(fields) > width and not fields[-1].strip():
        fields = fields[:-1]
    if len(fields) == width:
        return Record(number, fields)
    noun = "value" if len(fields) == 1 else "values"
    return Record(number, fields, f"the row has {len(fields)} {noun}, the header has {width}")


def _spanning(
    line: str, source: Iterator[str], pending: deque[str], scanner: "_Scanner", width: int
) -> list[str] | None:
    """Fields of a record that spans lines; None (and the lines put back) when it makes no sense."""
    parts = [line]
    inside = True
    while inside and len(parts) < MAX_SPAN_LINES:
        following = pending.popleft() if pending else next(source, None)
        if following is None:
            break
        parts.append(following)
        inside = scanner.open_after(following, inside=True)
    if not inside:
        fields = split_line("\n".join(parts), scanner.delimiter, scanner.quote, scanner.escape)
        if len(fields) == width:
            return fields
    pending.extendleft(reversed(parts[1:]))
    return None


class _Scanner:
    """Tells whether a quoted field is still open at the end of a line."""

    def __init__(self, delimiter: str, quote: str, escape: str) -> None:
        self.delimiter, self.quote, self.escape = delimiter, quote, escape
        q = re.escape(quote)
        inner = f"(?:[^{q}]|{q}{q})*" if escape == quote else rf"(?:[^{q}\\]|\\.)*"
        self._rest = re.compile(f"{inner}({q}?)", re.S)
        self._start = re.compile(rf"[ ]*{q}")

    def open_after(self, line: str, *, inside: bool = False) -> bool:
        position = 0
        while True:
            if not inside:
                opening = self._start.match(line, position)
                if opening:
                    inside, position = True, opening.end()
            if inside:
                rest = self._rest.match(line, position)
                if rest is None or not rest[1]:
                    return True
                inside, position = False, rest.end()
            found = line.find(self.delimiter, position)
            if found < 0:
                return False
            position = found + len(self.delimiter)
