"""Indexing against embedding alone, in the same run with the same embedder: `--pages` of text.

Prints both times and their ratio, what opening the library and a first search cost in a fresh
process, and what one more file costs.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.models.embed import Embedder, open_embedder
from copilot.rag.index import Library
from copilot.rag.reading.worker import read_passages
from copilot.rag.retrieve import Retriever
from copilot.rag.update import update
from copilot.rag.vectors import embedded_text
from copilot.settings import Settings, data_folder

PAGE_WORDS = 450
FILE_PAGES = 10
KINDS = ("md", "txt", "html", "docx", "pdf")
FRESH = (
    "import sys, time; begun = time.perf_counter();"
    "from pathlib import Path; from copilot.models.embed import open_embedder;"
    "from copilot.rag.index import Library; from copilot.rag.retrieve import Retriever;"
    "from copilot.settings import Settings; home = Path(sys.argv[1]);"
    "library = Library.open(home, open_embedder(Settings(home=home)));"
    "retriever = Retriever(library); retriever.retrieve('what holds local marketing back?');"
    "first = time.perf_counter() - begun; begun = time.perf_counter();"
    "[retriever.retrieve(f'how many loaves sell on day {n}?') for n in range(20)];"
    "print(f'{first:.2f} {(time.perf_counter() - begun) / 20 * 1000:.0f}')"
)


def write_files(folder: Path, pages: int) -> int:
    """Documents of ten pages each in five formats; returns how many."""
    words = " ".join(
        path.read_text(encoding="utf-8").split("---", 2)[2]
        for path in sorted((data_folder("knowledge") / "concepts").glob("*.md"))
    ).split()
    chosen = random.Random(7)
    for number in range(pages // FILE_PAGES):
        paragraphs = []
        for _ in range(FILE_PAGES * 5):
            start = chosen.randrange(len(words) - PAGE_WORDS)
            text = " ".join(words[start : start + PAGE_WORDS // 5]).replace("#", "")
            paragraphs.append(f"{text.replace('<', '').replace('&', 'and')}.")
        write_file(folder / f"document-{number:04}.{KINDS[number % len(KINDS)]}", paragraphs)
    return pages // FILE_PAGES


def write_file(path: Path, paragraphs: Sequence[str]) -> None:
    """One document of these paragraphs, in the format that its name says."""
    if path.suffix == ".pdf":
        from reportlab.lib.styles import getSampleStyleSheet
        from reportlab.platypus import Paragraph, SimpleDocTemplate

        style = getSampleStyleSheet()["BodyText"]
        SimpleDocTemplate(str(path)).build([Paragraph(text, style) for text in paragraphs])
    elif path.suffix == ".docx":
        import docx

        made = docx.Document()
        for text in paragraphs:
            made.add_paragraph(text)
        made.save(str(path))
    elif path.suffix == ".html":
        body = "".join(f"<p>{text}</p>" for text in paragraphs)
        path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    else:
        path.write_text("\n\n".join(paragraphs), encoding="utf-8")


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock, and of processor time in this process and its ended children."""

    clock: float
    processor: float

    def __sub__(self, before: "Spent") -> "Spent":
        return Spent(self.clock - before.clock, self.processor - before.processor)

    def __str__(self) -> str:
        return f"{self.clock:.1f} s ({self.processor:.1f} s of processor)"


def spent() -> Spent:
    """What has been spent up to now."""
    used = os.times()
    processor = used.user + used.system + used.children_user + used.children_system
    return Spent(time.perf_counter(), processor)


def embedding_alone(folder: Path, embedder: Embedder) -> tuple[int, Spent]:
    """How many passages the files hold, and what their embedding takes."""
    texts = [
        embedded_text(passage)
        for path in sorted(folder.iterdir())
        for passage in read_passages(path).passages
    ]
    begun = spent()
    embedder.embed(texts)
    return len(texts), spent() - begun


def indexing(folder: Path, home: Path, embedder: Embedder) -> Spent:
    """What bringing the files into an empty library takes."""
    library = Library.open(home, embedder)
    library.nearest(embedder.embed(["warm"])[0], 1)
    begun = spent()
    report = update(library, [folder], notes=())
    if report.failed:
        raise SystemExit(f"Not all files were read: {report.failed}")
    library.close()
    return spent() - begun


def one_more(home: Path, folder: Path, embedder: Embedder) -> tuple[float, float]:
    """The seconds to add a file of one page, and those of the first search after it."""
    library = Library.open(home, embedder)
    retriever = Retriever(library)
    retriever.retrieve("bread")
    (folder / "one-more.md").write_text("A zorblat is an oven for rye.", encoding="utf-8")
    begun = time.perf_counter()
    update(library, [folder / "one-more.md"], notes=())
    added = time.perf_counter() - begun
    begun = time.perf_counter()
    found = retriever.retrieve("what is a zorblat?")
    if "zorblat" not in found.hits[0].text:
        raise SystemExit("The new file was not found.")
    return added, time.perf_counter() - begun


def grown(library: Library, passages: int, embedder: Embedder) -> None:
    """Fill a library up to so many passages, with vectors that cost no embedding."""
    import numpy as np

    from copilot.rag.catalogue import new_source
    from copilot.records import Passage

    have = library.passages()
    random_vectors = np.random.default_rng(3)
    for start in range(len(have), passages, 1000):
        source = f"/made/{start}.md"
        batch = [
            Passage(
                id=f"made{n}",
                source=source,
                title=one.title,
                heading=f"Part {n}",
                text=f"{one.text} {n}",
            )
            for n in range(start, min(start + 1000, passages))
            for one in (have[n % len(have)],)
        ]
        library.put([new_source(source, "0", "Made", batch)])
        vectors = random_vectors.normal(size=(len(batch), embedder.dimension))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        library._store(batch, vectors.astype(np.float32))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=200)
    options.add_argument("--passages", type=int, default=10_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name, "files"), Path(name, "library")
        folder.mkdir()
        files = write_files(folder, chosen.pages)
        embedder = open_embedder(Settings(home=home))
        if embedder is None:
            raise SystemExit("The embedded model is not installed.")
        embedder.embed(["warm"])
        passages, alone = embedding_alone(folder, embedder)
        whole = indexing(folder, home, embedder)
        print(f"{chosen.pages} pages in {files} files, {passages} passages")
        print(f"embedding alone {alone}, indexing {whole}")
        clock, processor = whole.clock / alone.clock, whole.processor / alone.processor
        print(f"ratio {clock:.3f} on the clock, {processor:.3f} of processor time")
        begun = time.perf_counter()
        update(Library.open(home, embedder), [folder], notes=())
        print(f"the same files again, unchanged: {time.perf_counter() - begun:.2f} s")
        library = Library.open(home, embedder)
        grown(library, chosen.passages, embedder)
        library.close()
        for what in ("first opening", "next opening"):
            done = subprocess.run(
                [sys.executable, "-c", FRESH, str(home)], capture_output=True, text=True, check=True
            )
            first, warm = done.stdout.split()
            print(
                f"{chosen.passages} passages, {what}: {first} s to the first search's end, "
                f"then {warm} ms a search"
            )
        added, searched = one_more(home, folder, embedder)
        print(f"one more file: {added:.2f} s; the first search after it {searched:.2f} s")


if __name__ == "__main__":
    main()
