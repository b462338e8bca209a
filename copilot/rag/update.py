"""The `index` verb: files and folders into the library, and what happened to each."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from copilot.errors import KnowledgeError, StoreError
from copilot.rag.catalogue import IndexedSource, NewSource, new_source
from copilot.rag.index import BATCH, Library
from copilot.rag.reading.people import SUFFIXES, lists_people
from copilot.rag.reading.read import digest, discover
from copilot.rag.reading.split import CUT_VERSION
from copilot.rag.reading.worker import Reader, Reading
from copilot.records import ConceptNote, Failure, IndexReport, Passage

PATIENCE = 10.0
AT_ONCE = 32  # documents stored in one transaction, at most

LIST_OF_PEOPLE = (
    "This is a list of people, which belongs to the customers' data: marketing-copilot customers"
    " import. To search it as a document all the same: index --people."
)

Progress = Callable[[int, int, str], None]
Stop = Callable[[], bool]


@dataclass
class _Run:
    """One run: what it counts, and what waits to be stored and embedded."""

    library: Library
    counts: Counter[str]
    known: Mapping[str, IndexedSource]
    embed: Callable[[Sequence[Passage]], None]
    progress: Progress
    cancelled: Stop
    force: bool
    people: bool = False
    failed: list[Failure] = field(default_factory=list)
    waiting: list[NewSource] = field(default_factory=list)

    def is_known(self, path: Path) -> bool:
        """Whether the library has this file as it is now, cut in the present way."""
        before = self.known.get(path.as_posix())
        if self.force or before is None or before.cut != CUT_VERSION:
            return False
        return before.sha256 == digest(path)

    def take_all(self, files: Sequence[Path]) -> bool:
        """Read, store and embed; False when it was cancelled on the way."""
        with Reader() as reader, closing(reader.read_all(files, self.is_known)) as found:
            for number, path in enumerate(files):
                if self.cancelled():
                    break
                self.progress(number, len(files), path.name)
                self._take(path, next(found)[1])
                self._store(BATCH, number, len(files))
            else:
                self._store(0, len(files), len(files))
        return not self.cancelled()

    def _take(self, path: Path, found: Reading | KnowledgeError | None) -> None:
        if found is None:
            self.counts["unchanged"] += 1
        elif isinstance(found, KnowledgeError):
            self.failed.append(Failure(source=_printable(path), reason=str(found)))
        elif not self.people and _is_list(path, found):
            self.failed.append(Failure(source=_printable(path), reason=LIST_OF_PEOPLE))
        else:
            before = self.known.get(found.source)
            same = before is not None and before.sha256 == found.sha256
            self.counts["unchanged" if same else "updated" if before else "added"] += 1
            self.waiting.append(new_source(found.source, found.sha256, found.title, found.passages))

    def _store(self, least: int, number: int, total: int) -> None:
        """Store and embed what waits, once that is `least` passages or 32 documents."""
        passages = [passage for item in self.waiting for passage in item.passages]
        if len(passages) < least and len(self.waiting) < AT_ONCE:
            return
        self.library.put(self.waiting)
        self.waiting.clear()
        for start in range(0, len(passages), BATCH):
            if self.cancelled():
                return
            if start:
                title = passages[start].title
                self.progress(number, total, f"{title}: {start} of {len(passages)} passages")
            self.embed(passages[start : start + BATCH])


def update(
    library: Library,
    paths: Sequence[Path],
    *,
    notes: Sequence[ConceptNote],
    remove: str | None = None,
    rebuild: bool = False,
    people: bool = False,
    progress: Progress | None = None,
    cancelled: Stop | None = None,
    patience: float = PATIENCE,
) -> IndexReport:
    """Bring notes and files into the library and say what changed.

    A file is read only when its bytes changed (`rebuild` reads and embeds everything again), or
    when an earlier version of this package read it. A folder is mirrored: what it no longer holds
    leaves the library. A file that fails is listed and keeps what was indexed of it before.
    A table that lists people is refused unless `people` says that it is meant.
    `remove` names a source, a file or a folder. When `cancelled()` becomes true the run stops
    before the next file; the next run goes on from there, as it does after any interruption.

    Raises KnowledgeError when `remove` names nothing in the library, or a shipped note, and
    StoreError when another process is still indexing the same library after `patience` seconds.
    """
    started = time.monotonic()
    progress, cancelled = progress or _silent, cancelled or _never
    with exclusive(library.folder, patience):
        counts = library.sync_notes(notes)
        if remove is not None:
            counts["removed"] += _remove(library, remove)
        counts["removed"] += _mirror(library, paths)
        files = _files(library, paths, everything=rebuild)
        if rebuild:
            library.forget_vectors()
        known = {item.source: item for item in library.sources()}
        with library.embedding() as embed:
            run = _Run(library, counts, known, embed, progress, cancelled, rebuild, people)
            finished = run.take_all(files)
        if finished:
            library.embed_missing(progress, cancelled)
            library.tidy()
            progress(len(files), len(files), "")
    return _report(run, started)


def _is_list(path: Path, found: Reading) -> bool:
    if path.suffix.lower() not in SUFFIXES:
        return False
    return lists_people(passage.text for passage in found.passages)


@contextmanager
def exclusive(folder: Path, seconds: float = PATIENCE) -> Iterator[None]:
    """Be the only one, in all processes, that reads documents into the library of a folder.

    Raises StoreError when another one still is after so many seconds. Searching goes on beside
    it.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / "index.lock", timeout=seconds):
            yield
    except Timeout as error:
        raise StoreError(
            f"Another process is reading documents into {folder}.",
            hint="Wait until it is done, then do this again.",
        ) from error


def _silent(done: int, total: int, what: str) -> None:
    """Progress that nobody looks at."""


def _never() -> bool:
    return False


def _files(library: Library, paths: Sequence[Path], *, everything: bool) -> list[Path]:
    """The files asked for, and those in the library that must be read again."""
    again = library.sources() if everything else library.outdated()
    old = [Path(item.source) for item in again if item.kind == "document"]
    return list(dict.fromkeys([*discover(paths), *(path for path in old if not _is_gone(path))]))


def _is_gone(path: Path) -> bool:
    """Whether a file is certainly not there; one that cannot be looked at may still be."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _mirror(library: Library, paths: Sequence[Path]) -> int:
    """Remove the documents of these folders whose files are gone."""
    folders = [path.resolve() for path in paths if path.is_dir()]
    gone = [
        item.source
        for item in library.sources()
        if item.kind == "document"
        and any(Path(item.source).is_relative_to(folder) for folder in folders)
        and _is_gone(Path(item.source))
    ]
    return sum(library.remove(source) for source in gone)


def _remove(library: Library, name: str) -> int:
    path = Path(name).expanduser().resolve()
    chosen = [
        item
        for item in library.sources()
        if item.source == name
        or (item.kind == "document" and Path(item.source).is_relative_to(path))
    ]
    if not chosen:
        raise KnowledgeError(
            f"There is no source {name!r} in the library.",
            hint="Give the path of an indexed file or folder, as `search` shows it.",
        )
    if any(item.kind == "note" for item in chosen):
        raise KnowledgeError(
            f"{name!r} is a shipped note and cannot be removed.", hint="Name a document."
        )
    return sum(library.remove(item.source) for item in chosen)


def _printable(path: Path) -> str:
    """A path as text, also where its name is no valid text."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


def _report(run: _Run, started: float) -> IndexReport:
    sources, counts = run.library.sources(), run.counts
    return IndexReport(
        sources=len(sources),
        added=counts["added"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        removed=counts["removed"],
        passages=sum(item.passages for item in sources),
        failed=tuple(run.failed),
        cancelled=run.cancelled(),
        elapsed_ms=round((time.monotonic() - started) * 1000),
    )
