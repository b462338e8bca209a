"""One model call, tried again where that can help, at the pace the server asks for."""

import logging
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from copilot.errors import ModelError, ModelUnavailable
from copilot.models.gate import Entry, Gate

if TYPE_CHECKING:
    import openai
    import tenacity

TRIES = 4
LIMITED_TRIES = 12
"""Tries while the server only says that it is too busy."""

LONGEST_WAIT = 120.0
"""Seconds a server may ask to wait; beyond, its quota is spent and waiting is for the user."""

_FIRST, _MOST = 0.5, 8.0
_HINT = "Check that it runs, its address, the model's name and the key."

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


def persistently(
    call: Callable[[], Answer],
    gate: Gate,
    *,
    server: str,
    tokens: int = 0,
    took: Callable[[Answer], int] = lambda _: 0,
    stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """The answer of `call`, each try let in by the gate as one of about `tokens` tokens.

    `took` tells from the answer how many it really was.

    Too many requests and overload close the gate to every caller for as long as the server
    says; failures on the way are tried again after a jittered wait. Raises ModelError when the
    tries are used up, ModelUnavailable when no call can succeed, StoppedError on `stop`.
    """
    import openai
    import tenacity

    entry: Entry | None = None

    def tried() -> Answer:
        nonlocal entry
        with gate.slots:
            entry = gate.enter(tokens, stop)
            return call()

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_pass),
        stop=_enough,
        wait=lambda state: _pause(state, gate),
        sleep=lambda seconds: gate.pause(seconds, stop),
        before_sleep=_said,
        reraise=True,
    )
    try:
        answer = retrying(tried)
    except openai.OpenAIError as error:
        if isinstance(error, openai.LengthFinishReasonError):
            gate.answered()
            raise
        raise _given_up(error, gate, server) from error
    gate.answered()
    if entry is not None:
        gate.settle(entry, took(answer) or tokens)
    return answer


def _may_pass(error: BaseException) -> bool:
    import openai

    if isinstance(error, openai.APIStatusError):
        busy = error.status_code in {408, 409, 429} or error.status_code >= 500
        return busy and (_asked_to_wait(error) or 0) <= LONGEST_WAIT and not _out_of_quota(error)
    return isinstance(error, openai.APIConnectionError)


def _out_of_quota(error: "openai.APIStatusError") -> bool:
    return error.code == "insufficient_quota"


def _enough(state: "tenacity.RetryCallState") -> bool:
    return state.attempt_number >= (LIMITED_TRIES if _limited(_error(state)) else TRIES)


def _limited(error: BaseException | None) -> bool:
    import openai

    return isinstance(error, openai.RateLimitError)


def _pause(state: "tenacity.RetryCallState", gate: Gate) -> float:
    """Seconds this caller waits; where the server limits everybody, the gate waits instead."""
    import openai
    import tenacity

    error = _error(state)
    jittered: float = tenacity.wait_exponential_jitter(multiplier=_FIRST, max=_MOST)(state)
    asked = _asked_to_wait(error) if isinstance(error, openai.APIStatusError) else None
    if asked is None and not _limited(error):
        return jittered
    gate.hold(jittered if asked is None else asked)
    return 0.0


def _asked_to_wait(error: "openai.APIStatusError") -> float | None:
    """Seconds the reply asks to wait (`Retry-After-Ms`, or `Retry-After` as seconds or a date)."""
    import datetime as dt

    headers = error.response.headers
    for name, share in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * share)
        except (KeyError, ValueError):
            continue
    try:
        when = parsedate_to_datetime(headers["retry-after"])
    except (KeyError, ValueError, TypeError):
        return None
    now = dt.datetime.now(dt.UTC)
    return max(0.0, (when.replace(tzinfo=when.tzinfo or dt.UTC) - now).total_seconds())


def _error(state: "tenacity.RetryCallState") -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _said(state: "tenacity.RetryCallState") -> None:
    _log.info("Model call, try %d: %s", state.attempt_number, type(_error(state)).__name__)


def _given_up(error: "openai.OpenAIError", gate: Gate, server: str) -> ModelError:
    import openai

    said = f"The model server at {server} failed: {error}."
    _log.warning("A model call failed for good: %s", type(error).__name__)
    refused = isinstance(
        error, (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError)
    )
    spent = isinstance(error, openai.APIStatusError) and (
        _out_of_quota(error) or (_asked_to_wait(error) or 0) > LONGEST_WAIT
    )
    if refused or spent or _nobody_there(error):
        return ModelUnavailable(said, hint=_HINT)
    gate.failed(str(error))
    return ModelError(said, hint=_HINT)


def _nobody_there(error: BaseException) -> bool:
    """Whether no connection could be made at all."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ConnectionRefusedError) or type(below).__name__ == "ConnectError":
            return True
        below = below.__cause__ or below.__context__
    return False
