import datetime as dt

import pytest

from copilot.campaigns.facts import facts_for
from copilot.records import (
    BrandKit,
    Brief,
    CallToAction,
    Fact,
    Offer,
    OverIndex,
    Store,
    SubstantiatedClaim,
    Unit,
    Voice,
)

BRIEF = Brief(
    name="saturday-loaves",
    brand=BrandKit(
        name="Corner Crumb",
        legal_name="Corner Crumb Bakery Ltd",
        address="12 Mill Lane, Leeds LS1 4AB, United Kingdom",
        website="https://www.cornercrumb.example/",
        unsubscribe_url="https://cornercrumb.example/unsubscribe",
        reply_to="Hello@cornercrumb.example",
        phone="0113 496 0123",
        voice=Voice(examples=("The ovens are on.",)),
        required={"sms": "Reply STOP to opt out"},
        claims=(SubstantiatedClaim(text="organic flour", evidence="certificate"),),
    ),
    offer=Offer(
        text="15% off any loaf, or £2 off two",
        code="CRUST15",
        starts=dt.date(2026, 11, 28),
        ends=dt.date(2026, 11, 29),
        terms="before 10:00, collect by 23 December",
    ),
    facts=("Our sourdough ferments for 24 hours.",),
    call_to_action=CallToAction(text="Order ahead", url="https://cornercrumb.example/order"),
    level="local",
    by="neighbourhood",
)


def top(name: str, kind: str = "product") -> OverIndex:
    return OverIndex.model_validate(
        {"name": name, "kind": kind, "index": 1.5, "low": 1.1, "high": 2, "customers": 30}
    )


HEADINGLEY = Unit(
    level="local",
    name="Headingley",
    place="Headingley",
    customers=84,
    top=(top("Polish rye"), top("Gluten-free loaf"), top("bread", "category")),
    stores=(Store(store_id="S1", name="Crumb Corner", address="3 Harvest Parade"),),
)


def found(unit: Unit | None = HEADINGLEY, brief: Brief = BRIEF) -> dict[tuple[str, str], Fact]:
    return {(fact.kind, fact.value): fact for fact in facts_for(brief, unit, language="en")}


@pytest.mark.parametrize(
    ("kind", "value", "origin"),
    [
        ("brand", "corner crumb", "brand.name"),
        ("address", "12 mill lane", "brand.address"),
        ("address", "ls1 4ab", "brand.address"),
        ("url", "cornercrumb.example", "brand.website"),
        ("url", "cornercrumb.example/unsubscribe", "brand.unsubscribe_url"),
        ("email", "hello@cornercrumb.example", "brand.reply_to"),
        ("phone", "134960123", "brand.phone"),
        ("statement", "the ovens are on.", "brand.voice.examples[0]"),
        ("required", "reply stop to opt out", "brand.required.sms"),
        ("claim", "organic flour", "brand.claims[0]"),
        ("claim", "organic: organic", "brand.claims[0]"),
        ("discount", "15%", "brief.offer.text"),
        ("price", "off GBP 2.00", "brief.offer.text"),
        ("code", "CRUST15", "brief.offer.code"),
        ("date", "2026-11-28", "brief.offer.starts"),
        ("date", "2026-11-29", "brief.offer.ends"),
        ("time", "before 10:00", "brief.offer.terms"),
        ("date", "until --12-23", "brief.offer.terms"),
        ("statement", "our sourdough ferments for 24 hours.", "brief.facts[0]"),
        ("number", "24 hour", "brief.facts[0]"),
        ("call_to_action", "order ahead", "brief.call_to_action.text"),
        ("url", "cornercrumb.example/order", "brief.call_to_action.url"),
        ("place", "headingley", "locality:Headingley"),
        ("place", "crumb corner", "locality:Headingley.stores[0].name"),
        ("address", "3 harvest parade", "locality:Headingley.stores[0].address"),
        ("product", "polish rye", "locality:Headingley.top[0]"),
        ("category", "bread", "locality:Headingley.top[2]"),
    ],
)
def test_every_statable_thing_is_a_fact_with_its_origin(kind: str, value: str, origin: str) -> None:
    assert found()[kind, value].origin == origin


def test_a_date_is_written_as_the_language_writes_it() -> None:
    written = {
        language: next(
            fact.text
            for fact in facts_for(BRIEF, None, language=language)
            if fact.origin == "brief.offer.starts"
        )
        for language in ("en", "de")
    }
    assert written == {"en": "Saturday 28 November", "de": "Samstag, 28. November"}


def test_a_product_that_tells_of_the_body_is_not_a_fact_of_a_place() -> None:
    assert ("product", "gluten-free loaf") not in found()


def test_a_handful_of_customers_lends_a_place_and_shops_but_no_purchases() -> None:
    few = found(HEADINGLEY.model_copy(update={"customers": 9}))
    assert ("place", "headingley") in few
    assert ("place", "crumb corner") in few
    assert ("product", "polish rye") not in few


def test_a_combination_class_has_its_affinity() -> None:
    unit = Unit(level="individual", name="x", customers=20, category="bread", product="Polish rye")
    facts = found(unit)
    assert facts["category", "bread"].origin == "individual:x.category"
    assert facts["product", "polish rye"].origin == "individual:x.product"


def test_without_a_unit_there_are_the_facts_of_brief_and_brand_alone() -> None:
    assert not [key for key in found(None) if key[0] in {"place", "product", "category"}]


def test_the_same_fact_has_the_same_id_and_different_facts_have_different_ones() -> None:
    first = facts_for(BRIEF, HEADINGLEY, language="en")
    assert first == facts_for(BRIEF, HEADINGLEY, language="en")
    assert len({fact.id for fact in first}) == len(first)


def test_texts_are_read_in_their_own_language_whatever_the_message_is_in() -> None:
    offer = Offer(text="fünfzehn Prozent Rabatt auf alle Brote", terms="vor zehn Uhr")
    german = BRIEF.model_copy(update={"offer": offer, "languages": ("de",), "facts": ()})
    values = {fact.value for fact in facts_for(german, None, language="en")}
    assert {"15%", "before 10:00"} <= values
