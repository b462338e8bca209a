"""Customer value and churn risk for a million made-up customers: seconds and memory.

    python benchmarks/value.py --customers 1000000

Customers buy and leave as BG/NBD assumes, over two years; their purchases are written straight
into a store. Times are wall and processor seconds of this process.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from copilot.customers.engine import Engine
from copilot.customers.store import Store
from copilot.customers.valuing import btyd
from copilot.customers.valuing.churn import risks
from copilot.customers.valuing.history import histories, last_day, purchase_days, span
from copilot.customers.valuing.value import valued

DAYS = 730
FIELDS = {
    "transaction_id": "i::varchar",
    "basket_id": "null::varchar",
    "customer_id": "printf('c%08d', customer)",
    "product_id": "null::varchar",
    "store_id": "null::varchar",
    "at": "timestamp '2024-01-01' + to_days(day::integer)",
    "quantity": "1.0::double",
    "amount": "amount::decimal(18, 2)",
    "attributes": "null::varchar",
}


def purchases(many: int, seed: int = 1) -> pa.Table:
    """customer, day and amount of each purchase."""
    rng = np.random.default_rng(seed)
    rate, leaves = rng.gamma(0.8, 1 / 40, many), rng.beta(0.8, 2.5, many)
    usual = 4.0 / rng.gamma(4.0, 1 / 60.0, many)
    now = rng.integers(0, DAYS - 60, many).astype(float)
    alive, who, days = np.ones(many, dtype=bool), [], []
    first = True
    while alive.any():
        who.append(np.flatnonzero(alive))
        days.append(now[alive].astype(np.int64))
        if not first:
            alive &= rng.random(many) > leaves
        first = False
        now += rng.exponential(1 / rate)
        alive &= now < DAYS
    customer = np.concatenate(who)
    amount = np.round(usual[customer] * rng.gamma(4, 0.25, len(customer)) + 0.01, 2)
    return pa.table({"customer": customer, "day": np.concatenate(days), "amount": amount})


def fill(store: Store, many: int) -> int:
    """Write the purchases into the store; how many there are."""
    table = purchases(many)
    columns = ", ".join(f'{sql} as "{name}"' for name, sql in FIELDS.items())
    with store.writing(), duckdb.connect() as connection:
        connection.register("bought", table)
        path = store.new_file("transactions")
        connection.sql(
            f"select {columns} from (select row_number() over () as i, * from bought)"  # noqa: S608
        ).write_parquet(str(path))
        store.commit({"transactions": path})
    return table.num_rows


def timed(what: str, run: Callable[[], Any]) -> Any:
    wall, processor = time.perf_counter(), time.process_time()
    found = run()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"| {what} | {wall:.1f} s | {processor:.1f} s | {peak:.2f} GB |")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    many = parser.parse_args().customers
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "customers")
        lines = fill(store, many)
        print(f"{many:,} customers, {lines:,} purchases\n")
        print("| step | wall | processor | peak so far |\n|---|---|---|---|")
        engine = Engine(store)
        timed("purchases by day, in the engine", lambda: purchase_days(engine).count().execute())
        seen = timed("span", lambda: span(engine))
        day = last_day(engine)
        past = timed("histories to arrays", lambda: histories(engine, day, window=180, ids=True))
        fit = timed("BG/NBD fit", lambda: btyd.fit_bgnbd(past.x, past.t_x, past.age))
        timed("Gamma-Gamma fit", lambda: btyd.fit_gamma_gamma(past.paid_days, past.spend))
        timed(
            "expected purchases of each",
            lambda: btyd.expected_purchases(fit, past.x, past.t_x, past.age, 180.0),
        )
        found = timed("value: holdout, choice, fits, everybody", lambda: valued(engine))
        timed("churn risk: holdout, curve, everybody", lambda: risks(engine))
        print(f"\n{fit.parameters}; used: {found.learnt.purchases.used},", end=" ")
        print(f"{found.learnt.spending.used}; {seen.buyers:,} buyers")


if __name__ == "__main__":
    main()
