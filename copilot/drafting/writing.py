"""Messages written, checked and kept, those that are there already left alone."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from copilot.drafting.desk import Desk
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
    from copilot.campaigns.merging.assemble import ModuleBook
    from copilot.models.chat import Complete

_log = logging.getLogger(__name__)

AT_ONCE = 50
"""Messages of the composer kept in one transaction; a model's are kept one by one."""


# what a faulty message can raise; anything else is the process's own trouble, not the message's
FAULTS = (CopilotError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Piece(NamedTuple):
    """One message to write: its place in the plan, the id of its draft, what it is given."""

    place: int
    draft_id: str
    assignment: Assignment

    @property
    def name(self) -> str:
        """What it is called in a log."""
        one = self.assignment
        return f"{one.unit.name} {one.channel} {one.language} {one.variant}"


def pieces_of(desk: Desk, assignments: Sequence[Assignment]) -> tuple[Piece, ...]:
    """The messages of a plan; an id is made of what a message is given, the prompt, the model."""
    prompt, model = _prompt(desk), desk.settings.model or ""
    return tuple(
        Piece(place, content_id(one.model_dump_json(), prompt, model), one)
        for place, one in enumerate(assignments)
    )


def write_pieces(
    desk: Desk,
    run: Run,
    wanted: Sequence[Piece],
    complete: "Complete | None",
    *,
    book: "ModuleBook | None" = None,
    stop: Callable[[], bool] = lambda: False,
    tick: Callable[[Piece], None] = lambda _: None,
) -> dict[str, str]:
    """Write and keep messages of a run; with a model, several at once, each kept as it comes.

    `book` holds the modules that modular messages share, `tick` is told of every message that is
    through. Ends early, with nothing lost, when `stop` says so. Returns why a message could not
    be drafted, by its name; the others go on. Raises BudgetError when the budget is spent and
    ModelUnavailable when no call can succeed; what is done is kept.
    """
    from copilot.campaigns.merging.assemble import ModuleBook
    from copilot.campaigns.write import module_writer, warm_up

    prompt = _prompt(desk)
    lent = (book or ModuleBook()).lent_to(module_writer(complete) if complete else None)

    def one(piece: Piece) -> tuple[Piece, Draft | str]:
        try:
            return piece, write_draft(
                complete, piece.assignment, piece.draft_id, prompt, desk.settings.model, lent
            )
        except (BudgetError, ModelUnavailable, StoppedError):
            raise
        except FAULTS as error:
            return piece, _why(error)

    if complete:
        warm_up(piece.assignment for piece in wanted)
    # twice as many as may call at once: some prepare and check while the others' calls are out
    workers = 2 * desk.settings.concurrency if complete else 1
    failed: dict[str, str] = {}
    fresh: list[tuple[int, Draft]] = []
    try:
        for piece, made in in_order(workers, one, wanted, stop):
            if isinstance(made, str):
                failed[piece.name] = made
            else:
                fresh.append((piece.place, made))
            if len(fresh) >= (1 if complete else AT_ONCE):
                desk.campaigns.add(run.run_id, fresh)
                fresh = []
            tick(piece)
    finally:
        desk.campaigns.add(run.run_id, fresh)
    return failed


def _why(error: BaseException) -> str:
    """A reason to log. A fault's own words may quote anything, so only its kind is told."""
    return error.message if isinstance(error, CopilotError) else type(error).__name__


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
    from copilot.campaigns.check.run import check
    from copilot.campaigns.composing.compose import compose
    from copilot.campaigns.merging.assemble import ModuleBook, is_modular, modular

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
