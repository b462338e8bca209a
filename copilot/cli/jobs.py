"""Commands of durable work: jobs, worker."""

import signal
from types import FrameType
from typing import Annotated

import typer

from copilot.cli.base import AsJson, Workspace, app, emit, open_workspace
from copilot.errors import InputError
from copilot.records import Job, JobList

jobs = typer.Typer(
    rich_markup_mode=None,
    help="Durable work: what is under way; pause it, let it go on, cancel it.",
    invoke_without_command=True,
)
app.add_typer(jobs, name="jobs")

JobId = Annotated[str, typer.Argument(help="The job's id, as `jobs` lists it.")]


@jobs.callback()
def jobs_(context: typer.Context, workspace: Workspace = None, as_json: AsJson = False) -> int:
    """Every job, the newest first."""
    if context.invoked_subcommand is not None:
        if workspace is not None or as_json:
            raise InputError(
                "--workspace and --json stand after the subcommand.",
                hint=f"Write: marketing-copilot jobs {context.invoked_subcommand} … --json",
            )
        return 0
    return _listed(workspace, as_json)


@jobs.command("list")
def list_(workspace: Workspace = None, as_json: AsJson = False) -> int:
    """Every job, the newest first."""
    return _listed(workspace, as_json)


@jobs.command()
def show(job: JobId, workspace: Workspace = None, as_json: AsJson = False) -> int:
    """One job with its log, what it skipped, and its report; exit 1 when it failed."""
    found = open_workspace(workspace).job(job)
    return emit(found, as_json, show_job, ok=found.state != "failed")


@jobs.command()
def pause(job: JobId, workspace: Workspace = None, as_json: AsJson = False) -> int:
    """Stop a job soon, to be resumed; what is done is kept."""
    return emit(open_workspace(workspace).pause(job), as_json, show_job)


@jobs.command()
def resume(
    job: JobId,
    budget: Annotated[
        float | None, typer.Option(min=0.000001, help="The job's budget from now on, in USD.")
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Let a paused or failed job go on where it stopped."""
    return emit(open_workspace(workspace).resume(job, budget_usd=budget), as_json, show_job)


@jobs.command()
def cancel(job: JobId, workspace: Workspace = None, as_json: AsJson = False) -> int:
    """Stop a job for good; the drafts it made are kept."""
    return emit(open_workspace(workspace).cancel(job), as_json, show_job)


@app.command()
def worker(
    once: Annotated[bool, typer.Option("--once", help="End when no job is left.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Do the queued jobs of the database; any number of workers may share one."""
    copilot = open_workspace(workspace)
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        done = copilot.work(once=once)
    finally:
        signal.signal(signal.SIGTERM, before)
    return emit({"tasks": done}, as_json, _show_worked)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _listed(workspace: Workspace, as_json: bool) -> int:
    return emit(open_workspace(workspace).jobs(), as_json, _show_jobs)


def show_job(job: Job) -> None:
    """How far a job is, what it skipped, its last lines, and its report."""
    from copilot.console import show_draft

    budget = "" if job.budget_usd is None else f" of {job.budget_usd:.2f}"
    cost = "unknown" if job.cost_usd is None else f"{job.cost_usd:.4f}{budget} USD"
    left = "" if job.eta_s is None else f", about {job.eta_s:,.0f} s left"
    print(f"Job {job.id}: {job.campaign}, {job.state}{': ' if job.reason else ''}{job.reason}")
    print(f"{job.done:,} of {job.total:,} messages{left}; cost {cost} ({job.model}).")
    for one in job.skipped:
        print(f"Skipped {one.unit}: {one.reason}")
    for line in job.log:
        print(line)
    if job.report is not None:
        show_draft(job.report)
    elif job.state == "queued":
        print("The app or a worker does it: marketing-copilot worker")


def _show_jobs(found: JobList) -> None:
    for one in found.jobs:
        skipped = f", {len(one.skipped)} skipped" if one.skipped else ""
        why = f": {one.reason}" if one.reason else ""
        print(f"{one.id}  {one.campaign}  {one.done:,}/{one.total:,}{skipped}  {one.state}{why}")
    if not found.jobs:
        print("No job yet. Start one: marketing-copilot draft BRIEF --out FILE --background")


def _show_worked(done: dict[str, int]) -> None:
    print(f"Tasks done: {done['tasks']}")
