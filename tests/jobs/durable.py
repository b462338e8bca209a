"""What the tests of durable work share: workspaces of the bakery, a brief, workers, honest copy."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from copilot import Brief, Copilot, Settings
from copilot.campaigns.briefing.brief import load_brief
from copilot.settings import PREFIX
from tests.conftest import ROOT, TODAY

SATURDAY = ROOT / "samples" / "bakery" / "saturday-loaves.yaml"
PEOPLE = 305
"""Customers of the sample who agreed to e-mail: so many drafts has the brief `each`."""

HONEST = (
    '{"subject": "15% off any loaf on Saturday 28 November", "preheader": "", "body": '
    '"On Saturday 28 November there is 15% off any loaf, before 10:00, in store only. '
    'The code is CRUST15.\\n\\nOrder ahead: https://cornercrumb.example/order"}'
)


def each(**changes: object) -> Brief:
    """A message to each customer alone."""
    alone = {"level": "individual", "by": "neighbourhood", "method": "bespoke"}
    return load_brief(SATURDAY).model_copy(
        update={**alone, "channels": ("email",), "variants": 1, **changes}
    )


def few(**changes: object) -> Brief:
    """Six messages: an e-mail for each neighbourhood."""
    return load_brief(SATURDAY).model_copy(
        update={"channels": ("email",), "variants": 1, **changes}
    )


def copied(bakery: Path, home: Path) -> Path:
    """A workspace of one's own with the bakery's customers."""
    shutil.copytree(bakery / "customers", home / "customers")
    return home


def opened(home: Path, **settings: object) -> Copilot:
    return Copilot(Settings.load(home, **settings), today=lambda: TODAY)


def worker(home: Path, **settings: object) -> "subprocess.Popen[bytes]":
    """A worker in a process of its own, until no job is left."""
    variables = {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "copilot", "worker", "--once", "--workspace", str(home)]
    return subprocess.Popen(command, env=os.environ | variables, cwd=ROOT)


def until(true: Callable[[], bool], process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Wait for something to become true; an ended process will not make it so."""
    for _ in range(1200):
        if true():
            return
        assert process is None or process.poll() is None, "the worker ended early"
        time.sleep(0.1)
    raise AssertionError("it did not come true")


def drafted(copilot: Copilot, run_id: str) -> list[str]:
    """The units of a run's drafts, in the order of the plan."""
    return [draft.unit for draft in copilot.campaigns.drafts(run_id)]
