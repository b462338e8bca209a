"""The customer store: immutable Parquet files and one manifest, replaced atomically.

A reader opens the files the manifest names; a writer adds new files and then renames a new
manifest into place, under a lock, files and folder being on the disk first. A process killed at
any moment leaves the old manifest and at most files nobody names, which the next commit removes.
A table's last versions stay for readers that hold them. Any engine that reads Parquet reads the
store.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from filelock import FileLock, Timeout

from copilot.errors import StoreError

MANIFEST = "manifest.json"
KEPT_VERSIONS = 2


@dataclass(frozen=True)
class Manifest:
    """Which files make up each table; `generation` grows by one with each commit.

    `previous` names each table's replaced files that are still there, the latest first.
    """

    generation: int = 0
    tables: dict[str, str] = field(default_factory=dict)
    synthetic: tuple[str, ...] = ()
    previous: dict[str, list[str]] = field(default_factory=dict)


class Store:
    """The folder `customers/` of a workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self) -> Manifest:
        """The current manifest; an empty one before the first import."""
        path = self.folder / MANIFEST
        if not path.is_file():
            return Manifest()
        data = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(
            data["generation"],
            data["tables"],
            tuple(data.get("synthetic", ())),
            data.get("previous", {}),
        )

    def files(self) -> dict[str, Path]:
        """Table name to its Parquet file."""
        return {name: self.folder / file for name, file in self.manifest().tables.items()}

    @contextmanager
    def writing(self, *, wait_s: float = 60.0) -> Iterator[None]:
        """Hold the writers' lock; raises StoreError when another import keeps it for too long."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=wait_s)
        except Timeout as error:
            raise StoreError(
                f"Another process has been writing to {self.folder} for {wait_s:.0f} s.",
                hint="Wait for its import to end, then run this again.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def new_file(self, table: str) -> Path:
        """Where the next version of a table is to be written, inside `writing()`."""
        return self.folder / f"{table}-{self.manifest().generation + 1:06d}.parquet"

    def commit(
        self,
        files: Mapping[str, Path],
        *,
        synthetic: tuple[str, ...] = (),
        keep_previous: bool = True,
    ) -> Manifest:
        """Make the given files the tables' new versions, all at once; call inside `writing()`.

        Without `keep_previous` all older versions go, whoever reads them: what was erased is gone.
        """
        old = self.manifest()
        previous = {
            name: ([old.tables[name]] if name in files else []) + old.previous.get(name, [])
            for name in old.tables
        }
        new = Manifest(
            old.generation + 1,
            {**old.tables, **{name: path.name for name, path in files.items()}},
            tuple(sorted({*old.synthetic, *synthetic})),
            {name: names[:KEPT_VERSIONS] for name, names in previous.items() if names}
            if keep_previous
            else {},
        )
        for path in files.values():
            _flush(path)
        temporary = self.folder / f"{MANIFEST}.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(new), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        _flush(self.folder)
        temporary.replace(self.folder / MANIFEST)
        _flush(self.folder)
        self._sweep({*new.tables.values(), *chain(*new.previous.values())})
        return new

    def _sweep(self, keep: set[str]) -> None:
        """Remove what nobody names: older versions, and what killed writers left."""
        for path in self.folder.glob("*.parquet"):
            if path.name not in keep:
                path.unlink(missing_ok=True)
        for path in self.folder.glob("rejects/.*.new"):
            path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Have the disk hold what was written; folders cannot be opened for this on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
