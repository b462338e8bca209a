"""The reader of PDF files: the text of each page, its ruled tables as tables."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Extract, told_title
from copilot.rag.reading.tables import table_text

TABLE_SECONDS = 60.0
MAX_PAGES = 10_000

_TIDY = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\r": None}
    # PDFium's sign for a hyphen at which a word was broken across lines
    | {"\ufffe": "-", "\x02": "-"}
)


def read_pdf(data: bytes) -> Extract:
    """A PDF: a block each page, in the order in which the file tells it.

    Tables drawn with lines become Markdown tables, for as long as looking for them takes less
    than a minute a file. Raises KnowledgeError for a file that needs a password, has more than
    10,000 pages, or holds only pictures of text.
    """
    import pypdfium2

    try:
        book = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" not in str(error).casefold():
            raise
        raise KnowledgeError(
            "it is encrypted", hint="Save a copy without a password and index that."
        ) from error
    try:
        return _extract(book, data)
    finally:
        book.close()


def _extract(book: Any, data: bytes) -> Extract:
    pages = len(book)
    if pages > MAX_PAGES:
        raise KnowledgeError(f"it has {pages:,} pages", hint="Split it into smaller documents.")
    blocks: list[Block] = []
    spent = 0.0
    with _Plumber(data) as plumber:
        for number in range(pages):
            page = book[number]
            begun = time.monotonic()
            if spent < TABLE_SECONDS and _is_ruled(page):
                text = _with_tables(page, plumber.page(number))
                spent += time.monotonic() - begun
            else:
                text = page.get_textpage().get_text_bounded()
            text = text.translate(_TIDY).strip()
            if text:
                blocks.append(Block(text, page=number + 1))
            page.close()
    if pages and not blocks:
        raise KnowledgeError(
            "its pages hold no text, only pictures",
            hint="Run text recognition (OCR) on it first and index the result.",
        )
    return Extract(told_title(str(book.get_metadata_value("Title"))), tuple(blocks))


class _Plumber:
    """pdfplumber over the same bytes, opened when the first ruled page is met."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._book: Any = None

    def __enter__(self) -> "_Plumber":
        return self

    def __exit__(self, *_: object) -> None:
        if self._book is not None:
            self._book.close()

    def page(self, number: int) -> Any:
        import pdfplumber

        if self._book is None:
            self._book = pdfplumber.open(BytesIO(self._data))
        return self._book.pages[number]


def _is_ruled(page: Any) -> bool:
    """Whether enough lines or boxes are drawn for a table of two rows and columns."""
    from pypdfium2 import raw

    paths = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)
    return sum(1 for _, _ in zip(paths, range(4), strict=False)) >= 4


def _with_tables(page: Any, plumbed: Any) -> str:
    """The page's text in bands from the top, each table in its place."""
    whole = page.get_textpage()
    tables = [(table.bbox, table.extract()) for table in plumbed.find_tables()]
    tables = [(box, rows) for box, rows in tables if _is_table(rows)]
    plumbed.close()
    if not tables:
        return str(whole.get_text_bounded())
    width, height = page.get_size()
    parts: list[str] = []
    top = 0.0
    for (left, upper, right, lower), rows in sorted(tables, key=lambda item: item[0][1]):
        upper, lower = max(upper, top), max(lower, top)
        for box in ((0, top, width, upper), (0, upper, left, lower), (right, upper, width, lower)):
            parts += _band(whole, box, height)
        # Empty lines set the table apart from what stands above and below it.
        parts += ["", table_text(rows), ""]
        top = lower
    parts += _band(whole, (0, top, width, height), height)
    return "\n".join(parts)


def _band(whole: Any, box: tuple[float, float, float, float], height: float) -> Iterator[str]:
    left, upper, right, lower = box
    if lower > upper and right > left:
        text = whole.get_text_bounded(left, height - lower, right, height - upper).strip()
        if text:
            yield text


def _is_table(rows: list[list[str | None]]) -> bool:
    """Whether what was found has two rows and two columns with text, and is no mere frame."""
    columns = {n for row in rows for n, cell in enumerate(row) if cell and cell.strip()}
    return len(rows) > 1 and len(columns) > 1
