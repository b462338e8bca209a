"""Files a visitor brings: kept in the workspace, read in as documents or as customer data."""

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import streamlit as st

from copilot import Copilot
from copilot.app._archives import unpack
from copilot.app._charts import table
from copilot.app._jobs import finished, jobs, outcome
from copilot.errors import InputError
from copilot.records import Failure, IndexReport

DOCUMENTS = ("md", "txt", "rst", "html", "htm", "pdf", "docx", "pptx", "epub")
ARCHIVES = ("zip",)
DATA = ("csv", "tsv", "xlsx", "xls", "json", "jsonl", "parquet")


class Uploaded(Protocol):
    """What Streamlit hands over for an uploaded file."""

    name: str

    def getvalue(self) -> bytes:
        """The file's bytes."""
        ...


def is_data(name: str) -> bool:
    """Whether a file is taken as customer data rather than as a document."""
    return name.rpartition(".")[2].lower() in DATA


def keep(home: Path, folder: str, file: Uploaded) -> Path:
    """Write an upload below the workspace's `uploads`; the same name replaces what was there."""
    path = home / "uploads" / folder / file_name(file.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.getvalue())
    return path


def file_name(name: str) -> str:
    """A name that is safe for a file of ours, whatever was typed or uploaded."""
    return re.sub(r"[^\w.\- ]+", "_", Path(name.replace("\\", "/")).name).lstrip(".") or "file"


def index_files(copilot: Copilot, files: Iterable[Uploaded]) -> str:
    """Start reading documents into the library, those in zip files too; returns the job's id."""
    kept = [keep(copilot.settings.home, "documents", file) for file in files]
    return index_paths(copilot, kept)


def index_paths(copilot: Copilot, paths: Sequence[Path]) -> str:
    """Start reading files that are already on disk; returns the job's id."""
    stop = threading.Event()

    def work(report: Callable[[int, int, str], None]) -> IndexReport:
        ready, failed = _unpacked(paths)
        done = copilot.index(ready, progress=report, cancelled=stop.is_set)
        return done.model_copy(update={"failed": (*done.failed, *failed)})

    job_id = jobs().start("Reading documents", work)
    _stops()[job_id] = stop
    return job_id


def _unpacked(paths: Sequence[Path]) -> tuple[list[Path], list[Failure]]:
    """The paths with the folder of each zip file in its place, and what of them is left out."""
    ready: list[Path] = []
    failed: list[Failure] = []
    for path in paths:
        if path.suffix.lower().lstrip(".") not in ARCHIVES:
            ready.append(path)
            continue
        try:
            folder, left_out = unpack(path, (*DOCUMENTS, "csv", "tsv", "xlsx", "xls"))
        except InputError as error:
            failed.append(Failure(source=path.as_posix(), reason=str(error)))
            continue
        if folder.is_dir():
            ready.append(folder)
        reason = f"In {path.name}: not a kind of document that can be read."
        failed += [Failure(source=name, reason=reason) for name in left_out]
    return ready, failed


@st.cache_resource(show_spinner=False)
def _stops() -> dict[str, threading.Event]:
    """What stops each job of this process that reads documents."""
    return {}


def draw_index(job_id: str) -> None:
    """The progress of reading documents, then what was added and what failed."""
    stop = _stops().get(job_id)
    if stop is not None and not finished(job_id):
        st.button("Stop reading", key=f"stop-{job_id}", on_click=stop.set, disabled=stop.is_set())
    done = outcome(job_id)
    if not isinstance(done, IndexReport):
        return
    parts = (("added", done.added), ("updated", done.updated))
    counts = ", ".join(f"{count} {word}" for word, count in parts if count)
    if counts:
        library = f"{done.sources} sources, {done.passages:,} passages"
        st.success(f"Documents: {counts}. The library now has {library}.")
    elif not done.failed and not done.removed:
        st.info("Nothing new: the library has these documents already.")
    if done.cancelled:
        st.info(
            "Reading was stopped. The documents read so far are in the library; "
            "add the same files again to go on with the rest."
        )
    if done.removed:
        st.info(f"{done.removed} removed from the library.")
    if done.failed:
        count = len(done.failed)
        st.warning(f"{count} {'document' if count == 1 else 'documents'} could not be read:")
        table([{"document": Path(f.source).name, "reason": f.reason} for f in done.failed])
