"""In which currencies a file's amounts are: amounts in several must not be added up silently."""

from typing import TYPE_CHECKING

from copilot.customers.importing.headers import plain
from copilot.customers.importing.mapping import Plan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_WORDS = (
    "currency|currency code|currency iso code|order currency|wahrung|waehrung|devise|monnaie"
    "|moneda|divisa|valuta|moeda|waluta"
)
HEADERS = frozenset(_WORDS.split("|"))
SIGNS = {
    "€": "EUR", "£": "GBP", "$": "USD", "us$": "USD", "¥": "JPY", "₹": "INR", "zł": "PLN",
    "r$": "BRL", "kč": "CZK", "fr.": "CHF",
}  # fmt: skip
_SHOWN = 5


def several_currencies(con: "DuckDBPyConnection", plan: Plan) -> list[str]:
    """A warning when a column of currencies, or the amounts' own signs, name more than one.

    A bare `$` is taken for US dollars: it counts only as different from other signs.
    """
    amount = plan.column("amount") or plan.column("unit_price")
    if plan.table not in {"transactions", "products"} or (amount or plan.column("price")) is None:
        return []
    money = amount or plan.column("price")
    named = next((c.column for c in plan.columns if plain(c.header) in HEADERS), None)
    word, where = f"upper({named})", f"{money} IS NOT NULL"
    if named is None:
        where = f"NOT regexp_full_match({money}, '[0-9.,+-]*')"
        signs = r"(?i)([a-z]{0,2}[$€£¥₹]|zł|kč|fr\.|[a-z]{3})"
        word = f"lower(regexp_extract({money}, '{signs}', 1))"
    rows = con.execute(
        f"SELECT {word} AS w, count(*) FROM cells WHERE {where} GROUP BY w"  # noqa: S608 - staged names
    ).fetchall()
    found: dict[str, int] = {}
    for text, count in rows:
        code = _code(str(text or ""))
        if code:
            found[code] = found.get(code, 0) + count
    if len(found) < 2:
        return []
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ", ".join(f"{code} {count}" for code, count in ordered[:_SHOWN])
    return [
        f"The amounts are in {len(found)} currencies ({shown}) and are stored as they are; totals"
        " would add them up. Convert them, or import one currency."
    ]


def _code(text: str) -> str | None:
    """ISO 4217 from a code or a sign; None for anything else."""
    import pycountry

    word = text.strip().lower()
    if word in SIGNS:
        return SIGNS[word]
    item = pycountry.currencies.get(alpha_3=word.upper())
    return None if item is None else str(item.alpha_3)
