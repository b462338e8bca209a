import json

import pytest
from pydantic import BaseModel

from copilot.errors import BudgetError, ModelError, SettingsError, UnusableAnswer
from copilot.models.chat import open_chat
from copilot.models.spend import Meter
from copilot.records import Usage
from copilot.settings import Settings
from tests.scripted_server import Reply, scripted_server


class Copy(BaseModel):
    subject: str
    body: str


GOOD = json.dumps({"subject": "Loaves", "body": "The ovens are on."})


def connected(url: str, **more: object) -> Settings:
    return Settings.load(base_url=url, model="scripted", timeout_s=5, **more)


def test_without_a_model_there_is_no_seam() -> None:
    assert open_chat(Settings.load()) is None


def test_a_model_without_server_or_key_is_refused_with_the_variable_to_set() -> None:
    with pytest.raises(SettingsError, match="MARKETING_COPILOT_BASE_URL"):
        open_chat(Settings.load(model="gpt-5-mini"))


def test_a_reply_is_parsed_and_its_tokens_are_metered() -> None:
    with scripted_server(Reply(GOOD)) as server:
        meter = Meter()
        complete = open_chat(connected(server.url), meter)
        assert complete is not None
        done = complete("Write.", "An email.", Copy)
    assert done.parsed == Copy(subject="Loaves", body="The ovens are on.")
    assert done.usage == Usage(input_tokens=11, output_tokens=7, cost_usd=None)
    assert meter.total.input_tokens == 11
    assert [m["content"] for m in server.requests[0]["messages"]] == ["Write.", "An email."]
    assert server.requests[0]["response_format"]["type"] == "json_schema"


def test_a_busy_server_is_tried_again() -> None:
    with scripted_server(Reply(status=429), Reply(status=503), Reply(GOOD)) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        assert complete("s", "u", Copy).parsed.subject == "Loaves"
        assert len(server.requests) == 3


@pytest.mark.parametrize("reply", [Reply(status=401), Reply(GOOD, cut=True)])
def test_a_failing_server_is_named(reply: Reply) -> None:
    with scripted_server(reply) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        with pytest.raises(ModelError, match=r"127\.0\.0\.1.*failed") as caught:
            complete("s", "u", Copy)
    assert not isinstance(caught.value, UnusableAnswer)


@pytest.mark.parametrize(
    "reply",
    [
        Reply("not json at all"),
        Reply('{"subject": "no body"}'),
        Reply('{"subject": "cut o', finish="length"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_apart_and_paid_for(reply: Reply) -> None:
    with scripted_server(reply) as server:
        meter = Meter()
        complete = open_chat(connected(server.url), meter)
        assert complete is not None
        with pytest.raises(UnusableAnswer, match="scripted"):
            complete("s", "u", Copy)
    assert (meter.total.input_tokens, meter.total.output_tokens) == (11, 7)


def test_a_server_that_is_not_there_is_named() -> None:
    complete = open_chat(connected("http://127.0.0.1:9/v1"))
    assert complete is not None
    with pytest.raises(ModelError, match=r"127\.0\.0\.1:9"):
        complete("s", "u", Copy)


def test_a_budget_stops_before_the_call_is_made() -> None:
    with scripted_server(Reply(GOOD)) as server:
        meter = Meter(budget_usd=0.5, total=Usage(cost_usd=0.5))
        complete = open_chat(connected(server.url), meter)
        assert complete is not None
        with pytest.raises(BudgetError):
            complete("s", "u", Copy)
        assert server.requests == []
