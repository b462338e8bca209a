"""Readers of formats that are HTML inside: web pages, Word documents and e-books."""

import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import unquote

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString, Tag

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Extract, Outline
from copilot.rag.reading.packed import check_package
from copilot.rag.reading.tables import table_text

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
        "td",
        "th",
        "caption",
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
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d]*[1-9])"
    r"|opacity\s*:\s*0(?![.\d]*[1-9])|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}",
    re.I,
)
_RULE = re.compile(r"(?P<names>[^{}@]+)\{(?P<body>[^{}]*)\}")
_AT_BLOCK = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|/\*.*?\*/", re.S)
_SIMPLE = re.compile(r"^[a-z]*(?P<name>[.#][\w-]+)$", re.I)


def read_html(data: bytes | str) -> Extract:
    """A web page: its visible text, without scripts, navigation, forms and what is hidden."""
    soup = _parsed(data)
    blocks = html_blocks(soup)
    title = soup.title.get_text() if soup.title else ""
    return Extract(_squeezed(title) or first_heading(soup), blocks)


def read_docx(data: bytes) -> Extract:
    """A Word document: headings by their styles, tables as tables, notes at the end.

    Changes that are tracked count as accepted; running heads and comments are left out.
    """
    import mammoth

    check_package(data)
    # Pictures are no text; converting them would blow the page up.
    pictures = mammoth.images.img_element(lambda _: {})
    page = mammoth.convert_to_html(BytesIO(data), convert_image=pictures).value
    soup = _parsed(page)
    return Extract(first_heading(soup), html_blocks(soup))


def read_epub(data: bytes) -> Extract:
    """An e-book: its chapters in reading order.

    Raises KnowledgeError for a book under copy protection and one without chapters.
    """
    check_package(data)
    blocks: list[Block] = []
    with zipfile.ZipFile(BytesIO(data)) as book:
        container = BeautifulSoup(book.read("META-INF/container.xml"), "xml")
        root = container.find("rootfile")
        if not isinstance(root, Tag):
            raise KnowledgeError("its table of contents is missing")
        package_path = str(root["full-path"])
        package = BeautifulSoup(book.read(package_path), "xml")
        chapters = [_inside(package_path, name) for name in _spine(package)]
        _check_protection(book, chapters)
        for path in chapters:
            blocks += html_blocks(_parsed(book.read(path)))
    title = package.find("title")
    return Extract(_squeezed(title.get_text()) if title else "", tuple(blocks))


def html_blocks(soup: BeautifulSoup) -> tuple[Block, ...]:
    """The text of a parsed page in blocks under its headings, one line a paragraph."""
    outline = Outline()
    blocks: list[Block] = []
    lines: list[str] = []
    current = ""

    def close_block() -> None:
        close_line()
        text = "\n".join(lines).strip()
        if text:
            blocks.append(Block(text, outline.path))
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
        elif kind == "table":
            close_line()
            lines.extend(["", text, ""])
        else:
            close_block()
            outline.enter(int(kind), text)
    close_block()
    return tuple(blocks)


def first_heading(soup: BeautifulSoup) -> str:
    """The text of the page's first `h1`, or an empty text."""
    heading = soup.find("h1")
    return _squeezed(heading.get_text(" ")) if heading else ""


def _parsed(data: bytes | str) -> BeautifulSoup:
    with warnings.catch_warnings():
        # Text that looks like a path or like XML is a document here all the same.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(data, "lxml")


def _events(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """What a reader meets in order.

    ("text", …), ("break", how the next line starts), ("table", Markdown) or (level, heading). A
    stack and no recursion: pages nest as deep as they like.
    """
    hidden = _hidden_names(page)
    stack: list[Iterator[object]] = [iter(list(page.children))]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif isinstance(child, tuple):
            yield child
        elif isinstance(child, NavigableString):
            if not isinstance(child, PreformattedString):
                yield "text", re.sub(r"\s+", " ", str(child))
        elif not isinstance(child, Tag) or child.name in _SKIPPED or _is_hidden(child, hidden):
            continue
        elif _HEADING.match(child.name):
            heading = _squeezed(child.get_text(" "))
            if heading:
                yield child.name[1], heading
        elif child.name == "table" and (table := _table(child, hidden)):
            yield "table", table
        elif child.name in _PARAGRAPHS:
            yield "break", "- " if child.name == "li" else ""
            stack.append(iter([*child.children, ("break", "")]))
        else:
            stack.append(iter(list(child.children)))


def _table(table: Tag, hidden: frozenset[str]) -> str:
    """A table of data as Markdown; empty for one that only lays out a page."""
    if table.find("table") or table.find(_HEADING):
        return ""
    rows = [
        [text for cell in row.find_all(["td", "th"]) for text in _cell(cell, hidden)]
        for row in table.find_all("tr")
        if not _is_hidden(row, hidden)
    ]
    if sum(1 for row in rows if len(row) > 1) < 2:
        return ""
    return table_text(rows)


def _cell(cell: Tag, hidden: frozenset[str]) -> list[str]:
    """A cell's text, once for each column that it spans."""
    if _is_hidden(cell, hidden):
        return []
    for inner in cell.find_all(lambda tag: tag.name in _SKIPPED or _is_hidden(tag, hidden)):
        inner.decompose()
    span = str(cell.get("colspan") or 1)
    return [_squeezed(cell.get_text(" "))] * (min(int(span), 50) if span.isdecimal() else 1)


def _hidden_names(page: BeautifulSoup) -> frozenset[str]:
    """The classes and ids (".x", "#y") that the page's own styles hide."""
    return frozenset(
        found["name"]
        for style in page.find_all("style")
        for rule in _RULE.finditer(_AT_BLOCK.sub("", style.get_text()))
        if _HIDING.search(rule["body"])
        for name in rule["names"].split(",")
        if (found := _SIMPLE.match(name.strip()))
    )


def _is_hidden(tag: Tag, names: frozenset[str]) -> bool:
    if tag.get("hidden") is not None or _HIDING.search(str(tag.get("style") or "")):
        return True
    if not names:
        return False
    classes = tag.get("class") or ()
    return f"#{tag.get('id')}" in names or any(f".{name}" in names for name in classes)


def _inside(package_path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(package_path), name))


def _check_protection(book: zipfile.ZipFile, chapters: list[str]) -> None:
    if "META-INF/encryption.xml" not in book.namelist():
        return
    listed = BeautifulSoup(book.read("META-INF/encryption.xml"), "xml")
    locked = {str(item.get("URI")) for item in listed.find_all("CipherReference")}
    if locked & set(chapters):
        raise KnowledgeError(
            "it is under copy protection", hint="Index a copy without copy protection."
        )


def _spine(package: BeautifulSoup) -> list[str]:
    manifest = {str(item["id"]): str(item["href"]) for item in package.find_all("item")}
    order = [str(item["idref"]) for item in package.find_all("itemref")]
    names = [unquote(manifest[key]) for key in order if key in manifest]
    kinds = {".xhtml", ".html", ".htm", ".xml"}
    return [name for name in names if PurePosixPath(name).suffix.lower() in kinds]


def _squeezed(text: str) -> str:
    return " ".join(text.split())
