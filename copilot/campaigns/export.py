"""Rows to files: CSV that no spreadsheet runs, Parquet and JSON Lines, streamed by the engine."""

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.campaigns.pieces import facts_json, text_table
from copilot.campaigns.render import COLUMNS
from copilot.campaigns.tags import Format, transpile
from copilot.errors import BriefError
from copilot.records import Draft

if TYPE_CHECKING:
    import ibis.expr.types as ir

ROW_GROUP = 20_480
"""Rows a Parquet writer holds at once; with whole emails in each this bounds memory."""

_BLANK = r"[\x{0000}-\x{0020}\x{007f}-\x{00a0}\x{00ad}\x{2000}-\x{200f}\x{202f}\x{3000}\x{feff}]*"
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
    """The table written to .csv, .parquet or .jsonl by its engine; returns the rows written.

    Memory does not grow with the rows. The file appears only when it is whole. In CSV a cell
    that a spreadsheet would run as a formula starts with an apostrophe; plain numbers, phone
    numbers in E.164 form among them, stay as they are. Raises BriefError for another suffix.
    """
    writers: dict[str, Callable[[ir.Table, Path], int]] = {
        ".csv": _csv,
        ".parquet": _parquet,
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
        partial = Path(folder) / path.name
        rows = write(table, partial)
        partial.replace(path)
    return rows


def safe_cells(table: "ir.Table") -> "ir.Table":
    """The table with every text cell made harmless for a spreadsheet."""
    return table.mutate(
        **{
            name: _safe_cell(table[name])
            for name, kind in table.schema().items()
            if kind.is_string()
        }
    )


def _safe_cell(column: Any) -> Any:
    import ibis

    runs = column.re_search(_STARTS_FORMULA) & ~column.re_search(_PLAIN_NUMBER)
    return ibis.ifelse(runs, "'" + column, column)


def _parquet(table: "ir.Table", path: Path) -> int:
    import duckdb

    table.to_parquet(path, compression="zstd", row_group_size=ROW_GROUP)
    with duckdb.connect() as connection:
        rows = connection.read_parquet(str(path)).aggregate("count(*)").fetchone()
    return int(rows[0]) if rows else 0


def _csv(table: "ir.Table", path: Path) -> int:
    return _converted(safe_cells(table), path, "FORMAT csv, HEADER true")


def _jsonl(table: "ir.Table", path: Path) -> int:
    return _converted(table, path, "FORMAT json, ARRAY false")


def _converted(table: "ir.Table", path: Path, options: str) -> int:
    """By way of Parquet, which every engine writes without holding all rows in memory."""
    import duckdb

    middle = path.with_suffix(".parquet")
    _parquet(table, middle)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        source, target = (str(each).replace("'", "''") for each in (middle, path))
        copied = connection.execute(
            f"COPY (FROM read_parquet('{source}')) TO '{target}' ({options})"
        ).fetchone()
    return int(copied[0]) if copied else 0


_BARE = {"subject": "", "preheader": "", "body": "", "html": ""}
