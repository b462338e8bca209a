"""Prompts are files, one folder a task: `prompts/<task>/system.md` and `user.md`.

Slots are `{{name}}`. A missing or an unknown name is an error, and a value is never scanned
again, so text from documents and customers cannot open a slot. The hash of both files goes into
every record a model had a part in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import SettingsError
from copilot.settings import data_folder
from copilot.text import content_id

_SLOT = re.compile(r"\{\{([a-z_]+)\}\}")
_INCLUDE = re.compile(r"^\{\{> ([a-z_]+)\}\}$", re.M)


@dataclass(frozen=True)
class Prompt:
    """A task's two texts; `hash` changes when either does."""

    task: str
    system: str
    user: str
    hash: str

    @property
    def slots(self) -> frozenset[str]:
        """The names that `render` must be given."""
        return frozenset(_SLOT.findall(self.system)) | frozenset(_SLOT.findall(self.user))

    def render(self, **values: str) -> tuple[str, str]:
        """The system and user texts with every slot filled.

        Raises SettingsError naming the slots that are missing or unknown.
        """
        wrong = self.slots.symmetric_difference(values)
        if wrong:
            raise SettingsError(
                f"Prompt {self.task!r} and its caller disagree on the slots {sorted(wrong)}.",
                hint=f"prompts/{self.task}/ has: {', '.join(sorted(self.slots)) or 'none'}.",
            )
        return _fill(self.system, values), _fill(self.user, values)


def load(task: str, *, folder: Path | None = None) -> Prompt:
    """The prompt of a task; `{{> name}}` alone on a line takes in `prompts/shared/name.md`.

    Raises SettingsError naming the file that is missing.
    """
    root = folder or data_folder("prompts")
    system, user = (
        _INCLUDE.sub(
            lambda found: _read(root / "shared" / f"{found.group(1)}.md").strip(),
            _read(root / task / f"{part}.md"),
        )
        for part in ("system", "user")
    )
    return Prompt(task, system, user, content_id(system, user))


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: values[slot.group(1)], text)


def _read(path: Path) -> str:
    if not path.is_file():
        raise SettingsError(f"There is no prompt file {path}.")
    return path.read_text(encoding="utf-8")
