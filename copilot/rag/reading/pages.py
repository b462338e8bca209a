"""Readers of paged formats: PDF, slides and spreadsheets."""

from io import BytesIO

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Extract
from copilot.rag.reading.markup import check_unpacked_size
from copilot.rag.reading.text import table_text

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_NO_TITLES = ("untitled", "microsoft word", "powerpoint presentation", "document")


def read_pdf(data: bytes) -> Extract:
    """A PDF: the text of each page.

    Raises KnowledgeError for an encrypted file and for one that holds only pictures of text.
    """
    import pypdf
    from pypdf.errors import DependencyError

    reader = pypdf.PdfReader(BytesIO(data))
    try:
        locked = reader.is_encrypted and not reader.decrypt("")
    except DependencyError:
        locked = True
    if locked:
        raise KnowledgeError(
            "it is encrypted", hint="Save a copy without a password and index that."
        )
    pages = [page.extract_text().translate(_LIGATURES) for page in reader.pages]
    blocks = tuple(
        Block(text.strip(), page=number) for number, text in enumerate(pages, 1) if text.strip()
    )
    if pages and not blocks:
        raise KnowledgeError(
            "its pages hold no text, only pictures",
            hint="Run text recognition (OCR) on it first and index the result.",
        )
    title = str((reader.metadata and reader.metadata.title) or "").strip()
    return Extract("" if title.casefold().startswith(_NO_TITLES) else title, blocks)


def read_pptx(data: bytes) -> Extract:
    """Slides: the text, tables and speaker's notes of each; its number is the page."""
    import pptx

    check_unpacked_size(data)
    deck = pptx.Presentation(BytesIO(data))
    blocks: list[Block] = []
    for number, slide in enumerate(deck.slides, 1):
        title = slide.shapes.title.text_frame.text.strip() if slide.shapes.title else ""
        lines = [line for shape in slide.shapes for line in _shape_lines(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            lines.append(slide.notes_slide.notes_text_frame.text)
        text = "\n".join(line for line in lines if line.strip())
        if text:
            blocks.append(Block(text, " ".join(title.split()), number))
    name = deck.core_properties.title or ""
    if not name or name.casefold().startswith(_NO_TITLES):
        name = blocks[0].heading if blocks else ""
    return Extract(name, tuple(blocks))


def read_xlsx(data: bytes) -> Extract:
    """A workbook: one block a sheet, one line a row; the sheet's name is the heading."""
    from python_calamine import CalamineWorkbook

    check_unpacked_size(data)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    blocks = [
        Block(table_text(book.get_sheet_by_name(name).to_python()), name)
        for name in book.sheet_names
    ]
    return Extract("", tuple(block for block in blocks if block.text))


def _shape_lines(shape: object) -> list[str]:
    if hasattr(shape, "shapes"):
        return [line for inner in shape.shapes for line in _shape_lines(inner)]
    if getattr(shape, "has_table", False):
        table = shape.table  # type: ignore[attr-defined]
        return [
            " | ".join(cell.text.strip() for cell in row.cells if cell.text.strip())
            for row in table.rows
        ]
    if getattr(shape, "has_text_frame", False):
        return [paragraph.text for paragraph in shape.text_frame.paragraphs]  # type: ignore[attr-defined]
    return []
