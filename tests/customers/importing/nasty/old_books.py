"""The other workbooks: .xls, .ods and .xlsb, written by hand where nothing else writes them."""

import io
import struct
import zipfile

import xlwt

from tests.customers.importing.nasty.books import FOUND, HEAD, ROWS
from tests.customers.importing.nasty.case import Nasty

_WHEN = (2026, 1, 1, 0, 0, 0)


def _zipped(parts: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content)
    return sink.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    for i, row in enumerate([HEAD, *ROWS]):
        for j, value in enumerate(row):
            sheet.write(i, j, value)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def excel_97() -> Nasty:
    return Nasty("people.xls", _xls(), 2, cells=FOUND)


def open_document() -> Nasty:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p>'
            "</table:table-cell>"
            for value in row
        )
        + "</table:table-row>"
        for row in [HEAD, *ROWS]
    )
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="People">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content.encode(),
        "META-INF/manifest.xml": manifest.encode(),
    }
    return Nasty("people.ods", _zipped(parts), 2, cells=FOUND)


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def _wide(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def binary_workbook() -> Nasty:
    """MS-XLSB: records of a kind, a length and a body."""
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, len(ROWS), 0, 2)) + _record(145)
    for i, row in enumerate([HEAD, *ROWS]):
        sheet += _record(0, struct.pack("<I", i) + bytes(13))
        for j, value in enumerate(row):
            sheet += _record(6, struct.pack("<II", j, 0) + _wide(value))
    sheet += _record(146) + _record(130)
    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("People")
    book = _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    links = (
        f'<?xml version="1.0"?><Relationships xmlns="{space}"><Relationship Id="rId1"'
        f' Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    parts = {
        "[Content_Types].xml": b'<?xml version="1.0"?><Types/>',
        "xl/_rels/workbook.bin.rels": links.encode(),
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": sheet,
    }
    return Nasty("people.xlsb", _zipped(parts), 2, cells=FOUND)


def excel_97_named_csv() -> Nasty:
    return Nasty("really_xls.csv", _xls(), 2, cells=FOUND)
