"""The section of a campaign that shows drift, drawn by itself."""

from pathlib import Path

from apptest import words
from streamlit.testing.v1 import AppTest

from copilot import Copilot
from copilot.campaigns.briefing.brief import load_brief
from tests.conftest import ROOT

LOUD = "Hurry! Prices are crazy! Grab this amazing bargain now!"


def drawn(folder: Path, exemplars: tuple[str, ...] | None = None) -> AppTest:
    brief = load_brief(ROOT / "samples" / "bakery" / "saturday-loaves.yaml")
    kit = brief.brand
    if exemplars is not None:
        budget = 0.5 if exemplars else None
        kit = kit.model_copy(update={"exemplars": exemplars, "drift_budget": budget})
    changed = {"brand": kit, "level": "mass", "by": None, "channels": ("email",), "variants": 1}
    copilot = Copilot.open(folder)
    copilot.draft(brief.model_copy(update=changed))

    def page() -> None:
        import streamlit as st

        from copilot.app._drift import draw_drift

        draw_drift(st.session_state["copilot"], "saturday-loaves")

    at = AppTest.from_function(page, default_timeout=90)
    at.session_state["copilot"] = copilot
    at.run()
    assert not at.exception
    return at


def test_places_and_the_sentences_that_cause_drift_are_shown(tmp_path: Path) -> None:
    at = drawn(tmp_path, (LOUD,))
    assert "only 1 exemplar" in words(at)
    assert at.dataframe[0].value["Over budget"].tolist() == [1]
    assert at.expander[0].label.startswith("over the budget, ")
    assert "the exemplars have" in words(at)


def test_without_exemplars_the_section_says_what_to_do(tmp_path: Path) -> None:
    assert "exemplars:" in words(drawn(tmp_path, ()))
