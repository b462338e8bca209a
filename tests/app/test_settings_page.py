from pathlib import Path

from apptest import ROOT, Open, opened, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot, Settings


def test_the_doctor_says_what_works_and_what_is_off(page: Open) -> None:
    at = page("settings")
    assert not at.exception
    found = at.table[0].value.set_index("Part")["State"]
    assert found["notes"] == "works"
    assert found["model"] == "not used"


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    settings = Settings.load(
        tmp_path, model="some-model", base_url="http://127.0.0.1:1/v1", api_key="sk-very-secret"
    )
    at = opened(Copilot(settings, complete=None), "settings")
    assert "some-model" in words(at)
    assert "**********" in words(at)
    assert "sk-very-secret" not in str(at)


def test_the_router_opens_the_chat_of_the_workspace(tmp_path: Path) -> None:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=90)
    at.session_state["copilot"] = Copilot.open(Settings.load(tmp_path / "home"))
    at.run()
    assert not at.exception
    assert at.title[0].value == "What shall we work on?"


def test_the_router_shows_a_setting_that_cannot_work(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "marketing-copilot.toml").write_text("budget_usd = -1\n", encoding="utf-8")
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=90).run()
    assert not at.exception
    assert "budget_usd" in at.error[0].value
