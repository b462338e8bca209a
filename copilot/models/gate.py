"""When the next model call may start: one gate for all the threads that share a server."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from copilot.errors import ModelUnavailable, StoppedError

MINUTE = 60.0
SLICE = 0.25
"""Seconds slept at a stretch, so that a stop is noticed soon."""


@dataclass
class Entry:
    """One call let through: when, and the tokens it is counted with."""

    at: float
    tokens: int


class Gate:
    """Keeps calls within a server's limits and outside the pauses it asks for.

    Within any 60 seconds at most `requests` calls are let through, and calls of at most `tokens`
    tokens together (one larger than that goes alone). `hold` closes the gate to everybody.
    `slots` is held by each call while it is under way; there are as many as `at_once`.
    """

    def __init__(
        self,
        requests: int | None = None,
        tokens: int | None = None,
        *,
        at_once: int = 256,
        patience: int = 20,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.slots = threading.BoundedSemaphore(at_once)
        self._requests, self._tokens = requests, tokens
        self._patience = patience
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque()
        self._opens = 0.0
        self._failed = 0

    def enter(self, tokens: int = 0, stop: Callable[[], bool] = lambda: False) -> Entry:
        """Wait until a call of about `tokens` tokens may start.

        Raises StoppedError when `stop` says so before that.
        """
        while True:
            if stop():
                raise StoppedError("The work was told to stop.")
            with self._lock:
                now = self._clock()
                wait = self._wait(now, tokens)
                if wait <= 0:
                    entry = Entry(now, tokens)
                    if self._requests or self._tokens:
                        self._entries.append(entry)
                    return entry
            self._sleep(min(wait, SLICE))

    def pause(self, seconds: float, stop: Callable[[], bool]) -> None:
        """Let one caller wait so many seconds, or until `stop` says so."""
        until = self._clock() + seconds
        while (left := until - self._clock()) > 0 and not stop():
            self._sleep(min(left, SLICE))

    def hold(self, seconds: float) -> None:
        """Let nobody through for so many seconds."""
        with self._lock:
            self._opens = max(self._opens, self._clock() + seconds)

    def settle(self, entry: Entry, tokens: int) -> None:
        """Count a finished call with the tokens it really took."""
        with self._lock:
            entry.tokens = tokens

    def answered(self) -> None:
        """The server answered a call."""
        with self._lock:
            self._failed = 0

    def failed(self, reason: str) -> None:
        """A call failed for good. Raises ModelUnavailable after `patience` of them in a row."""
        with self._lock:
            self._failed += 1
            failed = self._failed
        if failed >= self._patience:
            raise ModelUnavailable(
                f"{failed} model calls in a row failed, each after several tries: {reason}",
                hint="Check the model server, then go on; what is done is kept.",
            )

    def _wait(self, now: float, tokens: int) -> float:
        """Seconds until a call may start; 0 or less when it may now."""
        while self._entries and self._entries[0].at + MINUTE <= now:
            self._entries.popleft()
        wait = self._opens - now
        if self._requests and len(self._entries) >= self._requests:
            wait = max(wait, self._entries[-self._requests].at + MINUTE - now)
        if self._tokens:
            taken = sum(each.tokens for each in self._entries)
            for each in self._entries:
                if taken + tokens <= self._tokens:
                    break
                taken -= each.tokens
                wait = max(wait, each.at + MINUTE - now)
        return wait
