"""A small workspace with six of the notes, the real embedding model and real Chroma."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot import Copilot, Settings

NOTES = ("churn", "lift", "positioning", "postponement", "niche-marketing", "can-spam")
MANUAL = """# Handbook of the Lantern café

## Opening

Saturday shifts at the Lantern café begin at 06:45 with the dough from the cold room.

## Till

Voucher LANTERN9 takes nine per cent off and cannot be joined with a stamp card.
"""


@pytest.fixture(scope="session")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copilot]:
    """Six of the shipped notes and a handbook; read it, do not write."""
    home = tmp_path_factory.mktemp("cafe")
    handbook = home / "handbook.md"
    handbook.write_text(MANUAL, encoding="utf-8")
    copilot = Copilot(Settings.load(home / "workspace"), complete=None)
    copilot.__dict__["notes"] = tuple(note for note in copilot.notes if note.slug in NOTES)
    copilot.index([handbook])
    yield copilot
    copilot.library.close()


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        """{"id": "a", "question": "What is churn?", "expected_notes": {"churn": 2}, "part": "tune"}
{"id": "b", "question": "When do Saturday shifts begin?", "expected_notes": {"handbook.md": 2}, \
"key_facts": [["06:45"]], "part": "held_out"}
{"id": "c", "question": "How tall is the Eiffel tower?", "refuse": true, "part": "tune"}
""",
        encoding="utf-8",
    )
    return path
