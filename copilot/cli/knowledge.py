"""Commands of the library: index, search, ask."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from copilot.cli.base import AsJson, Workspace, app, audience, emit, open_workspace, read_text
from copilot.errors import InputError


@app.command()
def index(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders to read in.")] = None,
    remove: Annotated[str | None, typer.Option(help="Take a source out of the library.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read and embed all again.")] = False,
    people: Annotated[
        bool, typer.Option("--people", help="Read in tables that list people all the same.")
    ] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Read files or folders into the library; the shipped notes are always in."""
    from copilot.console import progress, show_index

    with progress() as report:
        done = open_workspace(workspace).index(
            paths or [], remove=remove, rebuild=rebuild, people=people, progress=report
        )
    failed_only = bool(done.failed) and not (done.added or done.updated or done.unchanged)
    return emit(done, as_json, show_index, ok=not failed_only)


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

    hits = open_workspace(workspace).search(question, k=k, source=source)
    keys = {"id", "source", "title", "heading", "page", "text", "score"}
    payload = {"passages": [hit.model_dump(mode="json", include=keys) for hit in hits]}
    return emit(payload, as_json, lambda _: show_hits(hits))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    level: Annotated[
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

    depth = audience(level)
    if (question is None) == (jsonl is None):
        raise InputError("Give one question, or --jsonl FILE.")
    copilot = open_workspace(workspace)
    if question is not None:
        answer = copilot.ask(question, audience=depth, source=source)
        return emit(answer, as_json, show_answer, ok=not answer.refused)
    for number, line in _lines(jsonl or "-"):
        answer = copilot.ask(
            line["question"],
            id=str(line.get("id", number)),
            audience=depth,
            source=source,
        )
        print(json.dumps(answer.model_dump(mode="json"), ensure_ascii=False), flush=True)
    return 0


def _lines(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    text = sys.stdin.read() if path == "-" else read_text(Path(path))
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


@app.command("eval")
def evaluate(
    questions: Annotated[
        Path | None, typer.Option("--set", help="Your own questions, JSONL, asked of this library.")
    ] = None,
    peers: Annotated[bool, typer.Option(help="Run the usual recipes beside.")] = True,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Measure search, answers and refusals on a set of questions."""
    from copilot.console import progress, show_eval

    with progress() as report:
        done = open_workspace(workspace).evaluate(questions, compare=peers, progress=report)
    return emit(done, as_json, show_eval)
