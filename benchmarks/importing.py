"""A business's files imported, checked and profiled: the command line against pandas.

Usage: python benchmarks/importing.py [CUSTOMERS] [TRANSACTIONS] [--data FOLDER]
(default 1000000 and 10000000; --data uses, or makes, the files there and keeps them)

Both read the same two CSV files as text, trim, take out what only says that it is empty, parse
dates and numbers, validate e-mail addresses and turn phone numbers into E.164, reject bad and
repeated rows with a reason into a file, look for sales of unknown customers, count coverage and
write Parquet (zstd). See _pandas_import.py for what pandas is given for free. Each runs in a
fresh process; memory is the peak of that process, spill the most its temporary folder held.
The numbers of rows kept and rejected must be the same on both sides.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from _business import make


@dataclass
class Run:
    """What one process took."""

    wall: float
    cpu: float
    peak_mb: float
    spill_mb: float
    said: str


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("customers", nargs="?", type=int, default=1_000_000)
    parser.add_argument("transactions", nargs="?", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.data or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        files = [home / "customers.csv", home / "transactions.csv"]
        if not all(file.is_file() for file in files):
            make(home, asked.customers, asked.transactions)
        sizes = ", ".join(f"{file.name} {file.stat().st_size / 1e6:,.0f} MB" for file in files)
        print(f"{asked.customers:,} customers, {asked.transactions:,} sales: {sizes}", flush=True)
        shutil.rmtree(home / "workspace", ignore_errors=True)
        ours = product(files, home / "workspace", Path(folder))
        theirs = pandas(files, home / "pandas", Path(folder))
    ratio = (sum(r.wall for r in theirs) / sum(r.wall for r in ours),)
    ratio += (sum(r.cpu for r in theirs) / sum(r.cpu for r in ours),)
    print(f"pandas / product: wall {ratio[0]:.1f}, processor {ratio[1]:.1f}")


def product(files: list[Path], workspace: Path, scratch: Path) -> list[Run]:
    """Import and profile by the command line; import again, which updates every row."""
    base = [sys.executable, "-m", "copilot", "customers"]
    where = ["--workspace", str(workspace), "--json"]
    loaded = timed("product, import", [*base, "import", *map(str, files), *where], scratch)
    for report in json.loads(loaded.said)["files"]:
        print(
            f"  {report['source']}: read {report['rows_read']:,}, loaded"
            f" {report['rows_loaded']:,}, rejected {report['rows_rejected']:,},"
            f" {report['elapsed_ms'] / 1000:.1f} s"
        )
    profiled = timed("product, profile", [*base, "profile", *where], scratch)
    return [loaded, profiled]


def pandas(files: list[Path], out: Path, scratch: Path) -> list[Run]:
    script = Path(__file__).with_name("_pandas_import.py")
    run = timed(
        "pandas, all of it", [sys.executable, str(script), *map(str, files), str(out)], scratch
    )
    print("  " + run.said.strip().replace("\n", "\n  "))
    return [run]


def timed(name: str, command: list[str], scratch: Path) -> Run:
    """Run a command in a process of its own and print what it took."""
    temporary = scratch / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    most, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            most[0] = max(most[0], size_mb(temporary))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    with (scratch / "said").open("w+", encoding="utf-8") as file:
        process = subprocess.Popen(["env", f"TMPDIR={temporary}", *command], stdout=file)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        ended.set()
        watcher.join()
        file.seek(0)
        said = file.read()
    if status:
        raise SystemExit(f"{name} failed: {said[-2000:]}")
    run = Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, most[0], said)
    print(
        f"{name:<20} {run.wall:>8.1f} s {run.cpu:>8.1f} s of processor"
        f" {run.peak_mb:>8,.0f} MB peak {run.spill_mb:>8,.0f} MB spilled",
        flush=True,
    )
    return run


def size_mb(folder: Path) -> float:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_blocks * 512
            except FileNotFoundError:
                continue
    return total / 1e6


if __name__ == "__main__":
    main()
