"""Several pieces of work at once, their results in order, with a window of what is under way."""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from typing import TypeVar

from copilot.errors import StoppedError

SWITCH = 0.0005
"""Seconds a busy thread may keep the others waiting, of which some only have a call to send."""

AHEAD = 4
"""Items taken in advance for each worker, so that one slow call does not idle the others."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    workers: int,
    work: Callable[[Item], Result],
    items: Iterable[Item],
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """`work` of every item by `workers` threads; the results in the items' order.

    At most `AHEAD * workers` items are taken and not yet given back, whatever their number.
    Once `stop` says so nothing new is begun; what was under way is still given, and the
    iteration ends early. What `work` raises is raised when its turn comes, and nothing new is
    begun after it; a StoppedError only leaves its item out.
    """
    halted = threading.Event()

    def guarded(item: Item) -> Result:
        if halted.is_set() or stop():
            raise StoppedError("The work was told to stop.")
        try:
            return work(item)
        except StoppedError:
            raise
        except BaseException:
            halted.set()
            raise

    waiting: deque[Future[Result]] = deque()
    source = iter(items)
    pool = ThreadPoolExecutor(workers)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, SWITCH))
    try:
        while True:
            if not (halted.is_set() or stop()):
                free = AHEAD * workers - len(waiting)
                waiting.extend(pool.submit(guarded, item) for item in islice(source, free))
            if not waiting:
                return
            with suppress(StoppedError):
                yield waiting.popleft().result()
    finally:
        sys.setswitchinterval(usual)
        halted.set()
        pool.shutdown(wait=True, cancel_futures=True)
