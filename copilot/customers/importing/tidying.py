"""What nobody typed: control characters, marks of direction, letters in two halves; and what was
lost before the file was written.

Text is stored composed (Unicode NFC), so that the same name is the same value; joiners inside a
value stay, because emoji and several scripts are written with them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from copilot.customers.importing.expressions import quoted
from copilot.customers.importing.mapping import Plan
from copilot.customers.schema import table as schema_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CONTROL = r"[\x{01}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}\x{7F}-\x{9F}]"
_EDGE = r"[\s\p{Z}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}\x{2066}-\x{2069}\x{FEFF}]"
_HALVES = r"\p{Mn}"
_AS_TEXT = '="([^"]*)"'  # how shops keep a spreadsheet from dropping zeros
_NO_DATE = r"0000-00-00([ T]00:00:00)?"  # how MySQL writes an empty date


def tidy_raw(con: "DuckDBPyConnection", width: int) -> None:
    """Put a view that tidies in the place of `raw`, for those columns that need it."""
    names = [f"c{i}" for i in range(width)]
    odd = f"{_CONTROL}|{_HALVES}|^{_EDGE}|{_EDGE}$|^{_AS_TEXT}$|^{_NO_DATE}$"
    tests = ", ".join(f"bool_or(regexp_matches({name}, {quoted(odd)}))" for name in names)
    # One pattern over the whole row finds the few rows in which to look at each value.
    edges = "|".join((_EDGE, f"{_AS_TEXT}$", f"{_AS_TEXT}[|]", f"{_NO_DATE}$", f"{_NO_DATE}[|]"))
    whole = f"{_CONTROL}|{_HALVES}|(^|[|])({edges})|{_EDGE}($|[|])"
    row = con.execute(
        f"SELECT {tests} FROM raw"  # noqa: S608 - staged column names
        f" WHERE regexp_matches(concat_ws('|', {', '.join(names)}), {quoted(whole)})"
    ).fetchone()
    wrong = {name for name, found in zip(names, row or (), strict=True) if found}
    if not wrong:
        return
    columns = ", ".join(f"{_tidied(n, odd)} AS {n}" if n in wrong else n for n in names)
    kind = con.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'raw'").fetchone()
    con.execute(f"ALTER {'VIEW' if kind and kind[0] else 'TABLE'} raw RENAME TO untidied")
    con.execute(f"CREATE VIEW raw AS SELECT row, {columns} FROM untidied")  # noqa: S608


def _tidied(name: str, odd: str) -> str:
    clean = f"regexp_replace({name}, {quoted(_CONTROL)}, '', 'g')"
    clean = f"regexp_replace({clean}, {quoted(f'^{_EDGE}+|{_EDGE}+$')}, '', 'g')"
    clean = f"regexp_replace({clean}, {quoted(f'^{_AS_TEXT}$')}, '\\1')"
    clean = f"regexp_replace({clean}, {quoted(f'^{_NO_DATE}$')}, '')"
    return (
        f"CASE WHEN regexp_matches({name}, {quoted(odd)}) THEN nfc_normalize({clean})"
        f" ELSE {name} END"
    )


def lost_digits(con: "DuckDBPyConnection", columns: Mapping[str, str]) -> list[str]:
    """Warnings of identifiers and numbers that a spreadsheet shortened to 8.41E+12.

    `columns` maps headers to staged columns.
    """
    warnings = []
    for header, column in columns.items():
        row = con.execute(
            f"SELECT count(*), min(row), min({column}) FROM cells WHERE contains({column}, 'E+')"  # noqa: S608
            rf" AND regexp_full_match({column}, '\d([.,]\d+)?E\+\d{{1,2}}')"
        ).fetchone()
        if row and row[0]:
            noun = "value was" if row[0] == 1 else "values were"
            warnings.append(
                f"{row[0]} {noun} shortened by a spreadsheet in column {header!r} (to a form like"
                f" 8.41E+12, first in row {row[1]}): digits are lost and different ones may look"
                " the same. Format the column as text and export it again."
            )
    return warnings


def left_offsets(con: "DuckDBPyConnection", columns: Mapping[str, str]) -> list[str]:
    """Warnings of times with an offset from UTC, which are kept as the clock showed them."""
    warnings = []
    for header, column in columns.items():
        row = con.execute(
            f"SELECT count(*), count(DISTINCT zone) FROM (SELECT regexp_extract({column},"  # noqa: S608
            rf" ':\d\d(?:[.,]\d+)? ?([+-]\d\d:?\d\d)$', 1) AS zone FROM cells"
            f" WHERE strlen({column}) > 19) WHERE zone <> ''"
        ).fetchone()
        if row and row[0]:
            warnings.append(
                f"{row[0]} times of {header!r} have an offset from UTC ({row[1]} different); they"
                " were kept as the clock showed them there."
            )
    return warnings


def value_warnings(con: "DuckDBPyConnection", plan: Plan) -> list[str]:
    """What was lost before this file was written, or left away here, in the plan's columns."""
    types = schema_table(plan.table).types
    ids = {
        c.header: c.column
        for c in plan.columns
        if c.field and (c.field.endswith("_id") or c.field in {"phone", "postcode", "address"})
    }
    times = {
        c.header: c.column
        for c in plan.columns
        if types.get(c.field or "") == "datetime" or (c.field or "").endswith(".at")
    }
    return [*lost_digits(con, ids), *left_offsets(con, times)]
