"""Answers to the labelled questions: `python benchmarks/answers.py`.

Prints how many answer-or-refuse decisions are right, beside the usual recipe in the same run (one
threshold on the best cosine, at its best value for these very questions), whether every quote is
verbatim in its source, milliseconds an answer, and the seconds that `ask --jsonl` takes for 60
questions, start-up included.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from copilot import Copilot
from copilot.text import squeeze

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "rag" / "answering" / "data" / "covered.jsonl"


def main() -> None:
    """Run all of it and print a table."""
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        copilot = Copilot.open(folder)
        copilot.ask("What is micromarketing?")
        decided(copilot, asked)
        process(folder, asked[:60])


def decided(copilot: Copilot, asked: list[dict[str, object]]) -> None:
    """Decisions, quotes and milliseconds."""
    raw = {note.path: squeeze(note.raw) for note in copilot.notes}
    wrong: list[str] = []
    quotes = verbatim = 0
    times, cosines = [], []
    for one in asked:
        question, covered = str(one["question"]), bool(one["covered"])
        started = time.perf_counter()
        answer = copilot.ask(question)
        times.append(1000 * (time.perf_counter() - started))
        if answer.refused == covered:
            wrong.append(question)
        quotes += len(answer.citations)
        verbatim += sum(squeeze(c.quote) in raw[c.source] for c in answer.citations)
        cosines.append((copilot.retriever.retrieve(question).top_cosine, covered))
    best = max(
        sum((cosine >= limit) == covered for cosine, covered in cosines) for limit, _ in cosines
    )
    total = len(asked)
    right = total - len(wrong)
    print(f"answer-or-refuse decisions right: {right} of {total}; one cosine threshold: {best}")
    print(f"  errors: {total - right} against {total - best}")
    print(f"quotes verbatim in their source: {verbatim} of {quotes}")
    deciles = statistics.quantiles(times, n=20)
    print(f"milliseconds an answer: p50 {statistics.median(times):.0f}, p95 {deciles[18]:.0f}")
    for question in wrong[:10]:
        print(f"  wrong: {question}")


def process(folder: str, asked: list[dict[str, object]]) -> None:
    """Seconds for one process that answers all the questions."""
    lines = "\n".join(json.dumps({"id": str(n), **one}) for n, one in enumerate(asked))
    command = [sys.executable, "-m", "copilot", "ask", "--jsonl", "-", "--workspace", folder]
    started = time.perf_counter()
    subprocess.run(
        command, input=lines, text=True, encoding="utf-8", capture_output=True, check=True
    )
    elapsed = time.perf_counter() - started
    print(f"ask --jsonl, {len(asked)} questions with start-up: {elapsed:.1f} s")


if __name__ == "__main__":
    main()
