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


@pytest.mark.parametrize(
    "message",
    [
        "Was ist lokales Marketing?",
        "Wie schreibe ich eine gute E-Mail?",
        "Erkläre Rabatte von 15 % im E-Mail-Marketing",
        "Qu'est-ce qu'un groupe témoin ?",
        "Quel quartier achète le plus de pain ?",
        "Compare le micromarketing et la personnalisation de masse",
        "¿Qué es el marketing local?",
        "¿Cuántos clientes compraron pan?",
        "Explica los descuentos del 20 % por correo",
        "Explain why 20% off by email works",
    ],
)
def test_a_question_in_any_language_is_asked(message: str) -> None:
    assert route(message) == "ask"
    assert route(message, drafting=True) == "ask"


@pytest.mark.parametrize(
    "message",
    [
        "Can you explain how an SMS discount works?",
        "Kannst du mir erklären, was 15 % Rabatt per SMS bringt?",
        "Peux-tu expliquer les remises de 15 % par SMS ?",
        "¿Puedes explicar los descuentos del 15 % por SMS?",
    ],
)
def test_a_request_to_explain_is_no_request_for_copy(message: str) -> None:
    assert route(message) == "ask"


def test_a_remark_about_something_else_does_not_change_the_waiting_brief() -> None:
    assert route("drawbacks of local marketing", drafting=True) == "ask"
