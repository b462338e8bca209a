"""Questions in plain words: right, refused or none of ours, and never wrong."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books
from question_set import NOT_ABOUT_THE_DATA, REFUSED, ranked, single
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.questions.answer import answer_number
from copilot.customers.store import Store
from copilot.records import Query, Unparsed

BOOKS = Books()
SINGLE = single(BOOKS)
RANKED = ranked(BOOKS)


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("questions"), bakery_tables())
    yield engine
    engine.close()


def asked(engine: Engine, question: str) -> Query:
    answer = answer_number(engine, question)
    assert isinstance(answer, Query), answer
    return answer


@pytest.mark.parametrize("question", list(SINGLE))
def test_a_figure_equals_the_one_worked_out_from_the_rows(bakery: Engine, question: str) -> None:
    answer, expected = asked(bakery, question), SINGLE[question]
    row = answer.rows[0]
    found = row["share"] if "share" in row else next(iter(row.values()))
    if isinstance(expected, str):
        assert str(found) == expected
    else:
        assert found == pytest.approx(expected, abs=1e-9)
        assert f"**{_said(expected)}" in answer.answer


def _said(value: float) -> str:
    """The figure as the sentence may write it, without decimals that depend on its kind."""
    if isinstance(value, float) and value < 1:
        return f"{value * 100:.1f}%"
    return f"{value:,.2f}".removesuffix(".00")


@pytest.mark.parametrize("question", list(RANKED))
def test_a_ranking_equals_the_one_worked_out_from_the_rows(bakery: Engine, question: str) -> None:
    rows = asked(bakery, question).rows
    found = [tuple(row.values())[:2] for row in rows]
    assert [name for name, _ in found] == [name for name, _ in RANKED[question]]
    assert [v for _, v in found] == pytest.approx([v for _, v in RANKED[question]], abs=1e-9)


@pytest.mark.parametrize("question", REFUSED)
def test_what_is_not_understood_word_for_word_is_refused(bakery: Engine, question: str) -> None:
    answer = answer_number(bakery, question)
    assert isinstance(answer, Unparsed), answer
    assert answer.reason
    assert answer.suggestions


@pytest.mark.parametrize("question", NOT_ABOUT_THE_DATA)
def test_questions_about_something_else_are_left_alone(bakery: Engine, question: str) -> None:
    assert answer_number(bakery, question) is None


def test_over_indexing_names_the_place_the_sample_was_made_with(bakery: Engine) -> None:
    answer = asked(bakery, "which locality over-indexes on Polish rye?")
    assert answer.rows[0]["place"] == "Harehills"
    assert answer.rows[0]["low"] > 1  # type: ignore[operator]
    assert "**Harehills**" in answer.answer


def test_over_indexing_of_several_products_at_once_is_refused(bakery: Engine) -> None:
    answer = answer_number(bakery, "which neighbourhood over-indexes on sourdough?")
    assert isinstance(answer, Unparsed)
    assert "Country sourdough" in answer.reason


def test_categories_and_products_a_place_over_indexes_on_are_told_apart(bakery: Engine) -> None:
    for kind, names in (("categories", {"gluten-free"}), ("products", {"Gluten-free loaf"})):
        answer = asked(bakery, f"which {kind} does Roundhay over-index on?")
        sure = {row["item"] for row in answer.rows if row["low"] > 1}  # type: ignore[operator]
        assert names <= sure
        assert ("gluten-free" in sure) is (kind == "categories")


def test_an_unknown_name_brings_the_nearest_known_one(bakery: Engine) -> None:
    answer = answer_number(bakery, "how many customers in Hedingley?")
    assert isinstance(answer, Unparsed)
    assert "hedingley" in answer.reason
    assert answer.suggestions[0] == "Did you mean Headingley?"


def test_relative_periods_count_back_from_the_day_given(bakery: Engine) -> None:
    answer = answer_number(bakery, "revenue last month", today=dt.date(2026, 4, 2))
    assert isinstance(answer, Query)
    assert "from 2026-03-01 to 2026-03-31" in answer.description
    expected = SINGLE["total sales in March 2026"]
    assert answer.rows[0]["revenue"] == pytest.approx(expected)


def test_a_period_that_begins_before_the_data_says_so(bakery: Engine) -> None:
    first = min(line["day"] for line in BOOKS.lines)
    assert f"the data begin on {first}" in asked(bakery, "revenue in 2025").answer


def test_the_sql_that_ran_gives_the_same_rows(bakery: Engine) -> None:
    answer = asked(bakery, "which neighbourhood buys most bread?")
    rows = bakery.connection.con.sql(answer.sql).fetchall()
    assert rows == [tuple(row.values()) for row in answer.rows]


def test_a_definition_and_the_dates_of_the_data_are_in_the_description(bakery: Engine) -> None:
    text = asked(bakery, "average basket by neighbourhood").description
    assert "revenue divided by the number of baskets" in text
    assert BOOKS.last in text


def test_a_bare_number_is_no_name_unless_its_kind_is_said(tmp_path: Path) -> None:
    tables = bakery_tables()
    for row in [*tables["campaigns"], *tables["responses"]]:
        row["campaign_id"] = row["campaign_id"].removeprefix("C")
    for row in tables["campaigns"]:
        row["name"] = ""
    engine = engine_of(tmp_path, tables)
    assert len(asked(engine, "top 2 products by revenue").rows) == 2
    sent = sum(row["campaign_id"] == "2" for row in tables["responses"])
    assert asked(engine, "response rate of campaign 2").rows[0]["sent"] == sent


def test_without_imported_data_a_question_is_refused_with_the_command(tmp_path: Path) -> None:
    answer = answer_number(engine_of(tmp_path, {}), "how many customers do we have?")
    assert isinstance(answer, Unparsed)
    assert "customers import" in answer.suggestions[0]
    assert answer_number(engine_of(tmp_path / "b", {}), "What is micromarketing?") is None


def test_response_rates_need_messages_without_a_response(tmp_path: Path) -> None:
    tables = bakery_tables()
    tables["responses"] = [row for row in tables["responses"] if row["responded_at"]]
    answer = answer_number(engine_of(tmp_path, tables), "what is our response rate?")
    assert isinstance(answer, Unparsed)
    assert "no rate" in answer.reason


def test_a_hostile_question_is_never_run(bakery: Engine) -> None:
    for text in ("how many customers'; drop table customers; --", "how many customers where 1=1"):
        assert not isinstance(answer_number(bakery, text), Query)


@pytest.mark.parametrize(
    "question",
    ["How many customers bought last year?", "What was our revenue this month?"],
)
def test_without_data_a_dated_question_asks_for_an_import(question: str, tmp_path: Path) -> None:
    found = answer_number(Engine(Store(tmp_path)), question)
    assert isinstance(found, Unparsed)
    assert "imported" in found.reason
