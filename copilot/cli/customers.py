"""Commands of the customers: import, profile, show, forget, suppress, segments, localities."""

from pathlib import Path
from typing import Annotated, Any

import typer

from copilot.cli.base import AsJson, Workspace, app, customers, emit, open_workspace


@customers.command("import")
def customers_import(
    files: Annotated[list[Path], typer.Argument(help="CSV, Excel, Parquet, JSON or JSONL.")],
    table: Annotated[str | None, typer.Option("--as", help="The table, when unclear.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="YAML of `column: field`; saved for the source.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, load nothing.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Load files; every row read is loaded, updated or rejected with a reason."""
    from copilot.console import show_imports

    reports = open_workspace(workspace).import_customers(
        files, table=table, mapping=mapping, dry_run=dry_run
    )
    payload: Any = reports[0].model_dump(mode="json")
    if len(reports) > 1:
        counts = ("rows_read", "rows_loaded", "rows_updated", "rows_rejected")
        payload = {
            "files": [report.model_dump(mode="json") for report in reports],
            **{count: sum(getattr(report, count) for report in reports) for count in counts},
        }
    return emit(payload, as_json, lambda _: show_imports(reports))


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
    customer_id: Annotated[str, typer.Argument(help="The customer's id.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Erase a person from every table; only a keyed hash stays, so they are never mailed."""
    from copilot.console import show_mapping

    return emit(open_workspace(workspace).forget(customer_id), as_json, show_mapping)


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
    by: Annotated[str, typer.Option(help="rfm, value or lifecycle.")] = "rfm",
    where: Annotated[str, typer.Option(help="Only customers for whom this holds.")] = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Named segments with the rule behind each."""
    from copilot.console import show_records

    found = open_workspace(workspace).segments(by=by, where=where)
    payload = {"segments": [segment.model_dump(mode="json") for segment in found]}
    return emit(payload, as_json, lambda _: show_records(found))


@app.command()
def localities(
    level: Annotated[
        str, typer.Option(help="region, city, neighbourhood, postcode or store.")
    ] = "neighbourhood",
    name: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Each locality's customers, revenue and what it over-indexes on, with intervals."""
    from copilot.console import show_localities

    found = open_workspace(workspace).localities(level, name=name)
    payload = {"level": level, "localities": [one.model_dump(mode="json") for one in found]}
    return emit(payload, as_json, lambda _: show_localities(found))
