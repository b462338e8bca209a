import pytest

from copilot.assistant.route import route


@pytest.mark.parametrize(
    "message",
    [
        "Draft an email for each neighbourhood about 15% off any loaf this Saturday",
        "please write an SMS to all customers in Leeds",
        "Can you create a campaign for coffee lovers",
        "Now write the offer for each customer",
        "Email about 20% off coffee until Friday",
        "an SMS for customers in Headingley: free coffee with every loaf",
    ],
)
def test_a_request_for_copy_is_a_draft(message: str) -> None:
    assert route(message) == "draft"


@pytest.mark.parametrize(
    "message",
    [
        "Compare micromarketing with mass customisation",
        "which neighbourhood buys most bread?",
        "How do I write a good email?",
        "What is a holdout test?",
        "make bread more local",
        "Email marketing for small shops",
        "What is a good offer for an email?",
    ],
)
def test_a_question_is_asked_of_the_library_or_the_data(message: str) -> None:
    assert route(message) == "ask"


@pytest.mark.parametrize(
    "message",
    [
        "make it 20%",
        "only SMS",
        "the code is CRUST20",
        "in German",
        "until Sunday instead",
        "for each customer instead",
        "before eleven",
        "two versions",
        "mention that the ovens are new",
        "on Friday instead",
        "SMS instead of email",
        "also in French",
    ],
)
def test_a_correction_revises_the_waiting_brief_only_when_there_is_one(message: str) -> None:
    assert route(message, drafting=True) == "revise"
    assert route(message, drafting=False) == "ask"


def test_a_question_while_a_brief_waits_is_still_a_question() -> None:
    assert route("Is the code in every message?", drafting=True) == "ask"
