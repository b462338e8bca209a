"""Short texts say their facts and plain words, and "we" do only what a fact says."""

import pytest
from trades import assignment_of

from copilot.campaigns.check.run import check
from copilot.records import Message


def held(name: str, channel: str, language: str, body: str) -> set[tuple[str, str]]:
    given = assignment_of(name, channel, language)
    found = check(Message(subject="", body=body), given, fragment=channel == "email").findings
    return {(each.rule, each.text) for each in found if each.severity == "block"}


@pytest.mark.parametrize("channel", ["sms", "push", "flyer", "whatsapp"])
def test_a_short_text_may_not_add_a_thing_that_no_fact_has(channel: str) -> None:
    found = held("running", channel, "en", "15% off trail shoes. Zorbing for everyone.")
    assert ("claim.unknown", "Zorbing") in found


def test_a_short_text_may_talk_in_plain_words_and_ask() -> None:
    found = held("running", "push", "en", "Dark evening, muddy path. Zorbing, anyone?")
    assert not {rule for rule, _ in found} & {"claim.unknown"}


def test_a_long_text_may_tell_a_story() -> None:
    found = held("running", "email", "en", "The heron on the weir was unimpressed again.")
    assert "claim.unknown" not in {rule for rule, _ in found}


@pytest.mark.parametrize(
    ("name", "language", "body", "said"),
    [
        ("running", "en", "We resole your old pair.", "resole your old pair"),
        ("betten", "de", "Wir entsorgen Ihre alte Matratze.", "entsorgen Ihre alte Matratze"),
        ("theatre", "fr", "Nous subventionnons votre venue.", "subventionnons votre venue"),
        ("taller", "es", "Pulimos los faros.", "Pulimos los faros"),
    ],
)
def test_what_we_do_wants_a_fact(name: str, language: str, body: str, said: str) -> None:
    assert ("claim.service", said) in held(f"{name}-info", "email", language, body)


@pytest.mark.parametrize(
    ("name", "language", "body"),
    [
        ("running", "en", "We wait for you."),
        ("betten", "de", "Wir warten auf Sie."),
        ("theatre", "fr", "Nous vous attendons."),
        ("taller", "es", "Le esperamos."),
    ],
)
def test_that_we_wait_wants_none(name: str, language: str, body: str) -> None:
    rules = {rule for rule, _ in held(f"{name}-info", "email", language, body)}
    assert "claim.service" not in rules


def test_a_weekday_of_the_offer_is_not_a_day_of_opening() -> None:
    found = held("taller", "flyer", "es", "Abierto los domingos.")
    assert "date.unknown" in {rule for rule, _ in found}


def test_a_name_that_nobody_lists_is_told_by_what_it_does() -> None:
    found = held("caviste-info", "email", "fr", "Barnabé vous attend vendredi.")
    assert ("name.unknown", "Barnabé") in found
