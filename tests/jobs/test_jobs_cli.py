"""Durable work from the command line: queued, listed, worked, looked at, moved."""

import json
from pathlib import Path
from typing import Any

import pytest
from durable import SATURDAY, copied

from copilot.__main__ import run


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """The exit code of a command and its JSON object."""
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_brief_is_queued_worked_and_looked_at(
    bakery: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--workspace", str(copied(bakery, tmp_path / "home")))
    out = tmp_path / "loaves.csv"
    code, job = said(
        capsys, "draft", str(SATURDAY), "--out", str(out), "--limit", "4", "--background", *here
    )
    assert (code, job["state"], job["done"]) == (0, "queued", 0)
    assert not out.exists()
    code, listed = said(capsys, "jobs", *here)
    assert (code, [one["id"] for one in listed["jobs"]]) == (0, [job["id"]])
    code, done = said(capsys, "worker", "--once", *here)
    assert (code, done) == (0, {"tasks": 3})
    code, shown = said(capsys, "jobs", "show", job["id"], *here)
    assert (code, shown["state"], shown["report"]["passed"]) == (0, "done", 4)
    assert out.is_file()
    assert run(["jobs", "show", job["id"], *here]) == 0
    assert "4 of 4 messages" in capsys.readouterr().out


def test_jobs_are_moved_and_what_cannot_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--workspace", str(tmp_path / "home"))
    _, job = said(capsys, "draft", str(SATURDAY), "--background", *here)
    assert said(capsys, "jobs", "pause", job["id"], *here)[1]["state"] == "paused"
    code, resumed = said(capsys, "jobs", "resume", job["id"], "--budget", "3", *here)
    assert (code, resumed["state"], resumed["budget_usd"]) == (0, "queued", 3.0)
    assert said(capsys, "jobs", "cancel", job["id"], *here)[1]["state"] == "cancelled"
    code, refused = said(capsys, "jobs", "pause", job["id"], *here)
    assert (code, refused["error"]["type"]) == (1, "RefusedError")
    code, unknown = said(capsys, "jobs", "show", "nope", *here)
    assert (code, unknown["error"]["type"]) == (2, "InputError")
    assert run(["jobs", "list", *here]) == 0
    assert "cancelled" in capsys.readouterr().out
