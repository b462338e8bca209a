"""A watched model: what halts the work and what is left to the composer."""

from typing import Any

import pytest
from pydantic import BaseModel

from copilot.errors import ModelError, StoppedError, UnusableAnswer
from copilot.jobs.watch import Watch, watched
from copilot.models.chat import Completion
from copilot.records import Usage


class Reply(BaseModel):
    text: str = "fine"


class Odd(Exception):
    status_code = 400


def fine(_system: str, _user: str, schema: Any) -> Completion[Any]:
    return Completion(schema(), Usage(), "m")


def failing(error: ModelError, watch: Watch, calls: list[str], *, others: bool = False) -> Any:
    def complete(_system: str, user: str, _schema: Any) -> Completion[Any]:
        calls.append(user)
        watch.answers += others
        raise error

    return watched(complete, watch)


def test_a_server_that_fails_again_and_again_halts_the_work_with_the_reason() -> None:
    watch, calls = Watch(patience_s=(0.0, 0.0)), []
    with pytest.raises(StoppedError):
        failing(ModelError("It failed.", hint="Look."), watch, calls)("", "u", Reply)
    assert (len(calls), watch.halt.is_set(), watch.reason) == (3, True, "It failed. Look.")


def test_a_call_that_fails_while_others_are_answered_is_left_to_the_composer() -> None:
    watch, calls = Watch(patience_s=(0.0,)), []
    with pytest.raises(ModelError, match="It failed"):
        failing(ModelError("It failed."), watch, calls, others=True)("", "u", Reply)
    assert (len(calls), watch.halt.is_set()) == (1, False)


def test_a_request_that_is_refused_and_an_unusable_answer_do_not_halt() -> None:
    refused = ModelError("Too long.")
    refused.__cause__ = Odd()
    for error in (refused, UnusableAnswer("Half an answer.")):
        watch, calls = Watch(patience_s=(0.0,)), []
        with pytest.raises(ModelError, match=error.message):
            failing(error, watch, calls)("", "u", Reply)
        assert (len(calls), watch.halt.is_set()) == (1, False)


def test_nothing_is_asked_once_the_work_is_halted() -> None:
    watch = Watch()
    assert watched(fine, watch)("", "u", Reply).parsed.text == "fine"
    watch.halt.set()
    with pytest.raises(StoppedError):
        watched(fine, watch)("", "u", Reply)
