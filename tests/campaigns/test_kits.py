"""What people write in a brand kit's or a brief's YAML, and how each slip is answered."""

from pathlib import Path
from typing import Any

import pytest

from copilot.campaigns.briefing.brief import load_brand
from copilot.campaigns.briefing.kits import normalised_brand, normalised_translations
from copilot.errors import BriefError
from copilot.records import Formality, Language


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Sie", {"de": "formal"}),
        ("tú", {"es": "informal"}),
        ("tu", {"fr": "informal", "es": "informal"}),
        ("formal", {"de": "formal", "fr": "formal", "es": "formal"}),
        ({"de": "du", "French": "vous"}, {"de": "informal", "fr": "formal"}),
        ({"es-MX": "usted"}, {"es": "formal"}),
    ],
)
def test_a_form_of_address_is_read_from_the_word_itself(
    written: Any, read: dict[Language, Formality]
) -> None:
    assert normalised_brand({"formality": written}, "brand.yaml")["formality"] == read


@pytest.mark.parametrize(
    ("written", "read"), [("none", "never"), (True, "free"), ("one", "sparing")]
)
def test_how_many_emoji_is_read_from_plain_words(written: Any, read: str) -> None:
    assert normalised_brand({"emoji": written}, "brand.yaml")["emoji"] == read


def test_a_single_text_is_a_list_of_one_in_the_kit_and_in_a_locality() -> None:
    found = normalised_brand(
        {"banned": "cheap", "localities": {"Leeds": {"facts": "Open late.", "emoji": "no"}}}, "b"
    )
    assert found["banned"] == ["cheap"]
    assert found["localities"]["Leeds"] == {"facts": ["Open late."], "emoji": "never"}


@pytest.mark.parametrize(
    ("data", "message", "remedy"),
    [
        ({"formality": "stiff"}, r"brand\.yaml: formality has the value 'stiff'", "du or Sie"),
        ({"formality": {"de": "usted"}}, r"formality\.de has the value 'usted'", "du or Sie"),
        ({"formality": {"xx": "formal"}}, r"formality names the language 'xx'", "en, de, fr, es"),
        ({"formality": 3}, r"formality has the value 3", "formal or informal"),
        ({"emoji": "lots"}, r"emoji has the value 'lots'", "never, sparing, free"),
        (
            {"localities": {"Leeds": {"emoji": "lots"}}},
            r"localities\.Leeds: emoji has the value 'lots'",
            "never, sparing, free",
        ),
    ],
)
def test_a_slip_in_a_brand_kit_names_key_and_value_and_has_a_remedy(
    data: dict[str, Any], message: str, remedy: str
) -> None:
    with pytest.raises(BriefError, match=message) as raised:
        normalised_brand(data, "brand.yaml")
    assert remedy in raised.value.hint


def test_an_unknown_key_of_a_brand_kit_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "brand.yaml"
    path.write_text("name: Corner Crumb\nemojis: never\n", encoding="utf-8")
    with pytest.raises(BriefError, match="unknown key 'emojis'") as raised:
        load_brand(path)
    assert "emoji" in raised.value.hint.split(": ", 1)[1].rstrip(".").split(", ")


def test_translations_take_a_language_by_name_and_a_single_fact() -> None:
    found = normalised_translations({"German": {"facts": "Warm um sieben."}}, "brief.yaml")
    assert found == {"de": {"facts": ["Warm um sieben."]}}


@pytest.mark.parametrize(
    ("value", "message", "remedy"),
    [
        ("Brot", r"translations has the value 'Brot'", "{de: {offer"),
        ({"it": {"offer": "pane"}}, r"translations names the language 'it'", "en, de, fr, es"),
    ],
)
def test_a_slip_in_translations_has_a_remedy(value: Any, message: str, remedy: str) -> None:
    with pytest.raises(BriefError, match=message) as raised:
        normalised_translations(value, "brief.yaml")
    assert remedy in raised.value.hint
