"""Do local figures repeat? `python benchmarks/overindex.py` (needs the extra `demo`).

The year of grocery baskets is cut into weeks 1-26 and 27-52, each becomes a business of its own,
and what the first half says of each store is held against the second:

- over-indexes by category: of the cells with a shrunk index of 1.2, how many have a raw index of
  1.2 again, for those that may be shown and for thin ones; how often the second half's raw index
  lies in the first half's 90% interval, and in one that adds its own chance;
- likeness: the rank correlation of the distances of all pairs of stores;
- assortment: how much of what should be kept, dropped or added is still so, beside the same
  figure for what similar stores sell as much of.

`python benchmarks/overindex.py --lines 10000000` repeats households and their receipts until
there are so many lines, and says how many seconds each verb takes, first and again.
"""

import argparse
import datetime as dt
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
from scipy.stats import nbinom, spearmanr

from copilot.customers.engine import Engine
from copilot.customers.places.assortment import assortment
from copilot.customers.places.localities import (
    item_indexes,
    localities,
    over_index_cells,
    over_index_table,
)
from copilot.customers.places.mix import mix
from copilot.customers.places.overindex import FEWEST_CUSTOMERS, LARGEST_SHARE, strength
from copilot.customers.places.services import services
from copilot.customers.places.similar import likeness, similar
from copilot.customers.store import Store
from copilot.demo import completejourney

FIRST_DAY = dt.date(2017, 1, 1)
FLAGGED, HIGH = 1.2, 1.5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=0)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = completejourney(folder / "source")
        if lines:
            seconds(repeated(folder, files, lines))
            return
        halves = [half(folder, files, number) for number in (0, 1)]
        for measured in (repeats, coverage, alike, shelves):
            print(measured(*halves), flush=True)


def half(folder: Path, files: list[tuple[Path, str]], number: int) -> Engine:
    """The business that has only one half's purchases."""
    since = FIRST_DAY + dt.timedelta(weeks=26 * number)
    until = since + dt.timedelta(weeks=26)
    wanted = f"\"at\" >= '{since}' and \"at\" < '{until}'"
    return business(
        folder / f"half-{number}",
        files,
        lambda rows, table: rows.filter(wanted) if table == "transactions" else rows,
    )


def repeated(folder: Path, files: list[tuple[Path, str]], lines: int) -> Engine:
    """The business with its customers and receipts many times over, each with its own ids."""
    times = -(-lines // 1_469_307)

    def copies(rows: duckdb.DuckDBPyRelation, table: str) -> duckdb.DuckDBPyRelation:
        if table not in ("customers", "transactions"):
            return rows
        own = {"customer_id", "basket_id", "transaction_id"} & set(rows.columns)
        keys = ", ".join(f"{key} || '-' || n AS {key}" for key in sorted(own))
        return rows.query("r", f"SELECT * REPLACE ({keys}) FROM r, range({times}) AS t(n)")  # noqa: S608

    return business(folder / "large", files, copies)


def business(
    folder: Path,
    files: list[tuple[Path, str]],
    change: Callable[[duckdb.DuckDBPyRelation, str], duckdb.DuckDBPyRelation],
) -> Engine:
    """A store of the tables, each changed on the way."""
    store = Store(folder)
    with store.writing(), duckdb.connect() as connection:
        made = {}
        for path, table in files:
            made[table] = store.new_file(table)
            write(change(connection.read_parquet(str(path)), table), table, made[table])
        store.commit(made)
    return Engine(store)


def seconds(engine: Engine) -> None:
    """Seconds of each verb, first and again."""
    top = localities(engine, "store")[0].name
    print(engine.rows(engine.table("transactions").aggregate(n=ibis._.count())), flush=True)
    engine.close()
    work: dict[str, Callable[[], object]] = {
        "localities": lambda: localities(engine, "store"),
        "over-index by category": lambda: item_indexes(engine, "store", "category"),
        "over-index by department": lambda: item_indexes(engine, "store", "department"),
        "mix": lambda: mix(engine, "store"),
        "similar": lambda: similar(engine, "store", top),
        "assortment": lambda: assortment(engine, "store"),
        "services by category": lambda: services(engine, "store"),
    }
    for title, verb in work.items():
        times = []
        for _ in range(2):
            started = time.perf_counter()
            verb()
            times.append(time.perf_counter() - started)
        print(f"{title:26} {times[0]:6.1f} s, again {times[1]:.2f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory {peak:.1f} GB")


def write(rows: duckdb.DuckDBPyRelation, table: str, path: Path) -> None:
    """Rows with every field of the canonical table; other columns go into attributes."""
    from copilot.customers.schema import TABLES

    types = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "money": "DECIMAL(18,2)"}
    types |= {"date": "DATE", "datetime": "TIMESTAMP", "boolean": "BOOLEAN", "json": "VARCHAR"}
    known = TABLES[table].types
    extra = ", ".join(f"'{c}', \"{c}\"" for c in rows.columns if c not in known)
    columns = [
        f'"{name}"::{types[kind]} AS "{name}"'
        if name in rows.columns
        else f"json_object({extra})::VARCHAR AS attributes"
        if name == "attributes" and extra
        else f'NULL::{types[kind]} AS "{name}"'
        for name, kind in known.items()
    ]
    rows.project(", ".join(columns)).write_parquet(str(path))


def counts(engine: Engine, kind: Any = "category") -> dict[tuple[str, str], dict[str, Any]]:
    """The unshrunk cells by store and item."""
    table = over_index_table(engine, "store", kind)
    return {(row["unit"], row["item"]): row for row in engine.rows(table)}


def repeats(first: Engine, second: Engine) -> str:
    """How many flagged cells have a raw index of 1.2 again, by customers behind the cell."""
    now, then = counts(first), counts(second)
    prior = strength(first, over_index_table(first, "store", "category")) or 0.0
    shown = {(c.unit, c.over.name) for c in over_index_cells(first, "store", "category")}
    sure = {
        (c.unit, c.over.name)
        for c in over_index_cells(first, "store", "category")
        if c.over.low > 1
    }

    def line(title: str, keep: Callable[[tuple[str, str], dict[str, Any]], bool]) -> str:
        raw = [key for key, row in now.items() if row["x"] / row["e"] >= FLAGGED and keep(key, row)]
        high = [key for key in raw if now[key]["x"] / now[key]["e"] >= HIGH]
        drawn = [key for key in raw if shrunk(now[key], prior) >= FLAGGED]
        cells = [f"{title:32}"]
        for keys in (raw, high, drawn):
            again = [raw_again(key, then, second_size) for key in keys]
            known = [value for value in again if value is not None]
            part = sum(value >= FLAGGED for value in known) / max(1, len(known))
            cells.append(f"{len(known):6} {part:6.1%}")
        return " | ".join(cells)

    second_size = sizes(then)
    head = f"prior strength {prior:.1f}; cells {len(now)}\n"
    head += f"{'1.2 again, of those with':32} | raw >= 1.2 | raw >= 1.5 | shrunk >= 1.2"
    small = FEWEST_CUSTOMERS
    return "\n".join(
        [
            head,
            line("fewer than 5 customers", lambda _, row: row["x"] < 5),
            line("5 to 19", lambda _, row: 5 <= row["x"] < small),
            line("all thin ones (fewer than 20)", lambda _, row: row["x"] < small),
            line(
                "one customer has half",
                lambda _, row: row["largest"] >= LARGEST_SHARE,
            ),
            line("may be shown", lambda key, _: key in shown),
            line("shown: lower bound over 1", lambda key, _: key in sure),
        ]
    )


def sizes(cells: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    return {
        "n": {unit: row["n"] for (unit, _), row in cells.items()},
        "bought": {item: row["bought"] for (_, item), row in cells.items()},
        "everyone": next(iter(cells.values()))["everyone"],
    }


def expected(key: tuple[str, str], size: dict[str, Any]) -> float:
    n, bought = size["n"].get(key[0], 0), size["bought"].get(key[1], 0)
    return float(n * bought / size["everyone"])


def raw_again(
    key: tuple[str, str], cells: dict[tuple[str, str], dict[str, Any]], size: dict[str, Any]
) -> float | None:
    """The other half's raw index; None where the store or item has no sale at all there."""
    usual = expected(key, size)
    return cells[key]["x"] / usual if key in cells else (0.0 if usual else None)


def shrunk(row: dict[str, Any], prior: float) -> float:
    return float((row["x"] + prior) / (row["e"] + prior))


def coverage(first: Engine, second: Engine) -> str:
    """How often the second half's raw index lies within the first half's interval."""
    then = counts(second)
    size = sizes(then)
    prior = strength(first, over_index_table(first, "store", "category")) or 0.0
    now = counts(first)
    inside, predicted, below, total = 0, 0, 0, 0
    for cell in over_index_cells(first, "store", "category"):
        key = (cell.unit, cell.over.name)
        usual = expected(key, size)
        if not usual:
            continue
        x = then[key]["x"] if key in then else 0
        total += 1
        inside += cell.over.low <= x / usual <= cell.over.high
        shape, rate = now[key]["x"] + prior, now[key]["e"] + prior
        chance = rate / (rate + usual)
        low, high = nbinom.ppf([0.05, 0.95], shape, chance)
        predicted += low <= x <= high
        below += x / usual < cell.over.low
    return (
        f"of {total} shown cells the next half's raw index is inside the 90% interval in"
        f" {inside / total:.1%} ({below / total:.1%} below), inside one that adds its own chance"
        f" in {predicted / total:.1%}"
    )


def alike(first: Engine, second: Engine) -> str:
    """Rank correlation over pairs of stores of their distances in either half."""
    a, b = (likeness(engine, "store") for engine in (first, second))
    both = sorted(set(a.names) & set(b.names))
    left, right = ([x.names.index(name) for name in both] for x in (a, b))
    upper = np.triu_indices(len(both), 1)
    lines = [f"{len(both)} stores with enough buyers in both halves"]
    for part in ("all", *a.parts):
        one = (a.distance if part == "all" else a.parts[part])[np.ix_(left, left)]
        two = (b.distance if part == "all" else b.parts[part])[np.ix_(right, right)]
        rho = spearmanr(one[upper], two[upper]).statistic
        within = [
            spearmanr(np.delete(one[at], at), np.delete(two[at], at)).statistic
            for at in range(len(both))
        ]
        near = [
            len(set(np.argsort(one[at])[1:6]) & set(np.argsort(two[at])[1:6])) / 5
            for at in range(len(both))
        ]
        lines.append(
            f"likeness, {part:8}: rank correlation {rho:.2f} over pairs,"
            f" {np.mean(within):.2f} within a store; of its five nearest {np.mean(near):.0%} stay"
            f" (by chance {5 / (len(both) - 1):.0%})"
        )
    return "\n".join(lines)


def shelves(first: Engine, second: Engine) -> str:
    """What became of the first half's moves: indexes against the same similar stores."""
    then = counts(second, "product")
    size = {unit: row["n"] for (unit, _), row in then.items()}
    kept: dict[str, list[bool]] = {"add": [], "keep": [], "drop": []}
    inside = []
    for plan in assortment(first, "store", top=1000):
        if plan.name not in size:
            continue
        others = sum(size.get(peer, 0) for peer in plan.compared_with)
        for move in (*plan.add, *plan.keep, *plan.drop):
            x = then.get((plan.name, move.item), {"x": 0})["x"]
            theirs = sum(then.get((p, move.item), {"x": 0})["x"] for p in plan.compared_with)
            usual = size[plan.name] * theirs / max(1, others)
            if move.move == "add":
                kept["add"].append(x > 0)
                if x > 0:
                    inside.append(move.expected_low <= x <= move.expected_high)
            elif usual > 0:
                kept[move.move].append(x / usual > 1 if move.move == "keep" else x / usual < 1)
    return (
        "; ".join(
            f"{move}: {len(again)}, {sum(again) / max(1, len(again)):.1%} {said}"
            for (move, again), said in zip(
                kept.items(),
                ("sold there in the next half", "over similar stores again", "under them again"),
                strict=True,
            )
        )
        + f"; buyers of what was added within the interval: {sum(inside)} of {len(inside)}"
    )


if __name__ == "__main__":
    main()
