"""What every reader fills: the tables `raw` and `bad` of the work bench, in bounded batches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.customers.importing.lines import Record
from copilot.customers.importing.mapping import REJECT_COLUMNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 20_000
BATCH_CHARS = 64 << 20
AGAIN = "the header again, not a record"


@dataclass(frozen=True)
class Staged:
    """What was staged: `header[i]` names column `c{i}`; rows in `raw` and `bad` are all rows.

    `odd` tells that control or invisible characters may stand in the values.
    """

    header: tuple[str, ...]
    rows_read: int
    encoding: str
    delimiter: str | None = None
    warnings: tuple[str, ...] = ()
    odd: bool = True


def scalar(con: "DuckDBPyConnection", query: str) -> int:
    """The one whole number that a query gives; 0 for none."""
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def without(found: Iterable[Record], titles: Sequence[str]) -> Iterator[Record]:
    """The records; one that repeats the header gets that as its reason."""
    own = [t for t in titles if t not in REJECT_COLUMNS]
    several = sum(map(bool, own)) > 1
    for record in found:
        if several and [c.strip() for c in record.fields[: len(own)]] == own:
            yield Record(record.number, record.fields, AGAIN)
        else:
            yield record


def stage_records(con: "DuckDBPyConnection", found: Iterable[Record], *, width: int) -> int:
    """Fill `raw` and `bad` from records, in batches; returns how many there were."""
    import pyarrow as pa

    names = ["row", *(f"c{i}" for i in range(width))]
    columns = ", ".join(f"c{i} VARCHAR" for i in range(width))
    con.execute(f"CREATE TABLE raw (row BIGINT, {columns})")
    count = 0
    for batch in _batches(found):
        count += len(batch)
        good = [record for record in batch if record.reason is None]
        if good:
            cells = list(zip(*(record.fields for record in good), strict=True))
            arrays = [pa.array([record.number for record in good], pa.int64())]
            arrays += [pa.array(cell, pa.string()) for cell in cells]
            con.register("batch", pa.table(arrays, names=names))
            con.execute("INSERT INTO raw SELECT * FROM batch")
            con.unregister("batch")
        bad = [(r.number, r.reason, r.fields) for r in batch if r.reason is not None]
        if bad:
            numbers, reasons, fields = zip(*bad, strict=True)
            con.register("batch", pa.table([numbers, reasons, fields], names=["n", "r", "f"]))
            con.execute("INSERT INTO bad SELECT * FROM batch")
            con.unregister("batch")
    return count


def _batches(found: Iterable[Record]) -> Iterator[list[Record]]:
    """Records in batches of bounded rows, values and characters: wide rows come in few."""
    batch: list[Record] = []
    size = 0
    for record in found:
        batch.append(record)
        size += 40 * len(record.fields) + sum(map(len, record.fields))
        if len(batch) >= BATCH or size > BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
