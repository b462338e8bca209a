"""Which column of a file fills which canonical field, and how sure that is.

By name first (several languages and well-known exports), then by content; a person's own
mapping wins over both and is kept for the next file with the same columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from copilot.customers.importing.consent import consent_field, is_consent_field
from copilot.customers.importing.headers import OWNERS, known_export, plain, spellings
from copilot.customers.importing.infer import Evidence
from copilot.customers.schema import TABLES
from copilot.customers.schema import table as schema_table
from copilot.errors import DataError
from copilot.records import TableName
from copilot.text import content_id

HINTS = ("dmy", "mdy", "comma", "point")
REJECT_COLUMNS = ("reject_row", "reject_column", "reject_value", "reject_reason")
_FOLDER = "mappings"
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

    `hint` is "dmy", "mdy", "comma", "point" or empty; `dropped` columns are left out.
    """

    header: str
    column: str
    field: str | None
    confidence: float
    hint: str = ""
    dropped: bool = False


@dataclass(frozen=True)
class Plan:
    """The table a file goes to and what each of its columns is."""

    table: TableName
    columns: tuple[Column, ...]

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
    for spec in schema_table(plan.table).fields:
        if spec.required and spec.name not in mapped:
            if spec.name == "customer_id" and instead.get(plan.table, set()) & mapped:
                continue
            listed = ", ".join(repr(c.header) for c in plan.columns)
            raise DataError(
                f"No column gives the {spec.name} of the {plan.table}: {listed}.",
                hint=f"Name it with --map (a line such as  column: {spec.name}).",
            )
    return plan


def load_mapping(path: Path) -> dict[str, str]:
    """A mapping file (YAML, `column: field`; null or "" leaves the column out)."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"Cannot read the mapping {str(path)!r}: {error}.") from error
    if not isinstance(data, dict):
        raise DataError(f"{str(path)!r} is not a mapping.", hint="Write lines of column: field.")
    return {str(key): "" if value is None else str(value) for key, value in data.items()}


def source_key(header: Sequence[str]) -> str:
    """The key under which a mapping is kept: the same set of columns is the same source."""
    return content_id(*sorted(plain(name) for name in header))


def save(folder: Path, key: str, mapping: Mapping[str, str], *, table: str | None = None) -> Path:
    """Keep a mapping for files with the same columns; `folder` is the store's."""
    path = folder / _FOLDER / f"{key}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(
        {"table": table, "columns": dict(mapping)}, allow_unicode=True, sort_keys=False
    )
    path.write_text(text, encoding="utf-8")
    return path


def saved(folder: Path, key: str) -> tuple[str | None, dict[str, str]] | None:
    """The table and mapping kept for these columns; None when none were."""
    path = folder / _FOLDER / f"{key}.yaml"
    if not path.is_file():
        return None
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data.get("table"), {str(k): str(v or "") for k, v in data["columns"].items()}


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
    wanted: list[tuple[float, int, str]] = []
    for i, name in enumerate(header):
        if name in fixed or name in REJECT_COLUMNS:
            continue
        field, confidence = export.get(plain(name)) or _by_name(table, name)
        confidence = _checked(table, field, confidence, evidence[i])
        if field and confidence >= 0.5:
            wanted.append((-confidence, i, field))
    taken = {field for field, _ in fixed.values() if field}
    chosen: dict[int, tuple[str, float]] = {}
    for negative, i, field in sorted(wanted):
        if field not in taken:
            taken.add(field)
            chosen[i] = (field, -negative)
    free = [i for i, name in enumerate(header) if i not in chosen and name not in fixed]
    chosen |= _by_content(table, header, evidence, free, taken, strict=strict)
    columns = []
    for i, name in enumerate(header):
        if name in fixed:
            field, hint = fixed[name]
            columns.append(Column(name, f"c{i}", field or None, 1.0, hint, dropped=not field))
        else:
            found, confidence = chosen.get(i, (None, 0.0))
            dropped = name in REJECT_COLUMNS
            columns.append(Column(name, f"c{i}", found, round(confidence, 2), dropped=dropped))
    return Plan(table, tuple(columns))


def _given(
    table: str, header: Sequence[str], given: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """The person's mapping, checked; raises DataError for unknown columns, fields and doubles."""
    by_plain = {plain(name): name for name in header}
    found: dict[str, tuple[str, str]] = {}
    for key, value in given.items():
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


def _by_content(
    table: str,
    header: Sequence[str],
    evidence: Sequence[Evidence],
    free: Sequence[int],
    taken: set[str],
    *,
    strict: bool,
) -> dict[int, tuple[str, float]]:
    fields = schema_table(table).types
    rules: list[tuple[str, float, list[int]]] = []
    usable = [i for i in free if evidence[i].filled and header[i] not in REJECT_COLUMNS]
    addresses = [i for i in usable if evidence[i].email > 0.8]
    if table == "suppressions":
        told = [i for i in usable if evidence[i].email + evidence[i].phone > 0.5]
        rules.append(("address", 0.7, usable if strict and len(header) == 1 else told))
    rules.append(("email", 0.7, addresses))
    plus = [i for i in usable if evidence[i].phone > 0.8 and evidence[i].number < 0.5]
    rules.append(("phone", 0.6, plus))
    rules.append(("language", 0.6, [i for i in usable if evidence[i].locale > 0.9]))
    rules.append(("country", 0.6, [i for i in usable if evidence[i].code > 0.9]))
    key = schema_table(table).key
    if len(key) == 1 and table != "transactions":
        ids = [i for i in usable if evidence[i].unique and _id_like(header[i], evidence[i])]
        rules.append((key[0], 0.6, ids[:1]))
    if table == "transactions":
        rules.append(("at", 0.6, [i for i in usable if evidence[i].date > 0.9]))
        rules.append(("amount", 0.5, [i for i in usable if evidence[i].decimal > 0.9]))
    chosen: dict[int, tuple[str, float]] = {}
    for field, confidence, candidates in rules:
        open_ones = [i for i in candidates if i not in chosen]
        if field in fields and field not in taken and len(open_ones) == 1:
            chosen[open_ones[0]] = (field, confidence)
    return chosen


def _id_like(name: str, found: Evidence) -> bool:
    words = set(plain(name).split())
    return bool(
        words & {"id", "no", "nr", "number", "nummer", "code", "key", "ref", "numero"}
    ) and (found.email < 0.5 and found.date < 0.5)


def _score(plan: Plan, stem: str) -> float:
    """How well a table fits: rare fields count more; without its key it does not fit."""
    mapped = {c.field: c.confidence for c in plan.columns if c.field}
    required = {f.name for f in schema_table(plan.table).fields if f.required}
    if plan.table == "customers":
        required = set() if {"email", "phone"} & set(mapped) else {"customer_id"}
    if plan.table == "transactions" and "customer_email" in mapped:
        required -= {"customer_id"}
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
    return score + (1.0 if hinted else 0.0)


def _spread(field: str) -> int:
    return max(1, sum(field in t.types for t in TABLES.values()))
