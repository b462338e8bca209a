"""What an Excel file says beside its values: errors, formulas never computed, formats, hiding.

Read from the file's own XML, a cell at a time. Values come from elsewhere; this tells which of
them are not what they seem.
"""

import posixpath
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ZEROS = re.compile(r"^(?:\[[^\]]*\])?(0{2,})(?:;.*)?$")
_PLACE = re.compile(r"^([A-Z]+)(\d+)$")
COLUMNS = 1 << 14


@dataclass
class Details:
    """Cells are keyed by `row * COLUMNS + column`, both from 0.

    `errors` holds error texts, `widths` how many digits a whole number is shown with; `merged`
    are the first rows of merged ranges.
    """

    errors: dict[int, str] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)
    uncomputed: int = 0
    hidden_rows: int = 0
    merged: list[int] = field(default_factory=list)

    def warnings(self, sheet: str, first: int) -> list[str]:
        """What to tell of a sheet whose table begins in row `first`."""
        told = []
        if self.errors:
            kinds = ", ".join(f"{n} {text}" for text, n in Counter(self.errors.values()).items())
            noun = "cell holds an error" if len(self.errors) == 1 else "cells hold errors"
            told.append(
                f"Sheet {sheet!r}: {len(self.errors)} {noun} instead of a value ({kinds}); read as"
                " empty. Mend the formulas and export again."
            )
        if self.uncomputed:
            noun = "formula has" if self.uncomputed == 1 else "formulas have"
            told.append(
                f"Sheet {sheet!r}: {self.uncomputed} {noun} no computed value; read as empty. Open"
                " the file in a spreadsheet, save it, and import it again."
            )
        if self.hidden_rows:
            noun = "hidden row was" if self.hidden_rows == 1 else "hidden rows were"
            told.append(f"Sheet {sheet!r}: {self.hidden_rows} {noun} read like the others.")
        inside = sum(row > first for row in self.merged)
        if inside:
            noun = "merged range" if inside == 1 else "merged ranges"
            told.append(
                f"Sheet {sheet!r}: {inside} {noun} among the rows; only the first cell of each"
                " holds the value, the others were read as empty."
            )
        return told


def details_of(path: Path, sheet: str) -> Details:
    """The details of one sheet; empty ones for a workbook that is not of the XML kind."""
    found = Details()
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names:
            return found
        part = _part(archive, sheet)
        if part not in names:
            return found
        widths = _widths(archive) if "xl/styles.xml" in names else {}
        with archive.open(part) as file:
            _scan(file, found, widths)
    return found


def _parsed(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(archive.read(name), parser)


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    book = _parsed(archive, "xl/workbook.xml")
    link = next(
        (s.get(_RELATION) for s in book.iter(f"{_MAIN}sheet") if s.get("name") == sheet), None
    )
    for relation in _parsed(archive, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == link:
            target = str(relation.get("Target"))
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return ""


def _widths(archive: zipfile.ZipFile) -> dict[str, int]:
    """Cell style to the number of digits it shows at least, where that is its whole format."""
    styles = _parsed(archive, "xl/styles.xml")
    codes = {f.get("numFmtId"): str(f.get("formatCode")) for f in styles.iter(f"{_MAIN}numFmt")}
    zeros = {key: _ZEROS.match(code) for key, code in codes.items()}
    cells = styles.find(f"{_MAIN}cellXfs")
    found = {}
    for place, style in enumerate(cells if cells is not None else ()):
        match = zeros.get(style.get("numFmtId"))
        if match:
            found[str(place)] = len(match[1])
    return found


def _scan(file: IO[bytes], found: Details, widths: dict[str, int]) -> None:
    from lxml import etree

    tags = (f"{_MAIN}row", f"{_MAIN}mergeCell")
    row = -1
    for _, element in etree.iterparse(
        file, tag=tags, resolve_entities=False, no_network=True, huge_tree=True
    ):
        if element.tag == tags[1]:
            place = _PLACE.match(str(element.get("ref")).split(":")[0])
            found.merged.append(int(place[2]) - 1 if place else 0)
            continue
        number = element.get("r")
        row = int(number) - 1 if number else row + 1
        found.hidden_rows += element.get("hidden") in {"1", "true"}
        for at, cell in enumerate(element):
            _cell(cell, row, at, found, widths)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _cell(cell: Any, row: int, at: int, found: Details, widths: dict[str, int]) -> None:
    kind, width = cell.get("t"), widths.get(cell.get("s"))
    if kind != "e" and width is None and cell.find(f"{_MAIN}f") is None:
        return
    place = _PLACE.match(cell.get("r") or "")
    key = row * COLUMNS + (_column(place[1]) if place else at)
    value = cell.findtext(f"{_MAIN}v") or ""
    if kind == "e":
        found.errors[key] = value or "#VALUE!"
    elif not value and kind != "str" and cell.find(f"{_MAIN}f") is not None:
        found.uncomputed += 1
    elif width is not None and value.isdigit() and kind in {None, "n"}:
        found.widths[key] = width


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
