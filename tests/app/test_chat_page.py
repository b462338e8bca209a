from apptest import ROOT, Open, labels, opened, settled, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot

DRAFT = (
    "Draft an email for each neighbourhood about 15% off any loaf this Saturday before ten, "
    "code CRUST15"
)


def say(at: AppTest, text: str) -> AppTest:
    at.chat_input[0].set_value(text).run()
    assert not at.exception
    return at


def drop(at: AppTest, name: str, content: bytes) -> AppTest:
    at.chat_input[0].upload(name, content).run()
    assert not at.exception
    return at


def popovers(at: AppTest) -> list[str]:
    return [block.proto.popover.label for block in at.get("popover")]


def test_an_empty_chat_offers_what_to_ask(page: Open) -> None:
    at = page("chat")
    assert "Compare micromarketing with mass customisation" in labels(at, "button")
    at.button(key="starter-1").click().run()
    assert "three main drawbacks" in words(at)
    assert [one.name for one in at.chat_message] == ["user", "assistant"]


def test_a_comparison_is_a_table_whose_citations_open_the_quoted_passage(page: Open) -> None:
    at = say(page("chat"), "Compare micromarketing with mass customisation")
    assert "| **Scope** |" in words(at)
    assert "1" in popovers(at)
    quoted = [one.value for one in at.get("html") if "<mark" in one.value]
    assert any("very narrow, specific segments" in one for one in quoted)
    assert "knowledge/concepts/micromarketing.md" in words(at)


def test_the_conversation_stays_and_can_be_cleared(page: Open) -> None:
    at = say(page("chat"), "What is micromarketing?")
    say(at, "What are the drawbacks of local marketing?")
    assert [one.name for one in at.chat_message] == ["user", "assistant"] * 2
    next(one for one in at.button if one.label == "Clear conversation").click().run()
    assert not at.chat_message


def test_a_number_comes_with_its_chart_table_and_query(page: Open) -> None:
    at = say(page("chat"), "Which neighbourhood buys most bread?")
    assert "**Chapel Allerton** comes first" in words(at)
    assert at.get("vega_lite_chart")
    assert "Chapel Allerton" in at.dataframe[0].value.to_string()
    assert "How this was computed" in labels(at, "expander")
    assert "SELECT" in at.code[0].value


def test_what_is_not_covered_is_refused_and_says_what_is_missing(page: Open) -> None:
    at = say(page("chat"), "What is the capital of Peru?")
    assert "Not answered" in words(at)
    assert "Peru" in words(at)
    assert popovers(at) == []


def test_a_dropped_document_is_read_in_and_answers(empty: Copilot) -> None:
    at = drop(opened(empty, "chat"), "ovens.md", b"# Zorblat\n\nA zorblat is a brick oven.\n")
    settled(at)
    assert "1 added" in words(at)
    assert "brick oven" in words(say(at, "What is a zorblat?"))


def test_a_question_dropped_with_a_document_waits_for_it(empty: Copilot) -> None:
    at = opened(empty, "chat")
    at.chat_input[0].upload("ovens.txt", b"A zorblat is a brick oven.\n")
    settled(say(at, "What is a zorblat?"))
    settled(at.run())
    assert [one.name for one in at.chat_message] == ["user", "assistant", "user", "assistant"]
    assert "brick oven" in words(at)


def test_a_broken_document_is_named_with_its_reason(empty: Copilot) -> None:
    at = settled(drop(opened(empty, "chat"), "broken.pdf", b"not a pdf"))
    assert "could not be read" in at.warning[0].value
    ((document, reason),) = at.dataframe[0].value.to_numpy().tolist()
    assert (document, bool(reason)) == ("broken.pdf", True)


def test_a_dropped_customer_file_is_shown_before_it_is_loaded(empty: Copilot) -> None:
    people = (ROOT / "samples" / "bakery" / "customers.csv").read_bytes()
    at = drop(opened(empty, "chat"), "people.csv", people)
    assert at.selectbox(key=table_key(at)).value == "customers"
    assert "500 rows read = 500 new + 0 updated + 0 rejected" in words(at)
    assert "customers" not in empty.profile().tables
    settled(next(one for one in at.button if one.label == "Load 500 rows").click().run())
    assert "is loaded into customers: 500 rows read" in words(at)
    assert empty.profile().tables["customers"].rows == 500
    assert not list((empty.settings.home / "uploads").rglob("people.csv"))


def table_key(at: AppTest) -> str:
    return next(one.key for one in at.selectbox if one.label == "What is in this file?")


def test_a_customer_file_can_go_to_another_table_or_nowhere(empty: Copilot) -> None:
    at = drop(opened(empty, "chat"), "stop.csv", b"address\na@example.org\nb@example.org\n")
    at.selectbox(key=table_key(at)).set_value("suppressions").run()
    assert "2 rows read = 2 new" in words(at)
    next(one for one in at.button if one.label == "Do not load").click().run()
    assert "not loaded" in words(at)
    assert not list((empty.settings.home / "uploads").rglob("stop.csv"))


def test_rejected_rows_are_counted_and_can_be_downloaded(empty: Copilot) -> None:
    rows = b"customer_id,email\nC1,a@example.org\n,b@example.org\n"
    at = drop(opened(empty, "chat"), "people.csv", rows)
    settled(next(one for one in at.button if one.label == "Load 1 rows").click().run())
    assert "1 rejected" in words(at)
    assert "Rejected rows with reasons (1)" in labels(at, "download_button")


def test_a_draft_is_understood_confirmed_and_made_per_place_and_per_customer(page: Open) -> None:
    at = say(page("chat"), DRAFT)
    assert "This is what I understood" in words(at)
    assert at.text_input(key="code-2").value == "CRUST15"
    settled(at.button(key="first-2").click().run())
    assert not at.exception
    assert at.tabs[0].label == "Per neighbourhood (6)"
    assert at.tabs[1].label.startswith("Per customer (")
    marked = [one.value for one in at.get("html") if "CRUST15" in one.value]
    assert marked
    assert all("brief.offer.code" in one for one in marked)
    assert any(one.label.startswith("Download ") for one in at.get("download_button"))
    assert "without consent" in words(at)


def test_a_waiting_brief_is_changed_by_what_is_said(page: Open) -> None:
    at = say(say(page("chat"), DRAFT), "make it 20%")
    assert "Replaced by the brief below." in words(at)
    assert "20%" in at.text_input(key="text-5").value


def test_a_cancelled_brief_drafts_nothing(page: Open) -> None:
    at = say(page("chat"), DRAFT)
    at.button(key="second-2").click().run()
    assert "Not drafted." in words(at)
    assert not at.tabs


def test_an_offer_that_ends_before_it_starts_is_told(page: Open) -> None:
    at = say(page("chat"), DRAFT)
    at.date_input(key="ends-2").set_value("2020-01-01")
    at.button(key="first-2").click().run()
    assert "before it starts" in at.error[0].value
