"""The model writer: a scripted model that tells the truth, lies once, or lies for good."""

from typing import Any

from pydantic import BaseModel

from copilot.campaigns.facts import facts_for
from copilot.campaigns.write import GREETING, Written, write
from copilot.models.chat import Completion
from copilot.records import Assignment, Usage
from tests.campaigns.corner_crumb import BRIEF, assignment, local_units

HONEST = Written(
    subject="15% off any loaf on Saturday 28 November",
    preheader="Before 10:00, in store only, with code CRUST15.",
    body=f"Hello {GREETING},\n\nOn Saturday 28 November there is 15% off any loaf, before 10:00, "
    "in store only. The code is CRUST15.\n\nOur sourdough ferments for 24 hours.\n\n"
    "Order ahead: https://cornercrumb.example/order",
)
LIE = HONEST.model_copy(update={"body": HONEST.body.replace("15%", "25%")})


class Scripted:
    """Replies in order, the last one for ever, and keeps what it was asked."""

    def __init__(self, *replies: Written) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, str]] = []

    def __call__(self, system: str, user: str, schema: type[BaseModel]) -> Completion[Any]:
        assert schema is Written
        self.asked.append((system, user))
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        return Completion(reply, Usage(input_tokens=1, output_tokens=1), "scripted")


def holbeck() -> Assignment:
    unit = next(unit for unit in local_units() if unit.name == "Holbeck")
    return assignment(unit, facts=facts_for(BRIEF, unit, language="en"))


def test_an_honest_message_passes_and_gets_its_sender_block() -> None:
    model = Scripted(HONEST)
    message, why = write(holbeck(), model)
    assert why is None
    assert message is not None
    assert message.subject == HONEST.subject
    assert "12 Mill Lane, Leeds LS1 4AB" in message.body
    assert "https://cornercrumb.example/unsubscribe" in message.html
    assert message.slots == {"first_name": "there"}
    assert len(model.asked) == 1


def test_a_lie_is_named_in_the_repair_and_the_corrected_message_is_used() -> None:
    model = Scripted(LIE, HONEST)
    message, why = write(holbeck(), model)
    assert why is None
    assert message is not None
    assert "25%" not in message.body
    assert "25%" in model.asked[1][1]
    assert len(model.asked) == 2


def test_a_lie_that_stays_is_dropped_after_two_repairs() -> None:
    model = Scripted(LIE)
    message, why = write(holbeck(), model)
    assert message is None
    assert why is not None
    assert "25%" in why
    assert len(model.asked) == 3


def test_a_broken_merge_tag_is_repaired_and_never_sent() -> None:
    broken = HONEST.model_copy(update={"body": HONEST.body.replace(GREETING, "{{ first_name")})
    message, _ = write(holbeck(), Scripted(broken, HONEST))
    assert message is not None
    assert "{{ first_name |" in message.body
    message, why = write(holbeck(), Scripted(broken))
    assert message is None
    assert why is not None


def test_the_model_is_given_facts_and_slots_and_nobodys_data() -> None:
    model = Scripted(HONEST)
    write(holbeck(), model)
    system, user = model.asked[0]
    for said in ("15% off any loaf", "CRUST15", "Butter croissant", "Holbeck"):
        assert said in user
    assert GREETING in system
    assert "83" not in user  # how many customers live there may be used, never mentioned
    assert "{{>" not in system + user


def test_what_the_prompt_asks_for_is_what_the_channel_takes() -> None:
    assert "No subject" in _asked("sms")
    assert "preheader of 40 to 70" in _asked("email")


def _asked(channel: str) -> str:
    unit = local_units()[0]
    model = Scripted(HONEST)
    write(assignment(unit, channel=channel, facts=facts_for(BRIEF, unit, language="en")), model)
    return model.asked[0][0]
