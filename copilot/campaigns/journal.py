"""Finished drafts on disk as they are made, so that an interrupted job drafts nothing twice."""

import os
from pathlib import Path

from pydantic import ValidationError

from copilot.records import Draft
from copilot.text import write_whole


class Journal:
    """One job's drafts, one JSON line each; a line cut off by a kill is ignored."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self._done: dict[str, Draft] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if resume and path.is_file():
            self._done = {draft.draft_id: draft for draft in _read(path)}
        self._rewrite()

    def get(self, draft_id: str) -> Draft | None:
        """The draft of that id, when an earlier run finished it."""
        return self._done.get(draft_id)

    def add(self, draft: Draft) -> None:
        """Keep a finished draft; it is on disk when this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(draft.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._done[draft.draft_id] = draft

    def _rewrite(self) -> None:
        lines = "".join(draft.model_dump_json() + "\n" for draft in self._done.values())
        write_whole(self.path, lines)


def _read(path: Path) -> list[Draft]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(Draft.model_validate_json(line))
        except ValidationError:
            break
    return found
