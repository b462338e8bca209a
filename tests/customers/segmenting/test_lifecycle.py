"""Life cycle by each customer's own rhythm, checked in plain Python."""

import datetime as dt
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from shoppers import customers, line
from stored import bakery_tables, engine_of

from copilot.customers.segmenting.lifecycle import RHYTHM_RULES, usual_gap
from copilot.customers.segmenting.segments import segmentation
from copilot.errors import InputError, RefusedError


def stages(lines: list[dict[str, str]], everybody: int, end: dt.date) -> dict[str, int]:
    """Sizes by the rule as it is worded."""
    days: dict[str, set[dt.date]] = {}
    for row in lines:
        days.setdefault(row["customer_id"], set()).add(dt.date.fromisoformat(row["at"][:10]))
    spans = {who: (max(all_) - min(all_)).days for who, all_ in days.items()}
    typical = median(spans[who] / (len(d) - 1) for who, d in days.items() if len(d) > 1)
    found = dict.fromkeys(RHYTHM_RULES, 0)
    found["no purchase"] = everybody - len(days)
    for who, bought in days.items():
        gap = (spans[who] + 2 * typical) / (len(bought) - 1 + 2)
        late = (end - max(bought)).days / gap
        single = "new" if len(bought) == 1 else "active"
        limits = ((1.5, single), (3, "cooling"), (6, "at risk"), (1e9, "lapsed"))
        found[next(name for most, name in limits if late <= most)] += 1
    return {name: size for name, size in found.items() if size}


@pytest.mark.parametrize("until", [None, "2026-07-31"])
def test_stages_by_rhythm_follow_the_rule_shown(tmp_path: Path, until: str | None) -> None:
    tables = bakery_tables()
    engine = engine_of(tmp_path, tables)
    end = until or max(row["at"] for row in tables["transactions"])[:10]
    lines = [row for row in tables["transactions"] if row["at"][:10] <= end]
    day = dt.date.fromisoformat(end)
    found = segmentation(engine, "lifecycle", scoring="rhythm", as_of=day if until else None)
    sizes = {s.name: s.customers for s in found.segments}
    assert sizes == stages(lines, len(tables["customers"]), day)
    assert all(s.rule == RHYTHM_RULES[s.name] for s in found.segments)
    assert "median of all repeat customers" in found.scores["usual gap"]


def test_who_is_late_by_their_own_rhythm_differs_from_fixed_days(tmp_path: Path) -> None:
    lines = [line(n, "weekly", day, 5) for n, day in enumerate(range(0, 200, 7))]
    for number in range(30):
        rare = range(number, 361, 90)
        lines += [line(len(lines) + i, f"rare{number:02d}", day, 5) for i, day in enumerate(rare)]
    lines.append(line(len(lines), "", 260, 5))
    engine = engine_of(tmp_path, {"customers": customers(lines), "transactions": lines})

    def stage(scoring: str) -> str:
        found = segmentation(
            engine, "lifecycle", scoring=scoring, where="frequency > 20", as_of=_day(250)
        )
        assert len(found.segments) == 1
        return found.segments[0].name

    assert stage("days") == "active"
    assert stage("rhythm") == "at risk"  # 54 days, and a usual gap of 12.5


def _day(number: int) -> dt.date:
    return dt.date(2025, 1, 1) + dt.timedelta(days=number)


def test_a_usual_gap_is_drawn_towards_everybodys() -> None:
    gap = usual_gap(np.array([10.0, 10.0, 10.0, 1.0, 0.0]), np.array([100.0] * 3 + [2.0, 0.0]))
    assert gap == pytest.approx([10.0, 10.0, 10.0, 22 / 3, 10.0])


def test_too_few_repeat_customers_have_no_rhythm(tmp_path: Path) -> None:
    lines = [line(n, f"c{n}", n, 5) for n in range(30)]
    engine = engine_of(tmp_path, {"customers": customers(lines), "transactions": lines})
    with pytest.raises(RefusedError, match="Only 0 customers"):
        segmentation(engine, "lifecycle", scoring="rhythm")
    with pytest.raises(InputError, match="'moon'"):
        segmentation(engine, "lifecycle", scoring="moon")
