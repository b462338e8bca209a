"""The passages that fit a question best: by meaning, by words and by letter triples, fused."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from copilot.errors import OutsideError
from copilot.rag.index import Library
from copilot.rag.lexical import LexicalIndex, content_words, plain_words
from copilot.records import ConceptNote, Hit, Passage
from copilot.text import fold

POOL = 20
NEAR = 0.8
EXACT_FLOOR = 0.9

Vector = NDArray[np.float32]

_EXACT = re.compile(r"[\"“”«»](?P<quoted>[^\"“”«»]{2,80})[\"“”«»]|(?P<code>[\w-]*\d[\w-]*)")
_YEAR = re.compile(r"(?:19|20)\d\d")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weights:
    """Shares of the three searches in the fused score; renormalised when one is missing."""

    meaning: float = 0.6
    words: float = 0.2
    triples: float = 0.2


@dataclass(frozen=True)
class Ranked:
    """What was found, and how well it fits the question, comparable across questions.

    `top_cosine` is the best passage's cosine (None without embeddings: English only, below
    about 0.25 nothing fits). `coverage` (0-1) is the share of the question's content words,
    weighted by rarity, that occur in the three best passages. `corrections` are words that
    were taken for slips of known ones.
    """

    hits: tuple[Hit, ...]
    top_cosine: float | None
    coverage: float
    corrections: Mapping[str, str]


@dataclass(frozen=True)
class _Snapshot:
    """The passages of one index generation and their word index."""

    generation: int
    passages: tuple[Passage, ...]
    rows: Mapping[str, int]
    lexical: LexicalIndex
    folded: tuple[str, ...]


class Retriever:
    """Searches a library; keeps the word index in memory and renews it when passages change.

    The notes' titles and aliases let a question use any name of a concept.
    """

    def __init__(
        self,
        library: Library,
        notes: Sequence[ConceptNote] = (),
        *,
        weights: Weights = Weights(),  # noqa: B008 - frozen
    ) -> None:
        self._library = library
        self._weights = weights
        self._names = _name_table(notes)
        self._lock = threading.Lock()
        self._snapshot: _Snapshot | None = None
        # Embedding a question is most of the cost of a search; conversations repeat them.
        self._embed = lru_cache(maxsize=256)(self._embed_uncached)

    def retrieve(self, question: str, k: int = 5, source: str | None = None) -> Ranked:
        """At most `k` passages, best first, with scores from 0 to 1.

        `source` is a glob on the full source or on its last part. The score orders passages
        within a question by the fused score and, across questions, is scaled by how well the
        best ones fit. A code, postcode or quoted phrase that a passage holds verbatim puts it
        first.
        """
        now = self._current()
        allowed = _allowed(now.passages, source)
        if k < 1 or not allowed.any() or not question.strip():
            return Ranked((), None, 0.0, {})
        corrections = now.lexical.correct(question)
        asked = self._expanded(_corrected(question, corrections))
        cosines = self._cosines(now, asked, source, allowed)
        stems = now.lexical.stems(asked)
        words = np.where(allowed, now.lexical.word_scores(stems), 0)
        triples = np.where(allowed, now.lexical.gram_scores(asked), 0)
        pool = _pool(cosines, words, triples)
        fused = self._fuse(pool, cosines, words, triples)
        exact = _exact_shares(question, now, pool, allowed)
        pool, fused, exact = _with_exact(pool, fused, exact)
        order = sorted(range(len(pool)), key=lambda n: (-exact[n], -fused[n], pool[n]))
        chosen = _diverse([(pool[n], fused[n]) for n in order], now.passages, k)
        best = max(cosines.values(), default=None)
        wanted = now.lexical.stems(_corrected(question, corrections))
        coverage = now.lexical.coverage(wanted, [pool[n] for n in order[:3]])
        scale = _strength(best, coverage)
        by_row = dict(zip(pool, zip(fused, exact, strict=True), strict=True))
        hits = tuple(
            _hit(now.passages[row], *by_row[row], scale=scale, any_exact=bool(max(exact)))
            for row in chosen
        )
        return Ranked(hits, best, coverage, corrections)

    def _current(self) -> _Snapshot:
        generation = self._library.generation
        with self._lock:
            if self._snapshot is None or self._snapshot.generation != generation:
                passages = tuple(self._library.passages())
                texts = [f"{p.title} {p.heading} {p.text}" for p in passages]
                self._snapshot = _Snapshot(
                    generation,
                    passages,
                    {passage.id: row for row, passage in enumerate(passages)},
                    LexicalIndex(texts),
                    tuple(fold(text) for text in texts),
                )
            return self._snapshot

    def _expanded(self, question: str) -> str:
        """The question with the titles of the concepts that it calls by another name."""
        words = plain_words(question)
        padded = f" {' '.join(words)} "
        titles = [
            title
            for name, title in self._names.items()
            if f" {name} " in padded and f" {' '.join(plain_words(title))} " not in padded
        ]
        return f"{question} ({', '.join(dict.fromkeys(titles))})" if titles else question

    def _embed_uncached(self, text: str) -> Vector:
        embedder = self._library.embedder
        if embedder is None:
            return np.zeros(0, dtype=np.float32)
        return embedder.embed([text])[0]

    def _cosines(
        self, now: _Snapshot, asked: str, source: str | None, allowed: NDArray[np.bool_]
    ) -> dict[int, float]:
        """Cosines by row: the nearest passages, and whatever the other searches bring up."""
        if self._library.embedder is None:
            return {}
        names = sorted({p.source for p, ok in zip(now.passages, allowed, strict=True) if ok})
        where = {"source": {"$in": names}} if source is not None else None
        stems = now.lexical.stems(asked)
        others = {
            *_top(np.where(allowed, now.lexical.word_scores(stems), 0)),
            *_top(np.where(allowed, now.lexical.gram_scores(asked), 0)),
        }
        try:
            vector = self._embed(asked)
            near = self._library.nearest(vector, POOL, where)
            vectors = self._library.vectors([now.passages[row].id for row in others])
        except OutsideError as error:
            _log.warning("Searching by words alone: %s", error)
            return {}
        found = {now.rows[key]: cosine for key, cosine in near if key in now.rows}
        return found | {now.rows[key]: float(v @ vector) for key, v in vectors.items()}

    def _fuse(
        self, pool: Sequence[int], cosines: Mapping[int, float], words: Vector, triples: Vector
    ) -> list[float]:
        """Weighted sum of the three scores, each scaled to 0-1 over the pool."""
        shares = self._weights
        arms = [
            (shares.words, words[list(pool)]),
            (shares.triples, triples[list(pool)]),
        ]
        if cosines:
            floor = min(cosines.values())
            arms.append((shares.meaning, np.array([cosines.get(row, floor) for row in pool])))
        total = sum(share for share, _ in arms) or 1.0
        fused = sum(share / total * _scaled(scores) for share, scores in arms)
        return [float(value) for value in np.atleast_1d(fused)]


def _name_table(notes: Sequence[ConceptNote]) -> dict[str, str]:
    """Every folded name of a concept of at least four letters, to the concept's title."""
    table: dict[str, str] = {}
    for note in notes:
        for name in (note.title, *note.aliases):
            folded = " ".join(plain_words(name))
            if len(folded) >= 3:
                table.setdefault(folded, note.title)
    return table


def _corrected(question: str, corrections: Mapping[str, str]) -> str:
    """The question with known words in place of slips; the rest stays as typed."""
    if not corrections:
        return question
    return re.sub(
        r"\w+",
        lambda match: next(
            (corrections[word] for word in content_words(match[0]) if word in corrections),
            match[0],
        ),
        question,
    )


def _allowed(passages: Sequence[Passage], source: str | None) -> NDArray[np.bool_]:
    if source is None:
        return np.ones(len(passages), dtype=np.bool_)
    names = {passage.source for passage in passages}
    fitting = {
        name
        for name in names
        if fnmatchcase(name, source) or fnmatchcase(PurePosixPath(name).name, source)
    }
    return np.array([passage.source in fitting for passage in passages], dtype=np.bool_)


def _top(scores: Vector) -> list[int]:
    """Rows of the best scores above zero, at most POOL."""
    rows = np.argsort(-scores, kind="stable")[:POOL]
    return [int(row) for row in rows if scores[row] > 0]


def _pool(cosines: Mapping[int, float], words: Vector, triples: Vector) -> list[int]:
    return sorted({*cosines, *_top(words), *_top(triples)})


def _scaled(scores: Vector) -> Vector:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        return np.full(len(scores), 1.0 if high > 0 else 0.0, dtype=np.float32)
    return ((scores - low) / (high - low)).astype(np.float32)


def _exact_shares(
    question: str, now: _Snapshot, pool: Sequence[int], allowed: NDArray[np.bool_]
) -> dict[int, float]:
    """For rows that hold codes or quoted phrases of the question verbatim: the share they hold.

    Years and single digits are no codes.
    """
    wanted = [fold(match["quoted"] or match["code"]) for match in _EXACT.finditer(question)]
    wanted = [text for text in wanted if len(text) >= 3 and not _YEAR.fullmatch(text)]
    if not wanted:
        return {}
    found: Counter[int] = Counter()
    for text in wanted:
        pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
        for row, folded in enumerate(now.folded):
            if allowed[row] and text in folded and pattern.search(folded):
                found[row] += 1
    best = sorted(found, key=lambda row: (-found[row], row not in pool, row))[:POOL]
    return {row: found[row] / len(wanted) for row in best}


def _with_exact(
    pool: Sequence[int], fused: Sequence[float], exact: Mapping[int, float]
) -> tuple[list[int], list[float], list[float]]:
    scores = dict(zip(pool, fused, strict=True))
    rows = sorted({*pool, *exact})
    return rows, [scores.get(row, 0.0) for row in rows], [exact.get(row, 0.0) for row in rows]


def _diverse(ranked: Sequence[tuple[int, float]], passages: Sequence[Passage], k: int) -> list[int]:
    """The k best rows: at most two a heading, and a second source when it is nearly as good."""
    taken: Counter[tuple[str, str]] = Counter()
    rows: list[tuple[int, float]] = []
    for row, score in ranked:
        place = (passages[row].source, passages[row].heading)
        taken[place] += 1
        if taken[place] <= 2:
            rows.append((row, score))
    chosen = rows[:k]
    if k > 1 and len({passages[row].source for row, _ in chosen}) == 1:
        first = passages[chosen[0][0]].source
        other = next((item for item in rows[k:] if passages[item[0]].source != first), None)
        if other and other[1] >= NEAR * chosen[-1][1]:
            chosen[-1] = other
    return [row for row, _ in chosen]


def _strength(cosine: float | None, coverage: float) -> float:
    """How well the best passages fit, 0-1: the mean of covered words and scaled cosine.

    A cosine of 0.1 counts as nothing and one of 0.7 as all there can be.
    """
    if cosine is None:
        return coverage
    return (coverage + min(1.0, max(0.0, (cosine - 0.1) / 0.6))) / 2


def _hit(passage: Passage, fused: float, exact: float, *, scale: float, any_exact: bool) -> Hit:
    score = min(1.0, max(0.0, fused)) * scale
    if any_exact:
        # Verbatim finds fill the top tenth, everything else moves below them.
        score = (
            EXACT_FLOOR + (1 - EXACT_FLOOR) * (exact + score) / 2
            if exact
            else (EXACT_FLOOR * score)
        )
    return Hit(**passage.model_dump(), score=round(score, 4))
