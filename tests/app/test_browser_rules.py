"""A rule segment in a real browser: built by keyboard and mouse, counted, saved, drafted for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import PICTURES, looking, serving

from copilot import Copilot, Settings

PATIENCE_MS = 120_000


@pytest.fixture
def served(bakery: Copilot, tmp_path: Path) -> Iterator[tuple[str, Copilot]]:
    """The app on a workspace of its own with everything of the bakery."""
    home = tmp_path / "home"
    shutil.copytree(bakery.settings.home, home)
    with serving(home) as address:
        yield address, Copilot.open(Settings.load(home))


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_a_rule_is_built_counted_saved_and_drafted_for(
    served: tuple[str, Copilot], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    address, copilot = served
    first = "neighbourhood = 'Holbeck'"
    where = f"{first} and frequency >= 3"
    reached = copilot.reach(where)
    profile = tmp_path / "profile"
    with looking(profile, height=1100, patience_ms=PATIENCE_MS) as (page, hosts):
        page.goto(f"{address}/customers")
        section = page.get_by_test_id("stButtonGroup").first
        section.get_by_text("Segments", exact=True).click()
        page.get_by_role("tab", name="By a rule of your own").click()

        field = page.get_by_role("combobox", name="Field")
        field.click()
        field.fill("Neighb")
        field.press("Enter")
        value = page.get_by_role("combobox", name="Value")
        value.click()
        value.fill("Holb")
        page.wait_for_timeout(500)
        value.press("Enter")
        expect(page.get_by_role("textbox", name="The rule in writing")).to_have_value(
            "neighbourhood = 'Holbeck'"
        )
        metric = page.get_by_test_id("stMetricValue").first
        expect(metric).to_have_text(f"{copilot.reach(first).customers:,}")
        page.get_by_role("button", name="Add a test").click()
        expect(page.get_by_role("combobox", name="Field")).to_have_count(2)
        second = page.get_by_role("combobox", name="Field").nth(1)
        second.click()
        page.keyboard.type("Number of pur")
        page.keyboard.press("Enter")
        number = page.get_by_role("spinbutton", name="Value")
        number.fill("3")
        number.press("Enter")
        expect(page.get_by_role("textbox", name="The rule in writing")).to_have_value(where)
        expect(metric).to_have_text(f"{reached.customers:,}")

        name = page.get_by_role("textbox", name="Save this rule as")
        name.fill("Holbeck regulars")
        name.press("Enter")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as “Holbeck regulars”")).to_be_visible()
        page.wait_for_timeout(1500)
        page.screenshot(path=PICTURES / "rule.png", full_page=True)
        assert [(one.name, one.where) for one in copilot.saved_segments()] == [
            ("Holbeck regulars", where)
        ]

        page.get_by_role("button", name=f"Draft for these {reached.customers}").click()
        expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()
        expect(page.get_by_text("Audience: neighbourhood = 'Holbeck'")).to_be_visible()
        page.get_by_text("Goal, facts, audience and more").click()
        expect(page.get_by_role("textbox", name="Audience rule")).to_have_value(where)
        page.screenshot(path=PICTURES / "draft-for.png")
    assert hosts <= {"127.0.0.1", None}
