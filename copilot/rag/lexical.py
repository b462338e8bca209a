"""Search by words and by letter triples: BM25 over both, indifferent to British or American."""

import difflib
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.rag.word_matrix import word_matrix
from copilot.text import fold

Scores = NDArray[np.float32]

# Function words (English, and the commonest German, French and Spanish ones) and the words that
# questions are wrapped in.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about all an and any are as at be been but by can compare contrast could cual das
        define dem den der des describe did die difference do does doing done du ein eine el
        else entre es est et explain for from give had has have how i if in into is ist it its
        just la las le les let like los may me might mine must my no nor not oder of on onto or
        our ours please qu que quel quelle shall should sind so some son such tell than that the
        their them then there these they this those through to too un una und under une until up
        upon us versus very via von vs wann was we were what when where whether which while who
        whom whose why wie will with within would y yes you your zwischen
        """,
    )
)

# Changes whenever `plain_words` gives other words for the same text.
WORDS_VERSION = "1"
# The usual constants of BM25: how soon repetition stops counting, and how much length counts.
K1, B = 1.5, 0.75
SLIP = 0.84

_WORD = re.compile(r"\w+")
_ISE = re.compile(r"(?<=\w{3})i[sz](?=(?:ations?|e|ed|es|ers?|ing|able)$)")
_OUR = re.compile(r"(?<=\w\w)our(?=(?:s|ed|ing|hoods?|al|ally|ite|ites|able)?$)")
_RE = re.compile(r"(?<=cent|heat|itre|fibr)re(?=s?$)|(?<=cent)re(?=d?s?$)")
_LL = re.compile(r"(?<=[aeiou]l)l(?=(?:ed|ing|ers?)$)")
_OGUE = re.compile(r"(?<=og)ue(?=s?$)|(?<=gram)me(?=s?$)")


@lru_cache(maxsize=50_000)
def fold_spelling(word: str) -> str:
    """One form of a word for both spellings; made to be compared, not to be read.

    >>> fold_spelling("customization") == fold_spelling("customisation")
    True
    >>> fold_spelling("neighborhood") == fold_spelling("neighbourhood")
    True
    """
    word = _ISE.sub("is", word)
    word = _OUR.sub("or", word)
    word = _RE.sub("er", word)
    return _OGUE.sub("", _LL.sub("", word))


def plain_words(text: str) -> list[str]:
    """All words, folded in case, accents and spelling."""
    return [fold_spelling(word) for word in _WORD.findall(fold(text))]


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in order: no function words; folded, not stemmed."""
    return [word for word in plain_words(text) if word not in STOP_WORDS]


def grams(text: str) -> list[str]:
    """Letter triples of every word with its borders.

    >>> grams("a loaf")
    ['^a$', '^lo', 'loa', 'oaf', 'af$']
    """
    return [gram for word in plain_words(text) for gram in _word_grams(word)]


def _word_grams(word: str) -> list[str]:
    padded = f"^{word}$"
    return [padded[n : n + 3] for n in range(max(1, len(padded) - 2))]


class LexicalIndex:
    """BM25 over stemmed words and over letter triples of the same texts, in memory.

    `cache` is a file that keeps the words of the texts between processes: with it only texts
    that are new are split into words.
    """

    def __init__(self, texts: Sequence[str], cache: Path | None = None) -> None:
        import Stemmer

        self._stemmer = Stemmer.Stemmer("english")
        self.size = len(texts)
        matrix = word_matrix(texts, plain_words, WORDS_VERSION, cache)
        content = [None if word in STOP_WORDS else word for word in matrix.words]
        stems = [[self._stemmer.stemWord(word)] if word else [] for word in content]
        self._words = _Arm(matrix.counts, stems)
        self._vocabulary = frozenset(word for word in content if word)
        self._matrix = matrix

    def stems(self, text: str) -> list[str]:
        """Stems of the content words."""
        stemmed: list[str] = self._stemmer.stemWords(content_words(text))
        return stemmed

    def word_scores(self, stems: Sequence[str]) -> Scores:
        """BM25 of every text for the stems; shape (size,), 0 where no stem occurs."""
        return self._words.scores(stems)

    def gram_scores(self, text: str) -> Scores:
        """BM25 of every text for the letter triples of `text`'s content words."""
        return self._grams.scores(grams(" ".join(content_words(text))))

    def rows_with_words(self, folded: str) -> NDArray[np.intp]:
        """Rows of the texts that hold every word of a folded text, in order.

        Both spellings of a word count as the same, and where the words stand does not matter.
        """
        starts, rows = self._by_word.indptr, self._by_word.indices
        held = np.arange(self.size)
        for word in {fold_spelling(word) for word in _WORD.findall(folded)}:
            number = self._word_numbers.get(word)
            if number is None:
                return np.zeros(0, dtype=np.intp)
            held = np.intersect1d(held, rows[starts[number] : starts[number + 1]], True)
        return held

    def weight(self, stem: str) -> float:
        """Inverse document frequency, natural logarithm, largest for a stem that never occurs."""
        return math.log(1 + self.size / (1 + self._words.texts_with(stem)))

    def coverage(self, stems: Iterable[str], rows: Sequence[int]) -> float:
        """Share (0-1) of the stems, weighted by rarity, that the given texts hold together.

        1 when there is no stem to look for.
        """
        wanted = set(stems)
        present = {stem for stem in wanted for row in rows if self._words.holds(row, stem)}
        total = sum(self.weight(stem) for stem in wanted)
        return sum(self.weight(stem) for stem in present) / total if total else 1.0

    def correct(self, text: str, known: Collection[str] = ()) -> dict[str, str]:
        """Words of the text that occur nowhere, with the one word of the texts they resemble.

        Only words of five letters and more that are not among the `known` ones; same initial,
        similarity at least 0.84.
        """
        found: dict[str, str] = {}
        for word in content_words(text):
            stem = self._stemmer.stemWord(word)
            found_here = self._words.texts_with(stem) or word in self._vocabulary
            if found_here or word in known or len(word) < 5 or not word.isalpha():
                continue
            match = difflib.get_close_matches(word, self._alike(word), n=1, cutoff=SLIP)
            if match:
                found[word] = match[0]
        return found

    def _alike(self, word: str) -> list[str]:
        """The words worth comparing in full: difflib never rates a pair above this ratio."""
        from rapidfuzz import fuzz, process

        near = [w for w in self._by_initial.get(word[0], ()) if abs(len(w) - len(word)) <= 2]
        least = 100 * SLIP - 1e-6
        found = process.extract(word, near, scorer=fuzz.ratio, score_cutoff=least, limit=None)
        return [name for name, _, _ in found]

    @cached_property
    def _grams(self) -> "_Arm":
        return _Arm(self._matrix.counts, [_word_grams(word) for word in self._matrix.words])

    @cached_property
    def _by_word(self) -> Any:
        return self._matrix.counts.tocsc()

    @cached_property
    def _word_numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self._matrix.words)}

    @cached_property
    def _by_initial(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for word in sorted(self._vocabulary):
            table.setdefault(word[0], []).append(word)
        return table


class _Arm:
    """BM25 (Lucene's form) of every text for one kind of term."""

    def __init__(self, counts: Any, terms_of: Sequence[Sequence[str]]) -> None:
        """`counts` is texts x words; `terms_of` lists the terms of each word."""
        self._numbers: dict[str, int] = {}
        of_terms = counts @ self._term_matrix(terms_of)
        self._size = counts.shape[0]
        lengths = np.asarray(of_terms.sum(axis=1), dtype=np.float32).ravel()
        by_term = of_terms.tocsc()
        self._starts, self._rows = by_term.indptr, by_term.indices
        frequency = np.diff(self._starts)
        rarity = np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5))
        mean = float(lengths.mean()) if self._size else 0.0
        damping = K1 * (1 - B + B * lengths / (mean or 1.0))
        times = by_term.data.astype(np.float32)
        share = times / (times + damping[self._rows])
        self._scores: Scores = (share * np.repeat(rarity, frequency)).astype(np.float32)

    def scores(self, terms: Iterable[str]) -> Scores:
        """The sum over the terms, shape (texts,); a term asked for twice counts twice."""
        total = np.zeros(self._size, dtype=np.float32)
        for term, times in Counter(terms).items():
            chosen = self._span(term)
            total[self._rows[chosen]] += times * self._scores[chosen]
        return total

    def texts_with(self, term: str) -> int:
        """How many texts hold the term."""
        chosen = self._span(term)
        return int(chosen.stop - chosen.start)

    def holds(self, row: int, term: str) -> bool:
        """Whether a text holds the term."""
        return bool((self._rows[self._span(term)] == row).any())

    def _span(self, term: str) -> slice:
        number = self._numbers.get(term)
        if number is None:
            return slice(0, 0)
        return slice(int(self._starts[number]), int(self._starts[number + 1]))

    def _term_matrix(self, terms_of: Sequence[Sequence[str]]) -> Any:
        from scipy import sparse

        words: list[int] = []
        terms: list[int] = []
        for word, found in enumerate(terms_of):
            for term in found:
                words.append(word)
                terms.append(self._numbers.setdefault(term, len(self._numbers)))
        ones = np.ones(len(words), dtype=np.int32)
        shape = (len(terms_of), len(self._numbers))
        return sparse.csr_matrix((ones, (words, terms)), shape=shape)
