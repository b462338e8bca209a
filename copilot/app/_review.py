"""A drafted campaign under review on the page: drafts, their texts, previews, the export."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from copilot import Copilot
from copilot.app._charts import table
from copilot.app._drafts import STATUS, draw_draft
from copilot.app._state import state, told
from copilot.app._text import Span, marked, plain, preview_url
from copilot.campaigns.exporting.formats import GOOGLE_ADS
from copilot.campaigns.exporting.tags import FORMATS
from copilot.records import ExportReport, Preview, Reviewed, ReviewReport, SlotGroup, SlotText

SECTIONS = ("Drafts", "Differences", "Preview", "Export")
EVERYTHING = "all"
SUFFIXES = ("csv", "xlsx", "tsv", "parquet", "jsonl")
MOST_TEXTS = 100


def draw_review(copilot: Copilot, campaign: str) -> None:
    """Everything between a campaign's drafts and the file that is sent."""
    found = copilot.review(campaign)
    _draw_counts(found)
    key = f"review-{campaign}"
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    section = left.radio("Show", SECTIONS, horizontal=True, key=f"section-{key}")
    by = right.text_input("Your name", key=f"by-{key}", help="Kept with every decision and export")
    with told():
        if section == "Drafts":
            _draw_drafts(copilot, found, by, key)
        elif section == "Differences":
            _draw_differences(copilot, campaign, by, key)
        elif section == "Preview":
            _draw_previews(copilot, campaign, key)
        else:
            _draw_export(copilot, campaign, by, key)


def _draw_counts(found: ReviewReport) -> None:
    columns = st.columns(1 + len(found.statuses))
    columns[0].metric("Drafts", f"{found.drafts:,}")
    for column, (status, count) in zip(columns[1:], sorted(found.statuses.items()), strict=True):
        column.metric(STATUS[status][0], f"{count:,}")


# -- drafts --------------------------------------------------------------------------------------


def _draw_drafts(copilot: Copilot, found: ReviewReport, by: str, key: str) -> None:
    shown = _filtered(found.reviewed, key)
    if not shown:
        st.caption("No draft is like that.")
        return
    table([_row(one) for one in shown])
    with told():
        _draw_decision(copilot, found.campaign, shown, by, key)
    place = st.selectbox(
        "Read one",
        range(len(shown)),
        format_func=lambda number: _label(shown[number]),
        key=f"read-{key}",
    )
    one = shown[place or 0]
    draw_draft(one.draft)
    for event in one.events:
        note = f": {plain(event.note)}" if event.note else ""
        st.caption(
            f"{event.action.capitalize()} by {plain(event.by)}, {event.at:%d %b %H:%M}{note}"
        )
    with told():
        _draw_edit(copilot, found.campaign, one, by, key)


def _filtered(reviewed: Sequence[Reviewed], key: str) -> list[Reviewed]:
    columns = st.columns(3)
    wanted = {}
    for column, name in zip(columns, ("status", "channel", "unit"), strict=True):
        values = sorted({getattr(one.draft, name) for one in reviewed})
        wanted[name] = column.selectbox(
            name.capitalize(), [EVERYTHING, *values], key=f"{name}-{key}"
        )
    return [
        one
        for one in reviewed
        if all(value in (EVERYTHING, getattr(one.draft, name)) for name, value in wanted.items())
    ]


def _draw_decision(
    copilot: Copilot, campaign: str, shown: Sequence[Reviewed], by: str, key: str
) -> None:
    labels = {one.draft.draft_id: _label(one) for one in shown}
    with st.form(f"decide-{key}", clear_on_submit=True):
        ids = st.multiselect(
            "Decide on", list(labels), format_func=lambda each: labels[each], key=f"ids-{key}",
            placeholder="Every draft in the table that is not held",
        )  # fmt: skip
        note = st.text_input("Note (a rejection needs one)", key=f"note-{key}")
        with st.container(horizontal=True):
            yes = st.form_submit_button("Approve", type="primary")
            no = st.form_submit_button("Reject")
    if not (yes or no):
        return
    chosen = ids or [one.draft.draft_id for one in shown if one.draft.status != "held"]
    if yes:
        copilot.approve(campaign, chosen, by=by, note=note)
    else:
        copilot.reject(campaign, chosen, by=by, note=note)
    st.rerun()


def _draw_edit(copilot: Copilot, campaign: str, one: Reviewed, by: str, key: str) -> None:
    draft = one.draft
    with st.expander("Edit it"), st.form(f"edit-{key}-{draft.draft_id}"):
        lines = [f"Subject: {draft.message.subject}"] if draft.message.subject else []
        lines += [f"Preheader: {draft.message.preheader}"] if draft.message.preheader else []
        text = st.text_area(
            "Its text", "\n".join([*lines, draft.message.body]), height=260,
            key=f"text-{key}-{draft.draft_id}",
        )  # fmt: skip
        if st.form_submit_button("Check and keep"):
            done = copilot.edit_draft(campaign, draft.draft_id, text, by=by)
            if done.draft is not None:
                st.rerun()
            for each in done.check.findings:
                if each.severity == "block":
                    st.error(f"**{plain(each.rule)}** {plain(each.message)} {plain(each.fix)}")


def _row(one: Reviewed) -> dict[str, object]:
    draft = one.draft
    last = one.events[-1] if one.events else None
    return {
        "for": draft.unit,
        "channel": draft.channel,
        "language": draft.language,
        "variant": draft.variant,
        "status": STATUS[draft.status][0],
        "last_decision": f"{last.action} by {last.by}" if last else "",
        "subject_or_first_words": draft.message.subject or draft.message.body[:80],
    }


def _label(one: Reviewed) -> str:
    draft = one.draft
    return f"{draft.unit} · {draft.channel} · {draft.language} · {draft.variant}"


# -- differences ---------------------------------------------------------------------------------


def _draw_differences(copilot: Copilot, campaign: str, by: str, key: str) -> None:
    groups = copilot.differences(campaign)
    if not groups:
        st.caption("There are no drafts to compare.")
        return
    names = [f"{one.channel} · {one.language}" for one in groups]
    place = st.selectbox(
        "Channel and language",
        range(len(groups)),
        format_func=lambda number: names[number],
        key=f"group-{key}",
    )
    group = groups[place or 0]
    open_texts = [one for one in group.texts if not one.approved_by]
    st.caption(
        f"{group.drafts} drafts are made of {len(group.texts)} texts; {group.shared} stand in more "
        f"than one. {len(group.texts) - len(open_texts)} are approved. Marked: what differs from "
        "the master."
    )
    if open_texts and st.button("Approve all of these texts", key=f"texts-{key}-{names[place]}"):
        copilot.approve(campaign, [one.text_id for one in open_texts], by=by)
        st.rerun()
    _draw_texts(copilot, campaign, group, by, key)


def _draw_texts(copilot: Copilot, campaign: str, group: SlotGroup, by: str, key: str) -> None:
    for one in group.texts[:MOST_TEXTS]:
        with st.container(border=True):
            text, button = st.columns([6, 1], vertical_alignment="center")
            with text:
                spans = [
                    Span(start, end, "quote", "not in the master") for start, end in one.changes
                ]
                st.html(marked(one.text, spans))
                st.caption(f"{one.part}, in {_where(one)}")
            with button:
                if one.approved_by:
                    st.badge(f"✓ {one.approved_by}", color="green")
                elif st.button("Approve", key=f"{one.text_id}-{key}"):
                    copilot.approve(campaign, [one.text_id], by=by)
                    st.rerun()
    if len(group.texts) > MOST_TEXTS:
        st.caption(f"And {len(group.texts) - MOST_TEXTS} more.")


def _where(one: SlotText) -> str:
    units = ", ".join(plain(unit) for unit in one.units[:4])
    more = f" and {len(one.units) - 4} more" if len(one.units) > 4 else ""
    return f"{len(one.draft_ids)} drafts: {units}{more}"


# -- previews ------------------------------------------------------------------------------------


def _draw_previews(copilot: Copilot, campaign: str, key: str) -> None:
    kept = state().pages
    with st.form(f"preview-{key}"):
        left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
        customer = left.text_input("As this customer (their id)", key=f"as-{key}")
        one = middle.form_submit_button("Preview", width="stretch")
        worst = right.form_submit_button("On the hardest rows", width="stretch")
    with told(), st.spinner("Merging"):
        if one and customer.strip():
            kept[key] = copilot.preview_as(campaign, customer.strip())
        elif worst:
            kept[key] = copilot.preview_worst(campaign)
    for preview in kept.get(key, ()):
        _draw_preview(preview)


def _draw_preview(one: Preview) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, gap="small"):
            st.badge(one.case.replace("_", " "), color="violet")
            st.badge(one.channel, color="gray")
            if one.synthetic:
                st.badge("synthetic", color="orange")
            if one.sms_parts:
                st.badge(f"{one.sms_parts} SMS parts", color="gray")
            for warning in one.warnings:
                st.badge(warning.replace("_", " "), color="orange")
        if one.reason:
            st.error(f"Would not be sent: {plain(one.reason.replace('_', ' '))}")
        st.caption(f"To {plain(one.customer_id)}, for {plain(one.unit)}")
        for text in (one.message.subject, one.message.preheader, one.message.body):
            if text:
                st.html(marked(text, []))
        if one.message.html:
            with st.expander("As an e-mail"):
                st.iframe(preview_url(one.message.html), height=420)


# -- export --------------------------------------------------------------------------------------


def _draw_export(copilot: Copilot, campaign: str, by: str, key: str) -> None:
    kept = state().pages
    with st.form(f"export-{key}"):
        left, middle = st.columns(2)
        tool = left.selectbox("For", [*FORMATS, GOOGLE_ADS], key=f"format-{key}")
        suffix = middle.selectbox("File", SUFFIXES, key=f"suffix-{key}")
        merged = st.checkbox(
            "A merged row for each who consented; without it, a template for each unit",
            key=f"merged-{key}",
        )
        if st.form_submit_button("Export", type="primary"):
            out = copilot.settings.home / "drafts" / f"{_file(campaign)}-{tool}.{suffix}"
            with told(), st.spinner("Checking once more and writing"):
                kept[f"export-{key}"] = copilot.export(
                    campaign, out=out, by=by, format=tool or "generic", recipients=merged
                )
    report = kept.get(f"export-{key}")
    if report is not None:
        _draw_exported(report, key)


def _draw_exported(report: ExportReport, key: str) -> None:
    st.success(f"{report.rows:,} rows of {report.drafts:,} drafts written.")
    folder = Path(report.manifest).parent
    files: list[tuple[str, str]] = [(one.name, one.purpose) for one in report.files]
    files.append((Path(report.manifest).name, "manifest"))
    with st.container(horizontal=True):
        for name, purpose in files:
            if (folder / name).is_file():
                st.download_button(
                    f"{purpose.capitalize()}: {name}",
                    (folder / name).read_bytes(),
                    file_name=name,
                    type="primary" if purpose in ("send", "template") else "secondary",
                    on_click="ignore",
                    key=f"get-{name}-{key}",
                )
    for name, counts in (("Left out before", report.skipped), ("Without a row", report.unsent)):
        said = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in counts.items())
        if any(counts.values()):
            st.caption(f"{name}: {plain(said)}.")
    for note in report.notes:
        st.info(plain(note))
    if report.left_out:
        with st.expander(f"{len(report.left_out)} drafts are in no file"):
            table([{"draft": each, "why": why} for each, why in report.left_out.items()])
    with st.expander("The manifest"):
        table(
            [
                {"file": one.name, "rows": one.rows, "bytes": one.bytes, "sha256": one.sha256}
                for one in report.files
            ]
        )


def _file(campaign: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in campaign).split()) or "campaign"
