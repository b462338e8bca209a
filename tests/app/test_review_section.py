"""The review section on a page of its own; the campaigns page draws the same."""

import shutil
from pathlib import Path

import pytest
from apptest import labels, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot, Settings, demo
from copilot.campaigns.briefing.brief import load_brief
from tests.conftest import ROOT, TODAY

NAME = "saturday-loaves"
KEY = f"review-{NAME}"


def page() -> None:
    from copilot.app._review import draw_review
    from copilot.app._state import service

    draw_review(service(), "saturday-loaves")


def opened(home: Path) -> Copilot:
    return Copilot(Settings.load(home), today=lambda: TODAY)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("reviewed")
    for path, table in demo.bakery_files():
        opened(home).import_customers([path], table=table)
    brief = load_brief(ROOT / "samples" / "bakery" / f"{NAME}.yaml")
    opened(home).draft(brief.model_copy(update={"level": "mass", "by": None}))
    return home


@pytest.fixture
def at(drafted: Path, tmp_path: Path) -> AppTest:
    shutil.copytree(drafted, tmp_path / "home", dirs_exist_ok=True)
    at = AppTest.from_function(page, default_timeout=120)
    at.session_state["copilot"] = opened(tmp_path / "home")
    at.run()
    assert not at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception
    return at


def show(at: AppTest, section: str) -> AppTest:
    at.radio(key=f"section-{KEY}").set_value(section).run()
    assert not at.exception
    return at


def counts(at: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in at.metric}


def test_drafts_are_listed_filtered_and_decided_on_with_a_name(at: AppTest) -> None:
    assert counts(at) == {"Drafts": "4", "Passed, waits for review": "4"}
    at.selectbox(key=f"channel-{KEY}").set_value("sms").run()
    assert set(at.dataframe[0].value["Channel"]) == {"sms"}
    press(at, "Approve")
    assert "needs a name" in at.error[0].value
    at.text_input(key=f"by-{KEY}").set_value("Ann").run()
    press(at, "Approve")
    assert counts(at) == {"Drafts": "4", "Approved": "2", "Passed, waits for review": "2"}
    assert "Approved by Ann" in words(at)


def test_a_rejection_needs_a_note_and_an_edit_that_lies_is_refused(at: AppTest) -> None:
    at.text_input(key=f"by-{KEY}").set_value("Ann").run()
    press(at, "Reject")
    assert "needs a reason" in at.error[0].value
    next(one for one in at.text_area if one.label == "Its text").set_value("50% off, LIES99")
    press(at, "Check and keep")
    assert at.error
    assert counts(at)["Passed, waits for review"] == "4"


def test_texts_are_approved_once_for_all_their_drafts(at: AppTest) -> None:
    at.text_input(key=f"by-{KEY}").set_value("Ann").run()
    show(at, "Differences")
    assert "2 drafts are made of" in words(at)
    press(at, "Approve all of these texts")
    assert counts(at)["Approved"] == "2"


def test_the_hardest_rows_are_previewed_and_synthetic_ones_marked(at: AppTest) -> None:
    show(at, "Preview")
    press(at, "On the hardest rows")
    assert any("عبد الرحمن" in one.value for one in at.get("html"))
    assert "synthetic" in words(at)
    at.text_input(key=f"as-{KEY}").set_value("nobody")
    press(at, "Preview")
    assert "gets nothing" in at.error[0].value


def test_an_export_offers_its_files_and_manifest(at: AppTest) -> None:
    at.text_input(key=f"by-{KEY}").set_value("Ann").run()
    show(at, "Export")
    press(at, "Export")
    assert "4 in_review" in at.error[0].value
    show(at, "Drafts")
    press(at, "Approve")
    show(at, "Export")
    at.checkbox(key=f"merged-{KEY}").check()
    press(at, "Export")
    assert labels(at, "download_button") == [
        f"Send: {NAME}-generic.csv",
        f"Manifest: {NAME}-generic.csv.manifest.json",
    ]
    assert "rows of 4 drafts written" in words(at)
