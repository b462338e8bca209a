"""Localities do not read as one text with the name swapped: 42 places, 8 channels, 4 languages.

A body is masked (place, products, shop, street and town become X) and cut into sentences. Fixed
sentences, which the brand or the brief gives and every message must carry (the offer's code and
terms, the sender block, facts, the link), are left out of the comparison.
"""

import itertools
import re
from collections import Counter
from typing import get_args

import pytest
from corner_crumb import assignment, liked

from copilot.campaigns.composing.compose import compose, footer
from copilot.records import Channel, Language, Store, Unit
from copilot.text import sentences

PLACES = [
    f"{first}{last}"
    for first, last in itertools.product(
        ("Ash", "Birk", "Cold", "Dun", "Elm", "Fern", "Grim"),
        ("wick", "thorpe", "dale", "shaw", "holme", "stead"),
    )
]
PRODUCTS = ("Polish rye", "Carrot cake", "Flat white", "Cinnamon swirl", "Seeded sourdough")
CHANNELS = get_args(Channel)
LANGUAGES = get_args(Language)
LAID_OUT = ("email", "whatsapp", "social", "flyer", "letter")


def units() -> list[Unit]:
    """Every third place has a shop, and every place likes two things."""
    return [
        Unit(
            level="local",
            name=place,
            place=place,
            customers=60,
            top=(liked(PRODUCTS[number % 5]), liked(PRODUCTS[(number + 2) % 5])),
            stores=(
                Store(store_id=str(number), name=f"Crumb {place}", address=f"{number} Kiln Row"),
            )
            if number % 3 == 0
            else (),
            index=number,
        )
        for number, place in enumerate(PLACES)
    ]


def masked(text: str, unit: Unit) -> str:
    names = [unit.place, *PRODUCTS]
    for store in unit.stores:
        names = [f"{store.name}, {store.address}", store.name, store.address, *names]
    for name in names:
        text = text.replace(name, "X").replace(name.lower().replace(" ", "-"), "x")
    return text


def bodies(channel: Channel, language: Language) -> list[str]:
    """The masked texts, without the sender block; a push notification with its title."""
    made = []
    for unit in units():
        one = assignment(unit, channel=channel, language=language)
        message = compose(one)
        text = message.body.replace(footer(one), "")
        made.append(masked(f"{message.subject}\n{text}" if channel == "push" else text, unit))
    return made


def own_sentences(body: str) -> set[str]:
    """The sentences that are the copy's own: without code, offer, link, greeting or given fact."""
    given = ("CRUST15", "15%", "15 %", "https://", "ferments", "{{", "ovens", "Corner Crumb")
    given += ("28", "22", "November", "noviembre", "novembre")
    every = [each for line in body.splitlines() for each in sentences(line)]
    lines = [each for each in every if each.endswith((".", "!", "?"))]
    told = (re.sub(r"\W+", " ", each).strip() for each in lines)
    kept = (s for s, raw in zip(told, lines, strict=True) if not any(g in raw for g in given))
    return {each for each in kept if len(each.split()) > 2}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_no_two_of_forty_two_places_get_the_same_text_with_the_name_swapped(
    channel: Channel, language: Language
) -> None:
    texts = bodies(channel, language)
    assert [text for text, times in Counter(texts).items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", LAID_OUT)
def test_neighbours_in_the_plan_share_no_sentence_of_the_copy_s_own(
    channel: Channel, language: Language
) -> None:
    said = [own_sentences(body) for body in bodies(channel, language)]
    shared = [first & second for first, second in itertools.pairwise(said)]
    assert [each for each in shared if each] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_places_share_at_most_a_sixth_of_an_email_s_own_sentences_on_average(
    language: Language,
) -> None:
    said = [own_sentences(body) for body in bodies("email", language)]
    pairs = [len(a & b) / len(a | b) for a, b in itertools.combinations(said, 2) if a | b]
    assert sum(pairs) / len(pairs) <= 1 / 6
