"""Business cards against the rows they are made from."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, baskets, revenue
from stored import bakery_tables, engine_of

from copilot.customers.business.card_query import query_behind
from copilot.customers.business.card_text import sections
from copilot.customers.business.cards import cards, made_from
from copilot.customers.engine import Engine
from copilot.records import Card

BOOKS = Books()


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("cards"), bakery_tables())
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def made(bakery: Engine) -> dict[str, Card]:
    return {card.source: card for card in cards(bakery)}


def test_a_locality_card_holds_the_sums_of_its_rows(made: dict[str, Card]) -> None:
    card = made["business/locality/neighbourhood/Harehills"]
    lines = BOOKS.where(neighbourhood="Harehills")
    people = len(BOOKS.people(neighbourhood="Harehills"))
    assert card.people == people
    assert f"has {people} customers" in card.sections["size"]
    assert f"come to {revenue(lines):,.2f} in {baskets(lines):,} baskets" in card.sections["sales"]
    assert card.as_of == BOOKS.last


def test_a_product_card_holds_its_buyers_and_sales(made: dict[str, Card]) -> None:
    card = made["business/product/Polish rye"]
    lines = BOOKS.where(product="Polish rye")
    assert card.people == len({line["customer_id"] for line in lines})
    assert f"come to {revenue(lines):,.2f}" in card.sections["sales"]


def test_a_campaign_card_holds_its_answers(made: dict[str, Card]) -> None:
    card = made["business/campaign/spring-sourdough"]
    rows = [r for r in BOOKS.responses if BOOKS.campaigns[r["campaign_id"]] == card.name]
    answered = sum(bool(r["responded_at"]) for r in rows)
    assert f"{answered} of {len(rows)} messages were answered" in card.sections["response"]


def test_there_is_a_card_for_the_business_and_for_each_segment(made: dict[str, Card]) -> None:
    assert (
        f"{len(BOOKS.customers)} customers" in made["business/business/overview"].sections["size"]
    )
    assert "120 customers, 24.0% of all" in made["business/segment/champions"].sections["size"]


def test_no_card_is_about_fewer_than_ten_people(tmp_path: Path) -> None:
    few = {f"c{n}": "Mill" if n < 9 else "Quay" for n in range(19)}
    lines = [
        {
            "transaction_id": c,
            "customer_id": c,
            "product_id": home,
            "at": "2026-01-01",
            "amount": "1",
        }
        for c, home in few.items()
    ]
    engine = engine_of(
        tmp_path,
        {
            "customers": [{"customer_id": c, "neighbourhood": home} for c, home in few.items()],
            "transactions": lines,
        },
    )
    found = {card.source for card in cards(engine)}
    assert "business/locality/neighbourhood/Quay" in found
    assert "business/product/Quay" in found
    assert not [source for source in found if "Mill" in source]
    said = " ".join(text for card in cards(engine) for text in card.sections.values())
    assert "Mill" not in said


def test_no_card_holds_anything_of_one_person(made: dict[str, Card]) -> None:
    said = "\n".join(text for card in made.values() for text in card.sections.values())
    for row in BOOKS.customers.values():
        for field in ("customer_id", "email", "phone", "street", "last_name"):
            if row[field]:
                assert not re.search(rf"(?<!\w){re.escape(row[field])}(?!\w)", said), row[field]


def test_private_things_are_not_told_of_groups(made: dict[str, Card]) -> None:
    groups = [card for card in made.values() if card.kind in ("locality", "segment", "business")]
    assert not [c.source for c in groups if "gluten" in " ".join(c.sections.values()).lower()]


def test_a_line_without_its_figure_is_left_out_and_values_open_no_slots() -> None:
    template = "## size\n{{name}} has {{customers}} customers.\nSales: {{revenue}}.\n"
    found = sections(template, {"name": "{{revenue}}", "customers": "12", "revenue": ""})
    assert found == {"size": "{{revenue}} has 12 customers."}


def test_cards_are_made_again_when_the_data_move(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, bakery_tables())
    before = made_from(engine)
    assert made_from(engine) == before
    with engine.store.writing():
        engine.store.commit({})
    assert made_from(engine) != before


@pytest.mark.parametrize(
    ("source", "column", "value"),
    [
        ("business/locality/neighbourhood/Harehills", "customers", 90),
        ("business/segment/champions", "customers", 120),
        ("business/product/category/bread", "revenue", revenue(BOOKS.where(category="bread"))),
        ("business/campaign/spring-sourdough", "sent", 295),
        ("business/business/overview", "revenue", revenue(BOOKS.lines)),
    ],
)
def test_the_query_behind_a_card_gives_its_figures(
    bakery: Engine, source: str, column: str, value: float
) -> None:
    query = query_behind(bakery, source)
    assert query is not None
    assert query.rows[0][column] == pytest.approx(value)
    assert query.sql.startswith(("SELECT", "WITH"))


def test_an_empty_store_has_no_cards(tmp_path: Path) -> None:
    assert cards(engine_of(tmp_path, {})) == []
