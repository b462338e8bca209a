"""Cleaned values for a column's distinct texts: addresses, phones, countries, languages.

What the engine can decide by pattern it decides; only the remaining distinct texts are looked
at one by one, and joined back.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.customers.importing import values
from copilot.customers.importing.consent import CHANNELS, channel_of
from copilot.customers.importing.expressions import quoted
from copilot.customers.importing.mapping import Plan
from copilot.customers.importing.odd_dates import odd_date
from copilot.customers.schema import FORGOTTEN
from copilot.customers.schema import table as schema_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LITERAL_ROWS = 2_000
PATTERNED_REGIONS = 6
MAPPED = frozenset({"email", "phone", "country", "language"})
SIMPLE_EMAIL = (
    r"[A-Za-z0-9_][A-Za-z0-9_+-]{0,30}(\.[A-Za-z0-9_+-]{1,20}){0,2}"
    r"@([A-Za-z0-9]([A-Za-z0-9]{0,30}|[A-Za-z0-9]{0,15}-[A-Za-z0-9]{1,15})\.){1,3}"
    r"(?i:com|net|org|edu|gov|info|biz|io|co|me|app|example|de|fr|es|it|nl|pl|pt|at|ch|be|uk|ie|us"
    r"|ca|au|se|no|dk|fi|eu|cz|in|jp|br|mx)"
)
_CHANNEL_WORDS = (
    "e-mail mail newsletter emails text txt mobile mms wa call telephone telefon letter postal"
    " brief app voice handy courriel correo flyer tel"
)


@dataclass(frozen=True)
class Maps:
    """What a conversion adds to its query: JOIN clauses, and the SQL of each cleaned value."""

    joins: tuple[str, ...]
    cleaned: Mapping[str, str]


def build_maps(con: "DuckDBPyConnection", plan: Plan, region: str | None) -> Maps:
    """Make the tables of cleaned values a plan needs; staged text is `v.c0` and so on."""
    joins: list[str] = []
    cleaned: dict[str, str] = {}
    types = schema_table(plan.table).types
    mapped = {c.field: c.column for c in plan.columns if c.field}

    def add(name: str, column: str) -> None:
        joins.append(f"LEFT JOIN map_{name} ON map_{name}.value = v.{column}")
        cleaned[name] = f"map_{name}.clean"

    for name, clean in (("country", values.country), ("language", values.language)):
        if name in mapped and name in types:
            _map_texts(con, name, mapped[name], clean)
            add(name, mapped[name])
    if "email" in mapped and "email" in types:
        _map_texts(con, "email", mapped["email"], values.email, f"NOT {simple_email('value')}")
        add("email", mapped["email"])
        cleaned["email"] = _email_sql(f"v.{mapped['email']}")
    if "phone" in mapped and "phone" in types:
        join, cleaned["phone"] = _phones(con, mapped["phone"], mapped.get("country"), region)
        joins.append(join)
    if plan.table == "suppressions" and "address" in mapped:
        _map_texts(con, "address", mapped["address"], _address_cleaner(region))
        add("address", mapped["address"])
    for name, kind in types.items():
        if kind in {"date", "datetime"} and name in mapped:
            _map_dates(con, name, mapped[name])
            add(f"{name}_words", mapped[name])
    if plan.table == "transactions" and "customer_email" in mapped:
        column = f"lower(v.{mapped['customer_email']})"
        joins.append(f"LEFT JOIN known_emails known ON known.email = {column}")
        cleaned["customer_email"] = f"coalesce(known.customer_id, {column})"
    return Maps(tuple(joins), cleaned)


def _email_sql(value: str) -> str:
    lowered = f"regexp_extract({value}, '^[^@]+@') || lower(regexp_extract({value}, '[^@]+$'))"
    return f"CASE WHEN {simple_email(value)} THEN {lowered} ELSE map_email.clean END"


def simple_email(value: str) -> str:
    """SQL that is true for addresses no careful validator would refuse."""
    return f"regexp_full_match({value}, '{SIMPLE_EMAIL}')"


def channel_sql(value: str, *, strict: bool) -> str:
    """SQL of the canonical channel; when not strict an unknown one is kept in lower case."""
    word = f"lower({value})"
    known = {w: channel_of(w) for w in (*CHANNELS, *_CHANNEL_WORDS.split(), "direct mail")}
    whens = " ".join(f"WHEN {word} = '{w}' THEN '{c}'" for w, c in known.items() if c)
    return f"CASE {whens} {'' if strict else f'ELSE {word}'} END"


def part_of_name(value: str, part: str) -> str:
    """SQL of the first or last name in "First Last" or "Last, First"."""
    if part == "first_name":
        return (
            f"nullif(trim(CASE WHEN {value} LIKE '%,%' THEN split_part({value}, ',', 2)"
            f" ELSE split_part({value}, ' ', 1) END), '')"
        )
    return (
        f"nullif(trim(CASE WHEN {value} LIKE '%,%' THEN split_part({value}, ',', 1)"
        f" ELSE regexp_extract({value}, '^\\S+\\s+(.*)$', 1) END), '')"
    )


def _map_texts(
    con: "DuckDBPyConnection",
    name: str,
    column: str,
    clean: Callable[[str], str | None],
    where: str = "true",
) -> None:
    found = con.execute(
        f"SELECT DISTINCT value FROM (SELECT {column} AS value FROM cells)"  # noqa: S608
        f" WHERE value IS NOT NULL AND {where}"
    ).fetchall()
    _store(con, name, "VARCHAR", ((value, clean(value)) for (value,) in found))


def _map_dates(con: "DuckDBPyConnection", name: str, column: str) -> None:
    found = con.execute(
        f"SELECT DISTINCT value FROM (SELECT {column} AS value FROM cells)"  # noqa: S608
        " WHERE value IS NOT NULL AND NOT is_iso(value) AND NOT is_triple(value)"
        " AND regexp_matches(value, '[A-Za-zÀ-ÿ]')"
    ).fetchall()
    rows: Iterable[tuple[str, dt.datetime | None]] = (
        (value, odd_date(value)) for (value,) in found
    )
    _store(con, f"{name}_words", "TIMESTAMP", rows)


def _phones(
    con: "DuckDBPyConnection", column: str, country: str | None, region: str | None
) -> tuple[str, str]:
    """JOIN clause and value of a phone column; a number's country is its row's, else the file's.

    Numbers of the usual countries in a usual form are decided by pattern, the rest one by one.
    """
    home = f"'{region or ''}'"
    source = f"SELECT cells.{column} AS value, {home} AS region FROM cells"  # noqa: S608
    if country is not None:
        home = f"coalesce(map_country.clean, {home})"
        source = (
            f"SELECT cells.{column} AS value, {home} AS region FROM cells"  # noqa: S608
            f" LEFT JOIN map_country ON map_country.value = cells.{country}"
        )
    usual = con.execute(
        f"SELECT region FROM ({source}) WHERE region <> '' GROUP BY region"  # noqa: S608
        f" ORDER BY count(*) DESC, region LIMIT {PATTERNED_REGIONS}"
    ).fetchall()
    patterns = {place: values.phone_pattern(place) for (place,) in usual}
    known = {place: pattern for place, pattern in patterns.items() if pattern}
    quick, odd = "NULL", "true"
    if known:
        quick = _pattern_sql(f"v.{column}", home, known)
        odd = f"{_pattern_sql('value', 'region', known)} IS NULL"
    found = con.execute(
        f"SELECT DISTINCT value, region FROM ({source}) WHERE value IS NOT NULL AND {odd}"  # noqa: S608
    ).fetchall()
    con.execute("CREATE OR REPLACE TABLE map_phone (value VARCHAR, region VARCHAR, clean VARCHAR)")
    rows = [(value, place, values.phone(value, place or None)) for value, place in found]
    _append(con, "map_phone", ["value", "region", "clean"], rows)
    join = f"LEFT JOIN map_phone ON map_phone.value = v.{column} AND map_phone.region = {home}"
    return join, f"coalesce({quick}, map_phone.clean)"


def _pattern_sql(value: str, region: str, known: Mapping[str, tuple[str, str]]) -> str:
    """SQL of the E.164 number when the region's pattern fits the digits, else NULL."""
    digits = f"translate({value}, ' ()./-', '')"
    whens = " ".join(
        f"WHEN '{place}' THEN '+{prefix}' ||"
        f" nullif(regexp_extract({digits}, '^{national}$', 1), '')"
        for place, (prefix, national) in known.items()
    )
    return f"CASE {region} {whens} END"


def _address_cleaner(region: str | None) -> Callable[[str], str | None]:
    def clean(text: str) -> str | None:
        if text.startswith(FORGOTTEN):
            return text
        if "@" in text:
            return (values.email(text) or text).lower()
        return values.phone(text, region) or text.lower()

    return clean


def _store(
    con: "DuckDBPyConnection", name: str, kind: str, rows: Iterable[tuple[str, object]]
) -> None:
    con.execute(f"CREATE OR REPLACE TABLE map_{name} (value VARCHAR, clean {kind})")
    _append(con, f"map_{name}", ["value", "clean"], [row for row in rows if row[1] is not None])


def _append(
    con: "DuckDBPyConnection", table: str, names: list[str], rows: Sequence[tuple[object, ...]]
) -> None:
    if len(rows) <= LITERAL_ROWS:
        listed = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
        if rows:
            con.execute(f"INSERT INTO {table} VALUES {listed}")  # noqa: S608 - quoted values
        return
    import pyarrow as pa

    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    con.register("batch", pa.table(columns, names=names))
    con.execute(f"INSERT INTO {table} SELECT * FROM batch")  # noqa: S608 - our own table names
    con.unregister("batch")


def _literal(value: object) -> str:
    return "NULL" if value is None else quoted(value)
