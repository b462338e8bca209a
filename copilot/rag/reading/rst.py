"""What a reStructuredText file tells its reader: without its comments and its instructions."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from copilot.rag.reading.tables import table_text

_EXPLICIT = re.compile(r"^(?P<indent> *)\.\.(?: +(?P<rest>.*))?$")
_DIRECTIVE = re.compile(r"^(?P<name>[\w:-]+?) ?::(?: +(?P<argument>.*))?$")
_NOTE = re.compile(r"^\[[^\]]+\] +(?P<text>.+)$")
_OPTION = re.compile(r"^ *:[\w -]+:( |$)")
_GRID = re.compile(r"^ *\+[-=+]{3,}\+ *$")
_SIMPLE = re.compile(r"^ *={2,}(?: +={2,})+ *$")
_OVERLINE = re.compile(r"^([=\-~^\"'`#*+.:_])\1{3,} *$")
# Directives whose content is no text of the document, and those whose argument is.
_SILENT = frozenset(
    {"raw", "include", "literalinclude", "toctree", "image", "math", "index", "highlight", "meta"}
    | {"contents", "default-role", "role", "replace"}
)
_TELLING = frozenset(
    {"rubric", "admonition", "topic", "sidebar", "note", "warning", "tip", "hint", "important"}
    | {"attention", "caution", "danger", "error", "seealso", "csv-table", "list-table", "table"}
)


def plain_rst(text: str) -> str:
    """The text with tables as Markdown; comments, targets and silent directives are left out."""
    return "\n".join(_told(text.expandtabs().split("\n")))


def _told(lines: Sequence[str]) -> Iterator[str]:
    place = 0
    while place < len(lines):
        line = lines[place]
        marked = _EXPLICIT.match(line)
        if marked:
            end = _block_end(lines, place + 1, len(marked["indent"]))
            yield from _explicit(marked["rest"] or "", lines[place + 1 : end])
            place = end
        elif _GRID.match(line) or _SIMPLE.match(line):
            end = _table_end(lines, place)
            yield from _table(lines[place:end])
            place = end
        else:
            if not _is_overline(lines, place):
                yield line
            place += 1


def _explicit(rest: str, content: Sequence[str]) -> Iterator[str]:
    """What is left of an explicit block: nothing of a comment, a note's or directive's text."""
    note = _NOTE.match(rest)
    directive = _DIRECTIVE.match(rest)
    inner = _dedented(content)
    if note:
        yield from (note["text"], *inner, "")
    elif directive and directive["name"] not in _SILENT:
        kept = list(inner)
        while kept and _OPTION.match(kept[0]):
            kept.pop(0)
        if directive["argument"] and directive["name"] in _TELLING:
            yield from ("", directive["argument"])
        if directive["name"] == "csv-table":
            rows = csv.reader(io.StringIO("\n".join(kept)), skipinitialspace=True)
            yield from ("", table_text(rows), "")
        else:
            yield from ("", *_told(kept), "")


def _table(lines: Sequence[str]) -> Iterator[str]:
    """A drawn table as Markdown, or as it stands where it cannot be read as one."""
    from docutils.parsers.rst import tableparser
    from docutils.statemachine import StringList

    block = StringList(_dedented(lines))
    grid = bool(_GRID.match(lines[0]))
    parser = tableparser.GridTableParser() if grid else tableparser.SimpleTableParser()
    try:
        _, head, body = parser.parse(block)
    except (tableparser.TableMarkupError, IndexError, AttributeError):
        yield from lines
        return
    rows = [
        [" ".join(cell[3]) for cell in row if cell is not None for _ in range(cell[1] + 1)]
        for row in (*head, *body)
    ]
    yield from ("", table_text(rows), "")


def _table_end(lines: Sequence[str], start: int) -> int:
    if _GRID.match(lines[start]):
        end = start
        while end < len(lines) and lines[end].strip()[:1] in {"+", "|"}:
            end += 1
        return end
    rules = 0
    for end in range(start, len(lines)):
        rules += bool(_SIMPLE.match(lines[end]))
        last = end + 1 == len(lines) or not lines[end + 1].strip()
        if rules >= 2 and _SIMPLE.match(lines[end]) and last:
            return end + 1
    return start + 1


def _block_end(lines: Sequence[str], start: int, indent: int) -> int:
    end = start
    for place in range(start, len(lines)):
        line = lines[place]
        if line.strip():
            if len(line) - len(line.lstrip()) <= indent:
                break
            end = place + 1
    return end


def _dedented(lines: Sequence[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return [line[indent:].rstrip() for line in lines]


def _is_overline(lines: Sequence[str], place: int) -> bool:
    """Whether a line of signs stands above a heading that has the same line below it."""
    below = lines[place + 1 : place + 3]
    return (
        len(below) == 2
        and bool(_OVERLINE.match(lines[place]))
        and bool(below[0].strip())
        and below[1].rstrip() == lines[place].rstrip()
    )
