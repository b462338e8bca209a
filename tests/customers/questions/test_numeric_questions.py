"""120 questions as marketers type them: right or refused, never wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
from books import Books
from numeric_questions import REFUSED, figures, marked, now_answered, tables
from stored import bakery_tables, engine_of
from unseen_questions import UNSEEN_REFUSED, unseen_figures, unseen_tables

from copilot.customers.engine import Engine
from copilot.customers.questions.answer import answer_number
from copilot.records import Query, Unparsed

BOOKS = Books()
SET: dict[str, Any] = figures(BOOKS) | tables(BOOKS)
UNSEEN: dict[str, Any] = unseen_figures(BOOKS) | unseen_tables(BOOKS)
ANSWERED = now_answered(BOOKS)


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("numeric"), bakery_tables())
    yield engine
    engine.close()


def marks(engine: Engine, questions: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"right": [], "refused": [], "wrong": []}
    for question, expected in questions.items():
        found[marked(answer_number(engine, question), expected)].append(question)
    return found


def test_of_the_120_at_least_95_percent_are_right_and_none_is_wrong(bakery: Engine) -> None:
    assert len(SET) == 120
    found = marks(bakery, SET)
    assert found["wrong"] == []
    assert len(found["right"]) >= 0.95 * len(SET), found["refused"]


def test_of_the_40_written_unseen_none_is_wrong(bakery: Engine) -> None:
    found = marks(bakery, UNSEEN)
    assert found["wrong"] == []
    assert len(found["right"]) >= 0.8 * len(UNSEEN), found["refused"]


@pytest.mark.parametrize("question", list(ANSWERED))
def test_what_was_once_refused_is_answered_rightly(bakery: Engine, question: str) -> None:
    assert marked(answer_number(bakery, question), ANSWERED[question]) == "right"


@pytest.mark.parametrize("question", REFUSED + UNSEEN_REFUSED)
def test_what_the_data_cannot_tell_gets_no_number(bakery: Engine, question: str) -> None:
    assert not isinstance(answer_number(bakery, question), Query)


def test_a_comparison_shows_both_figures_and_the_difference(bakery: Engine) -> None:
    query = answer_number(bakery, "revenue growth from Q2 to Q3 2026 in %")
    assert isinstance(query, Query)
    first, second = SET["revenue growth from Q2 to Q3 2026 in %"].__dict__.values()
    assert f"**{first:,.2f}**" in query.answer
    assert f"**{second:,.2f}**" in query.answer
    assert f"lower by **{first - second:,.2f}** ({(first - second) / first:.1%})" in query.answer


def test_the_sql_of_a_comparison_gives_both_rows(bakery: Engine) -> None:
    query = answer_number(bakery, "revenue in Holbeck vs Hunslet")
    assert isinstance(query, Query)
    rows = bakery.connection.con.sql(query.sql).fetchall()
    assert rows == [tuple(row.values()) for row in query.rows]
    assert [row["part"] for row in query.rows] == ["Holbeck", "Hunslet"]


def test_a_month_is_not_compared_with_a_year(bakery: Engine) -> None:
    answer = answer_number(bakery, "revenue in October compared to this year")
    assert isinstance(answer, Unparsed)
    assert "same length" in answer.reason


def test_a_slip_of_the_finger_is_mended_and_said(bakery: Engine) -> None:
    answer = answer_number(bakery, "how many custmers do we have")
    assert isinstance(answer, Query)
    assert "'custmers' is read as 'customers'" in answer.description


@pytest.mark.parametrize(
    "question",
    ["How many customers stopped buying after June?", "How many customers stopped coming in May?"],
)
def test_another_word_is_no_slip_of_a_known_one(bakery: Engine, question: str) -> None:
    answer = answer_number(bakery, question)
    assert isinstance(answer, Unparsed)
    assert "'stopped'" in answer.reason


def test_a_word_written_like_a_name_is_not_mended(bakery: Engine) -> None:
    assert not isinstance(answer_number(bakery, "how many customers in Custmers?"), Query)


def test_a_name_of_two_things_is_asked_back(tmp_path: Any) -> None:
    tables_of = bakery_tables()
    tables_of["locations"][1]["name"] = "Holbeck"
    engine = engine_of(tmp_path, tables_of)
    answer = answer_number(engine, "revenue in Holbeck")
    assert isinstance(answer, Unparsed)
    assert "Holbeck is a neighbourhood and a store" in answer.reason
    for kind in ("neighbourhood", "store"):
        query = answer_number(engine, f"revenue in the {kind} Holbeck")
        assert isinstance(query, Query), query
    engine.close()


def test_a_name_of_two_segments_is_asked_back_with_both(bakery: Engine) -> None:
    answer = answer_number(bakery, "how many customers are at risk?")
    assert isinstance(answer, Unparsed)
    for suggestion in answer.suggestions:
        assert isinstance(answer_number(bakery, suggestion), Query), suggestion


def test_suggestions_are_close_and_understood(bakery: Engine) -> None:
    answer = answer_number(bakery, "what is our margin on bread sales in Roundhay?")
    assert isinstance(answer, Unparsed)
    close = [text for text in answer.suggestions if not text.startswith("Known as")]
    assert any("bread" in text or "Roundhay" in text for text in close)
    for suggestion in close:
        assert isinstance(answer_number(bakery, suggestion), Query), suggestion


def test_without_times_of_day_hours_are_refused(tmp_path: Any) -> None:
    tables_of = bakery_tables()
    for row in tables_of["transactions"]:
        row["at"] = row["at"][:10] + " 00:00"
    engine = engine_of(tmp_path, tables_of)
    answer = answer_number(engine, "revenue in the morning")
    assert isinstance(answer, Unparsed)
    assert "no time of day" in answer.reason
    engine.close()
