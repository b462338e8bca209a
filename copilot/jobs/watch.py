"""A model watched over for a job: when it can no longer answer, the job stops and says why."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from copilot.errors import (
    BudgetError,
    CopilotError,
    ModelError,
    ModelUnavailable,
    StoppedError,
    UnusableAnswer,
)
from copilot.models.chat import Completion, stoppable

if TYPE_CHECKING:
    from copilot.models.chat import Complete

PATIENCE_S = (2.0, 10.0)
"""Seconds before a call that failed after its own tries is made again, in turn."""

_ITS_OWN_FAULT = frozenset({400, 413, 422})
"""Replies that are about the request, not about the server."""

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass
class Watch:
    """Whether work on a chunk should halt, and why; shared by the threads that write it."""

    halt: threading.Event = field(default_factory=threading.Event)
    reason: str = ""
    answers: int = 0
    done: int = 0
    patience_s: tuple[float, ...] = field(default_factory=lambda: PATIENCE_S)

    def stop(self, error: CopilotError) -> StoppedError:
        """Halt the work for a reason; gives the error with which a call ends."""
        self.reason = self.reason or str(error)
        self.halt.set()
        return StoppedError(error.message, hint=error.hint)


def watched(complete: "Complete", watch: Watch) -> "Complete":
    """The same model. A spent budget, or a server that is down, halts the work.

    A call that fails while others are answered is left to the composer, as ever.
    """
    inner = stoppable(complete, watch.halt.is_set)

    def call(system: str, user: str, schema: type[Schema]) -> Completion[Schema]:
        for pause in (*watch.patience_s, None):
            before = watch.answers
            try:
                answer = inner(system, user, schema)
            except UnusableAnswer:
                watch.answers += 1
                raise
            except (BudgetError, ModelUnavailable) as error:
                raise watch.stop(error) from error
            except ModelError as error:
                if watch.answers > before or _about_the_request(error):
                    raise
                if pause is None or watch.halt.wait(pause):
                    raise watch.stop(error) from error
            else:
                watch.answers += 1
                return answer
        raise StoppedError("The work was told to stop.")

    return call


def _about_the_request(error: ModelError) -> bool:
    return getattr(error.__cause__, "status_code", None) in _ITS_OWN_FAULT
