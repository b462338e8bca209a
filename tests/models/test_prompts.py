from pathlib import Path

import pytest

from copilot.errors import SettingsError
from copilot.models.prompts import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "task").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "rules.md").write_text("State only facts.\n", encoding="utf-8")
    (tmp_path / "task" / "system.md").write_text("You write.\n{{> rules}}\n", encoding="utf-8")
    (tmp_path / "task" / "user.md").write_text('{"a": "{{offer}}"} for $5', encoding="utf-8")
    return tmp_path


def test_slots_are_filled_and_shared_text_is_taken_in(folder: Path) -> None:
    system, user = load("task", folder=folder).render(offer="15% off")
    assert system == "You write.\nState only facts.\n"
    assert user == '{"a": "15% off"} for $5'


def test_a_value_cannot_open_a_slot(folder: Path) -> None:
    _, user = load("task", folder=folder).render(offer="{{offer}} & {{system}}")
    assert user == '{"a": "{{offer}} & {{system}}"} for $5'


@pytest.mark.parametrize("values", [{}, {"offer": "x", "price": "y"}])
def test_missing_and_unknown_slots_are_errors(folder: Path, values: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="offer" if not values else "price"):
        load("task", folder=folder).render(**values)


def test_the_hash_moves_when_the_prose_does(folder: Path) -> None:
    before = load("task", folder=folder).hash
    (folder / "shared" / "rules.md").write_text("Be kind.\n", encoding="utf-8")
    assert load("task", folder=folder).hash != before


def test_an_unknown_task_names_the_missing_file(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing/system\.md"):
        load("nothing", folder=folder)
