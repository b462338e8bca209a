"""Durable drafting beside the plain loop: 5,000 messages of the composer, and a killed worker.

Run: python benchmarks/jobs.py [MESSAGES]
Both ways keep every draft in the same kind of store, in the same run, one after the other, twice.
"""

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from copilot import Brief, Copilot, Settings
from copilot.campaigns.briefing.brief import load_brief

ROOT = Path(__file__).parent.parent
ROUNDS = 2


def business(home: Path, people: int) -> Copilot:
    """A workspace of customers in sixty neighbourhoods, all of whom agreed to e-mail."""
    home.mkdir(parents=True)
    customers, consents = home / "people.csv", home / "consents.csv"
    with customers.open("w", encoding="utf-8") as file:
        file.write("customer_id,first_name,email,city,neighbourhood,language\n")
        for number in range(people):
            place = f"Quarter {chr(65 + number % 26)}{number % 60}"
            file.write(f"P{number:06d},Ann,p{number}@example.org,Leeds,{place},en\n")
    with consents.open("w", encoding="utf-8") as file:
        file.write("customer_id,channel,status,source,at\n")
        for number in range(people):
            file.write(f"P{number:06d},email,yes,form,2026-01-01\n")
    copilot = Copilot.open(Settings.load(home))
    copilot.import_customers([customers], table="customers")
    copilot.import_customers([consents], table="consents")
    return copilot


def brief(name: str) -> Brief:
    """A message to each customer alone."""
    found = load_brief(ROOT / "samples" / "bakery" / "saturday-loaves.yaml")
    alone = {"level": "individual", "by": "neighbourhood", "method": "bespoke", "variants": 1}
    return found.model_copy(update={**alone, "channels": ("email",), "name": name})


def timed(copilot: Copilot, number: int) -> tuple[float, float]:
    """Seconds of the plain loop and of a job for the same number of messages."""
    out = copilot.settings.home / "out.csv"
    start = time.perf_counter()
    plain = copilot.draft(brief(f"plain {number}"), out=out)
    between = time.perf_counter()
    job = copilot.start_draft(brief(f"durable {number}"), out=out)
    copilot.work(once=True)
    end = time.perf_counter()
    report = copilot.job(job.id).report
    if report is None or report.drafts != plain.drafts:
        raise SystemExit("The two ways did not give the same number of drafts.")
    return between - start, end - between


def killed(copilot: Copilot) -> float:
    """Seconds from the kill of a worker until its task is free for another."""
    job = copilot.start_draft(brief("killed"))
    home = copilot.settings.home
    command = [sys.executable, "-m", "copilot", "worker", "--once", "--workspace", str(home)]
    first, second = (subprocess.Popen(command) for _ in range(2))
    while len(copilot.queue.owners()) < 2 or copilot.job(job.id).done < 100:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    start = time.perf_counter()
    while held_by(copilot, first.pid):
        time.sleep(0.01)
    taken = time.perf_counter() - start
    second.wait()
    if copilot.job(job.id).state != "done":
        raise SystemExit("The job was not finished.")
    return taken


def held_by(copilot: Copilot, pid: int) -> bool:
    """Whether a process holds a task."""
    return any(f"-{pid}-" in owner for owner in copilot.queue.owners())


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as folder:
        copilot = business(Path(folder) / "home", messages)
        pairs = [timed(copilot, number) for number in range(ROUNDS)]
        for plain, durable in pairs:
            print(f"plain {plain:.1f} s, durable {durable:.1f} s, ratio {durable / plain:.2f}")
        ratio = statistics.median(durable / plain for plain, durable in pairs)
        print(f"{messages:,} messages: ratio {ratio:.2f}")
        print(f"a killed worker's task was taken over after {killed(copilot):.2f} s")


if __name__ == "__main__":
    main()
