"""What a column says about people: sensitive by its name or by its values.

The words and what the law says of each kind stand in `sensitive.yaml`, which anybody can edit.
"""

import functools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml

from copilot.customers.importing.headers import plain

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from copilot.customers.importing.mapping import Plan

Handling = Literal["use", "never", "refuse"]

ENOUGH = 0.8  # share of a column's values that must pass a card's or account's own check
LOOK_AT = 2_000
_CARD = r"(?:\d[ -]?){12,18}\d"
_ACCOUNT = r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7} ?[A-Z0-9]{0,4}"


@dataclass(frozen=True)
class Kind:
    """A kind of sensitive column; `use` is "refuse" where its values are not even stored."""

    name: str
    use: Handling
    law: str
    words: tuple[str, ...] = ()


def sensitive_name(header: str) -> Kind | None:
    """What kind of sensitive field a column's name says it is; None for an ordinary one.

    >>> sensitive_name("Household Income").name, sensitive_name("favourite colour")
    ('income', None)
    """
    spoken = f" {plain(header)} "
    for kind, pattern in _patterns():
        if pattern.search(spoken):
            return kind
    return None


def sensitive_values(con: "DuckDBPyConnection", column: str) -> Kind | None:
    """Payment cards and bank accounts told by their check digits, in a column of `cells`."""
    rows = con.execute(
        f"SELECT v FROM (SELECT {column} AS v FROM cells WHERE strlen({column}) BETWEEN 13 AND 42"  # noqa: S608 - a staged column's name
        f" LIMIT {LOOK_AT})"
    ).fetchall()
    filled = con.execute(f"SELECT count({column}) FROM cells").fetchone()  # noqa: S608
    values = [str(value) for (value,) in rows]
    if not values or len(values) < ENOUGH * min(LOOK_AT, filled[0] if filled else 0):
        return None
    passed = sum(is_card(value) or is_account(value) for value in values)
    return kinds()["payment"] if passed >= ENOUGH * len(values) else None


def withhold(con: "DuckDBPyConnection", plan: "Plan") -> tuple["Plan", list[str]]:
    """The plan without the columns nobody should keep, and what was found, in words.

    Only columns that fill no field are judged. Payment details and secrets are left out, whatever
    their column is called; what else is sensitive is kept and, unless a person decides otherwise,
    not used.
    """
    columns, told = [], []
    for column in plan.columns:
        kind = None
        if column.field is None and not column.dropped:
            kind = sensitive_name(column.header)
            if kind is None or kind.use != "refuse":
                kind = sensitive_values(con, column.column) or kind
            if kind and kind.use != "refuse" and plan.table != "customers":
                kind = None  # the genre of a book says nothing of a person
        if kind is not None and kind.use == "refuse":
            told.append(f"Column {column.header!r} holds {kind.law}: it was not stored.")
            column = replace(column, dropped=True, refused=True)
        elif kind is not None:
            how = "never mentioned" if kind.use == "use" else "not used"
            told.append(
                f"Column {column.header!r} is about {kind.law}: it is kept and {how}"
                " (marketing-copilot customers fields)."
            )
        columns.append(column)
    return replace(plan, columns=tuple(columns)), told


def is_card(value: str) -> bool:
    """Whether a text is a payment card's number: issuer's first digit, and Luhn's check (ISO/IEC
    7812-1).

    >>> is_card("4111 1111 1111 1111"), is_card("4111 1111 1111 1112")
    (True, False)
    """
    text = value.strip()
    if not re.fullmatch(_CARD, text):
        return False
    digits = [int(c) for c in text if c.isdigit()]
    if digits[0] not in {2, 3, 4, 5, 6} or len(set(digits)) == 1:
        return False
    doubled = [2 * d - 9 * (d > 4) if i % 2 else d for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def is_account(value: str) -> bool:
    """Whether a text is an IBAN, by its check digits (ISO 13616, modulo 97).

    >>> is_account("GB82 WEST 1234 5698 7654 32"), is_account("GB83 WEST 1234 5698 7654 32")
    (True, False)
    """
    text = value.strip().upper()
    if not re.fullmatch(_ACCOUNT, text):
        return False
    bare = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


@functools.cache
def kinds() -> dict[str, Kind]:
    """Every kind of `sensitive.yaml`, by name."""
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    return {
        name: Kind(name, one["use"], one["law"], tuple(str(word) for word in one["words"]))
        for name, one in yaml.safe_load(text).items()
    }


@functools.cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(rf" (?:{'|'.join(map(_pattern, kind.words))}) "))
        for kind in kinds().values()
    )


def _pattern(word: str) -> str:
    ending = r"[a-z0-9]*" if word.endswith("*") else ""
    return re.escape(plain(word.rstrip("*"))) + ending
