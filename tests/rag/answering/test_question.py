"""What a question asks for: kind, aspects, concepts, and what a follow-up leans on."""

import pytest

from copilot.rag.answering.concepts import Vocabulary, vocabulary
from copilot.rag.answering.question import understand
from copilot.rag.notes import load_notes
from copilot.records import Turn
from copilot.settings import data_folder


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary(load_notes(data_folder("knowledge") / "concepts"))


@pytest.mark.parametrize(
    ("question", "kind", "aspects"),
    [
        ("What is local marketing?", "explain", ("definition",)),
        ("How does mass customisation work?", "explain", ("how",)),
        ("When should I use local marketing?", "explain", ("when",)),
        ("drawbacks of local marketing", "list", ("drawbacks",)),
        ("drawbaks of local marketng", "list", ("drawbacks",)),
        ("What are the disadvantages of local marketing?", "list", ("drawbacks",)),
        ("Nachteile von lokales Marketing", "list", ("drawbacks",)),
        ("What else is individual marketing called?", "list", ("names",)),
        ("What does micromarketing consist of?", "list", ("parts",)),
        ("Pros and cons of individual marketing", "list", ("benefits", "drawbacks")),
        ("Give me an example of mass customisation", "example", ("example",)),
        ("Give examples of micromarketing", "list", ("example",)),
        (
            "What is micromarketing and what are its drawbacks?",
            "explain",
            ("drawbacks", "definition"),
        ),
        ("Does mass customisation mean unlimited options?", "yes_no", ("definition",)),
        ("Can you explain local marketing?", "explain", ("definition",)),
        ("Hello!", "chat", ()),
        ("what can you do", "chat", ()),
    ],
)
def test_kind_and_aspects(
    question: str, kind: str, aspects: tuple[str, ...], words: Vocabulary
) -> None:
    asked = understand(question, words)
    assert (asked.kind, asked.aspects) == (kind, aspects)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Compare micromarketing with mass customisation", "compare"),
        ("micromarketing vs mass customisation", "compare"),
        ("Should a bakery use local marketing or mass customisation?", "compare"),
        ("Which has more variants, micromarketing or mass customisation?", "compare"),
        ("Is micromarketing the same as mass marketing?", "yes_no"),
        ("Why is micromarketing the same as mass marketing?", "yes_no"),
        ("Is local marketing part of micromarketing?", "yes_no"),
        ("drawbacks of local marketing and mass marketing", "list"),
    ],
)
def test_two_concepts_are_compared_judged_or_listed(
    question: str, kind: str, words: Vocabulary
) -> None:
    asked = understand(question, words)
    assert (asked.kind, len(asked.slugs)) == (kind, 2)


def test_what_is_left_beside_the_concept_is_the_focus(words: Vocabulary) -> None:
    asked = understand("How did Citibank use local marketing?", words)
    assert [(token.text, token.named) for token in asked.focus] == [("Citibank", True)]


def test_a_number_asked_for_is_read(words: Vocabulary) -> None:
    assert understand("Name three drawbacks of local marketing", words).count == 3


def test_personalisation_in_two_concepts_is_a_dimension_of_both(words: Vocabulary) -> None:
    asked = understand("Compare personalisation in micromarketing and mass marketing", words)
    assert asked.slugs == ("micromarketing", "mass-marketing")
    assert asked.dimensions == ("personalisation",)


def talk(*texts: str) -> list[Turn]:
    return [Turn(role="user", text=text) for text in texts]


@pytest.mark.parametrize(
    ("before", "question", "kind", "slugs"),
    [
        ("What is local marketing?", "what are its drawbacks?", "list", ("local-marketing",)),
        ("What is local marketing?", "and an example?", "example", ("local-marketing",)),
        (
            "What is micromarketing?",
            "how does that differ from mass customisation?",
            "compare",
            ("micromarketing", "mass-customisation"),
        ),
        (
            "drawbacks of local marketing",
            "what about individual marketing?",
            "list",
            ("individual-marketing",),
        ),
    ],
)
def test_a_follow_up_takes_its_concept_or_aspect_from_the_talk(
    before: str, question: str, kind: str, slugs: tuple[str, ...], words: Vocabulary
) -> None:
    asked = understand(question, words, talk(before))
    assert (asked.kind, asked.slugs) == (kind, slugs)


def test_a_full_question_on_another_subject_takes_nothing(words: Vocabulary) -> None:
    asked = understand("What is the capital of Peru?", words, talk("What is local marketing?"))
    assert asked.slugs == ()
