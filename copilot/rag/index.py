"""The library: what is indexed, its passages, and their vectors in Chroma.

The list of sources and the text of passages are in SQLite and are written first; Chroma holds
vectors only. A passage whose vector is not there yet is found by its words, and the next sync
or update embeds it; a vector whose passage is gone is never returned. So an interruption at any
point leaves a library that works and that repeating the work completes.
"""

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from copilot.errors import StoreError
from copilot.models.embed import Embedder
from copilot.rag.catalogue import Catalogue, IndexedSource, NewSource, new_source
from copilot.rag.notes import passages_of
from copilot.rag.reading.document import Document
from copilot.rag.reading.split import CUT_VERSION
from copilot.rag.vectors import CACHE_NAME, embed_passages, embed_texts, load_vector_cache
from copilot.records import ConceptNote, Passage
from copilot.settings import data_folder
from copilot.text import content_id

DATABASE_NAME = "library.db"
BATCH = 128
# What came in since the last 256 vectors is replayed at each opening; the default of 1,000 costs
# a second there and nothing less while writing.
HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 100, "sync_threshold": 256}

Vectors = NDArray[np.float32]
Progress = Callable[[int, int, str], None]
Stop = Callable[[], bool]

_log = logging.getLogger(__name__)


class Library:
    """Everything that can be cited. With no embedder it works without vectors and Chroma."""

    def __init__(
        self, folder: Path, embedder: Embedder | None, chroma_url: str | None, cache: Path
    ) -> None:
        self._folder = folder
        self._chroma_url = chroma_url
        self._cache = cache
        self._catalogue = Catalogue(folder / DATABASE_NAME)
        self._lock = threading.RLock()
        self._client: Any = None
        self._collection: Any = None
        self._seen = -1
        self.embedder = embedder

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder | None,
        chroma_url: str | None = None,
        *,
        vector_cache: Path | None = None,
    ) -> "Library":
        """The library in a workspace's folder, made when it is not there yet.

        `vector_cache` is the file of prepared note vectors, by default the shipped one. Raises
        StoreError where the library's files cannot be used.
        """
        return cls(
            folder, embedder, chroma_url, vector_cache or data_folder("knowledge") / CACHE_NAME
        )

    @property
    def folder(self) -> Path:
        """Where the library's files are."""
        return self._folder

    @property
    def generation(self) -> int:
        """Grows with every change of the library, by whichever process."""
        return self._catalogue.generation

    def sources(self) -> list[IndexedSource]:
        """All sources, the shipped notes among them, sorted by name."""
        return self._catalogue.sources()

    def passages(self, source: str | None = None) -> list[Passage]:
        """All passages, or one source's, in reading order."""
        return self._catalogue.passages(source)

    @property
    def word_cache(self) -> Path:
        """The file in which the words of the passages are kept between processes."""
        return self._folder / "words.npz"

    @property
    def group_word_cache(self) -> Path:
        """The same for the groups that passages form."""
        return self._folder / "group-words.npz"

    def add(
        self, document: Document, passages: Sequence[Passage], progress: Progress | None = None
    ) -> None:
        """Index a document in place of what its source was, and embed its passages."""
        self.put([new_source(document.source, document.sha256, document.title, passages)])
        self.embed_missing(progress)

    def put(self, new: Sequence[NewSource]) -> None:
        """Store sources in place of what they were; `embed_missing` or `embedding` follow."""
        if new:
            self._drop(self._catalogue.put(new))

    def remove(self, source: str) -> bool:
        """Forget a source; False when it was not there."""
        gone = self._catalogue.remove(source)
        self._drop(gone or ())
        return gone is not None

    def sync_notes(self, notes: Sequence[ConceptNote]) -> Counter[str]:
        """Bring the shipped notes in as they are now, and embed whatever still lacks a vector.

        Returns how many were added, updated, unchanged and removed. Costs next to nothing when
        nothing changed.
        """
        digest = content_id(CUT_VERSION, *(part for n in notes for part in (n.path, n.raw)))
        counts: Counter[str] = Counter()
        if digest == self._catalogue.noted("notes"):
            counts["unchanged"] = len(notes)
        else:
            counts = self._put_notes(notes)
            self._catalogue.note("notes", digest)
        self._tell_what_changed()
        self.embed_missing()
        return counts

    def outdated(self) -> list[IndexedSource]:
        """The documents whose passages were made by an earlier version of reading or cutting."""
        return [s for s in self.sources() if s.kind == "document" and s.cut != CUT_VERSION]

    def embed_missing(self, progress: Progress | None = None, stop: Stop | None = None) -> int:
        """Embed every passage that has no vector of the present embedder; returns how many.

        Vectors are stored every 128 passages: what was interrupted, or stopped because `stop()`
        said so, goes on from there.
        """
        if self.embedder is None:
            return 0
        fingerprint = self.embedder.fingerprint
        missing = self._catalogue.not_embedded(fingerprint)
        cached = load_vector_cache(self._cache, fingerprint) if missing else {}
        for start in range(0, len(missing), BATCH):
            if stop is not None and stop():
                return start
            batch = missing[start : start + BATCH]
            if progress:
                progress(start, len(missing), batch[0].title)
            self._store(batch, embed_passages(batch, self.embedder, cached))
        self._catalogue.note("embedder", fingerprint)
        return len(missing)

    @contextmanager
    def embedding(self) -> Iterator[Callable[[Sequence[Passage]], None]]:
        """A function that embeds stored passages; one batch is stored while the next is embedded.

        Passages that have a vector already are left out.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="copilot-store") as pool:
            storing: list[Future[None]] = []

            def embed(passages: Sequence[Passage]) -> None:
                if self.embedder is None or not passages:
                    return
                ids = [passage.id for passage in passages]
                done = self._catalogue.embedded_among(self.embedder.fingerprint, ids)
                batch = [passage for passage in passages if passage.id not in done]
                if not batch:
                    return
                vectors = embed_passages(batch, self.embedder, {})
                while storing:
                    storing.pop().result()
                storing.append(pool.submit(self._store, batch, vectors))

            yield embed
            while storing:
                storing.pop().result()

    def forget_vectors(self) -> None:
        """Drop all vectors of the present embedder; `embed_missing` makes them again."""
        if self.embedder is None:
            return
        with self._lock, _chroma_errors():
            collection = self._fresh_collection()
            self._client.delete_collection(collection.name)
            self._collection = None
            self._catalogue.clear_embedded(self.embedder.fingerprint)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Drop all vectors of the present embedder and embed every passage again."""
        self.forget_vectors()
        return self.embed_missing(progress)

    def tidy(self) -> int:
        """Delete vectors whose passages are gone, left by an interruption; returns how many."""
        if self.embedder is None:
            return 0
        with self._lock, _chroma_errors():
            known = self._catalogue.embedded(self.embedder.fingerprint)
            if self._fresh_collection().count() <= len(known):
                return 0
            stored = self._fresh_collection().get(include=[])["ids"]
            known = self._catalogue.embedded(self.embedder.fingerprint)
            left = [key for key in stored if key not in known]
        self._drop(left)
        return len(left)

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored unit vectors of passages by id; ids without one are left out."""
        if self.embedder is None or not ids:
            return {}
        with self._lock, _chroma_errors():
            found = self._fresh_collection().get(ids=list(ids), include=["embeddings"])
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], vectors, strict=True))

    def prepared(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts that are not passages, from the shipped file where it has them.

        Shape (n, dimension); (0, 0) with no embedder or no text.
        """
        if self.embedder is None or not texts:
            return np.zeros((0, 0), dtype=np.float32)
        return embed_texts(
            texts, self.embedder, load_vector_cache(self._cache, self.embedder.fingerprint)
        )

    def nearest(
        self, vector: Vectors, k: int, where: dict[str, Any] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of the k nearest passages with their cosine, best first; [] with no embedder.

        `where` is a Chroma filter on `source` and `kind`.
        """
        if self.embedder is None:
            return []
        with self._lock, _chroma_errors():
            found = self._fresh_collection().query(
                query_embeddings=[vector.tolist()], n_results=k, where=where, include=["distances"]
            )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(key, 1.0 - float(distance)) for key, distance in pairs]

    def close(self) -> None:
        """Let go of Chroma's files; the library opens them again when it needs them."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = self._collection = None

    def _store(self, batch: Sequence[Passage], vectors: Vectors) -> None:
        fingerprint = self.embedder.fingerprint if self.embedder else ""
        ids = [passage.id for passage in batch]
        with self._lock, _chroma_errors():
            self._fresh_collection().upsert(
                ids=ids,
                embeddings=vectors,
                metadatas=[{"source": p.source, "kind": p.kind} for p in batch],
            )
            self._saw(self._catalogue.mark_embedded(fingerprint, ids))

    def _put_notes(self, notes: Sequence[ConceptNote]) -> Counter[str]:
        known = {s.source: (s.sha256, s.cut) for s in self.sources() if s.kind == "note"}
        counts: Counter[str] = Counter()
        new: list[NewSource] = []
        for note in notes:
            sha256 = hashlib.sha256(note.raw.encode("utf-8")).hexdigest()
            if known.get(note.path) == (sha256, CUT_VERSION):
                counts["unchanged"] += 1
                continue
            counts["updated" if note.path in known else "added"] += 1
            new.append(new_source(note.path, sha256, note.title, passages_of(note), "note"))
        self.put(new)
        for source in known.keys() - {note.path for note in notes}:
            counts["removed"] += self.remove(source)
        return counts

    def _tell_what_changed(self) -> None:
        """Log that vectors or passages are of an earlier kind and what becomes of them."""
        old = len(self.outdated())
        if old:
            _log.warning("%d documents were read by an earlier version; `index` renews them.", old)
        before = self._catalogue.noted("embedder")
        if self.embedder is not None and before not in {"", self.embedder.fingerprint}:
            _log.warning("The embedding model changed; passages it has not seen are embedded now.")

    def _drop(self, ids: Sequence[str]) -> None:
        if self.embedder is None or not ids:
            return
        with self._lock, _chroma_errors():
            collection = self._fresh_collection()
            for start in range(0, len(ids), 5_000):
                collection.delete(ids=list(ids[start : start + 5_000]))
            self._saw(self._catalogue.mark_dropped())

    def _saw(self, generation: int) -> None:
        """Take note of our own change, unless another process made one in between."""
        if generation == self._seen + 1:
            self._seen = generation

    def _fresh_collection(self) -> Any:
        """The collection, opened again when another process has changed it.

        An open Chroma client keeps its own copy of the vectors and does not notice.
        """
        generation = self._catalogue.vector_generation
        stale = generation != self._seen and self._chroma_url is None
        if self._collection is None or stale:
            self.close()
            self._client = self._connect()
            self._collection = self._open_collection()
            self._seen = generation
            self._replace_lost_vectors()
        return self._collection

    def _replace_lost_vectors(self) -> None:
        """Embed again what the catalogue has and Chroma has not: its folder was deleted."""
        fingerprint = self.embedder.fingerprint if self.embedder else ""
        if self._collection.count() < self._catalogue.embedded_count(fingerprint):
            _log.warning("Vectors are missing from the index; embedding all passages again.")
            self._seen = self._catalogue.clear_embedded(fingerprint)
            self.embed_missing()

    def _connect(self) -> Any:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        if self._chroma_url is None:
            # Chroma keeps one engine a path in a process, and that engine is what goes stale.
            SharedSystemClient.clear_system_cache()
            return chromadb.PersistentClient(self._folder / "chroma", settings=settings)
        url = urlsplit(self._chroma_url)
        secure = url.scheme == "https"
        return chromadb.HttpClient(
            host=url.hostname or "localhost",
            port=url.port or (443 if secure else 8000),
            ssl=secure,
            settings=settings,
        )

    def _open_collection(self) -> Any:
        """One collection a fingerprint; on a server that many share, one a library as well."""
        fingerprint = self.embedder.fingerprint if self.embedder else ""
        name = f"kb_{content_id(fingerprint)[:8]}"
        if self._chroma_url is not None:
            name += f"_{self._catalogue.library_id}"
        collection = self._client.get_or_create_collection(
            name,
            embedding_function=None,
            configuration={"hnsw": HNSW},
            metadata={"fingerprint": fingerprint},
        )
        if (collection.metadata or {}).get("fingerprint") != fingerprint:
            raise StoreError(
                f"The collection {name} holds vectors of another model.",
                hint="Remove the folder `chroma` of the library and run `index --rebuild`.",
            )
        return collection


@contextmanager
def _chroma_errors() -> Iterator[None]:
    """Chroma's own errors as a StoreError with a remedy."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, OSError) as error:
        raise StoreError(
            f"The vector index failed: {type(error).__name__}: {error}",
            hint="Check the Chroma server, or remove the library's folder `chroma` "
            "and run `index --rebuild`.",
        ) from error
