"""What reading a file gives: its text in blocks that no passage may cross."""

from dataclasses import dataclass

_NO_TITLES = ("untitled", "microsoft word", "powerpoint presentation", "document", "(anonymous)")


@dataclass(frozen=True)
class Block:
    """Text under one heading and on one page, verbatim as extracted.

    `heading` joins the headings from the outermost with " > "; `page` is the 1-based page or
    slide, None where the format has none.
    """

    text: str
    heading: str = ""
    page: int | None = None


@dataclass(frozen=True)
class Document:
    """One readable file; `source` is its absolute POSIX path, `sha256` that of its bytes."""

    source: str
    title: str
    sha256: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Extract:
    """What one format's reader found: a title, when the file names one, and the blocks."""

    title: str
    blocks: tuple[Block, ...]


class Outline:
    """The headings in force while a document is walked from top to bottom.

    >>> outline = Outline()
    >>> outline.enter(1, "Offer"); outline.enter(2, "Price"); outline.enter(2, "Place")
    >>> outline.path
    'Offer > Place'
    """

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, heading: str) -> None:
        """A heading of `level` (1 is the outermost) closes those of its level and below."""
        self._open = [item for item in self._open if item[0] < level] + [(level, heading)]

    @property
    def path(self) -> str:
        return " > ".join(heading for _, heading in self._open)


def told_title(text: str) -> str:
    """A title from a file's properties, empty where it is only what a program puts there.

    >>> told_title("Microsoft Word - plan.doc"), told_title(" Bread plan ")
    ('', 'Bread plan')
    """
    title = " ".join(text.split())
    return "" if title.casefold().startswith(_NO_TITLES) else title
