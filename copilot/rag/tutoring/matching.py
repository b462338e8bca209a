"""How far what was said says what was wanted: words, meaning, polarity, opposites, numbers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from copilot.rag.tutoring.reading import Heard, agree_to_deny, heads_denied, hear
from copilot.rag.tutoring.terms import Scale, canonical, own_words, terms
from copilot.text import fold

ENOUGH, SAME = 0.45, 0.82

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

_CHUNK = re.compile(
    r"[:;()]|,? \b(?:that|which|who|whose|because|since|so that|in which|against which|by|to|in|at"
    r"|with|within|for|from|through|during|of|into|as|than|whether|when|where|if)\b"
)
_WHOLE = re.compile(r"\b(?:everybody|everyone|all buyers|all customers|whole market)\b", re.I)
_SINGLE = re.compile(r"\b(?:single|individual|person|one customer)\b", re.I)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# A pair that turns a statement round; either word in place of the other contradicts it.
_OPPOSED = """
    increase:decrease raise:lower higher:lower more:less higher:reduce raise:save
    problem:simplify complicate:simplify harder:easier hard:easy difficult:easy
    dilute:strengthen weakening:stronger weak:strong weaken:strengthen
    same:different alike:different same:differ alike:differ uniform:varied
    leave:stay end:keep lose:gain lost:gain smaller:larger small:large narrow:broad narrow:whole
    future:past expensive:cheap heavy:no unlimited:predefined
    unlimited:limited all:nobody
    random:chosen true:false include:exclude opt-in:opt-out before:after allow:forbid
    mass:bespoke receive:withhold first:last best:worst short:long
"""


@dataclass(frozen=True)
class Match:
    """How well something said fits a text: 0-1 by words, cosine by meaning (None without one).

    `mentioned` is the share by words whether affirmed or denied. `reversed_by` names the words
    that turn the text round; empty when nothing does.
    """

    words: float
    mentioned: float
    meaning: float | None
    reversed_by: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """Words and meaning as one figure, 0-1."""
        return 0.0 if self.reversed_by else self._joined(self.words)

    @property
    def closeness(self) -> float:
        """The same whether the text is said or denied, 0-1: what the answer speaks about."""
        return self._joined(self.mentioned)

    @property
    def is_full(self) -> bool:
        """Whether enough of the text's phrases are there, or its meaning as a whole."""
        return self.words >= ENOUGH or (self.meaning is not None and self.meaning >= SAME)

    def _joined(self, words: float) -> float:
        if self.meaning is None:
            return min(1.0, words * 1.1)
        near = min(1.0, max(0.0, (self.meaning - 0.30) / 0.45))
        return 0.5 * words + 0.5 * near


@lru_cache(maxsize=1)
def opposed() -> dict[str, frozenset[str]]:
    """Stem to the stems that turn it round."""
    table: dict[str, set[str]] = {}
    for pair in _OPPOSED.split():
        a, b = (canonical(fold(word)) for word in pair.split(":"))
        if a != b:
            table.setdefault(a, set()).add(b)
            table.setdefault(b, set()).add(a)
    return {word: frozenset(others) for word, others in table.items()}


@lru_cache(maxsize=8192)
def chunks(text: str) -> tuple[frozenset[tuple[str, str]], ...]:
    """The telling words of a text by phrase; a listing of equals stays in one phrase."""
    found = [own_words(piece) for piece in _CHUNK.split(text)]
    return tuple(piece for piece in found if piece)


def by_words(heard: Heard, text: str, scale: Scale, given: frozenset[str]) -> tuple[float, float]:
    """The share of a text's phrases that the answer says, and that it mentions (0-1 each).

    Phrases are weighted by how telling they are; one counts whole once half of its weight is
    there. Words that the question `given` away (own stems) do not count. A word that the answer
    denies is mentioned; it is said only where the text denies it too.
    """
    wanted = hear(text)
    said = heard.affirmed | (heard.denied & wanted.denied)
    total = gained = touched = 0.0
    for phrase in chunks(text):
        left = {one for one, own in phrase if own not in given}
        if not left:
            continue
        weight = scale.of(left)
        total += weight**0.5
        gained += weight**0.5 * min(1.0, 2 * scale.of(left & said) / weight)
        touched += weight**0.5 * min(1.0, 2 * scale.of(left & heard.said) / weight)
    return (gained / total, touched / total) if total else (0.0, 0.0)


def turned_round(heard: Heard, text: str, scale: Scale, given: frozenset[str]) -> tuple[str, ...]:
    """The words by which an answer says the opposite of a text: denied, opposite, other number."""
    wanted = hear(text)
    own = wanted.said - given
    found = [w for w in sorted(heard.denied & wanted.affirmed - given) if w not in heard.affirmed]
    kept = scale.of(heard.affirmed & own)
    if agree_to_deny(heard.text, text):
        return ("number",) if _other_number(heard.text, text) else ()
    if scale.of(found) < max(0.6 * kept, 0.12 * scale.of(own)):
        found = []
    if not re.search(r"\bbut\b", heard.text):
        # Denying what the text begins with denies the text: "It never adapts …".
        found += sorted(heads_denied(heard.text) & heard.denied & set(terms(text)[:1]))
    found += sorted(heads_denied(text) & heard.affirmed - heard.denied - wanted.affirmed)
    table = opposed()
    for word in sorted(heard.affirmed):
        if word in table and word not in own and word not in wanted.said:
            found += sorted(table[word] & wanted.affirmed - heard.affirmed)[:1]
    if _WHOLE.search(heard.text) and _SINGLE.search(text) and not _SINGLE.search(heard.text):
        found.append("whole")
    if _other_number(heard.text, text):
        found.append("number")
    return tuple(dict.fromkeys(found))


def _other_number(said: str, text: str) -> bool:
    known, given = set(_NUMBER.findall(text)), set(_NUMBER.findall(said))
    return bool(known and given) and not known & given


def compare(
    heard: Heard,
    texts: Sequence[str],
    scale: Scale,
    embed: Embed | None,
    given: frozenset[str] = frozenset(),
) -> list[Match]:
    """How well what was said fits each of several texts."""
    meanings: list[float | None] = [None] * len(texts)
    if embed is not None and texts and heard.text:
        vectors = embed([heard.text, *texts])
        meanings = [float(vectors[0] @ vector) for vector in vectors[1:]]
    return [
        Match(
            *by_words(heard, text, scale, given), meaning, turned_round(heard, text, scale, given)
        )
        for text, meaning in zip(texts, meanings, strict=True)
    ]
