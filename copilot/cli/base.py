"""What every command shares: the applications, the options, opening, printing."""

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from copilot import __version__
from copilot.errors import InputError

if TYPE_CHECKING:
    from copilot.records import Audience
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
learn = typer.Typer(rich_markup_mode=None, help="Quizzes, marks, progress and a concept map.")
app.add_typer(learn, name="learn", no_args_is_help=True)
app.add_typer(customers, name="customers", no_args_is_help=True)

Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", help="The workspace folder. [env: MARKETING_COPILOT_HOME]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def open_workspace(workspace: Path | None) -> "Copilot":
    from copilot.service import Copilot
    from copilot.settings import Settings

    settings = Settings.load(workspace)
    logging.basicConfig(level=settings.log_level, stream=sys.stderr, format="%(message)s")
    return Copilot.open(settings)


def emit(record: Any, as_json: bool, show: Any, *, ok: bool = True) -> int:
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


def audience(name: str) -> "Audience":
    """An audience by its name. Raises InputError."""
    if name not in ("student", "practitioner"):
        raise InputError(
            f"--as {name!r} is not an audience.", hint="Choose student or practitioner."
        )
    return cast("Audience", name)


def read_text(path: Path) -> str:
    """A UTF-8 file's text. Raises InputError naming the file that is missing or is not UTF-8."""
    if not path.is_file():
        raise InputError(f"There is no file {str(path)!r}.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}.") from error
