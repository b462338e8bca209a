"""Readers of slides and spreadsheets."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from copilot.rag.reading.document import Block, Extract, told_title
from copilot.rag.reading.packed import check_package
from copilot.rag.reading.tables import table_text

MOST_MERGED = 1_000  # rows of one merged cell that are filled with its value


def read_pptx(data: bytes) -> Extract:
    """Slides: the text, tables and speaker's notes of each; its number is the page."""
    import pptx

    check_package(data)
    deck = pptx.Presentation(BytesIO(data))
    blocks: list[Block] = []
    for number, slide in enumerate(deck.slides, 1):
        title = slide.shapes.title.text_frame.text.strip() if slide.shapes.title else ""
        parts = [part for shape in slide.shapes for part in _shape_parts(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            parts.append(slide.notes_slide.notes_text_frame.text)
        text = _joined([part for part in parts if part.strip()])
        if text:
            blocks.append(Block(text, " ".join(title.split()), number))
    name = told_title(deck.core_properties.title or "")
    return Extract(name or (blocks[0].heading if blocks else ""), tuple(blocks))


def read_xlsx(data: bytes) -> Extract:
    """A workbook: a table each visible sheet, headed by the sheet's name.

    Formulas give the values that were stored with them; a merged cell fills all its places.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    if data.startswith(b"PK"):
        check_package(data)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    shown = [
        item.name
        for item in book.sheets_metadata
        if item.visible == SheetVisibleEnum.Visible and item.typ == SheetTypeEnum.WorkSheet
    ]
    blocks = [Block(table_text(_rows(book.get_sheet_by_name(name))), name) for name in shown]
    return Extract("", tuple(block for block in blocks if block.text.strip()))


def _rows(sheet: Any) -> Iterator[Sequence[object]]:
    first_row, first_column = sheet.start or (0, 0)
    merged: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        left, right = max(left - first_column, 0), right - first_column
        # A title across the whole sheet is a caption, not a name for every column.
        if right >= 0 and right - left + 1 < sheet.width:
            for row in range(top, min(bottom, top + MOST_MERGED) + 1):
                merged.setdefault(row - first_row, []).append((top, left, right))
    held: dict[tuple[int, int], object] = {}
    for number, row in enumerate(sheet.to_python()):
        cells = list(row)
        for top, left, right in merged.get(number, ()):
            value = held.setdefault((top, left), cells[left])
            cells[left : right + 1] = [value] * len(cells[left : right + 1])
        yield cells


def _shape_parts(shape: object) -> list[str]:
    if hasattr(shape, "shapes"):
        return [part for inner in shape.shapes for part in _shape_parts(inner)]
    if getattr(shape, "has_table", False):
        rows = shape.table.rows  # type: ignore[attr-defined]
        return ["\n" + table_text([[cell.text for cell in row.cells] for row in rows]) + "\n"]
    if getattr(shape, "has_text_frame", False):
        return [paragraph.text for paragraph in shape.text_frame.paragraphs]  # type: ignore[attr-defined]
    return []


def _joined(parts: Sequence[str]) -> str:
    """Lines under one another; a table, which begins and ends with a line end, set apart."""
    return "\n".join(parts).strip()
