"""Shared by all tests: no socket leaves this machine, no setting leaks in from the shell."""

import os
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from copilot.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
MODEL_FILE = ROOT / ".venv" / "smollm2" / "model.gguf"
CHROMIUM = Path("/usr/bin/chromium")

Settings.load()  # turns telemetry off before any library is imported


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


def _missing(item: pytest.Item) -> str:
    if item.get_closest_marker("browser") and not CHROMIUM.exists():
        return "Debian's Chromium is not installed (apt-get install chromium)"
    if item.get_closest_marker("llm"):
        if not MODEL_FILE.exists():
            return f"no model weights at {MODEL_FILE.relative_to(ROOT)} (.ci/run gets them)"
        try:
            import xllamacpp  # noqa: F401 - only whether it is there
        except ImportError:
            return "xllamacpp is not installed (pip install -r requirements-llm.lock)"
    return ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and say so, what this machine cannot reach; with ..._TEST_ALL it is an error."""
    absent = {reason for item in items if (reason := _missing(item))}
    if absent and os.environ.get(f"{PREFIX}TEST_ALL"):
        raise pytest.UsageError("cannot run every test: " + "; ".join(sorted(absent)))
    for item in items:
        if reason := _missing(item):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith((PREFIX, "OPENAI_")) and name != f"{PREFIX}TEST_ALL":
            monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}HOME", str(tmp_path / "home"))
