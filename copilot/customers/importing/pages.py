"""Tables in web pages and in Excel's XML of 2003: what many shops name `.xls`. Row by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copilot.customers.importing.compressed import head_of
from copilot.errors import DataError

_SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"


def page_rows(path: Path, name: str) -> Iterator[list[str]]:
    """The rows of every table of a page, as text; raises DataError when there is none."""
    from lxml import etree

    sheet = b"urn:schemas-microsoft-com:office:spreadsheet" in head_of(path, 1 << 16)
    found = False
    try:
        for row in _sheet_rows(path) if sheet else _html_rows(path):
            found = True
            yield row
    except etree.XMLSyntaxError as error:
        if not found:
            raise _no_table(name) from error
        raise DataError(
            f"{name!r} is a damaged table: {error.msg}.",
            hint="Open it in a spreadsheet; save it as CSV.",
        ) from error
    if not found:
        raise _no_table(name)


def _no_table(name: str) -> DataError:
    return DataError(
        f"{name!r} is a web page without a table; perhaps a page that asks to log in.",
        hint="Export the data again as CSV and look into the file before importing it.",
    )


def _html_rows(path: Path) -> Iterator[list[str]]:
    from lxml import etree

    with path.open("rb") as file:
        for _, row in etree.iterparse(file, html=True, tag="tr", huge_tree=True):
            cells: list[str] = []
            for cell in row.iterchildren("td", "th"):
                text = " ".join("".join(cell.itertext()).split())
                cells += [text] + [""] * (_span(cell.get("colspan")) - 1)
            _release(row)
            yield cells


def _sheet_rows(path: Path) -> Iterator[list[str]]:
    from lxml import etree

    with path.open("rb") as file:
        parsed = etree.iterparse(
            file, tag=f"{_SHEET}Row", resolve_entities=False, no_network=True, huge_tree=True
        )
        for _, row in parsed:
            cells: list[str] = []
            for cell in row.iterchildren(f"{_SHEET}Cell"):
                place = cell.get(f"{_SHEET}Index")
                if place and place.isdigit():
                    cells += [""] * min(int(place) - 1 - len(cells), 16_384)
                data = cell.find(f"{_SHEET}Data")
                cells.append("" if data is None else "".join(data.itertext()).strip())
            _release(row)
            yield cells


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdigit() and int(text) else 1


def _release(row: Any) -> None:
    """Free a row that was read, and those before it: the page is never held whole."""
    row.clear()
    while row.getprevious() is not None and row.getparent() is not None:
        del row.getparent()[0]
