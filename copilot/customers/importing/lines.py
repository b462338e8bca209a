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


def whole_records(
    lines: Iterable[str], *, delimiter: str, quote: str, escape: str
) -> list[tuple[int, list[str]]]:
    """(index of the first line, fields) of each record of a sample, however wide it is."""
    scanner = _Scanner(delimiter, quote, escape)
    listed = list(lines)
    found: list[tuple[int, list[str]]] = []
    at = 0
    while at < len(listed):
        end, text = at + 1, listed[at]
        if quote in text and scanner.open_after(text):
            for stop in range(at + 1, min(len(listed), at + MAX_SPAN_LINES)):
                if not scanner.open_after(listed[stop], inside=True):
                    end, text = stop + 1, "\n".join(listed[at : stop + 1])
                    break
        width = len(found[0][1]) if found else 0
        if end - at > 1 and not _plausible(listed[at:end], width, delimiter, quote):
            end, text = at + 1, listed[at]
        found.append((at, split_line(text, delimiter, quote, escape)))
        at = end
    return found


def _plausible(parts: list[str], width: int, delimiter: str, quote: str) -> bool:
    """Whether lines between two quotes can be one value: not if one is a whole record itself.

    A line of as many fields as there are columns says that two stray quotes met.
    """
    return width < 3 or not any(
        quote not in part and part.count(delimiter) == width - 1 for part in parts[1:-1]
    )


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
    nothing = delimiter + quote + " \t\u00a0\x0c\x1a\ufeff"
    number = 0
    while True:
        line = pending.popleft() if pending else next(source, None)
        if line is None:
            return
        number += 1
        if number <= skip or not line.strip(nothing):
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
        yield fitted(number, fields, width)


def fitted(number: int, fields: list[str], width: int) -> Record:
    """The record of these fields; blank ones too many at its end do not count."""
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
    if not inside and _plausible(parts, width, scanner.delimiter, scanner.quote):
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
