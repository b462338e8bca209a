"""Converted rows into the store: new keys are loaded, known keys updated, all in one commit.

A blank cell never erases what is known. An opt-out is not undone by an older or undated yes.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.expressions import quoted, stored
from copilot.customers.schema import Table
from copilot.customers.schema import table as schema_table
from copilot.customers.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def reject_duplicates(con: "DuckDBPyConnection", table: Table) -> None:
    """Mark rows of `typed` whose key an earlier kept row of the file has."""
    key = ", ".join(f'"{name}"' for name in table.key)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE doubled AS SELECT "  # noqa: S608 - schema names
        f"{key}, min(row) AS first FROM typed WHERE reject_reason IS NULL"
        f" GROUP BY {key} HAVING count(*) > 1"
    )
    matches = " AND ".join(f'typed."{k}" IS NOT DISTINCT FROM doubled."{k}"' for k in table.key)
    shown = " || ', ' || ".join(f"coalesce(doubled.\"{k}\", '')" for k in table.key)
    con.execute(
        f"UPDATE typed SET reject_column = '{', '.join(table.key)}', reject_value = {shown},"  # noqa: S608
        f" reject_reason = 'duplicate {', '.join(table.key)}, first seen in row ' || doubled.first"
        f" FROM doubled WHERE {matches} AND typed.row > doubled.first"
        " AND typed.reject_reason IS NULL"
    )


def give_transaction_ids(con: "DuckDBPyConnection") -> None:
    """Ids from the rows' own content, with an ordinal for repeats, so that re-import is quiet."""
    names = [f.name for f in schema_table("transactions").fields if f.name != "transaction_id"]
    content = ", ".join(f"coalesce(\"{name}\"::VARCHAR, '')" for name in names)
    con.execute(
        "UPDATE typed SET transaction_id = substr(md5(concat_ws(chr(31), "  # noqa: S608
        f"{content})), 1, 20) WHERE reject_reason IS NULL"
    )
    con.execute(
        "UPDATE typed SET transaction_id = transaction_id || '-' || again.nth FROM ("
        " SELECT row, row_number() OVER (PARTITION BY transaction_id ORDER BY row) AS nth"
        " FROM typed WHERE transaction_id IN (SELECT transaction_id FROM typed"
        " WHERE reject_reason IS NULL GROUP BY transaction_id HAVING count(*) > 1)"
        ") again WHERE typed.row = again.row AND again.nth > 1"
    )


def count_known(con: "DuckDBPyConnection", table: Table, relation: str, old: Path | None) -> int:
    """How many incoming rows have a key that is stored already."""
    if old is None:
        return 0
    row = con.execute(
        f"SELECT count(*) FROM {relation} i SEMI JOIN {stored(old)} e ON {_same(table)}"  # noqa: S608
    ).fetchone()
    return int(row[0]) if row else 0


def write(
    con: "DuckDBPyConnection", store: Store, table: Table, relation: str, old: Path | None
) -> Path:
    """Write the table's next version: the stored rows, updated, then the new ones, in order."""
    target = store.new_file(table.name)
    names = [f.name for f in table.fields]
    columns = ", ".join(f'i."{name}"' for name in names)
    into = f"TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd)"
    if old is None:
        con.execute(f"COPY (SELECT {columns} FROM {relation} i ORDER BY i.row) {into}")  # noqa: S608
        return target
    before = f"read_parquet({quoted(old)}, file_row_number = true)"
    merged = ", ".join(_merged(table, name) for name in names)
    con.execute(
        f"COPY (SELECT * EXCLUDE (part, place) FROM ("  # noqa: S608 - schema names and own paths
        f" SELECT {merged}, 0 AS part, e.file_row_number AS place"
        f" FROM {before} e LEFT JOIN {relation} i ON {_same(table)}"
        f" UNION ALL SELECT {columns}, 1, i.row FROM {relation} i"
        f" ANTI JOIN {before} e ON {_same(table)}) ORDER BY part, place) {into}"
    )
    return target


def _same(table: Table) -> str:
    return " AND ".join(
        f"coalesce(i.\"{name}\", '') = coalesce(e.\"{name}\", '')" for name in table.key
    )


def _merged(table: Table, name: str) -> str:
    new, old = f'i."{name}"', f'e."{name}"'
    if name == "attributes":
        patched = f"json_merge_patch({old}, {new})::VARCHAR"
        return (
            f"CASE WHEN {old} IS NOT NULL AND {new} IS NOT NULL THEN {patched}"
            f" ELSE coalesce({new}, {old}) END AS {name}"
        )
    if table.name == "consents":
        stays = (
            "i.customer_id IS NULL OR i.status = 'unknown' OR e.at > i.at"
            " OR (e.status = 'no' AND i.status = 'yes' AND i.at IS NULL)"
        )
        return f'CASE WHEN {stays} THEN {old} ELSE coalesce({new}, {old}) END AS "{name}"'
    return f'coalesce({new}, {old}) AS "{name}"'
