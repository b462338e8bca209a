"""Commands of a campaign: draft, check."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.base import AsJson, Workspace, app, emit, open_workspace, read_text
from copilot.cli.jobs import show_job


@app.command()
def draft(
    brief: Annotated[Path, typer.Argument(help="The brief, a YAML file.")],
    out: Annotated[Path | None, typer.Option(help="FILE.csv, .parquet or .jsonl")] = None,
    format: Annotated[
        str,
        typer.Option(
            help="generic, mailchimp, klaviyo, braze, mautic, listmonk, brevo or hubspot."
        ),
    ] = "generic",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many drafts.")] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Cost and counts only.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where it stopped.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before spending.")] = False,
    background: Annotated[
        bool, typer.Option("--background", help="Queue it as a job for the workers.")
    ] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Draft copy for a brief; only drafts that pass every blocking check reach --out."""
    from copilot.console import progress, show_draft

    copilot = open_workspace(workspace)
    if not estimate and not yes and not as_json and sys.stdin.isatty():
        planned = copilot.draft(brief, format=format, limit=limit, estimate=True)
        cost = "unknown" if planned.cost_usd is None else f"{planned.cost_usd:.4f} USD"
        if planned.cost_usd != 0:
            typer.confirm(f"{planned.drafts} drafts, {cost}. Go on?", abort=True, err=True)
    if background and not estimate:
        job = copilot.start_draft(brief, out=out, format=format, limit=limit, resume=resume)
        return emit(job, as_json, show_job)
    with progress() as report:
        done = copilot.draft(
            brief,
            out=out,
            format=format,
            limit=limit,
            estimate=estimate,
            resume=resume,
            progress=report,
        )
    nothing = not estimate and done.passed == 0
    return emit(done, as_json, show_draft, ok=not nothing)


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A text file, or - for standard input.")],
    brief: Annotated[Path, typer.Option(help="The brief whose facts the text may state.")],
    channel: Annotated[str | None, typer.Option(help="Check it as a whole message of one.")] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Check any text against a brief's facts; exit 1 when something blocks it."""
    from copilot.console import show_check

    text = sys.stdin.read() if file == "-" else read_text(Path(file))
    report = open_workspace(workspace).check(text, brief, channel=channel)
    return emit(report, as_json, show_check, ok=report.passed)
