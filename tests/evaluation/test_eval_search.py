"""Figures of search from lists made by hand."""

import math

import pytest

from copilot.evaluation.search import Searched, best_peer, margin, run_searches, search_figures
from copilot.records import Question, Turn

A = Question(id="a", question="What is lift?", expected_notes={"lift": 2}, part="tune")
B = Question(
    id="b", question="And churn?", expected_notes={"churn": 2}, style="typo", part="held_out"
)
NEITHER = Question(id="c", question="What is the weather?", refuse=True, part="tune")


def searched(name: str, *found: tuple[str, ...]) -> Searched:
    return Searched(name, (A, B), found)


def test_only_questions_that_expect_notes_are_searched_with_what_was_said_before() -> None:
    told = B.model_copy(update={"history": (Turn(role="user", text="What is lift?"),)})
    asked: list[str] = []

    def search(question: str) -> list[str]:
        asked.append(question)
        return ["lift"]

    (result,) = run_searches({"one": lambda: search}, [A, told, NEITHER])
    assert asked == ["What is lift?", "What is lift? And churn?"]
    assert result.found == (("lift",), ("lift",))


def test_a_system_is_not_even_built_when_nothing_is_judged() -> None:
    def fails() -> None:
        raise AssertionError

    (result,) = run_searches({"one": fails}, [NEITHER])  # type: ignore[dict-item]
    assert result.found == ()


def test_figures_are_means_over_questions_and_by_style() -> None:
    figures = search_figures(searched("one", ("lift",), ("x", "churn")))
    second = 1 / math.log2(3)
    assert figures.ndcg10.value == pytest.approx((1 + second) / 2, abs=1e-4)
    assert figures.styles == {"direct": 1, "typo": pytest.approx(second, abs=1e-4)}
    assert (figures.recall1, figures.recall5, figures.mrr) == (0.5, 1, 0.75)


def test_the_headline_ends_with_the_tenth_passage_and_the_deep_reading_goes_on() -> None:
    late = ("x",) * 10 + ("lift",)
    figures = search_figures(searched("one", late, late))
    assert figures.ndcg10.value == 0
    assert figures.ndcg10_deep == pytest.approx(1 / math.log2(3) / 2, abs=1e-4)


def test_a_part_keeps_its_questions_with_their_lists() -> None:
    part = searched("one", ("lift",), ("x",)).of_part("held_out")
    assert (part.questions, part.found) == ((B,), (("x",),))


def test_the_margin_is_taken_from_the_best_peer_question_by_question() -> None:
    ours = searched("ours", ("lift",), ("churn",))
    weak = searched("weak", ("x",), ("x",))
    strong = searched("strong", ("lift",), ("x", "churn"))
    assert best_peer([ours, weak, strong]) is strong
    difference = margin(ours, strong)
    assert difference is not None
    assert difference.value == pytest.approx((1 - 1 / math.log2(3)) / 2, abs=1e-4)
    assert difference.low == 0


def test_without_peers_there_is_no_margin() -> None:
    ours = searched("ours", ("lift",), ("churn",))
    assert best_peer([ours]) is None
    assert margin(ours, None) is None
