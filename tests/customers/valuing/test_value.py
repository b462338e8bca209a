"""Customer value: histories by the rules, the holdout, the choice, refusals, ranges, filters."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shoppers import START, clockwork, customers, leaving, line
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.recipients import recipients
from copilot.customers.segmenting.segments import segmentation
from copilot.customers.valuing import holdout
from copilot.customers.valuing.history import histories, last_day, span
from copilot.customers.valuing.value import FEWEST, learn, own_mean, same_rate, valued
from copilot.customers.valuing.value_report import value
from copilot.errors import InputError, RefusedError


@pytest.fixture(scope="module")
def leavers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    lines = leaving()
    tables = {"customers": customers(lines), "transactions": lines}
    engine = engine_of(tmp_path_factory.mktemp("leavers"), tables)
    yield engine
    engine.close()


def by_hand(
    lines: list[dict[str, Any]], until: dt.date, window: int, ahead: int
) -> dict[str, tuple[float, ...]]:
    """Histories in plain Python from sales lines."""
    paid: dict[str, dict[dt.date, float]] = defaultdict(lambda: defaultdict(float))
    for row in lines:
        if row["customer_id"]:
            paid[row["customer_id"]][dt.date.fromisoformat(row["at"][:10])] += float(row["amount"])
    found = {}
    for who, days in paid.items():
        bought = sorted(day for day, money in days.items() if round(money, 2) > 0)
        past = [day for day in bought if day <= until]
        if not past:
            continue
        after = [day for day in bought if until < day <= until + dt.timedelta(days=ahead)]
        repeat = past[1:]
        found[who] = (
            len(repeat),
            (past[-1] - past[0]).days,
            (until - past[0]).days,
            sum(days[day] for day in repeat) / len(repeat) if repeat else -1.0,
            days[past[0]],
            sum((until - day).days < window for day in repeat),
            len(after),
            sum(days[day] for day in after),
        )
    return found


def check_histories(engine: Engine, lines: list[dict[str, Any]], until: dt.date) -> None:
    past = histories(engine, until, window=60, ahead=90, ids=True)
    expected = by_hand(lines, until, 60, 90)
    assert past.ids.to_pylist() == sorted(expected)
    spend = np.nan_to_num(past.spend, nan=-1.0)
    columns = (past.x, past.t_x, past.age, spend, past.first_spend)
    found = np.stack([*columns, past.recent, past.actual, past.money], axis=1)
    assert found == pytest.approx(np.array([expected[who] for who in sorted(expected)]), abs=0.01)


def test_histories_are_counted_by_the_rule(tmp_path: Path) -> None:
    tables = bakery_tables()
    check_histories(engine_of(tmp_path, tables), tables["transactions"], dt.date(2026, 7, 1))


def test_walk_ins_returns_and_second_receipts_are_no_purchases(tmp_path: Path) -> None:
    lines = [
        line(0, "a", 0, 10),
        line(1, "a", 0, 5),
        line(2, "a", 20, -4),
        line(3, "a", 30, 8),
        line(4, "a", 30, -8),
        line(5, "a", 40, 6),
        line(6, "", 41, 99),
        line(7, "  ", 42, 99),
        line(8, "b", 130, 7),
        line(9, "b", 200, 7),
    ]
    engine = engine_of(tmp_path, {"transactions": lines})
    until = START + dt.timedelta(days=100)
    past = histories(engine, until, window=61, ahead=40, ids=True)
    assert past.ids.to_pylist() == ["a"]
    assert (past.x[0], past.t_x[0], past.age[0], past.spend[0]) == (1, 40, 100, 6)
    assert (past.first_spend[0], past.recent[0], past.actual[0]) == (15, 1, 0)
    assert own_mean(past)[0] == pytest.approx(10.5)
    assert last_day(engine) == START + dt.timedelta(days=200)
    seen = span(engine)
    assert (seen.buyers, seen.purchase_days, seen.days) == (2, 4, 200)


def test_a_rate_is_not_taken_over_less_than_a_week(tmp_path: Path) -> None:
    lines = [line(0, "a", 0, 5), line(1, "a", 1, 5), line(2, "b", 0, 5)]
    past = histories(
        engine_of(tmp_path, {"transactions": lines}), START + dt.timedelta(1), window=9
    )
    assert same_rate(past, 70) == pytest.approx([10.0, 0.0])


def test_the_model_is_used_where_customers_leave(leavers: Engine) -> None:
    report = value(leavers, horizon=120, top=5)
    assert report.method == "BG/NBD"
    assert "for certain" in report.why
    figures = {one.method: one for one in report.purchases}
    assert set(figures) == {"BG/NBD", "same rate", "last period"}
    less = figures["BG/NBD"].less_rmse
    assert less is not None
    assert less.high < 0
    assert figures["BG/NBD"].rmse.value < figures["same rate"].rmse.value
    assert figures["BG/NBD"].total.value == pytest.approx(1.0, abs=0.15)
    assert figures["same rate"].total.value > 1.3
    truth = {"r": 0.9, "alpha": 20.0, "a": 0.8, "b": 3.0}
    for name, true in truth.items():
        assert report.parameters[name] == pytest.approx(true, abs=4 * report.standard_errors[name])


def test_the_simple_rate_is_used_where_it_wins(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, {"transactions": clockwork()})
    report = value(engine, horizon=120, top=3)
    assert report.method in {"same rate", "last period"}
    assert report.spend_method == "own mean"
    assert f"{report.method} wins" in report.why
    assert report.top[0].alive is None
    assert report.segments == ()
    often = report.top[0].purchases.value
    assert often == pytest.approx(120 / 8, abs=0.5)


def test_the_figures_are_those_of_the_holdout(leavers: Engine) -> None:
    seen = span(leavers)
    learnt = learn(leavers, seen, 120)
    until = seen.last - dt.timedelta(days=120)
    assert learnt.trained_until == until
    past = histories(leavers, until, window=120, ahead=120)
    found = next(one for one in learnt.purchases.figures if one.method == "same rate")
    wrong = same_rate(past, 120) - past.actual
    assert found.mae.value == pytest.approx(abs(wrong).mean(), abs=1e-5)
    assert found.rmse.value == pytest.approx(np.sqrt((wrong**2).mean()), abs=1e-5)
    ratio = same_rate(past, 120).sum() / past.actual.sum()
    assert found.total.value == pytest.approx(ratio, abs=1e-5)
    worth = same_rate(past, 120) * own_mean(past)
    tenth = np.argsort(-worth, kind="stable")[: len(worth) // 10]
    share = past.money[tenth].sum() / past.money.sum()
    assert found.top_share.value == pytest.approx(share, abs=2e-3)
    for figure in (found.mae, found.rmse, found.total, found.top_share):
        assert figure.low < figure.value < figure.high
    assert learnt.customers == len(past)


def test_intervals_are_as_wide_as_chance() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(10.0, 2.0, 50_000)
    found = holdout.mean_with_interval(values)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * 2 / np.sqrt(50_000), rel=0.15)
    assert found.value == pytest.approx(values.mean(), abs=1e-6)


def choice(model: float, simple: float, absolute: float) -> str:
    """Which way is used for errors of these sizes on 400 customers."""
    rng = np.random.default_rng(6)
    noise = rng.normal(size=400)
    actual = np.full(400, 10.0)
    predicted = {
        "model": actual + model * noise,
        "simple": actual + simple * np.roll(noise, 1) + absolute,
    }
    return holdout.compare(
        predicted, actual, worth=predicted, money=actual, models=frozenset({"model"})
    ).used


def test_the_rule_of_choice() -> None:
    assert choice(1.0, 2.0, 0.0) == "model"
    assert choice(2.0, 1.0, 0.0) == "simple"
    assert choice(1.0, 1.001, 0.0) == "model"
    heavy = np.where(np.arange(400) < 4, 8.0, 0.0)
    actual = np.full(400, 10.0)
    even = {"model": actual + 0.79, "simple": actual + heavy}
    used = holdout.compare(even, actual, worth=even, money=actual, models=frozenset({"model"}))
    assert used.used == "simple", "a lower RMSE by chance does not outweigh a higher MAE"


def test_equals_at_the_edge_of_the_top_tenth_share_its_place() -> None:
    actual = np.ones(100)
    money = np.arange(100.0)
    same = {"simple": np.ones(100)}
    found = holdout.compare(same, actual, worth=same, money=money, models=frozenset())
    assert found.figures[0].top_share.value == pytest.approx(0.1)
    first = {"simple": money}
    found = holdout.compare(first, actual, worth=first, money=money, models=frozenset())
    assert found.figures[0].top_share.value == pytest.approx(money[-10:].sum() / money.sum())


def test_ninety_of_a_hundred_lie_within_their_range(leavers: Engine) -> None:
    """Ranges learnt on one half of the shoppers hold for the other half."""
    past = histories(leavers, span(leavers).last - dt.timedelta(days=120), window=120, ahead=120)
    predicted = same_rate(past, 120)
    half = np.arange(len(past)) % 2 == 0
    learnt = holdout.ranges(predicted[half], past.actual[half])
    low, high = learnt.of(predicted[~half])
    inside = (past.actual[~half] >= low - 1e-9) & (past.actual[~half] <= high + 1e-9)
    assert 0.87 <= inside.mean() <= 1.0
    twice = learnt.of(predicted[~half] * 2, periods=2.0)
    assert twice[1] == pytest.approx(high * 2)


def test_too_little_data_are_refused_with_everything_missing(tmp_path: Path) -> None:
    lines = [line(n, f"c{n % 20}", n, 5) for n in range(60)]
    engine = engine_of(tmp_path, {"transactions": lines})
    with pytest.raises(RefusedError, match="too little") as caught:
        value(engine)
    for what, fewest in FEWEST.items():
        missing = f"{fewest} {what} (there are"
        assert (missing in caught.value.hint) == (what != "days with a purchase"), what


def test_margin_and_discount_change_value_but_not_purchases(leavers: Engine) -> None:
    plain = valued(leavers, horizon=120)
    margin = valued(leavers, horizon=120, margin=0.25)
    assert margin.value == pytest.approx(plain.value * 0.25)
    assert margin.value_ends[1] == pytest.approx(plain.value_ends[1] * 0.25)
    later = valued(leavers, horizon=120, discount=0.2)
    assert later.purchases == pytest.approx(plain.purchases)
    assert (later.value <= plain.value).all()
    assert 1.2 ** (-120 / 365) < later.value.sum() / plain.value.sum() < 1.2 ** (-30 / 365)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [({"horizon": 0}, "0 days"), ({"margin": 30.0}, "30.0"), ({"discount": -1.0}, "-1.0")],
)
def test_wrong_numbers_are_refused(leavers: Engine, asked: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        value(leavers, **asked)


def test_the_report_adds_up_and_lists_the_best_by_id(leavers: Engine) -> None:
    report = value(leavers, horizon=90, top=7)
    assert report.measure == "revenue"
    assert sum(s.customers for s in report.segments) == report.customers == 1200
    assert sum(s.value for s in report.segments) == pytest.approx(report.total_value, abs=10)
    assert sum(s.share for s in report.segments) == pytest.approx(1)
    assert [one.value.value for one in report.top] == sorted(
        (one.value.value for one in report.top), reverse=True
    )
    assert len(report.top) == 7
    for one in report.top:
        assert one.customer_id.startswith("s")
        assert one.purchases.low <= one.purchases.value <= one.purchases.high
        assert one.alive is not None
        assert 0 <= one.alive <= 1
    assert any("Sales without a customer" in note for note in report.notes)


def test_predictions_stand_at_an_earlier_day_as_if_nothing_had_followed(leavers: Engine) -> None:
    early = START + dt.timedelta(days=300)
    report = value(leavers, horizon=60, top=0, as_of=early)
    assert report.as_of == early.isoformat()
    bought = by_hand(leaving(), early, 1, 1)
    assert report.customers == len(bought)


def test_predictions_choose_audiences(leavers: Engine) -> None:
    found = valued(leavers)
    rich = int((np.round(found.value, 2) >= 300).sum())
    matches = segmentation(leavers, "rule", where="predicted_value >= 300").segments[0]
    assert matches.customers == rich > 0
    both = segmentation(
        leavers, "rule", where="churn_risk >= 0.5 and expected_purchases < 2 and frequency > 1"
    ).segments[0]
    assert 0 < both.customers < 1200
    reached = recipients(leavers, where="churn_risk >= 0.5", channels=["email"])
    assert reached.customers == 1200
    assert 0 < reached.skipped["no_consent"] < 1200


def test_an_audience_by_value_says_what_is_missing(tmp_path: Path) -> None:
    lines = [line(n, f"c{n % 20}", n, 5) for n in range(60)]
    engine = engine_of(tmp_path, {"customers": customers(lines), "transactions": lines})
    with pytest.raises(RefusedError, match="too little"):
        recipients(engine, where="predicted_value > 10", channels=["email"])
    assert recipients(engine, where="frequency > 1", channels=["email"]).customers == 20
