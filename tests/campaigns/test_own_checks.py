"""What the composer says of an offer passes the product's own checks, in every language.

Each offer takes another of the dates, terms and places; a failure names the finding.
"""

import datetime as dt
from typing import get_args

import pytest
from corner_crumb import BRAND, TODAY, TOPS, local_units

from copilot.campaigns.check.run import check
from copilot.campaigns.composing.compose import compose
from copilot.campaigns.facts import facts_for
from copilot.records import Assignment, Brief, CallToAction, Channel, Formality, Language, Offer

OFFERS: list[tuple[Language, str, str | None]] = [
    ("en", "15% off any loaf", "before 10:00, in store only"),
    ("en", "£2 off every cake", "one per customer, while stocks last"),
    ("en", "3 for 2 on croissants", None),
    ("en", "Buy one coffee, get one free", "while stocks last"),
    ("en", "Free coffee with any cake", "before 10:00"),
    ("en", "Free delivery", "one per customer"),
    ("en", "Country sourdough for £3.50", None),
    ("en", "Cakes from £12", "excluding cakes, minimum spend £10"),
    ("en", "Free gift when you spend £30", None),
    ("en", "20% off everything", "in store only"),
    ("de", "Kaffee gratis zu jedem Kuchen", "nur im Laden"),
    ("de", "Lieferung gratis ab 20 € Bestellwert", None),
    ("fr", "Un café offert pour l'achat d'un gâteau", "en magasin uniquement"),
    ("fr", "20 % sur tout", "dans la limite des stocks disponibles"),
    ("es", "Café gratis con cualquier pastel", "solo en tienda"),
    ("es", "3x2 en cruasanes", "hasta agotar existencias"),
]
DATES = (
    (dt.date(2026, 11, 28), dt.date(2026, 11, 28)),
    (dt.date(2026, 11, 25), dt.date(2026, 12, 1)),
    (None, dt.date(2027, 1, 31)),
    (None, None),
)
ACTIONS: dict[Language, str] = {"en": "Order ahead", "de": "Jetzt bestellen"}
ACTIONS |= {"fr": "Commander", "es": "Pedir ahora"}


def brief_of(number: int, form: Formality) -> Brief:
    language, text, terms = OFFERS[number]
    starts, ends = DATES[(number + (form == "formal")) % len(DATES)]
    formality = dict.fromkeys(("de", "fr", "es"), form)
    return Brief(
        name=f"offer-{number}",
        brand=BRAND.model_copy(update={"formality": formality, "required": {}}),
        offer=Offer(
            text=text,
            code="CRUST15" if number % 3 else None,
            starts=starts,
            ends=ends,
            terms=terms,
        ),
        call_to_action=CallToAction(
            text=ACTIONS[language], url="https://cornercrumb.example/order"
        ),
        channels=get_args(Channel),
        languages=(language, *(each for each in get_args(Language) if each != language)),
        level="local",
    )


def faults(brief: Brief, language: Language, channel: Channel, turn: int) -> list[str]:
    unit = local_units()[turn % len(TOPS)]
    given = Assignment(
        brief=brief,
        unit=unit,
        channel=channel,
        language=language,
        facts=facts_for(brief, unit, language=language, today=TODAY),
        known_products=tuple(sorted({name for names in TOPS.values() for name in names})),
        other_places=tuple(place for place in TOPS if place != unit.place),
        today=TODAY,
    )
    message = compose(given)
    report = check(message, given)
    held = [each for each in report.findings if each.severity == "block"]
    return [f"{channel} {language}: {each.rule} {each.text!r} in {message.body}" for each in held]


@pytest.mark.parametrize("form", ["informal", "formal"])
@pytest.mark.parametrize("number", range(len(OFFERS)), ids=[text for _, text, _ in OFFERS])
def test_an_offer_is_said_in_every_language_and_channel_without_a_finding_that_holds(
    number: int, form: Formality
) -> None:
    brief = brief_of(number, form)
    pairs = [(each, channel) for each in get_args(Language) for channel in get_args(Channel)]
    found = [
        fault
        for turn, (language, channel) in enumerate(pairs, start=number)
        for fault in faults(brief, language, channel, turn)
    ]
    assert found == []
