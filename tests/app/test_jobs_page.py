"""Durable jobs on the pages: followed, paused, let go on, looked at later."""

import pytest
from apptest import Open, labels, opened, settled, words
from streamlit.testing.v1 import AppTest

from copilot import Brief, Copilot
from copilot.campaigns.briefing.brief import load_brief
from tests.conftest import ROOT


def brief(name: str) -> Brief:
    """Six e-mails, one for each neighbourhood."""
    return load_brief(ROOT / "samples" / "bakery" / "saturday-loaves.yaml").model_copy(
        update={"name": name, "channels": ("email",), "variants": 1}
    )


def press(at: AppTest, label: str) -> AppTest:
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception
    return at


def test_without_a_job_the_page_says_where_to_start(empty: Copilot) -> None:
    at = opened(empty, "jobs")
    assert not at.exception
    assert "Nothing has been drafted yet" in words(at)


def test_a_paused_job_says_why_and_goes_on_from_the_page(page: Open, bakery: Copilot) -> None:
    job = bakery.start_draft(brief("paused"))
    bakery.queue.pause(job.id, "The model server is down.")
    at = page("jobs")
    assert not at.exception
    assert "The model server is down." in words(at)
    at = settled(press(at, "Go on"))
    assert not at.exception
    done = bakery.job(job.id)
    assert (done.state, done.done) == ("done", 6)
    assert next(one.value for one in at.metric if one.label == "Drafts") == "6"
    assert any("Done: 6 passed" in one.value for one in at.code)


def test_a_job_can_be_cancelled_from_the_page(page: Open, bakery: Copilot) -> None:
    job = bakery.start_draft(brief("cancelled"))
    bakery.queue.pause(job.id)
    at = press(page("jobs"), "Cancel the job")
    assert bakery.job(job.id).state == "cancelled"
    assert "was cancelled after 0 of 0 messages" in words(at)
    assert "Go on" not in labels(at, "button")


def test_what_was_skipped_is_listed_with_the_reason(page: Open, bakery: Copilot) -> None:
    job = bakery.start_draft(brief("skipping"))
    bakery.queue.skip(job.id, {"Hunslet email en A": "No such product."})
    bakery.cancel(job.id)
    tables = [one.value for one in page("jobs").dataframe]
    assert any("No such product." in one.to_string() for one in tables)


def test_drafts_under_way_are_found_again_when_the_campaigns_page_is_loaded_anew(
    bakery: Copilot,
) -> None:
    job = bakery.start_draft(brief("reloaded"), out=bakery.settings.home / "drafts" / "re.csv")
    at = AppTest.from_file(str(ROOT / "copilot" / "app" / "campaigns.py"), default_timeout=90)
    at.session_state["copilot"] = bakery
    at.query_params["jobs"] = job.id
    at = settled(at.run())
    assert not at.exception
    found = bakery.job(job.id)
    assert (found.state, found.reason) == ("done", "")
    assert any(one.startswith("Download re.csv") for one in labels(at, "download_button"))
    assert "6" in [one.value for one in at.metric if one.label == "Drafts"]


@pytest.mark.parametrize("action", ["reload", "restart"])
def test_a_conversation_is_there_after_a_reload_and_a_restart(bakery: Copilot, action: str) -> None:
    at = opened(bakery, "chat")
    at.chat_input[0].set_value("What is micromarketing?").run()
    chat_id = str(at.query_params["chat"])
    later = bakery if action == "reload" else Copilot.open(bakery.settings)
    again = AppTest.from_file(str(ROOT / "copilot" / "app" / "chat.py"), default_timeout=90)
    again.session_state["copilot"] = later
    again.query_params["chat"] = chat_id
    again.run()
    assert not again.exception
    assert [one.name for one in again.chat_message] == ["user", "assistant"]
    assert words(at).startswith(words(again))
    assert "micromarketing" in words(again)
    assert again.get("popover")
    again.chat_input[0].set_value("What are its drawbacks?").run()
    assert not again.exception
    assert len(again.chat_message) == 4


def test_earlier_conversations_are_opened_and_deleted(empty: Copilot) -> None:
    at = opened(empty, "chat")
    at.chat_input[0].set_value("What is micromarketing?").run()
    chat_id = str(at.query_params["chat"])
    press(at.run(), "New conversation")
    assert not at.chat_message
    at.button(key=f"open-{chat_id}").click().run()
    assert "What is micromarketing?" in words(at)
    press(at.run(), "New conversation")
    at.button(key=f"delete-{chat_id}").click().run()
    assert empty.chats.recent() == ()


def test_a_brief_waiting_in_the_chat_is_there_after_a_reload(bakery: Copilot) -> None:
    at = opened(bakery, "chat")
    at.chat_input[0].set_value("Draft an email about 15% off any loaf, code CRUST15").run()
    assert "This is what I understood" in words(at)
    again = AppTest.from_file(str(ROOT / "copilot" / "app" / "chat.py"), default_timeout=90)
    again.session_state["copilot"] = bakery
    again.query_params["chat"] = at.query_params["chat"]
    again.run()
    assert not again.exception
    assert "This is what I understood" in words(again)
    assert "Draft it" in labels(again, "button")


def test_an_open_conversation_lets_go_of_what_was_erased(bakery: Copilot) -> None:
    at = opened(bakery, "chat")
    at.chat_input[0].set_value("What is micromarketing?").run()
    at.chat_input[0].set_value("Where does nobody@example.org shop?").run()
    assert "nobody@" in words(at)
    assert bakery.chats.forget(lambda text: "nobody@" in text)
    at.run()
    assert not at.exception
    assert "nobody@" not in words(at)
    assert "What is micromarketing?" in words(at)
