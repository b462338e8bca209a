"""The workers' side of the jobs: claim a task under a lease, renew it, finish it.

A task is a chunk of a job: the plan first, then messages by their places in the plan, then the
files. A worker that dies leaves its lease behind; when the lease has run out, or the worker is
known to be dead, somebody else claims the task. Ids come from content, so what the dead worker
had kept is not drafted again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from copilot.database import transaction
from copilot.jobs.board import UNFINISHED, Board, DraftOrder, task_row
from copilot.records import DraftReport, Job

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_TRIES = 5
"""Workers that may die of one task before its job counts as failed."""


@dataclass(frozen=True)
class Task:
    """A claimed chunk of a job: messages `start` to `stop` of the plan, or a stage of its own."""

    task_id: str
    job_id: str
    kind: Literal["plan", "write", "save"]
    start: int
    stop: int
    owner: str


class Queue(Board):
    """What workers do to the jobs of one database."""

    def claim(self, owner: str, lease_s: float, model: str | None = None) -> Task | None:
        """The next task of the oldest job that has one, leased to `owner`; None: none is free.

        With `model`, only of jobs for it: another's words would be drafts of their own.
        """
        tasks = self.tables.tasks
        with transaction(self.engine) as db:
            row = (
                db.execute(
                    tasks.update()
                    .where(tasks.c.task_id == self._next(model))
                    .values(
                        state="leased",
                        owner=owner,
                        lease_until=self.now + lease_s,
                        tries=tasks.c.tries + 1,
                    )
                    .returning(*tasks.c)
                )
                .mappings()
                .first()
            )
            if row is None:
                return None
            if row["tries"] > MOST_TRIES:
                self._fail(db, row["job_id"], f"{MOST_TRIES} workers died of the same task.")
                here = tasks.c.task_id == row["task_id"]
                db.execute(tasks.update().where(here).values(state="waiting", owner=None))
                return None
            self._begun(db, row["job_id"])
        names = ("task_id", "job_id", "kind", "start", "stop", "owner")
        return Task(**{name: row[name] for name in names})

    def order(self, job_id: str) -> DraftOrder:
        """What a job was asked for. Raises InputError."""
        with transaction(self.engine) as db:
            return DraftOrder.model_validate_json(self._row(db, job_id)["order"])

    def renew(self, task: Task, lease_s: float, *, done: int | None = None) -> bool:
        """Say that the work goes on; whether it should: the lease is ours and the job runs."""
        tasks, jobs = self.tables.tasks, self.tables.jobs
        values: dict[str, Any] = {"lease_until": self.now + lease_s}
        values |= {} if done is None else {"done": done}
        with transaction(self.engine) as db:
            ours = db.execute(tasks.update().where(*self._owned(task)).values(**values)).rowcount
            state = db.execute(
                jobs.select().with_only_columns(jobs.c.state).where(jobs.c.job_id == task.job_id)
            ).scalar()
        return bool(ours) and state == "running"

    def planned(self, task: Task, run_id: str, total: int, chunk: int) -> None:
        """A job's plan is made: queue its messages in chunks, and the files after them."""
        tasks, jobs = self.tables.tasks, self.tables.jobs
        starts = range(0, total, chunk)
        rows = [
            task_row(task.job_id, number, "write", start, min(start + chunk, total))
            for number, start in enumerate(starts, 1)
        ]
        rows.append(task_row(task.job_id, len(starts) + 1, "save"))
        with transaction(self.engine) as db:
            if not self._end(db, task):
                return
            db.execute(tasks.insert(), rows)
            values = {"run_id": run_id, "total": total}
            db.execute(jobs.update().where(jobs.c.job_id == task.job_id).values(**values))
            self.note(db, task.job_id, f"Planned: {total} messages.")

    def written(self, task: Task) -> None:
        """A chunk's messages are all kept or skipped."""
        with transaction(self.engine) as db:
            self._end(db, task, done=task.stop - task.start)

    def saved(self, task: Task, report: DraftReport) -> None:
        """A job is done; its report is kept without the preview, which the drafts give."""
        jobs = self.tables.jobs
        kept = report.model_copy(update={"preview": ()}).model_dump_json()
        with transaction(self.engine) as db:
            if not self._end(db, task):
                return
            db.execute(
                jobs.update()
                .where(jobs.c.job_id == task.job_id, jobs.c.state.in_(UNFINISHED))
                .values(state="done", reason="", report=kept, ended=self.now)
            )
            self.note(db, task.job_id, f"Done: {report.passed} passed, {report.held} held.")

    def release(self, task: Task) -> None:
        """Give a task back as if it had not been claimed; what was kept of it is kept."""
        tasks = self.tables.tasks
        with transaction(self.engine) as db:
            db.execute(
                tasks.update()
                .where(*self._owned(task))
                .values(state="waiting", owner=None, tries=tasks.c.tries - 1)
            )

    def free(self, owner: str) -> int:
        """Give back the tasks of a worker that is known to be dead; returns how many."""
        tasks = self.tables.tasks
        with transaction(self.engine) as db:
            held = (tasks.c.owner == owner) & (tasks.c.state == "leased")
            rows = db.execute(tasks.select().where(held)).mappings().all()
            for job_id in sorted({row["job_id"] for row in rows}):
                self.note(db, job_id, "A worker died; its messages are taken over.")
            db.execute(tasks.update().where(held).values(state="waiting", owner=None))
        return len(rows)

    def owners(self) -> tuple[str, ...]:
        """The workers that hold a task."""
        tasks = self.tables.tasks
        with transaction(self.engine) as db:
            found = tasks.select().with_only_columns(tasks.c.owner).distinct()
            return tuple(db.execute(found.where(tasks.c.state == "leased")).scalars())

    def skip(self, job_id: str, failed: Mapping[str, str]) -> None:
        """Keep why messages could not be drafted, and log it."""
        skipped = self.tables.skipped
        with transaction(self.engine) as db:
            for unit, reason in failed.items():
                here = (skipped.c.job_id == job_id) & (skipped.c.unit == unit)
                db.execute(skipped.delete().where(here))
                db.execute(skipped.insert().values(job_id=job_id, unit=unit, reason=reason))
                self.note(db, job_id, f"Skipped {unit}: {reason}")

    def spend(self, job_id: str, usd: float | None) -> Job:
        """Count what was spent since the last time; None: the price is unknown."""
        jobs = self.tables.jobs
        values = {"cost_known": False} if usd is None else {"cost_usd": jobs.c.cost_usd + usd}
        with transaction(self.engine) as db:
            db.execute(jobs.update().where(jobs.c.job_id == job_id).values(**values))
        return self.job(job_id)

    def fail(self, job_id: str, reason: str) -> None:
        """End a job that cannot be done; it can be resumed once the reason is gone."""
        with transaction(self.engine) as db:
            self._fail(db, job_id, reason)

    def _fail(self, db: "Connection", job_id: str, reason: str) -> None:
        jobs = self.tables.jobs
        db.execute(
            jobs.update()
            .where(jobs.c.job_id == job_id, jobs.c.state.in_(("queued", "running")))
            .values(state="failed", reason=reason, ended=self.now)
        )
        self.note(db, job_id, f"Failed: {reason}")

    def _begun(self, db: "Connection", job_id: str) -> None:
        """The first claim since a job was queued starts its clock."""
        from sqlalchemy import func

        jobs = self.tables.jobs
        db.execute(
            jobs.update()
            .where(jobs.c.job_id == job_id, jobs.c.state == "queued")
            .values(
                state="running",
                started=func.coalesce(jobs.c.started, self.now),
                ended=None,
                since=self.now,
                done_then=self.done(db, job_id),
            )
        )

    def _end(self, db: "Connection", task: Task, **values: Any) -> bool:
        tasks = self.tables.tasks
        ended = db.execute(
            tasks.update().where(*self._owned(task)).values(state="done", owner=None, **values)
        )
        return bool(ended.rowcount)

    def _owned(self, task: Task) -> Sequence[Any]:
        tasks = self.tables.tasks
        return (
            tasks.c.task_id == task.task_id,
            tasks.c.owner == task.owner,
            tasks.c.state == "leased",
        )

    def _next(self, model: str | None) -> Any:
        """The id of the task to claim: the files of a job only when all before them is done."""
        from sqlalchemy import and_, exists, or_, select, true

        tasks, jobs = self.tables.tasks, self.tables.jobs
        before = tasks.alias()
        running_out = and_(tasks.c.state == "leased", tasks.c.lease_until < self.now)
        open_before = exists().where(
            before.c.job_id == tasks.c.job_id,
            before.c.number < tasks.c.number,
            before.c.state != "done",
        )
        found = (
            select(tasks.c.task_id)
            .join(jobs, jobs.c.job_id == tasks.c.job_id)
            .where(
                jobs.c.state.in_(("queued", "running")),
                or_(tasks.c.state == "waiting", running_out),
                or_(tasks.c.kind != "save", ~open_before),
                true() if model is None else jobs.c.model == model,
            )
            .order_by(jobs.c.created, tasks.c.number)
            .limit(1)
        )
        return found.with_for_update(of=tasks, skip_locked=True).scalar_subquery()


def chunk_size(total: int, concurrency: int) -> int:
    """Messages in a chunk: many enough that waiting for its last one costs little."""
    return max(50, 20 * concurrency) if total > 50 else max(1, total)
