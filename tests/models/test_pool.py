import threading
import time

import pytest

from copilot.errors import StoppedError
from copilot.models.pool import AHEAD, in_order


def test_results_come_in_order_however_long_each_takes() -> None:
    def slow_first(number: int) -> int:
        time.sleep(0.05 if number % 4 == 0 else 0)
        return number * number

    assert list(in_order(4, slow_first, range(40))) == [number * number for number in range(40)]
    assert list(in_order(4, slow_first, [])) == []


def test_one_slow_item_does_not_idle_the_others() -> None:
    others = threading.Semaphore(0)

    def work(number: int) -> bool:
        if number == 0:  # ends only when eleven later items have been worked on
            return all(others.acquire(timeout=10) for _ in range(11))
        others.release()
        return True

    assert all(in_order(4, work, range(16)))


def test_as_many_are_under_way_as_there_are_workers() -> None:
    together = threading.Barrier(5, timeout=10)
    assert len(list(in_order(5, lambda _: together.wait(), range(10)))) == 10


def test_a_window_of_items_is_taken_however_many_there_are() -> None:
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = in_order(3, lambda number: number, endless())
    assert [next(results) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert taken <= 5 + 3 * AHEAD
    results.close()


def test_a_stop_begins_nothing_new_and_gives_back_what_is_done() -> None:
    stop, begun = threading.Event(), []

    def work(number: int) -> int:
        begun.append(number)
        if number == 5:
            stop.set()
        return number

    given = list(in_order(1, work, range(1000), stop.is_set))
    assert begun == given == [0, 1, 2, 3, 4, 5]


def test_work_that_notices_the_stop_is_left_out() -> None:
    def work(number: int) -> int:
        if number % 2:
            raise StoppedError("stopped between two calls")
        return number

    assert list(in_order(2, work, range(8))) == [0, 2, 4, 6]


def test_an_error_is_raised_in_its_turn_and_nothing_is_begun_after_it() -> None:
    begun, seen = [], []

    def work(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise ValueError("three")
        return number

    with pytest.raises(ValueError, match="three"):
        seen.extend(in_order(1, work, range(1000)))
    assert seen == [0, 1, 2]
    assert begun == [0, 1, 2, 3]


def test_a_consumer_that_leaves_ends_the_work() -> None:
    begun = []
    for number in in_order(2, begun.append, range(1000)):
        assert number is None
        break
    assert len(begun) <= 2 * AHEAD
