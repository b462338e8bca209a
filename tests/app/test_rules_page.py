from collections.abc import Iterator

import pytest
from apptest import Open, labels, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot
from copilot.app._state import State


@pytest.fixture(autouse=True)
def no_segments_left(bakery: Copilot) -> Iterator[None]:
    yield
    for one in bakery.saved_segments():
        bakery.remove_segment(one.name)


@pytest.fixture
def builder(page: Open) -> AppTest:
    return page("customers").segmented_control(key="section").set_value("Segments").run()


def button(at: AppTest, label: str, which: int = 0) -> AppTest:
    return [one for one in at.button if one.label.startswith(label)][which].click().run()


def choose(at: AppTest, label: str, value: object, which: int = -1) -> AppTest:
    widget = [one for one in at.selectbox if one.label == label][which]
    return widget.set_value(value).run()


def text(at: AppTest) -> str:
    return str(at.text_area(key="rule-text").value)


def counted(at: AppTest) -> str:
    return next(str(one.value) for one in at.metric if one.label == "Customers")


def test_rows_write_the_expression_and_count_live(builder: AppTest, bakery: Copilot) -> None:
    at = builder
    assert counted(at) == "500"
    choose(at, "Field", "neighbourhood")
    choose(at, "Value", "Holbeck")
    assert text(at) == "neighbourhood = 'Holbeck'"
    assert counted(at) == str(bakery.reach("neighbourhood = 'Holbeck'").customers)
    button(at, "Add a test")
    choose(at, "Field", "frequency")
    next(one for one in at.number_input if one.label == "Value").set_value(3).run()
    assert text(at) == "neighbourhood = 'Holbeck' and frequency >= 3"
    assert not at.exception


def test_a_group_of_alternatives_is_put_in_brackets(builder: AppTest) -> None:
    at = builder
    choose(at, "Field", "consent_email")
    button(at, "Add a group")
    choose(at, "Field", "neighbourhood")
    choose(at, "Value", "Holbeck")
    button(at, "Add a test", 0)
    choose(at, "Field", "language", -1)
    choose(at, "Value", "pl", -1)
    assert text(at) == "consent_email and (neighbourhood = 'Holbeck' or language = 'pl')"


def test_what_is_typed_becomes_rows(builder: AppTest) -> None:
    at = builder
    typed = "not (city like 'Le%' or last_purchase between '2026-01-01' and '2026-02-01')"
    at.text_area(key="rule-text").set_value(typed).run()
    assert not at.exception
    assert text(at) == typed
    shown = [one.value for one in at.selectbox if one.label == "Test"]
    assert shown == ["begins with", "is between"]
    assert next(one for one in at.text_input if one.label == "Value").value == "Le"


def test_text_that_rows_cannot_show_still_counts(builder: AppTest, bakery: Copilot) -> None:
    at = builder
    typed = "frequency in (1, 2)"
    at.text_area(key="rule-text").set_value(typed).run()
    assert "Rows cannot show" in words(at)
    assert counted(at) == str(bakery.reach(typed).customers)
    button(at, "Start again with rows")
    assert text(at) == ""


def test_a_wrong_rule_is_told_and_its_text_stays(builder: AppTest) -> None:
    at = builder
    at.text_area(key="rule-text").set_value("shoe_size > 9").run()
    assert not at.exception
    assert "shoe\\_size" in words(at)
    assert text(at) == "shoe_size > 9"


def test_values_that_say_who_somebody_is_are_not_listed(builder: AppTest) -> None:
    at = builder
    choose(at, "Field", "email")
    assert not [one for one in at.selectbox if one.label == "Value"]


def test_a_rule_is_saved_opened_again_and_taken_away(builder: AppTest, bakery: Copilot) -> None:
    at = builder
    choose(at, "Field", "language")
    choose(at, "Value", "pl")
    at.text_input(key="rule-name").set_value("Polish readers").run()
    button(at, "Save")
    assert [one.where for one in bakery.saved_segments()] == ["language = 'pl'"]
    at.text_area(key="rule-text").set_value("city = 'Leeds'").run()
    button(at, "Open")
    assert text(at) == "language = 'pl'"
    button(at, "Remove", [one.key for one in at.button].index("remove-saved") * 0)
    assert bakery.saved_segments() == []


def test_a_rule_that_names_a_person_is_not_saved(builder: AppTest, bakery: Copilot) -> None:
    at = builder
    at.text_area(key="rule-text").set_value("email = 'x@example.org'").run()
    at.text_input(key="rule-name").set_value("one").run()
    button(at, "Save")
    assert "names nobody" in words(at)
    assert bakery.saved_segments() == []


def test_a_campaign_is_drafted_for_the_rule(builder: AppTest, page: Open) -> None:
    at = builder
    choose(at, "Field", "language")
    choose(at, "Value", "pl")
    button(at, "Draft for these")
    now: State = at.session_state["state"]
    assert now.draft_for == "language = 'pl'"


def test_a_campaign_can_be_sent_to_a_saved_segment(page: Open, bakery: Copilot) -> None:
    bakery.save_segment("Polish readers", "language = 'pl'")
    at = page("campaigns")
    at.selectbox(key="send-to").set_value("Saved: Polish readers").run()
    assert not at.exception
    rule = next(one for one in at.text_input if one.label == "Audience rule")
    assert rule.value == "language = 'pl'"
    assert "Draft it" in labels(at, "button")
