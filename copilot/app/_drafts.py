"""Drafts on the page: every fact marked with its origin, the checks, the files."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from copilot import Copilot
from copilot.app._charts import table
from copilot.app._drafting import first_rows
from copilot.app._durable import outcomes
from copilot.app._text import Span, marked, plain, preview_url
from copilot.records import Brief, Draft, DraftReport, FactUse, Finding, Part

SKIPS = {
    "no_consent": "without consent",
    "suppressed": "on the suppression list",
    "no_address": "without an address",
    "not_in_audience": "outside the audience",
}
STATUS = {
    "passed": ("Passed", "green"),
    "in_review": ("Passed, waits for review", "green"),
    "held": ("Held", "red"),
    "approved": ("Approved", "green"),
    "rejected": ("Rejected", "red"),
    "exported": ("Exported", "blue"),
}
MOST_PILLS = 15
ROW_FIELDS = ("customer_id", "address", "channel", "unit", "subject")


def draw_jobs(copilot: Copilot, job_ids: Sequence[str], key: str) -> None:
    """How far the jobs of an order are, then a tab for each that is done."""
    done = outcomes(copilot, job_ids, key)
    reports = [(copilot.queue.order(job.id).brief, job.report) for job in done]
    found = [(brief, report) for brief, report in reports if report is not None]
    if not found:
        return
    tabs = st.tabs([_tab(brief, report) for brief, report in found])
    for tab, (number, (_, report)) in zip(tabs, enumerate(found), strict=True):
        with tab:
            draw_report(report, f"{key}-{number}")


def _tab(brief: Brief, report: DraftReport) -> str:
    grains = {"mass": "everyone", "individual": "customer"}
    grain = grains.get(brief.level) or brief.by or brief.level
    return f"{'For' if grain == 'everyone' else 'Per'} {grain} ({report.units:,})"


def draw_report(report: DraftReport, key: str) -> None:
    """Counts, files, and the drafts one unit at a time."""
    draw_counts(report)
    draw_files(report, key)
    if report.level == "individual" and report.out:
        draw_rows(Path(report.out), key)
    if report.preview:
        draw_units(report.preview, key)
    elif not report.drafts:
        st.info("There is nobody to write to: nobody in the audience consented on these channels.")


def draw_counts(report: DraftReport) -> None:
    """How many were drafted, passed, held, and left out and why."""
    cost = "unknown" if report.cost_usd is None else f"{report.cost_usd:.4f} USD"
    columns = st.columns(4)
    columns[0].metric("Drafts", f"{report.drafts:,}")
    columns[1].metric("Passed the checks", f"{report.passed:,}")
    columns[2].metric("Held", f"{report.held:,}")
    left = f"{sum(report.skipped.values()):,}"
    columns[3].metric("Left out", left, help="A customer counts once for each channel")
    left_out = [
        f"{count:,} {SKIPS.get(why, why.replace('_', ' '))}"
        for why, count in report.skipped.items()
        if count
    ]
    st.caption(
        (f"Left out: {', '.join(left_out)}. " if left_out else "")
        + f"Written by {'the composer, offline' if report.model == 'offline' else report.model}; "
        + f"cost {'nothing' if report.cost_usd == 0 else cost}."
    )
    for warning in report.warnings:
        st.warning(plain(warning))


def draw_files(report: DraftReport, key: str) -> None:
    """The files that were written, to download."""
    with st.container(horizontal=True):
        for label, name in (("Download", report.out), ("Held drafts", report.held_file)):
            if name and Path(name).is_file():
                path = Path(name)
                st.download_button(
                    f"{label} {path.name}",
                    path.read_bytes(),
                    file_name=path.name,
                    type="primary" if label == "Download" else "secondary",
                    on_click="ignore",
                    key=f"{label}-{key}",
                )


def draw_rows(path: Path, key: str) -> None:
    """The first messages of a file with a row a customer, one at a time and as a table."""
    rows = first_rows(path)
    if not rows:
        return
    names = [f"{row['customer_id']} · {row['channel']} · {row['unit']}" for row in rows]
    chosen = st.selectbox(
        f"Read the message to one customer (the first {len(rows)})", names, key=f"row-{key}"
    )
    row = rows[names.index(chosen)]
    facts = json.loads(row["facts"]) if row.get("facts") else []
    with st.container(border=True):
        st.caption(f"To {row['address']}")
        for part in ("subject", "preheader", "body"):
            if row[part]:
                st.html(marked(row[part], found_in(row[part], facts)))
    with st.expander("These messages as a table"):
        table([{name: one[name] for name in ROW_FIELDS} for one in rows])
    st.markdown("**The versions they are assembled from**")
    st.caption("Each was written and checked once; slots such as first_name are filled per row.")


def found_in(text: str, facts: Sequence[dict[str, Any]]) -> list[Span]:
    """Where facts stand in a merged text: filling a slot moves what follows it."""
    notes = {one["text"]: f"{one['kind']}: from {one['origin']}" for one in facts if one["text"]}
    return [
        Span(match.start(), match.end(), "fact", note)
        for written, note in sorted(notes.items(), key=lambda one: -len(one[0]))
        for match in re.finditer(re.escape(written), text)
    ]


def draw_units(drafts: Sequence[Draft], key: str) -> None:
    """A picker of units, and the chosen unit's drafts."""
    by_unit: dict[str, list[Draft]] = defaultdict(list)
    for one in drafts:
        by_unit[one.unit].append(one)
    units = list(by_unit)
    chosen: str | None = units[0]
    if 1 < len(units) <= MOST_PILLS:
        chosen = st.pills("Draft for", units, default=units[0], key=f"unit-{key}", required=True)
    elif len(units) > MOST_PILLS:
        chosen = st.selectbox("Draft for", units, key=f"unit-{key}")
    for one in by_unit.get(chosen or units[0], []):
        draw_draft(one)
    st.caption("Underlined in green: a fact. Hover over it, or see the list, for its origin.")


def draw_draft(draft: Draft) -> None:
    """One draft: its text with every fact marked, the facts' origins, the findings."""
    with st.container(border=True):
        with st.container(horizontal=True, gap="small"):
            label, colour = STATUS[draft.status]
            st.badge(label, color=colour)  # type: ignore[arg-type]
            st.badge(draft.channel, color="gray")
            st.badge(draft.language, color="gray")
            st.badge(f"variant {draft.variant}", color="gray")
        if draft.message.subject:
            _draw_part("Subject", "subject", draft)
        if draft.message.preheader:
            _draw_part("Preheader", "preheader", draft)
        _draw_part("", "body", draft)
        draw_findings(draft.findings)
        draw_facts(draft.facts)
        if draft.message.html:
            with st.expander("As an e-mail"):
                st.iframe(preview_url(draft.message.html), height=480)
        if draft.fallback:
            st.caption(f"The model's draft was dropped: {plain(draft.fallback)}")


def _draw_part(label: str, part: Part, draft: Draft) -> None:
    if label:
        st.caption(label)
    text = getattr(draft.message, part)
    st.html(marked(text, spans_of(part, draft.facts, draft.findings)))


def spans_of(part: Part, facts: Sequence[FactUse], findings: Sequence[Finding]) -> list[Span]:
    """What to mark in a part of a message: findings over facts."""
    found = [
        Span(one.start, one.end, one.severity, one.message)
        for one in findings
        if one.part == part and one.end > one.start
    ]
    taken = [(span.start, span.end) for span in found]
    return found + [
        Span(one.start, one.end, "fact", f"{one.kind}: from {one.origin}")
        for one in facts
        if one.part == part and not any(a < one.end and one.start < b for a, b in taken)
    ]


def draw_findings(findings: Sequence[Finding]) -> None:
    """What the checks found, or that they found nothing."""
    if not findings:
        st.markdown(":green[✓ Passed every check]")
    for one in findings:
        box = st.error if one.severity == "block" else st.warning
        said = f" “{plain(one.text)}”" if one.text else ""
        fix = f" {plain(one.fix)}" if one.fix else ""
        box(
            f"**{plain(one.rule)}**{said}: {plain(one.message)}{fix}  \n:small[{plain(one.source)}]"
        )


def draw_facts(facts: Sequence[FactUse]) -> None:
    """Each fact as written, its kind and where it comes from."""
    if not facts:
        return
    unique = {(one.text, one.kind, one.origin): one for one in facts}
    with st.expander(f"Where each fact comes from ({len(unique)})"):
        table(
            [
                {"as_written": one.text, "kind": one.kind, "comes_from": one.origin}
                for one in unique.values()
            ]
        )
