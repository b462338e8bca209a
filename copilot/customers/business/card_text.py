"""Cards from templates: `prompts/cards/<kind>.md`, which anybody can edit."""

import re
from collections.abc import Mapping
from pathlib import Path

from copilot.errors import SettingsError
from copilot.records import Card, CardKind
from copilot.settings import data_folder

_SLOT = re.compile(r"\{\{([a-z_]+)\}\}")


def templates(folder: Path | None = None) -> dict[str, str]:
    """Every template by kind. Raises SettingsError naming the one that is missing."""
    root = folder or data_folder("prompts") / "cards"
    found = {}
    for kind in ("business", "locality", "segment", "product", "campaign"):
        path = root / f"{kind}.md"
        if not path.is_file():
            raise SettingsError(f"There is no card template {path}.")
        found[kind] = path.read_text(encoding="utf-8")
    return found


def sections(template: str, facts: Mapping[str, str]) -> dict[str, str]:
    """Topic to its sentences; a line is left out when one of its facts is empty or not known.

    A value is never read again for slots.
    """
    found: dict[str, list[str]] = {}
    topic = ""
    for line in template.splitlines():
        if line.startswith("## "):
            topic = line[3:].strip()
        elif line.strip() and all(facts.get(name) for name in _SLOT.findall(line)):
            said = _SLOT.sub(lambda slot: facts[slot.group(1)], line.strip())
            found.setdefault(topic, []).append(said)
    return {topic: "\n".join(lines) for topic, lines in found.items()}


def card(
    kind: CardKind,
    name: str,
    *,
    facts: Mapping[str, str],
    template: str,
    as_of: str,
    people: int,
    path: str = "",
    title: str = "",
) -> Card:
    """A finished card; `path` is its source after `business/<kind>/`, by default its name."""
    return Card(
        source=f"business/{kind}/{path or name}",
        kind=kind,
        name=name,
        title=title or name,
        as_of=as_of,
        people=people,
        sections=sections(template, facts),
    )
