"""A file in, a Document out; every way in which that can fail becomes one KnowledgeError."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from copilot.errors import KnowledgeError
from copilot.rag.reading.document import Block, Document, Extract
from copilot.rag.reading.markup import read_docx, read_epub, read_html
from copilot.rag.reading.pages import read_pdf, read_pptx, read_xlsx
from copilot.rag.reading.text import decode, read_csv, read_markdown, read_plain, read_rst

__all__ = ["SUFFIXES", "Block", "Document", "digest", "discover", "read"]

MAX_BYTES = 100_000_000

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

    Sorted and without repeats. Hidden files and folders are left out of a walk; a named file is
    kept whatever it is, so that reading it can say what is wrong.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path.resolve()] = None
            continue
        root = path.resolve()
        for file in sorted(root.rglob("*")):
            hidden = any(part.startswith((".", "~$")) for part in file.relative_to(root).parts)
            if not hidden and file.suffix.lower() in SUFFIXES and file.is_file():
                found[file] = None
    return list(found)


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises KnowledgeError naming a file that is not there, not readable or above 100 MB.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise KnowledgeError(
                f"Cannot read {path}: it is larger than {MAX_BYTES // 1_000_000} MB.",
                hint="Split it into smaller documents.",
            )
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


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
    sha256 = digest(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        extract = _extract(reader, data)
    except KnowledgeError as error:
        raise KnowledgeError(f"Cannot read {path}: {error.message}.", hint=error.hint) from error
    return Document(
        source=path.resolve().as_posix(),
        title=" ".join(extract.title.split())[:200] or path.stem,
        sha256=sha256,
        blocks=extract.blocks,
    )


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
    return extract


def _format_errors() -> tuple[type[Exception], ...]:
    """What the format libraries raise on damaged files, besides their own errors.

    The built-in ones are here because parsers of hostile input run into them half-way.
    """
    import csv
    import struct
    import zlib
    from xml.parsers.expat import ExpatError

    from bs4.exceptions import ParserRejectedMarkup
    from pptx.exc import PythonPptxError
    from pypdf.errors import PyPdfError
    from python_calamine import CalamineError

    builtin = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError)
    unfinished = (EOFError, RecursionError, NotImplementedError)
    parsers = (ExpatError, SyntaxError, ParserRejectedMarkup, csv.Error, struct.error, zlib.error)
    formats = (zipfile.BadZipFile, PythonPptxError, PyPdfError, CalamineError)
    return (*builtin, *unfinished, *parsers, *formats)


def _unreadable(path: Path, error: OSError) -> KnowledgeError:
    if isinstance(error, FileNotFoundError):
        return KnowledgeError(f"There is no file {path}.", hint="Check the path.")
    return KnowledgeError(
        f"Cannot read {path}: {error.strerror or error}.", hint="Check its permissions."
    )
