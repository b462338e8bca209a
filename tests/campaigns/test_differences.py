from hypothesis import given
from hypothesis import strategies as st
from reviewed import BODY, HELLO, drafted

from copilot.campaigns.composing.html import email_html
from copilot.campaigns.reviewing.differences import (
    changes,
    complete,
    differences,
    is_text_id,
    texts_of,
)
from copilot.records import Draft, Message

PLACES = ("Headingley", "Hunslet", "Holbeck")


def three() -> list[Draft]:
    return [
        drafted(place, body=BODY.replace("any loaf", f"any loaf in {place}")) for place in PLACES
    ]


def test_a_text_of_many_drafts_is_there_once_with_all_of_them() -> None:
    (group,) = differences(three())
    by_text = {one.text: one for one in group.texts}
    assert len(by_text) == len(group.texts) == 3 + 3 + 3
    assert by_text[HELLO].draft_ids == tuple(f"d-{place}" for place in PLACES)
    assert by_text["15% off any loaf in Hunslet."].units == ("Hunslet",)
    assert (group.drafts, group.shared) == (3, 3)
    assert sum(len(texts_of(draft)) for draft in three()) == 15


def test_a_variant_shows_only_the_words_that_differ_from_the_master() -> None:
    (group,) = differences(three())
    assert group.master == "d-Headingley"
    hunslet = next(one for one in group.texts if one.text.startswith("15% off any loaf in Huns"))
    assert hunslet.nearest == "15% off any loaf in Headingley."
    assert [hunslet.text[start:end] for start, end in hunslet.changes] == ["Hunslet"]


def test_the_master_is_the_draft_that_shares_most() -> None:
    odd = drafted("Odd", body="Nothing here is shared. Not a word.")
    (group,) = differences([odd, *three()])
    assert group.master == "d-Headingley"


def test_channels_and_languages_are_apart_and_their_texts_have_other_ids() -> None:
    email, sms = drafted(), drafted(channel="sms")
    german = drafted(language="de")
    groups = differences([email, sms, german])
    assert [(one.channel, one.language) for one in groups] == [
        ("email", "en"),
        ("sms", "en"),
        ("email", "de"),
    ]
    ids = [one.text_id for group in groups for one in group.texts]
    assert len(set(ids)) == len(ids)
    assert all(is_text_id(each) for each in ids)
    assert not is_text_id(email.draft_id)


def test_a_draft_is_complete_when_its_every_text_is_approved() -> None:
    drafts = three()
    needed = dict.fromkeys(texts_of(drafts[0]), "Ann")
    assert complete(drafts, needed) == [drafts[0]]
    for each in needed:
        assert complete(drafts, {key: by for key, by in needed.items() if key != each}) == []


def test_html_that_says_what_the_body_says_adds_no_text_and_what_it_adds_is_shown() -> None:
    body = f"{HELLO}\n\nOrder ahead: https://x.example/order\n\nCorner Crumb"
    html = email_html(language="en", subject="S", preheader="", body=body, footer="")
    plain = drafted(message=Message(subject="S", body=body, html=html))
    assert {part for part, _ in texts_of(plain).values()} == {"subject", "body"}
    sly = html.replace("</body>", '<p>Free money</p><a href="https://evil.example">x</a></body>')
    more = drafted(message=Message(subject="S", body=body, html=sly))
    added = [text for part, text in texts_of(more).values() if part == "html"]
    assert added == ["Free money", "https://evil.example"]


def test_who_approved_a_text_is_told() -> None:
    draft = drafted()
    first = next(iter(texts_of(draft)))
    (group,) = differences([draft], {first: "Ann"})
    assert [one.approved_by for one in group.texts][:2] == ["Ann", ""]


@given(st.text(alphabet="ab é.,", max_size=30), st.text(alphabet="ab é.,", max_size=30))
def test_changes_are_inside_the_text_and_none_where_nothing_changed(one: str, two: str) -> None:
    spans = changes(one, two)
    assert all(0 <= start < end <= len(one) for start, end in spans)
    assert changes(one, one) == ()
    kept = "".join(c for n, c in enumerate(one) if not any(a <= n < b for a, b in spans))
    rest = iter(two)
    assert all(character in rest for character in kept)
