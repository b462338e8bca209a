"""Hands for durable jobs: one thread a workspace, alive as long as there is something to do.

It touches no Streamlit, so a click, a reload or a rerun cannot stop it; when the whole process
dies, the next one goes on, because the jobs are in the database.
"""

import logging
import threading
from contextlib import suppress
from pathlib import Path

import streamlit as st

from copilot import Copilot
from copilot.errors import CopilotError

_log = logging.getLogger(__name__)


class Hands:
    """The workers of this process, by workspace."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._again: dict[Path, bool] = {}

    def take(self, copilot: Copilot) -> None:
        """See to it that the workspace's queued jobs are worked."""
        home = copilot.settings.home
        with self._lock:
            busy = home in self._again
            self._again[home] = busy  # somebody at work looks once more before the end
        if not busy:
            threading.Thread(target=self._work, args=(copilot,), daemon=True).start()

    def take_over(self, copilot: Copilot) -> None:
        """Go on with what a process that is gone has left."""
        with suppress(CopilotError):
            if copilot.queue.unfinished(copilot.writer):
                self.take(copilot)

    def _work(self, copilot: Copilot) -> None:
        home, ended = copilot.settings.home, False
        try:
            while not ended:
                copilot.work(once=True)
                ended = self._ended(home)
        except CopilotError as error:  # the pages that look at a job take it up again
            _log.warning("Work on jobs stopped: %s", type(error).__name__)
        finally:
            if not ended:
                with self._lock:
                    del self._again[home]

    def _ended(self, home: Path) -> bool:
        """Whether nothing was asked for meanwhile; the workspace is then nobody's."""
        with self._lock:
            again = self._again[home]
            if again:
                self._again[home] = False
            else:
                del self._again[home]
        return not again


@st.cache_resource(show_spinner=False)
def hands() -> Hands:
    """The one set of hands of this process."""
    return Hands()
