"""Verbs of durable work: start, look, pause, resume, cancel, do."""

import threading
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from copilot.errors import InputError
from copilot.records import Brief, Draft, Job, JobList
from copilot.service.campaigns import CampaignVerbs

if TYPE_CHECKING:
    from collections.abc import Generator


class JobVerbs(CampaignVerbs):
    """Drafting that outlives the process that asked for it."""

    @property
    def writer(self) -> str:
        """What drafts are written with: the connected model's name, or `offline`."""
        return self.settings.model if self.complete and self.settings.model else "offline"

    def start_draft(
        self,
        brief: Brief | Path | str,
        *,
        out: Path | str | None = None,
        format: str = "generic",
        limit: int | None = None,
        resume: bool = False,
        budget_usd: float | None = None,
    ) -> Job:
        """Queue the drafting of a brief; workers do it. See `draft` for what is asked.

        `budget_usd` is the job's own (default: the setting's). An unfinished job for the very
        same is returned instead of a new one.
        """
        from copilot.campaigns.briefing.brief import load_brief
        from copilot.campaigns.exporting.tags import FORMATS
        from copilot.jobs.board import DraftOrder

        if format not in FORMATS:
            raise InputError(f"There is no format {format!r}.", hint=f"Use: {', '.join(FORMATS)}.")
        order = DraftOrder(
            brief=brief if isinstance(brief, Brief) else load_brief(Path(brief)),
            out=None if out is None else str(Path(out).resolve()),
            format=format,
            limit=limit,
            resume=resume,
        )
        job_id = self.queue.submit(
            order,
            model=self.writer,
            budget_usd=budget_usd or self.settings.budget_usd,
        )
        return self.queue.job(job_id)

    def jobs(self) -> JobList:
        """Every job of the database, the newest first."""
        return JobList(jobs=self.queue.jobs())

    def job(self, job_id: str) -> Job:
        """A job with its log and, once it is done, its report with the first drafts.

        Raises InputError for an id that is not there.
        """
        from copilot.drafting.running import PREVIEW

        job = self.queue.job(job_id)
        if job.report is None:
            return job
        drafts = cast("Generator[Draft]", self.campaigns.drafts(job.run_id))
        with closing(drafts):  # what is not read keeps its connection open
            preview = tuple(islice(drafts, PREVIEW))
        return job.model_copy(update={"report": job.report.model_copy(update={"preview": preview})})

    def pause(self, job_id: str) -> Job:
        """Stop a job soon; what is done is kept, and `resume` goes on."""
        return self.queue.pause(job_id)

    def resume(self, job_id: str, *, budget_usd: float | None = None) -> Job:
        """Let a paused or failed job go on, perhaps with another budget in US dollars."""
        return self.queue.resume(job_id, budget_usd)

    def cancel(self, job_id: str) -> Job:
        """Stop a job for good; the drafts it made are kept."""
        return self.queue.cancel(job_id)

    def work(self, *, once: bool = False, stop: threading.Event | None = None) -> int:
        """Do queued jobs until `stop` is set; with `once`, until none is queued or running.

        Any number of processes may work one database at a time, each on jobs for its own model
        and from a workspace with the same customers. Returns how many tasks were done here.
        """
        from copilot.jobs.working import work

        return work(
            self.queue,
            self.settings.home,
            self._desk,
            self._lock,
            model=self.writer,
            once=once,
            stop=stop or threading.Event(),
        )
