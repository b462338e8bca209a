"""What to offer next, against counts in plain Python and against small shops made for it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.privacy import registry
from copilot.customers.suggesting import affinity
from copilot.customers.suggesting.offerable import OWN_WORDS, never_pattern
from copilot.customers.suggesting.suggest import COLUMNS, next_best, next_products, suggestions
from copilot.errors import DataError, FilterError, InputError

DAY = dt.date(2026, 1, 1)


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("affinity"), bakery_tables())
    yield engine
    engine.close()


def shop(folder: Path, baskets: dict[str, list[str]], products: list[dict[str, str]]) -> Engine:
    """Customers with one basket of one product a day each; products by id."""
    lines = [
        {
            "transaction_id": f"{customer}-{number}",
            "customer_id": customer,
            "product_id": product,
            "at": str(DAY + dt.timedelta(days=number)),
            "amount": "1.00",
        }
        for customer, bought in baskets.items()
        for number, product in enumerate(bought)
    ]
    people = [{"customer_id": customer, "neighbourhood": "Mill"} for customer in baskets]
    return engine_of(folder, {"customers": people, "products": products, "transactions": lines})


def tastes() -> dict[str, list[str]]:
    """25 customers of bread and cheese, 75 of tea and cake, one of bread alone."""
    baskets = {f"b{n}": ["bread", "bread", "cheese"] for n in range(25)}
    baskets |= {f"t{n}": ["tea", "tea", "cake"] for n in range(75)}
    return baskets | {"one": ["bread", "bread", "bread"]}


def named(*extra: dict[str, str]) -> list[dict[str, str]]:
    changes = {row["product_id"]: row for row in extra}
    return [
        {"product_id": one, "name": one, "category": "food"} | changes.get(one, {})
        for one in ("bread", "cheese", "tea", "cake")
    ]


def test_cross_sell_is_what_buyers_of_the_same_things_buy(tmp_path: Path) -> None:
    engine = shop(tmp_path, tastes(), named())
    found = next_products(engine, customer_id="one")
    assert found.suggestions[0].item == "cheese"
    assert found.suggestions[0].reason == "Buyers of bread here often take cheese (25 buy both)."
    assert found.suggestions[0].support == 25
    assert [s.item for s in found.suggestions][1:] == ["cake", "tea"]


def test_the_score_is_share_times_squared_shrunk_lift(tmp_path: Path) -> None:
    engine = shop(tmp_path, tastes(), named())
    found = next_products(engine, customer_id="one").suggestions[0]
    lift = (25 + affinity.PRIOR) / (26 * 25 / 101 + affinity.PRIOR)
    assert found.score == pytest.approx(25 / 101 * lift**2, abs=1e-6)


def test_nobody_is_offered_across_what_they_have(bakery: Engine) -> None:
    have = defaultdict(set)
    names = {row["product_id"]: row["name"] for row in bakery_tables()["products"]}
    for line in bakery_tables()["transactions"]:
        have[line["customer_id"]].add(names[line["product_id"]])
    rows = bakery.rows(suggestions(bakery, limit=10))
    assert rows
    assert not [row for row in rows if row["item"] in have[row["customer_id"]]]


def test_repeat_ranks_by_the_occasions_on_which_it_was_bought(bakery: Engine) -> None:
    tables = bakery_tables()
    names = {row["product_id"]: row["name"] for row in tables["products"]}
    visits = {
        (line["customer_id"], names[line["product_id"]], line["basket_id"])
        for line in tables["transactions"]
    }
    occasions = Counter((customer, item) for customer, item, _ in visits)
    rows = bakery.rows(suggestions(bakery, task="repeat", limit=3))
    own = [row for row in rows if row["task"] == "repeat"]
    assert len({row["customer_id"] for row in own}) > 400
    for row in own:
        assert row["score"] == occasions[row["customer_id"], row["item"]]


def test_due_says_that_the_usual_time_has_passed(tmp_path: Path) -> None:
    lines = [("weekly", 0), ("weekly", 7), ("weekly", 14), ("left", 0), ("left", 1), ("left", 2)]
    sold = [
        {
            "transaction_id": str(n),
            "customer_id": who,
            "product_id": "bread",
            "at": str(DAY + dt.timedelta(days=day)),
        }
        for n, (who, day) in enumerate([*lines, *((f"c{m}", 20) for m in range(20))])
    ]
    engine = engine_of(tmp_path, {"products": named(), "transactions": sold})
    rows = engine.rows(suggestions(engine, task="repeat"))
    due = {row["customer_id"]: row["due"] for row in rows if row["customer_id"][0] != "c"}
    assert due == {"weekly": True, "left": False}
    assert all(row["task"] == "repeat" for row in rows)


def test_ranks_run_from_one_and_scores_fall(bakery: Engine) -> None:
    rows = sorted(
        bakery.rows(suggestions(bakery, limit=5)), key=lambda r: (r["customer_id"], r["rank"])
    )
    assert tuple(rows[0]) == COLUMNS
    for before, after in pairwise(rows):
        if before["customer_id"] == after["customer_id"]:
            assert after["rank"] == before["rank"] + 1
            assert after["score"] <= before["score"]
        else:
            assert after["rank"] == 1


def test_everybody_asked_about_is_counted_once(bakery: Engine) -> None:
    for task in ("cross_sell", "repeat", "any"):
        found = next_products(bakery, task=task, limit=1)
        assert found.customers == 500
        assert found.by_own_history + found.by_place + found.nothing == 500
        assert found.nothing >= 0


def test_too_little_history_gets_the_favourite_of_the_place_and_says_so(tmp_path: Path) -> None:
    engine = shop(tmp_path, {**tastes(), "new": ["tea"]}, named())
    found = next_products(engine, customer_id="new", limit=1)
    assert (found.by_own_history, found.by_place) == (0, 1)
    assert found.suggestions[0].item == "cake"
    assert "in Mill" in found.suggestions[0].reason
    assert "too little history" in found.suggestions[0].reason


@pytest.mark.parametrize(
    "attributes",
    [
        '{"in_stock": false}',
        '{"stock": 0}',
        '{"Status": "Discontinued"}',
        '{"discontinued": "yes"}',
    ],
)
def test_what_is_not_in_stock_is_not_offered(tmp_path: Path, attributes: str) -> None:
    gone = named({"product_id": "cheese", "attributes": attributes})
    found = next_products(shop(tmp_path, tastes(), gone), customer_id="one")
    assert "cheese" not in {s.item for s in found.suggestions}
    assert found.closed_items == 1


def test_what_is_in_stock_stays(tmp_path: Path) -> None:
    there = named({"product_id": "cheese", "attributes": '{"in_stock": true, "stock": 10}'})
    found = next_products(shop(tmp_path, tastes(), there), customer_id="one")
    assert found.suggestions[0].item == "cheese"


@pytest.mark.parametrize("name", ["Red WINE", "Baby wipes", "Gluten-free loaf", "Vitamín C"])
def test_private_things_are_neither_offered_nor_reasons(tmp_path: Path, name: str) -> None:
    engine = shop(tmp_path, tastes(), named({"product_id": "cheese", "name": name}))
    found = next_products(engine, limit=10)
    assert found.private_items == 1
    assert not [s for s in found.suggestions if name in s.item or name in s.reason]


def test_a_business_edits_the_list_for_itself(tmp_path: Path) -> None:
    engine = shop(tmp_path, tastes(), named({"product_id": "cheese", "name": "Red wine"}))
    (engine.store.folder / OWN_WORDS).write_text("# ours\n- wine*\ncake\n", encoding="utf-8")
    found = next_products(engine, customer_id="one")
    assert found.suggestions[0].item == "Red wine"
    assert "cake" not in {s.item for s in found.suggestions}


def test_words_match_whole_words_only() -> None:
    import re

    pattern = never_pattern(("gin", "cigar*", "gluten free"))
    assert re.search(pattern, "ginger biscuit") is None
    assert re.search(pattern, "london gin")
    assert re.search(pattern, "cigarettes")
    assert re.search(pattern, "gluten-free loaf")


def test_items_that_few_bought_are_not_offered(tmp_path: Path) -> None:
    baskets = tastes()
    for n in range(affinity.FEWEST_BUYERS - 1):
        baskets[f"b{n}"] = [*baskets[f"b{n}"], "rare"]
    found = next_products(shop(tmp_path, baskets, named()), customer_id="one", limit=10)
    assert "rare" not in {s.item for s in found.suggestions}


def test_what_is_no_longer_sold_is_not_offered(tmp_path: Path) -> None:
    baskets = tastes()
    baskets["late"] = ["tea"] * (affinity.STALE_DAYS + 10)
    found = next_products(shop(tmp_path, baskets, named()), customer_id="one", limit=10)
    assert [s.item for s in found.suggestions] == ["tea"]


def test_the_same_customers_are_counted_whatever_the_order_of_the_rows(bakery: Engine) -> None:
    first = bakery.rows(suggestions(bakery, limit=3).order_by(["customer_id", "rank"]))
    bakery.close()
    assert bakery.rows(suggestions(bakery, limit=3).order_by(["customer_id", "rank"])) == first


def test_an_audience_limits_who_is_asked_about(bakery: Engine) -> None:
    found = next_products(bakery, where="neighbourhood = 'Harehills' and frequency >= 3")
    whole = {(s.customer_id, s.rank): s.item for s in next_products(bakery, limit=3).suggestions}
    assert 0 < found.customers < 90
    for one in found.suggestions:
        assert whole.get((one.customer_id, one.rank), one.item) == one.item


def test_one_customer_alone_gets_what_they_get_among_all(bakery: Engine) -> None:
    among = [s for s in next_products(bakery).suggestions if s.customer_id == "C0002"]
    bakery.close()
    assert next_products(bakery, customer_id="C0002").suggestions == tuple(among)


def test_next_best_has_one_row_a_customer(bakery: Engine) -> None:
    rows = bakery.rows(next_best(bakery))
    assert len({row["customer_id"] for row in rows}) == len(rows) > 400
    assert all(row["next_product"] or row["next_category"] for row in rows)


def test_unusable_requests_are_named(bakery: Engine) -> None:
    with pytest.raises(DataError, match="nobody"):
        next_products(bakery, customer_id="nobody")
    with pytest.raises(InputError, match="upsell"):
        next_products(bakery, task="upsell")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="11"):
        next_products(bakery, limit=11)
    with pytest.raises(InputError, match="brand"):
        next_products(bakery, kind="brand")  # type: ignore[arg-type]


def test_without_transactions_it_says_what_to_import(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, {"customers": [{"customer_id": "c1"}]})
    with pytest.raises(DataError, match="No transactions"):
        next_products(engine)


def test_whom_it_suggests_for_is_chosen_under_the_rules_of_the_fields(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, bakery_tables())
    assert next_products(engine, where="city = 'Leeds' and churn_risk >= 0").customers > 0
    registry.set_use(engine.store, "city", "never")
    with pytest.raises(FilterError, match="'city' may not be used"):
        next_products(engine, where="city = 'Leeds'")
    engine.close()
