import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from apptest import Open
from streamlit.testing.v1 import AppTest

from copilot import Copilot
from copilot.app._briefs import SAMPLE
from copilot.campaigns.briefing.brief import load_brand
from copilot.settings import data_folder

KIT = f"kit-{SAMPLE}"


@pytest.fixture
def copilot(bakery: Copilot) -> Iterator[Copilot]:
    """The bakery's workspace, which keeps no kits from one test to the next."""
    yield bakery
    shutil.rmtree(bakery.settings.home / "uploads" / "brands", ignore_errors=True)


def brand_section(page: Open) -> AppTest:
    at = page("campaigns")
    at.segmented_control(key="campaign-section").set_value("Brand kit").run()
    return at


def save(at: AppTest, key: str = KIT) -> AppTest:
    at.button(key=f"{key}-save").click().run()
    assert not at.exception
    return at


def kept(copilot: Copilot) -> list[Path]:
    return sorted((copilot.settings.home / "uploads" / "brands").glob("*"))


def test_a_kit_kept_unchanged_says_what_it_said(page: Open, copilot: Copilot) -> None:
    save(brand_section(page))
    (path,) = kept(copilot)
    assert load_brand(path) == load_brand(data_folder("samples") / "bakery" / "brand.yaml")


def test_what_the_form_says_is_in_the_kit(page: Open, copilot: Copilot) -> None:
    at = brand_section(page)
    at.text_input(key=f"{KIT}-sender").set_value("Ada from Corner Crumb")
    at.selectbox(key=f"{KIT}-formality-de").set_value("formal")
    at.selectbox(key=f"{KIT}-emoji").set_value("never")
    at.text_area(key=f"{KIT}-preferred").set_value("customers = neighbours")
    at.text_area(key=f"{KIT}-localities").set_value("Headingley:\n  phone: 0113 496 0000")
    save(at)
    brand = load_brand(kept(copilot)[0])
    assert brand.sender == "Ada from Corner Crumb"
    assert (brand.formality["de"], brand.emoji) == ("formal", "never")
    assert brand.preferred == {"customers": "neighbours"}
    assert brand.localities["Headingley"].phone == "0113 496 0000"
    assert len(brand.claims) == 4


def test_a_faulty_kit_is_refused_and_nothing_is_kept(page: Open, copilot: Copilot) -> None:
    at = brand_section(page)
    at.text_area(key=f"{KIT}-required").set_value("Reply STOP to opt out")
    save(at)
    assert "has no ':'" in at.error[0].value
    at.text_area(key=f"{KIT}-required").set_value("")
    at.text_area(key=f"{KIT}-localities").set_value("Headingley:\n  telephone: 1")
    save(at)
    assert "telephone" in at.error[0].value
    assert kept(copilot) == []


def test_a_new_kit_can_be_chosen_afterwards(page: Open, copilot: Copilot) -> None:
    at = brand_section(page)
    at.selectbox(key="brand-kit").set_value("A new brand kit").run()
    at.text_input(key="kit-A new brand kit-name").set_value("Bike Barn")
    save(at, "kit-A new brand kit")
    at.segmented_control(key="campaign-section").set_value("Draft").run()
    assert "Bike Barn" in at.selectbox(key="brand-campaigns").options
    told = yaml.safe_load(kept(copilot)[0].read_text(encoding="utf-8"))
    assert told["name"] == "Bike Barn"
