"""From a brief to checked, merged copy: recipients, units, facts, writers, checks, files.

Wires the customers and the campaigns columns; each step is a function of the step's own module.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from copilot.campaigns import brief as briefs
from copilot.campaigns.outputs import remember_output
from copilot.campaigns.tags import FORMATS, Format
from copilot.errors import BriefError, DataError, InputError, ModelError
from copilot.models import prompts, spend
from copilot.records import (
    Assignment,
    Brief,
    Draft,
    DraftReport,
    Locality,
    LocalityLevel,
    Unit,
)
from copilot.settings import Settings
from copilot.text import content_id

if TYPE_CHECKING:
    from copilot.campaigns.journal import Journal
    from copilot.customers.engine import Engine
    from copilot.customers.recipients import Recipients
    from copilot.models.chat import Complete

Progress = Callable[[int, int, str], None]

MESSAGE_TOKENS = 400  # what a written message takes at most, for the estimate
PREVIEW = 50
PERSONAL = frozenset({"email", "sms", "whatsapp", "push"})
SEGMENT_FIELDS = {"rfm": "segment"}


@dataclass(frozen=True)
class Desk:
    """What drafting needs from the outside, handed over by the service."""

    settings: Settings
    engine: "Engine"
    complete: "Complete | None"
    meter: spend.Meter
    hashed: Callable[[str], str] | None
    today: dt.date
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Who is written to, and every message that has to be written."""

    brief: Brief
    recipients: "Recipients | None"
    table: Any
    units: tuple[Unit, ...]
    assignments: tuple[Assignment, ...]


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
) -> DraftReport:
    """Plan, write, check, merge and save a campaign's drafts.

    Raises InputError for an unknown format, BriefError when nobody is in the audience,
    DataError when the data a level needs is missing, BudgetError when the budget is spent.
    """
    started = time.perf_counter()
    if format not in FORMATS:
        raise InputError(f"There is no format {format!r}.", hint=f"Use: {', '.join(FORMATS)}.")
    plan = make_plan(desk, brief, limit)
    if estimate:
        return _estimate(desk, plan, started)
    drafts = list(_drafts(desk, plan, _journal(desk, plan, out, resume), progress))
    if out is not None:
        for path in (out, held_path(out)):
            remember_output(desk.settings.home, path)
    saved = _save(plan, drafts, out, format)
    return DraftReport(
        campaign=brief.name,
        level=brief.level,
        method=brief.method if brief.level == "individual" else None,
        units=saved.units,
        drafts=saved.passed + saved.held,
        passed=saved.passed,
        held=saved.held,
        skipped=dict(plan.recipients.skipped) if plan.recipients else {},
        out=saved.out,
        held_file=saved.held_file,
        cost_usd=desk.meter.total.cost_usd if desk.complete else 0.0,
        model=desk.settings.model if desk.complete and desk.settings.model else "offline",
        elapsed_ms=round(1000 * (time.perf_counter() - started)),
        warnings=tuple(_warnings(desk, brief, drafts)),
        preview=tuple(drafts[:PREVIEW]),
    )


def make_plan(desk: Desk, brief: Brief, limit: int | None = None) -> Plan:
    """The recipients of a brief, its units, and one assignment for each message to write."""
    from copilot.campaigns import modules, plan
    from copilot.campaigns.facts import facts_for
    from copilot.customers.names import Names, names

    known = names(desk.engine) if desk.engine.has("customers") else Names()
    plan.must_be_nameable(brief, desk.withheld)
    reached, table = _recipients(desk, brief)
    classes: Sequence[modules.MessageClass] = ()
    counts: Mapping[str, int] = {"everyone": 0}
    if table is not None and brief.level == "individual":
        if limit is not None:
            table = table.order_by("customer_id", "channel").limit(limit)
        table = modules.with_class(table, brief).cache()
        classes = modules.classes(table)
    elif table is not None:
        counts = _counts(desk, table)
    localities = brief_localities(desk, brief)
    if not PERSONAL & set(brief.channels):
        counts = _everywhere(brief, localities)
    units = plan.plan(brief, counts, localities=localities, classes=classes)
    made = plan.assignments(
        brief,
        units,
        facts_for,
        today=desk.today,
        places=tuple(one.name for one in localities),
        known_products=known.products,
        known_stores=known.stores,
        spoken=_spoken(desk, table) if "local" in brief.languages else (),
        withheld=desk.withheld,
    )
    if limit is not None and brief.level != "individual":
        made = made[:limit]
    return Plan(brief, reached, table, units, tuple(made))


def _recipients(desk: Desk, brief: Brief) -> tuple["Recipients | None", Any]:
    """Who may be written to; (None, None) for one message to all without any customers."""
    from copilot.customers.recipients import recipients

    if not desk.engine.has("customers"):
        if brief.level == "mass":
            return None, None
        raise DataError(
            f"Level {brief.level!r} needs customers, and none have been imported.",
            hint="Run: marketing-copilot customers import FILE, or use level: mass.",
        )
    by = SEGMENT_FIELDS.get(brief.by or "", brief.by) if brief.level != "mass" else None
    found = recipients(
        desk.engine, where=brief.audience, channels=brief.channels, by=by, hashed=desk.hashed
    )
    return found, desk.engine.local(found.table)


def brief_localities(desk: Desk, brief: Brief) -> Sequence[Locality]:
    """The localities a brief goes by; none where it does not."""
    from copilot.customers.places.localities import localities

    if brief.level not in ("local", "individual") or brief.by not in get_args(LocalityLevel):
        return ()
    return localities(desk.engine, cast(LocalityLevel, brief.by))


def _everywhere(brief: Brief, localities: Sequence[Locality]) -> dict[str, int]:
    """Units of channels that address nobody in person: they need no recipients.

    Raises BriefError for a level that is about persons.
    """
    if brief.level == "mass":
        return {"everyone": 0}
    if brief.level == "local":
        return {one.name: one.customers for one in localities}
    raise BriefError(
        f"Level {brief.level!r} needs a channel that reaches a person; "
        f"{', '.join(brief.channels)} does not.",
        hint=f"Add one of {', '.join(sorted(PERSONAL))}, or use level mass or local.",
    )


def _counts(desk: Desk, table: Any) -> dict[str, int]:
    people = table.select("unit", "customer_id").distinct()
    rows = desk.engine.rows(people.group_by("unit").aggregate(customers=people.count()))
    return {row["unit"]: row["customers"] for row in rows}


def _spoken(desk: Desk, table: Any) -> tuple[str, ...]:
    if table is None:
        return ()
    rows = desk.engine.rows(table.select("language").distinct().order_by("language"))
    return tuple(row["language"] for row in rows if row["language"])


# -- writing -------------------------------------------------------------------------------


def _drafts(
    desk: Desk, plan: Plan, journal: "Journal | None", progress: Progress | None
) -> Iterator[Draft]:
    """Every assignment's draft, in order; with a model, several at once."""
    prompt = prompts.load("draft").hash if desk.complete else ""
    total = len(plan.assignments)

    def one(assignment: Assignment) -> Draft:
        key = content_id(assignment.model_dump_json(), prompt, desk.settings.model or "")
        done = journal.get(key) if journal else None
        if done is None:
            done = write_draft(desk.complete, assignment, key, prompt, desk.settings.model)
            if journal:
                journal.add(done)
        return done

    workers = desk.settings.concurrency if desk.complete else 1
    with ThreadPoolExecutor(workers) as pool:
        for number, draft in enumerate(pool.map(one, plan.assignments), 1):
            if progress:
                progress(number, total, f"{draft.unit} {draft.channel}")
            yield draft


def write_draft(
    complete: "Complete | None",
    assignment: Assignment,
    draft_id: str,
    prompt_hash: str = "",
    model: str | None = None,
) -> Draft:
    """One message written, checked, and kept as a draft: passed, in review, or held.

    With a model, its draft is repaired at most twice; then the composer's is used and
    `fallback` says why.
    """
    from copilot.campaigns.check.run import check
    from copilot.campaigns.compose import compose

    message, fallback = None, None
    if complete is not None:
        from copilot.campaigns.write import write

        try:
            message, fallback = write(assignment, complete)
        except ModelError as error:
            fallback = error.message
    written = message is not None
    message = message or compose(assignment)
    report = check(message, assignment)
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
        status=("in_review" if review else "passed") if report.passed else "held",
    )


def _journal(desk: Desk, plan: Plan, out: Path | None, resume: bool) -> "Journal | None":
    """Where finished drafts are kept; none is needed when nothing is written out."""
    from copilot.campaigns.journal import Journal

    if out is None:
        return None
    name = content_id(plan.brief.model_dump_json(), desk.settings.model or "")
    return Journal(desk.settings.home / "drafts" / "jobs" / f"{name}.jsonl", resume=resume)


# -- saving --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Saved:
    units: int
    passed: int
    held: int
    out: str | None = None
    held_file: str | None = None


def _save(plan: Plan, drafts: Sequence[Draft], out: Path | None, format: Format) -> _Saved:
    if plan.brief.level == "individual":
        return _save_people(plan, drafts, out)
    from copilot.campaigns import export

    good = [draft for draft in drafts if draft.status != "held"]
    held = [draft for draft in drafts if draft.status == "held"]
    saved = _Saved(len(plan.units), len(good), len(held))
    if out is None:
        return saved
    export.write_rows(export.unit_rows(good, format), out)
    if not held:
        return replace(saved, out=str(out))
    export.write_rows(export.held_rows(held), held_path(out))
    return replace(saved, out=str(out), held_file=str(held_path(out)))


def _save_people(plan: Plan, drafts: Sequence[Draft], out: Path | None) -> _Saved:
    """A row for each customer and channel, merged in the engine and checked as merged."""
    from copilot.campaigns import export
    from copilot.campaigns.render import render

    done = render(plan.table, drafts)
    if out is None:
        passed, held = (
            int(table.count().to_pyarrow().as_py()) for table in (done.ready, done.held)
        )
    else:
        passed = export.write_table(done.ready, out)
        held = export.write_table(done.held, held_path(out))
        if not held:
            held_path(out).unlink()
    people = int(plan.table["customer_id"].nunique().to_pyarrow().as_py())
    written = None if out is None else str(out)
    return _Saved(people, passed, held, written, str(held_path(out)) if out and held else None)


def held_path(out: Path) -> Path:
    """Where what did not pass goes: `loaves.csv` becomes `loaves.held.csv`."""
    return out.with_name(f"{out.stem}.held{out.suffix}")


# -- before and after ----------------------------------------------------------------------


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
        model=desk.settings.model if desk.complete and desk.settings.model else "offline",
        elapsed_ms=round(1000 * (time.perf_counter() - started)),
        warnings=("An estimate: nothing was drafted.",),
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
