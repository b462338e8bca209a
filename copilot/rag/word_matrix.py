"""How often each word stands in each text, kept on disk so that only new texts are read again."""

import hashlib
import logging
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WordMatrix:
    """`counts` is a sparse matrix (texts x words); column n belongs to `words[n]`."""

    words: tuple[str, ...]
    counts: Any
    keys: NDArray[np.uint64]


def word_matrix(
    texts: Sequence[str],
    split: Callable[[str], list[str]],
    version: str,
    path: Path | None = None,
) -> WordMatrix:
    """The matrix of the texts, of whose words `split` gives the list.

    `path` is a file of an earlier matrix: texts it holds are not split again. Where it is
    missing, damaged or of another `version` of `split`, all texts are. What is new is written
    back, whole or not at all; a folder that cannot be written only costs time.
    """
    keys = np.fromiter((_key(text) for text in texts), dtype=np.uint64, count=len(texts))
    old = _load(path, version) if path is not None else None
    place = {int(key): row for row, key in enumerate(old.keys)} if old is not None else {}
    fresh = [row for row, key in enumerate(keys) if int(key) not in place]
    made = _with_new(old, place, texts, keys, fresh, split)
    if path is not None and (fresh or old is None or len(old.keys) != len(keys)):
        _save(made, version, path)
    return made


def _with_new(
    old: WordMatrix | None,
    place: dict[int, int],
    texts: Sequence[str],
    keys: NDArray[np.uint64],
    fresh: Sequence[int],
    split: Callable[[str], list[str]],
) -> WordMatrix:
    from scipy import sparse

    numbers = {word: number for number, word in enumerate(old.words if old else ())}
    rows, columns, values = [], [], []
    for place_of_new, row in enumerate(fresh):
        for word, count in Counter(split(texts[row])).items():
            rows.append(place_of_new)
            columns.append(numbers.setdefault(word, len(numbers)))
            values.append(count)
    new = sparse.csr_matrix(
        (np.asarray(values, dtype=np.int32), (rows, columns)), shape=(len(fresh), len(numbers))
    )
    kept = len(place)
    where = {row: kept + number for number, row in enumerate(fresh)}
    order = [where[row] if row in where else place[int(key)] for row, key in enumerate(keys)]
    if old is not None:
        held = old.counts.copy()
        held.resize((kept, len(numbers)))
        new = sparse.vstack([held, new], format="csr")
    counts = new[order] if order else sparse.csr_matrix((0, len(numbers)), dtype=np.int32)
    used = np.flatnonzero(counts.getnnz(axis=0))
    words = list(numbers)
    return WordMatrix(tuple(words[number] for number in used), counts[:, used].tocsr(), keys)


def _load(path: Path, version: str) -> WordMatrix | None:
    from scipy import sparse

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["version"]) != version:
                return None
            words = tuple(stored["words"].tobytes().decode("utf-8").split())
            keys = stored["keys"]
            counts = sparse.csr_matrix(
                (stored["data"], stored["indices"], stored["indptr"]),
                shape=(len(keys), len(words)),
            )
            counts.check_format(full_check=True)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        _log.warning("The word index %s cannot be used (%s); making it again.", path, error)
        return None
    unique, rows = np.unique(keys, return_index=True)
    return WordMatrix(words, counts[rows], unique)


def _save(matrix: WordMatrix, version: str, path: Path) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez(
                file,
                version=np.asarray(version),
                words=np.frombuffer("\n".join(matrix.words).encode("utf-8"), dtype=np.uint8),
                keys=matrix.keys,
                data=matrix.counts.data,
                indices=matrix.counts.indices,
                indptr=matrix.counts.indptr,
            )
        temporary.replace(path)
    except OSError as error:
        _log.warning("The word index could not be kept at %s (%s).", path, error)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _key(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
