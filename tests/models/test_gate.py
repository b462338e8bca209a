import pytest

from copilot.errors import ModelUnavailable, StoppedError
from copilot.models.gate import Gate


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def gate(clock: Clock, requests: int | None = None, tokens: int | None = None) -> Gate:
    return Gate(requests, tokens, patience=3, clock=clock, sleep=clock.sleep)


def most_within_a_minute(times: list[float]) -> int:
    return max(sum(start <= time < start + 60 for time in times) for start in times)


def test_without_limits_nobody_waits() -> None:
    clock = Clock()
    free = gate(clock)
    for _ in range(100):
        free.enter(10_000)
    assert clock.now == 1000.0


def test_no_minute_sees_more_requests_than_the_limit_and_none_is_wasted() -> None:
    clock = Clock()
    limited = gate(clock, requests=5)
    times = []
    for number in range(23):
        times.append(limited.enter().at)
        clock.sleep(number % 3)
    assert most_within_a_minute(times) == 5
    assert times[-1] - times[0] < 5 * 60


def test_no_minute_sees_more_tokens_than_the_limit() -> None:
    clock = Clock()
    limited = gate(clock, tokens=1000)
    entered = [limited.enter(tokens) for tokens in (400, 400, 300, 900, 100, 5000, 1)]
    for first in entered:
        inside = [one for one in entered if first.at <= one.at < first.at + 60]
        assert sum(one.tokens for one in inside) <= 1000 or len(inside) == 1
    assert entered[1].at == entered[0].at
    assert entered[2].at == pytest.approx(entered[0].at + 60, abs=0.5)


def test_what_a_call_really_took_is_what_counts() -> None:
    clock = Clock()
    limited = gate(clock, tokens=1000)
    first = limited.enter(900)
    limited.settle(first, 100)
    assert limited.enter(900).at == first.at


def test_a_held_gate_is_held_for_everybody_and_never_shortened() -> None:
    clock = Clock()
    held = gate(clock)
    held.hold(30)
    held.hold(5)
    assert held.enter().at >= 1030
    assert held.enter().at < 1031


def test_a_stop_ends_the_waiting() -> None:
    clock = Clock()
    held = gate(clock)
    held.hold(1000)
    with pytest.raises(StoppedError):
        held.enter(stop=lambda: clock.now > 1010)
    assert clock.now < 1011


def test_a_server_that_fails_again_and_again_is_down() -> None:
    tried = gate(Clock())
    tried.failed("503")
    tried.failed("503")
    tried.answered()
    tried.failed("503")
    tried.failed("503")
    with pytest.raises(ModelUnavailable, match=r"3 model calls in a row failed.*503"):
        tried.failed("503")
