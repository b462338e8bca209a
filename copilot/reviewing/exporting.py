"""Approved drafts to files that can be sent: looked at once more, merged, written, recorded.

Consent, suppression, the offer's last day, claims and facts are those of the moment of export,
not of drafting. A draft is marked exported only after its files are whole on disk.
"""

import datetime as dt
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from copilot import __version__
from copilot.campaigns.briefing import brief as briefs
from copilot.campaigns.exporting.formats import GOOGLE_ADS, TOOLS
from copilot.campaigns.exporting.manifest import exported_draft, manifest_path, write_manifest
from copilot.campaigns.exporting.tags import FORMATS, Format, unholdable
from copilot.campaigns.reviewing import review as rules
from copilot.drafting.desk import Desk
from copilot.drafting.planning import PERSONAL, Plan, make_plan
from copilot.errors import InputError, RefusedError
from copilot.records import Assignment, Draft, ExportedFile, ExportReport, Manifest
from copilot.reviewing.deciding import Standing, assignments_in, standing

EXPORT_FORMATS = (*FORMATS, GOOGLE_ADS)
SENDABLE = {"required": ("approved", "exported"), "optional": ("passed", "approved", "exported")}


@dataclass
class Written:
    """What a way of exporting wrote, and what it could not."""

    files: list[ExportedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unsent: dict[str, int] = field(default_factory=dict)
    held_out: int = 0


@dataclass(frozen=True)
class Order:
    """What is exported and how: the format, where to, merged or as templates."""

    desk: Desk
    plan: Plan
    format: str
    out: Path
    recipients: bool


def export(
    desk: Desk,
    campaign: str,
    *,
    format: str,
    out: Path,
    recipients: bool,
    by: str,
    at: dt.datetime,
) -> ExportReport:
    """Write what may be sent of a campaign's latest run, and a manifest beside it.

    Raises InputError for an unknown format, RefusedError when the offer has ended or nothing may
    be sent, naming what stands in the way.
    """
    from copilot.reviewing.merging import write_merged
    from copilot.reviewing.templating import write_templates

    started = time.perf_counter()
    _must_fit(format, recipients)
    by, now = rules.reviewer(by), standing(desk, campaign)
    _must_be_on(desk, now)
    plan = make_plan(desk, now.run.brief)
    ready, left_out = sort_out(now, plan, desk.today)
    ready, more = _for_format(ready, cast(Format, format), recipients)
    left_out |= more
    if not ready:
        raise RefusedError(_nothing(campaign, left_out), hint=_way_out(campaign, left_out))
    order = Order(desk, plan, format, out, recipients)
    written = write_merged(order, ready) if recipients else write_templates(order, ready)
    manifest = _manifest(order, now, ready, left_out, written, by, at)
    path = manifest_path(out)
    write_manifest(manifest, path)
    hashes = {draft.draft_id: rules.text_hash(draft.message) for draft in ready}
    desk.campaigns.decide(
        now.run.run_id, list(hashes), "exported", by=by, note=out.name, at=at, texts=hashes
    )
    return ExportReport(
        campaign=campaign,
        format=format,
        out=str(out.with_name(written.files[0].name)) if written.files else str(out),
        manifest=str(path),
        rows=sum(each.rows for each in written.files if each.purpose != "holdout"),
        drafts=len(ready),
        files=tuple(written.files),
        left_out=left_out,
        skipped=manifest.skipped,
        unsent=written.unsent,
        held_out=written.held_out,
        notes=manifest.notes,
        elapsed_ms=round(1000 * (time.perf_counter() - started)),
    )


def sort_out(now: Standing, plan: Plan, today: dt.date) -> tuple[list[Draft], dict[str, str]]:
    """The drafts that may be sent today, and why each other one may not, by its id."""
    assignments = assignments_in(plan, now.drafts)
    brand = now.run.brief.brand
    ready: list[Draft] = []
    left_out: dict[str, str] = {}
    for draft in now.drafts:
        why: str = "" if draft.status in SENDABLE[brand.review] else draft.status
        why = why or rules.expired_claim(draft, brand, today)
        checked = draft
        if not why:
            checked, why = _checked_again(draft, assignments.get(draft.draft_id))
        if why:
            left_out[draft.draft_id] = why
        else:
            ready.append(checked)
    return ready, left_out


def _checked_again(draft: Draft, assignment: Assignment | None) -> tuple[Draft, str]:
    """The draft with what the checks say of it today, and what blocks it, if anything."""
    from copilot.campaigns.check.run import check

    if assignment is None:
        return draft, "its unit is no longer in the audience"
    report = check(draft.message, assignment)
    found = next((each for each in report.findings if each.severity == "block"), None)
    told = {"facts": report.facts, "findings": report.findings}
    return draft.model_copy(update=told), f"{found.rule}: {found.message}" if found else ""


def _must_fit(format: str, recipients: bool) -> None:
    if format not in EXPORT_FORMATS:
        raise InputError(
            f"There is no format {format!r}.", hint=f"Use: {', '.join(EXPORT_FORMATS)}."
        )
    if format == GOOGLE_ADS and recipients:
        raise InputError(
            "Search ads have no recipients.", hint="Leave --recipients out for google-ads."
        )


def _must_be_on(desk: Desk, now: Standing) -> None:
    offer = now.run.brief.offer
    if offer and briefs.expired(now.run.brief, desk.today):
        raise RefusedError(
            f"The offer of {now.run.campaign!r} ended on {offer.ends}, and today is {desk.today}.",
            hint="Give the brief another last day, or take the offer out, and draft it again.",
        )


def _for_format(
    ready: Sequence[Draft], format: Format, recipients: bool
) -> tuple[list[Draft], dict[str, str]]:
    """The drafts that a format can take, and why it cannot take the others."""
    fitting: list[Draft] = []
    left_out: dict[str, str] = {}
    for draft in ready:
        why = _unfit(draft, format, recipients)
        if why:
            left_out[draft.draft_id] = why
        else:
            fitting.append(draft)
    return fitting, left_out


def _unfit(draft: Draft, format: Format, recipients: bool) -> str:
    if format == GOOGLE_ADS:
        return "" if draft.channel == "rsa" else f"{draft.channel} is no search ad"
    if recipients and draft.channel not in PERSONAL:
        return f"{draft.channel} has no recipients; export it without --recipients"
    if format in TOOLS and draft.channel not in TOOLS[format].addresses:
        return f"{format} takes no {draft.channel}"
    return "" if recipients else unholdable(draft, format)


def _nothing(campaign: str, left_out: dict[str, str]) -> str:
    counts: dict[str, int] = {}
    for why in left_out.values():
        counts[why] = counts.get(why, 0) + 1
    most = sorted(counts, key=lambda why: -counts[why])[:3]
    told = "; ".join(f"{counts[why]} {why}" for why in most)
    return f"Nothing of {campaign!r} may be exported: {told or 'it has no drafts'}."


def _way_out(campaign: str, left_out: dict[str, str]) -> str:
    if "in_review" in left_out.values():
        return f"Approve drafts: marketing-copilot review {campaign} --approve all --by NAME"
    return f"See why: marketing-copilot review {campaign}"


def _manifest(
    order: Order,
    now: Standing,
    ready: Sequence[Draft],
    left_out: dict[str, str],
    written: Written,
    by: str,
    at: dt.datetime,
) -> Manifest:
    from copilot.campaigns.exporting.export import safe_text

    run, reached = now.run, order.plan.recipients
    return Manifest(
        product=f"marketing-copilot {__version__}",
        campaign=run.campaign,
        run_id=run.run_id,
        brief_sha256=hashlib.sha256(run.brief.model_dump_json().encode("utf-8")).hexdigest(),
        model=run.model,
        format=order.format,
        recipients=order.recipients,
        exported_by=safe_text(by),
        exported_at=at,
        files=tuple(written.files),
        drafts=tuple(exported_draft(draft, now.events.get(draft.draft_id, ())) for draft in ready),
        left_out={each: safe_text(why) for each, why in left_out.items()},
        consented=reached.reached if reached else 0,
        skipped=dict(reached.skipped) if reached else {},
        unsent=written.unsent,
        holdout=run.brief.holdout,
        held_out=written.held_out,
        notes=tuple(safe_text(note) for note in written.notes),
    )
