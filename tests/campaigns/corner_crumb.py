"""The bakery of the tests: a brand, a brief, six neighbourhoods, and drafts made of them."""

import datetime as dt
from collections.abc import Sequence

from copilot.campaigns.composing.compose import compose
from copilot.records import (
    Assignment,
    BrandKit,
    Brief,
    CallToAction,
    Draft,
    Locality,
    Offer,
    OverIndex,
    Store,
    Unit,
    Voice,
)
from copilot.text import content_id

TODAY = dt.date(2026, 11, 22)
BRAND = BrandKit(
    name="Corner Crumb",
    legal_name="Corner Crumb Bakery Ltd",
    address="12 Mill Lane, Leeds LS1 4AB, United Kingdom",
    website="https://cornercrumb.example",
    unsubscribe_url="https://cornercrumb.example/unsubscribe",
    reply_to="hello@cornercrumb.example",
    voice=Voice(examples=("The ovens are on. Come and see.",)),
    required={"sms": "Reply STOP to opt out"},
)
BRIEF = Brief(
    name="saturday-loaves",
    brand=BRAND,
    offer=Offer(
        text="15% off any loaf",
        code="CRUST15",
        starts=dt.date(2026, 11, 28),
        ends=dt.date(2026, 11, 28),
        terms="before 10:00, in store only",
    ),
    facts=("Our sourdough ferments for 24 hours.",),
    call_to_action=CallToAction(text="Order ahead", url="https://cornercrumb.example/order"),
    channels=("email", "sms"),
    level="local",
    by="neighbourhood",
    variants=2,
)
TOPS = {
    "Headingley": ("Cinnamon swirl", "Flat white"),
    "Chapel Allerton": ("Country sourdough", "Seeded sourdough"),
    "Harehills": ("Polish rye",),
    "Roundhay": ("Gluten-free loaf", "Carrot cake"),
    "Hunslet": ("White tin loaf", "Family traybake"),
    "Holbeck": ("Butter croissant",),
}
STORES = {
    "Headingley": ("Corner Crumb Headingley", "31 Otley Road"),
    "Chapel Allerton": ("Corner Crumb Chapel Allerton", "8 Stainbeck Lane"),
}


def liked(name: str, index: float = 1.6) -> OverIndex:
    return OverIndex(name=name, kind="product", index=index, low=1.2, high=2.1, customers=37)


def stores(place: str) -> tuple[Store, ...]:
    if place not in STORES:
        return ()
    name, address = STORES[place]
    return (Store(store_id="S1", name=name, address=address, neighbourhood=place),)


def local_units() -> list[Unit]:
    return [
        Unit(
            level="local",
            name=place,
            place=place,
            customers=83,
            top=tuple(liked(name) for name in names),
            stores=stores(place),
            index=number,
        )
        for number, (place, names) in enumerate(sorted(TOPS.items()))
    ]


def localities(customers: int = 83) -> list[Locality]:
    return [
        Locality(
            level="neighbourhood",
            name=place,
            customers=customers,
            buyers=customers,
            revenue=100.0,
            transactions=200,
            top=tuple(liked(name) for name in names),
            languages={"en": 0.9, "pl": 0.1},
            stores=stores(place),
        )
        for place, names in sorted(TOPS.items())
    ]


def assignment(unit: Unit, *, brief: Brief = BRIEF, **changed: object) -> Assignment:
    values = {"channel": "email", "language": "en", "facts": (), "today": TODAY}
    return Assignment.model_validate({"brief": brief, "unit": unit, **values, **changed})


def drafts_of(assignments: Sequence[Assignment]) -> list[Draft]:
    return [
        Draft(
            draft_id=content_id(a.unit.name, a.channel, a.language, a.variant),
            campaign=a.brief.name,
            level=a.unit.level,
            unit=a.unit.name,
            channel=a.channel,
            language=a.language,
            variant=a.variant,
            message=compose(a),
            facts=(),
            status="passed",
        )
        for a in assignments
    ]
