"""A person's rows out of a file the product wrote: CSV, JSON lines or Parquet, atomically."""

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.errors import DataError

if TYPE_CHECKING:
    from copilot.customers.privacy.erase import Person

SUFFIXES = (".csv", ".jsonl", ".parquet")
BATCH = 20_480


def scrub_file(path: Path, person: "Person") -> int:
    """Rewrite the file without the rows in which the person's id or address stands.

    A file without any stays untouched. Returns how many rows went; raises DataError for a kind
    of file the product does not write.
    """
    if path.suffix not in SUFFIXES:
        raise DataError(f"{path} is of a kind whose rows cannot be taken out ({path.suffix}).")
    temporary = path.with_name(f".{path.name}.forgetting")
    gone = _scrub(path, temporary, person)
    if gone:
        temporary.replace(path)
    else:
        temporary.unlink(missing_ok=True)
    return gone


def count_rows(path: Path, person: "Person") -> int:
    """How many rows name the person; the file stays as it is."""
    temporary = path.with_name(f".{path.name}.forgetting")
    try:
        return _scrub(path, temporary, person)
    finally:
        temporary.unlink(missing_ok=True)


def _scrub(path: Path, temporary: Path, person: "Person") -> int:
    """Write what is kept of a file into `temporary`; returns how many rows were not."""
    ways = {".csv": _scrub_csv, ".jsonl": _scrub_lines, ".parquet": _scrub_parquet}
    return ways[path.suffix](path, temporary, person)


def _scrub_csv(path: Path, temporary: Path, person: "Person") -> int:
    csv.field_size_limit(2**31 - 1)
    gone = 0
    with path.open("rb") as file:
        marked = file.read(3) == b"\xef\xbb\xbf"
    with (
        path.open(encoding="utf-8-sig", newline="") as source,
        temporary.open("w", encoding="utf-8-sig" if marked else "utf-8", newline="") as target,
    ):
        writer, reader = csv.writer(target), csv.reader(source)
        header = next(reader, [])
        writer.writerow(header)
        for row in reader:
            if _about(zip_longest(header, row, fillvalue=""), person):
                gone += 1
            else:
                writer.writerow(row)
    return gone


def _scrub_lines(path: Path, temporary: Path, person: "Person") -> int:
    gone = 0
    with path.open(encoding="utf-8") as source, temporary.open("w", encoding="utf-8") as target:
        for line in source:
            if _about(_values(_loaded(line)), person):
                gone += 1
            else:
                target.write(line)
    return gone


def _scrub_parquet(path: Path, temporary: Path, person: "Person") -> int:
    import pyarrow as pa
    from pyarrow import parquet

    gone = 0
    with (
        parquet.ParquetFile(path) as source,
        parquet.ParquetWriter(temporary, source.schema_arrow, compression="zstd") as target,
    ):
        for batch in source.iter_batches(batch_size=BATCH):
            kept = [not _about(row.items(), person) for row in batch.to_pylist()]
            gone += len(kept) - sum(kept)
            target.write_batch(batch.filter(pa.array(kept, pa.bool_())))
    return gone


def _about(cells: Iterable[tuple[str, Any]], person: "Person") -> bool:
    return any(
        person.in_cell(cell, column) or (isinstance(cell, str) and person.in_text(cell))
        for column, cell in cells
    )


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:  # a line cut off by a kill
        return line


def _values(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _values(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each, name)
    else:
        yield name, value
