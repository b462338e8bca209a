"""One test a rule: the words that break it and the words that do not."""

import pytest
from labelled import assignment

from copilot.campaigns.check.run import check
from copilot.campaigns.composing.compose import finish
from copilot.records import Assignment, CheckReport, Message

OFFER = "15% off any loaf on Saturday 28 November before 10:00, in store only. Use code CRUST15."


def report_on(body: str, channel: str = "social", **brand: object) -> CheckReport:
    given = with_brand(assignment(channel=channel), **brand)
    return check(Message(body=body), given)


def with_brand(given: Assignment, **brand: object) -> Assignment:
    kit = given.brief.brand.model_copy(update=brand)
    return given.model_copy(update={"brief": given.brief.model_copy(update={"brand": kit})})


def blocked(body: str, channel: str = "social", **brand: object) -> set[str]:
    found = report_on(body, channel, **brand).findings
    return {each.rule for each in found if each.severity == "block"}


def warned(body: str, channel: str = "social", **brand: object) -> set[str]:
    found = report_on(body, channel, **brand).findings
    return {each.rule for each in found if each.severity == "warn"}


def test_the_offer_as_given_breaks_nothing() -> None:
    assert report_on(OFFER).findings == ()


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (OFFER.replace("15%", "20%"), "discount.unknown"),
        (OFFER.replace("15%", "Up to 15%"), "offer.changed"),
        (OFFER.replace("any loaf", "everything"), "offer.scope"),
        (OFFER.replace("any loaf", "cakes"), "offer.scope"),
        (OFFER.replace("any loaf", "any loaf or cake"), "offer.scope"),
        (OFFER.replace("any loaf", "your next order"), "offer.scope"),
        ("Everything " + OFFER.replace("off any loaf", "off"), "offer.scope"),
        (OFFER + " Also valid on pastry.", "offer.scope"),
        (OFFER.replace("Use code CRUST15.", ""), "offer.code"),
        (OFFER.replace("CRUST15", "CRUST16"), "code.unknown"),
        (OFFER.replace(" on Saturday 28 November", ""), "offer.ends"),
        (OFFER.replace("before 10:00, ", ""), "offer.terms"),
        (OFFER.replace(", in store only", ""), "offer.terms"),
        (OFFER.replace("in store only", "in store or online"), "offer.changed"),
        (OFFER.replace("15% off", "something off"), "offer.missing"),
        (OFFER.replace("on Saturday", "on Sunday"), "date.weekday"),
        (OFFER.replace("on Saturday", "from Saturday"), "offer.changed"),
        (OFFER.replace("before 10:00", "after 10:00"), "time.unknown"),
    ],
)
def test_a_changed_offer_is_held(changed: str, rule: str) -> None:
    assert rule in blocked(changed)


@pytest.mark.parametrize(
    "kept",
    [
        OFFER.replace("15%", "Fifteen per cent"),
        OFFER.replace("any loaf", "your favourite loaf"),
        OFFER.replace("any loaf", "all our loaves"),
        OFFER.replace("before 10:00", "before ten"),
        OFFER.replace("before 10:00, in store only", "until 10 am, and only in the shop"),
        OFFER.replace("Saturday 28 November", "28/11/2026"),
        OFFER.replace("on Saturday 28 November", "this Saturday"),
    ],
)
def test_the_same_offer_in_other_words_passes(kept: str) -> None:
    assert blocked(kept) == set()


@pytest.mark.parametrize(
    ("added", "rule"),
    [
        ("Only £3.50.", "price.unknown"),
        ("Free coffee.", "discount.unknown"),
        ("Back on 5 December.", "date.unknown"),
        ("Open at 8am.", "time.unknown"),
        ("We bake 300 loaves.", "number.unknown"),
        ("See https://other.example", "url.unknown"),
        ("Write to x@other.example", "email.unknown"),
        ("Ring 0113 496 0999", "phone.unknown"),
        ("Come to 14 Mill Lane.", "address.unknown"),
        ("Hello Roundhay!", "place.wrong"),
        ("Corner Crumb Holbeck is open.", "place.wrong"),
        ("We are in York too.", "place.unknown"),
        ("York loves us.", "place.unknown"),
        ("It is baked by Agnieszka.", "name.unknown"),
        ("Mr Crumb bakes.", "name.unknown"),
        ("Try our Victoria sponge.", "product.wrong"),
        ("The best bread.", "claim.superlative"),
        ("Fresher than any supermarket.", "claim.comparison"),
        ("Guaranteed crisp.", "claim.absolute"),
        ("Healthy, too.", "claim.health"),
        ("Award-winning.", "claim.award"),
        ("Carbon neutral.", "claim.environment"),
        ("Almost sold out.", "claim.scarcity"),
        ("We saw you yesterday.", "privacy.creepy"),
        ("Your last visit was fun.", "privacy.creepy"),
        ("For Muslim families.", "privacy.sensitive"),
        ("Great with diabetes.", "privacy.sensitive"),
        ("A cheap treat.", "brand.banned"),
        ("A guilt free treat.", "brand.banned"),
        ("Hello [NAME].", "placeholder"),
        ("Hello *|FNAME|*.", "placeholder"),
        ("Hello {first_name}.", "placeholder"),
        ("Lorem ipsum.", "placeholder"),
        ("Hello {{ nickname }}.", "merge-tag"),
        ("Hello {{ first_name }}.", "merge-tag.fallback"),
        ("Оur bread.", "text.disguised"),
        ("Our br\u00adead.", "text.disguised"),
        ("Our ｂread.", "text.disguised"),
    ],
)
def test_an_invention_is_held(added: str, rule: str) -> None:
    assert rule in blocked(f"{OFFER} {added}")


@pytest.mark.parametrize(
    "added",
    [
        "Our flour is milled in Yorkshire.",
        "Baked fresh every morning.",
        "You will find us at Corner Crumb Headingley, 3 Harvest Parade.",
        "Our Country sourdough is on the shelf.",
        "Order ahead: https://cornercrumb.example/order",
        "All the best from the Corner Crumb team.",
        "Feel free to bring a friend. As always, you are welcome.",
        'Hello {{ first_name | default: "there" }}.',
        "{% if first_name %}Hello {{ first_name }}.{% endif %}",
    ],
)
def test_what_the_facts_say_and_plain_courtesy_pass(added: str) -> None:
    assert blocked(f"{OFFER} {added}") == set()


def test_a_condition_of_the_brief_in_other_words_is_no_claim() -> None:
    given = assignment("barber", "social")
    body = "£5 off a haircut for new customers only, Monday to Thursday, until 12 December: TRIM5"
    assert check(Message(body=body), given).passed
    assert not check(Message(body=body.replace("Thursday", "Friday")), given).passed


@pytest.mark.parametrize(
    ("removed", "rule"),
    [
        ("Corner Crumb", "legal.sender"),
        ("12 Mill Lane", "legal.address"),
        ("cornercrumb.example/unsubscribe", "legal.unsubscribe"),
    ],
)
def test_an_email_needs_its_sender_block(removed: str, rule: str) -> None:
    given = assignment()
    whole = finish(given, subject="x", body=OFFER)
    cut = Message(subject="x", body=whole.body.replace(removed, ""))
    assert rule not in {each.rule for each in check(whole, given).findings}
    found = check(cut, given).findings
    assert (rule, "block") in {(each.rule, each.severity) for each in found}


def test_an_email_cannot_go_out_without_a_postal_address_in_the_kit() -> None:
    given = with_brand(assignment(), address=None)
    found = check(finish(given, subject="x", body=OFFER), given).findings
    assert "legal.address" in {each.rule for each in found}


def test_a_text_message_names_its_sender_and_the_way_out() -> None:
    whole = f"Corner Crumb: {OFFER} Reply STOP to opt out"
    assert blocked(whole, "sms") == set()
    assert "legal.sender" in blocked(whole.replace("Corner Crumb: ", ""), "sms")
    assert blocked(whole.replace(" Reply STOP to opt out", ""), "sms") == {
        "legal.opt-out",
        "brand.required",
    }


def test_lengths_warn_near_a_channels_limit_and_hold_past_it() -> None:
    line = f"Corner Crumb: {OFFER} Reply STOP to opt out "
    assert "channel.sms-parts" not in warned(line, "sms")
    assert "channel.sms-parts" in warned(line + "come in " * 60, "sms")
    assert "channel.sms-parts" in blocked(line + "come in " * 200, "sms")
    assert "channel.length" in blocked(line + "come in " * 150, "whatsapp")


def test_a_long_subject_warns_and_a_missing_one_holds() -> None:
    given = assignment()

    def on(subject: str) -> set[tuple[str, str]]:
        message = finish(given, subject=subject, body=OFFER)
        return {(each.rule, each.severity) for each in check(message, given).findings}

    assert ("channel.length", "warn") in on("A subject that is a good deal longer than fifty marks")
    assert ("channel.length", "block") in on("very long " * 16)
    assert ("channel.subject", "block") in on("")
    assert on("Saturday loaves") == set()


def test_typographic_marks_that_cost_a_text_message_are_named() -> None:
    line = f"Corner Crumb: {OFFER} “Come in” Reply STOP to opt out"
    assert "channel.sms-alphabet" in warned(line, "sms")


def test_shouting_and_spam_phrases_only_warn() -> None:
    report = report_on(f"{OFFER} DO NOT WAIT!!! Click here.")
    assert report.passed
    assert {each.rule for each in report.findings} == {"style.shouting", "style.spam"}


def test_words_the_voice_avoids_only_warn() -> None:
    voice = assignment().brief.brand.voice.model_copy(update={"avoid": ("yummy",)})
    assert warned(f"{OFFER} So yummy.", voice=voice) == {"brand.voice"}


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ('<a href="https://evil.example">Order</a>', "url.unknown"),
        (
            '<a href="https://cornercrumb.example/order">cornercrumb.example/unsubscribe</a>',
            "link.mismatch",
        ),
        ('<a href="#">Order</a>', "link.empty"),
        ("<script>x()</script>", "html.unsafe"),
        ('<p onclick="x()">x</p>', "html.unsafe"),
        ('<img src="https://cornercrumb.example/a.png">', "html.alt"),
    ],
)
def test_html_is_safe_and_its_links_say_where_they_lead(html: str, rule: str) -> None:
    given = assignment()
    whole = finish(given, subject="x", body=OFFER)
    message = whole.model_copy(update={"html": whole.html.replace("</body>", f"{html}</body>")})
    found = {each.rule for each in check(message, given).findings}
    assert found == {rule}


def test_every_finding_names_its_source_and_a_remedy() -> None:
    body = "20% off everything at York, £3, [NAME], We saw you. The best {{ x }}"
    findings = report_on(body, "email").findings
    assert len(findings) > 8
    assert all(each.source and each.message and each.fix for each in findings)
