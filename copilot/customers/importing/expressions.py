"""The set-wise value rules, as macros of the staging engine: one definition, used on columns.

`bare(v)`            the text without white space around it
`filled(v)`          NULL for a text that only says that it is empty
`digits_of(v)`       a number without currency, spaces, apostrophes, percent; signs normalised
`number_of(s, v, c)` DOUBLE from the digits of a text; `c` true when the decimal mark is a comma
`money_of(s, c)`     DECIMAL(18, 2), likewise
`moment_of(v, mdy)`  TIMESTAMP; `mdy` true when the column writes the month first
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EMPTY = (
    "", "n/a", "n.a.", "#n/a", "na", "nan", "-", "--", "---", "–", "—", "null", "(null)", "nil",
    "none", "?", "??", "k.a.", "k. a.", "s/o", "n/d", "n.d.", "#null!", "#div/0!", "#value!",
    "#ref!", "<na>", "(blank)", "unknown", "unbekannt",
)  # fmt: skip

_CURRENCY = (
    "€|£|¥|₹|zł|r\\$|us\\$|\\$|eur|usd|gbp|chf|pln|sek|nok|dkk|czk|huf|cad|aud|nzd|inr|jpy|brl"
    "|mxn|zar|kr\\.?|fr\\.|kč|ft"
)
COMMA = r"[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)?(,\d+)?"
POINT = r"[+-]?([1-9]\d{0,2}(,\d{2,3})*,\d{3}|\d+)?(\.\d+)?([eE][+-]?\d+)?"
TRIPLE = (
    r"\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})(,? \d{1,2}[:.]\d{2}([:.]\d{2})?( ?[aApP]\.?[mM]\.?)?)?"
)
_ISO = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
    r" ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
OFFSET = r":\d{2}.* ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})$"


def _formats(day_first: bool) -> str:
    date = ("%d/%m/%y", "%d/%m/%Y") if day_first else ("%m/%d/%y", "%m/%d/%Y")
    times = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
    return "[" + ", ".join(f"'{d}{t}'" for d in date for t in times) + "]"


_MACROS = rf"""
CREATE OR REPLACE MACRO bare(v) AS (
  CASE WHEN regexp_matches(v, '^[\s\x{{00A0}}\x{{200B}}]|[\s\x{{00A0}}\x{{200B}}]$')
       THEN trim(v, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203)) ELSE v END);
CREATE OR REPLACE MACRO filled(v) AS (
  CASE WHEN strlen(v) <= {max(map(len, EMPTY)) * 2}
            AND lower(v) IN ({", ".join(f"'{word}'" for word in EMPTY)}) THEN NULL ELSE v END);
CREATE OR REPLACE MACRO digits_of(v) AS (
  CASE WHEN regexp_full_match(v, '[+-]?[\d.,]+') THEN v
       ELSE regexp_replace(regexp_replace(regexp_replace(regexp_replace(replace(v, '−', '-'),
              '(?i){_CURRENCY}', '', 'g'), '[\s\x{{00A0}}\x{{202F}}''’%]', '', 'g'),
              '^\((.*)\)$', '-\1'), '^(.*\d)-$', '-\1') END);
CREATE OR REPLACE MACRO is_comma(s) AS (regexp_full_match(s, '{COMMA}'));
CREATE OR REPLACE MACRO is_point(s) AS (regexp_full_match(s, '{POINT}'));
CREATE OR REPLACE MACRO plain_of(s, comma) AS (
  CASE WHEN comma AND is_comma(s) THEN replace(replace(s, '.', ''), ',', '.')
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
    '^(\d+)[-./](\d+)[-./](\d+)', '\1/\2/\3'), '\.([MP])\.?$|([AP])\.M\.?$', '\1\2M'));
CREATE OR REPLACE MACRO moment_of(v, mdy) AS (
  CASE WHEN is_iso(v) THEN try_cast(
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
       WHEN is_serial(v) THEN TIMESTAMP '1899-12-30' + to_seconds(round(v::DOUBLE * 86400)::BIGINT)
  END);
"""


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
    """Make `cells` from `raw`: trimmed text, NULL for empty; `guarded` takes off apostrophes.

    A column whose every value starts with one (`'00123`, as shop systems export identifiers to
    spreadsheets) loses it too.
    """
    source = "regexp_replace({c}, '^''([=+@%|-])', '\\1')" if guarded else "{c}"
    names = [f"c{i}" for i in range(width)]
    marked = _marked(con, names)
    sources = {n: f"substr({n}, 2)" if n in marked else source.format(c=n) for n in names}
    trimmed = ", ".join(f"bare({sources[name]}) AS {name}" for name in names)
    columns = ", ".join(f"filled({name}) AS {name}" for name in names)
    con.execute(
        f"CREATE TABLE cells AS SELECT row, {columns} FROM (SELECT row, {trimmed} FROM raw)"  # noqa: S608
    )


def _marked(con: "DuckDBPyConnection", names: list[str]) -> set[str]:
    """The columns of `raw` in which an apostrophe only says that the value is a text."""
    tests = ", ".join(
        rf"bool_and(regexp_full_match({name}, '\x27[0-9A-Z+=@-][^\x27]*'))"
        f" FILTER ({name} IS NOT NULL AND {name} <> '')"
        for name in names
    )
    row = con.execute(f"SELECT {tests} FROM raw").fetchone()  # noqa: S608 - staged column names
    return {name for name, always in zip(names, row or (), strict=True) if always}
