"""From staged text to the canonical, typed columns of one table, set-wise.

Makes the table `typed`: row, every canonical field, and reject_column/value/reason where a row
cannot be kept. A value that cannot be read rejects its row where a wrong or missing value would
spoil numbers or sending; elsewhere it is kept, as given, among the row's attributes.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.customers.importing import cleaning
from copilot.customers.importing.cleaning import Maps
from copilot.customers.importing.consent import is_consent_field, status_sql
from copilot.customers.importing.expressions import quoted
from copilot.customers.importing.infer import Style
from copilot.customers.importing.mapping import REJECT_COLUMNS, Column, Plan
from copilot.customers.importing.merge import give_transaction_ids
from copilot.customers.schema import Field, Table
from copilot.customers.schema import table as schema_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SQL_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18,2)",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "json": "VARCHAR",
}
TOTAL_LINE = (
    "(?i)((grand |sub-?)?total(s|e|en|es)?( g[ée]n[ée]ral| general| generale)?"
    "|(end|zwischen|gesamt)?summe|gesamt(betrag|umsatz)?|insgesamt|sum|somme|suma( total)?"
    "|razem|totaal|totale) ?[:=]?"
)
_DATED = frozenset({"transactions", "responses", "campaigns", "consents"})


@dataclass(frozen=True)
class Setting:
    """What conversion needs beside the plan: styles, the phones' default country, today."""

    style: Style
    region: str | None
    today: dt.date


def convert(con: "DuckDBPyConnection", plan: Plan, setting: Setting) -> list[str]:
    """Build `typed` from `cells`; returns warnings about values kept aside or not read.

    One pass makes the table `converted`: row, the fields that can hold something, `fault` (0, or
    the step of the ladder a row failed at). `shaped` adds the other fields, empty; `typed` adds
    why a row is rejected, which `rejected` (filled here, and by the search for duplicates) says
    for the few rows it concerns.
    """
    table = schema_table(plan.table)
    mapped = {c.field: c for c in plan.columns if c.field}
    maps = cleaning.build_maps(con, plan, setting.region)
    values = {f.name: _value(f, mapped, plan, setting, maps) for f in table.fields}
    if "unit_price" in mapped and "amount" not in mapped:
        values["amount"] = _line_amount(mapped, setting)
    asides: dict[str, str] = {}
    soft = [
        f
        for f in table.fields
        if f.name in mapped and f.name != "attributes" and not _hard(table, f, mapped)
    ]
    if "attributes" in table.types:
        asides = _asides(table, plan, soft)
        values["attributes"] = _attributes(plan, list(asides))
    lossy = [f for f in soft if f.type != "text" or f.name in cleaning.MAPPED]
    ladder = _ladder(table, mapped)
    _run(con, table, mapped, values, (setting, maps), asides, ladder, lossy)
    if table.name == "transactions" and "transaction_id" not in mapped:
        give_transaction_ids(con)
        values["transaction_id"] = "c.transaction_id"
    _shape(con, table, values)
    _reject(con, ladder)
    return _soft_warnings(con, table, mapped, lossy, setting)


def _run(
    con: "DuckDBPyConnection",
    table: Table,
    mapped: Mapping[str, Column],
    values: Mapping[str, str],
    means: tuple[Setting, Maps],
    asides: Mapping[str, str],
    ladder: list[tuple[str, str, str, str]],
    lossy: list[Field],
) -> None:
    setting, maps = means
    aside = "".join(f", {value} AS a_{i}" for i, value in enumerate(asides.values()))
    chosen = ", ".join(
        f"{values[f.name]} AS {_q(f.name)}" for f in table.fields if f.name != "attributes"
    )
    held = [f"clean.{_q(f.name)}" for f in table.fields if _holds(values, f) and f.type != "json"]
    held += [
        f"{values[f.name] if f.name == 'attributes' else _q(f.name)} AS {_q(f.name)}"
        for f in table.fields
        if _holds(values, f) and f.type == "json"
    ]
    lost = [
        f"clean.{mapped[f.name].column} IS NOT NULL AND clean.{_q(f.name)} IS NULL AS lost_{f.name}"
        for f in lossy
    ]
    steps = " ".join(f"WHEN {step[0]} THEN {i}" for i, step in enumerate(ladder, 1))
    fault = f"(CASE {steps} ELSE 0 END)::UTINYINT AS fault" if ladder else "0::UTINYINT AS fault"
    # The file's rows must stay the probing side of the joins: then they also stay in order.
    con.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    con.execute(
        f"CREATE TABLE converted AS SELECT {', '.join(['row', *held, fault, *lost])} FROM"  # noqa: S608 - staged names
        f" (SELECT clean.*{aside} FROM (SELECT {chosen}, v.* FROM"
        f" (SELECT v.*{_layer(table, mapped, setting, maps)}"
        f" FROM cells v {' '.join(maps.joins)}) v) clean) clean"
    )
    con.execute("RESET disabled_optimizers")


def _holds(values: Mapping[str, str], spec: Field) -> bool:
    return not values[spec.name].startswith("NULL::")


def _shape(con: "DuckDBPyConnection", table: Table, values: Mapping[str, str]) -> None:
    fields = ", ".join(
        f"c.{_q(f.name)}" if _holds(values, f) else f"{values[f.name]} AS {_q(f.name)}"
        for f in table.fields
    )
    told = "reject_column, reject_value, reject_reason"
    con.execute(
        "CREATE TABLE rejected (row BIGINT, reject_column VARCHAR, reject_value VARCHAR,"  # noqa: S608
        f" reject_reason VARCHAR); CREATE VIEW shaped AS SELECT c.row, {fields}, c.fault"
        f" FROM converted c; CREATE VIEW typed AS SELECT s.* EXCLUDE (fault), {told} FROM shaped s"
        " LEFT JOIN rejected r ON r.row = s.row; CREATE VIEW incoming AS SELECT * EXCLUDE (fault)"
        " FROM shaped WHERE fault = 0 AND row NOT IN (SELECT row FROM rejected)"
    )


def _reject(con: "DuckDBPyConnection", ladder: list[tuple[str, str, str, str]]) -> None:
    if ladder:
        parts = ", ".join(_pick(ladder, part) for part in (1, 2, 3))
        con.execute(
            f"INSERT INTO rejected SELECT row, {parts} FROM cells clean JOIN"  # noqa: S608
            " (SELECT row, fault FROM converted WHERE fault > 0) USING (row)"
        )


def _layer(table: Table, mapped: Mapping[str, Column], setting: Setting, maps: Maps) -> str:
    """Values that later expressions use more than once, computed once: m_, d_ and k_ columns."""
    found = [f"{sql} AS k_{name}" for name, sql in maps.cleaned.items() if "_words" not in name]
    for spec in table.fields:
        column = mapped.get(spec.name)
        if column is None:
            continue
        if spec.type in {"date", "datetime"}:
            mdy = str(setting.style.mdy.get(spec.name, False)).lower()
            words = maps.cleaned[f"{spec.name}_words"]
            found.append(f"coalesce(moment_of(v.{column.column}, {mdy}), {words}) AS m_{spec.name}")
        elif spec.type in {"money", "number", "integer"}:
            found.append(f"digits_of(v.{column.column}) AS d_{spec.name}")
    if price := mapped.get("unit_price"):
        found.append(f"digits_of(v.{price.column}) AS d_unit_price")
    return "".join(f", {item}" for item in found)


def _q(name: str) -> str:
    return f'"{name}"'


def _value(
    spec: Field,
    mapped: Mapping[str, Column],
    plan: Plan,
    setting: Setting,
    maps: Maps,
) -> str:
    column = mapped.get(spec.name)
    if column is None:
        return _derived(spec, mapped, maps)
    v = f"v.{column.column}"
    if spec.name in maps.cleaned:
        return f"v.k_{spec.name}"
    if plan.table == "consents" and spec.name == "status":
        return f"CASE WHEN {v} IS NULL THEN 'unknown' ELSE {status_sql(v)} END"
    if spec.name == "channel":
        return cleaning.channel_sql(v, strict=plan.table == "consents")
    if spec.type == "json":
        return f"CASE WHEN json_valid({v}) THEN {v} ELSE to_json({v})::VARCHAR END"
    if spec.type in {"money", "number", "integer"}:
        return _number(spec, v, setting.style.comma.get(spec.name, False))
    if spec.type in {"date", "datetime"}:
        return _moment(spec, v, setting)
    return v


def _derived(spec: Field, mapped: Mapping[str, Column], maps: Maps) -> str:
    """A field no column fills: an identifier from the e-mail or phone, names from a full name."""
    if spec.name == "customer_id":
        if "customer_email" in maps.cleaned:
            return "v.k_customer_email"
        for name in ("email", "phone"):
            if name in maps.cleaned:
                return f"lower(v.k_{name})"
    if spec.name in {"first_name", "last_name"} and "full_name" in mapped:
        return cleaning.part_of_name(f"v.{mapped['full_name'].column}", spec.name)
    return f"NULL::{SQL_TYPES[spec.type]}"


def _number(spec: Field, v: str, comma: bool) -> str:
    mark, digits = str(comma).lower(), f"v.d_{spec.name}"
    if spec.type == "money":
        return f"money_of({digits}, {mark})"
    return f"number_of({digits}, {v}, {mark})" + ("::BIGINT" if spec.type == "integer" else "")


def _line_amount(mapped: Mapping[str, Column], setting: Setting) -> str:
    """Unit price times quantity; a line without a quantity is one item."""
    comma = str(setting.style.comma.get("unit_price", False)).lower()
    price = f"try_cast(plain_of(v.d_unit_price, {comma}) AS DECIMAL(18, 4))::DOUBLE"
    count = "1"
    if quantity := mapped.get("quantity"):
        comma = str(setting.style.comma.get("quantity", False)).lower()
        number = f"number_of(v.d_quantity, v.{quantity.column}, {comma})"
        count = f"CASE WHEN v.{quantity.column} IS NULL THEN 1 ELSE {number} END"
    return f"round({price} * ({count}), 2)::DECIMAL(18, 2)"


def _moment(spec: Field, v: str, setting: Setting) -> str:
    moment = f"v.m_{spec.name}"
    # Two-digit years: nobody is born in the future, and records do not reach far into it.
    limit = setting.today if spec.name == "birth_date" else setting.today + dt.timedelta(3650)
    written = "NULL" if spec.name == "birth_date" else moment
    return (
        f"(CASE WHEN {moment} > DATE '{limit}' THEN CASE WHEN regexp_matches({v}, '\\d{{4}}')"
        f" THEN {written} ELSE {moment} - INTERVAL 100 YEAR END ELSE {moment} END)"
        f"::{SQL_TYPES[spec.type]}"
    )


def _hard(table: Table, spec: Field, mapped: Mapping[str, Column]) -> bool:
    """Whether a value that cannot be read rejects its row.

    A wrong e-mail address does not lose a customer who has an id: it is put aside and reported.
    """
    if table.name == "suppressions":
        return False
    if table.name == "customers":
        return spec.name == "email" and "customer_id" not in mapped
    if spec.type in {"money", "number", "integer"}:
        return spec.name not in {"lat", "lon"}
    if table.name == "consents":
        return True
    return spec.type in {"date", "datetime"} and table.name in _DATED


def _asides(table: Table, plan: Plan, soft: list[Field]) -> dict[str, str]:
    """Header to SQL of what is kept aside: columns without a field, values without a place."""
    found = {}
    names = {f.name for f in soft}
    for column in plan.columns:
        v = f"clean.{column.column}"
        if column.dropped or column.header in REJECT_COLUMNS:
            continue
        lonely = bool(
            column.field and column.field.endswith(".at") and not plan.column(column.field[:-3])
        )
        if column.field is None or column.field == "full_name" or lonely:
            found[column.header] = v
        elif is_consent_field(column.field) and not column.field.endswith(".at"):
            # CASE, unlike AND, leaves out what need not be looked at.
            said = f"CASE WHEN {status_sql(v)} IS NULL THEN moment_of({v}, false) IS NULL END"
            found[column.header] = f"CASE WHEN {v} IS NULL THEN NULL WHEN {said} THEN {v} END"
        elif (column.field in names and table.field(column.field).type != "text") or (
            column.field in names and column.field in cleaning.MAPPED
        ):
            lost = f"clean.{_q(column.field)} IS NULL"
            found[column.header] = f"CASE WHEN {lost} THEN {v} END"
    return found


def _attributes(plan: Plan, headers: list[str]) -> str:
    """SQL of the JSON of what is kept aside (a_0, a_1 …); most rows have nothing of the kind."""
    own = plan.column("attributes")
    base = "'{}'"
    if own:
        given = f"clean.{own}"
        is_object = f"json_valid({given}) AND json_type({given}) = 'OBJECT'"
        other = f"CASE WHEN {given} IS NULL THEN '{{}}' ELSE json_object('attributes', {given}) END"
        base = f"CASE WHEN {is_object} THEN {given}::JSON ELSE {other} END"
    if not headers and not own:
        return "NULL::VARCHAR"
    pairs = ", ".join(f"{quoted(header)}, clean.a_{i}" for i, header in enumerate(headers))
    anything = [f"clean.{own}"] if own else []
    anything += [f"clean.a_{i}" for i in range(len(headers))]
    merged = f"nullif(json_merge_patch({base}, json_object({pairs}))::VARCHAR, '{{}}')"
    return f"CASE WHEN coalesce({', '.join(anything)}) IS NOT NULL THEN {merged} END"


def _ladder(table: Table, mapped: Mapping[str, Column]) -> list[tuple[str, str, str, str]]:
    """(condition, column, value, reason) in the order in which a row's faults are told."""
    steps = _unsold(mapped) if table.name == "transactions" else []
    last: list[tuple[str, str, str, str]] = []  # a bad address that should have been the id
    for spec in table.fields:
        column = mapped.get(spec.name)
        value = f"clean.{column.column}" if column else "NULL::VARCHAR"
        name = quoted(column.header if column else spec.name)
        missing = f"clean.{_q(spec.name)} IS NULL"
        if spec.required and column is not None:
            steps.append((f"{value} IS NULL", name, value, quoted(f"{spec.name} is empty")))
            if spec.name in table.key:
                total = f"regexp_full_match({value}, '{TOTAL_LINE}')"
                steps.append((total, name, value, "'a total line, not a record'"))
        elif spec.required:
            told = quoted(f"nothing to identify the row by ({spec.name})")
            last.append((missing, name, value, told))
        if column is not None and _hard(table, spec, mapped):
            bad = f"{value} IS NOT NULL AND {missing}"
            steps.append((bad, name, value, quoted(_fault(spec))))
        elif spec.name == "amount" and (price := mapped.get("unit_price")):
            value = f"clean.{price.column}"
            bad = f"{value} IS NOT NULL AND {missing}"
            steps.append((bad, quoted(price.header), value, quoted(_fault(spec))))
    return [*steps, *last]


def _unsold(mapped: Mapping[str, Column]) -> list[tuple[str, str, str, str]]:
    """A line with neither buyer nor time, in a file that has times, is no sale; nor is a total."""
    who = mapped.get("customer_id") or mapped.get("customer_email")
    when = mapped.get("at")
    named = when or who
    if named is None:
        return []
    nobody = f"clean.{who.column} IS NULL AND " if who and when else ""
    empty = f"{nobody}clean.{named.column} IS NULL"
    cells = [f"clean.{c.column}" for c in mapped.values()]
    total = " OR ".join(f"coalesce(regexp_full_match({c}, '{TOTAL_LINE}'), false)" for c in cells)
    shown = f"coalesce({', '.join(cells)})"
    name = quoted(named.header)
    steps = [
        (f"clean.{named.column} IS NULL AND ({total})", name, shown, "'a total line, not a record'")
    ]
    if when is None:
        return steps
    return [*steps, (empty, name, shown, "'neither a customer nor a time; not a sale'")]


def _fault(spec: Field) -> str:
    kinds = {"money": "an amount", "number": "a number", "integer": "a whole number"}
    kinds |= {"date": "a date", "datetime": "a date or time"}
    if spec.name == "email":
        return "not a valid e-mail address"
    return f"not {kinds.get(spec.type, f'a known {spec.name}')}"


def _pick(ladder: list[tuple[str, str, str, str]], part: int) -> str:
    whens = " ".join(f"WHEN {i} THEN {step[part]}" for i, step in enumerate(ladder, 1))
    return f"CASE fault {whens} END"


def _soft_warnings(
    con: "DuckDBPyConnection",
    table: Table,
    mapped: Mapping[str, Column],
    lossy: list[Field],
    setting: Setting,
) -> list[str]:
    warnings = []
    for spec in lossy:
        column = mapped[spec.name]
        row = con.execute(
            f"SELECT count(*), min(row) FROM converted WHERE lost_{spec.name}"  # noqa: S608
        ).fetchone()
        if row and row[0]:
            if spec.name == "phone" and not setting.region and "country" not in mapped:
                warnings.append("National phone numbers need a country; none was given or found.")
            where = "kept among the attributes" if "attributes" in table.types else "left out"
            warnings.append(
                f"{row[0]} values of {column.header!r} are not a usable {spec.name} (first in row"
                f" {row[1]}); {where}."
            )
    return warnings
