"""Named segments: every customer in exactly one, by the rule shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, buyers, revenue
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.segmenting.segments import RFM_RULES, Scheme, segmented, segments
from copilot.errors import DataError, FilterError

BOOKS = Books()


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("segments"), bakery_tables())
    yield engine
    engine.close()


@pytest.mark.parametrize("by", ["rfm", "lifecycle", "value"])
def test_segments_divide_all_customers_and_all_revenue(bakery: Engine, by: Scheme) -> None:
    found = segments(bakery, by)
    assert sum(segment.customers for segment in found) == len(BOOKS.customers)
    assert sum(segment.share for segment in found) == pytest.approx(1)
    assert sum(segment.revenue for segment in found) == pytest.approx(revenue(BOOKS.lines))
    idle = next(segment for segment in found if segment.name == "no purchase")
    assert idle.customers == len(BOOKS.customers) - buyers(BOOKS.lines)


def test_scores_are_equal_fifths_of_the_buyers(bakery: Engine) -> None:
    rows = [row for row in bakery.rows(segmented(bakery)) if row["frequency"]]
    for column in ("rfm_recency", "rfm_frequency", "rfm_monetary"):
        sizes = [sum(row[column] == score for row in rows) for score in (1, 2, 3, 4, 5)]
        assert max(sizes) - min(sizes) <= 1
    best = [row["recency_days"] for row in rows if row["rfm_recency"] == 5]
    assert max(best) <= min(row["recency_days"] for row in rows if row["rfm_recency"] == 4)


def test_names_follow_the_rules_shown(bakery: Engine) -> None:
    for row in bakery.rows(segmented(bakery)):
        r, f = row["rfm_recency"], row["rfm_frequency"]
        rule = RFM_RULES[row["segment"]]
        if r is None:
            assert rule == "no purchase in the data"
            continue
        recency, frequency = rule.split(" and ")
        assert _within(r, recency)
        assert _within(f, frequency)


def _within(score: int, rule: str) -> bool:
    low, _, high = rule.split()[1].partition("-")
    return int(low) <= score <= int(high or low)


def test_the_life_cycle_follows_the_days_shown(bakery: Engine) -> None:
    for row in bakery.rows(segmented(bakery)):
        days, name = row["recency_days"], row["lifecycle"]
        if days is None:
            assert name == "no purchase"
        elif name in {"new", "active"}:
            assert days <= 60
        else:
            limits = {"cooling": (61, 120), "at risk": (121, 240), "lapsed": (241, 9999)}
            assert limits[name][0] <= days <= limits[name][1]


def test_equal_customers_are_told_apart_the_same_way_every_time(tmp_path: Path) -> None:
    customers = [{"customer_id": f"{n:02d}"} for n in range(10)]
    lines = [
        {
            "transaction_id": row["customer_id"],
            "customer_id": row["customer_id"],
            "at": "2026-01-01 09:00",
            "amount": "1.00",
        }
        for row in reversed(customers)
    ]
    engine = engine_of(tmp_path, {"customers": customers, "transactions": lines})
    rows = sorted(engine.rows(segmented(engine)), key=lambda row: row["customer_id"])
    assert [row["rfm_frequency"] for row in rows] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_where_limits_the_customers_but_not_the_scores(bakery: Engine) -> None:
    found = {s.name: s.customers for s in segments(bakery, "rfm", where="city = 'Leeds'")}
    everyone = {s.name: s.customers for s in segments(bakery, "rfm")}
    assert all(found[name] <= everyone[name] for name in found)
    holbeck = segments(bakery, "rfm", where="neighbourhood = 'Holbeck'")
    assert sum(s.customers for s in holbeck) == len(BOOKS.people(neighbourhood="Holbeck"))


def test_a_rule_divides_into_who_matches_and_who_does_not(bakery: Engine) -> None:
    matches, others = segments(bakery, "rule", where="frequency >= 10")
    assert (matches.name, matches.rule) == ("matches", "frequency >= 10")
    assert matches.customers + others.customers == len(BOOKS.customers)
    assert matches.frequency is not None
    assert matches.frequency >= 10


def test_a_rule_must_be_given_and_understood(bakery: Engine) -> None:
    with pytest.raises(DataError, match="rule"):
        segments(bakery, "rule")
    with pytest.raises(FilterError, match="citty"):
        segments(bakery, "rfm", where="citty = 'x'")


def test_without_purchases_there_are_no_segments(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="transactions"):
        segments(engine_of(tmp_path, {"customers": [{"customer_id": "1"}]}))
