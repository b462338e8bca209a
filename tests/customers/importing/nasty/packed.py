"""Compressed files, bombs, and files whose names lie."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from typing import Any

import zstandard

from tests.customers.importing.nasty import books, parquets
from tests.customers.importing.nasty.case import Nasty, text

BODY = "id,first_name,city\nC1,Ann,Leeds\nC2,Zoë,Köln\n".encode()
FOUND = {"C1": {"first_name": "Ann"}, "C2": {"first_name": "Zoë", "city": "Köln"}}
_WHEN = (2026, 1, 1, 0, 0, 0)


def _zip(parts: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def _same(name: str, content: bytes, **more: Any) -> Nasty:
    return Nasty(name, content, 2, cells=FOUND, **more)


def gz() -> Nasty:
    return _same("a.csv.gz", gzip.compress(BODY, mtime=0))


def gz_of_two_parts() -> Nasty:
    parts = gzip.compress(BODY[:30], mtime=0) + gzip.compress(BODY[30:], mtime=0)
    return _same("parts.csv.gz", parts)


def gz_without_its_suffix() -> Nasty:
    return _same("nosuffix.csv", gzip.compress(BODY, mtime=0))


def gz_of_json_lines() -> Nasty:
    people = [{"id": "C1", "first_name": "Ann"}, {"id": "C2", "first_name": "Zoë", "city": "Köln"}]
    return _same("a.jsonl.gz", gzip.compress("\n".join(map(json.dumps, people)).encode(), mtime=0))


def gz_of_a_workbook() -> Nasty:
    return Nasty("a.xlsx.gz", gzip.compress(books.plain().content, mtime=0), 2, cells=books.FOUND)


def gz_of_parquet() -> Nasty:
    inner = parquets.many_row_groups()
    return Nasty("a.parquet.gz", gzip.compress(inner.content, mtime=0), 5000, cells=inner.cells)


def gz_cut_off() -> Nasty:
    return Nasty("cut.csv.gz", gzip.compress(BODY * 50, mtime=0)[:-12], refused="damaged")


def bz() -> Nasty:
    return _same("a.csv.bz2", bz2.compress(BODY))


def xz() -> Nasty:
    return _same("a.csv.xz", lzma.compress(BODY))


def zst() -> Nasty:
    return _same("a.csv.zst", zstandard.compress(BODY))


def zst_of_two_frames() -> Nasty:
    return _same("frames.csv.zst", zstandard.compress(BODY[:30]) + zstandard.compress(BODY[30:]))


def zipped() -> Nasty:
    return _same("a.zip", _zip({"export/a.csv": BODY}))


def zipped_with_litter() -> Nasty:
    litter = {"__MACOSX/._a.csv": b"\0\1\2", ".DS_Store": b"\0", "readme.md": b"# hello"}
    return _same("litter.zip", _zip({"export/": b"", "export/a.csv": BODY, **litter}))


def zipped_twice_over() -> Nasty:
    both = {"a.csv": BODY, "b.csv": b"store_id,name\nS1,North\n"}
    return Nasty("two.zip", _zip(both), refused="a.csv.*b.csv|several")


def chosen_from_a_zip() -> Nasty:
    both = {"b.csv": b"store_id,name\nS1,North\n", "a.csv": BODY}
    return _same("chosen.zip", _zip(both), options={"sheet": "a.csv"})


def zipped_workbook() -> Nasty:
    return Nasty("book.zip", _zip({"a.xlsx": books.plain().content}), 2, cells=books.FOUND)


def zip_named_csv() -> Nasty:
    return _same("really_zip.csv", _zip({"a.csv": BODY}))


def zip_of_nothing() -> Nasty:
    return Nasty("nothing.zip", _zip({"readme.md": b"# hello"}), refused="no file")


def zip_cut_off() -> Nasty:
    whole = _zip({"a.csv": BODY * 100})
    return Nasty("cut.zip", whole[: len(whole) // 2], refused="damaged|not a readable")


def a_bomb() -> Nasty:
    """Eight hundred megabytes of one row, in less than one."""
    packed = zstandard.ZstdCompressor().compressobj()
    row, parts = b"C1,Ann,Leeds\n" * 100_000, [packed.compress(b"id,first_name,city\n")]
    parts += [packed.compress(row) for _ in range(620)]
    return Nasty("bomb.csv.zst", b"".join(parts) + packed.flush(), refused="unpacks to")


def workbook_named_csv() -> Nasty:
    return Nasty("really_xlsx.csv", books.plain().content, 2, cells=books.FOUND)


def workbook_named_xls() -> Nasty:
    return Nasty("really_xlsx.xls", books.plain().content, 2, cells=books.FOUND)


def csv_named_xls() -> Nasty:
    return _same("really_csv.xls", BODY)


def csv_named_xlsx() -> Nasty:
    return _same("really_csv.xlsx", BODY)


def csv_named_parquet() -> Nasty:
    return _same("really_csv.parquet", BODY)


def csv_named_dat() -> Nasty:
    return _same("export.dat", BODY)


def json_named_csv() -> Nasty:
    people = [{"id": "C1", "first_name": "Ann"}, {"id": "C2", "first_name": "Zoë", "city": "Köln"}]
    return _same("really_json.csv", json.dumps(people).encode())


def csv_named_json() -> Nasty:
    return _same("really_csv.json", BODY)


def web_page_named_xls() -> Nasty:
    body = (
        "<html><head><meta charset='utf-8'></head><body><table><tr><th>id</th>"
        "<th>first_name</th><th>city</th></tr><tr><td>C1</td><td>Ann &amp; Co</td><td>Leeds</td>"
        "</tr><tr><td>C2</td><td><b>Zoë</b></td><td>Köln</td></tr></table></body></html>"
    )
    return text(
        "shop.xls", body, 2, cells={"C1": {"first_name": "Ann & Co"}, "C2": {"city": "Köln"}}
    )


def spreadsheet_xml_named_xls() -> Nasty:
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{v}</Data></Cell>' for v in r) + "</Row>"
        for r in [books.HEAD, *books.ROWS]
    )
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    body = (
        f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}"><Worksheet'
        f' ss:Name="A"><Table>{rows}</Table></Worksheet></Workbook>'
    )
    return text("office2003.xls", body, 2, cells=books.FOUND)


def a_page_without_a_table() -> Nasty:
    body = "<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>"
    return text("login.csv", body, refused="web page")


def a_pdf_named_csv() -> Nasty:
    return Nasty("really_pdf.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", refused="PDF")


def a_picture_named_csv() -> Nasty:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00"
    return Nasty("really_png.csv", head + bytes(range(256)) * 20, refused="picture|not a table")


def a_database_file() -> Nasty:
    return Nasty("shop.db", b"SQLite format 3\x00" + bytes(84), refused="SQLite")


def random_bytes() -> Nasty:
    noise = bytes((i * 197 + i // 7 * 91) % 256 for i in range(9000))
    return Nasty("noise.csv", noise, refused="not a table|not text")
