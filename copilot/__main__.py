"""`python -m copilot` and the `marketing-copilot` command; here errors become exit codes."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from copilot.errors import CopilotError

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns 0 done, 1 refused or a check failed, 2 bad usage or input, 3 something outside
    failed, 130 interrupted.
    """
    import typer

    from copilot.cli import app

    # typer carries its own copy of click and exports of its errors only this one
    usage_error: Any = typer.BadParameter.__bases__[0]

    as_json = "--json" in arguments
    try:
        code = int(app(args=list(arguments), standalone_mode=False) or 0)
    except CopilotError as error:
        _complain(type(error).__name__, error.message, error.hint, as_json=as_json)
        return error.exit_code
    except usage_error as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(error.format_message() + "\n")
        else:
            _complain("UsageError", error.format_message(), "See --help.", as_json=as_json)
        return 2
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        return 0
    if code == INTERRUPTED:  # typer itself turns Ctrl-C into this code
        _complain("Interrupted", "Stopped; what was done is kept.", "Run again.", as_json=as_json)
    return code


def _complain(kind: str, message: str, hint: str, *, as_json: bool) -> None:
    if as_json:
        error = {"type": kind, "message": message, "hint": hint}
        sys.stdout.write(json.dumps({"error": error}, ensure_ascii=False) + "\n")
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    console.print(f"{kind}: {message}", style="red")
    if hint:
        console.print(hint)


if __name__ == "__main__":
    main()
