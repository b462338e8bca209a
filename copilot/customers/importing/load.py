"""A file into the store: every row read is loaded, updated, or rejected with a reason."""

import datetime as dt
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing import infer, mapping, merge, readers, values
from copilot.customers.importing.consent import collect, is_consent_field
from copilot.customers.importing.convert import Setting, convert
from copilot.customers.importing.expressions import fill_cells, install, stored
from copilot.customers.importing.mapping import Plan
from copilot.customers.importing.rejects import write_rejects
from copilot.customers.schema import CONSENTS, TRANSACTIONS
from copilot.customers.schema import table as schema_table
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.records import ImportReport, MappedColumn, TableName

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PREVIEW_ROWS = 5
_LINKS = {"customer_id": "customers", "product_id": "products", "store_id": "locations"}


@dataclass(frozen=True)
class _Outcome:
    loaded: int
    updated: int
    rejected: int
    rejects_file: str | None


def import_file(
    store: Store,
    path: Path,
    *,
    table: TableName | None = None,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    country: str | None = None,
    synthetic: tuple[str, ...] = (),
    sheet: str | None = None,
    today: dt.date | None = None,
) -> ImportReport:
    """Import one file into the table it fits (or `table`) and say what became of every row.

    `mapping` is column to field ("" leaves a column out; `consent.email` and the like send a
    customer file's column to the consents); it is kept for files with the same columns.
    `country` (ISO 3166 alpha-2) decides national phone numbers and ambiguous dates. Importing
    the same file again updates the same rows. Raises DataError when the file cannot be read,
    fits no table, or its rows do not balance; then nothing was changed.
    """
    started = time.monotonic()
    with readers.workbench() as con:
        install(con)
        staged = readers.stage(con, path, sheet=sheet)
        fill_cells(con, len(staged.header), guarded="reject_reason" in staged.header)
        plan, given = _plan(con, store, staged, path, table, mapping)
        setting, warnings = _setting(con, store, staged, plan, country, today)
        warnings = [*staged.warnings, *_plan_warnings(plan), *warnings]
        warnings += convert(con, plan, setting)
        warnings += _finish(con, store, plan, path, setting)
        outcome = _commit(con, store, plan, staged, path, dry_run, synthetic)
        preview = _preview(con, plan)
    if given and not dry_run:
        _remember(store, staged, plan, given)
    return ImportReport(
        source=path.name,
        table=plan.table,
        rows_read=staged.rows_read,
        rows_loaded=outcome.loaded,
        rows_updated=outcome.updated,
        rows_rejected=outcome.rejected,
        rejects_file=outcome.rejects_file,
        encoding=staged.encoding,
        delimiter=staged.delimiter,
        mapping={
            c.header: MappedColumn(field=c.field, confidence=c.confidence) for c in plan.columns
        },
        warnings=tuple(warnings),
        dry_run=dry_run,
        preview=preview,
        elapsed_ms=round((time.monotonic() - started) * 1000),
    )


def _plan(
    con: "DuckDBPyConnection",
    store: Store,
    staged: readers.Staged,
    path: Path,
    table: TableName | None,
    given: Mapping[str, str] | None,
) -> tuple[Plan, Mapping[str, str]]:
    found = infer.evidence(con, len(staged.header), staged.rows_read)
    kept = mapping.saved(store.folder, mapping.source_key(staged.header))
    if given is None and kept is not None and table in {None, kept[0]}:
        table, given = kept  # type: ignore[assignment]
    plan = mapping.propose(
        staged.header, found, table=table, given=given, stem=path.name.split(".")[0]
    )
    return _settled(con, plan, explicit=bool(given)), given or {}


def _settled(con: "DuckDBPyConnection", plan: Plan, *, explicit: bool) -> Plan:
    """The plan after what only all values can tell: a repeated transaction id is a basket's."""
    column = next((c for c in plan.columns if c.field == "transaction_id"), None)
    if column is None or (explicit and column.confidence == 1.0):
        return plan
    row = con.execute(
        f"SELECT count(c), count(DISTINCT c) FROM (SELECT {column.column} AS c FROM cells)"  # noqa: S608
    ).fetchone()
    filled, distinct = row or (0, 0)
    if distinct >= 0.9 * filled or plan.column("basket_id"):
        return plan
    changed = replace(column, field="basket_id", confidence=0.6)
    return Plan(plan.table, tuple(changed if c is column else c for c in plan.columns))


def _plan_warnings(plan: Plan) -> list[str]:
    aside = [c.header for c in plan.columns if c.field is None and not c.dropped]
    warnings = []
    if aside:
        has_room = "attributes" in schema_table(plan.table).types
        where = "kept among the attributes" if has_room else "left out"
        warnings.append(f"No field fits {', '.join(map(repr, aside))}; {where}.")
    if plan.table == "customers" and plan.column("customer_id") is None:
        instead = "email" if plan.column("email") else "phone"
        warnings.append(f"There is no column of customer ids; the {instead} is the id.")
    if plan.column("full_name"):
        warnings.append(
            f"{plan.named('full_name')!r} was split at its first space into first and last name."
        )
    if plan.column("unit_price") and not plan.column("amount"):
        price = plan.named("unit_price")
        warnings.append(f"The amount of a line is its {price!r} times its quantity.")
    if plan.table == "transactions" and plan.column("transaction_id") is None:
        warnings.append("There is no column of transaction ids; they were made from the content.")
    return warnings


def _setting(
    con: "DuckDBPyConnection",
    store: Store,
    staged: readers.Staged,
    plan: Plan,
    country: str | None,
    today: dt.date | None,
) -> tuple[Setting, list[str]]:
    if country is not None:
        code = values.country(country)
        if code is None:
            raise DataError(f"{country!r} is no country.", hint="Use a code such as GB or DE.")
        country = code
    region = country or _usual_region(con, store, plan)
    types = schema_table(plan.table).types
    by_kind: dict[str, dict[str, str]] = {"number": {}, "date": {}}
    for column in plan.columns:
        kind = types.get(column.field or "", "")
        if kind in {"money", "number", "integer"} or column.field == "unit_price":
            by_kind["number"][str(column.field)] = column.column
        elif kind in {"date", "datetime"} or (column.field or "").endswith(".at"):
            by_kind["date"][str(column.field)] = column.column
    style = infer.decide_style(
        con,
        by_kind["number"],
        by_kind["date"],
        names={str(c.field): c.header for c in plan.columns if c.field},
        delimiter=staged.delimiter,
        country=region,
        hints={str(c.field): c.hint for c in plan.columns if c.hint},
    )
    if plan.column("customer_email") is not None:
        _known_emails(con, store)
    day = today or dt.date.today()
    return Setting(style, region, day), list(style.warnings)


def _usual_region(con: "DuckDBPyConnection", store: Store, plan: Plan) -> str | None:
    """The country of the file's prefixed phones, else the stored customers' usual one."""
    column = plan.column("phone")
    if column is not None:
        prefixed = con.execute(
            f"SELECT v, count(*) FROM (SELECT {column} AS v FROM cells)"  # noqa: S608
            " WHERE v LIKE '+%' OR v LIKE '00%' GROUP BY v ORDER BY count(*) DESC, v LIMIT 500"
        ).fetchall()
        counts: dict[str, int] = {}
        for text, count in prefixed:
            region = values.calling_region(text)
            if region:
                counts[region] = counts.get(region, 0) + count
        if counts:
            return infer.dominant(list(counts.items()))
    files = store.files()
    for name in ("customers", "locations"):
        if name in files:
            rows = con.execute(
                f"SELECT country, count(*) FROM {stored(files[name])}"  # noqa: S608 - own paths
                " WHERE country IS NOT NULL GROUP BY country"
            ).fetchall()
            if rows:
                return infer.dominant(rows)
    return None


def _known_emails(con: "DuckDBPyConnection", store: Store) -> None:
    con.execute("CREATE TABLE known_emails (email VARCHAR, customer_id VARCHAR)")
    file = store.files().get("customers")
    if file is not None:
        con.execute(
            "INSERT INTO known_emails SELECT lower(email), min(customer_id)"  # noqa: S608 - own path
            f" FROM {stored(file)} WHERE email IS NOT NULL GROUP BY lower(email)"
        )


def _finish(
    con: "DuckDBPyConnection", store: Store, plan: Plan, path: Path, setting: Setting
) -> list[str]:
    """What follows conversion: ids, duplicates, the consents of a customer file, joins."""
    table = schema_table(plan.table)
    if table is TRANSACTIONS and plan.column("transaction_id") is None:
        merge.give_transaction_ids(con)
    merge.reject_duplicates(con, table)
    warnings: list[str] = []
    consents = {c.field: c.column for c in plan.columns if c.field and is_consent_field(c.field)}
    if consents:
        mdy = any(setting.style.mdy.get(field, False) for field in consents)
        warnings += collect(con, consents, source=path.name, mdy=mdy)
        for channel, yes, no in con.execute(
            "SELECT channel, count(*) FILTER (status = 'yes'), count(*) FILTER (status = 'no')"
            " FROM consents_found GROUP BY channel ORDER BY channel"
        ).fetchall():
            warnings.append(f"Consent for {channel}: {yes} yes, {no} no; the rest is unknown.")
    return warnings + _unmatched(con, store, plan)


def _unmatched(con: "DuckDBPyConnection", store: Store, plan: Plan) -> list[str]:
    warnings = []
    files = store.files()
    for field, other in _LINKS.items():
        own_key = schema_table(plan.table).key == (field,)
        if own_key or plan.table == other or other not in files or not _fills(plan, field):
            continue
        row = con.execute(
            f"SELECT count(*), count(DISTINCT t.{field}) FROM typed t"  # noqa: S608 - own names
            f" ANTI JOIN {stored(files[other])} o USING ({field})"
            f" WHERE t.{field} IS NOT NULL AND t.reject_reason IS NULL"
        ).fetchone()
        if row and row[0]:
            warnings.append(
                f"{row[0]} rows name {row[1]} {field} values that are not among the {other}."
            )
    return warnings


def _fills(plan: Plan, field: str) -> bool:
    if field == "customer_id" and plan.column("customer_email"):
        return True
    return plan.column(field) is not None


def _commit(
    con: "DuckDBPyConnection",
    store: Store,
    plan: Plan,
    staged: readers.Staged,
    path: Path,
    dry_run: bool,
    synthetic: tuple[str, ...],
) -> _Outcome:
    table = schema_table(plan.table)
    con.execute("CREATE VIEW incoming AS SELECT * FROM typed WHERE reject_reason IS NULL")
    kept = _count(con, "incoming")
    rejected = _count(con, "bad") + _count(con, "typed") - kept
    if kept + rejected != staged.rows_read:
        raise DataError(
            f"{path.name!r}: of {staged.rows_read} rows {kept} would be kept and {rejected}"
            " rejected; nothing was imported.",
            hint="Please report this file's layout (not its contents) as a bug.",
        )
    if dry_run:
        updated = merge.count_known(con, table, "incoming", store.files().get(table.name))
        return _Outcome(kept - updated, updated, rejected, None)
    with store.writing():
        files = store.files()
        updated = merge.count_known(con, table, "incoming", files.get(table.name))
        rejects = None
        if rejected:
            stem = re.sub(r"[^\w-]+", "-", path.name.split(".")[0]).strip("-") or "file"
            rejects = write_rejects(con, store.folder / "rejects", stem, staged.header)
        new: dict[str, Path] = {}
        if kept:
            new[table.name] = merge.write(con, store, table, "incoming", files.get(table.name))
        if _has_consents(con):
            con.execute("CREATE VIEW agreed AS SELECT rowid AS row, * FROM consents_found")
            old = files.get("consents")
            new[CONSENTS.name] = merge.write(con, store, CONSENTS, "agreed", old)
        if new:
            store.commit(new, synthetic=synthetic)
    return _Outcome(kept - updated, updated, rejected, str(rejects) if rejects else None)


def _has_consents(con: "DuckDBPyConnection") -> bool:
    row = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'consents_found'"
    ).fetchone()
    return bool(row and row[0]) and _count(con, "consents_found") > 0


def _count(con: "DuckDBPyConnection", relation: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {relation}").fetchone()  # noqa: S608 - own names
    return int(row[0]) if row else 0


def _preview(con: "DuckDBPyConnection", plan: Plan) -> tuple[dict[str, object], ...]:
    names = [f.name for f in schema_table(plan.table).fields]
    columns = ", ".join(f'"{name}"' for name in names)
    rows = con.execute(
        f"SELECT {columns} FROM incoming ORDER BY row LIMIT {PREVIEW_ROWS}"  # noqa: S608
    ).fetchall()
    return tuple(
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in rows
    )


def _remember(store: Store, staged: readers.Staged, plan: Plan, given: Mapping[str, str]) -> None:
    mapping.save(store.folder, mapping.source_key(staged.header), given, table=plan.table)
