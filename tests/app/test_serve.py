import tomllib
from pathlib import Path

from copilot.app.serve import OPTIONS, command

ROOT = Path(__file__).parent.parent.parent


def test_an_installed_package_gets_the_options_a_checkout_has() -> None:
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == OPTIONS


def test_the_command_names_the_script_the_address_and_the_options() -> None:
    line = command("127.0.0.1", 9123)
    assert Path(line[4]) == ROOT / "streamlit_app.py"
    assert "--server.port=9123" in line
    assert "--browser.gatherUsageStats=false" in line
