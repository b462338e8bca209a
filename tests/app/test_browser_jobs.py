"""A job in a real browser: seen again after a reload, and finished after the app was killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import PICTURES, looking, wait_for

from copilot import Copilot, Settings
from copilot.models.pool import AHEAD
from copilot.settings import PREFIX
from tests.scripted_server import Reply, Scripted, scripted_server

PATIENCE_MS = 400_000
MESSAGES = 12
HONEST = (
    '{"subject": "15% off any loaf on Saturday 28 November", "preheader": "", "body": '
    '"On Saturday 28 November there is 15% off any loaf, before 10:00, in store only. '
    'The code is CRUST15.\\n\\nOrder ahead: https://cornercrumb.example/order"}'
)
BRIEF = """name: mine
brand: brand.yaml
offer: {text: 15% off any loaf, code: CRUST15, starts: 2026-11-28, ends: 2026-11-28,
  terms: "before 10:00, in store only"}
call_to_action: {text: Order ahead, url: https://cornercrumb.example/order}
channels: [email]
level: local
by: neighbourhood
variants: 2
"""


@contextmanager
def running(home: Path, port: int, server: Scripted) -> Iterator[None]:
    """The app with a slow model, killed at the end with everything it started."""
    told = {"MODEL": "honest", "BASE_URL": server.url, "CONCURRENCY": "1"}
    variables = os.environ | {f"{PREFIX}{name}": value for name, value in told.items()}
    command = [sys.executable, "-m", "copilot", "app", "--port", str(port)]
    app = subprocess.Popen(
        [*command, "--workspace", str(home)],
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield
    finally:
        os.killpg(app.pid, signal.SIGKILL)
        app.wait()


@pytest.mark.browser
@pytest.mark.timeout(1500)
def test_a_job_outlives_a_reload_and_the_app(bakery: Copilot, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    home = tmp_path / "home"
    for name in ("library", "customers"):
        shutil.copytree(bakery.settings.home / name, home / name)
    (home / "uploads" / "briefs").mkdir(parents=True)
    (home / "uploads" / "briefs" / "mine.yaml").write_text(BRIEF, encoding="utf-8")
    copilot = Copilot.open(Settings.load(home))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    looked = looking(tmp_path / "profile", height=1100, patience_ms=PATIENCE_MS)
    with scripted_server(Reply(HONEST, delay=2.0)) as server, looked as (page, hosts):
        under_way = page.get_by_text("Drafting “mine”")
        with running(home, port, server):
            page.goto(f"{address}/campaigns")
            chosen = page.get_by_role("combobox", name="Brief")
            chosen.click()
            chosen.fill("mine")
            chosen.press("Enter")
            page.get_by_role("button", name="Draft it").click()
            expect(under_way).to_be_visible()
            page.reload()
            expect(under_way).to_be_visible()
            expect(page.get_by_text(f"of {MESSAGES}")).to_be_visible()
            page.wait_for_timeout(1000)
            page.screenshot(path=PICTURES / "job.png")
        (job,) = copilot.jobs().jobs
        assert job.state == "running"
        with running(home, port, server):
            page.reload()
            expect(page.get_by_role("button", name="Download mine")).to_be_visible()
            page.goto(f"{address}/jobs")
            page.get_by_text("Log", exact=True).click()
            expect(page.get_by_text("A worker died")).to_be_visible()
            page.screenshot(path=PICTURES / "jobs.png")
        asked = len(server.requests)
    done = copilot.job(job.id)
    assert (done.state, done.done) == ("done", MESSAGES)
    drafts = [draft.draft_id for draft in copilot.campaigns.drafts(done.run_id)]
    assert len(drafts) == len(set(drafts)) == MESSAGES
    assert MESSAGES <= asked <= MESSAGES + AHEAD
    assert hosts <= {"127.0.0.1", None}
