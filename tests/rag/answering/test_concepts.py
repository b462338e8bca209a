"""Which concepts a question names, over the shipped notes."""

import pytest

from copilot.rag.answering.concepts import Vocabulary, find, named, vocabulary
from copilot.rag.notes import load_notes
from copilot.settings import data_folder


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary(load_notes(data_folder("knowledge") / "concepts"))


def slugs(text: str, words: Vocabulary) -> list[str]:
    return [mention.slug for mention in find(text, words)]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("What is mass customization?", "mass-customisation"),
        ("WHAT IS MASS CUSTOMISATION", "mass-customisation"),
        ("mass customistion", "mass-customisation"),
        ("micromarkting", "micromarketing"),
        ("micro marketing", "micromarketing"),
        ("masscustomisation explained", "mass-customisation"),
        ("neighborhood marketing", "local-marketing"),
        ("Was ist Mikromarketing?", "micromarketing"),
        ("¿Qué es la personalización masiva?", "mass-customisation"),
        ("la personnalisation de masse", "mass-customisation"),
        ("market segments of one", "individual-marketing"),
        ("1-to-1? one to one marketing", "one-to-one-marketing"),
    ],
)
def test_a_concept_is_found_under_any_of_its_names_and_with_slips(
    text: str, slug: str, words: Vocabulary
) -> None:
    assert slugs(text, words) == [slug]


@pytest.mark.parametrize(
    "text", ["macromarketing", "macro marketing", "loyal marketing", "legal marketing", "a gift"]
)
def test_another_word_that_looks_alike_is_no_slip(text: str, words: Vocabulary) -> None:
    assert slugs(text, words) == []


def test_a_slip_is_less_sure_than_an_exact_name(words: Vocabulary) -> None:
    exact, slip = find("local marketing or micromarkting", words)
    assert (exact.score, slip.slug) == (1.0, "micromarketing")
    assert slip.score < exact.score


def test_the_longest_name_wins(words: Vocabulary) -> None:
    assert slugs("the four faces of mass customisation", words) == [
        "four-faces-of-mass-customisation"
    ]


def test_concepts_come_in_the_order_of_the_text(words: Vocabulary) -> None:
    found = slugs("How does mass marketing differ from niche marketing?", words)
    assert found == ["mass-marketing", "niche-marketing"]


def test_exact_naming_ignores_slips(words: Vocabulary) -> None:
    assert named("micromarkting and local marketing", words) == {"local-marketing"}
