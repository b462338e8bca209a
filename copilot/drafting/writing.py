"""Messages written, checked and kept, those that are there already left alone."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from copilot.drafting.desk import Desk, Progress
from copilot.errors import (
    BudgetError,
    CopilotError,
    ModelError,
    ModelUnavailable,
    StoppedError,
)
from copilot.models import prompts
from copilot.models.pool import in_order
from copilot.records import Assignment, Draft, Module, Run
from copilot.text import content_id

if TYPE_CHECKING:
    from copilot.campaigns.assemble import ModuleBook
    from copilot.models.chat import Complete

_log = logging.getLogger(__name__)

AT_ONCE = 50
"""Messages of the composer kept in one transaction; a model's are kept one by one."""


def draft_ids(desk: Desk, assignments: Sequence[Assignment]) -> tuple[str, ...]:
    """The id of each assignment's draft: from what it is given, the prompt and the model."""
    prompt, model = _prompt(desk), desk.settings.model or ""
    return tuple(content_id(one.model_dump_json(), prompt, model) for one in assignments)


def write_missing(
    desk: Desk,
    run: Run,
    assignments: Sequence[Assignment],
    *,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
    start: int = 0,
) -> dict[str, str]:
    """Write and keep the drafts of a run that are not there yet; with a model, several at once.

    `start` is the place of the first assignment in the plan. Ends early, with nothing lost, when
    `stop` says so. Returns why an assignment could not be drafted, by unit and channel; the
    others go on. Raises BudgetError when the budget is spent and ModelUnavailable when no call
    can succeed; what is done is kept.
    """
    ids = draft_ids(desk, assignments)
    there = desk.campaigns.finished(run.run_id)
    wanted = [each for each in enumerate(ids) if each[1] not in there]
    done, total = len(ids) - len(wanted), len(ids)
    failed: dict[str, str] = {}
    fresh: list[tuple[int, Draft]] = []
    try:
        for number, made in _written(desk, assignments, wanted, stop):
            one = assignments[number]
            done += 1
            if isinstance(made, str):
                failed[f"{one.unit.name} {one.channel}"] = made
            else:
                fresh.append((start + number, made))
            if len(fresh) >= (1 if desk.complete else AT_ONCE):
                desk.campaigns.add(run.run_id, fresh)
                fresh = []
            if progress:
                progress(done, total, f"{one.unit.name} {one.channel}")
    finally:
        desk.campaigns.add(run.run_id, fresh)
    return failed


def _written(
    desk: Desk,
    assignments: Sequence[Assignment],
    wanted: Sequence[tuple[int, str]],
    stop: Callable[[], bool],
) -> Iterator[tuple[int, Draft | str]]:
    """Each wanted assignment's place and its draft, or why there is none."""
    prompt, complete = _prompt(desk), desk.complete
    if complete is not None:
        from copilot.models.chat import stoppable

        complete = stoppable(complete, stop)

    from copilot.campaigns.assemble import ModuleBook

    book = ModuleBook()

    def one(each: tuple[int, str]) -> tuple[int, Draft | str]:
        number, draft_id = each
        try:
            return number, write_draft(
                complete, assignments[number], draft_id, prompt, desk.settings.model, book
            )
        except (BudgetError, ModelUnavailable, StoppedError):
            raise
        except CopilotError as error:
            return number, error.message

    # twice as many as may call at once: some prepare and check while the others' calls are out
    workers = 2 * desk.settings.concurrency if complete else 1
    yield from in_order(workers, one, wanted, stop)


def _prompt(desk: Desk) -> str:
    return prompts.load("draft").hash if desk.complete else ""


def write_draft(
    complete: "Complete | None",
    assignment: Assignment,
    draft_id: str,
    prompt_hash: str = "",
    model: str | None = None,
    book: "ModuleBook | None" = None,
) -> Draft:
    """One message written, checked, and kept as a draft: passed, in review, or held.

    With a model, its draft is repaired at most twice; then the composer's is used and
    `fallback` says why. `book` holds the modules that modular messages of one run share.
    """
    from copilot.campaigns.assemble import ModuleBook, is_modular, modular
    from copilot.campaigns.check.run import check
    from copilot.campaigns.compose import compose

    message, fallback, report = None, None, None
    modules: tuple[Module, ...] = ()
    pieces = is_modular(assignment) and (complete is None or bool(book and book.by_model))
    if pieces:
        message, report, modules = modular(assignment, book or ModuleBook())
    elif complete is not None:
        from copilot.campaigns.write import write

        try:
            message, fallback, report = write(assignment, complete)
        except ModelUnavailable:
            raise
        except ModelError as error:
            _log.warning("The composer writes draft %s: %s", draft_id, error.message)
            fallback = error.message
    written = any(each.writer == "model" for each in modules) if pieces else message is not None
    message = message or compose(assignment)
    report = report or check(message, assignment)
    review = assignment.brief.brand.review == "required"
    return Draft(
        draft_id=draft_id,
        campaign=assignment.brief.name,
        level=assignment.unit.level,
        unit=assignment.unit.name,
        channel=assignment.channel,
        language=assignment.language,
        variant=assignment.variant,
        message=message,
        facts=report.facts,
        findings=report.findings,
        writer="model" if written else "composer",
        fallback=fallback,
        prompt_hash=prompt_hash,
        model=model if written and model else "offline",
        modules=tuple(each.id for each in modules),
        status=("in_review" if review else "passed") if report.passed else "held",
    )
