"""A document's blocks cut into passages: small enough to embed, every line verbatim."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from copilot.rag.reading.document import Document
from copilot.rag.reading.tables import find_tables
from copilot.records import Passage
from copilot.text import content_id, sentences

PASSAGE_TOKENS = 200
# Changes whenever reading or cutting gives other passages of the same file: the library then
# knows which documents to read again.
CUT_VERSION = "2"

ROW_LIMITS = 4  # a table row this many limits long is cut like any text

Span = tuple[int, int]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_LINE = re.compile(r"[^\n]+(?:\n+|$)")
_WORD = re.compile(r"\S+\s*")


def about_tokens(text: str) -> int:
    """Word pieces an English BERT tokenizer makes of a text, estimated from above."""
    return sum(1 + (len(token) - 1) // 7 for token in _TOKEN.findall(text))


def cut(text: str, limit: int = PASSAGE_TOKENS) -> list[str]:
    """Slices of at most `limit` tokens, cut at paragraphs, list items or sentences.

    The slices are verbatim and of about equal size; only a single sentence above the limit is
    cut at words. A Markdown table stays whole; one above the limit is cut between its rows, and
    each part begins with the table's header.

    >>> cut("One idea here. Another idea there.", limit=4)
    ['One idea here.', 'Another idea there.']
    """
    if about_tokens(text) <= limit:
        return [text.strip()] if text.strip() else []
    slices: list[str] = []
    begin = 0
    whole: list[Span] = []
    for (start, end), body in find_tables(text):
        if about_tokens(text[start:end]) <= limit:
            whole.append((start - begin, end - begin))
            continue
        slices += _cut_prose(text[begin:start], limit, whole)
        slices += _cut_table(text[start:body], text[body:end], limit)
        begin, whole = end, []
    return [*slices, *_cut_prose(text[begin:], limit, whole)]


def _cut_prose(text: str, limit: int, tables: Sequence[Span]) -> list[str]:
    slices: list[str] = []
    start, size, end = 0, 0, 0
    left = about_tokens(text)
    for unit_start, unit_end in _units(text, limit, tables):
        tokens = about_tokens(text[unit_start:unit_end])
        # What is left, in the fewest equal slices that keep the limit.
        target = left / math.ceil(left / limit) if left > 0 else limit
        if size and (size + tokens > limit or size + tokens / 2 > target):
            slices.append(text[start:end].strip())
            start, left, size = unit_start, left - size, 0
        size, end = size + tokens, unit_end
    slices.append(text[start:].strip())
    return [piece for piece in slices if piece]


def _cut_table(head: str, body: str, limit: int) -> list[str]:
    """Rows by as many as fit below the header; a row that never fits stands with it alone."""
    room = limit - about_tokens(head)
    parts: list[str] = []
    rows, size = "", 0
    for row in body.splitlines(keepends=True):
        tokens = about_tokens(row)
        if rows and size + tokens > room:
            parts.append(f"{head}{rows}".strip())
            rows, size = "", 0
        rows, size = rows + row, size + tokens
    parts.append(f"{head}{rows}".strip())
    most = ROW_LIMITS * limit
    return [
        piece
        for part in parts
        for piece in ([part] if about_tokens(part) <= most else _cut_prose(part, limit, ()))
    ]


def split(document: Document, limit: int = PASSAGE_TOKENS) -> list[Passage]:
    """The passages of a document: none crosses a heading or a page; no line is altered.

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


def _units(text: str, limit: int, tables: Sequence[Span]) -> Iterator[Span]:
    begin = 0
    for start, end in tables:
        yield from _prose_units(text, begin, start, limit)
        yield start, end
        begin = end
    yield from _prose_units(text, begin, len(text), limit)


def _prose_units(text: str, start: int, end: int, limit: int) -> Iterator[Span]:
    for line in _LINE.finditer(text, start, end):
        if about_tokens(line.group()) <= limit / 3:
            yield line.span()
            continue
        for begin, stop in _sentence_spans(line.group()):
            if about_tokens(line.group()[begin:stop]) <= limit:
                yield line.start() + begin, line.start() + stop
            else:
                yield from _word_spans(text, line.start() + begin, line.start() + stop, limit)


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
