"""Delimited text, staged: the engine's strict parser for clean files, the careful reader else.

The strict parser must agree with an independent count of records; a file that it refuses, or
that holds what it would misread, goes through the careful reader, where a record that cannot be
laid into the columns is kept in `bad` with its reason.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.encoding import chunks, decoded
from copilot.customers.importing.expressions import quoted
from copilot.customers.importing.lines import lines_of, records
from copilot.customers.importing.mapping import REJECT_COLUMNS
from copilot.customers.importing.sniff import Layout, sniff
from copilot.customers.importing.staging import AGAIN, Staged, scalar, stage_records, without

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def stage_text(con: "DuckDBPyConnection", path: Path) -> Staged:
    """Stage a delimited text file; raises DataError when it is empty or cannot be decoded."""
    layout = sniff(path)
    count = _fast(con, path, layout)
    if count is None:
        count = _careful(con, path, layout)
    return Staged(
        layout.header,
        count,
        layout.encoding.name.removesuffix("-sig"),
        layout.delimiter,
        layout.warnings,
        layout.encoding.odd,
    )


def _fast(con: "DuckDBPyConnection", path: Path, layout: Layout) -> int | None:
    """Rows staged by the engine's strict parser; None when it refuses or the count differs."""
    import duckdb

    if not layout.encoding.plain or layout.escape != layout.quote or layout.skipped:
        return None
    counted = _count_records(path, layout.quote, layout.delimiter)
    if counted is None:
        return None
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(layout.header)))
    try:
        con.execute(
            f"CREATE OR REPLACE TABLE staged AS SELECT * FROM read_csv({quoted(path)},"  # noqa: S608
            f" auto_detect=false, delim={quoted(layout.delimiter)}, quote={quoted(layout.quote)},"
            f" escape={quoted(layout.escape)}, header={str(layout.has_header).lower()},"
            f" strict_mode=true, max_line_size=8000000, columns={{{columns}}})"
        )
    except duckdb.Error:
        return None
    total, spanning = counted
    expected = total - int(layout.has_header)
    if scalar(con, "SELECT count(*) FROM staged") != expected:
        return None
    if spanning and _swallowed(con, layout):
        return None
    first = 2 if layout.has_header else 1
    source = f"SELECT rowid + {first} AS row, * FROM staged"  # noqa: S608 - an int
    again = _again_sql(layout.titles)
    if again and scalar(con, f"SELECT count(*) FROM staged WHERE {again}"):  # noqa: S608
        listed = ", ".join(f"c{i}" for i in range(len(layout.header)))
        con.execute(
            f"INSERT INTO bad SELECT row, {quoted(AGAIN)}, [{listed}]"  # noqa: S608 - staged names
            f" FROM ({source}) WHERE {again}"
        )
        source = f"SELECT * FROM ({source}) WHERE NOT ({again})"  # noqa: S608 - staged names
    con.execute(f"CREATE VIEW raw AS {source}")
    return expected


def _again_sql(titles: Sequence[str]) -> str:
    """SQL that is true for a row that repeats a header of at least two columns."""
    titles = [title for title in titles if title not in REJECT_COLUMNS]
    if sum(map(bool, titles)) < 2:
        return ""
    return " AND ".join(
        f"coalesce(trim(c{i}), '') = {quoted(title)}" for i, title in enumerate(titles)
    )


def _swallowed(con: "DuckDBPyConnection", layout: Layout) -> bool:
    """Whether a value of several lines holds a whole record: two stray quotes that met."""
    width = len(layout.header)
    if width < 3:
        return False
    mark, cut = quoted(layout.quote), quoted(layout.delimiter)
    inner = f"(length(x) - length(replace(x, {cut}, ''))) // {len(layout.delimiter)}"
    tests = " OR ".join(
        f"(contains(c{i}, chr(10)) AND len(list_filter(string_split(c{i}, chr(10))[2:-2],"
        f" lambda x: NOT contains(x, {mark}) AND {inner} = {width - 1})) > 0)"
        for i in range(width)
    )
    return bool(scalar(con, f"SELECT count(*) FROM staged WHERE {tests}"))  # noqa: S608


def _count_records(path: Path, quote: str, delimiter: str) -> tuple[int, bool] | None:
    """Records counted by line ends outside quotes, and whether some stood inside.

    None when the careful reader is needed: blank lines, lines of bare delimiters, odd line ends.
    """
    import numpy as np

    mark = ord(quote)
    bare = re.compile(rb"\n[%s%s \t]+\r?\n" % (re.escape(delimiter.encode()), quote.encode()))
    starts = (b"\n" + delimiter.encode(), b"\n" + quote.encode(), b"\n ", b"\n\t")
    inside, total, last, spanning = False, 0, b"\n", False
    for piece in chunks(path):
        if b"\0" in piece or b"\n\n" in piece or b"\n\r" in piece:
            return None
        if last == b"\n" and piece[:1] in {b"\n", b"\r"} and total:
            return None
        if any(start in piece for start in starts) and bare.search(piece + b"\n"):
            return None
        if b"\x1a" in piece:
            return None
        data = np.frombuffer(piece, dtype=np.uint8)
        if piece.count(b"\r") != piece.count(b"\r\n") + piece.endswith(b"\r"):
            return None
        quotes = data == mark
        if quotes.any() or inside:
            parity = np.bitwise_xor.accumulate(quotes) ^ inside
            ends = int(((data == 10) & ~parity).sum())
            spanning = spanning or ends != piece.count(b"\n")
            total += ends
            inside = bool(parity[-1])
        else:
            total += piece.count(b"\n")
        last = piece[-1:]
    return None if inside else (total + (last != b"\n"), spanning)


def _careful(con: "DuckDBPyConnection", path: Path, layout: Layout) -> int:
    found = records(
        lines_of(decoded(path, layout.encoding)),
        width=len(layout.header),
        delimiter=layout.delimiter,
        quote=layout.quote,
        escape=layout.escape,
        skip=layout.skipped,
    )
    if layout.has_header:
        next(found, None)
    return stage_records(con, without(found, layout.titles), width=len(layout.header))
