"""Merged rows between the engine that merges them and the files they are written to."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.campaigns.exporting.export import runs_as_formula
from copilot.campaigns.exporting.formats import NAMES
from copilot.campaigns.merging.render import ARM_COLUMNS, HOLDOUT

if TYPE_CHECKING:
    import ibis.expr.types as ir


@contextmanager
def opened(path: Path) -> "Iterator[ir.Table]":
    """A Parquet file of ours as a table of the embedded engine."""
    import ibis

    backend = ibis.duckdb.connect()
    try:
        yield backend.read_parquet(path)
    finally:
        backend.disconnect()


def with_names(
    ready: "ir.Table", recipients: "ir.Table", withheld: Collection[str] = ()
) -> "ir.Table":
    """The merged rows with NAMES, empty where those may not be mentioned, and `holdout`: no."""
    import ibis

    told = {
        name: ibis.literal("")
        if name in withheld
        else ibis.coalesce(recipients[name].cast("string"), "")
        for name in NAMES
    }
    people = recipients.select(
        n_id=recipients["customer_id"].cast("string"), n_channel=recipients["channel"], **told
    )
    joined = ready.left_join(
        people,
        [ready["customer_id"] == people["n_id"], ready["channel"] == people["n_channel"]],
    ).drop("n_id", "n_channel")
    return joined.mutate(holdout=ibis.literal("no"))


def held_out(arms: "ir.Table") -> "ir.Table":
    """Those who get nothing, with ARM_COLUMNS and `holdout`: yes."""
    import ibis

    out = arms.filter(arms["arm"] == HOLDOUT).select(*ARM_COLUMNS)
    return out.mutate(holdout=ibis.literal("yes"))


def reasons(held: "ir.Table") -> dict[str, int]:
    """How many rows are held, by reason; one query."""
    counted = held.group_by("reason").aggregate(pairs=held.count()).order_by("reason")
    return {row["reason"]: int(row["pairs"]) for row in counted.to_pyarrow().to_pylist()}


def escaped(table: "ir.Table") -> dict[str, int]:
    """How many cells of each column a spreadsheet would run as a formula; one query."""
    sums = {
        name: runs_as_formula(table[name]).sum().fill_null(0)
        for name, kind in table.schema().items()
        if kind.is_string()
    }
    (row,) = table.aggregate(**sums).to_pyarrow().to_pylist()
    return {name: int(count) for name, count in row.items() if count}


def repeated(table: "ir.Table") -> int:
    """How many rows have an address that another row has already."""
    again: Any = table.count() - table["address"].nunique()
    return int(again.to_pyarrow().as_py())
