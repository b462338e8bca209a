"""JSON arrays and JSON lines, staged as text columns; nested values stay JSON text."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.encoding import decoded, detect
from copilot.customers.importing.expressions import quoted
from copilot.customers.importing.lines import lines_of
from copilot.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 20_000
OBJECT_BYTES = 64 << 20


def stage_json(con: "DuckDBPyConnection", path: Path) -> tuple[tuple[str, ...], int]:
    """Fill `raw` and `bad` from objects; returns the keys, in order of appearance, and the rows.

    A line of a JSONL file that is no object goes to `bad`. Raises DataError when an array file
    is not valid JSON or holds something other than objects.
    """
    con.execute("CREATE TABLE objects (row BIGINT, object VARCHAR)")
    if _is_array(path):
        _load_array(con, path)
    else:
        _load_lines(con, path)
    con.execute(
        "INSERT INTO bad SELECT row, 'the line is not a JSON object', [object] FROM objects"
        " WHERE NOT json_valid(object) OR json_type(object) <> 'OBJECT'"
    )
    con.execute("DELETE FROM objects WHERE row IN (SELECT row FROM bad)")
    keys = con.execute(
        "SELECT key FROM (SELECT row, unnest(json_keys(object)) AS key,"
        " generate_subscripts(json_keys(object), 1) AS place FROM objects)"
        " GROUP BY key ORDER BY min(row), min(place)"
    ).fetchall()
    names = tuple(str(key) for (key,) in keys)
    if not names:
        raise DataError(f"{path.name!r} holds no JSON objects.", hint="One object is one row.")
    chosen = ", ".join(f"object ->> {_pointer(name)} AS c{i}" for i, name in enumerate(names))
    con.execute(f"CREATE TABLE raw AS SELECT row, {chosen} FROM objects ORDER BY row")  # noqa: S608 - quoted keys
    total = con.execute(
        "SELECT (SELECT count(*) FROM objects) + (SELECT count(*) FROM bad)"
    ).fetchone()
    con.execute("DROP TABLE objects")
    return names, int(total[0]) if total else 0


def _pointer(key: str) -> str:
    escaped = key.replace("~", "~0").replace("/", "~1").replace("'", "''")
    return f"'/{escaped}'"


def _is_array(path: Path) -> bool:
    start = "".join(islice(decoded(path, detect(path)), 1)).lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        return True
    first = start.split("\n", 1)[0]
    named_json = path.suffix.lower() == ".json"
    try:
        found = json.loads(first)
    except ValueError:
        return start.startswith("{") and named_json
    return named_json and start.strip() == first.strip() and _wrapped(found) is not None


def _wrapped(found: object) -> list[object] | None:
    """The rows of `{"data": [{…}, …]}`, as many interfaces answer; None for other objects."""
    if not isinstance(found, dict):
        return None
    lists = [value for value in found.values() if isinstance(value, list)]
    rows = lists[0] if len(lists) == 1 else []
    return rows if rows and all(isinstance(row, dict) for row in rows) else None


def _load_array(con: "DuckDBPyConnection", path: Path) -> None:
    import duckdb

    encoding = detect(path)
    try:
        if encoding.plain:
            con.execute(
                "INSERT INTO objects SELECT row_number() OVER (), json::VARCHAR FROM"  # noqa: S608
                f" read_json_objects({quoted(path)}, format='array',"
                f" maximum_object_size={OBJECT_BYTES})"
            )
            return
    except duckdb.Error:
        con.execute("DELETE FROM objects")
    try:
        found = json.loads("".join(decoded(path, encoding)).lstrip("\ufeff"))
    except ValueError as error:
        raise DataError(
            f"{path.name!r} is not valid JSON: {error}.", hint="Export it again, or as CSV."
        ) from error
    if isinstance(found, dict):
        found = _wrapped(found) or [found]
    _insert(con, ((i, json.dumps(item)) for i, item in enumerate(found, start=1)))


def _load_lines(con: "DuckDBPyConnection", path: Path) -> None:
    lines = lines_of(decoded(path, detect(path)))
    _insert(con, ((i, line) for i, line in enumerate(lines, start=1) if line.strip()))


def _insert(con: "DuckDBPyConnection", rows: Iterator[tuple[int, str]]) -> None:
    import pyarrow as pa

    while batch := list(islice(rows, BATCH)):
        numbers, texts = zip(*batch, strict=True)
        con.register("batch", pa.table([numbers, texts], names=["row", "object"]))
        con.execute("INSERT INTO objects SELECT * FROM batch")
        con.unregister("batch")
