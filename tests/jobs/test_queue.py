"""Tasks under leases: claimed by one, taken over from the dead, finished by their owner only."""

import time
from pathlib import Path

from durable import few, opened

from copilot.jobs.leases import Worker
from copilot.jobs.queue import MOST_TRIES, Queue, Task, chunk_size
from copilot.records import DraftReport, Job

REPORT = DraftReport(
    campaign="saturday-loaves",
    level="local",
    method=None,
    units=0,
    drafts=0,
    passed=0,
    held=0,
    skipped={},
    out=None,
    held_file=None,
    cost_usd=0.0,
    model="offline",
    elapsed_ms=1,
)


def planned(home: Path, total: int = 100) -> tuple[Queue, Job]:
    """A queue with one job of two chunks and its files."""
    copilot = opened(home)
    job = copilot.start_draft(few())
    task = copilot.queue.claim("planner", 60)
    assert task is not None
    assert task.kind == "plan"
    copilot.queue.planned(task, "run", total, 50)
    return copilot.queue, job


def claimed(queue: Queue, owner: str, lease_s: float = 60) -> Task:
    task = queue.claim(owner, lease_s)
    assert task is not None
    return task


def test_a_task_is_claimed_by_one_worker_and_the_files_come_last(tmp_path: Path) -> None:
    queue, job = planned(tmp_path)
    first, second = claimed(queue, "a"), claimed(queue, "b")
    assert [(t.kind, t.start, t.stop) for t in (first, second)] == [
        ("write", 0, 50),
        ("write", 50, 100),
    ]
    assert queue.claim("c", 60) is None
    queue.written(first)
    assert queue.claim("c", 60) is None
    queue.written(second)
    assert claimed(queue, "c").kind == "save"
    assert queue.job(job.id).done == 100


def test_a_lease_that_ran_out_is_taken_over_and_its_late_owner_ends_nothing(
    tmp_path: Path,
) -> None:
    queue, job = planned(tmp_path)
    slow = claimed(queue, "slow", lease_s=0.05)
    time.sleep(0.1)
    taken = claimed(queue, "quick")
    assert taken.task_id == slow.task_id
    queue.written(slow)
    assert not queue.renew(slow, 60)
    assert queue.job(job.id).done == 0
    assert queue.renew(taken, 60, done=7)
    assert queue.job(job.id).done == 7


def test_a_paused_job_tells_its_workers_and_gives_no_tasks(tmp_path: Path) -> None:
    queue, job = planned(tmp_path)
    task = claimed(queue, "a")
    queue.pause(job.id)
    assert not queue.renew(task, 60)
    queue.release(task)
    assert queue.claim("b", 60) is None
    queue.resume(job.id)
    assert claimed(queue, "b").task_id == task.task_id


def test_the_tasks_of_a_dead_worker_of_this_workspace_are_free_at_once(tmp_path: Path) -> None:
    queue, _ = planned(tmp_path)
    dead, alive, me = Worker(tmp_path), Worker(tmp_path), Worker(tmp_path)
    lost, _held = claimed(queue, dead.name), claimed(queue, alive.name)
    dead._lock.release()  # what the system does when a process dies; its file stays
    assert me.dead(queue.owners()) == (dead.name,)
    assert queue.free(dead.name) == 1
    me.bury(dead.name)
    assert claimed(queue, me.name).task_id == lost.task_id
    assert me.dead(queue.owners()) == ()
    alive.close()
    me.close()


def test_a_task_that_kills_its_workers_ends_the_job(tmp_path: Path) -> None:
    queue, job = planned(tmp_path)
    for number in range(MOST_TRIES):
        claimed(queue, f"w{number}")
        queue.free(f"w{number}")
    assert queue.claim("last", 60) is None
    assert queue.job(job.id).state == "failed"
    assert f"{MOST_TRIES} workers died" in queue.job(job.id).reason
    queue.resume(job.id)
    assert claimed(queue, "again").start == 0


def test_a_task_given_back_does_not_count_as_a_death(tmp_path: Path) -> None:
    queue, job = planned(tmp_path)
    for number in range(MOST_TRIES + 3):
        queue.release(claimed(queue, f"w{number}"))
    assert queue.job(job.id).state == "running"


def test_chunks_are_large_enough_for_every_call_under_way() -> None:
    assert chunk_size(6, 4) == 6
    assert chunk_size(5000, 1) == 50
    assert chunk_size(5000, 32) == 640


def test_a_worker_does_only_jobs_for_its_own_model(tmp_path: Path) -> None:
    copilot = opened(tmp_path)
    copilot.start_draft(few())
    queue = copilot.queue
    assert (queue.unfinished("other"), queue.unfinished("offline")) == (False, True)
    assert queue.claim("a", 60, "other") is None
    assert queue.claim("a", 60, "offline") is not None


def test_a_job_whose_files_are_written_while_it_is_paused_is_done(tmp_path: Path) -> None:
    queue, job = planned(tmp_path, total=0)
    task = claimed(queue, "a")
    queue.pause(job.id)
    queue.saved(task, REPORT)
    done = queue.job(job.id)
    assert (done.state, done.reason, done.report) == ("done", "", REPORT)


def test_money_adds_up_and_an_unknown_price_stays_unknown(tmp_path: Path) -> None:
    queue, job = planned(tmp_path)
    queue.spend(job.id, 0.25)
    assert queue.spend(job.id, 0.5).cost_usd == 0.75
    queue.spend(job.id, None)
    assert queue.spend(job.id, 0.5).cost_usd is None
