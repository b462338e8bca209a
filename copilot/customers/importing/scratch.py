"""Where an import works: a throw-away data engine in a temporary folder that is never left behind.

Each folder holds a lock while its process lives. A killed process cannot tidy up, so the next
one removes the folders whose lock nobody holds.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from copilot.errors import StoreError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PREFIX = "copilot-import-"
LOCK = ".alive"
UNLOCKED_S = 3600.0  # a folder without a lock is being made, or was left by an older release
SPILL, STORED, UNZIPPED = 3.0, 0.6, 8.0  # shares of the file, measured with room to spare
LEAST_MB = 64


@contextmanager
def workbench(*, memory: str = "1GB") -> Iterator["DuckDBPyConnection"]:
    """A private, throw-away data engine that spills to disk past its memory limit.

    Ctrl-C ends the query it runs and arrives as KeyboardInterrupt.
    """
    import duckdb

    sweep()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        spill = Path(folder) / "spill"
        spill.mkdir()
        with FileLock(Path(folder) / LOCK):
            connection = duckdb.connect(
                config={"memory_limit": memory, "temp_directory": str(spill)}
            )
            try:
                connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
                connection.execute(
                    "CREATE TABLE bad (row BIGINT, reason VARCHAR, fields VARCHAR[])"
                )
                yield connection
            except RuntimeError as error:  # what the engine makes of Ctrl-C in a query
                if isinstance(error.__context__, KeyboardInterrupt):
                    raise KeyboardInterrupt from error
                raise
            finally:
                connection.close()


def sweep() -> int:
    """Remove the folders of imports that were killed; returns how many."""
    gone = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _abandoned(folder: Path) -> bool:
    try:
        if not (folder / LOCK).exists():
            return time.time() - folder.stat().st_mtime > UNLOCKED_S
        FileLock(folder / LOCK).acquire(timeout=0).lock.release()
    except (Timeout, OSError):
        return False
    return True


def check_room(source: Path | None, store: Path) -> None:
    """Raise StoreError, before anything is read, when the disks have too little room."""
    if source is None or not source.is_file():
        return
    size = source.stat().st_size
    with source.open("rb") as file:
        size = round(size * UNZIPPED) if file.read(2) == b"\x1f\x8b" else size
    home = next(folder for folder in (store, *store.parents) if folder.exists())
    _must_have(Path(tempfile.gettempdir()), size * SPILL, "TMPDIR")
    _must_have(home, size * STORED, "MARKETING_COPILOT_HOME")


def _must_have(folder: Path, needed: float, variable: str) -> None:
    free, needed_mb = shutil.disk_usage(folder).free / 1e6, needed / 1e6 + LEAST_MB
    if free < needed_mb:
        raise StoreError(
            f"The disk of {folder} has {free:,.0f} MB left; this import may need"
            f" {needed_mb:,.0f} MB. Nothing was imported.",
            hint=f"Make room there, or set {variable} to a folder on another disk.",
        )
