"""Expected fields are what a reader takes each message to say; today is Sunday 22 November 2026."""

import datetime as dt
from typing import Any

import pytest
from corner_crumb import BRAND, TODAY

from copilot.campaigns.chatting.understand import understand
from copilot.campaigns.check.run import check
from copilot.campaigns.composing.compose import compose
from copilot.campaigns.facts import facts_for
from copilot.customers.filters import parse
from copilot.records import Assignment, Brief, Understanding, Unit

PLACES = ("Chapel Allerton", "Headingley", "Holbeck", "Leeds", "West Yorkshire", "King's Cross")
PRODUCTS = ("Country sourdough", "Flat white", "bread", "cakes", "coffee", "gluten-free", "pastry")
ISSUE = (
    "Draft an email for each neighbourhood about 15% off any loaf this Saturday before ten,"
    " code CRUST15"
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def read(text: str, previous: Brief | None = None, today: dt.date = TODAY) -> Understanding:
    return understand(
        text, brand=BRAND, today=today, places=PLACES, products=PRODUCTS, previous=previous
    )


def brief_of(text: str, previous: Brief | None = None) -> Brief:
    brief = read(text, previous).brief
    assert brief is not None
    return brief


def fields(brief: Brief) -> dict[str, Any]:
    offer = brief.offer.model_dump() if brief.offer else {}
    return {**brief.model_dump(exclude={"brand", "offer"}), **offer}


def in_place(name: str) -> str:
    return " or ".join(f"{level} = '{name}'" for level in ("neighbourhood", "city", "region"))


def liking(name: str) -> str:
    return f"favourite_category = '{name}' or favourite_product = '{name}'"


def on(text: str) -> dict[str, dt.date]:
    return {"starts": day(text), "ends": day(text)}


def between(first: str, last: str) -> dict[str, dt.date]:
    return {"starts": day(first), "ends": day(last)}


NEW: list[tuple[str, dict[str, Any]]] = [
    # channels
    ("Draft an email about 15% off bread", {"channels": ("email",), "text": "15% off bread"}),
    ("Write an SMS and email about 15% off bread", {"channels": ("sms", "email")}),
    ("Send a text message: £2 off any cake", {"channels": ("sms",), "text": "£2 off any cake"}),
    ("WhatsApp message about 15% off bread", {"channels": ("whatsapp",)}),
    ("A push notification: 15% off bread", {"channels": ("push",)}),
    ("Create a post about 15% off bread", {"channels": ("social",)}),
    ("Make a flyer and a newsletter, 15% off bread", {"channels": ("flyer", "email")}),
    # levels
    (
        "Email for every customer about 15% off bread",
        {"level": "individual", "channels": ("email",)},
    ),
    ("A personalised email about 15% off bread", {"level": "individual", "by": "neighbourhood"}),
    ("Write one email per customer about 15% off bread", {"level": "individual"}),
    ("A personal email about 15% off bread", {"level": "individual", "channels": ("email",)}),
    ("Mass customisation by email please: 15% off bread", {"level": "individual"}),
    ("A local campaign about 15% off bread", {"level": "local", "by": "neighbourhood"}),
    ("Segment emails by lifecycle: 15% off bread", {"level": "segment", "by": "lifecycle"}),
    (
        "Email each customer, bespoke, 15% off bread",
        {"level": "individual", "method": "bespoke", "text": "15% off bread"},
    ),
    ("Bespoke emails about 15% off bread", {"level": "individual", "method": "bespoke"}),
    (
        "Text the people who spent over £100: £5 off bread",
        {"audience": "monetary > 100", "text": "£5 off bread", "channels": ("sms",)},
    ),
    ("One email for everybody about 15% off bread", {"level": "mass", "by": None}),
    ("An email to all customers about 15% off bread", {"level": "mass", "audience": ""}),
    ("An email per segment about 15% off bread", {"level": "segment", "by": "rfm"}),
    ("Email by lifecycle segment: 15% off bread", {"level": "segment", "by": "lifecycle"}),
    ("An email for each store about 15% off bread", {"level": "local", "by": "store"}),
    ("An email for each city about 15% off bread", {"level": "local", "by": "city"}),
    ("An SMS for every postcode about 15% off bread", {"level": "local", "by": "postcode"}),
    ("An email per neighborhood about 15% off bread", {"level": "local", "by": "neighbourhood"}),
    ("An email for each region about 15% off bread", {"level": "local", "by": "region"}),
    # audiences
    (
        "An email for customers in Headingley about 15% off bread",
        {"audience": in_place("Headingley"), "level": "mass", "text": "15% off bread"},
    ),
    (
        "An email for each customer in Chapel Allerton about 15% off bread",
        {"audience": in_place("Chapel Allerton"), "level": "individual"},
    ),
    (
        "Email King's Cross customers about 15% off bread",
        {"audience": in_place("King's Cross").replace("King's", "King''s")},
    ),
    ("Email lapsed customers: 25% off bread", {"audience": "recency_days > 60"}),
    (
        "An email to customers who have not bought for 90 days about £5 off",
        {"audience": "recency_days > 90", "text": "£5 off"},
    ),
    (
        "An email for people who haven't ordered in three months about 15% off bread",
        {"audience": "recency_days > 90"},
    ),
    (
        "An email to coffee buyers about 15% off coffee",
        {"audience": liking("coffee"), "text": "15% off coffee"},
    ),
    (
        "An email for people who buy bread in Holbeck about 20% off any loaf",
        {"audience": f"({in_place('Holbeck')}) and ({liking('bread')})"},
    ),
    ("Email for German-speaking customers, 15% off bread", {"audience": "language = 'de'"}),
    # languages
    ("Draft an email in German about 15% off bread", {"languages": ("de",)}),
    ("Draft an email in English and French about 15% off bread", {"languages": ("en", "fr")}),
    (
        "An email in each customer's language about 15% off bread",
        {"languages": ("local",), "level": "mass"},
    ),
    # offers
    ("Email about 20 % off coffee", {"text": "20% off coffee"}),
    ("Email about fifteen percent off any loaf", {"text": "15% off any loaf"}),
    ("Email about up to 30% off cakes", {"text": "up to 30% off cakes"}),
    ("Email: buy one get one free on croissants", {"text": "buy one get one free on croissants"}),
    ("Email about a free coffee with every loaf", {"text": "free coffee with every loaf"}),
    ("Email about half price cakes", {"text": "half price cakes"}),
    ("Email about two loaves for £5", {"text": "two loaves for £5"}),
    ("Email about all loaves 15% off", {"text": "all loaves 15% off"}),
    ("Email: coffee is free with every loaf", {"text": "coffee is free with every loaf"}),
    ("Email: spend £20 and get £5 off", {"text": "spend £20 and get £5 off"}),
    ("Email: 15% off bread and £1 off coffee", {"text": "15% off bread and £1 off coffee"}),
    ("Email: 15% off gluten-free loaves", {"text": "15% off gluten-free loaves"}),
    ("Email: free delivery on orders over £20", {"text": "free delivery on orders over £20"}),
    ("Email saying that all bread is 15% off", {"text": "all bread is 15% off", "facts": ()}),
    # days
    ("Email: 15% off bread today", {"text": "15% off bread", **on("11-22")}),
    ("Email: 15% off bread tomorrow", {"text": "15% off bread", **on("11-23")}),
    ("Email: 15% off bread on Friday", {"text": "15% off bread", **on("11-27")}),
    ("Email: 15% off bread until Friday", {"starts": None, "ends": day("11-27")}),
    ("Email: 15% off bread before Friday", {"starts": None, "ends": day("11-26")}),
    ("Email: 15% off bread from Monday", {"starts": day("11-23"), "ends": None}),
    ("Email: 15% off bread from Monday to Wednesday", between("11-23", "11-25")),
    ("Email: 15% off bread this Saturday and Sunday", between("11-28", "11-29")),
    ("Email: 15% off bread next weekend", {"text": "15% off bread", **between("11-28", "11-29")}),
    ("Email: 15% off bread from 1 to 7 December", between("12-01", "12-07")),
    ("Email: 15% off bread from the 1st to the 7th of December", between("12-01", "12-07")),
    ("Email: 15% off bread 28 November to 3 December", between("11-28", "12-03")),
    ("Email: 15% off bread until 24 December", {"starts": None, "ends": day("12-24")}),
    ("Email: 15% off bread until the end of November", {"starts": None, "ends": day("11-30")}),
    ("Email: 15% off bread until Christmas", {"starts": None, "ends": day("12-25")}),
    ("Email: 15% off bread until Black Friday", {"starts": None, "ends": day("11-27")}),
    ("Email: 15% off bread on Saturday 28 November", on("11-28")),
    ("Email: 15% off bread on 2026-12-05", on("12-05")),
    ("Email: 15% off bread on 12/12", on("12-12")),
    ("Email: 15% off bread next week", between("11-23", "11-29")),
    ("Email: 15% off bread for the next 3 days", between("11-22", "11-24")),
    ("Email: 15% off bread on 3 January", {"starts": dt.date(2027, 1, 3)}),
    ("Email: 20% off Christmas cakes", {"text": "20% off Christmas cakes", "ends": None}),
    # terms
    ("Email: 15% off bread before 10am", {"text": "15% off bread", "terms": "before 10:00"}),
    ("Email: 15% off bread from 8 to 11", {"terms": "from 08:00 to 11:00"}),
    ("Email: 15% off bread 9am-5pm", {"terms": "from 09:00 to 17:00"}),
    ("Email: 15% off bread after 5pm", {"terms": "after 17:00"}),
    ("Email: 15% off bread until 6pm on Friday", {"terms": "until 18:00", **on("11-27")}),
    ("Email: 15% off bread before noon, in store only", {"terms": "before 12:00, in store only"}),
    (
        "Email: 15% off bread while stocks last, one per customer",
        {"terms": "while stocks last, one per customer", "level": "mass"},
    ),
    ("Email: 15% off bread, minimum spend £10", {"terms": "minimum spend £10"}),
    ("Email: 15% off bread every Saturday", {"terms": "every Saturday", "starts": None}),
    # codes
    ("Email: 15% off bread with BREAD", {"code": "BREAD", "text": "15% off bread"}),
    ("Email: 15% off bread using code LOAF", {"code": "LOAF", "text": "15% off bread"}),
    ("Email: 15% off bread, the code is Crust-15", {"code": "Crust-15"}),
    ("Email: 15% off bread", {"code": None}),
    # the rest
    ("Two versions of an email about 15% off bread", {"variants": 2, "text": "15% off bread"}),
    ("An A/B email about 15% off bread", {"variants": 2}),
    ("Email in a friendly tone about 15% off bread", {"tone": "friendly", "text": "15% off bread"}),
    ("Email, 15% off bread. The goal is to win back regulars.", {"goal": "win back regulars"}),
    (
        "Email to bring back regulars: 15% off any loaf",
        {"goal": "bring back regulars", "text": "15% off any loaf"},
    ),
    (
        "Email: 15% off bread. Mention that our sourdough ferments for 24 hours.",
        {"facts": ("Our sourdough ferments for 24 hours.",), "text": "15% off bread"},
    ),
    (
        "Announce that we now open on Sundays by email",
        {"facts": ("We now open on Sundays by email.",), "offer": None},
    ),
]

CORRECTIONS: list[tuple[str, dict[str, Any]]] = [
    ("make it 20%", {"text": "20% off any loaf"}),
    ("make it £2 off", {"text": "£2 off any loaf"}),
    ("20% off cakes instead", {"text": "20% off cakes"}),
    ("off any cake instead", {"text": "15% off any cake"}),
    ("buy one get one free instead", {"text": "buy one get one free on any loaf"}),
    ("only sms", {"channels": ("sms",)}),
    ("add sms", {"channels": ("email", "sms")}),
    ("SMS instead of email", {"channels": ("sms",)}),
    ("the code is LOAF20", {"code": "LOAF20"}),
    ("code BREAD", {"code": "BREAD"}),
    ("without a code", {"code": None}),
    ("until Sunday instead", between("11-28", "11-29")),
    ("on Friday instead", on("11-27")),
    ("no dates", {"starts": None, "ends": None}),
    ("before eleven", {"terms": "before 11:00"}),
    ("in store only", {"terms": "before 10:00, in store only"}),
    ("remove the terms", {"terms": None}),
    ("for each customer instead", {"level": "individual", "by": "neighbourhood"}),
    ("per store instead", {"level": "local", "by": "store"}),
    ("one for everyone", {"level": "mass", "by": None}),
    ("in German", {"languages": ("de",)}),
    ("also in French", {"languages": ("en", "fr")}),
    ("only for Headingley", {"audience": in_place("Headingley")}),
    ("two versions", {"variants": 2}),
    ("make it friendlier", {"tone": "friendlier"}),
    ("mention that we open at seven", {"facts": ("We open at seven.",)}),
]


def test_the_message_of_the_readme_is_read_whole() -> None:
    brief = brief_of(ISSUE)
    assert fields(brief) | {"call_to_action": None} == {
        "name": "any-loaf-crust15",
        "goal": "",
        "text": "15% off any loaf",
        "code": "CRUST15",
        "starts": day("11-28"),
        "ends": day("11-28"),
        "terms": "before 10:00",
        "facts": (),
        "call_to_action": None,
        "channels": ("email",),
        "languages": ("en",),
        "audience": "",
        "level": "local",
        "by": "neighbourhood",
        "method": "modular",
        "tone": None,
        "variants": 1,
        "holdout": 0.0,
        "translations": {},
    }


def test_what_was_said_is_understood_and_the_rest_is_assumed() -> None:
    found = read(ISSUE)
    for value in ("15% off any loaf", "CRUST15", "Saturday 28 November 2026", "before 10:00"):
        assert value in " ".join(found.understood)
    assert any("each neighbourhood" in line for line in found.understood)
    assumed = " ".join(found.assumed)
    for value in ("English", "everyone who consented", "Visit our website", "means 10:00"):
        assert value in assumed
    assert not found.missing


@pytest.mark.parametrize(("text", "expected"), NEW, ids=[text for text, _ in NEW])
def test_a_message_becomes_a_brief(text: str, expected: dict[str, Any]) -> None:
    brief = brief_of(text)
    found = {**fields(brief), "offer": brief.offer}
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(("text", "expected"), CORRECTIONS, ids=[text for text, _ in CORRECTIONS])
def test_a_correction_changes_what_it_names_and_nothing_else(
    text: str, expected: dict[str, Any]
) -> None:
    before = brief_of(ISSUE)
    found = read(text, before)
    assert found.brief is not None
    assert fields(found.brief) == {**fields(before), **expected}
    assert not found.missing


@pytest.mark.parametrize("text", [ISSUE, *[text for text, _ in NEW]])
def test_every_brief_gives_copy_that_passes_the_checks(text: str) -> None:
    brief = brief_of(text)
    if brief.audience:
        assert parse(brief.audience).node is not None
    unit = Unit(level="mass", name="everyone", customers=500)
    for channel in brief.channels:
        language = next((each for each in brief.languages if each != "local"), "en")
        assignment = Assignment(
            brief=brief,
            unit=unit,
            channel=channel,
            language=language,
            facts=facts_for(brief, unit, language=language),
            known_products=PRODUCTS,
            today=TODAY,
        )
        report = check(compose(assignment), assignment)
        assert not [each for each in report.findings if each.severity == "block"]


def test_a_message_without_any_instruction_gives_no_brief() -> None:
    found = read("hello there")
    assert found.brief is None
    assert "hello there" in found.missing[0]


def test_a_correction_that_is_not_understood_leaves_the_brief_as_it_is() -> None:
    before = brief_of(ISSUE)
    found = read("make it purple", before)
    assert found.brief == before
    assert found.missing == ("I did not understand “make it purple”. The brief is unchanged.",)


def test_half_a_correction_is_done_and_the_other_half_named() -> None:
    found = read("make it 20% and paint it purple", brief_of(ISSUE))
    assert found.brief is not None
    assert found.brief.offer is not None
    assert found.brief.offer.text == "20% off any loaf"
    assert "purple" in " ".join(found.missing)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Draft an email about our new opening hours", "What to say"),
        ("Draft an email about 15% off bread with a code", "Which code"),
        ("Draft an email about 15% off bread yesterday", "Until when"),
        (
            "Draft an email about 15% off bread on Friday 29 November",
            "29 November 2026 is a Sunday",
        ),
        ("Draft an email for customers in Paris about 15% off bread", "Paris"),
        ("Draft an email to tea buyers about 15% off bread", "tea"),
        ("Draft an email in Italian about 15% off bread", "Italian"),
        ("Draft nine versions of an email about 15% off bread", "1 to 5"),
        ("Draft an email about 15%", "What the 15% is"),
    ],
)
def test_what_blocks_drafting_is_asked_for(text: str, asked: str) -> None:
    assert asked in " ".join(read(text).missing)


def test_words_that_fit_nowhere_are_named_rather_than_dropped() -> None:
    found = read("Draft an email about 15% off bread for students")
    assert "I did not understand “for students”." in found.assumed
    assert brief_of("Draft an email about 15% off bread for students").audience == ""


def test_todays_own_weekday_is_today_and_next_is_the_week_after() -> None:
    saturday = dt.date(2026, 11, 28)
    this = read("Email: 15% off bread this Saturday", today=saturday).brief
    following = read("Email: 15% off bread next Saturday", today=saturday)
    assert this is not None
    assert this.offer is not None
    assert this.offer.ends == saturday
    assert following.brief is not None
    assert following.brief.offer is not None
    assert following.brief.offer.ends == dt.date(2026, 12, 5)
    assert any("Saturday 5 December" in line for line in following.assumed)


def test_a_link_that_was_given_is_understood_not_assumed() -> None:
    found = read("Email: 15% off bread, link to https://cornercrumb.example/bread.")
    assert found.brief is not None
    assert found.brief.call_to_action is not None
    assert found.brief.call_to_action.url == "https://cornercrumb.example/bread"
    assert any("https://cornercrumb.example/bread" in line for line in found.understood)


def test_a_brand_without_a_website_gets_no_link() -> None:
    brand = BRAND.model_copy(update={"website": None})
    found = understand(ISSUE, brand=brand, today=TODAY, places=(), products=())
    assert found.brief is not None
    assert found.brief.call_to_action is None


def test_an_offer_is_left_out_of_the_brief_when_there_is_none() -> None:
    assert brief_of("Email: mention that we close at six").offer is None
