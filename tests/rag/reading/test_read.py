import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.errors import KnowledgeError
from copilot.rag.reading import tables
from copilot.rag.reading.read import Document, digest, discover, read

CHAPTER = """<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>
<h1>Rye</h1><p>Rye keeps for a week.</p></body></html>"""


def texts(document: Document) -> list[tuple[str, int | None, str]]:
    return [(block.heading, block.page, block.text) for block in document.blocks]


def write_pdf(path: Path, pages: list[str]) -> Path:
    """The smallest PDF that holds these lines of text, a page each."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    out += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{out.index('xref')}\n%%EOF"
    path.write_bytes(out.encode("latin-1"))
    return path


def write_docx(path: Path) -> Path:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    heading = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    body = (
        f"<w:p>{heading}<w:r><w:t>Bread plan</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Bake at four.</w:t></w:r></w:p>"
        f"<w:tbl><w:tr>{cell.format('Loaf')}{cell.format('Price')}</w:tr>"
        f"<w:tr>{cell.format('Rye')}{cell.format('4.20')}</w:tr></w:tbl>"
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    styles = (
        f'<w:styles {space}><w:style w:type="paragraph" w:styleId="Heading1">'
        '<w:name w:val="heading 1"/></w:style></w:styles>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>'
            f'<Override PartName="/word/styles.xml" ContentType="{word}.styles+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/styles" Target="styles.xml"/></Relationships>',
        )
        archive.writestr("word/styles.xml", styles)
        archive.writestr(
            "word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>"
        )
    return path


def write_epub(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        book.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Loaves</dc:title>'
            '</metadata><manifest><item id="b" href="b.xhtml"/><item id="a" href="a%20a.xhtml"/>'
            '</manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        )
        book.writestr("OEBPS/a a.xhtml", CHAPTER)
        book.writestr("OEBPS/b.xhtml", CHAPTER.replace("Rye", "Spelt"))
    return path


def test_markdown_keeps_its_text_and_nests_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(
        "# Plan\nFirst *words*.\n\n## Offer ##\nA loaf.\n\n```\n# no heading\n```\n\n"
        "Costs\n-----\nFew.\n\n- a list\n- of two\n",
        encoding="utf-8",
    )
    document = read(path)
    assert document.title == "Plan"
    assert texts(document) == [
        ("Plan", None, "First *words*."),
        ("Plan > Offer", None, "A loaf.\n\n```\n# no heading\n```"),
        ("Plan > Costs", None, "Few.\n\n- a list\n- of two"),
    ]


def test_front_matter_gives_the_title_and_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text("---\ntitle: Rye plan\ntags: [x]\n---\nWords.\n\n---\n\nMore.\n")
    document = read(path)
    assert document.title == "Rye plan"
    assert texts(document) == [("", None, "Words.\n\n---\n\nMore.")]


def test_restructured_text_takes_its_levels_from_the_underlines(tmp_path: Path) -> None:
    path = tmp_path / "plan.rst"
    path.write_text("Plan\n====\n\nOffer\n~~~~~\n\nA loaf.\n\nCosts\n~~~~~\n\nFew.\n")
    assert texts(read(path)) == [("Plan > Offer", None, "A loaf."), ("Plan > Costs", None, "Few.")]


def test_in_bare_text_a_line_that_stands_alone_is_a_heading(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(
        "The bread plan\n\nWe bake early. It sells.\n\nOur costs:\n\n  1. Flour\n  2. Salt\n\n"
        "However, they differ in this:\n\n- rye\n"
    )
    document = read(path)
    assert document.title == "The bread plan"
    assert texts(document) == [
        ("The bread plan", None, "The bread plan\n\nWe bake early. It sells."),
        (
            "Our costs",
            None,
            "Our costs:\n\n  1. Flour\n  2. Salt\n\nHowever, they differ in this:\n\n- rye",
        ),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes("Café crème, 5 €\r\nfor two".encode(encoding))
    assert read(path).blocks[0].text == "Café crème, 5 €\nfor two"


def test_html_gives_visible_text_in_lines(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_text(
        "<html><head><title>Bread</title><style>p{}</style></head><body><nav>Home</nav>"
        "<h1>Plan</h1><p>Bake <b>early</b>\n and often.</p><ul><li>Rye</li><li><p>Spelt</p></li>"
        "</ul><table><tr><th>Loaf</th><th>Price</th></tr><tr><td>Rye</td><td>4</td></tr></table>"
        "<script>alert(1)</script><!-- hidden --><h2>Costs</h2>Few.</body></html>"
    )
    document = read(path)
    assert document.title == "Bread"
    assert [block.heading for block in document.blocks] == ["Plan", "Plan > Costs"]
    assert document.blocks[0].text.split("\n") == [
        "Bake early and often.",
        "- Rye",
        "Spelt",
        "",
        "| Loaf | Price |",
        "| --- | --- |",
        "| Rye | 4 |",
    ]


def test_pdf_pages_are_numbered_from_one(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "plan.pdf", ["Rye sells.", "", "Spelt does not."])
    assert texts(read(path)) == [("", 1, "Rye sells."), ("", 3, "Spelt does not.")]


def test_a_pdf_of_pictures_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="hold no text") as caught:
        read(write_pdf(tmp_path / "scan.pdf", ["", ""]))
    assert "OCR" in caught.value.hint


def test_an_encrypted_pdf_is_refused_with_the_remedy(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(write_pdf(tmp_path / "open.pdf", ["Secret."])))
    writer.encrypt("password", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(KnowledgeError, match=r"locked\.pdf: it is encrypted") as caught:
        read(tmp_path / "locked.pdf")
    assert "password" in caught.value.hint


def test_docx_gives_headings_paragraphs_and_table_rows(tmp_path: Path) -> None:
    document = read(write_docx(tmp_path / "plan.docx"))
    assert document.title == "Bread plan"
    assert texts(document) == [
        (
            "Bread plan",
            None,
            "Bake at four.\n\n| Loaf | Price |\n| --- | --- |\n| Rye | 4.20 |",
        ),
    ]


def test_slides_are_pages_with_tables_and_notes(tmp_path: Path) -> None:
    import pptx

    deck = pptx.Presentation()
    for title in ("Rye", "Spelt"):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
    table = slide.shapes.add_table(2, 2, 0, 0, 100, 100).table
    for place, text in enumerate(["Loaf", "Price", "Rye", "4.20"]):
        table.cell(place // 2, place % 2).text = text
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    deck.save(tmp_path / "plan.pptx")
    document = read(tmp_path / "plan.pptx")
    assert document.title == "Rye"
    assert texts(document) == [
        ("Rye", 1, "Rye"),
        (
            "Spelt",
            2,
            "Spelt\n\n| Loaf | Price |\n| --- | --- |\n| Rye | 4.20 |\n\nSay it slowly.",
        ),
    ]


def test_an_epub_is_read_in_its_reading_order(tmp_path: Path) -> None:
    document = read(write_epub(tmp_path / "book.epub"))
    assert document.title == "Loaves"
    assert texts(document) == [
        ("Rye", None, "Rye keeps for a week."),
        ("Spelt", None, "Spelt keeps for a week."),
    ]


def test_a_workbook_gives_a_table_a_sheet(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "plan.xlsx") as book:
        sheet = book.add_worksheet("Prices")
        for row, cells in enumerate([["Loaf", "Price"], ["Rye", 4.2], ["Spelt", 5]]):
            sheet.write_row(row, 0, cells)
        book.add_worksheet("Empty")
    assert texts(read(tmp_path / "plan.xlsx")) == [
        ("Prices", None, "| Loaf | Price |\n| --- | --- |\n| Rye | 4.2 |\n| Spelt | 5 |")
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimited_file_is_a_table(tmp_path: Path, delimiter: str) -> None:
    rows = [["Loaf", "Price"], ["Rye", "4"], ["", ""], ["Spelt", ""]]
    path = tmp_path / "plan.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows))
    expected = "| Loaf | Price |\n| --- | --- |\n| Rye | 4 |\n| Spelt |  |"
    assert read(path).blocks[0].text == expected


def test_a_table_too_long_to_be_a_text_is_sent_to_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "1,2\n" * 4)
    with pytest.raises(KnowledgeError, match="more than 3 rows") as caught:
        read(path)
    assert "customers import" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"  \n", "it is empty"),
        ("a.txt", b"\x00\x01\x02PK", "binary"),
        ("a.txt", b"\x81\x8d\x8f\xff", "encoding"),
        ("a.md", b"---\ntitle: x\n---\n", "no text"),
        ("a.pdf", b"%PDF-1.4 and then nothing", "broken"),
        ("a.docx", b"not a zip file", "broken"),
        ("a.pptx", b"not a zip file", "broken"),
        ("a.xlsx", b"not a zip file", "broken"),
        ("a.epub", b"not a zip file", "broken"),
        ("a.html", b"<html><body><script>x</script></body></html>", "no text"),
        ("a.exe", b"MZ", "not supported"),
        ("README", b"words", "not supported"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_reason_and_remedy(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(KnowledgeError, match=said) as caught:
        read(tmp_path / name)
    assert str(tmp_path / name) in caught.value.message
    assert caught.value.hint


def test_a_zip_without_the_parts_of_its_format_is_broken(tmp_path: Path) -> None:
    for name in ("a.docx", "a.pptx", "a.xlsx", "a.epub"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("nothing.txt", "x")
        with pytest.raises(KnowledgeError, match="broken"):
            read(tmp_path / name)


def test_a_missing_file_and_a_huge_one_are_refused(
    tmp_path: Path, make_sparse: Callable[[Path, int], Path]
) -> None:
    with pytest.raises(KnowledgeError, match="no file"):
        read(tmp_path / "gone.txt")
    with pytest.raises(KnowledgeError, match="larger than 100 MB"):
        digest(make_sparse(tmp_path / "huge.txt", 100_000_001))


@pytest.fixture
def make_sparse() -> Callable[[Path, int], Path]:
    def make(path: Path, size: int) -> Path:
        with path.open("wb") as file:
            file.truncate(size)
        return path

    return make


def test_a_walk_takes_known_kinds_and_leaves_hidden_files(tmp_path: Path) -> None:
    for name in ("b.md", "sub/a.PDF", "sub/c.exe", ".git/d.md", "sub/.e.md", "~$f.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path.resolve()).as_posix() for path in discover([tmp_path])]
    assert found == ["b.md", "sub/a.PDF"]


def test_a_named_file_is_kept_once_whatever_it_is(tmp_path: Path) -> None:
    odd = tmp_path / ".odd.xyz"
    assert discover([odd, odd]) == [odd.resolve()]


def test_the_source_is_absolute_and_the_hash_is_of_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("Some words.")
    monkeypatch.chdir(tmp_path)
    document = read(Path("a.txt"))
    assert document.source == (tmp_path / "a.txt").resolve().as_posix()
    assert document.sha256 == digest(tmp_path / "a.txt")
    assert document.title == "a"
