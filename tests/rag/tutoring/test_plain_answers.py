"""Marks of answers in everyday words, against a set that was labelled before the marking."""

from collections import Counter
from collections.abc import Callable

import pytest
from fit_marking import labelled, question_of

from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.kinship import Shelf
from copilot.rag.tutoring.mark import mark
from copilot.rag.tutoring.marking import Marker
from copilot.records import Marking

Ask = Callable[..., Exercise]
Asked = dict[str, list[Exercise]]
Marked = list[tuple[dict[str, object], Marking]]


@pytest.fixture(scope="module")
def plain(asked: Asked, marker: Marker, shelf: Shelf) -> Marked:
    """Every row of the set with its mark; those rows say whether a misconception is due."""
    rows = [row for row in labelled() if "misconception" in row]
    return [
        (row, mark(question_of(row, asked), row["answer"], marker, shelf.words)) for row in rows
    ]


def found(marking: Marking) -> set[int]:
    return {i for i, point in enumerate(marking.points) if point.state == "found"}


def test_the_set_is_mostly_lists_and_every_half_has_every_verdict(plain: Marked) -> None:
    rows = [row for row, _ in plain]
    assert len(rows) >= 240
    assert sum(row["kind"] == "list" for row in rows) >= 90
    for half in ("dev", "held", "fresh"):
        assert {row["verdict"] for row in rows if row["half"] == half} == {
            "right",
            "partly",
            "wrong",
        }


@pytest.mark.parametrize(("half", "least"), [("dev", 0.88), ("held", 0.76), ("fresh", 0.78)])
def test_marks_agree_with_a_fair_examiner(plain: Marked, half: str, least: float) -> None:
    pairs = Counter((row["verdict"], m.verdict) for row, m in plain if row["half"] == half)
    agreed = sum(n for (label, given), n in pairs.items() if label == given)
    assert agreed / pairs.total() >= least, pairs


def test_hardly_any_wrong_answer_is_marked_right(plain: Marked) -> None:
    wrong = [(row["answer"], m.verdict) for row, m in plain if row["verdict"] == "wrong"]
    taken = [answer for answer, verdict in wrong if verdict == "right"]
    assert len(taken) <= 0.03 * len(wrong), taken


def test_the_points_found_are_the_points_named(plain: Marked) -> None:
    lists = [(set(row["found"]), found(m)) for row, m in plain if row["kind"] == "list"]  # type: ignore[call-overload]
    same = sum(wanted == given for wanted, given in lists)
    more = sum(len(given - wanted) for wanted, given in lists)
    assert same >= 0.75 * len(lists)
    assert more <= 0.05 * sum(len(given) for _, given in lists)


def test_a_misconception_is_named_only_where_there_is_one(plain: Marked) -> None:
    falsely = [
        row["answer"] for row, m in plain if row["misconception"] is False and m.misconception
    ]
    due = [m.misconception for row, m in plain if row["misconception"] is True]
    assert len(falsely) <= 0.015 * len(plain), falsely
    assert sum(one is not None for one in due) >= 0.8 * len(due)


def test_no_misconception_is_named_twice(plain: Marked) -> None:
    for row, marking in plain:
        names = [one.name for one in marking.misconceptions]
        assert len(set(names)) == len(names), row["answer"]


def test_plain_words_for_three_of_four_drawbacks_are_three_of_four(
    ask: Ask, marker: Marker, shelf: Shelf
) -> None:
    answer = (
        "It costs more because you lose economies of scale, logistics get harder,"
        " the brand gets diluted"
    )
    marking = mark(ask("micromarketing", "list", "drawbacks"), answer, marker, shelf.words)
    assert marking.verdict == "partly"
    assert found(marking) == {0, 1, 2}
    assert marking.misconceptions == ()
    assert "false precision" in " ".join(marking.reasons)


def test_one_part_of_an_answer_names_one_thing_only(ask: Ask, marker: Marker, shelf: Shelf) -> None:
    one = ask("rfm-analysis", "list", "three measures")
    assert found(mark(one, "recency", marker, shelf.words)) == {0}
    assert found(mark(one, "recency, recency, recency", marker, shelf.words)) == {0}
    drawbacks = ask("local-marketing", "list", "drawbacks")
    answer = "It raises costs because of logistics problems."
    assert len(found(mark(drawbacks, answer, marker, shelf.words))) == 1


def test_names_in_a_row_are_a_list(ask: Ask, marker: Marker, shelf: Shelf) -> None:
    one = ask("market-basket-analysis", "list", "three measures")
    assert mark(one, "support confidence lift", marker, shelf.words).verdict == "right"
    assert mark(one, "not support confidence lift", marker, shelf.words).score == 0


def test_what_follows_a_verb_that_denies_is_no_contradiction(
    ask: Ask, marker: Marker, shelf: Shelf
) -> None:
    one = ask("niche-marketing", "list", "drawbacks")
    marking = mark(one, "no economies of scale", marker, shelf.words)
    assert found(marking) == {1}
    assert marking.misconception is None


def test_a_side_may_be_called_by_its_short_name(ask: Ask, marker: Marker, shelf: Shelf) -> None:
    one = ask(
        "differentiated-marketing", "compare", "undifferentiated marketing in one respect: whom"
    )
    answer = (
        "differentiated goes for several segments with separate offers,"
        " undifferentiated goes for the whole market and ignores the differences"
    )
    assert mark(one, answer, marker, shelf.words).verdict == "right"
