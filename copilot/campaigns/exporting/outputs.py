"""Where drafts were written: the list by which a forgotten person is found again in them."""

import json
import os
from pathlib import Path

FILE = "outputs.jsonl"


def remember_output(home: Path, path: Path) -> None:
    """Note that drafts are being written to a file, before it is written."""
    folder = home / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    full = str(path.resolve())
    if full in {str(known) for known in outputs(home)}:
        return
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"path": full}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def outputs(home: Path) -> tuple[Path, ...]:
    """Every file drafts were written to and that is still there, in the order of writing."""
    path = home / "drafts" / FILE
    if not path.is_file():
        return ()
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(Path(json.loads(line)["path"]))
        except json.JSONDecodeError:  # a line cut off by a kill: its file was not begun
            continue
    return tuple(path for path in dict.fromkeys(found) if path.is_file())
