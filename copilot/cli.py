"""The command line: each command reads its options, calls one facade verb, prints its record.

With `--json` one object goes to stdout and nothing else does. Heavy imports happen inside the
facade, so `--help` stays instant.
"""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from copilot import __version__
from copilot.errors import InputError

if TYPE_CHECKING:
    from copilot.service import Copilot

app = typer.Typer(
    name="marketing-copilot",
    help="Explain marketing with citations, compute customers, draft copy whose facts resolve.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
customers = typer.Typer(
    rich_markup_mode=None, help="Import, profile, show, suppress and forget customers."
)
app.add_typer(customers, name="customers", no_args_is_help=True)

Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", help="The workspace folder. [env: MARKETING_COPILOT_HOME]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def _open(workspace: Path | None) -> "Copilot":
    from copilot.service import Copilot
    from copilot.settings import Settings

    settings = Settings.load(workspace)
    logging.basicConfig(level=settings.log_level, stream=sys.stderr, format="%(message)s")
    return Copilot.open(settings)


def _emit(record: Any, as_json: bool, show: Any, *, ok: bool = True) -> int:
    """Print a record as JSON, or for people with `show(record)`; returns the exit code."""
    if as_json:
        payload = record if isinstance(record, dict) else record.model_dump(mode="json")
        print(json.dumps(payload, ensure_ascii=False))
    else:
        show(record)
    return 0 if ok else 1


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Marketing Copilot: explain, know your customers, draft copy you can trust."""


@app.command()
def index(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders to read in.")] = None,
    remove: Annotated[str | None, typer.Option(help="Take a source out of the library.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read and embed all again.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Read files or folders into the library; the shipped notes are always in."""
    from copilot.console import progress, show_index

    with progress() as report:
        done = _open(workspace).index(paths or [], remove=remove, rebuild=rebuild, progress=report)
    failed_only = bool(done.failed) and not (done.added or done.updated or done.unchanged)
    return _emit(done, as_json, show_index, ok=not failed_only)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", help="How many passages, 1 to 100.")] = 5,
    source: Annotated[str | None, typer.Option(help="Only sources matching this glob.")] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Find the passages nearest to a question, best first."""
    from copilot.console import show_hits

    hits = _open(workspace).search(question, k=k, source=source)
    keys = {"id", "source", "title", "heading", "page", "text", "score"}
    payload = {"passages": [hit.model_dump(mode="json", include=keys) for hit in hits]}
    return _emit(payload, as_json, lambda _: show_hits(hits))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    audience: Annotated[
        str, typer.Option("--as", help="student or practitioner: how deep the answer goes.")
    ] = "practitioner",
    source: Annotated[str | None, typer.Option(help="Only sources matching this glob.")] = None,
    jsonl: Annotated[
        str | None, typer.Option(help='Read {"id","question"} lines from a file or -.')
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Answer a question from the library, or a number from the customers' data."""
    from copilot.console import show_answer

    if audience not in ("student", "practitioner"):
        raise InputError(
            f"--as {audience!r} is not an audience.", hint="Choose student or practitioner."
        )
    if (question is None) == (jsonl is None):
        raise InputError("Give one question, or --jsonl FILE.")
    copilot = _open(workspace)
    if question is not None:
        answer = copilot.ask(question, audience=audience, source=source)  # type: ignore[arg-type]
        return _emit(answer, as_json, show_answer, ok=not answer.refused)
    for number, line in _lines(jsonl or "-"):
        answer = copilot.ask(
            line["question"],
            id=str(line.get("id", number)),
            audience=audience,  # type: ignore[arg-type]
            source=source,
        )
        print(json.dumps(answer.model_dump(mode="json"), ensure_ascii=False), flush=True)
    return 0


def _lines(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    text = sys.stdin.read() if path == "-" else _read(Path(path))
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"Line {number} of {path} is not JSON: {error}.") from error
        if not isinstance(found, dict) or not isinstance(found.get("question"), str):
            raise InputError(
                f"Line {number} of {path} has no question.",
                hint='Each line is {"id": "1", "question": "…"}.',
            )
        yield number, found


def _read(path: Path) -> str:
    if not path.is_file():
        raise InputError(f"There is no file {str(path)!r}.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}.") from error


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

    reports = _open(workspace).import_customers(
        files, table=table, mapping=mapping, dry_run=dry_run
    )
    payload: Any = reports[0].model_dump(mode="json")
    if len(reports) > 1:
        counts = ("rows_read", "rows_loaded", "rows_updated", "rows_rejected")
        payload = {
            "files": [report.model_dump(mode="json") for report in reports],
            **{count: sum(getattr(report, count) for report in reports) for count in counts},
        }
    return _emit(payload, as_json, lambda _: show_imports(reports))


@customers.command("profile")
def customers_profile(workspace: Workspace = None, as_json: AsJson = False) -> int:
    """What is in the tables, how complete it is, who consents, what is missing for what."""
    from copilot.console import show_profile

    return _emit(_open(workspace).profile(), as_json, show_profile)


@customers.command("show")
def customers_show(
    customer_id: Annotated[str, typer.Argument(help="The customer's id.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """One customer's row, consents and purchases; stays on this machine."""
    from copilot.console import show_mapping

    return _emit(_open(workspace).customer(customer_id), as_json, show_mapping)


@customers.command("forget")
def customers_forget(
    customer_id: Annotated[str, typer.Argument(help="The customer's id.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Erase a person from every table; only a keyed hash stays, so they are never mailed."""
    from copilot.console import show_mapping

    return _emit(_open(workspace).forget(customer_id), as_json, show_mapping)


@customers.command("suppress")
def customers_suppress(
    file: Annotated[Path, typer.Argument(help="A file of addresses, one a row.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Add addresses that must never be contacted."""
    from copilot.console import show_imports

    report = _open(workspace).suppress(file)
    return _emit(report, as_json, lambda _: show_imports([report]))


@app.command()
def segments(
    by: Annotated[str, typer.Option(help="rfm, value or lifecycle.")] = "rfm",
    where: Annotated[str, typer.Option(help="Only customers for whom this holds.")] = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Named segments with the rule behind each."""
    from copilot.console import show_records

    found = _open(workspace).segments(by=by, where=where)
    payload = {"segments": [segment.model_dump(mode="json") for segment in found]}
    return _emit(payload, as_json, lambda _: show_records(found))


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

    found = _open(workspace).localities(level, name=name)
    payload = {"level": level, "localities": [one.model_dump(mode="json") for one in found]}
    return _emit(payload, as_json, lambda _: show_localities(found))


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
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Draft copy for a brief; only drafts that pass every blocking check reach --out."""
    from copilot.console import progress, show_draft

    copilot = _open(workspace)
    if not estimate and not yes and not as_json and sys.stdin.isatty():
        planned = copilot.draft(brief, format=format, limit=limit, estimate=True)
        cost = "unknown" if planned.cost_usd is None else f"{planned.cost_usd:.4f} USD"
        if planned.cost_usd != 0:
            typer.confirm(f"{planned.drafts} drafts, {cost}. Go on?", abort=True, err=True)
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
    return _emit(done, as_json, show_draft, ok=not nothing)


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

    text = sys.stdin.read() if file == "-" else _read(Path(file))
    report = _open(workspace).check(text, brief, channel=channel)
    return _emit(report, as_json, show_check, ok=report.passed)


@app.command()
def demo(
    business: Annotated[str, typer.Option(help="bakery or completejourney.")] = "bakery",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Load a sample business into the workspace and show every feature once."""
    from copilot.console import progress, show_demo

    with progress() as report:
        done = _open(workspace).demo(business, progress=report)
    return _emit(done, as_json, show_demo)


@app.command()
def doctor(workspace: Workspace = None, as_json: AsJson = False) -> int:
    """What is installed, connected and missing, and how to fix it."""
    from copilot.console import show_doctor

    report = _open(workspace).doctor()
    return _emit(report, as_json, show_doctor, ok=report.ok)


@app.command("app")
def app_(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    host: Annotated[str, typer.Option(help="127.0.0.1 keeps it on this machine.")] = "127.0.0.1",
    workspace: Workspace = None,
) -> int:
    """Open the browser front end."""
    from copilot.app.serve import serve
    from copilot.settings import Settings

    return serve(Settings.load(workspace), host=host, port=port)


@app.command()
def mcp(workspace: Workspace = None) -> int:
    """Serve search, ask, profile, localities, draft and check to an MCP client over stdio."""
    from copilot.mcp_server import build

    build(_open(workspace)).run("stdio")
    return 0
