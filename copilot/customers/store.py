"""The customer store: immutable Parquet files and one manifest, replaced atomically.

A reader opens the files the manifest names; a writer adds new files and then renames a new
manifest into place, under a lock. A process killed at any moment leaves the old manifest and
at most files nobody names, which the next commit removes. Any engine that reads Parquet reads
the store.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from copilot.errors import StoreError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """Which files make up each table; `generation` grows by one with each commit."""

    generation: int = 0
    tables: dict[str, str] = field(default_factory=dict)
    synthetic: tuple[str, ...] = ()


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
        return Manifest(data["generation"], data["tables"], tuple(data.get("synthetic", ())))

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

    def commit(self, files: Mapping[str, Path], *, synthetic: tuple[str, ...] = ()) -> Manifest:
        """Make the given files the tables' new versions, all at once; call inside `writing()`."""
        old = self.manifest()
        new = Manifest(
            old.generation + 1,
            {**old.tables, **{name: path.name for name, path in files.items()}},
            tuple(sorted({*old.synthetic, *synthetic})),
        )
        temporary = self.folder / f"{MANIFEST}.new"
        temporary.write_text(
            json.dumps(
                {
                    "generation": new.generation,
                    "tables": new.tables,
                    "synthetic": list(new.synthetic),
                },
                indent=1,
            ),
            encoding="utf-8",
        )
        temporary.replace(self.folder / MANIFEST)
        self._sweep({*new.tables.values(), *old.tables.values()})
        return new

    def _sweep(self, keep: set[str]) -> None:
        """Remove versions nobody names; the previous one stays for readers that hold it open."""
        for path in self.folder.glob("*-[0-9][0-9][0-9][0-9][0-9][0-9].parquet"):
            if path.name not in keep:
                path.unlink(missing_ok=True)
