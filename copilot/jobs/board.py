"""What users see and say of jobs: start, list, pause, resume, cancel, forget."""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from copilot.database import leave_no_trace, open_database, transaction
from copilot.errors import InputError, RefusedError
from copilot.jobs.tables import clock, tables
from copilot.records import Brief, DraftReport, Job, JobState, SkippedUnit
from copilot.records.base import Record
from copilot.text import content_id

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

LINES = 20
UNFINISHED: tuple[JobState, ...] = ("queued", "running", "paused")
_MAY: Mapping[str, tuple[JobState, ...]] = {
    "paused": ("queued", "running"),
    "queued": ("paused", "failed"),
    "cancelled": ("queued", "running", "paused", "failed"),
}
_VERBS = {"paused": "paused", "queued": "resumed", "cancelled": "cancelled"}


class DraftOrder(Record):
    """What a drafting job was asked for."""

    brief: Brief
    out: str | None = None
    format: str = "generic"
    limit: int | None = Field(default=None, ge=1)
    resume: bool = Field(default=False, description="go on with what was drafted before")


class Board:
    """The jobs of one database; safe for several threads and processes."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL and make its tables when they are missing."""
        self.tables = tables()
        self.engine: Engine = open_database(url, self.tables.metadata)
        self.now = clock(self.engine.dialect)

    def submit(self, order: DraftOrder, *, model: str, budget_usd: float | None) -> str:
        """Queue a job; returns its id. An unfinished job for the very same is found again.

        Raises RefusedError when the same brief is under way to another file: both would keep
        their drafts in one place.
        """
        key = content_id(order.brief.model_dump_json(), model)
        wanted = order.model_dump_json()
        jobs, tasks = self.tables.jobs, self.tables.tasks
        with transaction(self.engine) as db:
            for row in db.execute(
                jobs.select().where(jobs.c.key == key, jobs.c.state.in_(UNFINISHED))
            ).mappings():
                if row["order"] == wanted:
                    return str(row["job_id"])
                raise RefusedError(
                    f"Campaign {order.brief.name!r} is being drafted by job {row['job_id']}.",
                    hint="Wait for it, or cancel it: marketing-copilot jobs cancel ID",
                )
            job_id = content_id(key, wanted, str(time.time_ns()))[:12]
            values: dict[str, Any] = {"job_id": job_id, "key": key, "order": wanted, "model": model}
            values |= {"campaign": order.brief.name, "state": "queued", "out": order.out}
            db.execute(jobs.insert().values(**values, budget_usd=budget_usd, created=self.now))
            db.execute(tasks.insert(), [task_row(job_id, 0, "plan")])
            self.note(db, job_id, "Queued.")
        return job_id

    def jobs(self) -> tuple[Job, ...]:
        """Every job, the newest first, without its log."""
        jobs = self.tables.jobs
        with transaction(self.engine) as db:
            rows = db.execute(jobs.select().order_by(jobs.c.created.desc())).mappings().all()
            return tuple(self._record(db, row, whole=False) for row in rows)

    def job(self, job_id: str) -> Job:
        """A job with its log, what it skipped and its report. Raises InputError."""
        with transaction(self.engine) as db:
            return self._record(db, self._row(db, job_id), whole=True)

    def unfinished(self, model: str) -> bool:
        """Whether any job for a model (or `offline`) is queued or running."""
        jobs = self.tables.jobs
        with transaction(self.engine) as db:
            active = jobs.c.state.in_(("queued", "running"))
            found = jobs.select().where(active, jobs.c.model == model).limit(1)
            return db.execute(found).first() is not None

    def pause(self, job_id: str, reason: str = "by hand") -> Job:
        """Stop a job soon, to be resumed. Raises InputError, RefusedError when it has ended."""
        return self._move(job_id, "paused", reason, f"Paused: {reason}")

    def resume(self, job_id: str, budget_usd: float | None = None) -> Job:
        """Queue a paused or failed job again, where it stopped; perhaps with another budget.

        Raises InputError, RefusedError when it is not paused.
        """
        changes = {} if budget_usd is None else {"budget_usd": budget_usd}
        tasks = self.tables.tasks
        with transaction(self.engine) as db:
            db.execute(tasks.update().where(tasks.c.job_id == job_id).values(tries=0))
        return self._move(job_id, "queued", "", "Resumed.", **changes)

    def cancel(self, job_id: str) -> Job:
        """Stop a job for good; the drafts it made are kept. Raises InputError, RefusedError."""
        return self._move(job_id, "cancelled", "", "Cancelled.", ended=self.now)

    def forget(self, names_them: Callable[[str], bool]) -> int:
        """Erase what names a forgotten person from logs, reasons and orders; returns how much."""
        jobs, skipped, log = self.tables.jobs, self.tables.skipped, self.tables.log
        gone = 0
        with transaction(self.engine) as db:
            for row in db.execute(log.select()).mappings().all():
                if names_them(row["text"]):
                    db.execute(log.delete().where(log.c.number == row["number"]))
                    gone += 1
            for row in db.execute(skipped.select()).mappings().all():
                if names_them(f"{row['unit']} {row['reason']}"):
                    here = (skipped.c.job_id == row["job_id"]) & (skipped.c.unit == row["unit"])
                    db.execute(skipped.delete().where(here))
                    gone += 1
            for row in db.execute(jobs.select()).mappings().all():
                if any(names_them(row[name] or "") for name in ("order", "report", "reason")):
                    self._delete(db, row["job_id"])
                    gone += 1
        leave_no_trace(self.engine)
        return gone

    def note(self, db: "Connection", job_id: str, text: str) -> None:
        """A line of a job's log, in the caller's transaction."""
        db.execute(self.tables.log.insert().values(job_id=job_id, at=self.now, text=text))

    def _delete(self, db: "Connection", job_id: str) -> None:
        for table in (self.tables.log, self.tables.skipped, self.tables.tasks, self.tables.jobs):
            db.execute(table.delete().where(table.c.job_id == job_id))

    def _move(self, job_id: str, to: JobState, reason: str, line: str, **changes: Any) -> Job:
        jobs, allowed = self.tables.jobs, _MAY[to]
        with transaction(self.engine) as db:
            before = self._row(db, job_id)["state"]
            moved = db.execute(
                jobs.update()
                .where(jobs.c.job_id == job_id, jobs.c.state.in_(allowed))
                .values(state=to, reason=reason, since=None, **changes)
            )
            if moved.rowcount:
                self.note(db, job_id, line)
            elif before != to:
                raise RefusedError(f"Job {job_id} is {before} and cannot be {_VERBS[to]}.")
        return self.job(job_id)

    def _row(self, db: "Connection", job_id: str) -> Any:
        jobs = self.tables.jobs
        row = db.execute(jobs.select().where(jobs.c.job_id == job_id)).mappings().first()
        if row is None:
            raise InputError(f"There is no job {job_id!r}.", hint="Run: marketing-copilot jobs")
        return row

    def done(self, db: "Connection", job_id: str) -> int:
        """How many of a job's messages are drafted or skipped."""
        from sqlalchemy import func, select

        tasks = self.tables.tasks
        counted = select(func.coalesce(func.sum(tasks.c.done), 0)).where(tasks.c.job_id == job_id)
        return int(db.execute(counted).scalar_one())

    def _record(self, db: "Connection", row: Any, *, whole: bool) -> Job:
        from sqlalchemy import select

        job_id, since, skipped = row["job_id"], row["since"], self.tables.skipped
        units = db.execute(skipped.select().where(skipped.c.job_id == job_id)).mappings().all()
        done = self.done(db, job_id)
        rate = None
        if row["state"] == "running" and since is not None:
            now = float(db.execute(select(self.now)).scalar_one())
            rate = (done - row["done_then"]) / max(now - since, 0.001) or None
        report = DraftReport.model_validate_json(row["report"]) if row["report"] else None
        return Job(
            **{name: row[name] for name in _SAME},
            id=job_id,
            done=done,
            rate=rate,
            eta_s=None if rate is None else max(0, row["total"] - done) / rate,
            cost_usd=row["cost_usd"] if row["cost_known"] else None,
            created=_when(row["created"]),
            started=_when(row["started"]) if row["started"] else None,
            ended=_when(row["ended"]) if row["ended"] else None,
            skipped=tuple(SkippedUnit(unit=one["unit"], reason=one["reason"]) for one in units),
            log=self._lines(db, job_id) if whole else (),
            report=report,
        )

    def _lines(self, db: "Connection", job_id: str) -> tuple[str, ...]:
        log = self.tables.log
        latest = log.select().where(log.c.job_id == job_id).order_by(log.c.number.desc())
        rows = db.execute(latest.limit(LINES)).mappings().all()
        return tuple(f"{_when(row['at']):%H:%M:%S} {row['text']}" for row in reversed(rows))


_SAME = ("campaign", "state", "reason", "total", "budget_usd", "model", "out", "run_id")


def task_row(job_id: str, number: int, kind: str, start: int = 0, stop: int = 0) -> dict[str, Any]:
    """A task that waits to be claimed."""
    ids = {"task_id": f"{job_id}:{number}", "job_id": job_id, "number": number, "kind": kind}
    return ids | {"start": start, "stop": stop, "state": "waiting"}


def _when(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
