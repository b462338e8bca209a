"""A model as the second reader: what it quotes counts, what it makes up does not."""

from typing import Any

import pytest
from corner_crumb import BRAND, TODAY
from pydantic import BaseModel

from copilot.campaigns.chatting.private import masked
from copilot.campaigns.chatting.second import Quoted, understand_with
from copilot.campaigns.chatting.understand import understand
from copilot.errors import BudgetError, CopilotError, ModelError, UnusableAnswer
from copilot.models.chat import Completion
from copilot.records import Understanding, Usage

BREAKFAST = "Draft an email. Breakfast comes with the room. Make guests feel at home"


class Scripted:
    """Answers with what it was given, and keeps what it was asked."""

    def __init__(self, answer: Quoted | CopilotError) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, system: str, user: str, schema: type[BaseModel]) -> Completion[Any]:
        assert schema is Quoted
        self.asked.append(f"{system}\n{user}")
        if isinstance(self.answer, CopilotError):
            raise self.answer
        return Completion(self.answer, Usage(), "scripted")


def read(text: str, complete: Scripted) -> Understanding:
    return understand_with(
        complete, text, brand=BRAND, today=TODAY, places=("Leeds",), products=("bread",)
    )


def test_a_quotation_from_what_is_left_over_fills_a_gap() -> None:
    model = Scripted(Quoted(offer="Breakfast comes with the room", goal="make guests feel at home"))
    found = read(BREAKFAST, model).brief
    assert found is not None
    assert found.offer is not None
    assert found.offer.text == "Breakfast comes with the room"
    assert found.goal == "Make guests feel at home"


@pytest.mark.parametrize(
    "lie",
    [
        Quoted(offer="50% off every room"),
        Quoted(goal="sell more rooms", tone="jubilant"),
        Quoted(terms="breakfast comes with the bed", facts=["We are the best hotel in town."]),
        Quoted(action="Book now", facts=["room", ""]),
    ],
)
def test_words_that_are_not_in_the_message_are_dropped(lie: Quoted) -> None:
    rules = understand(BREAKFAST, brand=BRAND, today=TODAY, places=(), products=())
    assert read(BREAKFAST, Scripted(lie)) == rules


def test_what_the_rules_have_read_is_not_read_again() -> None:
    text = "Email: 15% off bread, zesty"
    model = Scripted(Quoted(offer="15% off bread", goal="15% off bread", tone="zesty"))
    found = read(text, model).brief
    assert found is not None
    assert (found.goal, found.tone) == ("", "zesty")


@pytest.mark.parametrize(
    "failure", [ModelError("down"), UnusableAnswer("cut off"), BudgetError("spent")]
)
def test_when_the_model_fails_the_rules_stand(failure: CopilotError) -> None:
    rules = understand(BREAKFAST, brand=BRAND, today=TODAY, places=("Leeds",), products=("bread",))
    assert read(BREAKFAST, Scripted(failure)) == rules


def test_a_message_that_is_read_whole_asks_no_model() -> None:
    model = Scripted(Quoted())
    read("Draft an email about 15% off bread", model)
    assert not model.asked


PRIVATE = [
    ("en", "Email Mrs Smithers and anna.b@mail.example about our zany loaf", "Smithers anna.b"),
    ("en", "Write to John Carpenter, 07700 900123, about our zany loaf", "John Carpenter 900123"),
    (
        "de",
        "Schreib Frau Hubermann und Anna Schmidt über unser irres Brot",
        "Hubermann Schmidt Anna",
    ),
    ("fr", "Écris à Jean Dupont, 12 rue de la Paix, sur notre pain fou", "Jean Dupont Paix"),
    (
        "es",
        "Escribe a la señora Lafuente y a José Moreno sobre el pan loco",
        "Lafuente José Moreno",
    ),
    (
        "en",
        "tell anna and customer Bloggs, account 12345678, zany loaf",
        "anna Bloggs 12345678",
    ),
]


@pytest.mark.parametrize(("language", "text", "secrets"), PRIVATE)
def test_no_personal_value_reaches_the_model(language: str, text: str, secrets: str) -> None:
    model = Scripted(Quoted())
    read(text, model)
    assert model.asked
    assert not [each for each in secrets.split() if each in model.asked[0]]


def test_the_business_own_names_stay_readable() -> None:
    text = "Email people in Leeds about the Country sourdough on Friday in German"
    assert masked(text, "en", ("Leeds", "Country sourdough")) == text


def test_a_mask_is_never_quoted_into_the_brief() -> None:
    text = "Draft an email. Mrs Smithers bakes the zany loaf herself"
    found = read(text, Scripted(Quoted(facts=["[name] bakes the zany loaf herself"]))).brief
    assert found is None or not found.facts
