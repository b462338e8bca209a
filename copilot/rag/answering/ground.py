"""Grounding: quotes are verbatim or dropped; a written sentence is carried by what it cites."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from copilot.rag.answering.polarity import contradicts, negated
from copilot.rag.answering.words import content, stem, tokens
from copilot.records import Citation
from copilot.text import sentences, squeeze

LEAST_SUPPORT = 0.6
_LINK = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_COUNTING = (
    "two three four five six seven eight nine ten eleven twelve twenty thirty hundred thousand "
    "million billion half third quarter double twice"
)
_NUMBER_WORDS = frozenset(_COUNTING.split())


@dataclass(frozen=True)
class Checked:
    """A written sentence, the numbers of the passages it cites, and how well they carry it."""

    text: str
    passages: tuple[int, ...]
    support: float

    @property
    def kept(self) -> bool:
        """Whether the support is enough."""
        return self.support >= LEAST_SUPPORT


def verify(citations: Iterable[Citation], text_of: Callable[[str], str]) -> list[Citation]:
    """The citations whose quote stands in its source, white space aside; others are dropped."""
    kept = []
    squeezed: dict[str, str] = {}
    for citation in citations:
        if citation.source not in squeezed:
            squeezed[citation.source] = squeeze(text_of(citation.source))
        quote = squeeze(citation.quote)
        if quote and quote in squeezed[citation.source]:
            kept.append(citation)
    return kept


def supported(sentence: str, quote: str) -> float:
    """How well a quote carries a sentence, 0-1.

    The share of the sentence's content stems found in the quote. 0 when the sentence has a
    number, a number word, a link or a name that the quote lacks, when one of the two denies and the
    other does not, or when a word of the sentence has its opposite in the quote.
    """
    said, known = content(sentence), frozenset(content(quote))
    if not said:
        return 0.0
    if not set(_LINK.findall(sentence)) <= set(_LINK.findall(quote)):
        return 0.0
    if not _numbers(sentence) <= _numbers(quote) or not _names(sentence, quote):
        return 0.0
    if contradicts(frozenset(said), known) or _denial_differs(sentence, quote):
        return 0.0
    distinct = set(said)
    return len([s for s in distinct if _held(s, known)]) / len(distinct)


def check_sentences(
    sentences: Sequence[tuple[str, Sequence[int]]],
    passages: Sequence[str],
    concepts: Callable[[str], frozenset[str]] = lambda _: frozenset(),
) -> list[Checked]:
    """Each sentence with the support of the passages it cites, numbered from 1.

    `concepts` names the concepts in a text: a sentence about a concept that its passages do not
    name has no support, so a true sentence cannot be moved to another subject. A sentence with
    no passage, or one that does not exist, has none either.
    """
    checked = []
    for text, numbers in sentences:
        valid = tuple(n for n in dict.fromkeys(numbers) if 1 <= n <= len(passages))
        support = 0.0
        if valid and len(valid) == len(set(numbers)):
            cited = "\n".join(passages[n - 1] for n in valid)
            if concepts(text) <= concepts(cited):
                support = max(
                    supported(text, cited), *(supported(text, passages[n - 1]) for n in valid)
                )
        checked.append(Checked(text=text, passages=valid, support=support))
    return checked


def _denial_differs(sentence: str, quote: str) -> bool:
    """Whether the sentence denies and no near sentence of the quote does, or the reverse.

    Compared with the part of the quote that shares most words, since a passage may hold both.
    """
    said = set(content(sentence))
    parts = [p for line in quote.split("\n") for p in sentences(line)] or [quote]
    near = max(parts, key=lambda part: len(said & set(content(part))))
    return negated(sentence) != negated(near)


def _names(sentence: str, quote: str) -> bool:
    known = {token.norm for token in tokens(quote)} | {stem(t.norm) for t in tokens(quote)}
    return all(
        token.norm in known or stem(token.norm) in known
        for token in tokens(sentence)
        if token.named
    )


def _numbers(text: str) -> set[str]:
    figures = {found.replace(",", "") for found in _NUMBER.findall(text)}
    return figures | {t.norm for t in tokens(text) if t.norm in _NUMBER_WORDS}


def _held(word: str, known: frozenset[str]) -> bool:
    if word in known:
        return True
    return len(word) >= 6 and any(other[:5] == word[:5] for other in known if len(other) >= 5)
