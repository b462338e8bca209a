from pathlib import Path

import pytest

from copilot.errors import SettingsError
from copilot.settings import TOML_NAME, Settings, data_folder


def with_toml(folder: Path, text: str) -> Path:
    (folder / TOML_NAME).write_text(text, encoding="utf-8")
    return folder


def test_the_environment_beats_the_file_and_the_file_beats_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = with_toml(tmp_path, 'model = "from-file"\nconcurrency = 7\n')
    monkeypatch.setenv("MARKETING_COPILOT_MODEL", "from-environment")
    settings = Settings.load(home)
    assert (settings.model, settings.concurrency, settings.engine) == (
        "from-environment",
        7,
        "duckdb://",
    )


def test_the_workspace_variable_is_the_default_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETING_COPILOT_HOME", str(tmp_path / "w"))
    assert Settings.load().home == tmp_path / "w"
    assert Settings.load(tmp_path).home == tmp_path


def test_openai_variables_are_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert Settings.load().base_url == "http://127.0.0.1:1/v1"
    monkeypatch.setenv("MARKETING_COPILOT_BASE_URL", "http://127.0.0.1:2/v1")
    assert Settings.load().base_url == "http://127.0.0.1:2/v1"


def test_a_key_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETING_COPILOT_API_KEY", "sk-very-secret")
    assert "sk-very-secret" not in repr(Settings.load()) + Settings.load().model_dump_json()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('concurrency = "many"', "'concurrency' has the value 'many'"),
        ('colour = "blue"', "'colour'"),
        ("budget_usd = -1", "'budget_usd' has the value -1"),
        ("model = [", "not valid TOML"),
    ],
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        Settings.load(with_toml(tmp_path, text))


def test_without_a_model_it_is_offline() -> None:
    assert Settings.load().offline
    assert not Settings.load(model="m", base_url="http://127.0.0.1:1").offline


@pytest.mark.parametrize("name", ["knowledge", "prompts", "samples"])
def test_shipped_folders_are_found(name: str) -> None:
    assert any(data_folder(name).iterdir())
