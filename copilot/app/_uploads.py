"""Files a visitor brings: kept in the workspace, read in as documents or as customer data."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import streamlit as st

from copilot import Copilot
from copilot.app._jobs import jobs, outcome
from copilot.app._text import plain
from copilot.records import IndexReport

DOCUMENTS = ("md", "txt", "rst", "html", "htm", "pdf", "docx", "pptx", "epub")
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
    name = re.sub(r"[^\w.\- ]+", "_", Path(file.name.replace("\\", "/")).name).lstrip(".") or "file"
    path = home / "uploads" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.getvalue())
    return path


def index_files(copilot: Copilot, files: Iterable[Uploaded]) -> str:
    """Start reading documents into the library; returns the job's id."""
    kept = [keep(copilot.settings.home, "documents", file) for file in files]
    return index_paths(copilot, kept)


def index_paths(copilot: Copilot, paths: Sequence[Path]) -> str:
    """Start reading files that are already on disk; returns the job's id."""
    return jobs().start("Reading documents", lambda report: copilot.index(paths, progress=report))


def draw_index(job_id: str) -> None:
    """The progress of reading documents, then what was added and what failed."""
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
    if done.removed:
        st.info(f"{done.removed} removed from the library.")
    for failure in done.failed:
        st.warning(
            f"**{plain(Path(failure.source).name)}** could not be read: {plain(failure.reason)}"
        )
