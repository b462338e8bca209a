"""Towns no fact names, and sentences in another language than the message's."""

import pytest
from labelled import assignment

from copilot.campaigns.check.run import check
from copilot.records import Language, Message

FOREIGN = "Come and see us today, and try what is new with your friends."


def blocked(message: Message, language: Language) -> set[tuple[str, str, str]]:
    given = assignment(channel="social", language=language)
    report = check(message, given, fragment=True)
    return {(each.rule, each.part, each.text) for each in report.findings}


@pytest.mark.parametrize(
    ("body", "language", "town"),
    [
        ("Bald auch in Wuppertal.", "de", "Wuppertal"),
        ("Neu in Kassel!", "de", "Kassel"),
        ("Bientôt aussi à Clermont-Ferrand.", "fr", "Clermont-Ferrand"),
        ("Ahora en Getafe.", "es", "Getafe"),
    ],
)
def test_a_town_after_a_word_for_one_place_more_is_held(
    body: str, language: Language, town: str
) -> None:
    assert ("place.unknown", "body", town) in blocked(Message(body=body), language)


@pytest.mark.parametrize(
    "body", ["Auch in Ruhe genießen.", "Auch in Scheiben.", "Das gibt es auch in Rot."]
)
def test_a_german_noun_after_auch_in_is_no_town(body: str) -> None:
    assert not {each for each in blocked(Message(body=body), "de") if each[0] == "place.unknown"}


@pytest.mark.parametrize("language", ["de", "fr", "es"])
@pytest.mark.parametrize("part", ["subject", "preheader", "body"])
def test_an_english_sentence_is_held_wherever_it_stands(language: Language, part: str) -> None:
    message = Message.model_validate({"body": "", part: FOREIGN})
    assert ("language", part, FOREIGN) in blocked(message, language)


def test_the_spanish_pronoun_is_no_tea() -> None:
    rules = {each[0] for each in blocked(Message(body="Disfruta: te esperamos."), "es")}
    assert "product.unknown" not in rules
    tea = {each[0] for each in blocked(Message(body="Disfruta de un té."), "es")}
    assert "product.unknown" in tea
