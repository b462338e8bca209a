"""Readers of formats that are HTML inside: web pages, Word documents and e-books."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Extract, Outline

MAX_UNPACKED_BYTES = 500_000_000

_SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "nav",
        "form",
        "button",
        "select",
        "iframe",
        "object",
    }
)
_PARAGRAPHS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "blockquote",
        "pre",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "figure",
        "figcaption",
        "table",
        "tbody",
        "thead",
        "tr",
        "address",
        "details",
        "summary",
        "hr",
        "br",
        "li",
        "body",
    }
)
_HEADING = re.compile(r"^h[1-6]$")


def read_html(data: bytes | str) -> Extract:
    """A web page: its visible text, without scripts, navigation and forms."""
    soup = BeautifulSoup(data, "lxml")
    blocks = html_blocks(soup)
    title = soup.title.get_text() if soup.title else ""
    return Extract(_squeezed(title) or first_heading(soup), blocks)


def read_docx(data: bytes) -> Extract:
    """A Word document: headings by their styles, tables as lines, notes at the end."""
    import mammoth

    check_unpacked_size(data)
    soup = BeautifulSoup(mammoth.convert_to_html(BytesIO(data)).value, "lxml")
    return Extract(first_heading(soup), html_blocks(soup))


def read_epub(data: bytes) -> Extract:
    """An e-book: its chapters in reading order."""
    check_unpacked_size(data)
    blocks: list[Block] = []
    with zipfile.ZipFile(BytesIO(data)) as book:
        container = BeautifulSoup(book.read("META-INF/container.xml"), "xml")
        root = container.find("rootfile")
        if not isinstance(root, Tag):
            raise KnowledgeError("its table of contents is missing")
        package_path = str(root["full-path"])
        package = BeautifulSoup(book.read(package_path), "xml")
        for name in _spine(package):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(package_path), name))
            blocks += html_blocks(BeautifulSoup(book.read(path), "lxml"))
    title = package.find("title")
    return Extract(_squeezed(title.get_text()) if title else "", tuple(blocks))


def html_blocks(soup: BeautifulSoup) -> tuple[Block, ...]:
    """The text of a parsed page in blocks under its headings, one line a paragraph or row."""
    outline = Outline()
    blocks: list[Block] = []
    lines: list[str] = []
    current = ""

    def close_block() -> None:
        nonlocal current
        close_line()
        if lines:
            blocks.append(Block("\n".join(lines), outline.path))
            lines.clear()

    def close_line() -> None:
        nonlocal current
        if _squeezed(current).strip("-•| "):
            lines.append(_squeezed(current))
        current = ""

    for kind, text in _events(soup):
        if kind == "text":
            current += text
        elif kind == "break":
            close_line()
            current = text
        else:
            close_block()
            outline.enter(int(kind), text)
    close_block()
    return tuple(blocks)


def first_heading(soup: BeautifulSoup) -> str:
    """The text of the page's first `h1`, or an empty text."""
    heading = soup.find("h1")
    return _squeezed(heading.get_text(" ")) if heading else ""


def check_unpacked_size(data: bytes) -> None:
    """Raise KnowledgeError for a zip container that unpacks to more than 500 MB."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise KnowledgeError(
            f"it unpacks to {size / 1e6:,.0f} MB", hint="Split it into smaller documents."
        )


def _events(node: Tag) -> Iterator[tuple[str, str]]:
    """What a reader meets in order: ("text", …), ("break", line start) or (level, heading)."""
    for child in node.children:
        if isinstance(child, NavigableString):
            if not isinstance(child, PreformattedString):
                yield "text", re.sub(r"\s+", " ", str(child))
        elif not isinstance(child, Tag) or child.name in _SKIPPED or child.get("hidden") == "":
            continue
        elif _HEADING.match(child.name):
            heading = _squeezed(child.get_text(" "))
            if heading:
                yield child.name[1], heading
        elif child.name == "tr":
            yield "break", ""
            yield "text", _row(child)
            yield "break", ""
        else:
            yield from _element(child)


def _element(element: Tag) -> Iterator[tuple[str, str]]:
    if element.name not in _PARAGRAPHS:
        yield from _events(element)
        return
    yield "break", "- " if element.name == "li" else ""
    yield from _events(element)
    yield "break", ""


def _row(row: Tag) -> str:
    cells = [_squeezed(cell.get_text(" ")) for cell in row.find_all(["td", "th"])]
    return " | ".join(cell for cell in cells if cell)


def _spine(package: BeautifulSoup) -> list[str]:
    manifest = {str(item["id"]): str(item["href"]) for item in package.find_all("item")}
    order = [str(item["idref"]) for item in package.find_all("itemref")]
    names = [unquote(manifest[key]) for key in order if key in manifest]
    return [name for name in names if Path(name).suffix.lower() in {".xhtml", ".html", ".htm"}]


def _squeezed(text: str) -> str:
    return " ".join(text.split())
