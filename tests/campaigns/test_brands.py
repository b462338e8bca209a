import datetime as dt

from corner_crumb import BRAND, BRIEF, assignment, local_units

from copilot.campaigns.briefing.brands import brand_for, city_of, claims_of
from copilot.campaigns.composing.compose import compose
from copilot.campaigns.facts import facts_for
from copilot.records import LocalBrand, SubstantiatedClaim

TODAY = dt.date(2026, 11, 22)
LOCAL = LocalBrand(
    sender="Ana from Corner Crumb",
    address="8 Stainbeck Lane, Leeds LS7 3PJ, United Kingdom",
    banned=("posh",),
    required={"sms": "Text STOP to end"},
    facts=("We open at seven on market days.",),
)
KIT = BRAND.model_copy(
    update={
        "banned": ("cheap",),
        "claims": (
            SubstantiatedClaim(text="milled in Yorkshire", evidence="certificate"),
            SubstantiatedClaim(text="organic flour", evidence="x", until=dt.date(2026, 11, 21)),
            SubstantiatedClaim(text="made on the spot", evidence="x", places=("Hunslet",)),
        ),
        "localities": {"Chapel Allerton": LOCAL},
    }
)
UNIT = next(unit for unit in local_units() if unit.name == "Chapel Allerton")
BRIEF_HERE = BRIEF.model_copy(update={"brand": KIT})


def test_a_locality_replaces_adds_to_and_leaves_the_brand_s_own() -> None:
    here = brand_for(KIT, "chapel allerton", today=TODAY)
    assert (here.sender, here.address) == (LOCAL.sender, LOCAL.address)
    assert here.banned == ("cheap", "posh")
    assert here.required["sms"] == "Text STOP to end"
    assert here.website == BRAND.website
    assert brand_for(here, "Chapel Allerton", today=TODAY) == here


def test_a_claim_holds_until_its_day_and_in_its_places() -> None:
    def texts(place: str, today: dt.date) -> list[str]:
        return [claim.text for _, claim in claims_of(KIT, place, today=today)]

    assert texts("", TODAY) == ["milled in Yorkshire"]
    assert "organic flour" in texts("", dt.date(2026, 11, 21))
    assert "made on the spot" in texts("Hunslet", TODAY)


def test_a_locality_s_facts_are_facts_there_and_nowhere_else() -> None:
    def origins(place: str) -> set[str]:
        unit = next(unit for unit in local_units() if unit.name == place)
        return {f.origin for f in facts_for(BRIEF_HERE, unit, language="en", today=TODAY)}

    assert "brand.localities[Chapel Allerton].facts[0]" in origins("Chapel Allerton")
    assert "brand.localities[Chapel Allerton].address" in origins("Chapel Allerton")
    assert not [each for each in origins("Hunslet") if "localities" in each]


def test_a_local_message_is_sent_by_the_local_sender_with_the_local_fact() -> None:
    brief = BRIEF.model_copy(update={"brand": brand_for(KIT, UNIT.place, today=TODAY)})
    body = compose(assignment(UNIT, brief=brief)).body
    assert "We open at seven on market days." in body
    assert "8 Stainbeck Lane, Leeds LS7 3PJ, United Kingdom" in body


def test_the_reader_is_addressed_as_the_kit_says() -> None:
    kit = BRAND.model_copy(update={"formality": {"de": "formal"}})
    formal = BRIEF.model_copy(update={"brand": kit})
    assert "weil Sie" in compose(assignment(UNIT, brief=formal, language="de")).body
    assert "weil du" in compose(assignment(UNIT, language="de")).body


def test_emoji_are_as_many_as_the_kit_allows() -> None:
    def marks(emoji: str) -> int:
        brief = BRIEF.model_copy(update={"brand": BRAND.model_copy(update={"emoji": emoji})})
        body = compose(assignment(UNIT, brief=brief, channel="social")).body
        return sum(ord(each) > 0x2600 for each in body)

    assert (marks("never"), marks("sparing")) == (0, 1)
    assert 1 <= marks("free") <= 3


def test_the_brand_s_own_word_is_used_for_the_one_it_does_not_use() -> None:
    kit = BRAND.model_copy(update={"preferred": {"shop": "bakery", "code": "password"}})
    brief = BRIEF.model_copy(update={"brand": kit})
    bodies = [
        compose(assignment(UNIT.model_copy(update={"index": n}), brief=brief)).body
        for n in range(7)
    ]
    assert not [body for body in bodies if " shop" in body or " code" in body.lower()]
    assert "password" in " ".join(bodies)


def test_the_town_is_read_from_the_usual_forms_of_address() -> None:
    assert city_of("1 Rue X, 75002 Paris") == "Paris"
    assert city_of("1 Main St, Portland, OR 97201") == "Portland"
    assert city_of("somewhere") == ""
