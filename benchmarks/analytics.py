"""RFM, lift and the favourite product over imported sales: the engine against pandas.

Usage: python benchmarks/analytics.py WORKSPACE    (as benchmarks/importing.py --data leaves it)

Each side runs in a fresh process and reads the same Parquet files: first everything once
("cold", for pandas with reading the columns it needs), then once more ("warm": a new engine, so
nothing computed is kept; for pandas the frame stays in memory). The results must be equal.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

COLUMNS = ["customer_id", "basket_id", "product_id", "store_id", "at", "amount"]
NAMES = ("rfm", "lift", "favourite")


def main() -> None:
    workspace = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        taken = {}
        for side in ("product", "pandas"):
            out = Path(folder) / side
            out.mkdir()
            command = [sys.executable, __file__, str(workspace), side, str(out)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            taken[side] = json.loads(said)
            print(f"{side}: peak {taken[side].pop('peak_mb'):,.0f} MB", flush=True)
        for name in NAMES:
            same(name, Path(folder))
            ours, theirs = taken["product"][name], taken["pandas"][name]
            for i, state in enumerate(("cold", "warm")):
                (wall, cpu), (their_wall, their_cpu) = ours[i], theirs[i]
                print(
                    f"{name:<10} {state}: product {wall:6.1f} s ({cpu:6.1f} s of processor),"
                    f" pandas {their_wall:6.1f} s ({their_cpu:6.1f} s), ratio"
                    f" {their_wall / wall:4.1f} wall, {their_cpu / cpu:4.1f} processor"
                )


def side(workspace: Path, name: str, out: Path) -> None:
    """One side, in this process: times as JSON, results as Parquet."""
    import resource

    from copilot.customers.store import Store

    store = Store(workspace / "customers")
    rounds = product_round if name == "product" else pandas_round
    times: dict[str, object] = {}
    state: dict[str, object] = {}
    for number in range(2):
        for what in NAMES:
            wall, cpu = time.perf_counter(), time.process_time()
            table = rounds(store, what, state)
            spent = (time.perf_counter() - wall, time.process_time() - cpu)
            times.setdefault(what, []).append(spent)  # type: ignore[attr-defined]
            if number == 0:
                write(table, out / f"{what}.parquet")
    times["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(times))


def write(table: object, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table)
    pq.write_table(made, path)


def product_round(store: object, what: str, state: dict[str, object]) -> object:  # noqa: ARG001
    from copilot.customers import people
    from copilot.customers.engine import Engine
    from copilot.customers.places.localities import over_index_table
    from copilot.customers.segmenting import rfm
    from copilot.customers.tables import purchases

    engine = Engine(store)  # type: ignore[arg-type]
    if what == "lift":
        made = over_index_table(engine, "store", "product").select(
            "unit", "item", "x", "n", "bought", "everyone", "e"
        )
    else:
        lines = purchases(engine, stores=False)
        if what == "rfm":
            totals = people._totals(lines)
            made = rfm.with_scores(totals, "fifths", rfm.Choices()).select(
                "customer_id", "recency_days", "frequency", "monetary", *rfm.SCORES.values()
            )
        else:
            made = people._favourite(lines, "product", "favourite")
    table = made.to_pyarrow()
    engine.close()
    return table


def pandas_round(store: object, what: str, state: dict[str, object]) -> object:
    import pandas as pd

    if "lines" not in state:
        lines = pd.read_parquet(store.files()["transactions"], columns=COLUMNS)  # type: ignore[attr-defined]
        lines["amount"] = lines["amount"].astype("float64")
        lines["day"] = lines["at"].dt.normalize()
        occasion = lines["basket_id"].fillna(lines["day"].astype("str"))
        lines["visit"] = lines["customer_id"].fillna("") + "|" + occasion
        state["lines"] = lines
    makers: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "rfm": pandas_rfm, "lift": pandas_lift, "favourite": pandas_favourite,
    }  # fmt: skip
    return makers[what](state["lines"])  # type: ignore[arg-type]


def pandas_rfm(lines):  # type: ignore[no-untyped-def]
    import numpy as np

    grouped = lines.groupby("customer_id")
    table = grouped.agg(
        frequency=("visit", "nunique"), monetary=("amount", "sum"), last=("day", "max")
    ).reset_index()
    table["monetary"] = table["monetary"].round(2)
    table["recency_days"] = (lines["day"].max() - table.pop("last")).dt.days
    for score, measure, ascending in (
        ("rfm_recency", "recency_days", False),
        ("rfm_frequency", "frequency", True),
        ("rfm_monetary", "monetary", True),
    ):
        order = table.sort_values([measure, "customer_id"], ascending=[ascending, True]).index
        sizes = [len(table) // 5 + (i < len(table) % 5) for i in range(5)]
        table.loc[order, score] = np.repeat(np.arange(1, 6), sizes)
    return table


def pandas_lift(lines):  # type: ignore[no-untyped-def]
    known = lines.dropna(subset=["customer_id"])
    bought = known[["store_id", "product_id", "customer_id"]].drop_duplicates()
    table = bought.groupby(["store_id", "product_id"]).size().rename("x").reset_index()
    buyers = known[["store_id", "customer_id"]].drop_duplicates().groupby("store_id").size()
    table["n"] = table["store_id"].map(buyers)
    table["everyone"] = int(buyers.sum())
    table["bought"] = table.groupby("product_id")["x"].transform("sum")
    table["e"] = table["n"] * table["bought"] / table["everyone"]
    # The product also works out the largest customer's share of each cell's spend.
    spent = known.groupby(["store_id", "product_id", "customer_id"])["amount"].sum()
    largest = spent.groupby(level=[0, 1]).agg(["max", "sum"])
    table["largest"] = (largest["max"] / largest["sum"]).to_numpy()
    return table.rename(columns={"store_id": "unit", "product_id": "item"})


def pandas_favourite(lines):  # type: ignore[no-untyped-def]
    counted = (
        lines.groupby(["customer_id", "product_id"])
        .agg(occasions=("visit", "nunique"), spent=("amount", "sum"))
        .reset_index()
    )
    counted["spent"] = counted["spent"].round(2)
    order = ["customer_id", "occasions", "spent", "product_id"]
    ranked = counted.sort_values(order, ascending=[True, False, False, True])
    first = ranked.drop_duplicates("customer_id")[["customer_id", "product_id"]]
    return first.rename(columns={"product_id": "favourite"})


def same(name: str, folder: Path) -> None:
    """Stop with a message when the two results differ."""
    import duckdb

    con = duckdb.connect()
    one, two = (f"'{folder / side / name}.parquet'" for side in ("product", "pandas"))
    found = con.execute(f"DESCRIBE FROM {one}").fetchall()
    exact = [c for c, kind, *_ in found if kind not in {"DOUBLE", "FLOAT"}]
    close = [c for c, kind, *_ in found if kind in {"DOUBLE", "FLOAT"}]
    keys = {"rfm": ["customer_id"], "lift": ["unit", "item"], "favourite": ["customer_id"]}[name]
    tests = [f"a.{c} IS DISTINCT FROM b.{c}" for c in exact]
    tests += [f"abs(a.{c} - b.{c}) > 1e-9 * greatest(1, abs(a.{c}))" for c in close]
    (rows, wrong, missing) = con.execute(
        f"SELECT count(*), count(*) FILTER ({' OR '.join(tests)}),"  # noqa: S608 - our own names
        f" count(*) FILTER (a.{keys[0]} IS NULL OR b.{keys[0]} IS NULL)"
        f" FROM {one} a FULL JOIN {two} b USING ({', '.join(keys)})"
    ).fetchall()[0]
    print(f"{name}: {rows:,} rows, {wrong + missing} different")
    if wrong or missing:
        raise SystemExit("The results differ.")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        side(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    else:
        main()
