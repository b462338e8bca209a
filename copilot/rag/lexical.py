"""Search by words and by letter triples: BM25 over both, indifferent to British or American."""

import difflib
import logging
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    found: list[str] = []
    for word in plain_words(text):
        padded = f"^{word}$"
        found += [padded[n : n + 3] for n in range(max(1, len(padded) - 2))]
    return found


class LexicalIndex:
    """BM25 over stemmed words and over letter triples of the same texts, in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        import Stemmer

        self._stemmer = Stemmer.Stemmer("english")
        self.size = len(texts)
        stems = [self.stems(text) for text in texts]
        self._words = _bm25(stems)
        self._grams = _bm25([grams(text) for text in texts])
        self.stem_sets = [frozenset(found) for found in stems]
        self._frequency: Counter[str] = Counter(s for found in self.stem_sets for s in found)
        vocabulary = {word for text in texts for word in content_words(text)}
        self._by_initial: dict[str, list[str]] = {}
        for word in sorted(vocabulary):
            self._by_initial.setdefault(word[0], []).append(word)
        self._vocabulary = vocabulary

    def stems(self, text: str) -> list[str]:
        """Stems of the content words."""
        stemmed: list[str] = self._stemmer.stemWords(content_words(text))
        return stemmed

    def word_scores(self, stems: Sequence[str]) -> Scores:
        """BM25 of every text for the stems; shape (size,), 0 where no stem occurs."""
        return _scores(self._words, stems, self.size)

    def gram_scores(self, text: str) -> Scores:
        """BM25 of every text for the letter triples of `text`'s content words."""
        return _scores(self._grams, grams(" ".join(content_words(text))), self.size)

    def weight(self, stem: str) -> float:
        """Inverse document frequency, natural logarithm, largest for a stem that never occurs."""
        return math.log(1 + self.size / (1 + self._frequency[stem]))

    def coverage(self, stems: Iterable[str], rows: Sequence[int]) -> float:
        """Share (0-1) of the stems, weighted by rarity, that the given texts hold together.

        1 when there is no stem to look for.
        """
        wanted = set(stems)
        present = {stem for row in rows for stem in wanted & self.stem_sets[row]}
        total = sum(self.weight(stem) for stem in wanted)
        return sum(self.weight(stem) for stem in present) / total if total else 1.0

    def correct(self, text: str, known: Collection[str] = ()) -> dict[str, str]:
        """Words of the text that occur nowhere, with the one word of the texts they resemble.

        Only words of five letters and more that are not among the `known` ones; same initial,
        similarity at least 0.84.
        """
        found: dict[str, str] = {}
        for word in content_words(text):
            found_here = self._frequency[self._stemmer.stemWord(word)] or word in self._vocabulary
            if found_here or word in known or len(word) < 5 or not word.isalpha():
                continue
            near = [w for w in self._by_initial.get(word[0], ()) if abs(len(w) - len(word)) <= 2]
            match = difflib.get_close_matches(word, near, n=1, cutoff=0.84)
            if match:
                found[word] = match[0]
        return found


def _bm25(tokens: list[list[str]]) -> Any:
    import bm25s

    if not any(tokens):
        return None
    # It sets itself to DEBUG on import and tells of every index it builds.
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    return index


def _scores(index: Any, tokens: Sequence[str], size: int) -> Scores:
    known = index.get_tokens_ids(list(tokens)) if index is not None else []
    if not known:
        return np.zeros(size, dtype=np.float32)
    scores: Scores = index.get_scores_from_ids(known)
    return scores
