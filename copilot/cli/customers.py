"""Commands of the customers: import, profile, show, forget, suppress, segments, localities."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from copilot.cli.base import AsJson, Workspace, app, customers, emit, open_workspace
from copilot.cli.valuing import AsOf, day


@customers.command("import")
def customers_import(
    files: Annotated[
        list[str],
        typer.Argument(help="CSV, Excel, Parquet, JSON or JSONL; or a database URL with --query."),
    ],
    table: Annotated[str | None, typer.Option("--as", help="The table, when unclear.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="YAML of `column: field`; saved for the source.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, load nothing.")] = False,
    query: Annotated[
        str | None, typer.Option("--query", help="One SELECT, for a database URL; only read.")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="A sheet, a zip's file, or a JSON's list.")
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Load files; every row read is loaded, updated or rejected with a reason."""
    from copilot.console import show_imports

    reports = open_workspace(workspace).import_customers(
        files,
        table=table,
        mapping=mapping,
        dry_run=dry_run,
        query=query,
        sheet=sheet,
        progress=_told if sys.stderr.isatty() else None,
    )
    payload: Any = reports[0].model_dump(mode="json")
    if len(reports) > 1:
        counts = ("rows_read", "rows_loaded", "rows_updated", "rows_rejected")
        payload = {
            "files": [report.model_dump(mode="json") for report in reports],
            **{count: sum(getattr(report, count) for report in reports) for count in counts},
        }
    return emit(payload, as_json, lambda _: show_imports(reports))


def _told(file: str, phase: str, rows: int) -> None:
    sys.stderr.write(f"{file}: {phase}{f' {rows:,} rows' if rows else ''} …\n")


@customers.command("mappings")
def customers_mappings(
    show: Annotated[str, typer.Option("--show", help="Only the mapping of this key.")] = "",
    remove: Annotated[str, typer.Option("--remove", help="Forget the mapping of this key.")] = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """The mappings saved for sources, used again for files with the same columns."""
    from copilot.console import show_records

    found = open_workspace(workspace).mappings(show=show, remove=remove)
    payload = {"mappings": [one.model_dump(mode="json") for one in found]}
    return emit(payload, as_json, lambda _: show_records(found))


@customers.command("profile")
def customers_profile(workspace: Workspace = None, as_json: AsJson = False) -> int:
    """What is in the tables, how complete it is, who consents, what is missing for what."""
    from copilot.console import show_profile

    return emit(open_workspace(workspace).profile(), as_json, show_profile)


@customers.command("show")
def customers_show(
    customer_id: Annotated[str, typer.Argument(help="The customer's id.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """One customer's row, consents and purchases; stays on this machine."""
    from copilot.console import show_mapping

    return emit(open_workspace(workspace).customer(customer_id), as_json, show_mapping)


@customers.command("forget")
def customers_forget(
    who: Annotated[str, typer.Argument(help="The customer's id, e-mail or phone.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Erase a person everywhere; only a keyed hash stays, so they are never mailed."""
    from copilot.console import show_mapping

    report = open_workspace(workspace).forget(who).model_dump(mode="json")
    return emit(report, as_json, show_mapping)


@customers.command("fields")
def customers_fields(
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="FIELD=mention, FIELD=use or FIELD=never; may be repeated."),
    ] = None,
    table: Annotated[str, typer.Option(help="customers, products or locations.")] = "customers",
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="Yes, this sensitive field is to be used.")
    ] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """What may be done with each field: mentioned in copy, only used, or not used at all."""
    from copilot.console import show_records
    from copilot.errors import InputError

    copilot = open_workspace(workspace)
    for change in changes or ():
        field, equals, use = change.rpartition("=")
        if not equals:
            raise InputError(f"--set {change!r} names no use.", hint="Write FIELD=never.")
        copilot.set_field(field.strip(), use.strip(), table=table, sensitive=sensitive)
    found = copilot.fields()
    payload = {"fields": [one.model_dump(mode="json") for one in found]}
    return emit(payload, as_json, lambda _: show_records(found))


@customers.command("suppress")
def customers_suppress(
    file: Annotated[Path, typer.Argument(help="A file of addresses, one a row.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Add addresses that must never be contacted."""
    from copilot.console import show_imports

    report = open_workspace(workspace).suppress(file)
    return emit(report, as_json, lambda _: show_imports([report]))


@app.command()
def segments(
    by: Annotated[str, typer.Option(help="rfm, value, lifecycle or rule.")] = "rfm",
    where: Annotated[str, typer.Option(help="Only customers for whom this holds.")] = "",
    scoring: Annotated[
        str,
        typer.Option(
            help="rfm: fifths, nested, quartiles, cuts or weighted; lifecycle: days or rhythm."
        ),
    ] = "",
    as_of: AsOf = None,
    cuts: Annotated[
        Path | None, typer.Option(help="YAML of cut points, weights and names. [rfm.yaml]")
    ] = None,
    grid: Annotated[
        bool, typer.Option("--grid", help="Buyers by recency and frequency, 25 cells.")
    ] = False,
    save: Annotated[str, typer.Option(help="Keep --where under this name.")] = "",
    saved: Annotated[bool, typer.Option("--saved", help="The rules kept by name.")] = False,
    remove: Annotated[str, typer.Option(help="Take the rule of this name away.")] = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Named segments with the rule behind each."""
    from copilot.console import show_records, show_segmentation

    copilot = open_workspace(workspace)
    if grid:
        cells = copilot.rfm_grid(where)
        payload = {"cells": [one.model_dump(mode="json") for one in cells]}
        return emit(payload, as_json, lambda _: show_records(cells))
    if save or saved or remove:
        kept = (
            [copilot.save_segment(save, where)]
            if save
            else [copilot.remove_segment(remove)]
            if remove
            else copilot.saved_segments()
        )
        payload = {"segments": [one.model_dump(mode="json") for one in kept]}
        return emit(payload, as_json, lambda _: show_records(kept))
    found = copilot.segmentation(by=by, where=where, scoring=scoring, as_of=day(as_of), cuts=cuts)
    return emit(found, as_json, show_segmentation)
