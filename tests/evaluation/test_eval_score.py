"""Scores against values worked out by hand."""

import math

import pytest

from copilot.evaluation.score import (
    estimate,
    factual_units,
    ground,
    missing_facts,
    ndcg,
    recall,
    reciprocal_rank,
    search_text,
    unmarked,
)
from copilot.records import Answer, Citation, Question, Turn


def answer(text: str, *quotes: tuple[int, str]) -> Answer:
    citations = tuple(
        Citation(marker=marker, source="a.md", title="A", quote=quote, score=1)
        for marker, quote in quotes
    )
    return Answer(id="1", question="?", kind="explain", answer=text, citations=citations)


def test_ndcg_of_the_ideal_order_is_one_and_of_nothing_found_is_zero() -> None:
    assert ndcg(["a", "b", "x"], {"a": 2, "b": 1}) == 1
    assert ndcg(["x", "y"], {"a": 2}) == 0


def test_ndcg_weighs_grades_by_the_logarithm_of_the_rank() -> None:
    swapped = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx(swapped)


def test_only_the_first_passage_of_a_note_counts_and_takes_a_rank() -> None:
    assert ndcg(["x", "x", "x", "a"], {"a": 2}) == pytest.approx(1 / math.log2(3))


def test_what_stands_after_the_tenth_note_gains_nothing() -> None:
    assert ndcg([*"bcdefghijk", "a"], {"a": 2}) == 0


def test_recall_divides_by_what_fits_into_the_list() -> None:
    wanted = {"a": 2, "b": 2, "c": 1}
    assert recall(["a", "x"], wanted, 1) == 1
    assert recall(["a", "a", "x", "b"], wanted, 3) == pytest.approx(2 / 3)


def test_the_reciprocal_rank_counts_different_notes() -> None:
    assert reciprocal_rank(["x", "x", "a"], {"a": 1}) == 1 / 2
    assert reciprocal_rank(["x"], {"a": 1}) == 0


def test_a_fact_is_covered_by_any_of_its_stems_at_the_beginning_of_a_word() -> None:
    facts = [["econom", "cost"], ["price"]]
    assert missing_facts("It has **Economies** of scale [1].", facts) == [["price"]]
    assert missing_facts("It overprices.", [["price"]]) == [["price"]]


def test_a_fact_is_found_across_markers_line_breaks_and_accents() -> None:
    assert missing_facts("the *freely*\ngiven [2] consent of a Café", [["freely given"]]) == []
    assert missing_facts("a Café", [["cafe"]]) == []


def test_a_quote_counts_as_verbatim_only_when_the_source_has_it() -> None:
    one = answer("Rye sells best here [1]. It sells well there [2].", (1, "Rye  sells"), (2, "No"))
    counts = ground(one, {"a.md": "Here\nrye. Rye\nsells best."})
    assert (counts.quotes, counts.verbatim) == (2, 1)


def test_an_empty_quote_is_not_verbatim() -> None:
    assert ground(answer("Rye sells best here [1].", (1, " ")), {"a.md": "Rye"}).verbatim == 0


def test_a_sentence_without_a_marker_is_counted_and_named() -> None:
    one = answer("Rye sells best here [1]. Everyone loves it very much.", (1, "Rye"))
    counts = ground(one, {"a.md": "Rye"})
    assert (counts.sentences, counts.marked) == (2, 1)
    assert unmarked(one) == ["Everyone loves it very much."]


def test_a_marker_without_a_citation_marks_nothing() -> None:
    counts = ground(answer("Rye sells best here [3]."), {})
    assert (counts.marked, counts.dangling) == (0, 1)


def test_headings_lead_ins_and_table_heads_need_no_marker() -> None:
    text = """# What it is about here

**Where the sources all disagree.**

It has three main parts here:

| dimension | one | other |
| --- | --- | --- |
| scope | narrow [1] | broad [2] |

- The first part is quite small [1].
The library has nothing on “money” in particular.
"""
    assert factual_units(text) == [
        "| scope | narrow [1] | broad [2] |",
        "The first part is quite small [1].",
    ]


def test_a_marker_after_the_full_stop_belongs_to_the_sentence_before() -> None:
    text = "Rye sells best in winter. [1] Wheat sells best in summer. [2]"
    assert factual_units(text) == [
        "Rye sells best in winter. [1]",
        "Wheat sells best in summer. [2]",
    ]


def test_an_estimate_holds_the_mean_between_its_bounds() -> None:
    found = estimate([0.0] * 50 + [1.0] * 50)
    assert found.value == 0.5
    # The normal interval for a share of one half of 100 is 0.5 ± 1.96 × 0.05.
    assert found.low == pytest.approx(0.402, abs=0.02)
    assert found.high == pytest.approx(0.598, abs=0.02)
    assert estimate([0.3, 0.3]).low == estimate([0.3, 0.3]).high == 0.3


def test_a_follow_up_is_searched_together_with_what_the_user_said_before() -> None:
    question = Question(
        id="1",
        question="And its drawbacks?",
        history=(
            Turn(role="user", text="What is lift?"),
            Turn(role="assistant", text="A ratio of rates."),
        ),
        part="tune",
    )
    assert search_text(question) == "What is lift? And its drawbacks?"
