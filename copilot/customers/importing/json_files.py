"""JSON arrays and JSON lines, staged as text columns; nested objects become dotted columns."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.encoding import decoded, detect
from copilot.customers.importing.expressions import quoted
from copilot.customers.importing.json_stream import Unreadable, items
from copilot.customers.importing.lines import lines_of
from copilot.customers.schema import TABLES
from copilot.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 20_000
DEEPEST = 3
WHOLE = frozenset(f.name for table in TABLES.values() for f in table.fields if f.type == "json")


def stage_json(
    con: "DuckDBPyConnection", path: Path, name: str, *, key: str | None = None
) -> tuple[tuple[str, ...], int]:
    """Fill `raw` and `bad` from objects; returns the keys, in order of appearance, and the rows.

    A value that is no object goes to `bad`; `key` chooses among several lists. Raises DataError
    when the file is not valid JSON or several lists could be meant.
    """
    con.execute("CREATE TABLE objects (row BIGINT, object VARCHAR)")
    encoding = detect(path)
    if _is_lines(path):
        lines = lines_of(decoded(path, encoding))
        _insert(con, ((i, line) for i, line in enumerate(lines, start=1) if line.strip()))
    else:
        try:
            _insert(con, enumerate(items(decoded(path, encoding), key=key), start=1))
        except Unreadable as error:
            raise DataError(
                f"{name!r} is not valid JSON: {error}.", hint="Export it again, or as CSV."
            ) from error
        except LookupError as error:
            raise DataError(
                f"{name!r} holds several lists: {error}.", hint="Choose one with --sheet NAME."
            ) from error
    con.execute(
        "INSERT INTO bad SELECT row, 'the line is not a JSON object', [object] FROM objects"
        " WHERE CASE WHEN json_valid(object) THEN json_type(object) <> 'OBJECT' ELSE true END"
    )
    con.execute("DELETE FROM objects WHERE row IN (SELECT row FROM bad)")
    columns = _columns(con)
    if not columns:
        raise DataError(f"{name!r} holds no JSON objects.", hint="One object is one row.")
    # A broken line fills no cell: it must not come back as an identifier.
    con.execute(f"UPDATE bad SET fields = list_concat({[''] * len(columns)!r}, fields)")  # noqa: S608
    chosen = ", ".join(f"object ->> {_pointer(keys)} AS c{i}" for i, keys in enumerate(columns))
    con.execute(f"CREATE TABLE raw AS SELECT row, {chosen} FROM objects ORDER BY row")  # noqa: S608 - quoted keys
    total = con.execute(
        "SELECT (SELECT count(*) FROM objects) + (SELECT count(*) FROM bad)"
    ).fetchone()
    con.execute("DROP TABLE objects")
    return tuple(".".join(keys) for keys in columns), int(total[0]) if total else 0


def _columns(con: "DuckDBPyConnection", path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The keys in order of appearance; those that hold objects are followed into them."""
    inside = f"object -> {_pointer(path)}" if path else "object"
    found = con.execute(
        "SELECT key, bool_or(json_type(o, '/' || replace(replace(key, '~', '~0'), '/', '~1'))"  # noqa: S608
        " = 'OBJECT') FROM (SELECT row, o, unnest(json_keys(o)) AS key,"
        " generate_subscripts(json_keys(o), 1) AS place"
        f" FROM (SELECT row, {inside} AS o FROM objects) WHERE json_type(o) = 'OBJECT')"
        " GROUP BY key ORDER BY min(row), min(place)"
    ).fetchall()
    columns: list[tuple[str, ...]] = []
    for key, holds_objects in found:
        here = (*path, str(key))
        if holds_objects and len(here) < DEEPEST and not (WHOLE & {str(key)}):
            columns += _columns(con, here) or [here]
        else:
            columns.append(here)
    return columns


def _pointer(keys: tuple[str, ...]) -> str:
    return quoted("".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys))


def _is_lines(path: Path) -> bool:
    """Whether each line is a value of its own: the first is one, and another line follows."""
    lines = lines_of(decoded(path, detect(path)))
    filled = [line for line in islice(lines, 50) if line.strip("\ufeff \t")][:2]
    if not filled or not filled[0].lstrip("\ufeff \t").startswith("{"):
        return False
    try:
        json.loads(filled[0].lstrip("\ufeff"))
    except ValueError:
        # A first line that is broken, and a second that is whole: lines all the same.
        return len(filled) > 1 and _is_object(filled[1])
    return len(filled) > 1


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _insert(con: "DuckDBPyConnection", rows: Iterable[tuple[int, str]]) -> None:
    import pyarrow as pa

    source: Iterator[tuple[int, str]] = iter(rows)
    while batch := list(islice(source, BATCH)):
        numbers, texts = zip(*batch, strict=True)
        con.register("batch", pa.table([numbers, texts], names=["row", "object"]))
        con.execute("INSERT INTO objects SELECT * FROM batch")
        con.unregister("batch")
