"""The queue's tables: jobs, their tasks, what was skipped, what was logged."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Dialect, MetaData, Table


class Tables:
    """One row a job, a task, a skipped message, a line of the log."""

    def __init__(self) -> None:
        from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text

        self.metadata = MetaData()
        self.jobs = _jobs(self.metadata)
        self.tasks = _tasks(self.metadata)
        self.skipped = Table(
            "copilot_job_skipped",
            self.metadata,
            Column("job_id", String, primary_key=True),
            Column("unit", String, primary_key=True),
            Column("reason", Text),
        )
        self.log = Table(
            "copilot_job_log",
            self.metadata,
            Column("number", Integer, primary_key=True, autoincrement=True),
            Column("job_id", String, index=True),
            Column("at", Float),
            Column("text", Text),
        )


def _jobs(metadata: "MetaData") -> "Table":
    """A piece of durable work: what was ordered, and how it stands."""
    from sqlalchemy import Boolean, Column, Float, Integer, String, Table, Text

    return Table(
        "copilot_jobs",
        metadata,
        Column("job_id", String, primary_key=True),
        Column("key", String, index=True),
        Column("campaign", String),
        Column("state", String, index=True),
        Column("reason", Text, default=""),
        Column("order", Text),
        Column("model", String),
        Column("out", Text),
        Column("run_id", String, default=""),
        Column("total", Integer, default=0),
        Column("cost_usd", Float, default=0.0),
        Column("cost_known", Boolean, default=True),
        Column("budget_usd", Float),
        Column("created", Float),
        Column("started", Float),
        Column("ended", Float),
        Column("since", Float),
        Column("done_then", Integer, default=0),
        Column("report", Text),
    )


def _tasks(metadata: "MetaData") -> "Table":
    """A job's plan, its chunks of messages, and the saving of its files."""
    from sqlalchemy import Column, Float, Index, Integer, String, Table

    return Table(
        "copilot_tasks",
        metadata,
        Column("task_id", String, primary_key=True),
        Column("job_id", String, index=True),
        Column("number", Integer),
        Column("kind", String),
        Column("start", Integer, default=0),
        Column("stop", Integer, default=0),
        Column("done", Integer, default=0),
        Column("state", String),
        Column("owner", String),
        Column("lease_until", Float),
        Column("tries", Integer, default=0),
        Index("copilot_tasks_state", "state", "job_id"),
    )


@cache
def tables() -> Tables:
    """The tables' definitions; made once, when a queue is first opened."""
    return Tables()


def clock(dialect: "Dialect") -> Any:
    """The database's own time as an expression, seconds since 1970: one clock for all workers."""
    from sqlalchemy import Float, literal_column

    if dialect.name == "postgresql":
        return literal_column("extract(epoch from clock_timestamp())::float8", Float)
    return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Float)
