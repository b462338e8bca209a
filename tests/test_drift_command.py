"""`drift` through the shell's entry point, on drafts of a real workspace."""

import json
from pathlib import Path
from typing import Any

import pytest

from copilot import Copilot
from copilot.__main__ import run
from copilot.campaigns.briefing.brief import load_brief
from copilot.records import Brief
from tests.conftest import ROOT

LOUD = ("HURRY! Prices are CRAZY! Grab this amazing bargain now!!!",) * 1


def drafted(folder: Path, **brand: Any) -> Brief:
    """One mass draft of the bakery's brief in a workspace without customers."""
    brief = load_brief(ROOT / "samples" / "bakery" / "saturday-loaves.yaml")
    kit = brief.brand.model_copy(update=brand)
    brief = brief.model_copy(
        update={"brand": kit, "level": "mass", "by": None, "channels": ("email",), "variants": 1}
    )
    Copilot.open(folder).draft(brief)
    return brief


def test_the_command_tells_drift_and_draws_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = drafted(tmp_path)
    figure = tmp_path / "drift.svg"
    capsys.readouterr()
    arguments = ["drift", brief.name, "--workspace", str(tmp_path)]
    assert run([*arguments, "--figure", str(figure), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["campaign"] == brief.name
    assert found["exemplars"] == {"en": 5}
    assert [one["compared"] for one in found["drafts"]] == ["voice and meaning"]
    assert found["localities"][0]["unit"] in figure.read_text(encoding="utf-8")
    assert run(arguments) == 0
    assert "against Corner Crumb's exemplars (5 en)" in capsys.readouterr().out


def test_over_the_budget_the_exit_code_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = drafted(tmp_path, exemplars=LOUD, drift_budget=0.5)
    assert run(["drift", brief.name, "--workspace", str(tmp_path)]) == 1
    assert "only 1 exemplar" in capsys.readouterr().out


def test_another_kit_may_give_the_exemplars(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = drafted(tmp_path, exemplars=())
    arguments = ["drift", brief.name, "--workspace", str(tmp_path)]
    assert run(arguments) == 2
    assert "exemplars:" in capsys.readouterr().err
    kit = ROOT / "samples" / "bakery" / "brand.yaml"
    assert run([*arguments, "--brand", str(kit)]) == 0
