"""A file in, a Document out; every way in which that can fail becomes one KnowledgeError."""

import errno
import hashlib
import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Document, Extract
from copilot.rag.reading.markup import read_docx, read_epub, read_html
from copilot.rag.reading.pages import read_pptx, read_xlsx
from copilot.rag.reading.pdf import read_pdf
from copilot.rag.reading.text import decode, read_csv, read_markdown, read_plain, read_rst

__all__ = ["SUFFIXES", "Block", "Document", "digest", "discover", "read"]

MAX_BYTES = 100_000_000
MAX_CHARACTERS = 20_000_000

Reader = Callable[[bytes], Extract]

_READERS: dict[str, Reader] = {
    ".md": lambda data: read_markdown(decode(data)),
    ".markdown": lambda data: read_markdown(decode(data)),
    ".txt": lambda data: read_plain(decode(data)),
    ".text": lambda data: read_plain(decode(data)),
    ".rst": lambda data: read_rst(decode(data)),
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".epub": read_epub,
    ".xlsx": read_xlsx,
    ".xls": read_xlsx,
    ".csv": lambda data: read_csv(decode(data)),
    ".tsv": lambda data: read_csv(decode(data)),
}
SUFFIXES = frozenset(_READERS)


def discover(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those named, and in named folders every file of a known kind.

    Sorted and without repeats. Hidden files and folders, and linked folders, are left out of a
    walk; a named file is kept whatever it is, so that reading it can say what is wrong.
    """
    found: dict[Path, None] = {}
    for path in paths:
        files = _walk(path.resolve()) if path.is_dir() else iter([path])
        for file in files:
            found[_resolved(file)] = None
    return list(found)


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            known = Path(name).suffix.lower() in SUFFIXES
            if known and not name.startswith((".", "~$")):
                yield Path(folder, name)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads back to itself
        return path.absolute()


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises KnowledgeError naming a file that is not there, not readable, no regular file or
    above 100 MB.
    """
    return hashlib.sha256(_bytes(path)).hexdigest()


def read(path: Path) -> Document:
    """The document in a file.

    Raises KnowledgeError naming the file and the remedy: missing, unknown kind, empty, binary,
    broken, encrypted, pictures only, or above 100 MB.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise KnowledgeError(
            f"Cannot read {path}: files of the kind {path.suffix or 'without a suffix'!r} "
            "are not supported.",
            hint=f"Supported: {', '.join(sorted(SUFFIXES))}.",
        )
    data = _bytes(path)
    try:
        extract = _extract(reader, data)
    except KnowledgeError as error:
        raise KnowledgeError(f"Cannot read {path}: {error.message}.", hint=error.hint) from error
    return Document(
        source=_resolved(path).as_posix(),
        title=" ".join(extract.title.split())[:200] or path.stem,
        sha256=hashlib.sha256(data).hexdigest(),
        blocks=extract.blocks,
    )


def _bytes(path: Path) -> bytes:
    """A file's content, read once: what is hashed is what is read."""
    try:
        path.as_posix().encode("utf-8")
        # A pipe or a device would block here for ever, so look before opening.
        if not stat.S_ISREG(path.stat().st_mode):
            raise KnowledgeError(f"Cannot read {path}: it is not a file.", hint="Name a document.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except UnicodeEncodeError as error:
        raise KnowledgeError(
            f"Cannot read {str(path)!a}: its name is not valid text.", hint="Rename the file."
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > MAX_BYTES:
        raise KnowledgeError(
            f"Cannot read {path}: it is larger than {MAX_BYTES // 1_000_000} MB.",
            hint="Split it into smaller documents.",
        )
    return data


def _extract(reader: Reader, data: bytes) -> Extract:
    if not data.strip():
        raise KnowledgeError("it is empty", hint="Give a file with text in it.")
    try:
        extract = reader(data)
    except KnowledgeError:
        raise
    except _format_errors() as error:
        raise KnowledgeError(
            f"it is broken or not what its name says ({type(error).__name__})",
            hint="Open it in the program that made it and save it again.",
        ) from error
    if not extract.blocks:
        raise KnowledgeError("it holds no text", hint="Give a file with text in it.")
    if sum(len(block.text) for block in extract.blocks) > MAX_CHARACTERS:
        raise KnowledgeError(
            f"it holds more than {MAX_CHARACTERS // 1_000_000} million characters of text",
            hint="Split it into smaller documents.",
        )
    return Extract(_storable(extract.title), tuple(_clean(block) for block in extract.blocks))


def _clean(block: Block) -> Block:
    return Block(_storable(block.text), _storable(block.heading), block.page)


def _storable(text: str) -> str:
    """The text without what UTF-8 cannot hold, which some damaged files contain."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _format_errors() -> tuple[type[Exception], ...]:
    """What the format libraries raise on damaged files, besides their own errors.

    The built-in ones are here because parsers of hostile input run into them half-way.
    """
    import csv
    import struct
    import zlib
    from xml.parsers.expat import ExpatError

    from bs4.exceptions import ParserRejectedMarkup
    from pdfminer.pdfexceptions import PDFException
    from pptx.exc import PythonPptxError
    from pypdfium2 import PdfiumError
    from python_calamine import CalamineError

    builtin = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError)
    unfinished = (EOFError, RuntimeError)
    parsers = (ExpatError, SyntaxError, ParserRejectedMarkup, csv.Error, struct.error, zlib.error)
    formats = (zipfile.BadZipFile, PythonPptxError, PDFException, PdfiumError, CalamineError)
    return (*builtin, *unfinished, *parsers, *formats)


def _unreadable(path: Path, error: OSError) -> KnowledgeError:
    if isinstance(error, FileNotFoundError):
        return KnowledgeError(f"There is no file {path}.", hint="Check the path.")
    if error.errno == errno.ELOOP:
        return KnowledgeError(f"Cannot read {path}: it links to itself.", hint="Remove the link.")
    return KnowledgeError(
        f"Cannot read {path}: {error.strerror or error}.", hint="Check its permissions."
    )
