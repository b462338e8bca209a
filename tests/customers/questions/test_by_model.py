"""A model may read a question; nothing runs that does not account for every word of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from books import Books, average_basket, buyers, revenue
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.questions.answer import answer_number
from copilot.models.chat import open_chat
from copilot.records import Query, Unparsed
from copilot.settings import Settings
from tests.local_model import local_model
from tests.scripted_server import Reply, Scripted, scripted_server

BOOKS = Books()
ODD = "money that folk in Hunslet spent last month, revenue that is"
FOLK = "in Hunslet how many folk bought bread"
DENIED = "of folk in Hunslet how many bought bread yet never coffee"


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("model"), bakery_tables())
    yield engine
    engine.close()


def ask(engine: Engine, question: str, **said: Any) -> tuple[Query | Unparsed | None, Scripted]:
    reading = {"understood": True, "measure": "customers"} | said
    with scripted_server(Reply(json.dumps(reading))) as server:
        complete = open_chat(Settings(base_url=server.url, model="scripted"))
        return answer_number(engine, question, complete=complete), server


HUNSLET = [{"kind": "place", "name": "Hunslet"}]
BREAD = [*HUNSLET, {"kind": "category", "name": "bread"}]
COFFEE = [*BREAD, {"kind": "category", "name": "coffee"}]


def test_a_true_reading_runs_and_says_that_the_model_read_it(bakery: Engine) -> None:
    assert isinstance(answer_number(bakery, FOLK), Unparsed)
    found, _ = ask(bakery, FOLK, names=BREAD, bought=True)
    assert isinstance(found, Query), found
    expected = buyers(BOOKS.where(category="bread", neighbourhood="Hunslet"))
    assert found.rows[0]["customers"] == expected
    assert found.read_by == "scripted"
    assert "read by the model scripted" in found.description
    assert "Hunslet" in found.description
    assert found.usage.input_tokens == 11


def test_days_are_those_that_the_question_says(bakery: Engine) -> None:
    days = {"start": "2026-10-01", "end": "2026-10-31"}
    true = {"measure": "revenue", "names": HUNSLET} | days
    found, _ = ask(bakery, ODD, **true)
    assert isinstance(found, Query), found
    lines = BOOKS.where("2026-10-01", "2026-10-31", neighbourhood="Hunslet")
    assert found.rows[0]["revenue"] == pytest.approx(revenue(lines))
    for lie in ({"start": "2026-09-01"}, {"start": None, "end": None}):
        assert isinstance(ask(bakery, ODD, **(true | lie))[0], Unparsed)


def test_what_is_denied_must_be_denied(bakery: Engine) -> None:
    found, _ = ask(bakery, DENIED, names=COFFEE, not_bought=["coffee"], bought=True)
    expected = {
        key
        for key in BOOKS.people(neighbourhood="Hunslet")
        if {line["category"] for line in BOOKS.lines_of[key]} & {"bread"}
        and not {line["category"] for line in BOOKS.lines_of[key]} & {"coffee"}
    }
    if isinstance(found, Query):
        assert found.rows[0]["customers"] == len(expected)
    for lie in ([], ["bread"], ["bread", "coffee"]):
        refused, _ = ask(bakery, DENIED, names=COFFEE, not_bought=lie, bought=True)
        assert isinstance(refused, Unparsed), lie


@pytest.mark.parametrize(
    "lie",
    [
        {"names": BREAD},  # the purchase left out
        {"names": HUNSLET, "bought": True},  # bread left out
        {"names": [*BREAD, {"kind": "place", "name": "Atlantis"}], "bought": True},
        {"names": [*BREAD, {"kind": "place", "name": "Holbeck"}], "bought": True},
        {"names": BREAD, "bought": True, "measure": "revenue"},
        {"names": BREAD, "bought": True, "measure": "baskets"},
        {"names": BREAD, "bought": True, "by": ["store"]},
        {"names": BREAD, "bought": True, "order": "most", "by": ["store"]},
        {"names": BREAD, "bought": True, "times": {"sign": "at least", "number": 3}},
        {"names": BREAD, "bought": True, "spent": {"sign": "more than", "number": 3}},
        {"names": BREAD, "never_bought": True},
        {"names": BREAD, "bought": True, "languages": ["Polish"]},
        {"names": BREAD, "bought": True, "segment": "champions"},
        {"names": BREAD, "bought": True, "consent": [{"channel": "email", "given": True}]},
        {"names": BREAD, "bought": True, "start": "2026-01-01"},
        {"names": BREAD, "bought": True, "top": 5},
        {"names": BREAD, "bought": True, "understood": False},
        {"names": BREAD, "bought": True, "sql": "DROP TABLE customers"},
        {"names": BREAD, "bought": True, "measure": "profit"},
    ],
)
def test_a_reading_that_is_not_the_question_is_refused(bakery: Engine, lie: dict[str, Any]) -> None:
    found, server = ask(bakery, FOLK, **lie)
    assert server.requests
    assert isinstance(found, Unparsed)


@pytest.mark.parametrize(
    "question",
    [
        "in Hunslet how many bearded folk bought bread",
        "in Hunslet how many folk bought bread or so",
        "in Hunslet how many folk bought only bread",
        "in Hunslet how many folk almost bought bread",
        "in Hunslet how many folk bought bread 3 times",
        "in Hunslet how many folk bought bread at Easter",
        "in Hunslet how many folk bought no bread",
    ],
)
def test_a_word_that_the_query_has_no_place_for_is_never_ignored(
    bakery: Engine, question: str
) -> None:
    found, _ = ask(bakery, question, names=BREAD, bought=True)
    assert isinstance(found, Unparsed)


def test_people_are_never_sent(bakery: Engine) -> None:
    row = next(row for row in BOOKS.customers.values() if row["phone"])
    secrets = (row["email"], row["customer_id"], row["phone"], row["last_name"])
    for secret in secrets:
        for said in (secret, secret.lower()):
            found, server = ask(
                bakery, f"how much revenue did folk like {said} bring us last month"
            )
            assert isinstance(found, Unparsed)
            assert server.requests == [], said


def test_only_names_of_things_are_sent_beside_the_question(bakery: Engine) -> None:
    _, server = ask(bakery, FOLK, names=BREAD, bought=True)
    sent = {word.strip("\\n;:,.").lower() for word in json.dumps(server.requests).split()}
    assert any("hunslet" in word for word in sent)
    for row in BOOKS.customers.values():
        for field in ("email", "phone", "last_name", "customer_id", "street", "postcode"):
            assert not row[field] or row[field].lower() not in sent, row[field]


def test_a_server_that_fails_leaves_the_refusal(bakery: Engine) -> None:
    with scripted_server(Reply(status=400)) as server:
        complete = open_chat(Settings(base_url=server.url, model="scripted"))
        found = answer_number(bakery, FOLK, complete=complete)
    assert isinstance(found, Unparsed)


def test_what_the_rules_read_is_not_sent(bakery: Engine) -> None:
    found, server = ask(bakery, "average basket in Hunslet", measure="revenue")
    assert isinstance(found, Query)
    assert found.read_by == ""
    lines = BOOKS.where(neighbourhood="Hunslet")
    assert found.rows[0]["average_basket"] == pytest.approx(average_basket(lines))
    assert server.requests == []


@pytest.mark.llm
@pytest.mark.timeout(900)
def test_a_real_weak_model_is_right_or_refused(bakery: Engine) -> None:
    with local_model() as url:
        complete = open_chat(Settings(base_url=url, model="local", timeout_s=600))
        found = answer_number(bakery, FOLK, complete=complete)
    assert isinstance(found, Query | Unparsed)
    if isinstance(found, Query):
        expected = buyers(BOOKS.where(category="bread", neighbourhood="Hunslet"))
        assert found.rows[0]["customers"] == expected
