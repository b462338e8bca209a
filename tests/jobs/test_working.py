"""A job worked to its end, and what stops it: faults, a dead model, the budget, a user."""

import csv
import threading
from pathlib import Path
from typing import Any

import pytest
from durable import HONEST, PEOPLE, copied, drafted, each, few, opened, until

from copilot import Copilot, Settings
from copilot.models.chat import Completion
from copilot.records import Usage
from tests.conftest import TODAY
from tests.scripted_server import Reply, scripted_server

GONE = "http://127.0.0.1:9/v1"  # the discard port: nobody answers there


@pytest.fixture
def home(bakery: Path, tmp_path: Path) -> Path:
    return copied(bakery, tmp_path / "home")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_job_gives_what_drafting_in_the_foreground_gives(home: Path, tmp_path: Path) -> None:
    copilot = opened(home)
    plain = copilot.draft(each(), out=tmp_path / "plain.csv")
    job = copilot.start_draft(each(), out=tmp_path / "job.csv")
    assert copilot.work(once=True) == 1 + 7 + 1  # the plan, chunks of fifty, the files
    job = copilot.job(job.id)
    assert (job.state, job.done, job.total) == ("done", PEOPLE, PEOPLE)
    assert job.report is not None
    assert (job.report.passed, job.report.held) == (plain.passed, plain.held)
    assert rows(tmp_path / "job.csv") == rows(tmp_path / "plain.csv")
    assert len(job.report.preview) == len(plain.preview)
    assert len(set(drafted(copilot, job.run_id))) == PEOPLE


def test_a_fault_of_planning_fails_the_job_with_its_words(home: Path) -> None:
    copilot = opened(home)
    job = copilot.start_draft(few(audience="consent and city = 'Atlantis'"))
    copilot.work(once=True)
    job = copilot.job(job.id)
    assert job.state == "failed"
    assert "nobody who can be written to" in job.reason


def test_one_bad_message_is_skipped_and_logged_and_the_rest_goes_on(home: Path) -> None:
    def complete(system: str, user: str, schema: Any) -> Completion[Any]:
        if "Headingley" in user.split("acts", 1)[0]:
            raise KeyError("secret@example.org")
        return Completion(schema.model_validate_json(HONEST), Usage(), "odd")

    settings = Settings.load(home, model="odd", base_url=GONE)
    copilot = Copilot(settings, complete=complete, today=lambda: TODAY)
    job = copilot.start_draft(few())
    copilot.work(once=True)
    job = copilot.job(job.id)
    assert (job.state, job.done) == ("done", 6)
    (skipped,) = job.skipped
    assert (skipped.unit, skipped.reason) == ("Headingley email en A", "KeyError")
    assert any("Skipped Headingley" in line for line in job.log)
    assert "secret" not in job.model_dump_json()
    assert job.report is not None
    assert (job.report.drafts, job.report.skipped["failed"]) == (5, 1)


def test_a_model_that_is_not_there_pauses_the_job_and_nothing_is_lost(home: Path) -> None:
    copilot = opened(home, model="honest", base_url=GONE)
    job = copilot.start_draft(few())
    copilot.work(once=True)
    job = copilot.job(job.id)
    assert job.state == "paused"
    assert GONE in job.reason
    assert drafted(copilot, job.run_id) == []
    with scripted_server(Reply(HONEST)) as server:
        back = opened(home, model="honest", base_url=server.url)
        back.resume(job.id)
        back.work(once=True)
        assert len(server.requests) == 6
    assert back.job(job.id).state == "done"
    assert {draft.writer for draft in back.campaigns.drafts(job.run_id)} == {"model"}


def test_a_spent_budget_pauses_the_job_and_a_larger_one_lets_it_go_on(home: Path) -> None:
    with scripted_server(Reply(HONEST)) as server:
        copilot = opened(home, model="gpt-4o", base_url=server.url, budget_usd=0.03)
        job = copilot.start_draft(each(), limit=200)
        copilot.work(once=True)
        job = copilot.job(job.id)
        assert job.state == "paused"
        assert "budget of 0.03 USD is spent" in job.reason
        assert job.cost_usd is not None
        assert 0 < job.cost_usd <= 0.03
        there = len(drafted(copilot, job.run_id))
        assert 0 < there == len(server.requests) < 200
        copilot.resume(job.id, budget_usd=1.0)
        copilot.work(once=True)
        assert len(server.requests) == 200
    done = copilot.job(job.id)
    assert (done.state, done.done) == ("done", 200)
    assert done.cost_usd == pytest.approx(job.cost_usd / there * 200)


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_a_user_stops_a_job_under_way_and_nothing_is_asked_twice(home: Path, verb: str) -> None:
    with scripted_server(Reply(HONEST, delay=0.1)) as server:
        copilot = opened(home, model="honest", base_url=server.url, concurrency=2)
        job = copilot.start_draft(each(), limit=60)
        working = threading.Thread(target=copilot.work, kwargs={"once": True})
        working.start()
        until(lambda: len(server.requests) > 5)
        getattr(copilot, verb)(job.id)
        working.join(30)
        assert not working.is_alive()
        asked = len(server.requests)
        assert asked < 60
        run_id = copilot.job(job.id).run_id
        assert len(drafted(copilot, run_id)) == asked
        if verb == "cancel":
            assert copilot.job(job.id).state == "cancelled"
            return
        copilot.resume(job.id)
        copilot.work(once=True)
        assert len(server.requests) == 60
    assert copilot.job(job.id).state == "done"
    assert len(set(drafted(copilot, run_id))) == 60


def test_a_worker_that_is_told_to_stop_gives_its_task_back(home: Path) -> None:
    stop = threading.Event()
    with scripted_server(Reply(HONEST, delay=0.1)) as server:
        copilot = opened(home, model="honest", base_url=server.url, concurrency=2)
        job = copilot.start_draft(each(), limit=60)
        working = threading.Thread(target=copilot.work, kwargs={"stop": stop})
        working.start()
        until(lambda: len(server.requests) > 5)
        stop.set()
        working.join(30)
        assert not working.is_alive()
        assert copilot.job(job.id).state == "running"
        assert copilot.queue.owners() == ()
        copilot.work(once=True)
        assert len(server.requests) == 60
    assert not list((home / "jobs").iterdir())
