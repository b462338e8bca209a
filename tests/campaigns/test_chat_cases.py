"""Chat messages in four languages: what is read, what is asked, and that nothing is made up."""

import re
from itertools import pairwise

import pytest
from chat_cases import BRAND, PLACES, PRODUCTS, TODAY, Case, cases, read, score

from copilot.assistant.route import route
from copilot.campaigns.chatting.scan import scan
from copilot.campaigns.chatting.speech import LANGUAGES, speech
from copilot.campaigns.chatting.understand import understand
from copilot.campaigns.check.dates import dates
from copilot.campaigns.check.lexicon import lexicon
from copilot.campaigns.check.times import times
from copilot.campaigns.check.view import folded
from copilot.records import Brief, Understanding
from copilot.text import fold

ALL = cases()
NAMES = [f"{case.language}: {case.text[:60]}" for case in ALL]


def understood(text: str) -> Understanding:
    return understand(text, brand=BRAND, today=TODAY, places=PLACES, products=PRODUCTS)


@pytest.mark.parametrize("case", ALL, ids=NAMES)
def test_a_message_is_read_as_a_careful_reader_would(case: Case) -> None:
    *_, notes = score(case)
    assert not notes


def test_there_are_messages_enough_in_every_language() -> None:
    assert all(sum(case.language == each for case in ALL) >= 40 for each in LANGUAGES)


def invented(brief: Brief, said: str) -> list[str]:
    """Words and numbers of the brief that are in none of the texts `said`."""
    low = folded(said)
    offer = brief.offer
    texts = [*brief.facts, brief.goal, brief.tone or ""]
    if offer:
        plain = re.sub(
            r"\d\d[:h]\d\d|\w+ (?=\d\d[:h]\d\d)|las |Uhr|partir de|dès", " ", offer.terms or ""
        )
        texts += [offer.text, offer.code or "", plain]
    wanted = [word for text in texts for word in re.findall(r"[^\W_]+", folded(text))]
    numbers = [f"{brief.holdout * 100:g}"] if brief.holdout else []
    return [each for each in (*wanted, *numbers) if each not in low]


def moments(text: str) -> tuple[bool, bool]:
    """Whether a text names a day, and whether it names a time, in any of its languages."""
    message = scan(text)
    found_days, found_times = False, False
    for voice in message.voices:
        lex = lexicon(voice.language)
        spans, _ = dates(message.view, message.low, lex, TODAY)
        hours, _ = times(message.view, message.low, lex)
        ranges = any(message.find(each) for each in voice.patterns["end_of"])
        found_days |= bool(spans) or ranges
        found_times |= bool(hours)
    return found_days, found_times


@pytest.mark.parametrize("case", [case for case in ALL if not case.after])
def test_every_value_of_a_brief_is_in_the_message(case: Case) -> None:
    found = understood(case.text).brief
    assert found is not None
    assert not invented(found, f"{scan(case.text).raw} {case.text}")
    days, hours = moments(case.text)
    if found.offer and (found.offer.starts or found.offer.ends):
        assert days
    if found.offer and re.search(r"\d\d[:h]\d\d", found.offer.terms or ""):
        assert hours


@pytest.mark.parametrize("case", [case for case in ALL if case.after])
def test_every_value_of_a_correction_is_in_the_message_or_was_there_before(case: Case) -> None:
    before, found = read(case)
    assert before is not None
    assert found.brief is not None
    then = f"{before.offer.model_dump_json() if before.offer else ''} {' '.join(before.facts)}"
    assert not invented(found.brief, f"{then} {scan(case.text).raw} {case.text}")


MIXED = [(a, b) for a, b in pairwise(ALL[::7]) if not a.after and not b.after]


@pytest.mark.parametrize(("first", "second"), MIXED)
def test_two_messages_in_one_invent_nothing_either(first: Case, second: Case) -> None:
    text = f"{first.text}. {second.text}"
    found = understood(text).brief
    assert found is None or not invented(found, f"{scan(text).raw} {text}")


@pytest.mark.parametrize("case", ALL, ids=NAMES)
def test_a_message_reaches_the_drafting_page(case: Case) -> None:
    if case.after:
        assert route(case.text, drafting=True) == "revise"
    else:
        assert route(case.text) == "draft"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "Schreib eine E-Mail: 15 % Rabatt auf Brot diesen Samstag",
            ("Tag: Samstag, 28. November 2026", "Sprache: Deutsch", "Nachrichten: eine für alle"),
        ),
        (
            "Rédige un e-mail : 15 % de remise sur le pain ce samedi",
            ("Jour : samedi 28 novembre 2026", "Langue : français", "Messages : un pour tout"),
        ),
        (
            "Redacta un correo: 15 % de descuento en pan este sábado",
            ("Día: sábado 28 de noviembre de 2026", "Idioma: español", "Mensajes: uno para todos"),
        ),
    ],
)
def test_the_answer_is_in_the_language_of_the_message(text: str, lines: tuple[str, ...]) -> None:
    found = understood(text)
    said = " | ".join((*found.understood, *found.assumed))
    assert all(line in said for line in lines)
    assert not found.missing


def test_the_year_of_a_date_is_a_stated_assumption() -> None:
    found = understood("Schreib eine E-Mail: 15 % Rabatt auf Brot bis 3. Januar")
    assert found.brief is not None
    assert found.brief.offer is not None
    assert str(found.brief.offer.ends) == "2027-01-03"
    assert "„3. Januar“ ist im Jahr 2027." in found.assumed


def test_a_word_that_may_undo_a_channel_is_asked_about_not_guessed() -> None:
    before = understood("Draft an email and a flyer about 15% off bread").brief
    found = understand(
        "bin the flyer", brand=BRAND, today=TODAY, places=(), products=(), previous=before
    )
    assert found.brief == before
    assert any("bin the flyer" in line for line in found.missing)


def test_a_german_fact_is_asked_for_when_its_verb_cannot_be_placed() -> None:
    found = understood("Schreib eine Mail, 10% auf Brot. Erwähne, dass bald Weihnachten")
    assert found.brief is not None
    assert not found.brief.facts
    assert any("bald Weihnachten" in line for line in found.missing)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Schreib eine Mail an Kunden in Paris: 10% auf Brot", "Paris"),
        ("Rédige un mail en italien : 10 % sur le pain", "Italien"),
        ("Redacta nueve versiones de un correo: 10 % en pan", "1 a 5"),
        ("Schreib eine Mail: 10% auf Brot, halte 80% zurück", "bis zu 50"),
        ("Rédige un mail sur 15 %", "Sur quoi portent les 15%"),
        ("Email about 20% off sourdogh", "sourdough"),
    ],
)
def test_what_cannot_be_is_asked_in_the_language_of_the_message(text: str, asked: str) -> None:
    assert asked in " ".join(understood(text).missing)


def test_every_language_has_the_same_keys_as_english() -> None:
    english = speech("en")
    for language in LANGUAGES:
        other = speech(language)
        for name in ("patterns", "say", "channels", "languages", "places"):
            assert getattr(other, name).keys() == getattr(english, name).keys(), (language, name)


def test_answers_fill_the_same_slots_in_every_language() -> None:
    for language in LANGUAGES:
        for key, text in speech(language).say.items():
            slots = set(re.findall(r"\{(\w+)\}", text))
            assert slots <= set(re.findall(r"\{(\w+)\}", speech("en").say[key])), (language, key)


def test_the_form_of_address_and_emojis_hold_for_this_campaign_only() -> None:
    found = understood("Schreib eine Mail: 10% auf Brot, per Sie, ohne Emojis").brief
    assert found is not None
    assert found.brand.formality == {"de": "formal"}
    assert found.brand.emoji == "never"
    assert (BRAND.formality, BRAND.emoji) == ({}, "sparing")
    assert fold(found.brand.name) == fold(BRAND.name)
