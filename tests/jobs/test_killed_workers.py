"""Workers in processes of their own, one of them killed: every draft once, none lost."""

import signal
from contextlib import ExitStack
from pathlib import Path

import pytest
from durable import HONEST, copied, drafted, each, opened, until, worker

from copilot.models.pool import AHEAD
from tests.postgres_server import postgres_server
from tests.scripted_server import Reply, scripted_server

MESSAGES, AT_ONCE = 150, 2


@pytest.mark.timeout(600)
def test_a_killed_worker_on_sqlite_is_followed_by_another(bakery: Path, tmp_path: Path) -> None:
    home = copied(bakery, tmp_path / "home")
    with scripted_server(Reply(HONEST, delay=0.05)) as server:
        told = {"model": "honest", "base_url": server.url, "concurrency": AT_ONCE}
        copilot = opened(home, **told)
        job = copilot.start_draft(each(), out=tmp_path / "a.csv", limit=MESSAGES)
        first = worker(home, **told)
        until(lambda: len(server.requests) > MESSAGES // 3, first)
        first.send_signal(signal.SIGKILL)
        first.wait()
        kept = set(drafted(copilot, copilot.job(job.id).run_id))
        assert 0 < len(kept) < MESSAGES
        assert worker(home, **told).wait(300) == 0
        asked = len(server.requests)
    done = copilot.job(job.id)
    assert (done.state, done.done) == ("done", MESSAGES)
    assert any("A worker died" in line for line in done.log)
    units = drafted(copilot, done.run_id)
    assert len(units) == len(set(units)) == MESSAGES
    assert kept <= set(units)
    assert asked <= MESSAGES + AHEAD * AT_ONCE
    assert (tmp_path / "a.csv").is_file()


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_two_workers_on_postgres_share_a_job_and_outlive_a_third(
    bakery: Path, tmp_path: Path
) -> None:
    homes = [copied(bakery, tmp_path / name) for name in ("a", "b")]
    with (
        postgres_server() as url,
        scripted_server(Reply(HONEST, delay=0.5)) as server,
        ExitStack() as closing,
    ):
        told = {"model": "honest", "base_url": server.url, "concurrency": AT_ONCE}
        told |= {"database": url}
        copilot = opened(homes[0], **told)
        closing.callback(copilot.campaigns._engine.dispose)
        closing.callback(copilot.queue.engine.dispose)
        job = copilot.start_draft(each(), out=tmp_path / "a.csv", limit=MESSAGES)
        third, *others = (worker(home, **told) for home in (homes[0], *homes))
        until(lambda: len(copilot.queue.owners()) == 3 and len(server.requests) > 20, third)
        third.send_signal(signal.SIGKILL)
        third.wait()
        assert [other.wait(400) for other in others] == [0, 0]
        asked = len(server.requests)
        done = copilot.job(job.id)
        assert (done.state, done.done) == ("done", done.total)
        units = drafted(copilot, done.run_id)
    assert len(units) == len(set(units)) == done.total
    assert asked <= done.total + AHEAD * AT_ONCE
