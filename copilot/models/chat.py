"""The chat seam: `complete(system, user, schema)` over any OpenAI-compatible server.

Only this module imports LangChain and OpenAI for chat. The synchronous client is used on
purpose: the asynchronous one keeps its event loop per process and breaks on a second
`asyncio.run`.
"""

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from copilot.errors import ModelError, SettingsError, UnusableAnswer
from copilot.models.spend import Meter, cost_usd
from copilot.records import Usage
from copilot.settings import Settings

MAX_TOKENS = 1200
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
    client: Any = None
    meter = meter or Meter(settings.budget_usd)

    def complete(system: str, user: str, schema: type[Schema]) -> Completion[Schema]:
        nonlocal client
        meter.check()
        if client is None:
            client = _client(settings)
        return _call(client, settings, meter, system, user, schema)

    return complete


def _client(settings: Settings) -> Any:
    from langchain_openai import ChatOpenAI

    key = settings.api_key.get_secret_value() if settings.api_key else "none"
    options: dict[str, Any] = {
        "model": settings.model,
        "base_url": settings.base_url,
        "api_key": key,
        "temperature": 0,
        "timeout": settings.timeout_s,
        "max_retries": 3,
        "max_tokens": MAX_TOKENS,
        "stream_usage": True,  # without it a custom base URL reports no usage
        "use_responses_api": False,
    }
    return ChatOpenAI(**options)


def _call(
    client: Any, settings: Settings, meter: Meter, system: str, user: str, schema: type[Schema]
) -> Completion[Schema]:
    import openai
    from langchain_core.exceptions import OutputParserException
    from langchain_core.messages import HumanMessage, SystemMessage

    shape = schema.model_json_schema()
    structured = client.with_structured_output(shape, method="json_schema", include_raw=True)
    name = settings.model or ""
    try:
        result = structured.invoke([SystemMessage(system), HumanMessage(user)])
    except openai.LengthFinishReasonError as error:
        if (spent := error.completion.usage) is not None:
            meter.record(_usage(name, spent.prompt_tokens, spent.completion_tokens))
        raise UnusableAnswer(
            f"Model {name!r} ran out of tokens before its answer was complete."
        ) from error
    except openai.OpenAIError as error:
        raise ModelError(
            f"The model server at {settings.base_url or 'api.openai.com'} failed: {error}.",
            hint="Check that it runs, its address, the model's name and the key.",
        ) from error
    except (OutputParserException, ValueError, TypeError, KeyError) as error:
        raise UnusableAnswer(
            f"Model {name!r} returned something that is not an answer: {error}."
        ) from error
    counted = result["raw"].usage_metadata or {}
    usage = _usage(name, counted.get("input_tokens", 0), counted.get("output_tokens", 0))
    meter.record(usage)
    try:
        return Completion(schema.model_validate(result["parsed"]), usage, name)
    except ValidationError as error:
        raise UnusableAnswer(
            f"Model {name!r} did not keep to the schema {schema.__name__}: "
            f"{result['parsing_error'] or error}."
        ) from error


def _usage(model: str, taken: int, given: int) -> Usage:
    return Usage(input_tokens=taken, output_tokens=given, cost_usd=cost_usd(model, taken, given))
