"""Follow-ups keep the last question but for the part they name."""

from collections.abc import Iterator

import pytest
from books import Books, average_basket, buyers, revenue
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.questions.answer import answer_number
from copilot.records import Query, Turn, Unparsed

BOOKS = Books()


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("talk"), bakery_tables())
    yield engine
    engine.close()


def last(engine: Engine, *questions: str) -> Query | Unparsed | None:
    history = [Turn(role="user", text=text) for text in questions[:-1]]
    return answer_number(engine, questions[-1], history=history)


def figure(engine: Engine, *questions: str) -> object:
    found = last(engine, *questions)
    assert isinstance(found, Query), found
    assert "question before" in found.description
    return next(iter(found.rows[0].values()))


def test_a_place_is_added_then_replaced(bakery: Engine) -> None:
    talk = ("revenue last month", "and in Hunslet?", "what about Roundhay?")
    for said, place in ((talk[:2], "Hunslet"), (talk, "Roundhay")):
        lines = BOOKS.where("2026-10-01", "2026-10-31", neighbourhood=place)
        assert figure(bakery, *said) == pytest.approx(revenue(lines))


def test_the_period_is_replaced_and_the_place_kept(bakery: Engine) -> None:
    found = figure(bakery, "revenue in Hunslet last month", "and in September?")
    lines = BOOKS.where("2026-09-01", "2026-09-30", neighbourhood="Hunslet")
    assert found == pytest.approx(revenue(lines))


def test_the_figure_is_replaced_and_its_limits_kept(bakery: Engine) -> None:
    found = figure(bakery, "revenue in Hunslet last month", "and the average basket?")
    lines = BOOKS.where("2026-10-01", "2026-10-31", neighbourhood="Hunslet")
    assert found == pytest.approx(average_basket(lines))


def test_the_product_is_replaced(bakery: Engine) -> None:
    found = figure(bakery, "how many customers bought bread in Headingley?", "and coffee?")
    assert found == buyers(BOOKS.where(category="coffee", neighbourhood="Headingley"))


def test_another_group_of_customers_takes_the_place_of_the_first(bakery: Engine) -> None:
    found = last(bakery, "how many champions do we have", "what about new customers last month?")
    assert isinstance(found, Query)
    assert "champions" not in found.description


def test_a_store_beside_a_place_is_asked_back(bakery: Engine) -> None:
    found = last(bakery, "revenue of the Holbeck store", "and in Hunslet?")
    assert isinstance(found, Unparsed)
    assert "instead" in found.reason


def test_after_another_subject_nothing_is_taken_over(bakery: Engine) -> None:
    talk = ("revenue last month", "What is micromarketing?", "and in Hunslet?")
    assert last(bakery, *talk) is None
    assert last(bakery, "and in Hunslet?") is None


def test_a_whole_question_is_no_follow_up(bakery: Engine) -> None:
    found = last(bakery, "revenue in Hunslet last month", "How many customers do we have?")
    assert isinstance(found, Query)
    assert found.rows[0]["customers"] == len(BOOKS.customers)
