"""Rows to files: CSV, TSV and XLSX that no spreadsheet runs, Parquet and JSON Lines, streamed."""

import functools
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.campaigns.exporting.tags import Format, transpile
from copilot.campaigns.merging.pieces import facts_json, text_table
from copilot.campaigns.merging.render import COLUMNS
from copilot.errors import BriefError
from copilot.records import Draft

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from duckdb import DuckDBPyConnection

SHEET_ROWS = 1_048_575
"""Rows of a workbook's sheet below its header; Excel's limit is 1,048,576."""

CELL_LONGEST = 32_767
"""UTF-16 units in a workbook's cell."""

BATCH = 5_000
ROW_GROUP = 8_192
"""Rows a Parquet writer holds at once; with whole emails in each this bounds memory."""

_BLANK = (
    r"[\x{0000}-\x{0020}\x{007f}-\x{00a0}\x{00ad}\x{061c}\x{180e}\x{2000}-\x{200f}\x{2028}-\x{202f}"
)
_BLANK += r"\x{205f}-\x{206f}\x{3000}\x{feff}]*"
_STARTS_FORMULA = f"^{_BLANK}[=+\\-@%|＝＋－＠％｜]|^[\\t\\r\\n]"
_PLAIN_NUMBER = r"^[+-]?\d+(?:\.\d+)?$"


def unit_rows(drafts: Sequence[Draft], tool: Format = "generic") -> list[dict[str, str]]:
    """A row per draft, with COLUMNS, merge fields in the tool's syntax, nobody's address."""
    return [
        {
            "draft_id": draft.draft_id,
            "campaign": draft.campaign,
            "level": draft.level,
            "unit": draft.unit,
            "customer_id": "",
            "channel": draft.channel,
            "address": "",
            "language": draft.language,
            "variant": draft.variant,
            "subject": transpile(draft.message.subject, tool),
            "preheader": transpile(draft.message.preheader, tool),
            "body": transpile(draft.message.body, tool),
            "html": transpile(draft.message.html, tool, html=True),
            "facts": facts_json(draft),
            "writer": draft.writer,
            "status": draft.status,
        }
        for draft in drafts
    ]


def held_rows(drafts: Sequence[Draft]) -> list[dict[str, str]]:
    """A row per held draft: COLUMNS, `reason` (the rules it broke) and `findings` as JSON."""
    rows = unit_rows(
        [
            draft.model_copy(update={"message": draft.message.model_copy(update=_BARE)})
            for draft in drafts
        ]
    )
    for row, draft in zip(rows, drafts, strict=True):
        message, findings = draft.message, draft.findings
        row |= {"subject": message.subject, "preheader": message.preheader, "body": message.body}
        row["html"] = message.html
        blocking = dict.fromkeys(each.rule for each in findings if each.severity == "block")
        row["reason"] = ", ".join(blocking)
        row["findings"] = json.dumps([each.model_dump() for each in findings], ensure_ascii=False)
    return rows


def write_rows(rows: Sequence[dict[str, str]], path: Path) -> int:
    """Rows written to the file; returns how many. Raises BriefError for an unknown suffix."""
    names = tuple(rows[0]) if rows else COLUMNS
    return write_table(text_table(names, [[row[name] for name in names] for row in rows]), path)


def write_table(table: "ir.Table", path: Path) -> int:
    """The table written to .csv, .tsv, .xlsx, .parquet or .jsonl; returns the rows written.

    Memory does not grow with the rows. The file appears only when it is whole. In CSV, TSV and
    XLSX a cell that a spreadsheet would run as a formula starts with an apostrophe; plain
    numbers, phone numbers in E.164 form among them, stay as they are. A workbook goes on in
    another sheet after 1,048,575 rows. Raises BriefError for another suffix, and for a text too
    long for a workbook's cell.
    """
    writers: dict[str, Callable[[Path, Path], int]] = {
        ".csv": _csv,
        ".tsv": _tsv,
        ".xlsx": _xlsx,
        ".parquet": _moved,
        ".jsonl": _jsonl,
    }
    write = writers.get(path.suffix.lower())
    if write is None:
        raise BriefError(
            f"Cannot write {path.name!r}: the ending {path.suffix!r} is not known.",
            hint=f"End the file name with one of {', '.join(writers)}.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
        middle, partial = Path(folder) / "rows.parquet", Path(folder) / path.name
        write_parquet(table, middle)
        rows = write(middle, partial)
        partial.replace(path)
    return rows


def write_parquet(table: "ir.Table", path: Path) -> None:
    """The table as Parquet, which every engine writes without holding all rows in memory."""
    table.to_parquet(path, compression="zstd", row_group_size=ROW_GROUP)


def safe_cells(table: "ir.Table") -> "ir.Table":
    """The table with every text cell made harmless for a spreadsheet."""
    return table.mutate(
        **{
            name: runs_as_formula(table[name]).ifelse("'" + table[name], table[name])
            for name, kind in table.schema().items()
            if kind.is_string()
        }
    )


def runs_as_formula(column: Any) -> Any:
    """Whether a spreadsheet would run a cell: after blanks, a mark that begins a formula."""
    return column.re_search(_STARTS_FORMULA) & ~column.re_search(_PLAIN_NUMBER)


def safe_text(text: str) -> str:
    """What `safe_cells` makes of one cell.

    >>> safe_text("=1+1"), safe_text("-5"), safe_text("15% off")
    ("'=1+1", '-5', '15% off')
    """
    starts, number = (_in_python(each) for each in (_STARTS_FORMULA, _PLAIN_NUMBER))
    return f"'{text}" if starts.search(text) and not number.search(text) else text


@functools.cache
def _in_python(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\x\{(\w{4})\}", r"\\u\1", pattern).replace("$", r"\Z"))


def _moved(middle: Path, path: Path) -> int:
    import duckdb

    middle.replace(path)
    with duckdb.connect() as connection:
        rows = connection.read_parquet(str(path)).aggregate("count(*)").fetchone()
    return int(rows[0]) if rows else 0


def _csv(middle: Path, path: Path) -> int:
    return _copied(middle, path, "FORMAT csv, HEADER true", safe=True)


def _tsv(middle: Path, path: Path) -> int:
    return _copied(middle, path, r"FORMAT csv, HEADER true, DELIMITER E'\t'", safe=True)


def _jsonl(middle: Path, path: Path) -> int:
    return _copied(middle, path, "FORMAT json, ARRAY false", safe=False)


def _copied(middle: Path, path: Path, options: str, *, safe: bool) -> int:
    connection, source = _opened(middle, safe=safe)
    with connection:
        target = str(path).replace("'", "''")
        copied = connection.execute(f"COPY ({source}) TO '{target}' ({options})").fetchone()
    return int(copied[0]) if copied else 0


def _opened(middle: Path, *, safe: bool) -> "tuple[DuckDBPyConnection, str]":
    """A connection, and the query of a Parquet file's rows in it."""
    import ibis

    backend = ibis.duckdb.connect()
    table = backend.read_parquet(middle)
    query = str(backend.compile(safe_cells(table) if safe else table))
    backend.con.execute("SET enable_progress_bar = false")
    return backend.con, query


def _xlsx(middle: Path, path: Path) -> int:
    """A workbook in which every cell is text, never a formula, a link or a number."""
    import xlsxwriter  # type: ignore[import-untyped,unused-ignore]

    connection, query = _opened(middle, safe=True)
    with connection:
        found = connection.execute(query)
        names = [column[0] for column in found.description or ()]
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        rows = 0
        with xlsxwriter.Workbook(path, options) as book:
            while batch := found.fetchmany(BATCH):
                for row in batch:
                    if rows % SHEET_ROWS == 0:
                        sheet = _sheet(book, names)
                    _row_into(sheet, rows % SHEET_ROWS + 1, names, row)
                    rows += 1
            if rows == 0:
                _sheet(book, names)
    return rows


def _sheet(book: Any, names: Sequence[str]) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name)
    return sheet


def _row_into(sheet: Any, number: int, names: Sequence[str], row: Sequence[Any]) -> None:
    for place, value in enumerate(row):
        text = "" if value is None else str(value)
        if len(text.encode("utf-16-le")) > 2 * CELL_LONGEST:
            raise BriefError(
                f"The {names[place]} of a row has {len(text):,} characters; "
                f"a workbook's cell holds {CELL_LONGEST:,}.",
                hint="Write .csv, .parquet or .jsonl instead.",
            )
        if text:
            sheet.write_string(number, place, text)


_BARE = {"subject": "", "preheader": "", "body": "", "html": ""}
