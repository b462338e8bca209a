"""How the brand speaks, what it may be said to have, and what the law wants of it."""

import pytest
from trades import assignment_of

from copilot.campaigns.check.legal import claim_source, country_of, laws
from copilot.campaigns.check.links import unsafe
from copilot.campaigns.check.readable import ease
from copilot.campaigns.check.run import check
from copilot.records import Assignment, BrandKit, Finding, Message


def changed(given: Assignment, **brand: object) -> Assignment:
    kit = given.brief.brand.model_copy(update=brand)
    return given.model_copy(update={"brief": given.brief.model_copy(update={"brand": kit})})


def findings(
    body: str, name: str, channel: str, language: str, **brand: object
) -> tuple[Finding, ...]:
    given = changed(assignment_of(name, channel, language), **brand)
    return check(Message(body=body), given).findings


def rules(
    body: str, name: str, channel: str, language: str, severity: str = "block", **brand: object
) -> set[str]:
    found = findings(body, name, channel, language, **brand)
    return {each.rule for each in found if each.severity == severity}


@pytest.mark.parametrize(
    ("body", "name", "language", "held"),
    [
        ("Schau vorbei, dein Rad freut sich.", "bike-info", "de", False),
        ("Schauen Sie vorbei, wir freuen uns.", "bike-info", "de", True),
        ("Schauen Sie vorbei, wir freuen uns.", "butcher-info", "de", False),
        ("Schau vorbei, wir freuen uns auf dich.", "butcher-info", "de", True),
        ("Venez nous voir.", "museum", "fr", False),
        ("Viens nous voir, on t'attend.", "museum", "fr", True),
        ("Pásate y pregunta.", "gym-info", "es", False),
        ("Venga y pregunte.", "gym-info", "es", True),
    ],
)
def test_a_brand_addresses_its_readers_in_one_form(
    body: str, name: str, language: str, held: bool
) -> None:
    assert ("brand.formality" in rules(body, name, "social", language)) is held


def test_where_the_kit_says_nothing_both_forms_in_one_text_are_advice() -> None:
    body = "Schau vorbei. Wir freuen uns auf Ihren Besuch, und bring dein Rad mit."
    assert "brand.formality" in rules(body, "bike-info", "social", "de", "warn", formality={})
    assert "brand.formality" not in rules(body, "bike-info", "social", "de", formality={})


@pytest.mark.parametrize(
    ("policy", "body", "held"),
    [
        ("never", "See you 💇", True),
        ("never", "See you ✓", False),
        ("sparing", "See you 💇", False),
        ("sparing", "See 💇 you 🎉", True),
        ("free", "💇🎉🌲", False),
        ("free", "💇🎉🌲🔥", True),
        ("sparing", "👩🏽‍🦰 see you", False),
    ],
)
def test_emoji_keep_to_the_brands_policy(policy: str, body: str, held: bool) -> None:
    found = rules(body, "hair-info", "social", "en", emoji=policy)
    assert ("brand.emoji" in found) is held


def test_the_brands_own_word_is_the_fix() -> None:
    found = findings("Time for new haircuts.", "hair-info", "social", "en")
    assert [(each.rule, each.fix) for each in found] == [
        ("brand.preferred", "Say “cut and finish”.")
    ]


@pytest.mark.parametrize(
    ("body", "name", "language", "held"),
    [
        ("Our stylists are here.", "hair-info", "en", False),
        ("Our aquarium is here.", "hair-info", "en", True),
        ("Enjoy your coffee, then come by.", "hair-info", "en", False),
        ("Enjoy a coffee in the salon.", "hair-info", "en", True),
        ("Unsere Werkstatt wartet.", "bike-info", "de", False),
        ("Unsere Kletterhalle wartet.", "bike-info", "de", True),
        ("Notre équipe est là.", "garden-info", "fr", False),
        ("Notre patinoire est là.", "garden-info", "fr", True),
        ("Nuestro equipo te espera.", "gym-info", "es", False),
        ("Nuestro acuario te espera.", "gym-info", "es", True),
    ],
)
def test_what_the_business_is_said_to_have_needs_a_fact(
    body: str, name: str, language: str, held: bool
) -> None:
    assert ("product.unknown" in rules(body, name, "social", language)) is held


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("Colour after work? Come in.", False),
        ("Colour on a Tuesday? Come in.", False),
        ("We open on Tuesdays after dark.", True),
        ("New prices from January.", True),
    ],
)
def test_days_only_talked_of_need_no_fact(body: str, held: bool) -> None:
    assert ("date.unknown" in rules(body, "hair-info", "social", "en")) is held


@pytest.mark.parametrize(
    ("channel", "country", "body", "severity", "rule"),
    [
        ("sms", "GB", "Late on Thursdays.", "block", "legal.sender"),
        ("sms", "GB", "Strand & Co: late on Thursdays.", "block", "legal.opt-out"),
        ("sms", "FR", "Strand & Co. Reply STOP to opt out", "warn", "legal.opt-out-number"),
        ("letter", "GB", "Dear neighbour, Strand & Co", "block", "legal.address"),
        ("letter", "ES", "Dear neighbour, Strand & Co", "warn", "legal.advertising"),
        ("email", "US", "Strand & Co", "block", "legal.address"),
        ("email", "DE", "Strand & Co", "warn", "legal.contact"),
    ],
)
def test_the_law_of_the_country_is_asked(
    channel: str, country: str, body: str, severity: str, rule: str
) -> None:
    assert rule in rules(body, "hair-info", channel, "en", severity, country=country)


def test_a_country_that_wants_less_is_not_asked_for_more() -> None:
    body = "Strand & Co. Reply STOP to opt out"
    assert "legal.opt-out-number" not in rules(body, "hair-info", "sms", "en", "warn")


def test_the_country_is_read_from_the_address_when_the_kit_does_not_say() -> None:
    assert country_of(BrandKit(name="A", address="3 quai X, 67000 Strasbourg, France")) == "FR"
    assert country_of(BrandKit(name="A", address="Weg 1, 1010 Wien, Österreich")) == "AT"
    assert country_of(BrandKit(name="A", address="Somewhere")) == ""


def test_every_law_has_a_source_and_a_day_it_was_read() -> None:
    assert all(law.source and law.as_of.year >= 2026 for law in laws().laws)
    assert "2024/825" in claim_source("claim.environment")
    assert claim_source("discount.unknown") == "facts"


def test_an_ad_is_held_for_what_google_would_refuse() -> None:
    lines = [f"Headline: Colour {n}" for n in range(3)] + [f"Description: Text {n}" for n in "ab"]
    ad = "\n".join(lines)
    assert not {r for r in rules(ad, "hair-info", "rsa", "en") if r.startswith("channel.")}
    for change, rule in (
        ("Headline: Colour 0", "channel.duplicate"),
        (f"Headline: {'x' * 31}", "channel.length"),
        (f"Description: {'x' * 91}", "channel.length"),
        (f"Path: {'x' * 16}", "channel.length"),
        ("Headline: Late!", "channel.punctuation"),
        ('Headline: {{ first_name | default: "you" }}', "channel.merge-field"),
        ("Description: Call 0117 496 0155", "channel.phone"),
    ):
        assert rule in rules(f"{ad}\n{change}", "hair-info", "rsa", "en"), change
    assert "channel.assets" in rules("\n".join(lines[1:]), "hair-info", "rsa", "en")


def test_reading_ease_is_flesch_and_its_kin() -> None:
    easy, hard = (
        "the cat sat on the mat. " * 8,
        "institutional considerations notwithstanding " * 16,
    )
    for language in ("en", "de", "fr", "es"):
        low, high = ease(hard, language), ease(easy, language)  # type: ignore[arg-type]
        assert low is not None
        assert high is not None
        assert low < 20 < 90 < high
    assert ease("the cat sat on the mat.", "en") is None
    # 48 words in 8 sentences of 6, one syllable each: 206.835 - 1.015 * 6 - 84.6
    assert ease(easy, "en") == pytest.approx(116.145)


def test_a_language_nobody_asked_for_is_told_even_when_it_is_none_of_ours() -> None:
    body = "Vieni a trovarci questo fine settimana con tutta la famiglia."
    assert "language" in rules(body, "hair-info", "email", "en")


def test_shortened_and_unencrypted_links_are_told() -> None:
    assert unsafe("https://bit.ly/x") == "shortener"
    assert unsafe("http://strandandco.example/book") == "insecure"
    assert unsafe("https://strandandco.example/book") == ""
    body = "Book: http://strandandco.example/book"
    assert "link.insecure" in rules(body, "hair-info", "social", "en", "warn")
    assert "url.unknown" in rules("Book: https://t.co/x", "hair-info", "social", "en")
