"""Who works: a worker's name, and a lock by which its death is noticed at once.

The lock is a file in the workspace that the operating system lets go of when a process dies,
however it dies. Of a worker on another machine only the lease in the database tells.
"""

import os
import socket
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

FOLDER = "jobs"


class Worker:
    """One worker of a workspace, from its making until `close`."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self._lock = FileLock(self._path(self.name))
        self._lock.acquire()

    def dead(self, owners: Iterable[str]) -> tuple[str, ...]:
        """Those of the owners that were workers of this workspace and no longer live."""
        return tuple(each for each in owners if each != self.name and self._gone(each))

    def close(self) -> None:
        """Let go of the lock; the worker owns nothing any more."""
        self._lock.release()
        self._path(self.name).unlink(missing_ok=True)

    def _gone(self, owner: str) -> bool:
        path = self._path(owner)
        if not path.is_file():
            return False
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        lock.release()
        return True

    def bury(self, owner: str) -> None:
        """Remove a dead worker's lock, once it owns nothing any more."""
        self._path(owner).unlink(missing_ok=True)

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"
