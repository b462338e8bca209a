"""Facts taken out of copy, and what is left to compare."""

from drifting import said
from hypothesis import given
from hypothesis import strategies as st

from copilot.campaigns.drifting.masking import draft_sentences, names_of, text_sentences
from copilot.records import Message


def masked(text: str, **names: str) -> list[str]:
    return [one.masked for one in text_sentences(text, "en", names)]


def test_places_prices_dates_codes_and_slots_become_their_kinds() -> None:
    text = (
        "On Friday there is soup for £3.50 in Leith, and {{ first_name }} may have the chair near "
        "the window for as long as the rain goes on, and the code word is still CRUST15."
    )
    assert masked(text, Leith="place") == [
        "On ⟦date⟧ there is soup for ⟦price⟧ in ⟦place⟧, and ⟦person⟧ may have the chair near "
        "the window for as long as the rain goes on, and the code word is still ⟦code⟧."
    ]


def test_a_name_is_masked_as_a_whole_word_only() -> None:
    assert masked("Rye is good, and so is Ryedale.", Rye="product") == [
        "⟦product⟧ is good, and so is Ryedale."
    ]


def test_a_boast_is_a_manner_of_speaking_and_stays() -> None:
    assert masked("It is simply the best bread.") == ["It is simply the best bread."]


def test_terms_of_an_offer_and_bare_names_have_no_voice() -> None:
    assert masked(
        "Use the code CRUST15.\nLeith: Rye\nCome and sit down.", Leith="place", Rye="product"
    ) == ["Come and sit down."]


def test_an_emoji_closes_its_sentence() -> None:
    assert masked("Ready to roll? 🛴 Off you go!") == ["Ready to roll? 🛴", "Off you go!"]


def test_subject_preheader_and_body_are_read_and_html_only_when_it_is_alone() -> None:
    message = Message(
        subject="Bread is on", preheader="Come by today", body="We bake.", html="<p>No.</p>"
    )
    found = draft_sentences(said("x", message=message), {})
    assert [(one.part, one.text) for one in found] == [
        ("subject", "Bread is on"),
        ("preheader", "Come by today"),
        ("body", "We bake."),
    ]


def test_names_are_the_facts_that_name_and_the_brand() -> None:
    draft = said(
        "The rye loaf costs 4 EUR in Leith.", names={"rye loaf": "product", "4 EUR": "price"}
    )
    assert names_of([draft], "Harbour Loaf") == {"Harbour Loaf": "brand", "rye loaf": "product"}


@given(st.text(alphabet="aB 15%€.!?…\n🛴é⟦⟧{}Leith£", max_size=80))
def test_every_sentence_stands_where_it_says(text: str) -> None:
    for one in text_sentences(text, "en", {"Leith": "place"}):
        assert text[one.start : one.end].strip() == one.text
