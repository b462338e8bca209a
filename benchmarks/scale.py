"""A large library: `python benchmarks/scale.py [PASSAGES] [PAGES]` (default 10000 and 1000).

First, what indexing costs over embedding alone: made-up documents of PAGES pages (500 words a
page, ten pages a file) go in by `index`, a few files at a time, and after each the same passages
are embedded alone, so that other work on the machine falls on both sides. Then documents are
added until the library has PASSAGES passages, and the shipped questions are asked, warm.

The text is made from the notes: sentences drawn at random, a third of their longer words
exchanged for others of the same ending. It means little and varies like prose.
"""

import random
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from copilot import Copilot, Settings
from copilot.evaluation.questions import shipped_set
from copilot.rag.vectors import embedded_text
from copilot.records import ConceptNote
from copilot.text import sentences

WORDS_A_PAGE = 500
PAGES_A_FILE = 10
FILES_AT_ONCE = 5


def main() -> None:
    passages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        copilot = Copilot(Settings.load(home / "workspace"), complete=None)
        print(f"notes: {copilot.index().passages} passages")
        files = documents(home, copilot.notes)
        overhead(copilot, files, pages)
        grow(copilot, files, passages)
        latency(copilot)
        copilot.library.close()


def overhead(copilot: Copilot, files: Iterator[Path], pages: int) -> None:
    """Wall and processor seconds of indexing and of embedding alone, taken in turns."""
    embedder = copilot.library.embedder
    if embedder is None:
        raise SystemExit("The embedding model is not installed.")
    embedder.embed(["warm up"])
    indexing, embedding = Clock(), Clock()
    count = 0
    for _ in range(0, pages, PAGES_A_FILE * FILES_AT_ONCE):
        batch = [next(files) for _ in range(FILES_AT_ONCE)]
        indexing.run(lambda batch=batch: copilot.index(batch))  # type: ignore[misc]
        found = [p for path in batch for p in copilot.library.passages(path.resolve().as_posix())]
        texts = [embedded_text(passage) for passage in found]
        embedding.run(lambda texts=texts: embedder.embed(texts))  # type: ignore[misc]
        count += len(texts)
    print(
        f"{pages} pages, {count} passages: indexed in {indexing.wall:.1f} s "
        f"({indexing.processor:.1f} s of processor), embedding alone {embedding.wall:.1f} s "
        f"({embedding.processor:.1f} s)"
    )
    print(
        f"overhead of indexing: {indexing.wall / embedding.wall - 1:+.1%} wall, "
        f"{indexing.processor / embedding.processor - 1:+.1%} processor"
    )


def grow(copilot: Copilot, files: Iterator[Path], passages: int) -> None:
    """Add documents until the library has at least so many passages."""
    total = sum(item.passages for item in copilot.library.sources())
    while total < passages:
        total = copilot.index([next(files) for _ in range(4 * FILES_AT_ONCE)]).passages
    print(f"library: {total} passages")


def latency(copilot: Copilot) -> None:
    """Milliseconds of searches and of answers, after one that warms up."""
    questions = [question for question in shipped_set().questions if not question.history]
    copilot.ask("What is micromarketing?")
    searches = [timed(lambda q=q: copilot.search(q.question, k=10)) for q in questions]  # type: ignore[misc]
    answers = [timed(lambda q=q: copilot.ask(q.question)) for q in questions]  # type: ignore[misc]
    for name, times in (("search", searches), ("answer", answers)):
        p95 = statistics.quantiles(times, n=20)[18]
        print(
            f"{name}, {len(times)} questions: p50 {statistics.median(times):.0f} ms, "
            f"p95 {p95:.0f} ms, most {max(times):.0f} ms"
        )


class Clock:
    """Adds up wall and processor seconds of what it runs."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0

    def run(self, work: Callable[[], object]) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        work()
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - processor


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def documents(folder: Path, notes: tuple[ConceptNote, ...]) -> Iterator[Path]:
    """Endless made-up Markdown files of ten pages each, the same at every run."""
    chance = random.Random(7)
    pool = [s for note in notes for text in note.sections.values() for s in sentences(text)]
    alike: dict[str, list[str]] = defaultdict(list)
    for word in sorted({w for s in pool for w in re.findall(r"[a-z]{6,}", s)}):
        alike[word[-2:]].append(word)

    def exchange(match: re.Match[str]) -> str:
        word = match[0]
        return chance.choice(alike[word[-2:]]) if chance.random() < 1 / 3 else word

    number = 0
    while True:
        number += 1
        lines = [f"# Report {number}"]
        words = 0
        while words < WORDS_A_PAGE * PAGES_A_FILE:
            drawn = [
                re.sub(r"\b[a-z]{6,}\b", exchange, chance.choice(pool))
                for _ in range(chance.randint(4, 9))
            ]
            paragraph = " ".join(" ".join(one.lstrip("- ").split()) for one in drawn)
            if chance.random() < 0.25:
                lines.append(f"## {chance.choice(alike['ng']).capitalize()} {len(lines)}")
            lines.append(paragraph)
            words += len(paragraph.split())
        path = folder / f"report-{number:04d}.md"
        path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
        yield path


if __name__ == "__main__":
    main()
