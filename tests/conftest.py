"""Shared by all tests: no socket leaves this machine, no setting leaks in from the shell."""

import datetime as dt
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from copilot.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
MODEL_FILE = ROOT / ".venv" / "smollm2" / "model.gguf"
CHROMIUM = Path("/usr/bin/chromium")
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
TODAY = dt.date(2026, 11, 22)

Settings.load()  # turns telemetry off before any library is imported


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


def _missing(item: pytest.Item) -> str:
    if item.get_closest_marker("browser") and not CHROMIUM.exists():
        return "Debian's Chromium is not installed (apt-get install chromium)"
    if item.get_closest_marker("spark"):
        if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
            return "Java is not installed (apt-get install openjdk-17-jre-headless)"
        if find_spec("pyspark") is None:
            return "pyspark is not installed (pip install 'marketing-copilot[spark]')"
    if item.get_closest_marker("postgres"):
        if not POSTGRES:
            return "PostgreSQL is not installed (apt-get install postgresql)"
        if find_spec("psycopg") is None:
            return "psycopg is not installed (pip install 'marketing-copilot[postgres]')"
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


@pytest.fixture(scope="session")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the notes indexed and the sample bakery imported; read it, do not write."""
    from copilot import Copilot, Settings
    from copilot.demo import bakery_files

    home = tmp_path_factory.mktemp("bakery")
    copilot = Copilot(Settings.load(home), today=lambda: TODAY)
    copilot.index()
    for path, table in bakery_files():
        (report,) = copilot.import_customers([path], table=table)
        assert report.rows_loaded == report.rows_read
    return home
