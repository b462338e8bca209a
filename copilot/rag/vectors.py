"""What is embedded of a passage, and the shipped notes' vectors, computed ahead of time."""

import hashlib
import logging
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.models.embed import Embedder
from copilot.rag.notes import passages_of
from copilot.records import ConceptNote, Passage

CACHE_NAME = "vectors.npz"

Vectors = NDArray[np.float32]

_log = logging.getLogger(__name__)


def embedded_text(passage: Passage) -> str:
    """The text a passage's vector stands for: where it is, then what it says."""
    place = passage.heading
    if not place.startswith(passage.title):
        place = f"{passage.title} > {place}" if place else passage.title
    return f"{place}: {passage.text}"


def write_vector_cache(notes: Iterable[ConceptNote], embedder: Embedder, path: Path) -> int:
    """Embed all notes' passages and wordings into a file of half-precision vectors.

    Returns how many.
    """
    notes = tuple(notes)
    texts = sorted(
        {embedded_text(p) for note in notes for p in passages_of(note)}
        | {wording for note in notes for wording in note.asked_as}
    )
    np.savez_compressed(
        path,
        fingerprint=np.asarray(embedder.fingerprint),
        keys=np.asarray([_key(text) for text in texts]),
        vectors=embedder.embed(texts).astype(np.float16),
    )
    return len(texts)


def load_vector_cache(path: Path, fingerprint: str) -> dict[str, Vectors]:
    """The file's vectors by key, for `cached`; empty when it is missing, damaged or another
    model's: indexing then only takes longer."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["fingerprint"]) != fingerprint:
                return {}
            vectors = stored["vectors"].astype(np.float32)
            keys = [str(key) for key in stored["keys"]]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        _log.warning("The file of prepared vectors %s cannot be used (%s).", path, error)
        return {}
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return dict(zip(keys, vectors / np.where(lengths == 0, 1, lengths), strict=False))


def embed_passages(
    passages: Sequence[Passage], embedder: Embedder, cache: dict[str, Vectors]
) -> Vectors:
    """One unit vector a passage, from the cache where it has it; shape (n, dimension)."""
    return embed_texts([embedded_text(passage) for passage in passages], embedder, cache)


def embed_texts(texts: Sequence[str], embedder: Embedder, cache: dict[str, Vectors]) -> Vectors:
    """One unit vector a text, from the cache where it has it; shape (n, dimension)."""
    missing = [text for text in texts if _key(text) not in cache]
    fresh = dict(zip(missing, embedder.embed(missing), strict=True)) if missing else {}
    return np.stack([fresh[text] if text in fresh else cache[_key(text)] for text in texts])


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:24]
