"""The chat seam: `complete(system, user, schema)` over any OpenAI-compatible server.

Only `copilot/models` imports LangChain and OpenAI for chat. The synchronous client is used on
purpose: the asynchronous one keeps its event loop per process and breaks on a second
`asyncio.run`.
"""

import re
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from copilot.errors import SettingsError, StoppedError, UnusableAnswer
from copilot.models.gate import Gate
from copilot.models.spend import Meter, cost_usd, estimate_tokens, most_tokens
from copilot.records import Usage
from copilot.settings import Settings

MAX_TOKENS = 1200
PATIENCE = 20
"""Calls that fail in a row before the server counts as down; more when more are under way."""

READY = 2
"""For this many calls a server works on, one more is made ready to be sent when one is answered."""

_FENCED = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True)
class Completion(Generic[Schema]):
    """What the model returned, parsed, with what it took."""

    parsed: Schema
    usage: Usage
    model: str


class Complete(Protocol):
    """The seam: raises ModelError when the server fails, UnusableAnswer when the answer does."""

    def __call__(self, system: str, user: str, schema: type[Schema]) -> Completion[Schema]: ...


@dataclass
class _Runnables:
    """The client and what it makes of each schema, opened by the first call that needs them."""

    settings: Settings
    lock: threading.Lock = field(default_factory=threading.Lock)
    made: dict[type[BaseModel], tuple[Any, str]] = field(default_factory=dict)
    client: Any = None

    def of(self, schema: type[BaseModel]) -> tuple[Any, str]:
        """What is invoked to be answered in this schema, and the schema as it is sent."""
        with self.lock:
            if self.client is None:
                self.client = _client(self.settings)
            if schema not in self.made:
                shape = schema.model_json_schema()
                # with_structured_output would start threads of its own for every answer
                wanted = {"name": schema.__name__, "schema": shape}
                bound = self.client.bind(
                    response_format={"type": "json_schema", "json_schema": wanted}
                )
                self.made[schema] = bound, str(shape)
            return self.made[schema]


@dataclass(frozen=True)
class Chat:
    """A connected model. Threads may share it: they keep to one gate and one budget."""

    settings: Settings
    meter: Meter
    gate: Gate
    runnables: _Runnables
    stop: Callable[[], bool] = lambda: False

    def __call__(self, system: str, user: str, schema: type[Schema]) -> Completion[Schema]:
        runnable, shape = self.runnables.of(schema)
        asked, name = f"{system}{user}{shape}", self.settings.model or ""
        most = cost_usd(name, most_tokens(asked), MAX_TOKENS) if self.meter.budget_usd else None
        with self.meter.reserved(most):
            answer = self._asked(runnable, system, user, estimate_tokens(asked) + MAX_TOKENS)
            counted = answer.usage_metadata or {}
            usage = _usage(name, counted.get("input_tokens", 0), counted.get("output_tokens", 0))
            self.meter.record(usage)
        try:
            parsed = schema.model_validate_json(_bare(str(answer.content)))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UnusableAnswer(
                f"Model {name!r} did not keep to the schema {schema.__name__}: "
                f"{f'{where}: ' if where else ''}{first['msg']}."
            ) from error
        return Completion(parsed, usage, name)

    def _asked(self, runnable: Any, system: str, user: str, tokens: int) -> Any:
        import openai
        from langchain_core.messages import HumanMessage, SystemMessage

        from copilot.models.retry import persistently

        name = self.settings.model or ""
        messages = [SystemMessage(system), HumanMessage(user)]
        try:
            return persistently(
                lambda: runnable.invoke(messages),
                self.gate,
                server=self.settings.base_url or "api.openai.com",
                tokens=tokens,
                took=lambda answer: (answer.usage_metadata or {}).get("total_tokens", 0),
                stop=self.stop,
            )
        except openai.LengthFinishReasonError as error:
            if (spent := error.completion.usage) is not None:
                self.meter.record(_usage(name, spent.prompt_tokens, spent.completion_tokens))
            raise UnusableAnswer(
                f"Model {name!r} ran out of tokens before its answer was complete."
            ) from error
        except (ValueError, TypeError, KeyError) as error:
            raise UnusableAnswer(
                f"Model {name!r} returned something that is not an answer: {error}."
            ) from error


def open_chat(settings: Settings, meter: Meter | None = None) -> Complete | None:
    """The model of the settings, or None when none is named (the product then runs offline).

    Raises SettingsError when a model is named without a server or a key to reach one.
    """
    if settings.model is None:
        return None
    if settings.base_url is None and settings.api_key is None:
        raise SettingsError(
            f"Model {settings.model!r} is set, but neither BASE_URL nor API_KEY is.",
            hint="Set MARKETING_COPILOT_BASE_URL (a local server) or MARKETING_COPILOT_API_KEY.",
        )
    gate = Gate(
        settings.requests_per_minute,
        settings.tokens_per_minute,
        at_once=settings.concurrency + max(1, settings.concurrency // READY),
        patience=max(PATIENCE, settings.concurrency),
    )
    return Chat(settings, meter or Meter(settings.budget_usd), gate, _Runnables(settings))


def stoppable(complete: Complete, stop: Callable[[], bool]) -> Complete:
    """The same model, which raises StoppedError instead of calling once `stop` says so."""
    if isinstance(complete, Chat):
        return replace(complete, stop=stop)

    def checked(system: str, user: str, schema: type[Schema]) -> Completion[Schema]:
        if stop():
            raise StoppedError("The work was told to stop.")
        return complete(system, user, schema)

    return checked


def _client(settings: Settings) -> Any:
    import openai
    from langchain_openai import ChatOpenAI

    # connections are what the server sees: a call that is ready waits for one as long as it takes
    at_once = settings.concurrency
    limits = type(openai.DEFAULT_CONNECTION_LIMITS)(
        max_connections=at_once, max_keepalive_connections=at_once
    )
    timeout = openai.Timeout(settings.timeout_s, pool=None)
    connections = openai.DefaultHttpxClient(limits=limits, timeout=timeout)

    key = settings.api_key.get_secret_value() if settings.api_key else "none"
    options: dict[str, Any] = {
        "model": settings.model,
        "base_url": settings.base_url,
        "api_key": key,
        "temperature": 0,
        "timeout": timeout,
        "http_client": connections,
        "max_retries": 0,  # the gate is shared, so retrying is ours
        "max_tokens": MAX_TOKENS,
        "stream_usage": True,  # without it a custom base URL reports no usage
        "use_responses_api": False,
    }
    client = ChatOpenAI(**options)
    weakref.finalize(client, connections.close)
    return client


def _bare(text: str) -> str:
    """An answer without the fence that some models put around it."""
    found = _FENCED.fullmatch(text)
    return found[1] if found else text


def _usage(model: str, taken: int, given: int) -> Usage:
    return Usage(input_tokens=taken, output_tokens=given, cost_usd=cost_usd(model, taken, given))
