"""The passages that fit a question best: by meaning, by words and by letter triples, fused."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from copilot.errors import OutsideError
from copilot.rag.fuse import (
    DEFAULT_WEIGHTS,
    Weights,
    diverse,
    final_scores,
    fuse,
    strength,
    with_sections,
)
from copilot.rag.index import Library
from copilot.rag.lexical import LexicalIndex, content_words, plain_words
from copilot.records import ConceptNote, Hit, Passage
from copilot.text import fold

POOL = 20

Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]

_EXACT = re.compile(r"[\"“”«»](?P<quoted>[^\"“”«»]{2,80})[\"“”«»]|(?P<code>[\w-]*\d[\w-]*)")
_YEAR = re.compile(r"(?:19|20)\d\d")

_log = logging.getLogger(__name__)


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
        weights: Weights = DEFAULT_WEIGHTS,
    ) -> None:
        self._library = library
        self._weights = weights
        self._names = _name_table(notes)
        self._name_words = frozenset(word for name in self._names for word in name.split())
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
        corrections = now.lexical.correct(question, self._name_words)
        plain = _corrected(question, corrections)
        retitled, titles = self._by_title(plain)
        spelled = f"{plain} {titles}"
        words = np.where(allowed, now.lexical.word_scores(now.lexical.stems(spelled)), 0)
        triples = np.where(allowed, now.lexical.gram_scores(spelled), 0)
        exact = _exact_shares(question, now, allowed)
        lexical_rows = {*_top(words), *_top(triples), *exact}
        cosines = self._cosines(now, retitled, allowed if source else None, lexical_rows)
        pool = sorted({*cosines, *lexical_rows})
        fused = fuse(self._weights, pool, cosines, words, triples)
        fused = with_sections(fused, now.passages, question)
        order = sorted(pool, key=lambda row: (-exact.get(row, 0), -fused[row], row))
        best = max(cosines.values(), default=None)
        coverage = now.lexical.coverage(now.lexical.stems(retitled), order[:3])
        scores = final_scores(fused, exact, strength(best, coverage))
        chosen = diverse([(row, scores[row]) for row in order], now.passages, k)
        hits = tuple(
            Hit(**now.passages[row].model_dump(), score=round(scores[row], 4)) for row in chosen
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

    def _by_title(self, question: str) -> tuple[str, str]:
        """The question with titles in place of other names of concepts, and those titles.

        The longest names are looked for first; without such a name the question stays as it is.
        """
        rest = f" {_folded(question)} "
        titles: dict[str, str] = {}
        for name, title in self._names.items():
            if f" {name} " in rest:
                rest = rest.replace(f" {name} ", f" <{len(titles)}> ")
                titles[f"<{len(titles)}>"] = title
        others = [t for t in titles.values() if f" {_folded(t)} " not in f" {_folded(question)} "]
        if not others:
            return question, ""
        for sign, title in titles.items():
            rest = rest.replace(sign, title)
        return rest.strip(), " ".join(others)

    def _embed_uncached(self, text: str) -> Vector:
        embedder = self._library.embedder
        if embedder is None:
            return np.zeros(0, dtype=np.float32)
        vector: Vector = embedder.embed([text])[0]
        return vector

    def _cosines(
        self, now: _Snapshot, asked: str, allowed: Mask | None, others: Collection[int]
    ) -> dict[int, float]:
        """Cosines by row: of the nearest passages and of those the other searches found."""
        if self._library.embedder is None:
            return {}
        where: dict[str, object] | None = None
        if allowed is not None:
            names = {p.source for p, ok in zip(now.passages, allowed, strict=True) if ok}
            where = {"source": {"$in": sorted(names)}}
        try:
            vector = self._embed(asked)
            near = self._library.nearest(vector, POOL, where)
            vectors = self._library.vectors([now.passages[row].id for row in others])
        except OutsideError as error:
            _log.warning("Searching by words alone: %s", error)
            return {}
        found = {now.rows[key]: cosine for key, cosine in near if key in now.rows}
        return found | {now.rows[key]: float(v @ vector) for key, v in vectors.items()}


def _name_table(notes: Sequence[ConceptNote]) -> dict[str, str]:
    """Every folded name of a concept to the concept's title, longest names first."""
    table: dict[str, str] = {}
    for note in notes:
        table[_folded(note.title)] = note.title
    for note in notes:
        for name in note.aliases:
            if len(_folded(name)) >= 3:
                table.setdefault(_folded(name), note.title)
    return dict(sorted(table.items(), key=lambda item: -len(item[0])))


def _folded(text: str) -> str:
    return " ".join(plain_words(text))


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


def _allowed(passages: Sequence[Passage], source: str | None) -> Mask:
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


def _exact_shares(question: str, now: _Snapshot, allowed: Mask) -> dict[int, float]:
    """For rows that hold codes or quoted phrases of the question verbatim: the share they hold.

    Years and codes below three characters do not count; at most POOL rows.
    """
    wanted = [fold(match["quoted"] or match["code"]) for match in _EXACT.finditer(question)]
    wanted = [text for text in wanted if len(text) >= 3 and not _YEAR.fullmatch(text)]
    found: Counter[int] = Counter()
    for text in wanted:
        pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
        for row, folded in enumerate(now.folded):
            if allowed[row] and text in folded and pattern.search(folded):
                found[row] += 1
    return {row: count / len(wanted) for row, count in found.most_common(POOL)}
