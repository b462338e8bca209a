"""The analyses of docs/analyses.md: every figure and picture, from one year of grocery baskets.

    python benchmarks/analyses.py            (needs the extra `demo`; about five minutes)

Writes docs/analyses.json and docs/analyses-*.svg. The page quotes the JSON, and
tests/test_analyses.py holds the two together. It speaks of no real business: see copilot/demo.py.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from affinity import CUT
from overindex import FLAGGED, counts, half, raw_again, shrunk, sizes

from copilot import Copilot, charts
from copilot.customers.engine import Engine
from copilot.customers.places.localities import over_index_cells, over_index_table
from copilot.customers.places.overindex import FEWEST_CUSTOMERS, strength
from copilot.demo import SYNTHETIC_FIELDS, completejourney
from copilot.records import ValueReport

DOCS = Path(__file__).parent.parent / "docs"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workspace", type=Path, help="where the data are, or are loaded to")
    given = parser.parse_args().workspace
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copilot = Copilot.open(given or folder / "workspace")
        files = completejourney(folder / "source")
        if "transactions" not in copilot.store.files():
            for path, table in files:
                fields = SYNTHETIC_FIELDS.get(table, ())
                copilot.import_customers([path], table=table, synthetic=fields)
        halves = [half(folder, files, number) for number in (0, 1)]
        found = {
            "data": data(copilot),
            "rfm": rfm(copilot),
            "value": value(copilot),
            "over_index": over_index(copilot, *halves),
            "dayparts": dayparts(copilot),
            "similar": similar(copilot),
            "next": next_products(folder, files),
        }
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    (DOCS / "analyses.json").write_text(text, encoding="utf-8")
    print(text)


def picture(chart: Any, name: str) -> None:
    path = DOCS / f"analyses-{name}.svg"
    charts.write_chart(chart.configure(background="white", font="sans-serif"), path)


def data(copilot: Copilot) -> dict[str, Any]:
    found = copilot.profile()
    return {name: one.rows for name, one in found.tables.items() if one.rows}


def rfm(copilot: Copilot) -> dict[str, Any]:
    cells = copilot.rfm_grid()
    picture(charts.grid_chart(cells), "rfm")
    found = {one.name: one for one in copilot.segments()}
    revenue = sum(one.revenue for one in found.values())
    return {
        name: {"customers": one.customers, "revenue_share": round(one.revenue / revenue, 3)}
        for name, one in found.items()
    }


def value(copilot: Copilot) -> dict[str, Any]:
    found: ValueReport = copilot.value(horizon=90)
    rows = [
        {"name": one.method, "rmse": one.rmse.value, "low": one.rmse.low, "high": one.rmse.high}
        for one in found.purchases
    ]
    title = "typical error (RMSE), purchases a customer in 90 hidden days"
    picture(charts.interval_chart(rows, "rmse", title, usual=None).properties(width=480), "value")
    return {
        "method": found.method,
        "why": found.why,
        "holdout_customers": found.holdout_customers,
        "ways": {
            one.method: {
                "rmse": [round(v, 2) for v in (one.rmse.value, one.rmse.low, one.rmse.high)],
                "total": round(one.total.value, 2),
            }
            for one in found.purchases
        },
    }


def over_index(copilot: Copilot, first: Engine, second: Engine) -> dict[str, Any]:
    busiest = max(copilot.localities("store"), key=lambda one: one.customers)
    items = copilot.over_indexes("store", name=busiest.name, kind="category")[0]
    rows = [one.model_dump() for one in (*items.over, *items.under)]
    title = f"times as often as everywhere, {busiest.name}, by category"
    picture(charts.interval_chart(rows, "index", title).properties(width=420), "over-index")
    now, then = counts(first), counts(second)
    prior = strength(first, over_index_table(first, "store", "category")) or 0.0
    size = sizes(then)
    shown = {
        (c.unit, c.over.name)
        for c in over_index_cells(first, "store", "category")
        if c.over.low > 1
    }
    kinds = {
        "thin_raw": [
            k
            for k, row in now.items()
            if row["x"] < FEWEST_CUSTOMERS and row["x"] / row["e"] >= FLAGGED
        ],
        "shown_shrunk": [k for k in shown if shrunk(now[k], prior) >= FLAGGED],
    }
    found: dict[str, Any] = {"store": busiest.name, "store_customers": busiest.customers}
    for name, keys in kinds.items():
        again = [one for one in (raw_again(key, then, size) for key in keys) if one is not None]
        part = sum(one >= FLAGGED for one in again) / max(1, len(again))
        found[name] = {"cells": len(again), "again": round(part, 3)}
    return found


def dayparts(copilot: Copilot) -> dict[str, Any]:
    found = sorted(copilot.mix("store"), key=lambda one: (-one.customers, one.name))[:6]
    rows = [
        {"where": one.name, "part": part.name, "share": part.share}
        for one in found
        for part in one.dayparts
    ]
    chart = charts.shares_chart(rows, "where", "part", "share", "share of visits")
    picture(chart.properties(width=480), "dayparts")
    return {one.name: {part.name: round(part.share, 3) for part in one.dayparts} for one in found}


def similar(copilot: Copilot) -> dict[str, Any]:
    busiest = max(copilot.localities("store"), key=lambda one: one.customers)
    found = copilot.similar("store", busiest.name, top=3)
    return {
        "store": found.name,
        "compared": found.compared,
        "like": {one.name: round(one.distance, 2) for one in found.similar},
    }


def next_products(folder: Path, files: list[tuple[Path, str]]) -> dict[str, Any]:
    import affinity
    import duckdb
    import pandas as pd

    named = {table: path for path, table in files}
    before = f"\"at\" < TIMESTAMP '{CUT}'"
    engine = Engine(affinity.store(folder / "train", named, before, 1))
    lines = duckdb.sql(
        f"""SELECT customer_id, p.category, basket_id, CAST("at" AS DATE) AS day
            FROM '{named["transactions"]}' JOIN '{named["products"]}' p USING (product_id)"""  # noqa: S608 - own paths
    ).df()
    lines["day"] = pd.to_datetime(lines["day"])
    return hit_rates(engine, lines.dropna(subset=["category"]))


def hit_rates(engine: Engine, lines: Any) -> dict[str, Any]:
    """Of customers who bought after the cut: whose first three suggestions they then bought."""
    from affinity import _ours

    from copilot.customers.suggesting import affinity

    known = engine.rows(affinity.items(engine, "category"))
    buyers = {row["item"]: row["buyers"] for row in known if row["open"]}
    popular = sorted(buyers, key=lambda item: (-buyers[item], item))
    past, future = lines[lines["day"] < CUT], lines[lines["day"] >= CUT]
    had = past.groupby("customer_id")["category"].agg(set).to_dict()
    then = future.groupby("customer_id")["category"].agg(set).to_dict()
    visits = past.groupby("customer_id")["basket_id"].nunique()
    people = sorted(c for c in then if visits.get(c, 0) >= affinity.FEWEST_OCCASIONS)
    ours = {task: _ours(engine, "category", task) for task in ("cross_sell", "repeat")}
    untried = {c: [item for item in popular if item not in had[c]][:3] for c in people}
    ways = {
        "new_ours": ({c: then[c] - had[c] for c in people}, ours["cross_sell"]),
        "new_popular": ({c: then[c] - had[c] for c in people}, untried),
        "again_ours": (then, ours["repeat"]),
        "again_popular": (then, dict.fromkeys(people, popular[:3])),
    }
    found: dict[str, Any] = {"customers": len(people)}
    for name, (truth, said) in ways.items():
        hits = sum(bool(truth[c] & set(said.get(c, ())[:3])) for c in people)
        found[name] = round(hits / len(people), 3)
    titles = {
        "new_ours": "new category, suggested",
        "new_popular": "new category, most popular untried",
        "again_ours": "again, suggested",
        "again_popular": "again, most popular",
    }
    rows = [{"way": titles[name], "hit": found[name]} for name in titles]
    chart = charts.bar_chart(rows, "way", "hit", "share who bought one of the three")
    picture(chart.properties(width=420), "next")
    return found


if __name__ == "__main__":
    main()
