"""Loading customers' data in the pool: its phases, stopping it, and what came of it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

from copilot import Copilot
from copilot.app._jobs import Report, finished, jobs, outcome
from copilot.app._state import ImportCard
from copilot.app._text import plain
from copilot.app._uploads import draw_index
from copilot.errors import CopilotError
from copilot.records import ImportReport

PHASES = {
    "reading": "reading",
    "looking": "looking at the values",
    "converting": "converting",
    "checking": "checking",
    "writing": "writing to the tables",
}
STOPPED = "stopped"


class _Stopped(CopilotError):
    """Raised between two phases when the person has stopped the load; nothing was stored."""


def read(
    copilot: Copilot,
    card: ImportCard,
    table: str | None,
    mapping: Mapping[str, str] | None,
    *,
    dry_run: bool = False,
    progress: Callable[[str, str, int], None] | None = None,
) -> ImportReport:
    """Import what a card stands for; a dry run stores nothing."""
    return copilot.import_customers(
        [card.url or card.path],
        table=table,
        mapping=mapping,
        dry_run=dry_run,
        sheet=card.sheet,
        query=(card.query or None) if card.url else None,
        progress=progress,
    )[0]


def load(copilot: Copilot, card: ImportCard) -> None:
    """Start loading a card in the pool."""
    table, mapping = card.table, card.mapping or None

    def work(report: Report) -> ImportReport | str:
        def told(_file: str, phase: str, rows: int) -> None:
            if card.stop.is_set():
                raise _Stopped("Loading was stopped.")
            counted = f" {rows:,} rows" if rows else ""
            report(list(PHASES).index(phase), len(PHASES), f"{PHASES[phase]}{counted}")

        try:
            done = read(copilot, card, table, mapping, progress=told)
        except _Stopped:
            return STOPPED
        if not card.url:
            card.path.unlink(missing_ok=True)  # people's data stay in one place: the tables
        card.url = ""
        return done

    card.job = jobs().start(f"Loading {card.label}", work)


def draw_outcome(card: ImportCard) -> None:
    """The load's progress with a way to stop it, then its report and its rejected rows."""
    job = card.job or ""
    if not finished(job):
        st.button(
            "Stop loading",
            key=f"stop-{card.id}",
            on_click=card.stop.set,
            disabled=card.stop.is_set(),
            help="It stops at the next step; then nothing of this file is stored.",
        )
    done = outcome(job)
    if done == STOPPED:
        st.info("Loading was stopped; nothing was stored.")
        if st.button("Back to the mapping", key=f"back-{card.id}"):
            card.job = None
            card.stop.clear()
            st.rerun()
    elif isinstance(done, ImportReport):
        _draw_report(card, done)
    elif done is not None:
        draw_index(job)


def _draw_report(card: ImportCard, done: ImportReport) -> None:
    card.rejected = done.rows_rejected
    st.success(f"**{plain(done.source)}** is loaded into {done.table}: {counts(done)}.")
    for warning in done.warnings:
        st.caption(plain(warning))
    if done.rejects_file and Path(done.rejects_file).is_file():
        st.download_button(
            f"Rejected rows with reasons ({done.rows_rejected:,})",
            Path(done.rejects_file).read_bytes(),
            file_name=Path(done.rejects_file).name,
            on_click="ignore",
            key=f"rejects-{card.id}",
        )


def counts(report: ImportReport) -> str:
    """What became of the rows, as a sum."""
    return (
        f"{report.rows_read:,} rows read = {report.rows_loaded:,} new + "
        f"{report.rows_updated:,} updated + {report.rows_rejected:,} rejected"
    )
