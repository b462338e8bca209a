import datetime as dt

import pytest
from corner_crumb import BRAND, TODAY
from reviewed import LIE, decided, drafted, fact

from copilot.campaigns.reviewing.review import (
    approval,
    by_draft,
    chosen,
    expired_claim,
    must_be_allowed,
    must_not_be_held,
    reviewer,
    standing,
    text_hash,
)
from copilot.errors import InputError, RefusedError
from copilot.records import LocalBrand, Message, SubstantiatedClaim


def test_an_approval_counts_while_the_text_is_the_same() -> None:
    draft = drafted(status="approved")
    events = [decided(draft)]
    assert approval(draft, events) == events[0]
    assert standing(draft, events) == "approved"
    for part in ("subject", "preheader", "body", "html"):
        message = draft.message.model_copy(update={part: "15% off!"})
        other = draft.model_copy(update={"message": message})
        assert approval(other, events) is None
        assert standing(other, events) == "in_review"


def test_an_approval_without_the_text_it_was_for_does_not_count() -> None:
    draft = drafted(status="approved")
    bare = decided(draft).model_copy(update={"text_hash": ""})
    assert standing(draft, [bare]) == "in_review"
    assert standing(draft, []) == "in_review"


@pytest.mark.parametrize("later", ["rejected", "edited"])
def test_a_later_rejection_or_edit_ends_an_approval_and_an_export_does_not(later: str) -> None:
    draft = drafted(status="exported")
    assert approval(draft, [decided(draft), decided(draft, "exported")]) is not None
    assert approval(draft, [decided(draft), decided(draft, later)]) is None


def test_what_is_not_approved_stands_as_it_is() -> None:
    assert standing(drafted(status="held"), []) == "held"
    assert standing(drafted(status="passed"), []) == "passed"


def test_hashes_tell_apart_where_a_text_stands() -> None:
    assert text_hash(Message(subject="a", body="b")) != text_hash(Message(subject="ab", body=""))


def test_a_decision_needs_a_name() -> None:
    assert reviewer("  Ann  Lee ") == "Ann Lee"
    with pytest.raises(InputError, match="needs a name"):
        reviewer("  ")


def test_a_held_draft_is_refused_with_its_finding() -> None:
    held = drafted(status="held", findings=(LIE,))
    with pytest.raises(RefusedError, match=r"d-Headingley .*fact\.discount: The offer is 15%"):
        must_not_be_held([drafted("Hunslet"), held])
    must_not_be_held([drafted()])


def test_only_the_brand_s_reviewers_approve_and_never_their_own_edit() -> None:
    brand, draft = BRAND.model_copy(update={"reviewers": ("Ann", "Bob")}), drafted()
    edited = by_draft([decided(draft, "edited", "Ann")])
    must_be_allowed(BRAND, "anybody", [draft], edited)
    must_be_allowed(brand, "bob", [draft], edited)
    must_be_allowed(brand, "Ann", [draft], {})
    with pytest.raises(RefusedError, match=r"'Eve' may not decide.*Ann, Bob"):
        must_be_allowed(brand, "Eve", [draft], {})
    with pytest.raises(RefusedError, match=r"'Ann' edited d-Headingley"):
        must_be_allowed(brand, "Ann", [draft], edited)


def test_an_unknown_draft_is_named() -> None:
    drafts = [drafted("Headingley"), drafted("Hunslet")]
    assert chosen(drafts, ["d-Hunslet"]) == [drafts[1]]
    with pytest.raises(InputError, match=r"no draft 'd-Leeds'.*d-Headingley, d-Hunslet"):
        chosen(drafts, ["d-Leeds"])


def test_a_claim_past_its_day_is_found_also_translated_and_of_the_place() -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    claim = SubstantiatedClaim(
        text="milled in Yorkshire",
        evidence="x",
        until=yesterday,
        translations={"de": "in Yorkshire gemahlen"},
    )
    brand = BRAND.model_copy(update={"claims": (claim,)})
    said = drafted(facts=(fact("Milled in Yorkshire."),))
    assert "until 2026-11-21" in expired_claim(said, brand, TODAY)
    assert expired_claim(said, brand, yesterday) == ""
    assert expired_claim(drafted(facts=(fact("In Yorkshire gemahlen"),)), brand, TODAY)
    assert expired_claim(drafted(facts=(fact("baked daily"),)), brand, TODAY) == ""
    local = BRAND.model_copy(update={"localities": {"Headingley": LocalBrand(claims=(claim,))}})
    assert expired_claim(said, local, TODAY)
    assert expired_claim(said.model_copy(update={"unit": "Hunslet"}), local, TODAY) == ""
