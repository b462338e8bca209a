"""Durable jobs on a page: progress, pause, resume, cancel, and what came of them."""

from collections.abc import Sequence

import streamlit as st

from copilot import Copilot
from copilot.app._hands import hands
from copilot.app._state import service, told
from copilot.app._text import plain
from copilot.errors import InputError
from copilot.records import Job

COLOURS = {
    "queued": "gray",
    "running": "blue",
    "paused": "orange",
    "cancelled": "gray",
    "done": "green",
    "failed": "red",
}


def outcomes(copilot: Copilot, job_ids: Sequence[str], key: str) -> list[Job]:
    """The jobs that are done. Of the others how far they are, and what can be done about them."""
    done = []
    for job_id in job_ids:
        try:
            job = copilot.job(job_id)
        except InputError:
            st.caption("This job is no longer kept.")
            continue
        if job.state == "done":
            done.append(job)
        else:
            draw_state(job, key)
    return done


def draw_state(job: Job, key: str) -> None:
    """One job that has not come to its end well, or not yet."""
    if job.active:
        _progress(job.id, key)
        return
    whole = f"{job.done:,} of {job.total:,} messages"
    if job.state == "cancelled":
        st.caption(f"“{plain(job.campaign)}” was cancelled after {whole}; they are kept.")
        return
    box = st.warning if job.state == "paused" else st.error
    box(f"“{plain(job.campaign)}” is {job.state} at {whole}. {plain(job.reason)}")
    _paused(job, key)


@st.fragment(run_every=0.5)
def _progress(job_id: str, key: str) -> None:
    copilot = service()
    job = copilot.queue.job(job_id)
    if not job.active:
        st.rerun()
    hands().take(copilot)
    if job.model != copilot.writer:
        st.caption(f"It waits for a worker with the model “{plain(job.model)}”.")
    left = "" if job.eta_s is None else f", about {_span(job.eta_s)} left"
    count = f" {job.done:,} of {job.total:,}{left}" if job.total else " planning"
    skipped = f" · {len(job.skipped):,} skipped" if job.skipped else ""
    cost = f" · {job.cost_usd:.4f} USD" if job.cost_usd else ""
    st.progress(job.share, text=f"Drafting “{plain(job.campaign)}” …{count}{skipped}{cost}")
    with st.container(horizontal=True), told():
        if st.button("Pause", key=f"pause-{key}-{job_id}"):
            copilot.pause(job_id)
            st.rerun()
        _cancel(copilot, job_id, key)


def _paused(job: Job, key: str) -> None:
    copilot, budget = service(), None
    with st.container(horizontal=True, vertical_alignment="bottom"), told():
        if job.budget_usd is not None:
            budget = st.number_input(
                "Budget (USD)", 0.01, None, job.budget_usd, key=f"budget-{key}-{job.id}"
            )
        if st.button("Go on", type="primary", key=f"resume-{key}-{job.id}"):
            copilot.resume(job.id, budget_usd=budget)
            st.rerun()
        _cancel(copilot, job.id, key)


def _cancel(copilot: Copilot, job_id: str, key: str) -> None:
    if st.button("Cancel the job", key=f"cancel-{key}-{job_id}"):
        copilot.cancel(job_id)
        st.rerun()


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
