"""People who must not be contacted, and people who asked to be forgotten.

A suppression list is a table like others. Forgetting removes a person from every table and
leaves only keyed hashes of their addresses, so that no later import makes them contactable.
"""

import csv
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing import readers
from copilot.customers.importing.expressions import quoted, stored
from copilot.customers.importing.load import import_file
from copilot.customers.schema import TABLES
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.records import ImportReport

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEY_FILE = "suppression.key"
PREFIX = "hmac-sha256:"


def suppress(store: Store, path: Path) -> ImportReport:
    """Add a file's addresses (e-mail or phone, any layout) to the suppressions."""
    return import_file(store, path, table="suppressions")


def suppressed_hash(store: Store, address: str) -> str:
    """The keyed hash under which a forgotten address is kept; e-mails ignore letter case."""
    return hasher(store)(address)


def hasher(store: Store) -> Callable[[str], str]:
    """`suppressed_hash` of one store for many addresses; the key is read once, here."""
    key = _key(store)

    def hashed(address: str) -> str:
        return PREFIX + hmac.new(key, address.strip().lower().encode(), hashlib.sha256).hexdigest()

    return hashed


def suppressed_addresses(store: Store, addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that are suppressed, in clear or by hash, as they were given."""
    file = store.files().get("suppressions")
    if file is None:
        return set()
    with readers.workbench() as con:
        rows = con.execute(f"SELECT lower(address) FROM {stored(file)}").fetchall()  # noqa: S608
    known = {address for (address,) in rows}
    to_hash = hasher(store) if any(a.startswith(PREFIX) for a in known) else str.lower
    return {a for a in addresses if a.strip().lower() in known or to_hash(a) in known}


def forget(store: Store, customer_id: str) -> dict[str, int]:
    """Erase a person everywhere; returns how many rows went, by table.

    Raises DataError when nobody has that id. Older versions of the tables and the person's
    rows in rejects files are removed as well.
    """
    with readers.workbench() as con, store.writing():
        old = store.files()
        addresses = _addresses(con, old, customer_id)
        gone: dict[str, int] = {}
        new: dict[str, Path] = {}
        for name, path in old.items():
            condition = _about(name, customer_id, addresses)
            if condition is None:
                continue
            row = con.execute(
                f"SELECT count(*) FROM {stored(path)} WHERE {condition}"  # noqa: S608 - quoted
            ).fetchone()
            if row and row[0]:
                gone[name] = int(row[0])
            if name == "suppressions" or (row and row[0]):
                con.execute(
                    f"CREATE TABLE keep_{name} AS SELECT * FROM {stored(path)}"  # noqa: S608 - quoted
                    f" WHERE NOT coalesce({condition}, false)"
                )
        if not gone:
            raise DataError(
                f"There is no customer {customer_id!r}.", hint="Ids are matched as stored."
            )
        if addresses:
            _keep_hashes(con, list(map(hasher(store), addresses)))
        for (table,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'keep_')"
        ).fetchall():
            name = table.removeprefix("keep_")
            target = store.new_file(name)
            con.execute(f"COPY {table} TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd)")
            new[name] = target
        store.commit(new)
        for name, path in old.items():
            if name in new:
                path.unlink(missing_ok=True)
    _scrub_rejects(store.folder / "rejects", {customer_id, *addresses})
    return gone


def _addresses(con: "DuckDBPyConnection", files: dict[str, Path], customer_id: str) -> list[str]:
    if "customers" not in files:
        return []
    row = con.execute(
        f"SELECT email, phone FROM {stored(files['customers'])}"  # noqa: S608 - quoted
        f" WHERE customer_id = {quoted(customer_id)}"
    ).fetchone()
    return [str(address) for address in row or () if address]


def _about(name: str, customer_id: str, addresses: list[str]) -> str | None:
    """A condition for the rows about a person; None for tables without people."""
    if name == "suppressions":
        listed = ", ".join(quoted(address.lower()) for address in addresses)
        return f"lower(address) IN ({listed})" if addresses else "false"
    if name in TABLES and "customer_id" in TABLES[name].types:
        return f"customer_id = {quoted(customer_id)}"
    return None


def _keep_hashes(con: "DuckDBPyConnection", hashes: list[str]) -> None:
    con.execute(
        "CREATE TABLE IF NOT EXISTS keep_suppressions (address VARCHAR, channel VARCHAR,"
        ' reason VARCHAR, "at" TIMESTAMP)'
    )
    for digest in hashes:
        con.execute(
            f"INSERT INTO keep_suppressions SELECT {quoted(digest)}, NULL, 'forgotten', NULL"  # noqa: S608
            f" WHERE {quoted(digest)} NOT IN (SELECT address FROM keep_suppressions)"
        )


def _key(store: Store) -> bytes:
    path = store.folder / KEY_FILE
    if not path.is_file():
        store.folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(temporary, path)  # whoever is first makes the key, also between processes
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_bytes()


def _scrub_rejects(folder: Path, marks: set[str]) -> None:
    """Take a person's rows out of the rejects files."""
    wanted = {mark.lower() for mark in marks}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        kept = [row for row in rows if not wanted & {c.strip("' ").lower() for c in row}]
        if len(kept) == len(rows):
            continue
        temporary = path.with_suffix(".new")
        with temporary.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *kept])
        temporary.replace(path)
