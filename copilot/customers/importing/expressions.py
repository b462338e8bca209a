"""The set-wise value rules, as macros of the staging engine: one definition, used on columns.

`bare(v)`            the text without white space around it
`filled(v)`          NULL for a text that only says that it is empty
`digits_of(v)`       a number without currency, spaces, apostrophes, percent; signs normalised
`number_of(s, v, c)` DOUBLE from the digits of a text; `c` true when the decimal mark is a comma
`money_of(s, c)`     DECIMAL(18, 2), likewise
`moment_of(v, mdy)`  TIMESTAMP; `mdy` true when the column writes the month first
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EMPTY = (
    "", "n/a", "n.a.", "#n/a", "na", "nan", "-", "--", "---", "–", "—", "null", "(null)", "nil",
    "none", "?", "??", "k.a.", "k. a.", "s/o", "n/d", "n.d.", "#null!", "#div/0!", "#value!",
    "#ref!",
    "#name?", "#num!", "#spill!", "#calc!", "\\n",
    "<na>", "(blank)", "unknown", "unbekannt",
)  # fmt: skip

_CURRENCY = (
    "€|£|¥|₹|zł|\\b(?:us|r|a|au|c|ca|nz|hk|s)\\$|\\$|\\brs\\.?|eur|usd"
    "|gbp|chf|pln|sek|nok|dkk|czk|huf|cad|aud|nzd|inr|jpy|brl"
    "|mxn|zar|kr\\.?|fr\\.|kč|ft"
)
COMMA = r"[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)?(,\d+)?"
POINT = r"[+-]?([1-9]\d{0,2}(,\d{2,3})*,\d{3}|\d+)?(\.\d+)?([eE][+-]?\d+)?"
TRIPLE = (
    r"\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})"
    r"(,? \d{1,2}[:.]\d{2}([:.]\d{2})?( ?[aApP]\.?[mM]\.?| ?Uhr)?)?"
)
_ISO = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
    r" ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
PLAIN_ISO = r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?"
PLAIN_TRIPLE = r"\d\d[/.-]\d\d[/.-]\d{4}"
PLAIN_NUMBER = r"\d+(\.(\d{1,2}|\d{4,}))?"  # three digits after a point may be thousands


def _formats(day_first: bool) -> str:
    date = ("%d/%m/%y", "%d/%m/%Y") if day_first else ("%m/%d/%y", "%m/%d/%Y")
    times = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
    return "[" + ", ".join(f"'{d}{t}'" for d in date for t in times) + "]"


_MACROS = rf"""
CREATE OR REPLACE MACRO bare(v) AS (
  CASE WHEN regexp_matches(v, '^[\s\x{{00A0}}\x{{200B}}]|[\s\x{{00A0}}\x{{200B}}]$')
       THEN trim(v, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203)) ELSE v END);
CREATE OR REPLACE MACRO is_untidy(v) AS (
  v < '!' OR ends_with(v, ' ') OR ends_with(v, chr(9)) OR ends_with(v, chr(10))
  OR ends_with(v, chr(13)) OR ends_with(v, chr(160)) OR ends_with(v, chr(8203))
  OR starts_with(v, chr(160)) OR starts_with(v, chr(8203)));
CREATE OR REPLACE MACRO filled(v) AS (
  CASE WHEN strlen(v) <= {max(len(word.encode()) for word in EMPTY)}
            AND (v < '0' OR v >= ':')
            AND lower(v) IN ({", ".join(f"'{word}'" for word in EMPTY)}) THEN NULL ELSE v END);
CREATE OR REPLACE MACRO digits_of(v) AS (
  CASE WHEN regexp_full_match(v, '[+-]?[\d.,]*\d') THEN v
       ELSE regexp_replace(regexp_replace(regexp_replace(regexp_replace(replace(v, '−', '-'),
              '(?i){_CURRENCY}', '', 'g'), '[\s\p{{Z}}''’%]|[.,]-{{0,2}}$', '', 'g'),
              '^\((.*)\)$', '-\1'), '^(.*\d)-$', '-\1') END);
CREATE OR REPLACE MACRO is_comma(s) AS (regexp_full_match(s, '{COMMA}'));
CREATE OR REPLACE MACRO is_point(s) AS (regexp_full_match(s, '{POINT}'));
CREATE OR REPLACE MACRO plain_of(s, comma) AS (
  CASE WHEN regexp_full_match(s, '{PLAIN_NUMBER}') THEN s
       WHEN comma AND is_comma(s) THEN replace(replace(s, '.', ''), ',', '.')
       WHEN is_point(s) THEN replace(s, ',', '')
       WHEN is_comma(s) THEN replace(replace(s, '.', ''), ',', '.') END);
CREATE OR REPLACE MACRO number_of(s, v, comma) AS (
  try_cast(plain_of(s, comma) AS DOUBLE) / CASE WHEN contains(v, '%') THEN 100 ELSE 1 END);
CREATE OR REPLACE MACRO money_of(s, comma) AS (
  try_cast(plain_of(s, comma) AS DECIMAL(18, 2)));
CREATE OR REPLACE MACRO is_iso(v) AS (regexp_full_match(v, '{_ISO}'));
CREATE OR REPLACE MACRO is_triple(v) AS (regexp_full_match(v, '{TRIPLE}'));
CREATE OR REPLACE MACRO is_serial(v) AS (
  regexp_full_match(v, '[2-6]\d{{4}}(\.\d+)?'));
CREATE OR REPLACE MACRO slashed_of(v) AS (
  regexp_replace(regexp_replace(upper(replace(v, ',', '')),
    '^(\d+)[-./](\d+)[-./](\d+)', '\1/\2/\3'), ' ?([AP])\.?M\.?$| ?UHR$',
    CASE WHEN v ILIKE '%m' OR v ILIKE '%m.' THEN ' \1M' ELSE '' END));
CREATE OR REPLACE MACRO moment_of(v, mdy) AS (
  CASE WHEN regexp_full_match(v, '{PLAIN_ISO}') THEN try_cast(v AS TIMESTAMP)
       WHEN regexp_full_match(v, '{PLAIN_TRIPLE}') AND NOT mdy AND v[4:5] <= '12'
            THEN try_strptime(replace(replace(v, '.', '/'), '-', '/'), '%d/%m/%Y')
       WHEN is_iso(v) THEN try_cast(
              regexp_replace(regexp_replace(regexp_replace(v, '^(\d+)[-./](\d+)[-./](\d+)',
              '\1-\2-\3'), ' ?(Z|UTC|GMT)$|(:\d{{2}}(?:[.,]\d+)?) ?[+-]\d{{2}}:?\d{{2}}$', '\2'),
              '[ T]+', ' ') AS TIMESTAMP)
       WHEN is_triple(v) AND mdy THEN coalesce(
              try_strptime(slashed_of(v), {_formats(False)}),
              try_strptime(slashed_of(v), {_formats(True)}))
       WHEN is_triple(v) THEN coalesce(
              try_strptime(slashed_of(v), {_formats(True)}),
              try_strptime(slashed_of(v), {_formats(False)}))
       WHEN regexp_full_match(v, '(19|20)\d{{6}}') THEN try_strptime(v, '%Y%m%d')
       WHEN regexp_full_match(v, '(19|20)\d{{12}}') THEN try_strptime(v, '%Y%m%d%H%M%S')
       WHEN regexp_full_match(v, '1\d{{9}}') THEN epoch_ms(v::BIGINT * 1000)
       WHEN regexp_full_match(v, '1\d{{12}}') THEN epoch_ms(v::BIGINT)
       WHEN regexp_full_match(v, '1\d{{9}}\.\d+') THEN epoch_ms((v::DECIMAL(20, 3) * 1000)::BIGINT)
       WHEN is_serial(v) THEN TIMESTAMP '1899-12-30' + to_seconds(round(v::DOUBLE * 86400)::BIGINT)
  END);
"""


WIDE = 60
TOGETHER = 30
_SPACE = r"[\s\x{00A0}\x{200B}]"
_WORDS = "|".join(re.escape(word) for word in EMPTY if word).replace("'", "''")
_SUSPECT = rf"(?i)\x1f(?:{_SPACE}|(?:{_WORDS})?\x1f)|{_SPACE}\x1f"


def quoted(value: object) -> str:
    """The value as a text literal. Bound parameters would import pandas, seconds for nothing."""
    return "'" + str(value).replace("'", "''") + "'"


def stored(path: object) -> str:
    """A Parquet file as a relation."""
    return f"read_parquet({quoted(path)})"


def install(con: "DuckDBPyConnection") -> None:
    """Define the macros on a staging connection."""
    con.execute(_MACROS)


def fill_cells(con: "DuckDBPyConnection", width: int, *, guarded: bool) -> None:
    """Make `cells` of `raw`: trimmed text, NULL for empty; `guarded` takes off apostrophes.

    A column whose every value starts with one (`'00123`, as shop systems export identifiers to
    spreadsheets) loses it too. One look over the file tells which columns need any of this; a
    file in which none does is passed on as it is.
    """
    names = [f"c{i}" for i in range(width)]
    untidy, wordy, marked = _faults(con, names)
    columns = []
    for name in names:
        value = name
        if name in marked:
            value = f"substr({value}, 2)"
        elif guarded:
            value = f"regexp_replace({value}, '^''([=+@%|-])', '\\1')"
        if name in untidy or value != name:
            value = f"bare({value})"
        if name in wordy or value != name:
            value = f"filled({value})"
        columns.append(f"{value} AS {name}")
    clean = all(value.split(" AS ")[0] == name for value, name in zip(columns, names, strict=True))
    # What later looks at the cells many times shall not tidy them anew each time.
    # And each query pays for all columns of a view: a wide file is asked column by column.
    kind = "VIEW" if clean and width <= WIDE else "TABLE"
    con.execute(f"CREATE {kind} cells AS SELECT row, {', '.join(columns)} FROM raw")  # noqa: S608


def replace_cells(con: "DuckDBPyConnection", table: str) -> None:
    """Put a table made from `cells` in its place."""
    row = con.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'cells'").fetchone()
    con.execute(f"DROP {'VIEW' if row and row[0] else 'TABLE'} cells")
    con.execute(f"CREATE VIEW cells AS FROM {table}")


def _faults(con: "DuckDBPyConnection", names: list[str]) -> tuple[set[str], set[str], set[str]]:
    """The columns of `raw` with white space around values, with words for nothing, and those in
    which an apostrophe only says that the value is a text."""
    if len(names) > TOGETHER:  # what a query costs grows with the square of its columns
        first, rest = _faults(con, names[:TOGETHER]), _faults(con, names[TOGETHER:])
        return first[0] | rest[0], first[1] | rest[1], first[2] | rest[2]
    tests = ", ".join(
        f"bool_or(is_untidy({name})), bool_or(filled({name}) IS NULL AND {name} IS NOT NULL)"
        for name in names
    )
    # One pattern over the whole row finds the few rows in which to look at each value.
    whole = f"chr(31) || concat_ws(chr(31), {', '.join(names)}) || chr(31)"
    row = con.execute(
        f"SELECT {tests} FROM raw WHERE regexp_matches({whole}, '{_SUSPECT}')"  # noqa: S608
    ).fetchone()
    untidy, wordy = (set(_true(names, (row or ())[i::2])) for i in range(2))
    starts = ", ".join(f"bool_and(starts_with({n}, '''')) FILTER (strlen({n}) > 0)" for n in names)
    few = con.execute(f"SELECT {starts} FROM (FROM raw LIMIT 1000)").fetchone() or ()  # noqa: S608
    return untidy, wordy, {name for name in _true(names, few) if _is_marked(con, name)}


def _true(names: list[str], flags: Sequence[object]) -> list[str]:
    return [name for name, flag in zip(names, flags, strict=True) if flag]


def _is_marked(con: "DuckDBPyConnection", name: str) -> bool:
    row = con.execute(
        rf"SELECT bool_and(regexp_full_match({name}, '\x27[0-9A-Z+=@-][^\x27]*'))"  # noqa: S608
        f" FROM raw WHERE {name} <> ''"
    ).fetchone()
    return bool(row and row[0])
