"""The usual recipes, on the same corpus with the same embedding model, to compare with.

Each peer is a function from a question to source names, best first, a name a passage.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.errors import InputError
from copilot.rag.index import Library

DEPTH = 50
CHUNKS = ((1000, 200), (500, 50))
EXTRA_HINT = "Install marketing-copilot[eval] to compare with the usual LangChain recipe too."

Search = Callable[[str], list[str]]
Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """What the peers need of the embedding model."""

    def embed(self, texts: Sequence[str]) -> Vectors: ...


def source_name(source: str) -> str:
    """How a set of questions names a source: a note by its slug, a document by its file name.

    >>> source_name("knowledge/concepts/lift.md"), source_name("/data/prices.xlsx")
    ('lift', 'prices.xlsx')
    """
    path = Path(source)
    return path.stem if source.startswith("knowledge/concepts/") else path.name


def dense_only(library: Library, embedder: Embedder) -> Search:
    """Chroma alone: the passages of the library nearest to the question by cosine."""
    sources = {passage.id: source_name(passage.source) for passage in library.passages()}

    def search(question: str) -> list[str]:
        near = library.nearest(embedder.embed([question])[0], DEPTH)
        return [sources[key] for key, _ in near if key in sources]

    return search


def bm25_only(library: Library) -> Search:
    """BM25 alone (bm25s at its defaults, English stemming and stop words), same passages."""
    import bm25s
    import Stemmer

    passages = library.passages()
    names = [source_name(passage.source) for passage in passages]
    texts = [f"{passage.title} {passage.heading} {passage.text}" for passage in passages]
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False),
        show_progress=False,
    )
    depth = min(DEPTH, len(passages))

    def search(question: str) -> list[str]:
        asked = bm25s.tokenize([question], stopwords="en", stemmer=stemmer, show_progress=False)
        rows, scores = index.retrieve(asked, k=depth, show_progress=False)
        return [names[row] for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    return search


def langchain_recipe(
    texts: dict[str, str], embedder: Embedder, folder: Path, chunk: int, overlap: int
) -> Search:
    """RecursiveCharacterTextSplitter, Chroma, `as_retriever`: the recipe of most tutorials.

    `texts` are whole files by source name, front matter and all, as a loader gives them.
    Raises InputError where the extra `eval` is not installed.
    """
    try:
        from langchain_chroma import Chroma
        from langchain_text_splitters import RecursiveCharacterTextSplitter
    except ImportError as error:
        raise InputError(f"The LangChain recipe cannot run: {error}.", hint=EXTRA_HINT) from error
    splitter = RecursiveCharacterTextSplitter(chunk_size=chunk, chunk_overlap=overlap)
    pieces = splitter.create_documents(
        list(texts.values()), [{"source": source} for source in texts]
    )
    store = Chroma(
        f"recipe-{chunk}-{overlap}",
        _Embeddings(embedder),  # type: ignore[arg-type]
        persist_directory=folder.as_posix(),
    )
    for start in range(0, len(pieces), 500):
        store.add_documents(pieces[start : start + 500])
    retriever = store.as_retriever(search_kwargs={"k": min(DEPTH, len(pieces))})

    def search(question: str) -> list[str]:
        return [str(found.metadata["source"]) for found in retriever.invoke(question)]

    return search


def has_langchain() -> bool:
    """Whether the extra `eval` is installed."""
    from importlib.util import find_spec

    return all(find_spec(name) for name in ("langchain_chroma", "langchain_text_splitters"))


class _Embeddings:
    """Our embedding model with the method names that the recipe calls.

    A tutorial's user calls the same model; texts are remembered, since the same chunk is
    embedded once only.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embedder.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
