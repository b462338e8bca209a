"""Records of durable work: what is under way, how far it is, what came of it."""

import datetime as dt
from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.campaigns import DraftReport

JobState = Literal["queued", "running", "paused", "cancelled", "done", "failed"]


class SkippedUnit(Record):
    """A message that could not be drafted, and why; the others went on."""

    unit: str
    reason: str


class Job(Record):
    """One piece of durable work. `done` and `total` count messages; `total` is 0 until planned."""

    id: str
    kind: Literal["draft"] = "draft"
    campaign: str
    state: JobState
    reason: str = Field(default="", description="why it is paused, or how it failed")
    done: int = 0
    total: int = 0
    rate: float | None = Field(default=None, description="messages a second since it last began")
    eta_s: float | None = Field(default=None, description="seconds left at that rate")
    cost_usd: float | None = Field(default=0.0, description="None: the model's price is unknown")
    budget_usd: float | None = None
    model: str = "offline"
    out: str | None = None
    created: dt.datetime
    started: dt.datetime | None = None
    ended: dt.datetime | None = None
    skipped: tuple[SkippedUnit, ...] = ()
    log: tuple[str, ...] = Field(default=(), description="the last lines, oldest first")
    run_id: str = ""
    report: DraftReport | None = None

    @property
    def active(self) -> bool:
        """Whether a worker will do, or is doing, something about it."""
        return self.state in ("queued", "running")

    @property
    def share(self) -> float:
        """How much is done, 0-1; 0 while unknown."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class JobList(Record):
    """Every job of the database, the newest first."""

    jobs: tuple[Job, ...]
