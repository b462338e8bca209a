"""Which column of a file fills which canonical field, and how sure that is.

By name first (several languages and well-known exports), then by content; a person's own
mapping wins over both and is kept for the next file with the same columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.customers.importing.consent import consent_field, is_consent_field
from copilot.customers.importing.contents import by_content
from copilot.customers.importing.exports import CONFIDENCE, known_export
from copilot.customers.importing.headers import OWNERS, plain, spellings
from copilot.customers.importing.infer import Evidence
from copilot.customers.schema import TABLES
from copilot.customers.schema import table as schema_table
from copilot.errors import DataError
from copilot.records import TableName

HINTS = ("dmy", "mdy", "comma", "point")
NO_COLUMN = "(none)"
NO_BUYERS = f" Sales that name no customers at all: map  '{NO_COLUMN}': customer_id."
REJECT_COLUMNS = (
    "reject_row", "reject_column", "reject_value", "reject_reason", "reject_remedy",
)  # fmt: skip
_STEMS = {
    "customers": "customer client kunde contact subscriber audience member people household lead",
    "consents": "consent permission einwilligung optin",
    "suppressions": "suppress unsubscrib blocklist blacklist bounce sperrliste do_not_contact",
    "products": "product item catalog artikel produkt produit producto inventory",
    "transactions": "transaction order sale purchase payment bestellung verkauf commande vente"
    " pedido venta invoice receipt",
    "locations": "location store shop branch filiale magasin tienda",
    "campaigns": "campaign kampagne campagne campana",
    "responses": "response redemption reaktion reponse respuesta",
}


@dataclass(frozen=True)
class Column:
    """One column of a file: staged as `column`, filling `field` (None: kept as an attribute).

    `hint` is "dmy", "mdy", "comma", "point" or empty; `dropped` columns are left out, `refused`
    ones because nobody should keep what they hold.
    """

    header: str
    column: str
    field: str | None
    confidence: float
    hint: str = ""
    dropped: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Plan:
    """The table a file goes to and what each of its columns is."""

    table: TableName
    columns: tuple[Column, ...]
    unknown_buyers: bool = False

    def column(self, field: str) -> str | None:
        """The staged column that fills a field; None when none does."""
        return next((c.column for c in self.columns if c.field == field), None)

    def named(self, field: str) -> str:
        """The file's own header for a field, or the field's name."""
        return next((c.header for c in self.columns if c.field == field), field)


def propose(
    header: Sequence[str],
    evidence: Sequence[Evidence],
    *,
    table: TableName | None = None,
    given: Mapping[str, str] | None = None,
    stem: str = "",
) -> Plan:
    """The best plan for a file's columns; raises DataError when no table fits.

    `given` maps headers to fields and overrules; an empty field leaves the column out.
    """
    if table is not None:
        schema_table(table)
        return _identified(_plan(table, header, evidence, given or {}, strict=True))
    plans = [_plan(t.name, header, evidence, given or {}, strict=False) for t in TABLES.values()]
    best = max(plans, key=lambda plan: _score(plan, stem))
    if _score(best, stem) <= 0:
        raise DataError(
            f"No table fits the columns {', '.join(map(repr, header))}.",
            hint=f"Say which with --as ({', '.join(TABLES)}), and --map for its columns.",
        )
    return _plan(best.table, header, evidence, given or {}, strict=True)


def _identified(plan: Plan) -> Plan:
    """The plan; raises DataError when no column says whose rows these are."""
    mapped = {c.field for c in plan.columns}
    instead = {"customers": {"email", "phone"}, "transactions": {"customer_email"}}
    needed = {f.name for f in schema_table(plan.table).fields if f.required}
    if plan.table == "transactions" and not plan.unknown_buyers:
        needed.add("customer_id")
    for spec in schema_table(plan.table).fields:
        if spec.name in needed - mapped:
            if spec.name == "customer_id" and instead.get(plan.table, set()) & mapped:
                continue
            listed = ", ".join(repr(c.header) for c in plan.columns)
            raise DataError(
                f"No column gives the {spec.name} of the {plan.table}: {listed}.",
                hint=f"Name it with --map (a line such as  column: {spec.name})."
                + (NO_BUYERS if plan.table == "transactions" else ""),
            )
    return plan


def _plan(
    table: TableName,
    header: Sequence[str],
    evidence: Sequence[Evidence],
    given: Mapping[str, str],
    *,
    strict: bool,
) -> Plan:
    fixed = _given(table, header, given) if strict or not given else _given_loosely(table, given)
    export = known_export(table, header)
    wanted: list[tuple[bool, float, int, str]] = []
    for i, name in enumerate(header):
        if name in fixed or name in REJECT_COLUMNS:
            continue
        if export is not None and plain(name) in export.columns:
            field = export.columns[plain(name)]
            confidence = CONFIDENCE if field else 0.0
        else:
            field, confidence = _by_name(table, name)
        confidence = _checked(table, field, confidence, evidence[i])
        if field and confidence >= 0.5:
            empty = not evidence[i].filled  # a filled column comes before an empty namesake
            wanted.append((empty, -confidence, i, field))
    taken = {field for field, _ in fixed.values() if field}
    chosen: dict[int, tuple[str, float]] = {}
    for _, negative, i, field in sorted(wanted):
        if field not in taken:
            taken.add(field)
            chosen[i] = (field, -negative)
    settled = export.columns if export is not None else {}
    free = [
        i
        for i, name in enumerate(header)
        if i not in chosen and name not in fixed and plain(name) not in settled
    ]
    chosen |= by_content(table, header, evidence, free, taken, strict=strict)
    columns = []
    for i, name in enumerate(header):
        if name in fixed:
            field, hint = fixed[name]
            columns.append(Column(name, f"c{i}", field or None, 1.0, hint, dropped=not field))
        else:
            found, confidence = chosen.get(i, (None, 0.0))
            dropped = name in REJECT_COLUMNS
            columns.append(Column(name, f"c{i}", found, round(confidence, 2), dropped=dropped))
    return Plan(table, tuple(columns), unknown_buyers=NO_COLUMN in given)


def _given(
    table: str, header: Sequence[str], given: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """The person's mapping, checked; raises DataError for unknown columns, fields and doubles."""
    by_plain = {plain(name): name for name in header}
    found: dict[str, tuple[str, str]] = {}
    for key, value in given.items():
        if key == NO_COLUMN and value == "customer_id":
            continue
        name = key if key in header else by_plain.get(plain(key))
        if name is None:
            raise DataError(
                f"The mapping names a column {key!r} that the file does not have.",
                hint=f"It has: {', '.join(header)}.",
            )
        field, _, hint = value.partition("@")
        if hint and hint not in HINTS:
            raise DataError(f"{value!r} ends in an unknown hint.", hint=f"Use {', '.join(HINTS)}.")
        if field and not _is_target(table, field):
            schema_table(table).field(field)
        if field and field in {other for other, _ in found.values()}:
            raise DataError(f"The mapping gives field {field!r} two columns.")
        found[name] = (field, hint)
    return found


def _given_loosely(table: str, given: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    pairs = {key: value.partition("@") for key, value in given.items()}
    return {k: (v[0], v[2]) for k, v in pairs.items() if not v[0] or _is_target(table, v[0])}


def _is_target(table: str, field: str) -> bool:
    return (
        field in schema_table(table).types
        or (table == "customers" and (field == "full_name" or is_consent_field(field)))
        or (table == "transactions" and field in {"customer_email", "unit_price"})
    )


def _by_name(table: str, name: str) -> tuple[str | None, float]:
    if name in schema_table(table).types:
        return name, 1.0
    words = plain(name)
    known = spellings(table)
    if table == "customers":
        consent = name if is_consent_field(name) else consent_field(name)
        if consent and words not in known:
            return consent, 0.9
    if words.replace(" ", "_") in schema_table(table).types:
        return words.replace(" ", "_"), 0.98
    if words in known:
        return known[words], 0.95
    parts = words.split()
    while len(parts) > 1 and parts[0] in OWNERS:
        parts = parts[1:]
        if " ".join(parts) in known:
            return known[" ".join(parts)], 0.85
    return None, 0.0


def _checked(table: str, field: str | None, confidence: float, found: Evidence) -> float:
    """Lower confidence when a column's values contradict its name."""
    if field is None or confidence == 1.0 or not found.filled:
        return confidence
    kind = schema_table(table).types.get(field, "text")
    share = {
        "email": found.email,
        "customer_email": found.email,
        "phone": max(found.phone, found.number),
    }.get(field)
    if share is None and (kind in {"money", "number"} or field == "unit_price"):
        share = found.number
    return confidence if share is None or share >= 0.3 else 0.3


def _score(plan: Plan, stem: str) -> float:
    """How well a table fits: rare fields count more; without its key it does not fit."""
    mapped = {c.field: c.confidence for c in plan.columns if c.field}
    required = {f.name for f in schema_table(plan.table).fields if f.required}
    if plan.table == "customers":
        required = set() if {"email", "phone"} & set(mapped) else {"customer_id"}
    if plan.table == "transactions" and "customer_email" not in mapped and not plan.unknown_buyers:
        required |= {"customer_id"}
    if plan.table == "consents":
        required |= {"status"}
    if plan.table == "transactions" and not {"amount", "unit_price", "quantity", "at"} & set(
        mapped
    ):
        return 0.0
    if required - set(mapped):
        return 0.0
    score = sum(weight / _spread(str(field)) for field, weight in mapped.items())
    kept = [c for c in plan.columns if not c.dropped]
    score *= 0.5 + 0.5 * len(mapped) / max(1, len(kept))
    hinted = any(word in stem.lower() for word in _STEMS[plan.table].split())
    known = known_export(plan.table, [c.header for c in plan.columns]) is not None
    return score + (1.0 if hinted else 0.0) + (5.0 if known else 0.0)


def _spread(field: str) -> int:
    return max(1, sum(field in t.types for t in TABLES.values()))
