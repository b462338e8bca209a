"""Where drafted campaigns are kept: runs, their drafts, and every decision on them.

One database for all surfaces and workers: SQLite in the workspace, or any server by the setting
DATABASE. Ids come from content, so that adding a draft twice changes nothing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from copilot.database import database_url, leave_no_trace, open_database, transaction
from copilot.errors import InputError
from copilot.records import Brief, Draft, ReviewAction, ReviewEvent, Run, Status
from copilot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

DECIDED: tuple[Status, ...] = ("approved", "rejected", "exported")
_BATCH = 500


class CampaignStore:
    """Runs, drafts and review events in one database; safe for several threads and processes."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL and make its tables when they are missing."""
        self.url = url
        self._tables = _Tables()
        self._engine = open_database(url, self._tables.metadata)

    def begin(self, run: Run, *, fresh: bool) -> Run:
        """Start a run, or find it again. `fresh` drops its drafts that nobody has decided on."""
        drafts, runs = self._tables.drafts, self._tables.runs
        with transaction(self._engine) as db:
            db.execute(runs.delete().where(runs.c.run_id == run.run_id))
            db.execute(runs.insert().values(**_run_row(run)))
            if fresh:
                db.execute(
                    drafts.delete().where(
                        drafts.c.run_id == run.run_id, drafts.c.status.not_in(DECIDED)
                    )
                )
            return self._run(db, _one(db, runs.select().where(runs.c.run_id == run.run_id)))

    def resumable(self, brief: Brief, model: str) -> Run | None:
        """The latest run of the same brief by the same writer, or None."""
        runs = self._tables.runs
        wanted = runs.select().where(runs.c.campaign == brief.name, runs.c.model == model)
        with self._engine.connect() as db:
            for row in db.execute(wanted.order_by(runs.c.started.desc())).mappings().all():
                if Brief.model_validate_json(row["brief"]) == brief:
                    return self._run(db, row)
        return None

    def latest(self, campaign: str) -> Run:
        """The latest run of a campaign; raises InputError naming the campaigns there are."""
        runs = self._tables.runs
        wanted = runs.select().where(runs.c.campaign == campaign)
        with self._engine.connect() as db:
            row = db.execute(wanted.order_by(runs.c.started.desc()).limit(1)).mappings().first()
            found = None if row is None else self._run(db, row)
        if found is None:
            known = ", ".join(repr(run.campaign) for run in self.runs())
            raise InputError(
                f"No campaign {campaign!r} has been drafted.",
                hint=f"Drafted: {known}." if known else "Run: marketing-copilot draft BRIEF",
            )
        return found

    def run(self, run_id: str) -> Run:
        """A run by its id; raises InputError."""
        runs = self._tables.runs
        with self._engine.connect() as db:
            row = db.execute(runs.select().where(runs.c.run_id == run_id)).mappings().first()
            if row is None:
                raise InputError(f"There is no run {run_id!r}.")
            return self._run(db, row)

    def runs(self) -> tuple[Run, ...]:
        """The latest run of every campaign, the newest first."""
        runs = self._tables.runs
        with self._engine.connect() as db:
            rows = db.execute(runs.select().order_by(runs.c.started.desc())).mappings().all()
            latest: dict[str, Any] = {}
            for row in rows:
                latest.setdefault(row["campaign"], row)
            return tuple(self._run(db, row) for row in latest.values())

    def add(self, run_id: str, drafts: Iterable[tuple[int, Draft]]) -> int:
        """Keep finished drafts with their place in the plan; on disk when this returns.

        A draft that is there already stays as it is. Returns how many are new.
        """
        rows = [_draft_row(run_id, position, draft) for position, draft in drafts]
        if not rows:
            return 0
        with transaction(self._engine) as db:
            return max(0, db.execute(self._ignoring(self._tables.drafts), rows).rowcount)

    def keep(self, run_id: str, draft_ids: Collection[str]) -> None:
        """Drop the drafts of a run that are no longer planned."""
        drafts = self._tables.drafts
        stale = sorted(self.finished(run_id).difference(draft_ids))
        with transaction(self._engine) as db:
            for batch in _batches(stale):
                db.execute(
                    drafts.delete().where(drafts.c.run_id == run_id, drafts.c.draft_id.in_(batch))
                )

    def replace(self, run_id: str, draft_id: str, draft: Draft) -> None:
        """Put an edited draft, which has an id of its own, in the place of another."""
        drafts = self._tables.drafts
        here = (drafts.c.run_id == run_id) & (drafts.c.draft_id == draft_id)
        with transaction(self._engine) as db:
            position = _one(db, drafts.select().where(here))["position"]
            db.execute(drafts.delete().where(here))
            db.execute(self._ignoring(drafts), [_draft_row(run_id, position, draft)])

    def finished(self, run_id: str) -> frozenset[str]:
        """The ids of a run's drafts that are on disk."""
        drafts = self._tables.drafts
        with self._engine.connect() as db:
            found = db.execute(drafts.select().with_only_columns(drafts.c.draft_id).where(
                drafts.c.run_id == run_id))  # fmt: skip
            return frozenset(row[0] for row in found)

    def drafts(
        self,
        run_id: str,
        *,
        statuses: Collection[Status] | None = None,
        ids: Collection[str] | None = None,
    ) -> Iterator[Draft]:
        """The drafts of a run in the order of the plan, with the status each has now."""
        table = self._tables.drafts
        wanted = table.select().where(table.c.run_id == run_id).order_by(table.c.position)
        if statuses is not None:
            wanted = wanted.where(table.c.status.in_(list(statuses)))
        if ids is not None:
            wanted = wanted.where(table.c.draft_id.in_(list(ids)))
        with (
            self._engine.connect().execution_options(yield_per=_BATCH) as db,
            closing(db.execute(wanted)) as found,
        ):
            for row in found.mappings():
                draft = Draft.model_validate_json(row["record"])
                yield draft.model_copy(update={"status": row["status"]})

    def decide(
        self,
        run_id: str,
        draft_ids: Sequence[str],
        action: ReviewAction,
        *,
        by: str,
        at: dt.datetime,
        note: str = "",
        texts: Mapping[str, str] | None = None,
    ) -> tuple[ReviewEvent, ...]:
        """Record one decision on drafts and, but for an edit, give them its status.

        `texts` are the hashes of the texts that were decided on, by draft.
        """
        hashes = texts or {}
        made = tuple(
            ReviewEvent(
                draft_id=each,
                action=action,
                by=by,
                note=note,
                at=at,
                text_hash=hashes.get(each, ""),
            )
            for each in draft_ids
        )
        drafts, events = self._tables.drafts, self._tables.events
        with transaction(self._engine) as db:
            for batch in _batches(made):
                ids = [each.draft_id for each in batch]
                db.execute(events.insert(), [_event_row(run_id, each) for each in batch])
                if action != "edited":
                    db.execute(
                        drafts.update()
                        .where(drafts.c.run_id == run_id, drafts.c.draft_id.in_(ids))
                        .values(status=action)
                    )
        return made

    def events(self, run_id: str) -> tuple[ReviewEvent, ...]:
        """Every decision on a run's drafts, oldest first."""
        table = self._tables.events
        with self._engine.connect() as db:
            rows = db.execute(
                table.select().where(table.c.run_id == run_id).order_by(table.c.number)
            ).mappings()
            return tuple(
                ReviewEvent(**{name: row[name] for name in ReviewEvent.model_fields})
                for row in rows
            )

    def forget(self, units: Collection[str], names_them: Callable[[str], bool]) -> int:
        """Delete the drafts written for one person, and those that name them; returns how many.

        `units` are the person's units where each customer has one of their own.
        """
        drafts = self._tables.drafts
        with transaction(self._engine) as db:
            told = db.execution_options(yield_per=_BATCH).execute(drafts.select()).mappings()
            about = [
                (row["run_id"], row["draft_id"])
                for row in told
                if row["unit"] in units or names_them(row["record"])
            ]
            for run_id, draft_id in about:
                db.execute(
                    drafts.delete().where(drafts.c.run_id == run_id, drafts.c.draft_id == draft_id)
                )
        leave_no_trace(self._engine)
        return len(about)

    def _run(self, db: "Connection", row: Any) -> Run:
        from sqlalchemy import func, select

        drafts = self._tables.drafts
        counted = db.execute(
            select(drafts.c.status, func.count())
            .where(drafts.c.run_id == row["run_id"])
            .group_by(drafts.c.status)
        )
        statuses: Counter[Any] = Counter({row[0]: row[1] for row in counted})
        return Run(
            run_id=row["run_id"],
            campaign=row["campaign"],
            brief=Brief.model_validate_json(row["brief"]),
            model=row["model"],
            today=dt.date.fromisoformat(row["today"]),
            planned=row["planned"],
            started=dt.datetime.fromisoformat(row["started"]),
            drafted=statuses.total(),
            statuses=dict(statuses),
        )

    def _ignoring(self, table: Any) -> Any:
        """An insert that leaves rows alone whose key is there."""
        from sqlalchemy.dialects import postgresql, sqlite

        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return dialect.insert(table).on_conflict_do_nothing()


def open_store(settings: Settings) -> CampaignStore:
    """The store in the database of state."""
    return CampaignStore(database_url(settings))


def in_memory() -> CampaignStore:
    """A store that is gone with the process."""
    return CampaignStore("sqlite://")


class _Tables:
    def __init__(self) -> None:
        from sqlalchemy import Column, Integer, MetaData, String, Table, Text

        self.metadata = MetaData()
        self.runs = Table(
            "copilot_runs",
            self.metadata,
            Column("run_id", String, primary_key=True),
            Column("campaign", String, index=True),
            Column("brief", Text),
            Column("model", String),
            Column("today", String),
            Column("planned", Integer),
            Column("started", String),
        )
        self.drafts = Table(
            "copilot_drafts",
            self.metadata,
            Column("run_id", String, primary_key=True),
            Column("draft_id", String, primary_key=True),
            Column("position", Integer),
            Column("unit", String, index=True),
            Column("status", String),
            Column("record", Text),
        )
        self.events = Table(
            "copilot_reviews",
            self.metadata,
            Column("number", Integer, primary_key=True, autoincrement=True),
            Column("run_id", String, index=True),
            Column("draft_id", String),
            Column("action", String),
            Column("by", String),
            Column("note", Text),
            Column("at", String),
            Column("text_hash", String),
        )


def _run_row(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "campaign": run.campaign,
        "brief": run.brief.model_dump_json(),
        "model": run.model,
        "today": run.today.isoformat(),
        "planned": run.planned,
        "started": run.started.isoformat(),
    }


def _draft_row(run_id: str, position: int, draft: Draft) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "draft_id": draft.draft_id,
        "position": position,
        "unit": draft.unit,
        "status": draft.status,
        "record": draft.model_dump_json(),
    }


def _event_row(run_id: str, event: ReviewEvent) -> dict[str, Any]:
    return event.model_dump() | {"run_id": run_id, "at": event.at.isoformat()}


def _one(db: "Connection", query: Any) -> Any:
    return db.execute(query).mappings().one()


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
