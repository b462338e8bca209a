"""Which field a column fills when its name says nothing: by the look of its values alone.

Each confidence is how often the rule was right on the labelled columns of the tests (`CASES` in
test_contents.py), rounded down; a rule that fits two columns fits neither.
"""

from collections.abc import Sequence

from copilot.customers.importing.headers import plain
from copilot.customers.importing.infer import Evidence
from copilot.customers.schema import table as schema_table

_ID_WORDS = frozenset({"id", "no", "nr", "number", "nummer", "code", "key", "ref", "numero"})
_PERSONAL = frozenset({"customers", "suppressions"})


def by_content(
    table: str,
    header: Sequence[str],
    evidence: Sequence[Evidence],
    free: Sequence[int],
    taken: set[str],
    *,
    strict: bool,
) -> dict[int, tuple[str, float]]:
    """Column number to (field, confidence) for the `free` columns; `taken` fields are left.

    `strict` when the table is settled: then one column of anything may be suppressed addresses.
    """
    fields = schema_table(table).types
    usable = [i for i in free if evidence[i].filled and not header[i].startswith("reject_")]
    chosen: dict[int, tuple[str, float]] = {}
    for field, confidence, candidates in _rules(table, header, evidence, usable, strict=strict):
        known = field in fields or (field == "customer_email" and "customer_id" not in taken)
        open_ones = [i for i in candidates if i not in chosen]
        if known and field not in taken and len(open_ones) == 1:
            chosen[open_ones[0]] = (field, confidence)
    return chosen


def _rules(
    table: str,
    header: Sequence[str],
    evidence: Sequence[Evidence],
    usable: Sequence[int],
    *,
    strict: bool,
) -> list[tuple[str, float, list[int]]]:
    """(field, confidence, columns it may be), the surest first."""

    def where(kind: str, least: float) -> list[int]:
        return [i for i in usable if getattr(evidence[i], kind) > least]

    rules: list[tuple[str, float, list[int]]] = []
    if table == "suppressions":
        told = [i for i in usable if evidence[i].email + evidence[i].phone > 0.5]
        rules.append(("address", 0.9, list(usable) if strict and len(header) == 1 else told))
    rules.append(("email", 0.9, where("email", 0.8)))
    if table == "transactions" and strict:
        rules.append(("customer_email", 0.9, where("email", 0.8)))
    rules.append(("phone", 0.9, [i for i in where("dialled", 0.8) if evidence[i].date < 0.1]))
    if table in _PERSONAL:
        rules.append(("language", 0.7, [i for i in where("locale", 0.9) if _few(evidence[i])]))
    rules.append(("country", 0.7, [i for i in where("code", 0.9) if _few(evidence[i])]))
    key = schema_table(table).key
    if len(key) == 1 and table != "transactions":
        ids = [i for i in usable if evidence[i].unique and _id_like(header[i], evidence[i])]
        rules.append((key[0], 0.6, ids[:1]))
    if table == "transactions":
        rules.append(("at", 0.8, where("date", 0.9)))
        rules.append(("amount", 0.6, where("decimal", 0.9)))
    return rules


def _few(found: Evidence) -> bool:
    """Codes of languages and countries repeat; ids and initials seldom do."""
    return found.filled < 10 or found.distinct <= found.filled / 2


def _id_like(name: str, found: Evidence) -> bool:
    words = set(plain(name).split())
    return bool(words & _ID_WORDS) and found.email < 0.5 and found.date < 0.5
