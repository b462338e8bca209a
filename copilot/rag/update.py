"""The `index` verb: files and folders into the library, and what happened to each."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from copilot.errors import KnowledgeError
from copilot.rag.index import Library
from copilot.rag.reading.read import digest, discover, read
from copilot.rag.reading.split import split
from copilot.records import ConceptNote, Failure, IndexReport

Progress = Callable[[int, int, str], None]


def update(
    library: Library,
    paths: Sequence[Path],
    *,
    notes: Sequence[ConceptNote],
    remove: str | None = None,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> IndexReport:
    """Bring notes and files into the library and say what changed.

    A file is read only when its bytes changed (`rebuild` reads and embeds everything again). A
    folder is mirrored: what it no longer holds leaves the library. A file that fails is listed
    and keeps what was indexed of it before. `remove` names a source, a file or a folder.

    Raises KnowledgeError when `remove` names nothing in the library, or a shipped note.
    """
    started = time.monotonic()
    counts = library.sync_notes(notes)
    failed: list[Failure] = []
    if remove is not None:
        counts["removed"] += _remove(library, remove)
    counts["removed"] += _mirror(library, paths)
    files = discover(paths)
    if rebuild:
        documents = (Path(item.source) for item in library.sources() if item.kind == "document")
        files = list(dict.fromkeys([*files, *(path for path in documents if path.is_file())]))
    known = {item.source: item.sha256 for item in library.sources()}
    for number, path in enumerate(files):
        if progress:
            progress(number, len(files), path.name)
        try:
            counts[_index_file(library, path, known.get(path.as_posix()), force=rebuild)] += 1
        except KnowledgeError as error:
            failed.append(Failure(source=path.as_posix(), reason=str(error)))
    if rebuild:
        library.rebuild(progress)
    else:
        library.embed_missing(progress)
    if progress:
        progress(len(files), len(files), "")
    return _report(library, counts, failed, started)


def _index_file(library: Library, path: Path, before: str | None, *, force: bool) -> str:
    if before == digest(path) and not force:
        return "unchanged"
    document = read(path)
    library.add(document, split(document))
    if before is None:
        return "added"
    return "unchanged" if before == document.sha256 else "updated"


def _mirror(library: Library, paths: Sequence[Path]) -> int:
    """Remove the documents of these folders whose files are gone."""
    folders = [path.resolve() for path in paths if path.is_dir()]
    gone = [
        item.source
        for item in library.sources()
        if item.kind == "document"
        and any(Path(item.source).is_relative_to(folder) for folder in folders)
        and not Path(item.source).is_file()
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


def _report(
    library: Library, counts: Counter[str], failed: Sequence[Failure], started: float
) -> IndexReport:
    sources = library.sources()
    return IndexReport(
        sources=len(sources),
        added=counts["added"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        removed=counts["removed"],
        passages=sum(item.passages for item in sources),
        failed=tuple(failed),
        elapsed_ms=round((time.monotonic() - started) * 1000),
    )
