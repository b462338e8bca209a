"""What people see of a review and an export: tables and texts on standard output."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from copilot.records import (
    Edited,
    ExportReport,
    Preview,
    ReviewReport,
    SlotGroup,
    SlotText,
    Verified,
)

MOST = 200
_COLOURS = {"approved": "green", "exported": "cyan", "rejected": "red", "held": "red"}


def show_review(found: ReviewReport) -> None:
    """How many drafts stand how, and each with its last decision."""
    out = _out()
    _counts(found)
    rows = []
    for one in found.reviewed[:MOST]:
        draft, last = one.draft, one.events[-1] if one.events else None
        held = next((each for each in draft.findings if each.severity == "block"), None)
        why = f"{held.rule}: {held.message}" if held and draft.status == "held" else ""
        if last is not None:
            why = why or f"{last.action} by {last.by}, {last.at:%Y-%m-%d %H:%M} {last.note}"
        rows.append(
            (draft.draft_id, draft.unit, draft.channel, draft.language, draft.variant,
             Text(draft.status, _COLOURS.get(draft.status, "yellow")), why.strip())
        )  # fmt: skip
    columns = ("draft", "for", "channel", "language", "variant", "status", "why, or last decision")
    out.print(_table("Drafts", columns, rows))
    if len(found.reviewed) > MOST:
        out.print(f"… and {len(found.reviewed) - MOST} more; --json has them all.")


def show_decided(found: ReviewReport) -> None:
    """What was just decided, and how the campaign stands."""
    out = _out()
    if found.texts_approved:
        out.print(f"{len(found.texts_approved)} texts approved.")
    out.print(f"{len(found.changed)} drafts decided on: {', '.join(found.changed[:10])}")
    _counts(found)


def show_differences(groups: Sequence[SlotGroup]) -> None:
    """Each distinct text once; of one that differs from the master's, the words that do."""
    out = _out()
    for group in groups:
        title = (
            f"{group.channel} {group.language}: {group.drafts} drafts, {len(group.texts)} texts, "
            f"{group.shared} of them shared"
        )
        rows = [
            (one.text_id, one.part, _changed(one), _in(one), one.approved_by)
            for one in group.texts[:MOST]
        ]
        out.print(_table(title, ("text", "part", "what it says", "in", "approved by"), rows))


def show_previews(found: Sequence[Preview]) -> None:
    """Each message as it would be sent."""
    out = _out()
    for one in found:
        mark = ", synthetic" if one.synthetic else ""
        out.rule(f"{one.case.replace('_', ' ')}{mark} - {one.customer_id} - {one.channel}")
        if one.reason:
            out.print(f"Would not be sent: {one.reason}", style="red", markup=False)
        for text in (one.message.subject, one.message.preheader, one.message.body):
            if text:
                out.print(text, markup=False)
        told = [f"{one.sms_parts} SMS parts"] if one.sms_parts else []
        if told or one.warnings:
            out.print(", ".join([*told, *one.warnings]), style="yellow", markup=False)


def show_edited(done: Edited) -> None:
    """The new version, or what refuses it."""
    out = _out()
    if done.draft is None:
        out.print(f"[red]Not changed.[/] {done.draft_id} stays as it was:")
    else:
        out.print(f"[green]Changed.[/] {done.draft_id} is version {done.version} and in review.")
    for one in done.check.findings:
        out.print(f"{one.severity} {one.rule}: {one.text!r} {one.message} {one.fix}", markup=False)


def show_exported(done: ExportReport) -> None:
    """The files, what is in them, what is not, and what is to be done by hand."""
    out = _out()
    rows = [(one.name, one.purpose, f"{one.rows:,}", f"{one.bytes:,}") for one in done.files]
    title = f"{done.campaign} for {done.format}"
    out.print(_table(title, ("file", "what", "rows", "bytes"), rows))
    for name, counts in (("Skipped", done.skipped), ("Without a row", done.unsent)):
        told = ", ".join(f"{count:,} {why}" for why, count in counts.items() if count)
        if told:
            out.print(f"{name}: {told}.", markup=False)
    if done.left_out:
        out.print(f"{len(done.left_out)} drafts left out, such as:", markup=False)
        for draft_id, why in list(done.left_out.items())[:5]:
            out.print(f"  {draft_id}: {why}", markup=False)
    for note in done.notes:
        out.print("[yellow]note[/] ", end="")
        out.print(note, markup=False)
    out.print(f"Manifest: {done.manifest}", markup=False)


def show_verified(found: Verified) -> None:
    """Whether everything is as it was, file by file."""
    out = _out()
    out.print("[green]whole[/]" if found.passed else "[red]changed[/]")
    rows = [("the manifest itself", found.manifest), *found.files.items()]
    out.print(_table(found.campaign, ("file", "is"), rows))


def _out() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _counts(found: ReviewReport) -> None:
    told = ", ".join(f"{count} {status}" for status, count in sorted(found.statuses.items()))
    _out().print(f"{found.campaign}: {found.drafts} drafts; {told}.", markup=False)


def _changed(one: SlotText) -> Text:
    text = Text(one.text)
    for start, end in one.changes:
        text.stylize("bold yellow", start, end)
    return text


def _in(one: SlotText) -> str:
    more = f" and {len(one.units) - 2} more" if len(one.units) > 2 else ""
    return f"{len(one.draft_ids)}: {', '.join(one.units[:2])}{more}"


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return table
