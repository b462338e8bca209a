"""A file into the store: every row read is loaded, updated, or rejected with a reason."""

import datetime as dt
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from copilot.customers.importing import infer, mapping, merge, readers, values
from copilot.customers.importing.consent import collect, implied_by, is_consent_field
from copilot.customers.importing.convert import Setting, convert
from copilot.customers.importing.currencies import several_currencies
from copilot.customers.importing.databases import Database, stage_query
from copilot.customers.importing.exports import carry_down
from copilot.customers.importing.expressions import fill_cells, install, stored
from copilot.customers.importing.kept import Reuse, fitting, save
from copilot.customers.importing.mapping import Plan
from copilot.customers.importing.rejects import keep_reading, write_rejects
from copilot.customers.importing.scratch import check_room, workbench
from copilot.customers.importing.tidying import value_warnings
from copilot.customers.privacy.sensitive import withhold
from copilot.customers.schema import CONSENTS, TRANSACTIONS
from copilot.customers.schema import table as schema_table
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.records import ImportReport, MappedColumn, TableName

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PREVIEW_ROWS = 5
PHASES = ("reading", "looking", "converting", "checking", "writing")
Progress = Callable[[str, int], None]
_LINKS = {"customer_id": "customers", "product_id": "products", "store_id": "locations"}


@dataclass(frozen=True)
class _Outcome:
    rows_loaded: int
    rows_updated: int
    rows_rejected: int
    rejects_file: str | None


def import_file(
    store: Store,
    path: Path | Database,
    *,
    table: TableName | None = None,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    country: str | None = None,
    synthetic: tuple[str, ...] = (),
    sheet: str | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import one file, or a database's query, into the table it fits (or `table`).

    The report tells of every row. `mapping` is column to field ("" leaves a column
    out; `consent.email` and the like send a customer file's column to the consents); it is kept
    for files with the same columns. `country` (ISO 3166 alpha-2) decides national phone numbers
    and ambiguous dates. Importing the same file again updates the same rows. `progress` is told
    each phase (of PHASES) as it begins and the rows it has to do (0 while not counted). Raises
    DataError when the file cannot be read, fits no table, or its rows do not balance, StoreError
    when the disk is too small; then nothing was changed.
    """
    started = time.monotonic()
    told_of = progress or _quiet
    check_room(path if isinstance(path, Path) else None, store.folder)
    with workbench() as con:
        install(con)
        told_of("reading", 0)
        staged = _stage(con, path, sheet)
        told_of("looking", staged.rows_read)
        fill_cells(con, len(staged.header), guarded="reject_reason" in staged.header)
        plan, given, told = _plan(con, store, staged, path, table, mapping)
        plan, withheld = withhold(con, plan)
        setting, warnings = _setting(con, store, staged, plan, country, today)
        warnings = [*staged.warnings, *told, *_plan_warnings(plan), *withheld, *warnings]
        warnings += value_warnings(con, plan)
        told_of("converting", staged.rows_read)
        warnings += convert(con, plan, setting)
        told_of("checking", staged.rows_read)
        warnings += _finish(con, store, plan, path, setting)
        told_of("writing", staged.rows_read)
        outcome = _commit(con, store, plan, staged, path, dry_run, synthetic)
        if outcome.rejects_file:
            keep_reading(store.folder / "rejects", staged.header, plan, setting.style)
        preview = _preview(con, plan)
    if given and not dry_run:
        save(store.folder, staged.header, given, table=plan.table, source=path.name)
    return ImportReport(
        source=path.name,
        table=plan.table,
        rows_read=staged.rows_read,
        encoding=staged.encoding,
        delimiter=staged.delimiter,
        mapping=_mapped(plan),
        warnings=tuple(warnings),
        dry_run=dry_run,
        preview=preview,
        elapsed_ms=round((time.monotonic() - started) * 1000),
        **asdict(outcome),
    )


def _mapped(plan: Plan) -> dict[str, MappedColumn]:
    return {c.header: MappedColumn(field=c.field, confidence=c.confidence) for c in plan.columns}


def _quiet(phase: str, rows: int) -> None:
    """Tell nobody."""


def _stage(con: "DuckDBPyConnection", path: Path | Database, sheet: str | None) -> readers.Staged:
    if isinstance(path, Database):
        return stage_query(con, path)
    return readers.stage(con, path, sheet=sheet)


def _stem(path: Path | Database) -> str:
    return path.stem if isinstance(path, Database) else path.name.split(".")[0]


def _plan(
    con: "DuckDBPyConnection",
    store: Store,
    staged: readers.Staged,
    path: Path | Database,
    table: TableName | None,
    given: Mapping[str, str] | None,
) -> tuple[Plan, Mapping[str, str], list[str]]:
    found = infer.evidence(con, len(staged.header), staged.rows_read)
    reuse = _reusable(store, staged.header) if given is None else None
    told: list[str] = []
    if reuse is not None and table in {None, reuse.table}:
        table, given, told = cast(TableName | None, reuse.table), reuse.columns, [reuse.warning]
    plan = mapping.propose(staged.header, found, table=table, given=given, stem=_stem(path))
    carried = carry_down(con, plan.table, staged.header)
    told += [carried] if carried else []
    return _settled(con, plan, explicit=bool(given)), given or {}, told


def _reusable(store: Store, header: Sequence[str]) -> Reuse | None:
    """The mapping kept for these columns; of corrected rejects, how they were read before."""
    if "reject_reason" in header and (found := fitting(store.folder / "rejects", header)):
        return found
    return fitting(store.folder, header)


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
    con: "DuckDBPyConnection", store: Store, plan: Plan, path: Path | Database, setting: Setting
) -> list[str]:
    """What follows conversion: ids, duplicates, the consents of a customer file, joins."""
    table = schema_table(plan.table)
    merge.reject_duplicates(con, table)
    warnings = merge.reject_future(con, table, setting.today)
    if plan.table == "customers":
        from copilot.customers.privacy.suppression import hasher

        listed = store.files().get("suppressions")
        warnings += merge.reject_forgotten(con, listed, lambda: hasher(store))
    consents = {c.field: c.column for c in plan.columns if c.field and is_consent_field(c.field)}
    implied = implied_by(path.name, [c.header for c in plan.columns])
    if plan.table != "customers":
        implied = None
    if consents or implied:
        mdy = any(setting.style.mdy.get(field, False) for field in consents)
        source = _said_in(path, consents, setting)
        warnings += collect(con, consents, source=source, mdy=mdy, implied=implied)
        for channel, yes, no in con.execute(
            "SELECT channel, count(*) FILTER (status = 'yes'), count(*) FILTER (status = 'no')"
            " FROM consents_found GROUP BY channel ORDER BY channel"
        ).fetchall():
            warnings.append(f"Consent for {channel}: {yes} yes, {no} no; the rest is unknown.")
    warnings += several_currencies(con, plan)
    if table is TRANSACTIONS:
        warnings += _unknown_buyers(con)
    return warnings + _unmatched(con, store, plan)


def _said_in(path: Path | Database, consents: Mapping[str, str], setting: Setting) -> str:
    """The source of a consent: the file and, when it gives no time, the day it was read."""
    timed = any(name.endswith(".at") for name in consents)
    return path.name if timed else f"{path.name}, imported {setting.today}"


def _unknown_buyers(con: "DuckDBPyConnection") -> list[str]:
    count = _count(con, "incoming WHERE customer_id IS NULL")
    if not count:
        return []
    return [f"{count} sales name no customer; they count as revenue, not for any customer."]


def _unmatched(con: "DuckDBPyConnection", store: Store, plan: Plan) -> list[str]:
    warnings = []
    files = store.files()
    for field, other in _LINKS.items():
        own_key = schema_table(plan.table).key == (field,)
        if own_key or plan.table == other or other not in files or not _fills(plan, field):
            continue
        row = con.execute(
            f"SELECT count(*), count(DISTINCT t.{field}) FROM incoming t"  # noqa: S608 - own names
            f" ANTI JOIN {stored(files[other])} o USING ({field})"
            f" WHERE t.{field} IS NOT NULL"
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
    path: Path | Database,
    dry_run: bool,
    synthetic: tuple[str, ...],
) -> _Outcome:
    table = schema_table(plan.table)
    rejected = _count(con, "bad") + _count(con, "rejected")
    kept = _count(con, "incoming")
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
            stem = re.sub(r"[^\w-]+", "-", _stem(path)).strip("-") or "file"
            blank = {i for i, column in enumerate(plan.columns) if column.refused}
            rejects = write_rejects(con, store.folder / "rejects", stem, staged.header, blank)
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
