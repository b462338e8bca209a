"""What a drafting job's tasks do: plan, write a chunk of messages, save the files."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.campaigns.merging.assemble import ModuleBook
from copilot.drafting.desk import Desk
from copilot.drafting.planning import make_plan
from copilot.drafting.running import Begun, begin_run, finish_run
from copilot.drafting.writing import Piece, pieces_of, write_pieces
from copilot.jobs.queue import Queue, Task, chunk_size
from copilot.jobs.watch import Watch, watched
from copilot.models.chat import Chat
from copilot.models.spend import Meter
from copilot.records import DraftReport, Job, Usage


@dataclass
class Bench:
    """A job as one worker has it before itself: the plan and its modules, made once."""

    begun: Begun
    book: ModuleBook
    generation: int


class Stages:
    """One worker's way of doing tasks. `desk` opens what drafting needs, under `lock`."""

    def __init__(self, queue: Queue, desk: Callable[[], Desk], lock: "threading.RLock") -> None:
        self._queue, self._desk, self._lock = queue, desk, lock
        self._benches: dict[str, Bench] = {}
        self._meters: dict[str, tuple[Meter, float]] = {}
        self._counting = threading.Lock()

    def plan(self, task: Task) -> None:
        """Make a job's plan and queue its chunks. Raises as `make_plan` does."""
        order = self._queue.order(task.job_id)
        with self._lock:
            desk = self._metered(task.job_id)
            begun = begin_run(desk, order.brief, limit=order.limit, resume=order.resume)
            self._keep(task.job_id, begun)
        total = len(begun.pieces)
        workers = desk.settings.concurrency if desk.complete else 1
        self._queue.planned(task, begun.run.run_id, total, chunk_size(total, workers))

    def write(self, task: Task, watch: Watch) -> None:
        """Write and keep the messages of a chunk that are not kept yet; note the skipped ones."""
        bench = self._bench(task.job_id)
        begun = bench.begun
        chunk = begun.pieces[task.start : task.stop]
        ids = [each.draft_id for each in chunk]
        there = {one.draft_id for one in begun.desk.campaigns.drafts(begun.run.run_id, ids=ids)}
        failed = write_chunk(bench, chunk, there, watch)
        self._queue.skip(task.job_id, failed)

    def save(self, task: Task, watch: Watch) -> DraftReport:
        """The job's drafts in files, by the audience as it is now; what is new in it is written."""
        order, job = self._queue.order(task.job_id), self._queue.job(task.job_id)
        with self._lock:
            desk = self._metered(task.job_id)
            begun = begin_run(desk, order.brief, limit=order.limit, resume=True)
            bench = self._keep(task.job_id, begun)
            left_out = {one.unit for one in job.skipped}
            there = desk.campaigns.finished(begun.run.run_id)
            pieces = [each for each in begun.pieces if each.name not in left_out]
            self._queue.skip(task.job_id, write_chunk(bench, pieces, there, watch))
            self.settle(task.job_id)
            job = self._queue.job(task.job_id)
            spent = (dt.datetime.now(dt.UTC) - (job.started or job.created)).total_seconds()
            done = finish_run(
                begun,
                out=None if order.out is None else Path(order.out),
                format=order.format,
                failed={one.unit: one.reason for one in job.skipped},
                started=time.perf_counter() - spent,
            )
            # its cached tables are dropped when it is let go of: not beside another's query
            self._benches.clear()
            del begun, bench
        return done.model_copy(update={"cost_usd": job.cost_usd})

    def settle(self, job_id: str) -> None:
        """Count the money a job has cost here, and learn what other workers spent on it."""
        with self._counting:
            if job_id not in self._meters:
                return
            meter, counted = self._meters[job_id]
            total = meter.total.cost_usd
            if total != counted:
                self._queue.spend(job_id, None if total is None else total - counted)
            self._meters[job_id] = (meter, counted if total is None else total)
            meter.budget_usd = _left(self._queue.job(job_id), total)

    def _bench(self, job_id: str) -> Bench:
        job = self._queue.job(job_id)
        with self._lock:
            desk = self._metered(job_id)
            bench = self._benches.get(job_id)
            if bench is None or bench.generation != desk.engine.store.manifest().generation:
                run = desk.campaigns.run(job.run_id)
                order = self._queue.order(job_id)
                desk = replace(desk, today=run.today)
                plan = make_plan(desk, order.brief, order.limit)
                begun = Begun(desk, plan, run, pieces_of(desk, plan.assignments))
                bench = self._keep(job_id, begun)
            return bench

    def _keep(self, job_id: str, begun: Begun) -> Bench:
        generation = begun.desk.engine.store.manifest().generation
        bench = Bench(begun, ModuleBook(), generation)
        self._benches = {job_id: bench}
        return bench

    def _metered(self, job_id: str) -> Desk:
        """The desk with the job's own budget in the place of the process's."""
        desk = self._desk()
        if not isinstance(desk.complete, Chat):
            return desk
        if job_id not in self._meters:
            self._meters[job_id] = (Meter(None, Usage(cost_usd=0.0)), 0.0)
        self.settle(job_id)
        meter, _ = self._meters[job_id]
        return replace(desk, complete=replace(desk.complete, meter=meter), meter=meter)


def _left(job: Job, spent_here: float | None) -> float | None:
    """The budget as this worker's meter has to see it: without what others spent."""
    if job.budget_usd is None:
        return None
    others = (job.cost_usd or 0.0) - (spent_here or 0.0)
    return max(job.budget_usd - others, 0.0)


def write_chunk(
    bench: Bench, pieces: Sequence[Piece], there: Collection[str], watch: Watch
) -> dict[str, str]:
    """Write the messages whose drafts are not `there` yet.

    Ends early when the watch halts; what is done by then is kept. Returns why a message could
    not be drafted; the others go on.
    """
    begun = bench.begun
    wanted = [each for each in pieces if each.draft_id not in there]
    watch.done = len(pieces) - len(wanted)

    def tick(_: Piece) -> None:
        watch.done += 1

    complete = watched(begun.desk.complete, watch) if begun.desk.complete else None
    stop = watch.halt.is_set
    return write_pieces(
        begun.desk, begun.run, wanted, complete, book=bench.book, stop=stop, tick=tick
    )
