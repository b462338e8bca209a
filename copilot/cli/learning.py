"""Commands of the tutor: quiz, mark, progress, map, topics."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.base import AsJson, Workspace, audience, emit, learn, open_workspace

Learner = Annotated[str, typer.Option(help="Whose marks: any name, kept in this workspace.")]


@learn.command()
def quiz(
    topic: Annotated[str, typer.Argument(help="A concept, a chapter, or empty for all.")] = "",
    questions: Annotated[int, typer.Option("--questions", "-n", help="How many.")] = 5,
    seed: Annotated[int, typer.Option(help="Another number gives other questions.")] = 0,
    kind: Annotated[list[str] | None, typer.Option(help="Only such questions: define, …")] = None,
    level: Annotated[str | None, typer.Option("--as", help="student or practitioner.")] = None,
    source: Annotated[str | None, typer.Option(help="Only sources matching this glob.")] = None,
    learner: Annotated[str | None, typer.Option(help="Due and weak ones of them first.")] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Ask questions that cited passages answer."""
    from copilot.console import show_quiz

    made = open_workspace(workspace).quiz(
        topic,
        n=questions,
        seed=seed,
        kinds=kind or (),
        level=None if level is None else audience(level),
        source=source,
        learner=learner,
    )
    return emit(made, as_json, show_quiz)


@learn.command()
def mark(
    question: Annotated[str, typer.Argument(help="The question's id.")],
    answer: Annotated[str, typer.Argument(help="The answer, or - for standard input.")],
    learner: Learner = "me",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Mark an answer point by point, with reasons; exit 1 when it is not right."""
    from copilot.console import show_marking

    text = sys.stdin.read() if answer == "-" else answer
    marking = open_workspace(workspace).mark(question, text, learner=learner)
    return emit(marking, as_json, show_marking, ok=marking.correct)


@learn.command()
def progress(
    learner: Learner = "me",
    forget: Annotated[bool, typer.Option("--forget", help="Erase the learner's marks.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """How a learner stands, weakest concept first, and what is due."""
    from copilot.console import show_learner, show_mapping

    copilot = open_workspace(workspace)
    if forget:
        erased = {"learner": learner, "erased": copilot.forget_learner(learner)}
        return emit(erased, as_json, show_mapping)
    return emit(copilot.progress(learner), as_json, show_learner)


@learn.command("map")
def map_(
    concepts: Annotated[list[str] | None, typer.Argument(help="Concepts; none for all.")] = None,
    out: Annotated[Path | None, typer.Option(help="FILE.svg or .png")] = None,
    only: Annotated[bool, typer.Option("--only", help="Without their neighbours.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Draw how concepts hang together."""
    from copilot.console import show_map

    drawn = open_workspace(workspace).concept_map(concepts or (), out=out, neighbours=not only)
    return emit(drawn, as_json, show_map)


@learn.command()
def topics(workspace: Workspace = None, as_json: AsJson = False) -> int:
    """What a quiz can be about."""
    from copilot.console import show_mapping

    return emit({"topics": open_workspace(workspace).topics()}, as_json, show_mapping)
