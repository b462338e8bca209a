"""Converted rows into the store: new keys are loaded, known keys updated, all in one commit.

A blank cell never erases what is known. An opt-out is not undone by an older or undated yes.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.expressions import quoted, stored
from copilot.customers.importing.rejects import ASKED_TO_GO
from copilot.customers.schema import FORGOTTEN, Table
from copilot.customers.schema import table as schema_table
from copilot.customers.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def reject_duplicates(con: "DuckDBPyConnection", table: Table) -> None:
    """Reject rows of `typed` whose key an earlier kept row of the file has.

    Hashes of the keys, which are small, tell which rows have to be compared at all.
    """
    if table.name == "consents":
        _reject_overruled(con)
        return
    key = ", ".join(f'"{name}"' for name in table.key)
    shown = " || ', ' || ".join(f"coalesce(\"{k}\", '')" for k in table.key)
    names = ", ".join(table.key)
    con.execute(
        f"INSERT INTO rejected SELECT row, '{names}', {shown},"  # noqa: S608 - schema names
        f" 'duplicate {names}, first seen in row ' || first FROM (SELECT row, {key},"
        f" min(row) OVER (PARTITION BY {key}) AS first FROM shaped WHERE fault = 0"
        f" AND hash({key}) IN ({_repeated(f'hash({key})')})) WHERE row > first"
    )


def _reject_overruled(con: "DuckDBPyConnection") -> None:
    """Of several statements of one customer on one channel the newest counts, undated ones least;
    at one time a no."""
    con.execute(
        "INSERT INTO rejected SELECT row, 'customer_id, channel', customer_id || ', ' || channel,"
        " 'another statement on this channel counts: row ' || kept || ', which is newer or a no'"
        " FROM (SELECT row, customer_id, channel, first_value(row) OVER (PARTITION BY customer_id,"
        " channel ORDER BY \"at\" DESC NULLS LAST, status = 'no' DESC, row) AS kept"
        " FROM shaped WHERE fault = 0) WHERE row <> kept"
    )


def reject_future(con: "DuckDBPyConnection", table: Table, today: dt.date) -> list[str]:
    """Reject sales and responses dated more than a year ahead; says how many lie ahead at all."""
    name = {"transactions": "at", "responses": "responded_at"}.get(table.name)
    if name is None:
        return []
    con.execute(
        f"INSERT INTO rejected SELECT row, '{name}', \"{name}\"::VARCHAR,"  # noqa: S608 - schema names
        f" '{name} is more than a year ahead of today' FROM shaped WHERE fault = 0"
        f" AND \"{name}\" > DATE '{today}' + INTERVAL 366 DAY"
        " AND row NOT IN (SELECT row FROM rejected)"
    )
    ahead = con.execute(
        f"SELECT count(*) FROM incoming WHERE \"{name}\" > DATE '{today}' + INTERVAL 1 DAY"  # noqa: S608
    ).fetchone()
    if not ahead or not ahead[0]:
        return []
    return [f"{ahead[0]} rows are dated after today; periods such as last month count from them."]


def reject_forgotten(
    con: "DuckDBPyConnection", listed: Path | None, hashed: Callable[[], Callable[[str], str]]
) -> list[str]:
    """Reject customers whose e-mail or phone is among the hashes of the forgotten."""
    if listed is None:
        return []
    rows = con.execute(
        f"SELECT address FROM {stored(listed)} WHERE address LIKE '{FORGOTTEN}%'"  # noqa: S608
    ).fetchall()
    hashes = {address for (address,) in rows}
    if not hashes:
        return []
    to_hash = hashed()
    found = con.execute(
        "SELECT DISTINCT unnest([email, phone]) FROM shaped WHERE fault = 0"
    ).fetchall()
    theirs = [value for (value,) in found if value and to_hash(value) in hashes]
    if not theirs:
        return []
    values = ", ".join(map(quoted, theirs))
    con.execute(
        f"INSERT INTO rejected SELECT row, '', '', '{ASKED_TO_GO}' FROM shaped WHERE fault = 0"  # noqa: S608
        f" AND (email IN ({values}) OR phone IN ({values}))"
        " AND row NOT IN (SELECT row FROM rejected)"
    )
    return ["Rows of people who asked to be forgotten were not loaded."]


def _repeated(value: str) -> str:
    return f"SELECT {value} FROM shaped WHERE fault = 0 GROUP BY {value} HAVING count(*) > 1"  # noqa: S608


def give_transaction_ids(con: "DuckDBPyConnection") -> None:
    """Ids for the rows of `converted` from their own content, with an ordinal for repeats, so
    that re-import is quiet."""
    held = {str(name) for (name, *_) in con.execute("DESCRIBE converted").fetchall()}
    names = [f.name for f in schema_table("transactions").fields if f.name != "transaction_id"]
    content = ", ".join(
        f"coalesce(\"{name}\"::VARCHAR, '')" if name in held else "''" for name in names
    )
    con.execute(
        "CREATE TABLE identified AS SELECT *, CASE WHEN fault = 0 THEN"  # noqa: S608 - schema names
        f" substr(md5(concat_ws(chr(31), {content})), 1, 20) END AS transaction_id FROM converted;"
        " DROP TABLE converted; ALTER TABLE identified RENAME TO converted"
    )
    con.execute(
        "UPDATE converted SET transaction_id = transaction_id || '-' || again.nth FROM ("
        " SELECT row, row_number() OVER (PARTITION BY transaction_id ORDER BY row) AS nth"
        " FROM converted WHERE transaction_id IS NOT NULL AND hash(transaction_id) IN ("
        "SELECT hash(transaction_id) FROM converted GROUP BY 1 HAVING count(*) > 1)"
        ") again WHERE converted.row = again.row AND again.nth > 1"
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
        # Rows are nearly always in order already, and sorting ten millions is dear.
        order = "" if _in_order(con, relation) else " ORDER BY i.row"
        con.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        con.execute(f"COPY (SELECT {columns} FROM {relation} i{order}) {into}")  # noqa: S608
        con.execute("RESET disabled_optimizers")
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


def _in_order(con: "DuckDBPyConnection", relation: str) -> bool:
    if relation != "incoming":
        return False
    row = con.execute(
        "SELECT bool_and(row > before) FROM (SELECT row, lag(row) OVER () AS before FROM converted)"
    ).fetchone()
    return row is None or row[0] is not False


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
