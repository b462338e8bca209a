"""A document's blocks cut into passages: small enough to embed, every one a verbatim slice."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from copilot.rag.reading.document import Document
from copilot.records import Passage
from copilot.text import content_id, sentences

PASSAGE_TOKENS = 200

Span = tuple[int, int]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_LINE = re.compile(r"[^\n]+(?:\n+|$)")
_WORD = re.compile(r"\S+\s*")


def about_tokens(text: str) -> int:
    """Word pieces an English BERT tokenizer makes of a text, estimated from above."""
    return sum(1 + (len(token) - 1) // 7 for token in _TOKEN.findall(text))


def cut(text: str, limit: int = PASSAGE_TOKENS) -> list[str]:
    """Verbatim slices of at most `limit` tokens, cut at paragraphs, list items or sentences.

    The slices are of about equal size; only a single sentence above the limit is cut at words.

    >>> cut("One idea here. Another idea there.", limit=4)
    ['One idea here.', 'Another idea there.']
    """
    total = about_tokens(text)
    if total <= limit:
        return [text.strip()] if text.strip() else []
    slices: list[str] = []
    start, size, end = 0, 0, 0
    left = total
    for unit_start, unit_end in _units(text, limit):
        tokens = about_tokens(text[unit_start:unit_end])
        # What is left, in the fewest equal slices that keep the limit.
        target = left / math.ceil(left / limit) if left > 0 else limit
        if size and (size + tokens > limit or size + tokens / 2 > target):
            slices.append(text[start:end].strip())
            start, left, size = unit_start, left - size, 0
        size, end = size + tokens, unit_end
    slices.append(text[start:].strip())
    return [piece for piece in slices if piece]


def split(document: Document, limit: int = PASSAGE_TOKENS) -> list[Passage]:
    """The passages of a document: none crosses a heading or a page; text is never altered.

    An id is made from source, place and text, and from a counter where those repeat.
    """
    seen: Counter[tuple[str, int | None, str]] = Counter()
    passages: list[Passage] = []
    for block in document.blocks:
        for text in cut(block.text, limit):
            place = (block.heading, block.page, text)
            key = content_id(
                document.source, block.heading, str(block.page or ""), text, str(seen[place])
            )
            seen[place] += 1
            passages.append(
                Passage(
                    id=key,
                    source=document.source,
                    title=document.title,
                    heading=block.heading,
                    page=block.page,
                    text=text,
                )
            )
    return passages


def _units(text: str, limit: int) -> Iterator[Span]:
    for line in _LINE.finditer(text):
        if about_tokens(line.group()) <= limit / 3:
            yield line.span()
            continue
        for start, end in _sentence_spans(line.group()):
            if about_tokens(line.group()[start:end]) <= limit:
                yield line.start() + start, line.start() + end
            else:
                yield from _word_spans(text, line.start() + start, line.start() + end, limit)


def _sentence_spans(text: str) -> Iterator[Span]:
    found = sentences(text)
    start = 0
    for sentence in found:
        begin = text.index(sentence, start)
        yield begin, begin + len(sentence)
        start = begin + len(sentence)


def _word_spans(text: str, start: int, end: int, limit: int) -> Iterator[Span]:
    begin, size = start, 0
    for word in _WORD.finditer(text, start, end):
        for piece_start in range(word.start(), word.end(), 7 * limit // 2):
            piece_end = min(word.end(), piece_start + 7 * limit // 2)
            tokens = about_tokens(text[piece_start:piece_end])
            if size and size + tokens > limit:
                yield begin, piece_start
                begin, size = piece_start, 0
            size += tokens
    if begin < end:
        yield begin, end
