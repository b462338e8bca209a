"""Retrieval quality and speed over the shipped notes: `python benchmarks/retrieval.py`.

Prints nDCG@10 and recall@5 of each search alone and of the fused ones, by style of question, then
seconds to index and milliseconds a question. A passage is relevant when its note and section are
named in `retrieval_questions.jsonl`.
"""

import json
import math
import statistics
import tempfile
import time
from pathlib import Path

from copilot.models.embed import open_embedder
from copilot.rag.fuse import DEFAULT_WEIGHTS, Weights
from copilot.rag.index import Library
from copilot.rag.notes import load_notes
from copilot.rag.retrieve import Retriever
from copilot.records import Hit
from copilot.settings import Settings, data_folder

WAYS = {
    "meaning only": Weights(1, 0, 0),
    "words only": Weights(0, 1, 0),
    "triples only": Weights(0, 0, 1),
    "words + triples": Weights(0, 0.5, 0.5),
    "0.7 / 0.3 / 0": Weights(0.7, 0.3, 0),
    "0.6 / 0 / 0.4": Weights(0.6, 0, 0.4),
    "0.5 / 0.25 / 0.25": Weights(0.5, 0.25, 0.25),
    "0.6 / 0.2 / 0.2": DEFAULT_WEIGHTS,
}


def place(hit: Hit) -> str:
    """A hit as note#section."""
    return f"{Path(hit.source).stem}#{hit.heading.split(' > ')[1]}"


def ndcg(found: list[str], gold: set[str]) -> float:
    """nDCG@10; the second passage of one section gains nothing more."""
    seen: set[str] = set()
    gain = 0.0
    for rank, name in enumerate(found[:10]):
        if name in gold and name not in seen:
            seen.add(name)
            gain += 1 / math.log2(rank + 2)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(len(gold), 10)))


def recall(found: list[str], gold: set[str]) -> float:
    """Share of the relevant sections among the first five passages (of five at most)."""
    return len(gold & set(found[:5])) / min(len(gold), 5)


def main() -> None:
    file = Path(__file__).with_name("retrieval_questions.jsonl")
    questions = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    notes = load_notes(data_folder("knowledge") / "concepts")
    existing = {
        f"{Path(note.path).stem}#{part}"
        for note in notes
        for part in (*note.sections, "At a glance", "Examples", "Claims")
    }
    with tempfile.TemporaryDirectory() as folder:
        embedder = open_embedder(Settings.load(folder))
        started = time.perf_counter()
        library = Library.open(Path(folder), embedder)
        library.sync_notes(notes)
        print(
            f"indexed {len(notes)} notes, {len(library.passages())} passages "
            f"in {time.perf_counter() - started:.1f} s"
        )
        styles = sorted({item["style"] for item in questions})
        print(f"{'':20}{'nDCG@10':>9}{'R@5':>7}{'top1':>7}  " + "".join(f"{s:>16}" for s in styles))
        for name, weights in WAYS.items():
            retriever = Retriever(library, notes, weights=weights)
            rows = []
            for item in questions:
                gold = set(item["gold"]) & existing
                found = [place(hit) for hit in retriever.retrieve(item["question"], 10).hits]
                rows.append(
                    (item["style"], ndcg(found, gold), recall(found, gold), float(found[0] in gold))
                )
            means = [statistics.mean(row[n] for row in rows) for n in (1, 2, 3)]
            by_style = [statistics.mean(r[1] for r in rows if r[0] == s) for s in styles]
            print(
                f"{name:20}{means[0]:9.3f}{means[1]:7.3f}{means[2]:7.3f}  "
                + "".join(f"{value:16.3f}" for value in by_style)
            )
        retriever = Retriever(library, notes)
        retriever.retrieve("warm up")
        times = []
        for item in questions:
            started = time.perf_counter()
            retriever.retrieve(item["question"])
            times.append((time.perf_counter() - started) * 1000)
        times.sort()
        print(
            f"one question: p50 {times[len(times) // 2]:.1f} ms, "
            f"p95 {times[int(len(times) * 0.95)]:.1f} ms"
        )
        library.close()


if __name__ == "__main__":
    main()
