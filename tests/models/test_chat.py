import json

import pytest
from pydantic import BaseModel

from copilot.errors import (
    BudgetError,
    ModelError,
    ModelUnavailable,
    SettingsError,
    StoppedError,
    UnusableAnswer,
)
from copilot.models.chat import Completion, open_chat, stoppable
from copilot.models.pool import in_order
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


def test_a_fence_around_the_answer_is_no_obstacle() -> None:
    with scripted_server(Reply(f"```json\n{GOOD}\n```\n")) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        assert complete("s", "u", Copy).parsed.subject == "Loaves"


def test_a_busy_server_is_tried_again() -> None:
    with scripted_server(Reply(status=429), Reply(status=503), Reply(GOOD)) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        assert complete("s", "u", Copy).parsed.subject == "Loaves"
        assert len(server.requests) == 3


def test_a_cut_answer_is_asked_for_again() -> None:
    with scripted_server(Reply(GOOD, cut=True), Reply(GOOD)) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        assert complete("s", "u", Copy).parsed.subject == "Loaves"
        assert len(server.requests) == 2


def test_a_slow_answer_is_given_up_and_asked_for_again() -> None:
    with scripted_server(Reply(GOOD, delay=3), Reply(GOOD)) as server:
        complete = open_chat(connected(server.url).model_copy(update={"timeout_s": 1.0}))
        assert complete is not None
        assert complete("s", "u", Copy).parsed.subject == "Loaves"
        assert len(server.requests) == 2


def test_every_worker_waits_when_one_is_told_to() -> None:
    wait = Reply(status=429, headers={"retry-after": "1.5"})
    with scripted_server(Reply(GOOD), wait, Reply(GOOD, delay=0.1)) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        complete("s", "u", Copy)  # what is loaded with the first answer is out of the way
        list(in_order(4, lambda _: complete("s", "u", Copy), range(80)))  # 2 s of work at least
    told = server.times[1]
    assert not [each for each in server.times if told + 0.7 < each < told + 1.4]
    assert len(server.requests) == 82


def test_a_limit_of_requests_a_minute_is_kept_from_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("copilot.models.gate.MINUTE", 1.0)
    with scripted_server(Reply(GOOD)) as server:
        complete = open_chat(connected(server.url, requests_per_minute=4))
        assert complete is not None
        list(in_order(4, lambda _: complete("s", "u", Copy), range(10)))
    first, times = server.times[0], sorted(server.times)
    assert times[4] - first > 0.8
    assert times[8] - first > 1.8


def test_tokens_a_minute_are_kept_by_what_calls_really_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("copilot.models.gate.MINUTE", 20.0)
    with scripted_server(Reply(GOOD)) as server:  # every answer says that it took 18 tokens
        complete = open_chat(connected(server.url, tokens_per_minute=1320))
        assert complete is not None
        for _ in range(4):
            complete("s", "u", Copy)
        assert len(server.requests) == 4
    assert max(server.times) - min(server.times) < 20.0  # one estimate alone fills the minute


def test_threads_share_one_client_and_every_answer_is_counted() -> None:
    with scripted_server(Reply(GOOD, delay=0.1)) as server:
        meter = Meter()
        complete = open_chat(connected(server.url, concurrency=5), meter)
        assert complete is not None
        list(in_order(12, lambda _: complete("s", "u", Copy), range(40)))
        assert server.most == 5  # as many as the setting says, however many threads ask
    assert meter.total.input_tokens == 40 * 11


def test_a_stop_is_honoured_before_the_next_call_and_while_waiting() -> None:
    with scripted_server(Reply(GOOD), Reply(status=429, headers={"retry-after": "60"})) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        calls = stoppable(complete, lambda: len(server.requests) >= 2)
        calls("s", "u", Copy)
        with pytest.raises(StoppedError):
            calls("s", "u", Copy)
        with pytest.raises(StoppedError):
            calls("s", "u", Copy)
        assert len(server.requests) == 2


def test_any_seam_can_be_stopped() -> None:
    def complete(system: str, user: str, schema: type[Copy]) -> Completion[Copy]:
        return Completion(schema(subject=system, body=user), Usage(), "mine")

    assert stoppable(complete, lambda: False)("s", "u", Copy).model == "mine"
    with pytest.raises(StoppedError):
        stoppable(complete, lambda: True)("s", "u", Copy)


@pytest.mark.parametrize("reply", [Reply(status=400), Reply(status=500), Reply(GOOD, cut=True)])
def test_a_failing_server_is_named(reply: Reply) -> None:
    with scripted_server(reply) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        with pytest.raises(ModelError, match=r"127\.0\.0\.1.*failed") as caught:
            complete("s", "u", Copy)
    assert not isinstance(caught.value, (UnusableAnswer, ModelUnavailable))
    assert len(server.requests) == (1 if reply.status == 400 else 4)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=401),
        Reply(status=404),
        Reply(status=429, headers={"retry-after": "86400"}),
    ],
)
def test_what_no_call_can_pass_is_told_apart_and_not_tried_again(reply: Reply) -> None:
    with scripted_server(reply) as server:
        complete = open_chat(connected(server.url))
        assert complete is not None
        with pytest.raises(ModelUnavailable):
            complete("s", "u", Copy)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply("not json at all"),
        Reply('{"subject": "no body"}'),
        Reply('{"subject": "Loaves", "body": "The ovens a'),
        Reply(""),
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
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1:9"):
        complete("s", "u", Copy)


def test_a_budget_stops_before_the_call_is_made() -> None:
    with scripted_server(Reply(GOOD)) as server:
        meter = Meter(budget_usd=0.5, total=Usage(cost_usd=0.5))
        complete = open_chat(connected(server.url), meter)
        assert complete is not None
        with pytest.raises(BudgetError):
            complete("s", "u", Copy)
        assert server.requests == []


def test_many_at_once_stay_within_the_budget() -> None:
    with scripted_server(Reply(GOOD, delay=0.05)) as server:
        settings = connected(server.url).model_copy(update={"model": "gpt-4o-mini"})
        meter = Meter(budget_usd=0.0008)  # one call can cost 0.00074 at most and costs 0.000006
        complete = open_chat(settings.model_copy(update={"concurrency": 8}), meter)
        assert complete is not None
        done = []
        with pytest.raises(BudgetError):
            done.extend(in_order(8, lambda _: complete("s", "u", Copy), range(200)))
    assert len(server.requests) > 5
    assert meter.total.cost_usd is not None
    assert meter.total.cost_usd <= 0.0008
    assert meter.total.input_tokens == 11 * len(server.requests)
