"""Long work outside the script: a pool shared by all sessions, looked at by a fragment.

Nothing that runs in the pool touches Streamlit, so a click or a rerun cannot stop it.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import streamlit as st

from copilot.app._state import complain
from copilot.errors import CopilotError

WORKERS = 2
KEPT = 200
Report = Callable[[int, int, str], None]
Work = Callable[[Report], Any]


@dataclass
class Job:
    """One piece of work and how far it is."""

    title: str
    future: "Future[Any] | None" = None
    done: int = 0
    total: int = 0
    what: str = ""

    def report(self, done: int, total: int, what: str) -> None:
        """Called by the work itself, from its own thread."""
        self.done, self.total, self.what = done, total, what

    @property
    def running(self) -> bool:
        """Whether a result or an error is still to come."""
        return self.future is not None and not self.future.done()

    @property
    def share(self) -> float:
        """How much is done, 0-1; 0 while unknown."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class Jobs:
    """The registry: ids to jobs, the oldest forgotten."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="copilot-job")
        self._jobs: dict[str, Job] = {}

    def start(self, title: str, work: Work) -> str:
        """Run `work(report)` in the pool; returns the job's id."""
        job_id, job = uuid4().hex, Job(title)
        job.future = self._pool.submit(work, job.report)
        self._jobs[job_id] = job
        for old in list(self._jobs)[:-KEPT]:
            if not self._jobs[old].running:
                del self._jobs[old]
        return job_id

    def get(self, job_id: str) -> Job | None:
        """The job, or None when it was forgotten."""
        return self._jobs.get(job_id)


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The one registry of this process."""
    return Jobs()


@st.fragment(run_every=0.5)
def _progress(job_id: str) -> None:
    job = jobs().get(job_id)
    if job is None or not job.running:
        st.rerun()
    else:
        st.progress(job.share, text=f"{job.title} … {job.what}".strip())


def outcome(job_id: str) -> Any:
    """What a job returned; None while it runs (its progress is shown) and after it failed.

    An error on purpose is shown as a box; any other fault is named without its traceback.
    """
    job = jobs().get(job_id)
    if job is None or job.future is None:
        st.caption("The result of this work is no longer held. Start it again if you need it.")
        return None
    if job.running:
        _progress(job_id)
        return None
    fault = job.future.exception()
    if isinstance(fault, CopilotError):
        complain(fault)
        return None
    if fault is not None:
        st.error(f"{job.title} failed unexpectedly: {type(fault).__name__}. Nothing was lost.")
        return None
    return job.future.result()


def finished(job_id: str) -> bool:
    """Whether a job has ended, well or badly."""
    job = jobs().get(job_id)
    return job is None or not job.running
