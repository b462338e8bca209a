"""RFM by several scorings, each checked against its own rule in plain Python."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.people import people
from copilot.customers.segmenting import rfm
from copilot.customers.segmenting.rfm_choices import Choices, load_choices
from copilot.customers.segmenting.segments import segmentation, segmented
from copilot.errors import InputError

CUTS = {
    "recency": (14.0, 30.0, 60.0, 120.0),
    "frequency": (2.0, 5.0, 10.0, 20.0),
    "monetary": (20.0, 50.0, 100.0, 200.0),
}


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("rfm"), bakery_tables())
    yield engine
    engine.close()


def scored(engine: Engine, scoring: rfm.Scoring, choices: Choices | None = None) -> list[Any]:
    table = rfm.with_scores(people(engine), scoring, choices or Choices())
    return [row for row in engine.rows(table) if row["frequency"]]


def ranked(rows: list[Any], parts: int, measure: str, *, best: str) -> dict[str, int]:
    """NTILE in plain Python: larger parts first, ties by id."""
    sign = -1 if best == "low" else 1
    order = sorted(rows, key=lambda row: (sign * row[measure], row["customer_id"]))
    whole, extra = divmod(len(order), parts)
    sizes = [whole + (part < extra) for part in range(parts)]
    scores = [score for score, size in enumerate(sizes, 1) for _ in range(size)]
    return {row["customer_id"]: score for row, score in zip(order, scores, strict=True)}


@pytest.mark.parametrize(("scoring", "parts"), [("fifths", 5), ("quartiles", 4)])
def test_scores_by_rank_are_equal_parts(bakery: Engine, scoring: rfm.Scoring, parts: int) -> None:
    rows = scored(bakery, scoring)
    for column, measure, best in (
        ("rfm_recency", "recency_days", "low"),
        ("rfm_frequency", "frequency", "high"),
        ("rfm_monetary", "monetary", "high"),
    ):
        expected = ranked(rows, parts, measure, best=best)
        assert {row["customer_id"]: row[column] for row in rows} == expected


def test_nested_scores_are_fifths_within_the_score_before(bakery: Engine) -> None:
    rows = scored(bakery, "nested")
    by_recency, by_both = defaultdict(list), defaultdict(list)
    for row in rows:
        by_recency[row["rfm_recency"]].append(row)
        by_both[row["rfm_recency"], row["rfm_frequency"]].append(row)
    assert len(by_recency) == 5
    assert len(by_both) == 25
    for group in by_recency.values():
        expected = ranked(group, 5, "frequency", best="high")
        assert {row["customer_id"]: row["rfm_frequency"] for row in group} == expected
    for group in by_both.values():
        expected = ranked(group, 5, "monetary", best="high")
        assert {row["customer_id"]: row["rfm_monetary"] for row in group} == expected


def test_cut_points_score_as_the_rule_says(bakery: Engine) -> None:
    choices = Choices(cuts=CUTS)
    for row in scored(bakery, "cuts", choices):
        assert row["rfm_recency"] == 5 - sum(row["recency_days"] > c for c in CUTS["recency"])
        assert row["rfm_frequency"] == 1 + sum(row["frequency"] >= c for c in CUTS["frequency"])
        assert row["rfm_monetary"] == 1 + sum(row["monetary"] >= c for c in CUTS["monetary"])
    rules = segmentation(bakery, scoring="cuts", choices=choices).scores
    assert rules["recency"] == (
        "5 / 4 / 3 / 2 for at most 14 / 30 / 60 / 120 days since the last purchase, else 1"
    )


def test_weighted_bands_follow_the_mean_of_the_scores(bakery: Engine) -> None:
    weights = {"recency": 3.0, "frequency": 2.0, "monetary": 1.0}
    found = segmentation(bakery, scoring="weighted", choices=Choices(weights=weights))
    expected: Counter[str] = Counter()
    for row in scored(bakery, "fifths"):
        total = 3 * row["rfm_recency"] + 2 * row["rfm_frequency"] + row["rfm_monetary"]
        limits = ((25.2, "best"), (20.4, "good"), (15.6, "middle"), (10.8, "low"), (0, "lowest"))
        expected[next(name for least, name in limits if total >= least - 1e-9)] += 1
    found_sizes = {s.name: s.customers for s in found.segments if s.name != "no purchase"}
    assert found_sizes == expected
    assert found.scores["weighted"].endswith("recency 3, frequency 2, monetary 1")


@pytest.mark.parametrize("scoring", ["fifths", "nested", "quartiles", "weighted"])
def test_every_scoring_divides_everybody(bakery: Engine, scoring: str) -> None:
    found = segmentation(bakery, scoring=scoring)
    assert found.scoring == scoring
    assert set(found.scores) >= {"recency", "frequency", "monetary"}
    assert sum(s.customers for s in found.segments) == len(bakery.rows(people(bakery)))
    assert sum(s.share for s in found.segments) == pytest.approx(1)
    assert all(s.rule for s in found.segments)


def test_equal_customers_get_the_same_scores_every_time(tmp_path: Path) -> None:
    ids = [f"{n:02d}" for n in range(25)]
    lines = [
        {"transaction_id": i, "customer_id": i, "at": "2026-01-01 09:00", "amount": "1.00"}
        for i in reversed(ids)
    ]
    engine = engine_of(
        tmp_path, {"customers": [{"customer_id": i} for i in ids], "transactions": lines}
    )
    rows = sorted(scored(engine, "nested"), key=lambda row: row["customer_id"])
    assert [row["rfm_recency"] for row in rows] == [n // 5 + 1 for n in range(25)]
    assert [row["rfm_frequency"] for row in rows] == [n % 5 + 1 for n in range(25)]


def test_names_of_ones_own_are_read_and_the_rest_is_other(bakery: Engine, tmp_path: Path) -> None:
    path = tmp_path / "rfm.yaml"
    path.write_text(
        "names: {stars: {recency: 4-5, frequency: 5}, drifting: {recency: 1-2, monetary: 4-5}}",
        encoding="utf-8",
    )
    found = {s.name: s for s in segmentation(bakery, choices=load_choices(path)).segments}
    rows = scored(bakery, "fifths")
    stars = sum(row["rfm_recency"] >= 4 and row["rfm_frequency"] == 5 for row in rows)
    assert found["stars"].customers == stars
    assert found["stars"].rule == "recency 4-5 and frequency 5"
    drifting = found["drifting"].customers
    assert drifting == sum(row["rfm_recency"] <= 2 and row["rfm_monetary"] >= 4 for row in rows)
    assert found["other"].customers == len(rows) - stars - drifting


def test_segments_that_claim_the_same_customers_are_refused(bakery: Engine, tmp_path: Path) -> None:
    path = tmp_path / "rfm.yaml"
    path.write_text("names: {a: {recency: 4-5}, b: {frequency: 5}}", encoding="utf-8")
    with pytest.raises(InputError, match="'a' and 'b'"):
        segmentation(bakery, choices=load_choices(path))
    path.write_text("names: {a: {recency: 5}}", encoding="utf-8")
    with pytest.raises(InputError, match="recency 5-5"):
        segmentation(bakery, scoring="quartiles", choices=load_choices(path))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cuts: {recency: [30, 60, 60, 240]}", "cut points of recency"),
        ("cuts: {recency: [30, 60]}", "cut points of recency"),
        ("cuts: {age: [1, 2, 3, 4]}", "cuts"),
        ("weights: {recency: -1}", "weights"),
        ("weights: {recency: many}", "numbers"),
        ("names: {a: {recency: five}}", "'five'"),
        ("names: {other: {recency: 5}}", "'other'"),
        ("names: {a: 5}", "'a'"),
        ("segments: {}", "only cuts"),
        ("names: [", "YAML"),
    ],
)
def test_a_wrong_file_is_refused_by_what_is_wrong(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "rfm.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        load_choices(path)


def test_cuts_without_cut_points_and_unknown_scorings_are_refused(bakery: Engine) -> None:
    with pytest.raises(InputError, match="recency, frequency, monetary"):
        segmentation(bakery, scoring="cuts")
    with pytest.raises(InputError, match="'sixths'"):
        segmentation(bakery, scoring="sixths")
    with pytest.raises(InputError, match="'cuts'"):
        segmentation(bakery, "value", scoring="cuts")
    with pytest.raises(InputError, match="'age'"):
        segmentation(bakery, "age")


def test_scores_are_counted_to_the_day_given(bakery: Engine) -> None:
    day = dt.date(2026, 6, 30)
    found = segmentation(bakery, as_of=day)
    assert (found.as_of, found.as_of_is) == ("2026-06-30", "given")
    lines = [x for x in bakery_tables()["transactions"] if x["at"][:10] <= day.isoformat()]
    assert sum(s.revenue for s in found.segments) == pytest.approx(
        sum(float(x["amount"]) for x in lines)
    )
    idle = next(s for s in found.segments if s.name == "no purchase")
    everybody = len(bakery_tables()["customers"])
    assert idle.customers == everybody - len({x["customer_id"] for x in lines})
    assert all((s.recency_days or 0) >= 0 for s in found.segments)
    last = segmentation(bakery)
    assert last.as_of == max(x["at"] for x in bakery_tables()["transactions"])[:10]
    assert last.as_of_is == "the last day in the data"


def test_the_usual_segments_of_the_filter_are_the_usual_scoring(bakery: Engine) -> None:
    found = {s.name: s.customers for s in segmentation(bakery).segments}
    assert found == Counter(row["segment"] for row in bakery.rows(segmented(bakery)))
