"""Drafts joined to everybody who consented: a row a recipient, in the format of a tool.

Merged once by the engine; the files of channels, of parts that a tool's limits ask for, and of
those who are held out are written from that.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from copilot.campaigns.exporting.export import write_parquet, write_table
from copilot.campaigns.exporting.formats import (
    MEGABYTE,
    TOOLS,
    merged_notes,
    shaped,
    too_long,
)
from copilot.campaigns.exporting.manifest import exported_file
from copilot.campaigns.exporting.merged import (
    escaped,
    held_out,
    opened,
    reasons,
    repeated,
    with_names,
)
from copilot.campaigns.exporting.outputs import remember_output
from copilot.campaigns.merging.render import render
from copilot.errors import RefusedError
from copilot.records import Channel, Draft, ExportedFile
from copilot.reviewing.exporting import Order, Written

if TYPE_CHECKING:
    import ibis.expr.types as ir

SPREADSHEETS = (".csv", ".tsv", ".xlsx")
ROOM = 0.9
"""Of a tool's size limit, how much a part may fill: rows differ in length."""


def write_merged(order: Order, ready: Sequence[Draft]) -> Written:
    """A file of everybody who gets a message, or one for each channel, and one of those held out.

    Raises RefusedError when there are no customers, or nobody gets a row.
    """
    if order.plan.table is None:
        raise RefusedError(
            "There are no customers to merge the drafts with.",
            hint="Run: marketing-copilot customers import FILE, or leave --recipients out.",
        )
    written = Written()
    order.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=order.out.parent) as folder:
        middle = Path(folder) / "merged.parquet"
        people = Path(folder) / "held-out.parquet"
        done = render(
            order.plan.table,
            ready,
            campaign=order.plan.brief.name,
            holdout=order.plan.brief.holdout,
        )
        write_parquet(with_names(done.ready, order.plan.table, order.desk.withheld), middle)
        written.unsent = reasons(done.held)
        with opened(middle) as rows:
            _write_channels(order, rows, written)
        if order.plan.brief.holdout:
            write_parquet(held_out(done.arms), people)
            with opened(people) as out:
                _write_held_out(order, out, written)
    if not any(each.rows for each in written.files if each.purpose == "send"):
        raise RefusedError(
            f"Nobody gets a message of {order.plan.brief.name!r}: {written.unsent or 'no rows'}.",
            hint="See: marketing-copilot customers profile",
        )
    return written


def holdout_path(out: Path) -> Path:
    """Where those are who get nothing: `loaves.csv` has `loaves.holdout.csv`."""
    return out.with_name(f"{out.stem}.holdout.csv")


def _write_channels(order: Order, merged: "ir.Table", written: Written) -> None:
    found = merged.select("channel").distinct().order_by("channel").to_pyarrow().to_pylist()
    channels = [cast(Channel, row["channel"]) for row in found]
    generic = order.format not in TOOLS
    for channel in channels:
        written.notes += merged_notes(order.format, channel)
    if generic or not channels:
        everything = shaped(merged, "generic", channels[0] if channels else "email")
        written.files += _parts(order, everything, order.out, None)
        written.notes += _escaped(order, everything)
        return
    for channel in channels:
        _must_fit(order, merged.filter(merged["channel"] == channel), channel)
    for channel in channels:
        rows = merged.filter(merged["channel"] == channel)
        path = order.out
        if len(channels) > 1:
            path = path.with_name(f"{path.stem}.{channel}{path.suffix}")
        table = shaped(rows, order.format, channel)
        written.files += _parts(order, table, path, channel)
        written.notes += _repeated(order, rows, channel)
        written.notes += _escaped(order, table)


def _parts(
    order: Order, table: "ir.Table", path: Path, channel: Channel | None
) -> Iterator[ExportedFile]:
    """The table in one file, or in as many as the tool's limits ask for."""
    tool = TOOLS.get(order.format)
    remember_output(order.desk.settings.home, path)
    rows = write_table(table, path)
    parts = 1
    if tool and tool.megabytes:
        parts = -(-path.stat().st_size // int(ROOM * tool.megabytes * MEGABYTE))
        parts = parts if path.stat().st_size > tool.megabytes * MEGABYTE else 1
    most = _most_rows(order, path)
    if most:
        parts = max(parts, -(-rows // most))
    if parts <= 1:
        yield exported_file(path, rows, "send", channel)
        return
    path.unlink()
    each = -(-rows // parts)
    for number in range(parts):
        piece = path.with_name(f"{path.stem}.{number + 1}{path.suffix}")
        remember_output(order.desk.settings.home, piece)
        count = write_table(table.limit(each, offset=number * each), piece)
        yield exported_file(piece, count, "send", channel)


def _most_rows(order: Order, path: Path) -> int | None:
    from copilot.campaigns.exporting.export import SHEET_ROWS

    tool = TOOLS.get(order.format)
    if tool is None:
        return None
    if tool.one_sheet and path.suffix.lower() == ".xlsx":
        return SHEET_ROWS
    return tool.rows


def _write_held_out(order: Order, people: "ir.Table", written: Written) -> None:
    path = holdout_path(order.out)
    remember_output(order.desk.settings.home, path)
    written.held_out = write_table(people, path)
    written.files.append(exported_file(path, written.held_out, "holdout"))
    written.notes.append(
        f"{path.name} has those who get nothing, to compare with later; never send to it."
    )


def _must_fit(order: Order, rows: "ir.Table", channel: Channel) -> None:
    """Raise RefusedError when the tool's text fields would cut a message."""
    tool = TOOLS[order.format]
    unit = "characters" if tool.characters else "bytes"
    for part, count in too_long(rows, order.format, channel).items():
        raise RefusedError(
            f"{order.format} keeps {tool.cell} {unit} of a text field; the {part} of the {channel} "
            f"is longer in {count} rows and would be cut.",
            hint="Export a template instead, without --recipients, or choose another format.",
        )


def _repeated(order: Order, rows: "ir.Table", channel: Channel) -> list[str]:
    if not TOOLS[order.format].unique:
        return []
    again = repeated(rows)
    if not again:
        return []
    return [f"{again} {channel} addresses are there more than once; {order.format} keeps one row."]


def _escaped(order: Order, table: "ir.Table") -> list[str]:
    """How many cells begin with an apostrophe now, by column, where the file is a spreadsheet's."""
    if order.out.suffix.lower() not in SPREADSHEETS:
        return []
    return [
        f"{count} cells of {name} begin with an apostrophe, because a spreadsheet would run them "
        "as a formula; take it away before sending."
        for name, count in escaped(table).items()
    ]
