"""Next best product on a year of groceries: does it hit, and what does it cost?

Usage: python benchmarks/affinity.py [TIMES]    (default 1; TIMES copies of the customers for speed)

Weeks 1-40 are learnt from, weeks 41-53 tested: a suggestion hits when the customer buys it then.
Cross-sell counts only what a customer had not bought before. Differences are with 95 % intervals
from resampling customers. The same ranking in pandas, in the same run, is the cost beside. Needs
the extra `demo`.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from copilot.customers.engine import Engine
from copilot.customers.schema import TABLES
from copilot.customers.store import Store
from copilot.customers.suggesting import affinity
from copilot.customers.suggesting.suggest import suggestions
from copilot.customers.tables import ENGINE_TYPES
from copilot.demo import completejourney

CUT = "2017-10-08"
DRAWS = 1_000


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory() as folder:
        files = {table: path for path, table in completejourney(Path(folder) / "raw")}
        train = store(Path(folder) / "train", files, f"\"at\" < TIMESTAMP '{CUT}'", 1)
        lines = duckdb.sql(
            f"""SELECT customer_id, coalesce(p.name, product_id) AS item, p.category,
                basket_id, CAST("at" AS DATE) AS day FROM '{files["transactions"]}'
                LEFT JOIN '{files["products"]}' p USING (product_id)"""  # noqa: S608 - own paths
        ).df()
        lines["day"] = pd.to_datetime(lines["day"])
        for kind, column in (("product", "item"), ("category", "category")):
            quality(Engine(train), kind, lines.dropna(subset=[column]), column)
        speed(store(Path(folder) / "all", files, "true", times), lines, times)


def store(folder: Path, files: dict[str, Path], where: str, times: int) -> Store:
    """The grocery data as a store, customers and baskets renumbered when there are several."""
    made = Store(folder)
    with made.writing(), duckdb.connect() as connection:
        written = {}
        for table in ("customers", "products", "locations", "transactions"):
            has = connection.read_parquet(str(files[table])).columns
            mark = " || '-' || copy" if table in ("customers", "transactions") else ""
            keys = ("customer_id", "basket_id", "transaction_id")
            fields = ", ".join(
                f"CAST({name if name in has else 'NULL'}{mark if name in keys else ''} AS "
                f'{"VARCHAR" if (t := ENGINE_TYPES[kind]) == "string" else t}) AS "{name}"'.replace(
                    "CAST(at", 'CAST("at"'
                )
                .replace("float64", "DOUBLE")
                .replace("int64", "BIGINT")
                for name, kind in TABLES[table].types.items()
            )
            written[table] = made.new_file(table)
            copies = f", range({times if mark else 1}) t(copy)"
            keep = where if table == "transactions" else "true"
            connection.execute(
                f"COPY (SELECT {fields} FROM '{files[table]}'{copies} WHERE {keep})"  # noqa: S608
                f" TO '{written[table]}' (FORMAT parquet)"
            )
        made.commit(written)
    return made


def quality(engine: Engine, kind: str, lines: pd.DataFrame, column: str) -> None:
    known = engine.rows(affinity.items(engine, kind))
    may = {row["item"] for row in known if row["open"]}
    buyers = {row["item"]: row["buyers"] for row in known}
    past, future = lines[lines["day"] < CUT], lines[lines["day"] >= CUT]
    had = past.groupby("customer_id")[column].agg(set).to_dict()
    then = future.groupby("customer_id")[column].agg(set).to_dict()
    visits = past.groupby("customer_id")["basket_id"].nunique()
    people = sorted(c for c in then if visits.get(c, 0) >= affinity.FEWEST_OCCASIONS)
    popular = sorted(may, key=lambda item: (-buyers[item], item))
    counts = past.drop_duplicates(["customer_id", column, "basket_id"]).groupby(
        ["customer_id", column]
    )
    own = counts.agg(n=("day", "size"), last=("day", "max")).reset_index()
    own = own[own[column].isin(may)]
    often = _first(own.sort_values(["n", "last", column], ascending=[False, False, True]), column)
    last = _first(own.sort_values(["last", "n", column], ascending=[False, False, True]), column)
    ours = {task: _ours(engine, kind, task) for task in ("cross_sell", "repeat")}
    new = {c: then[c] - had[c] for c in people}
    untried = {c: [item for item in popular if item not in had[c]][:3] for c in people}
    print(f"\n{kind}: {len(people):,} customers, {len(may):,} items may be offered")
    best = dict.fromkeys(people, popular[:3])
    cross = {
        "ours": ours["cross_sell"],
        "most popular": best,
        "most popular not bought yet": untried,
    }
    _table("cross_sell", people, new, cross)
    again = {"ours": ours["repeat"], "most popular": best}
    again |= {"own most often": often, "own last favourite": last}
    _table("repeat", people, then, again)


def _ours(engine: Engine, kind: str, task: str) -> dict[str, list[str]]:
    rows = engine.rows(suggestions(engine, task=task, limit=3, kind=kind))
    found: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda r: (r["customer_id"], r["rank"])):
        if row["task"] == task:
            found.setdefault(row["customer_id"].removesuffix("-0"), []).append(row["item"])
    return found


def _first(rows: pd.DataFrame, column: str) -> dict[str, list[str]]:
    return rows.groupby("customer_id")[column].agg(lambda items: list(items[:3])).to_dict()


def _table(task: str, people: list[str], truth: dict, rankings: dict) -> None:
    hits = {
        name: np.array(
            [[bool(truth[c] & set(top.get(c, [])[:k])) for k in (1, 3)] for c in people], float
        )
        for name, top in rankings.items()
    }
    draws = np.random.default_rng(7).integers(len(people), size=(DRAWS, len(people)))
    for name, found in hits.items():
        text = f"  {task:<11} {name:<28} @1 {found[:, 0].mean():.3f}  @3 {found[:, 1].mean():.3f}"
        if name != "ours":
            gap = hits["ours"] - found
            low, high = np.percentile(gap[draws].mean(axis=1), [2.5, 97.5], axis=0)
            text += "  ours more by " + ", ".join(
                f"{g:+.3f} [{a:+.3f}, {b:+.3f}]"
                for g, a, b in zip(gap.mean(axis=0), low, high, strict=True)
            )
        print(text)


def speed(made: Store, lines: pd.DataFrame, times: int) -> None:
    engine = Engine(made)
    began, used = time.perf_counter(), time.process_time()
    rows = suggestions(engine, limit=3).count().to_pyarrow().as_py()
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{times} x {len(lines):,} lines: {rows:,} suggestions")
    print(f"  engine  {wall:7.1f} s {cpu:7.1f} s of processor; process peak so far {peak:,.0f} MB")
    copies = [lines.assign(customer_id=lines["customer_id"] + f"-{n}") for n in range(times)]
    every = pd.concat(copies, ignore_index=True)
    began, used = time.perf_counter(), time.process_time()
    by_pandas(every)
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  pandas  {wall:7.1f} s {cpu:7.1f} s of processor; process peak so far {peak:,.0f} MB")


def by_pandas(lines: pd.DataFrame) -> int:
    """The same ranking, with the pairs counted by a dense matrix product."""
    visits = lines.drop_duplicates(["customer_id", "item", "basket_id"])
    counts = visits.groupby(["customer_id", "item"]).size().reset_index(name="n")
    buyers = counts.groupby("item").size().sort_values(ascending=False, kind="stable")
    seeds, offers = buyers.index[: affinity.SEEN], buyers.index[: affinity.OFFERED]
    wide = counts[counts["item"].isin(seeds)].pivot_table(
        index="customer_id", columns="item", values="n", fill_value=0
    )[seeds]
    matrix = (wide.to_numpy() > 0).astype(np.float32)
    both = matrix.T @ matrix[:, : len(offers)]
    chance = np.outer(buyers[seeds], buyers[offers]) / len(wide)
    lifts = np.log((both + affinity.PRIOR) / (chance + affinity.PRIOR))
    order = np.argsort(-wide.to_numpy(), axis=1, kind="stable")[:, : affinity.SEEDS]
    chosen = np.zeros_like(matrix)
    np.put_along_axis(chosen, order, 1, axis=1)
    chosen *= matrix
    mean = chosen @ lifts / np.maximum(chosen.sum(axis=1, keepdims=True), 1)
    score = buyers[offers].to_numpy() / len(wide) * np.exp(affinity.LIFT_POWER * mean)
    score[matrix[:, : len(offers)] > 0] = -1
    return int(np.argsort(-score, axis=1)[:, :3].size)


if __name__ == "__main__":
    main()
