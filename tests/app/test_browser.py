"""The whole job in a real browser: ask, bring files, draft. Leaves its pictures behind."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from apptest import ROOT
from browsing import PICTURES, looking, serving

from copilot import Copilot, Settings, demo

PATIENCE_MS = 300_000
DRAFT = (
    "Draft an email for each neighbourhood about 15% off any loaf this Saturday before ten, "
    "code CRUST15"
)


@pytest.fixture
def address(bakery: Copilot, tmp_path: Path) -> Iterator[str]:
    """The app served on a workspace that has everything of the bakery but its customers."""
    home = tmp_path / "home"
    shutil.copytree(bakery.settings.home / "library", home / "library")
    copilot = Copilot.open(Settings.load(home))
    for path, table in demo.bakery_files():
        if table not in ("customers", "consents"):
            copilot.import_customers([path], table=table)
    with serving(home) as address:
        yield address


def documents(folder: Path) -> list[Path]:
    folder.mkdir()
    note = folder / "ovens.md"
    note.write_text("# Zorblat\n\nA zorblat is a brick oven that holds forty loaves.\n", "utf-8")
    return [note, ROOT / "samples" / "bakery" / "customers.csv"]


@pytest.mark.browser
@pytest.mark.timeout(1500)
def test_the_three_steps_in_a_browser(address: str, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    profile = tmp_path / "profile"
    with looking(profile, height=1000, patience_ms=PATIENCE_MS) as (page, hosts):
        page.goto(address)
        box = page.get_by_test_id("stChatInputTextArea")

        box.fill("Compare micromarketing with mass customisation")
        box.press("Enter")
        expect(page.get_by_role("columnheader", name="Mass customisation")).to_be_visible()
        expect(page.get_by_text("open a number to read")).to_be_visible()
        page.wait_for_timeout(1500)
        page.screenshot(path=PICTURES / "compare.png")
        page.get_by_role("link", name="[1]").first.click()
        passage = page.get_by_test_id("stPopoverBody")
        expect(passage.locator("mark")).to_be_visible()
        expect(passage.get_by_text("knowledge/concepts/micromarketing.md")).to_be_visible()
        page.screenshot(path=PICTURES / "citation.png")
        page.keyboard.press("Escape")

        files = page.get_by_test_id("stChatInput").locator("input[type=file]").first
        files.set_input_files(documents(tmp_path / "mine"))
        expect(page.get_by_text("customers.csv")).to_be_visible()
        page.wait_for_timeout(1000)
        box.press("Enter")
        expect(page.get_by_text("how it would be loaded")).to_be_visible()
        expect(page.get_by_text("Documents: 1 added")).to_be_visible()
        page.screenshot(path=PICTURES / "import.png")
        page.get_by_role("button", name="Load 500 rows").click()
        expect(page.get_by_text("is loaded into customers: 500 rows read")).to_be_visible()

        box.fill("Which neighbourhood buys most bread?")
        box.press("Enter")
        expect(page.get_by_text("comes first (most items sold")).to_be_visible()
        expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
        page.wait_for_timeout(1000)
        page.screenshot(path=PICTURES / "number.png")
        page.get_by_text("How this was computed").click()
        expect(page.get_by_test_id("stCode").get_by_text("SELECT").first).to_be_visible()

        consents = ROOT / "samples" / "bakery" / "consents.csv"
        files.set_input_files(consents)
        page.wait_for_timeout(1000)
        box.press("Enter")
        page.get_by_role("button", name="Load 860 rows").click()
        expect(page.get_by_text("is loaded into consents: 860 rows read")).to_be_visible()

        box.fill(DRAFT)
        box.press("Enter")
        expect(page.get_by_text("This is what I understood")).to_be_visible()
        expect(page.get_by_role("button", name="Draft it")).to_be_enabled()
        page.wait_for_timeout(1500)
        page.screenshot(path=PICTURES / "brief.png")
        page.get_by_role("button", name="Draft it").click()
        expect(page.get_by_role("tab", name="Per neighbourhood (6)")).to_be_visible()
        expect(page.locator("mark[title*='brief.offer.code']").first).to_be_visible()
        page.wait_for_timeout(1000)
        page.screenshot(path=PICTURES / "drafts.png")
        with page.expect_download() as waiting:
            page.get_by_role("button", name="neighbourhood-").click()
        saved = tmp_path / "drafts.csv"
        waiting.value.save_as(saved)
        page.get_by_role("tab", name="Per customer").click()
        expect(page.get_by_text("The versions they are assembled from")).to_be_visible()
        page.screenshot(path=PICTURES / "customers.png")

    with saved.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["unit"] for row in rows}) == 6
    assert all("CRUST15" in row["body"] for row in rows)
    assert hosts <= {"127.0.0.1", None}
