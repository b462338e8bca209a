import datetime as dt
import itertools
import re
from typing import get_args

import pytest
from corner_crumb import BRIEF, TOPS, assignment, liked, local_units

from copilot.campaigns.composing.compose import compose, footer
from copilot.campaigns.sms import sms_parts
from copilot.records import Channel, Language, Message, Offer, Unit

CHANNELS = get_args(Channel)
LANGUAGES = get_args(Language)
EVERYONE = Unit(level="mass", name="everyone", customers=500, index=0)
OFFERS = {
    "en": "15% off any loaf",
    "de": "15 % Rabatt auf jedes Brot",
    "fr": "15 % de remise sur tous les pains",
    "es": "15 % de descuento en todos los panes",
}
TERMS = {
    "en": ("before 10:00", "in store only"),
    "de": ("vor 10 Uhr", "nur im Laden"),
    "fr": ("avant 10 h", "en magasin uniquement"),
    "es": ("antes de las 10:00", "solo en tienda"),
}
DATES = {
    "en": ("Saturday 28 November", "Sat 28 Nov"),
    "de": ("Samstag, 28. November", "Sa., 28. Nov"),
    "fr": ("samedi 28 novembre", "sam. 28 nov"),
    "es": ("sábado 28 de noviembre", "28 nov"),
}


def whole(message: Message) -> str:
    return "\n".join((message.subject, message.preheader, message.body))


def opening(message: Message) -> str:
    return message.body.split("\n\n")[1]


def nameless(text: str) -> str:
    """The text with everything that is a name of the unit taken out."""
    names = [*TOPS, *itertools.chain(*TOPS.values()), "31 Otley Road", "8 Stainbeck Lane"]
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "X")
    return text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_and_language_states_the_code_the_day_and_the_terms(
    channel: Channel, language: Language
) -> None:
    for unit in [*local_units(), EVERYONE]:
        for variant in "AB":
            body = compose(
                assignment(unit, channel=channel, language=language, variant=variant)
            ).body
            assert "CRUST15" in body
            assert all(term in body.lower() for term in map(str.lower, TERMS[language])), body
            assert any(date.lower() in body.lower() for date in DATES[language]), body
            assert OFFERS[language] in body


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_two_neighbourhoods_read_as_the_same_text_with_the_name_swapped(
    channel: Channel,
) -> None:
    if channel == "push":  # one line that is the offer; its title differs
        texts = [compose(assignment(u, channel=channel)).subject for u in local_units()]
    else:
        texts = [compose(assignment(u, channel=channel)).body for u in local_units()]
    assert len({nameless(text) for text in texts}) == len(texts)


def test_neighbouring_emails_share_no_subject_no_opening_and_no_local_line() -> None:
    messages = [compose(assignment(unit)) for unit in local_units()]
    assert len({nameless(message.subject) for message in messages}) == len(messages)
    assert len({nameless(opening(message)) for message in messages}) == len(messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_variants_differ_in_subject_and_opening(language: Language) -> None:
    for unit in [*local_units(), EVERYONE]:
        a, b = (compose(assignment(unit, language=language, variant=v)) for v in "AB")
        assert a.subject != b.subject
        assert opening(a) != opening(b)


def test_the_same_assignment_gives_the_same_message() -> None:
    unit = local_units()[0]
    assert compose(assignment(unit)) == compose(assignment(unit))


def test_a_local_email_names_what_the_place_buys_more_of_and_its_shop() -> None:
    unit = next(unit for unit in local_units() if unit.name == "Chapel Allerton")
    body = compose(assignment(unit)).body
    assert "Country sourdough" in body
    assert "8 Stainbeck Lane" in body


def test_no_count_and_no_ratio_of_a_place_is_ever_written() -> None:
    allowed = re.findall(r"\d+", f"{BRIEF.model_dump_json()} 31 Otley Road 8 Stainbeck Lane 28")
    allowed.append("22")  # the day a letter is written
    for unit, channel in itertools.product(local_units(), CHANNELS):
        message = compose(assignment(unit, channel=channel))
        assert set(re.findall(r"\d+", whole(message))) <= set(allowed)


def test_what_tells_of_health_or_belief_is_never_a_local_hook() -> None:
    unit = next(unit for unit in local_units() if unit.name == "Roundhay")
    for channel, variant in itertools.product(CHANNELS, "AB"):
        text = whole(compose(assignment(unit, channel=channel, variant=variant)))
        assert "luten" not in text
    assert "Carrot cake" in compose(assignment(unit)).body


def test_a_group_of_fewer_than_ten_lends_no_products() -> None:
    small = local_units()[0].model_copy(update={"customers": 9})
    just = small.model_copy(update={"customers": 10})
    assert "Country sourdough" not in whole(compose(assignment(small)))
    assert "Country sourdough" in whole(compose(assignment(just)))


def test_what_a_place_buys_less_of_is_not_its_hook() -> None:
    unit = local_units()[0].model_copy(update={"top": (liked("Mince pie box", index=0.4),)})
    assert "Mince pie" not in whole(compose(assignment(unit)))


def test_the_name_of_a_segment_stays_inside_the_business() -> None:
    unit = Unit(level="segment", name="lapsed big spenders", customers=90, index=3)
    for channel in CHANNELS:
        assert "lapsed" not in whole(compose(assignment(unit, channel=channel)))


def test_an_individual_class_is_addressed_by_its_category_without_saying_it_was_watched() -> None:
    unit = Unit(
        level="individual", name="c", place="Hunslet", customers=40, category="pastry", index=0
    )
    body = compose(assignment(unit)).body
    assert "pastry" in body
    assert not re.search(r"\b(you bought|we saw|we noticed|your last)\b", body)


def test_an_email_ends_with_who_sends_it_from_where_why_and_how_to_stop_it() -> None:
    message = compose(assignment(EVERYONE))
    lines = message.body.splitlines()[-4:]
    assert lines == [
        "Corner Crumb Bakery Ltd, 12 Mill Lane, Leeds LS1 4AB, United Kingdom",
        "You are receiving this email because you agreed to hear from Corner Crumb by email.",
        "Questions: hello@cornercrumb.example",
        "Unsubscribe: https://cornercrumb.example/unsubscribe",
    ]
    assert 'href="https://cornercrumb.example/unsubscribe"' in message.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_message_names_the_brand_tells_how_to_stop_and_fits_one_part(
    language: Language,
) -> None:
    for unit in [*local_units(), EVERYONE]:
        body = compose(assignment(unit, channel="sms", language=language)).body
        assert "Corner Crumb" in body
        assert body.endswith("Reply STOP to opt out")
        assert sms_parts(body) == 1, body


def test_text_messages_have_an_opt_out_line_even_when_the_brand_kit_forgot_it() -> None:
    bare = BRIEF.model_copy(update={"brand": BRIEF.brand.model_copy(update={"required": {}})})
    line = footer(assignment(EVERYONE, brief=bare, channel="sms", language="de"))
    assert line == "Antwort STOP zum Abmelden"


def test_the_greeting_is_a_slot_with_a_fallback() -> None:
    message = compose(assignment(EVERYONE))
    assert message.slots == {"first_name": "there"}
    assert message.body.startswith('Hello {{ first_name | default: "there" }},')


def test_subjects_and_preheaders_keep_to_what_an_inbox_shows() -> None:
    for unit, variant in itertools.product([*local_units(), EVERYONE], "AB"):
        message = compose(assignment(unit, variant=variant))
        assert 0 < len(message.subject) <= 50
        assert 40 <= len(message.preheader) <= 70
        assert message.preheader != message.subject


def test_a_brief_in_german_is_written_in_german_without_quotation_marks() -> None:
    german = BRIEF.model_copy(
        update={
            "offer": BRIEF.offer.model_copy(
                update={"text": "15 % auf alle Brote", "terms": "vor 10:00 Uhr, nur im Laden"}
            ),
            "facts": ("Unser Sauerteig reift 24 Stunden.",),
            "call_to_action": BRIEF.call_to_action.model_copy(update={"text": "Jetzt bestellen"}),
            "languages": ("de",),
        }
    )
    body = compose(assignment(EVERYONE, brief=german, language="de")).body
    assert "15 % auf alle Brote" in body
    assert "„" not in body
    assert "Unser Sauerteig reift 24 Stunden." in body
    assert "Jetzt bestellen: https://cornercrumb.example/order" in body


def test_in_another_language_the_offer_and_the_action_are_said_again_and_facts_left_out() -> None:
    body = compose(assignment(EVERYONE, language="fr")).body
    assert "15 % de remise sur tous les pains" in body
    assert "Commander à l'avance : https://cornercrumb.example/order" in body
    assert "ferments" not in body
    assert "any loaf" not in body


def test_an_offer_of_no_usual_shape_is_restated_as_far_as_it_goes_and_quoted() -> None:
    offer = Offer(text="15% off, and a song from the baker")
    brief = BRIEF.model_copy(update={"offer": offer})
    body = compose(assignment(EVERYONE, brief=brief, language="fr")).body
    assert "15 % de remise (« 15% off, and a song from the baker »)" in body


def test_a_range_of_dates_names_both_ends_and_another_year_is_said() -> None:
    offer = Offer(text="10% off cakes", starts=dt.date(2026, 12, 30), ends=dt.date(2027, 1, 3))
    body = compose(assignment(EVERYONE, brief=BRIEF.model_copy(update={"offer": offer}))).body
    assert "rom Wednesday 30 December to Sunday 3 January 2027" in body


def test_terms_that_are_not_a_condition_of_time_or_place_get_their_own_sentence() -> None:
    offer = BRIEF.offer.model_copy(update={"terms": "order online, collect in store"})
    body = compose(assignment(EVERYONE, brief=BRIEF.model_copy(update={"offer": offer}))).body
    assert " Terms: order online, collect in store. " in body


def test_a_campaign_without_an_offer_still_says_its_fact_and_its_link() -> None:
    plain = BRIEF.model_copy(update={"offer": None})
    for channel in CHANNELS:
        text = whole(compose(assignment(EVERYONE, brief=plain, channel=channel)))
        assert "off any loaf" not in text
        assert "ferments for 24 hours" in text or "Order ahead" in text


def test_a_place_name_with_braces_cannot_open_a_merge_field() -> None:
    sly = Unit(level="local", name="x", place="{{ last_name }}", customers=50, index=0)
    message = compose(assignment(sly))
    assert message.slots == {"first_name": "there"}


def test_a_brand_that_only_has_a_name_still_gets_a_message() -> None:
    bare = BRIEF.model_copy(
        update={
            "brand": BRIEF.brand.__class__(name="Crumb"),
            "offer": None,
            "facts": (),
            "call_to_action": None,
        }
    )
    for channel, language in itertools.product(CHANNELS, LANGUAGES):
        message = compose(assignment(EVERYONE, brief=bare, channel=channel, language=language))
        assert "Crumb" in message.body


@pytest.mark.parametrize("channel", ["email", "whatsapp", "social", "flyer"])
def test_without_an_offer_the_facts_are_the_message_on_every_channel(channel: Channel) -> None:
    facts = ("Our new shop opens on Monday.", "The first 50 guests get a mug.")
    brief = BRIEF.model_copy(update={"offer": None, "facts": facts})
    for index in range(6):
        unit = EVERYONE.model_copy(update={"index": index})
        body = compose(assignment(unit, brief=brief, channel=channel)).body
        assert all(body.count(fact) == 1 for fact in facts), body


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_offer_that_is_all_there_is_still_gets_a_preheader(language: Language) -> None:
    offer = Offer(text="15% off any loaf")
    brief = BRIEF.model_copy(update={"offer": offer, "facts": (), "call_to_action": None})
    message = compose(assignment(EVERYONE, brief=brief, language=language))
    assert OFFERS[language] in message.preheader


def test_a_place_with_several_shops_is_not_sent_to_one_of_them() -> None:
    unit = next(unit for unit in local_units() if unit.stores)
    address = unit.stores[0].address
    other = unit.stores[0].model_copy(update={"name": "Corner Crumb Arndale", "address": "2 Row"})
    both = unit.model_copy(update={"stores": (*unit.stores, other)})
    assert any(address in whole(compose(assignment(unit, variant=each))) for each in "AB")
    for variant in "AB":
        told = whole(compose(assignment(both, variant=variant)))
        assert address not in told
        assert "2 Row" not in told


def test_a_category_is_not_named_in_a_language_its_word_is_not_of() -> None:
    unit = Unit(level="individual", name="x", place="Hunslet", customers=40, category="bread")
    for index in range(6):
        turned = unit.model_copy(update={"index": index})
        assert "bread" in compose(assignment(turned)).body
        for language in ("de", "fr", "es"):
            assert "bread" not in compose(assignment(turned, language=language)).body
