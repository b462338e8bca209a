"""docs/analyses.md says what its script found, and names only what exists."""

import json
import re
from pathlib import Path
from typing import Any

from test_docs import commands

from copilot.cli import app

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "analyses.md").read_text(encoding="utf-8")
FOUND: dict[str, Any] = json.loads((DOCS / "analyses.json").read_text(encoding="utf-8"))
_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?%?")
_SETTLED = {
    "1",
    "2",
    "3",
    "5",
    "4",
    "25",
    "26",
    "90%",
    "95%",
    "90",
    "1.2",
    "2017",
    "40",
    "20",
    "27",
    "52",
}


def numbers(found: Any) -> set[str]:
    """Every number of the script's findings, in the ways the page may write it."""
    if isinstance(found, dict):
        return set().union(*(numbers(one) for one in [*found, *found.values()]))
    if isinstance(found, list):
        return set().union(*map(numbers, found))
    if isinstance(found, int):
        return {f"{found:,}", str(found)}
    if isinstance(found, float):
        return {f"{found:.2f}", f"{found:g}", f"{found:.0%}", f"{found:.1%}"}
    return set(_NUMBER.findall(str(found)))


def test_every_number_on_the_page_is_one_the_script_found() -> None:
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", PAGE, flags=re.S)
    said = set(_NUMBER.findall(text))
    assert len(said) > 20
    assert said - numbers(FOUND) - _SETTLED == set()


def test_every_picture_is_there_and_small() -> None:
    pictures = re.findall(r"\((analyses-[\w-]+\.svg)\)", PAGE)
    assert len(pictures) == len(set(pictures)) >= 4
    assert {path.name for path in DOCS.glob("analyses-*.svg")} == set(pictures)
    assert all((DOCS / name).stat().st_size < 100_000 for name in pictures)


def test_every_command_on_the_page_exists() -> None:
    known = commands(app)
    named = re.findall(r"^marketing-copilot ([a-z ]+?)(?= -| \"|$)", PAGE, flags=re.M)
    assert len(named) >= 5
    for one in named:
        assert any(one == name or one.startswith(f"{name} ") for name in [*known, "localities"]), (
            one
        )
