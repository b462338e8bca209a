"""A brief drafted from end to end: planned, estimated or written, saved, reported."""

import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from copilot.campaigns.briefing import brief as briefs
from copilot.campaigns.exporting.outputs import remember_output
from copilot.campaigns.exporting.tags import FORMATS, Format
from copilot.drafting.desk import Desk, Progress
from copilot.drafting.drifting import hold_drifted
from copilot.drafting.planning import Plan, make_plan
from copilot.drafting.saving import arms_path, held_path, save
from copilot.drafting.writing import Piece, pieces_of, write_pieces
from copilot.errors import InputError
from copilot.models import prompts, spend
from copilot.records import Assignment, Brief, Draft, DraftReport, Run
from copilot.text import content_id

MESSAGE_TOKENS = 400  # what a written message takes at most, for the estimate
PREVIEW = 50


def draft_brief(
    desk: Desk,
    brief: Brief,
    *,
    out: Path | None,
    format: str,
    limit: int | None,
    estimate: bool,
    resume: bool,
    progress: Progress | None,
    stop: Callable[[], bool] = lambda: False,
) -> DraftReport:
    """Plan, write, check, merge and save a campaign's drafts.

    Raises InputError for an unknown format, BriefError when nobody is in the audience,
    DataError when the data a level needs is missing, BudgetError when the budget is spent.
    """
    started = time.perf_counter()
    if format not in FORMATS:
        raise InputError(f"There is no format {format!r}.", hint=f"Use: {', '.join(FORMATS)}.")
    if estimate:
        return _estimate(desk, make_plan(desk, brief, limit), started)
    begun = begin_run(desk, brief, limit=limit, resume=resume)
    failed = _write_missing(begun, progress, stop)
    return finish_run(begun, out=out, format=format, failed=failed, started=started)


@dataclass(frozen=True)
class Begun:
    """A run under way: the desk it is written at, whom it is for, and all its messages."""

    desk: Desk
    plan: Plan
    run: Run
    pieces: tuple[Piece, ...]


def begin_run(desk: Desk, brief: Brief, *, limit: int | None = None, resume: bool = False) -> Begun:
    """The plan of a brief and the run its drafts are kept under.

    A resumed run keeps the day it was written for, which the returned desk has as today; without
    `resume` its drafts are written anew, but for those that somebody has decided on.
    """
    earlier = desk.campaigns.resumable(brief, desk.writer) if resume else None
    if earlier is not None:
        desk = replace(desk, today=earlier.today)
    plan = make_plan(desk, brief, limit)
    run = earlier or Run(
        run_id=content_id(brief.model_dump_json(), desk.writer, desk.today.isoformat()),
        campaign=brief.name,
        brief=brief,
        model=desk.writer,
        today=desk.today,
        planned=0,
        drafted=0,
        started=dt.datetime.now(dt.UTC),
    )
    run = run.model_copy(update={"planned": len(plan.assignments)})
    run = desk.campaigns.begin(run, fresh=earlier is None)
    pieces = pieces_of(desk, plan.assignments)
    if limit is None:
        desk.campaigns.keep(run.run_id, [each.draft_id for each in pieces])
    return Begun(desk, plan, run, pieces)


def _write_missing(
    begun: Begun, progress: Progress | None, stop: Callable[[], bool]
) -> dict[str, str]:
    """Write what the run lacks; returns why a message could not be, by its name."""
    from copilot.models.chat import stoppable

    desk, run, pieces = begun.desk, begun.run, begun.pieces
    there = desk.campaigns.finished(run.run_id)
    wanted = [each for each in pieces if each.draft_id not in there]
    through = itertools.count(len(pieces) - len(wanted) + 1)

    def tick(piece: Piece) -> None:
        if progress:
            progress(next(through), len(pieces), piece.name)

    complete = stoppable(desk.complete, stop) if desk.complete else None
    return write_pieces(desk, run, wanted, complete, stop=stop, tick=tick)


def finish_run(
    begun: Begun,
    *,
    out: Path | None,
    format: str,
    failed: dict[str, str],
    started: float,
) -> DraftReport:
    """The drafts of a run merged and saved, and the report on them."""
    desk, plan, run = begun.desk, begun.plan, begun.run
    hold_drifted(desk, run, plan.brief.brand)
    drafts = list(desk.campaigns.drafts(run.run_id))
    if out is not None:
        for path in (out, held_path(out), arms_path(out)):
            remember_output(desk.settings.home, path)
    saved = save(plan, drafts, out, cast(Format, format))
    brief = plan.brief
    skipped = dict(plan.recipients.skipped) if plan.recipients else {}
    return DraftReport(
        campaign=brief.name,
        level=brief.level,
        method=brief.method if brief.level == "individual" else None,
        units=saved.units,
        drafts=saved.passed + saved.held,
        passed=saved.passed,
        held=saved.held,
        skipped=skipped | ({"failed": len(failed)} if failed else {}),
        failures=failed,
        run_id=run.run_id,
        out=saved.out,
        held_file=saved.held_file,
        cost_usd=desk.meter.total.cost_usd if desk.complete else 0.0,
        model=desk.writer,
        elapsed_ms=round(1000 * (time.perf_counter() - started)),
        warnings=(*plan.warnings, *_warnings(desk, brief, drafts)),
        preview=tuple(drafts[:PREVIEW]),
    )


def _estimate(desk: Desk, plan: Plan, started: float) -> DraftReport:
    """Counts and, with a model, tokens and money, before anything is spent."""
    cost: float | None = 0.0
    if desk.complete and desk.settings.model:
        prompt = prompts.load("draft")
        each = spend.estimate_tokens(prompt.system + prompt.user)
        total = sum(each + _facts_tokens(one) for one in plan.assignments)
        answers = MESSAGE_TOKENS * len(plan.assignments)
        cost = spend.cost_usd(desk.settings.model, total, answers)
    individual = plan.brief.level == "individual"
    reached = plan.recipients.reached if plan.recipients else 0
    return DraftReport(
        campaign=plan.brief.name,
        level=plan.brief.level,
        method=plan.brief.method if individual else None,
        units=len(plan.units),
        drafts=reached if individual else len(plan.assignments),
        passed=0,
        held=0,
        skipped=dict(plan.recipients.skipped) if plan.recipients else {},
        out=None,
        held_file=None,
        cost_usd=cost,
        model=desk.writer,
        elapsed_ms=round(1000 * (time.perf_counter() - started)),
        warnings=("An estimate: nothing was drafted.", *plan.warnings),
    )


def _facts_tokens(assignment: Assignment) -> int:
    return sum(spend.estimate_tokens(fact.text + fact.id) for fact in assignment.facts)


def _warnings(desk: Desk, brief: Brief, drafts: Sequence[Draft]) -> Iterator[str]:
    from copilot.campaigns.check.run import duplicates

    if briefs.expired(brief, desk.today) and brief.offer:
        yield f"The offer ended on {brief.offer.ends}, and today is {desk.today}."
    dropped = [draft for draft in drafts if draft.fallback]
    if dropped:
        yield (
            f"The model's text was not used for {len(dropped)} of {len(drafts)} drafts "
            f"(first: {dropped[0].fallback}); the composer wrote them."
        )
    repeated = duplicates(drafts)
    if repeated:
        first = next(iter(repeated.values()))
        yield f"{len(repeated)} drafts repeat another's copy (first: {first.message})"
