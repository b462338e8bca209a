"""What a column holds, from its values: kinds for the mapping, and decisions on every value.

Shares guide the mapping and may look at a spread of rows; whether a day or a month comes first,
and which mark is decimal, are decided on the whole column and said aloud when evidence is thin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.customers.importing.expressions import PLAIN_NUMBER

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOOK_AT = 20_000
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s.]+"
PHONE = r"(\+|00)?[\d(][\d\s()./-]{6,18}\d"
DIALLED = r"((\+|00)[1-9]|0[1-9]|\(0?\d+\))[\d\s()/.-]{7,18}"  # written to be dialled
DECIMAL = r"-?(\d+|\d{1,3}([.,]\d{3})+)[.,]\d{1,2}"
LOCALE = "[a-z]{2}([-_][A-Za-z]{2})?"
ANSWERS = "'no', 'ja', 'si', 'na', 'ok'"  # two letters that seldom mean a language
MONTH_FIRST_COUNTRIES = frozenset({"US", "PH", "PR", "GU"})


@dataclass(frozen=True)
class Evidence:
    """Shares (0-1) of a column's filled values that look like each kind."""

    filled: int
    distinct: int
    email: float = 0.0
    phone: float = 0.0
    date: float = 0.0
    number: float = 0.0
    decimal: float = 0.0
    code: float = 0.0
    locale: float = 0.0
    dialled: float = 0.0

    @property
    def unique(self) -> bool:
        """Whether every filled value is a different one."""
        return self.filled > 0 and self.distinct == self.filled


@dataclass(frozen=True)
class Style:
    """How a file writes numbers and dates, each decided once for the file's mapped columns."""

    comma: Mapping[str, bool]
    mdy: Mapping[str, bool]
    warnings: tuple[str, ...] = ()


def evidence(con: "DuckDBPyConnection", width: int, rows: int) -> tuple[Evidence, ...]:
    """Evidence for the columns c0 … of `cells`, from at most about 20,000 rows spread over it."""
    step = max(1, rows // LOOK_AT)
    con.execute(f"CREATE TEMP TABLE spread AS FROM cells WHERE row % {step} = 0")
    found = []
    for i in range(width):
        row = con.execute(
            "SELECT coalesce(sum(n), 0), count(v),"  # noqa: S608 - staged column names
            f" {_share(_match(EMAIL))}, {_share(_match(PHONE))},"
            f" {_share('is_iso(v) OR is_triple(v)')}, {_share('is_point(d) OR is_comma(d)')},"
            f" {_share(_match(DECIMAL, 'd'))}, {_share(_match('[A-Z]{2}'))},"
            f" {_share(_match(LOCALE) + f' AND v NOT IN ({ANSWERS})')}, {_share(_match(DIALLED))}"
            f" FROM (SELECT c{i} AS v, digits_of(v) AS d, count(*) AS n FROM spread"
            " WHERE v IS NOT NULL GROUP BY v)"
        ).fetchone()
        numbers = [0.0 if value is None else float(value) for value in row or ()]
        found.append(Evidence(int(numbers[0]), int(numbers[1]), *numbers[2:]))
    con.execute("DROP TABLE spread")
    return tuple(found)


def _match(pattern: str, value: str = "v") -> str:
    return f"regexp_full_match({value}, '{pattern}')"


def _share(condition: str) -> str:
    return f"sum(n) FILTER ({condition}) / sum(n)"


def decide_style(
    con: "DuckDBPyConnection",
    numbers: Mapping[str, str],
    dates: Mapping[str, str],
    *,
    names: Mapping[str, str],
    delimiter: str | None,
    country: str | None,
    hints: Mapping[str, str],
) -> Style:
    """Decide decimal marks and day/month order for staged columns (field to column).

    `names` gives the file's own header of each column; `hints` (field to "comma", "point",
    "dmy" or "mdy") overrule all evidence.
    """
    warnings: list[str] = []
    counts = {field: _decimal_counts(con, column) for field, column in numbers.items()}
    file_comma = sum(c[0] for c in counts.values()) > sum(c[1] for c in counts.values())
    no_evidence = not any(c[0] or c[1] for c in counts.values())
    if no_evidence:
        file_comma = delimiter == ";"
    comma = {}
    for field, (commas, points, unclear) in counts.items():
        chosen = commas > points if commas or points else file_comma
        if hints.get(field) in {"comma", "point"}:
            chosen = hints[field] == "comma"
        comma[field] = chosen
        warnings += _decimal_warnings(names[field], commas, points, unclear, chosen)
    orders = {field: _order_counts(con, column) for field, column in dates.items()}
    mdy, told = _orders(orders, names, file_comma and not no_evidence, delimiter, country, hints)
    return Style(comma, mdy, (*warnings, *told))


def _decimal_counts(con: "DuckDBPyConnection", column: str) -> tuple[int, int, int]:
    """Values that only a decimal comma explains, only a point, and that either would."""
    # CASE stops at the first that holds: most numbers are plain and need no other pattern.
    row = con.execute(
        "SELECT count(*) FILTER (kind = 1), count(*) FILTER (kind = 2),"  # noqa: S608 - staged name
        " count(*) FILTER (kind = 3) FROM (SELECT CASE"
        f" WHEN regexp_full_match(s, '{PLAIN_NUMBER}') THEN contains(s, '.')::INT * 2"
        " WHEN NOT is_comma(s) THEN is_point(s)::INT * 2 WHEN NOT is_point(s) THEN 1"
        " WHEN s SIMILAR TO '.*[.,].*' THEN 3 ELSE 0 END AS kind"
        f" FROM (SELECT digits_of({column}) AS s FROM cells))"
    ).fetchone()
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)


def _decimal_warnings(name: str, commas: int, points: int, unclear: int, chosen: bool) -> list[str]:
    mark = "comma" if chosen else "point"
    if commas and points:
        minority = points if chosen else commas
        return [
            f"Column {name!r} mixes decimal commas ({commas}) and points ({points}); numbers that"
            f" fit both were read with a decimal {mark}, {minority} others each as written."
        ]
    if unclear and not commas and not points:
        return [
            f"{unclear} numbers of column {name!r} read either way (1.234 or 1,234); a decimal"
            f" {mark} was assumed. Map it to FIELD@comma or FIELD@point to decide."
        ]
    return []


def _order_counts(con: "DuckDBPyConnection", column: str) -> tuple[int, int, int, int]:
    """Dates that are only day-first, only month-first, either, and those of them with dots."""
    row = con.execute(
        "SELECT count(*) FILTER (a > 12 AND b <= 12), count(*) FILTER (b > 12 AND a <= 12),"  # noqa: S608
        " count(*) FILTER (a <= 12 AND b <= 12 AND a <> b), count(*) FILTER (dots) FROM ("
        " SELECT regexp_extract(v, '^(\\d+)', 1)::INT AS a,"
        " regexp_extract(v, '^\\d+[-./](\\d+)', 1)::INT AS b,"
        " regexp_matches(v, '^\\d+\\.\\d+\\.') AS dots"
        f" FROM (SELECT {column} AS v FROM cells) WHERE is_triple(v))"
    ).fetchone()
    return (int(row[0]), int(row[1]), int(row[2]), int(row[3])) if row else (0, 0, 0, 0)


def _orders(
    counts: Mapping[str, tuple[int, int, int, int]],
    names: Mapping[str, str],
    comma: bool,
    delimiter: str | None,
    country: str | None,
    hints: Mapping[str, str],
) -> tuple[dict[str, bool], list[str]]:
    mdy: dict[str, bool] = {}
    warnings = []
    total_day = sum(c[0] for c in counts.values())
    total_month = sum(c[1] for c in counts.values())
    for field, (day, month, unclear, dots) in counts.items():
        name = names[field]
        if hints.get(field) in {"dmy", "mdy"}:
            mdy[field] = hints[field] == "mdy"
        elif day or month:
            mdy[field] = month > day
            if day and month:
                order = "month/day" if month > day else "day/month"
                warnings.append(
                    f"Column {name!r} mixes day/month ({day}) and month/day ({month}) dates;"
                    f" {unclear} that fit both were read as {order}."
                )
        else:
            chosen, why = _guess(
                total_day, total_month, dots > 0 or comma or delimiter == ";", country
            )
            mdy[field] = chosen
            if unclear:
                order = "month/day" if chosen else "day/month"
                warnings.append(
                    f"All dates of column {name!r} fit day/month and month/day; {unclear} were"
                    f" read as {order} ({why}). Map it to FIELD@dmy or FIELD@mdy to decide."
                )
    return mdy, warnings


def _guess(day: int, month: int, european: bool, country: str | None) -> tuple[bool, str]:
    if day != month:
        return month > day, "as the file's other dates"
    if country:
        return country in MONTH_FIRST_COUNTRIES, f"usual in {country}"
    if european:
        return False, "the file's numbers or separators are European"
    return False, "no evidence either way"


def dominant(values: Sequence[tuple[str, int]]) -> str | None:
    """The most frequent of (value, count) pairs; None for none."""
    return max(values, key=lambda pair: (pair[1], pair[0]))[0] if values else None
