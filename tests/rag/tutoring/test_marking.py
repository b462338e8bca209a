"""Marks against a labelled set, and what an answer must never get marks for."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.kinship import Shelf
from copilot.rag.tutoring.mark import mark
from copilot.rag.tutoring.marking import Marker

LABELLED = Path(__file__).parent / "data" / "answers.jsonl"
Ask = Callable[..., Exercise]
Asked = dict[str, list[Exercise]]


def rows() -> list[dict[str, Any]]:
    lines = LABELLED.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def question_of(row: dict[str, Any], asked: Asked) -> Exercise:
    for one in asked[row["slug"]]:
        text = one.question.prompt
        text += "" if row["kind"] == "true_false" else f" {one.question.quote}"
        if one.question.kind == row["kind"] and all(
            words.lower() in text.lower() for words in row["about"]
        ):
            return one
    raise AssertionError(f"no question for {row}")


def confusion(asked: Asked, marker: Marker, shelf: Shelf) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in rows():
        marking = mark(question_of(row, asked), row["answer"], marker, shelf.words)
        found[row["verdict"], marking.verdict] += 1
    return found


def agreement(found: Counter[tuple[str, str]]) -> float:
    return sum(n for (label, given), n in found.items() if label == given) / found.total()


def wrong_as_right(found: Counter[tuple[str, str]]) -> float:
    wrong = sum(n for (label, _), n in found.items() if label == "wrong")
    return found["wrong", "right"] / wrong


def test_the_labelled_set_is_large_and_of_every_verdict() -> None:
    assert len(rows()) >= 120
    assert {row["verdict"] for row in rows()} == {"right", "partly", "wrong"}


def test_marks_agree_with_the_labels(asked: Asked, marker: Marker, shelf: Shelf) -> None:
    found = confusion(asked, marker, shelf)
    assert agreement(found) >= 0.88, found
    assert wrong_as_right(found) <= 0.03, found


def test_marks_agree_with_the_labels_by_words_alone(
    asked: Asked, word_marker: Marker, shelf: Shelf
) -> None:
    found = confusion(asked, word_marker, shelf)
    assert agreement(found) >= 0.83, found
    assert wrong_as_right(found) <= 0.05, found


@pytest.mark.parametrize(
    "answer",
    ["", "   ", "?", "I don't know", "no idea, sorry", "I do not know any", "pass", "dunno"],
)
def test_no_answer_gets_no_marks_for_any_kind(
    asked: Asked, word_marker: Marker, shelf: Shelf, answer: str
) -> None:
    for one in asked["mass-customisation"]:
        marking = mark(one, answer, word_marker, shelf.words)
        assert (marking.verdict, marking.score) == ("wrong", 0), one.question.prompt


def test_repeating_the_question_gets_no_marks(
    asked: Asked, word_marker: Marker, shelf: Shelf
) -> None:
    for slug in ("local-marketing", "mass-customisation", "churn"):
        for one in asked[slug]:
            if one.question.kind not in ("true_false", "which"):
                marking = mark(one, one.question.prompt, word_marker, shelf.words)
                assert marking.verdict == "wrong", one.question.prompt


def test_the_passage_itself_is_always_right(
    asked: Asked, word_marker: Marker, shelf: Shelf
) -> None:
    for slug in ("local-marketing", "mass-customisation", "rfm-analysis", "churn"):
        for one in asked[slug]:
            marking = mark(one, one.model_answer, word_marker, shelf.words)
            assert marking.verdict == "right", (one.question.prompt, one.model_answer, marking)


def test_the_contrasting_definition_names_the_confusion(
    ask: Ask, marker: Marker, shelf: Shelf
) -> None:
    answer = "It adapts the product and the programme to each single customer's needs."
    marking = mark(ask("local-marketing", "define"), answer, marker, shelf.words)
    assert marking.verdict == "wrong"
    assert marking.misconception == "confuses local marketing with individual marketing"
    assert {one.title for one in marking.read} == {"Local marketing", "Individual marketing"}


def test_believing_what_the_note_denies_is_named(ask: Ask, marker: Marker, shelf: Shelf) -> None:
    answer = "Customers get unlimited choice, everything made from scratch."
    marking = mark(ask("mass-customisation", "define"), answer, marker, shelf.words)
    assert marking.score == 0
    assert marking.misconception == (
        "takes it for true that mass customisation means unlimited choice"
    )


def test_sides_the_wrong_way_round_are_named(ask: Ask, marker: Marker, shelf: Shelf) -> None:
    one = ask("micromarketing", "compare", "mass customisation in one respect: who decides")
    answer = (
        "In mass customisation the marketer decides what each place is offered after studying"
        " data; in micromarketing the customer chooses the combination of options."
    )
    marking = mark(one, answer, marker, shelf.words)
    assert marking.verdict == "wrong"
    assert marking.misconception is not None
    assert marking.misconception.endswith("the wrong way round")


def test_following_one_of_several_sources_is_not_wrong(
    ask: Ask, word_marker: Marker, shelf: Shelf
) -> None:
    one = ask("mass-customisation", "which")
    marking = mark(one, "individual marketing", word_marker, shelf.words)
    assert marking.verdict == "partly"
    assert any("Kotler and Armstrong" in claim.source for claim in marking.held_by)
    assert any("Kotler and Armstrong" in reason for reason in marking.reasons)


def test_an_answer_in_another_language_is_said_to_be_unread(
    ask: Ask, marker: Marker, shelf: Shelf
) -> None:
    answer = "Lokales Marketing passt die Preise an die Kunden in einem Ort an."
    marking = mark(ask("local-marketing", "define"), answer, marker, shelf.words)
    assert not marking.counted
    assert "German" in marking.reasons[0]


def test_points_say_what_was_found_and_what_was_missed(
    ask: Ask, marker: Marker, shelf: Shelf
) -> None:
    one = ask("local-marketing", "list", "drawbacks")
    marking = mark(one, "It raises costs and it dilutes the brand image.", marker, shelf.words)
    assert [point.state for point in marking.points] == ["found", "missed", "found"]
    assert marking.reasons[0] == "2 of 3 named."
    assert "logistics" in marking.reasons[1]


def test_the_right_words_with_a_not_are_contradicted(
    ask: Ask, marker: Marker, shelf: Shelf
) -> None:
    one = ask("local-marketing", "list", "drawbacks")
    answer = "It does not raise costs. It never creates logistics problems."
    marking = mark(one, answer, marker, shelf.words)
    assert marking.score == 0
    assert marking.misconception == "says the opposite about local marketing"


def test_another_figure_than_the_passage_has_is_no_match(
    ask: Ask, marker: Marker, shelf: Shelf
) -> None:
    one = ask("can-spam", "define")
    right = "A US law of 2003 with rules for commercial e-mail and a right to have it stopped."
    other = right.replace("2003", "2018")
    assert mark(one, right, marker, shelf.words).verdict == "right"
    assert mark(one, other, marker, shelf.words).verdict == "wrong"


def test_every_quote_of_a_marking_is_verbatim(ask: Ask, marker: Marker, shelf: Shelf) -> None:
    raw = {note.path: note.raw for note in shelf.notes.values()}
    one = ask("local-marketing", "define")
    marking = mark(one, "Tailoring to each single customer's needs.", marker, shelf.words)
    for cited in (marking.citation, *marking.read):
        assert cited.quote in raw[cited.source]
    assert all(point.quote in raw[one.question.source] for point in marking.points)


def test_marking_is_deterministic(ask: Ask, marker: Marker, shelf: Shelf) -> None:
    one = ask("churn", "define")
    first = mark(one, "customers who leave in a period", marker, shelf.words)
    assert mark(one, "customers who leave in a period", marker, shelf.words) == first
