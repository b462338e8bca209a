"""A worker: claims tasks, does them, keeps its lease, and leaves nothing half done behind."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

from copilot.drafting.desk import Desk
from copilot.errors import CopilotError, RefusedError, StoreError
from copilot.jobs.leases import Worker
from copilot.jobs.queue import Queue, Task
from copilot.jobs.stages import Stages
from copilot.jobs.watch import Watch
from copilot.records import DraftReport

LEASE_S = 60.0
"""Seconds after which a silent worker's task is taken over."""
IDLE_S = 1.0
_RENEW_S = 1.0

_log = logging.getLogger(__name__)


def work(
    queue: Queue,
    home: Path,
    desk: Callable[[], Desk],
    lock: "threading.RLock",
    *,
    model: str,
    once: bool,
    stop: threading.Event,
    lease_s: float = LEASE_S,
) -> int:
    """Do the queue's tasks until `stop`, or with `once` until no job is queued or running.

    `model` is what this process writes with, or `offline`: only jobs for it are done. Any number
    of processes may work at a time. Returns how many tasks were done here. Raises
    StoreError when the database fails; a task under way is then taken over by somebody else.
    """
    worker, stages, done = Worker(home), Stages(queue, desk, lock), 0
    try:
        while not stop.is_set():
            for dead in worker.dead(queue.owners()):
                queue.free(dead)
                worker.bury(dead)
            task = queue.claim(worker.name, lease_s, model)
            if task is not None:
                _attend(queue, stages, task, stop, lease_s)
                done += 1
            elif once and not queue.unfinished(model):
                break
            else:
                stop.wait(IDLE_S)
    finally:
        worker.close()
    return done


def _attend(
    queue: Queue, stages: Stages, task: Task, stop: threading.Event, lease_s: float
) -> None:
    """Do one task in a thread of its own, renewing its lease meanwhile."""
    watch = Watch()
    with ThreadPoolExecutor(1, thread_name_prefix="copilot-task") as pool:
        doing = pool.submit(_do, stages, task, watch)
        try:
            while not wait([doing], timeout=_RENEW_S).done:
                done = watch.done if task.kind == "write" else None
                going = queue.renew(task, lease_s, done=done)
                stages.settle(task.job_id)
                if stop.is_set() or not going:
                    watch.halt.set()
        except BaseException:
            watch.halt.set()
            with suppress(StoreError):
                wait([doing])
                queue.release(task)
            raise
    stages.settle(task.job_id)
    _end(queue, task, watch, doing)


def _do(stages: Stages, task: Task, watch: Watch) -> DraftReport | None:
    if task.kind == "plan":
        stages.plan(task)
    elif task.kind == "write":
        stages.write(task, watch)
    else:
        return stages.save(task, watch)
    return None


def _end(queue: Queue, task: Task, watch: Watch, doing: "Future[DraftReport | None]") -> None:
    """Say what became of a task: done, given back, its job paused or failed."""
    error = doing.exception()
    if isinstance(error, StoreError):
        raise error
    if error is None and not watch.halt.is_set():
        report = doing.result()
        if task.kind == "write":
            queue.written(task)
        elif report is not None:
            queue.saved(task, report)
        return
    queue.release(task)
    if watch.reason:
        with suppress(RefusedError):  # somebody else paused or ended it first
            queue.pause(task.job_id, watch.reason)
    elif error is not None:
        _log.error("Job %s failed: %s", task.job_id, type(error).__name__)
        queue.fail(task.job_id, _why(error))


def _why(error: BaseException) -> str:
    if isinstance(error, CopilotError):
        return str(error)
    return f"An unexpected fault: {type(error).__name__}."
