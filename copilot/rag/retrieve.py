"""The passages that fit a question best: by meaning, by words and by letter triples, fused."""

import calendar
import logging
import re
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import islice
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
    spread,
    strength,
    with_groups,
    with_sections,
)
from copilot.rag.groups import Groups, group_scores, grouped, nearness
from copilot.rag.index import Library
from copilot.rag.lexical import LexicalIndex, content_words, plain_words
from copilot.records import ConceptNote, Hit, Passage
from copilot.text import fold

POOL = 20
REACH = 100  # passages looked through for allowed ones
HOLDERS = 3  # of the best passages must hold what is asked by name
GROUPS = 8  # found by their words as a whole
KEPT_VECTORS = 50_000  # in memory, 1.5 kB each

Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]

_EXACT = re.compile(
    r"[\"“”«»](?P<quoted>[^\"“”«»]{2,80})[\"“”«»]|(?P<code>[\w-]*\d(?:[\w./-]*\w)?)"
)
_NAME = re.compile(r"(?<=[^.!?:\s]\s)[^\W\d_][\w'’-]*")
NAMED_IN = 6  # passages at most that a name in the question puts first
RARE = 0.01  # of the passages: a name in more says nothing
_DAYS = frozenset(name.casefold() for name in (*calendar.day_name, *calendar.month_name))
LONG_NUMBER = 5  # digits: a shorter one stands in many texts by chance
_YEAR = re.compile(r"(?:19|20)\d\d")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ranked:
    """What was found, and how well it fits the question, comparable across questions.

    `top_cosine` is the best passage's cosine (None without embeddings: English only, below
    about 0.25 nothing fits). `coverage` (0-1) is the share of the question's content words,
    weighted by rarity, that occur in the three best passages. `corrections` are words that
    were taken for slips of known ones. `closeness` is how close the nearest note or stretch of a
    document is as a whole, `wording` the cosine of the nearest everyday wording of a note; both
    0 without embeddings. `words` is the BM25 of the note or stretch that holds the question's
    words best, `names` the same of its names and everyday wordings. `verbatim` are the codes,
    quoted phrases and rare names of the question (folded) when the best passages hold them all.
    """

    hits: tuple[Hit, ...]
    top_cosine: float | None
    coverage: float
    corrections: Mapping[str, str]
    closeness: float = 0.0
    wording: float = 0.0
    words: float = 0.0
    names: float = 0.0
    verbatim: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Snapshot:
    """The passages of one index generation, their word index and their groups.

    `names` are the sources, sorted, and `source_of[row]` is the place of a passage's among them.
    `asked` holds the vectors of the notes' everyday wordings, one a row; `vectors` and `folded`
    those and the folded texts of passages looked up so far, by row.
    """

    generation: int
    passages: tuple[Passage, ...]
    rows: Mapping[str, int]
    names: tuple[str, ...]
    source_of: NDArray[np.intp]
    lexical: LexicalIndex
    groups: Groups
    asked: Vector
    vectors: dict[int, Vector] = field(default_factory=dict)
    folded: dict[int, str] = field(default_factory=dict)

    def text(self, row: int) -> str:
        """A passage's title, heading and text, folded."""
        if row not in self.folded:
            self.folded[row] = fold(_whole(self.passages[row]))
        return self.folded[row]


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
        self._notes = tuple(notes)
        self._names = _name_table(notes)
        self._name_words = frozenset(word for name in self._names for word in name.split())
        self._by_first_word = _by_first_word(self._names)
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
        allowed = _allowed(now, source)
        if k < 1 or not allowed.any() or not question.strip():
            return Ranked((), None, 0.0, {})
        corrections = now.lexical.correct(question, self._name_words)
        plain = _corrected(question, corrections)
        retitled, titles = self._by_title(plain)
        spelled = f"{plain} {titles}"
        words = np.where(allowed, now.lexical.word_scores(now.lexical.stems(spelled)), 0)
        triples = np.where(allowed, now.lexical.gram_scores(spelled), 0)
        exact = _exact_shares(question, now, allowed)
        stems = now.lexical.stems(spelled)
        group_words = now.groups.lexical.word_scores(stems)
        group_names = now.groups.names.word_scores(stems)
        lexical_rows = {*_top(words), *_top(triples), *exact}
        for number in _top(group_words)[:GROUPS]:
            lexical_rows |= {row for row in now.groups.members[number] if allowed[row]}
        cosines, asked = self._cosines(now, retitled, allowed, lexical_rows)
        pool = sorted({*cosines, *lexical_rows})
        fused = fuse(self._weights, pool, cosines, words, triples)
        near = nearness(now.groups, pool, cosines, asked)
        fused = with_groups(fused, now.groups.of, group_scores(near, group_words, group_names))
        fused = with_sections(fused, now.passages, question)
        order = spread(fused, exact, now.groups.of)
        best = max(cosines.values(), default=None)
        coverage = now.lexical.coverage(now.lexical.stems(retitled), order[:3])
        scores = final_scores(fused, exact, strength(best, coverage))
        chosen = diverse([(row, scores[row]) for row in order], now.passages, k)
        hits = tuple(
            Hit(**now.passages[row].model_dump(), score=round(scores[row], 4)) for row in chosen
        )
        return Ranked(
            hits,
            best,
            coverage,
            corrections,
            closeness=max(near.values(), default=0.0),
            wording=float(asked.max(initial=0.0)),
            words=float(group_words.max(initial=0.0)),
            names=float(group_names.max(initial=0.0)),
            verbatim=_verbatim(question, now, chosen[:HOLDERS]),
        )

    def _current(self) -> _Snapshot:
        generation = self._library.generation
        with self._lock:
            if self._snapshot is None or self._snapshot.generation != generation:
                passages = tuple(self._library.passages())
                names = sorted({passage.source for passage in passages})
                places = {name: place for place, name in enumerate(names)}
                groups = grouped(passages, self._notes, self._library.group_word_cache)
                self._snapshot = _Snapshot(
                    generation,
                    passages,
                    {passage.id: row for row, passage in enumerate(passages)},
                    tuple(names),
                    np.array([places[passage.source] for passage in passages], dtype=np.intp),
                    LexicalIndex([_whole(p) for p in passages], self._library.word_cache),
                    groups,
                    self._library.prepared(groups.asked),
                )
            return self._snapshot

    def _by_title(self, question: str) -> tuple[str, str]:
        """The question with titles in place of other names of concepts, and those titles.

        The longest names are looked for first; without such a name the question stays as it is.
        """
        rest = f" {_folded(question)} "
        titles: dict[str, str] = {}
        possible = {found for word in rest.split() for found in self._by_first_word.get(word, ())}
        for _, name, title in sorted(possible):
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
        self, now: _Snapshot, asked: str, allowed: Mask, others: Collection[int]
    ) -> tuple[dict[int, float], Vector]:
        """Cosines of passages by row, and those of the notes' everyday wordings.

        The passages are the nearest ones, those the other searches found, and the rest of all
        their groups; none without embeddings.
        """
        nothing = np.zeros(0, dtype=np.float32)
        if self._library.embedder is None:
            return {}, nothing
        try:
            vector = self._embed(asked)
            rows = {*self._nearest(now, vector, allowed), *others}
            # Not `@`: its threads would go on spinning on the other cores for a while.
            wordings = np.einsum("ij,j->i", now.asked, vector) if len(now.asked) else nothing
            best = np.argsort(-wordings, kind="stable")[:POOL]
            groups = {now.groups.of[row] for row in rows}
            groups |= {now.groups.asked_of[number] for number in best.tolist()}
            rows |= {row for n in groups for row in now.groups.members[n] if allowed[row]}
            found = self._vectors(now, rows)
        except OutsideError as error:
            _log.warning("Searching by words alone: %s", error)
            return {}, nothing
        return {row: float(v @ vector) for row, v in found.items()}, wordings

    def _nearest(self, now: _Snapshot, vector: Vector, allowed: Mask) -> list[int]:
        """Rows of the nearest allowed passages, at most POOL, best first."""
        # A filter costs Chroma more than looking further, so it comes last.
        found = self._library.nearest(vector, REACH)
        rows = [now.rows[key] for key, _ in found if key in now.rows]
        rows = [row for row in rows if allowed[row]][:POOL]
        if len(rows) == POOL or len(found) < REACH or allowed.all():
            return rows
        places = np.unique(now.source_of[allowed]).tolist()
        names = [now.names[place] for place in places]
        found = self._library.nearest(vector, POOL, {"source": {"$in": names}})
        return [now.rows[key] for key, _ in found if key in now.rows]

    def _vectors(self, now: _Snapshot, rows: Collection[int]) -> dict[int, Vector]:
        """The vectors of passages by row, from memory where it has them."""
        missing = [row for row in rows if row not in now.vectors]
        stored = self._library.vectors([now.passages[row].id for row in missing])
        fresh = {now.rows[key]: vector for key, vector in stored.items()}
        if len(now.vectors) + len(fresh) > KEPT_VECTORS:
            now.vectors.clear()
        now.vectors.update(fresh)
        return {row: now.vectors[row] for row in rows if row in now.vectors} | fresh


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


def _by_first_word(names: Mapping[str, str]) -> dict[str, list[tuple[int, str, str]]]:
    """Each name with its place and its title, by the word it begins with."""
    table: dict[str, list[tuple[int, str, str]]] = {}
    for place, (name, title) in enumerate(names.items()):
        table.setdefault(name.split(" ")[0], []).append((place, name, title))
    return table


def _whole(passage: Passage) -> str:
    return f"{passage.title} {passage.heading} {passage.text}"


def _allowed(now: _Snapshot, source: str | None) -> Mask:
    if source is None:
        return np.ones(len(now.passages), dtype=np.bool_)
    fitting = [
        fnmatchcase(name, source) or fnmatchcase(PurePosixPath(name).name, source)
        for name in now.names
    ]
    allowed: Mask = np.array(fitting, dtype=np.bool_)[now.source_of]
    return allowed


def _top(scores: Vector) -> list[int]:
    """Rows of the best scores above zero, at most POOL."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > POOL:
        least = np.partition(scores[rows], -POOL)[-POOL]
        rows = np.flatnonzero(scores >= least)
    best: list[int] = rows[np.argsort(-scores[rows], kind="stable")[:POOL]].tolist()
    return best


def _exact_shares(question: str, now: _Snapshot, allowed: Mask) -> dict[int, float]:
    """For rows that hold codes, quoted phrases or names of a question: the share of them.

    Names that many passages hold do not count; at most POOL rows.
    """
    wanted, names = _particulars(question)
    found: Counter[int] = Counter()
    for text in wanted:
        found.update(_rows_with(text, now, allowed))
    for name in names:
        rows = list(islice(_rows_with(name, now, allowed), NAMED_IN + 1))
        if 0 < len(rows) <= NAMED_IN:
            wanted.append(name)
            found.update(rows)
    return {row: count / len(wanted) for row, count in found.most_common(POOL)}


def _particulars(question: str) -> tuple[list[str], list[str]]:
    """The codes and quoted phrases of a question, and its names, folded.

    Years and what is shorter than three characters are left out.
    """
    codes = [fold(match["quoted"] or match["code"]) for match in _EXACT.finditer(question)]
    names = {fold(match[0]) for match in _NAME.finditer(question) if match[0][0].isupper()}
    return (
        [text for text in codes if len(text) >= 3 and not _YEAR.fullmatch(text)],
        sorted(name for name in names - set(codes) - _DAYS if len(name) >= 3),
    )


def _verbatim(question: str, now: _Snapshot, rows: Sequence[int]) -> tuple[str, ...]:
    """The codes and rare names of a question when the best rows hold them all, else nothing."""
    codes, names = _particulars(question)
    codes = [code for code in codes if not code.isdigit() or len(code) >= LONG_NUMBER]
    everywhere = np.ones(len(now.passages), dtype=np.bool_)
    most = int(max(NAMED_IN, RARE * len(now.passages)))
    counts = [sum(1 for _ in islice(_rows_with(n, now, everywhere), most + 1)) for n in names]
    rare = [name for name, count in zip(names, counts, strict=True) if 0 < count <= most]
    held = " ".join(now.text(row) for row in rows)
    wanted = (*codes, *rare)
    return wanted if all(text in held for text in wanted) else ()


def _rows_with(text: str, now: _Snapshot, allowed: Mask) -> Iterator[int]:
    """Rows of the allowed passages that hold a folded text as whole words, in order."""
    pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    rows = now.lexical.rows_with_words(text)
    return (
        row
        for row in rows[allowed[rows]].tolist()
        if text in now.text(row) and pattern.search(now.text(row))
    )
