"""Finished drafts to files: what passed and, beside it, what did not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from copilot.campaigns.exporting.tags import Format
from copilot.drafting.planning import Plan
from copilot.records import Draft


@dataclass(frozen=True)
class Saved:
    """How many were saved, and where."""

    units: int
    passed: int
    held: int
    out: str | None = None
    held_file: str | None = None


def save(plan: Plan, drafts: Sequence[Draft], out: Path | None, format: Format) -> Saved:
    """A row per draft, or per recipient at the individual level, in files beside each other.

    Without `out` they are only counted.
    """
    if plan.brief.level == "individual":
        return _save_people(plan, drafts, out)
    from copilot.campaigns.exporting import export

    good = [draft for draft in drafts if draft.status != "held"]
    held = [draft for draft in drafts if draft.status == "held"]
    saved = Saved(len(plan.units), len(good), len(held))
    if out is None:
        return saved
    export.write_rows(export.unit_rows(good, format), out)
    if not held:
        return replace(saved, out=str(out))
    export.write_rows(export.held_rows(held), held_path(out))
    return replace(saved, out=str(out), held_file=str(held_path(out)))


def _save_people(plan: Plan, drafts: Sequence[Draft], out: Path | None) -> Saved:
    """A row for each customer and channel, merged in the engine and checked as merged."""
    from copilot.campaigns.exporting import export
    from copilot.campaigns.merging.render import render

    brief = plan.brief
    done = render(plan.table, drafts, campaign=brief.name, holdout=brief.holdout)
    due = _count(done.due)
    if out is None:
        held = _count(done.held)
        passed = due - held
    else:
        passed = export.write_table(done.ready, out)
        held = due - passed
        if held:
            export.write_table(done.held, held_path(out))
        if brief.holdout or brief.variants > 1:
            export.write_table(done.arms, arms_path(out))
    people = int(plan.table["customer_id"].nunique().to_pyarrow().as_py())
    written = None if out is None else str(out)
    return Saved(people, passed, held, written, str(held_path(out)) if out and held else None)


def _count(table: Any) -> int:
    return int(table.count().to_pyarrow().as_py())


def arms_path(out: Path) -> Path:
    """Where it says who got which variant, and who was held out: `loaves.arms.csv`."""
    return out.with_name(f"{out.stem}.arms{out.suffix}")


def held_path(out: Path) -> Path:
    """Where what did not pass goes: `loaves.csv` becomes `loaves.held.csv`."""
    return out.with_name(f"{out.stem}.held{out.suffix}")
