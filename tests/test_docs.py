"""Docs say what is there: every command, tool and setting; no host, no stray link."""

import re
from pathlib import Path

import typer

from copilot import Copilot
from copilot.cli import app
from copilot.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]


def commands(group: typer.Typer, prefix: str = "") -> list[str]:
    named = []
    for command in group.registered_commands:
        function = command.callback
        assert function is not None
        named.append(prefix + (command.name or function.__name__))
        assert function.__doc__, command
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        named += commands(sub.typer_instance, f"{prefix}{sub.name} ")
    return named


def test_every_command_is_documented_and_has_help() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    names = commands(app)
    assert len(names) > 12
    assert [name for name in names if f"`{name}" not in text] == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    hidden = {"log_level"}
    missing = [n for n in Settings.model_fields if n not in hidden and f"`{n.upper()}`" not in text]
    assert missing == []


def test_every_command_has_a_verb_in_python() -> None:
    verbs = {"import": "import_customers", "show": "customer", "app": None, "mcp": None}
    verbs |= {
        "eval": "evaluate",
        "map": "concept_map",
        "next": "next_products",
        "over-index": "over_indexes",
        "list": "jobs",
        "worker": "work",
    }
    for name in commands(app):
        last = name.split()[-1]
        verb = verbs.get(last, last)
        assert verb is None or callable(getattr(Copilot, verb)), name


def test_links_in_the_docs_resolve() -> None:
    for path in DOCS:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_the_lock_files_name_no_host() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert len(locks) == 4
    assert [path.name for path in locks if "://" in path.read_text(encoding="utf-8")] == []


def test_the_readme_has_its_transcripts_and_no_holes() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "<!-- transcript" not in text
    assert "<!-- measured" not in text
    assert text.count("$ marketing-copilot") >= 3
