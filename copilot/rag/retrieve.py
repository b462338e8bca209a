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
from copilot.rag.index import Library
from copilot.rag.lexical import LexicalIndex, content_words, plain_words
from copilot.records import ConceptNote, Hit, Passage
from copilot.text import fold

POOL = 20
NEAR = 0.8
SECTION_BONUS = 0.15
GLANCE_MALUS = 0.1
EXACT_FLOOR = 0.9

Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]

_EXACT = re.compile(r"[\"“”«»](?P<quoted>[^\"“”«»]{2,80})[\"“”«»]|(?P<code>[\w-]*\d[\w-]*)")
_SECTIONS = (
    (
        re.compile(
            r"\b(?:drawback|disadvantage|downside|risk|limit|weakness|problem|cons\b)", re.I
        ),
        ("Drawbacks",),
    ),
    (
        re.compile(r"\b(?:examples?|illustrat\w+|in practice|who uses)\b", re.I),
        ("Example", "Examples", "In the wild"),
    ),
    (re.compile(r"\b(?:when|suits?|should)\b", re.I), ("When to use",)),
    (re.compile(r"\b(?:how|works?|steps?|parts?)\b", re.I), ("How it works",)),
    (re.compile(r"\b(?:what|define|definition|means?|meaning|is|are)\b", re.I), ("Definition",)),
)
_YEAR = re.compile(r"(?:19|20)\d\d")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weights:
    """Shares of the three searches in the fused score; renormalised when one is missing."""

    meaning: float = 0.6
    words: float = 0.2
    triples: float = 0.2


DEFAULT_WEIGHTS = Weights()


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
        fused = self._fuse(pool, cosines, words, triples)
        fused = _with_sections(fused, now.passages, question)
        order = sorted(pool, key=lambda row: (-exact.get(row, 0), -fused[row], row))
        best = max(cosines.values(), default=None)
        coverage = now.lexical.coverage(now.lexical.stems(retitled), order[:3])
        scores = _scores(fused, exact, _strength(best, coverage))
        chosen = _diverse([(row, scores[row]) for row in order], now.passages, k)
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

    def _fuse(
        self, pool: Sequence[int], cosines: Mapping[int, float], words: Vector, triples: Vector
    ) -> dict[int, float]:
        """Weighted sum of the three scores by row, each scaled to 0-1 over the pool."""
        shares = self._weights
        arms = [(shares.words, words[pool]), (shares.triples, triples[pool])]
        if cosines:
            floor = min(cosines.values())
            meaning = np.array([cosines.get(row, floor) for row in pool], dtype=np.float32)
            arms.append((shares.meaning, meaning))
        total = sum(share for share, _ in arms) or 1.0
        fused = np.zeros(len(pool), dtype=np.float32)
        for share, scores in arms:
            fused += share / total * _scaled(scores)
        return dict(zip(pool, fused.tolist(), strict=True))


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


def _scaled(scores: Vector) -> Vector:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        return np.full(len(scores), 1.0 if high > 0 else 0.0, dtype=np.float32)
    scaled: Vector = (scores - low) / (high - low)
    return scaled


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


def _with_sections(
    fused: Mapping[int, float], passages: Sequence[Passage], question: str
) -> dict[int, float]:
    """Fused scores with a bonus for the section of the notes that the question asks for.

    The dimensions of a note touch on everything a little, so they give way to its prose.
    """
    asked = next((names for cue, names in _SECTIONS if cue.search(question)), ())
    changed = dict(fused)
    for row, score in fused.items():
        parts = passages[row].heading.split(" > ")
        if passages[row].kind != "note" or len(parts) < 2:
            continue
        bonus = SECTION_BONUS * (parts[1] in asked) - GLANCE_MALUS * (parts[1] == "At a glance")
        changed[row] = (score + bonus) / (1 + SECTION_BONUS) if asked else score + bonus
    return changed


def _scores(
    fused: Mapping[int, float], exact: Mapping[int, float], strength: float
) -> dict[int, float]:
    """Scores from 0 to 1; verbatim finds fill the top tenth and the rest moves below them."""
    plain = {row: min(1.0, max(0.0, value)) * strength for row, value in fused.items()}
    if not exact:
        return plain
    return {
        row: EXACT_FLOOR + (1 - EXACT_FLOOR) * (0.8 * exact[row] + 0.2 * score)
        if row in exact
        else EXACT_FLOOR * score
        for row, score in plain.items()
    }


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
