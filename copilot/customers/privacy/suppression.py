"""People who must not be contacted: a table like others, and keyed hashes of the forgotten.

A hash says that an address is the one somebody asked to be forgotten under, and nothing else; the
key never leaves the store.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from copilot.customers.importing import readers
from copilot.customers.importing.expressions import stored
from copilot.customers.importing.load import import_file
from copilot.customers.schema import FORGOTTEN
from copilot.customers.store import Store
from copilot.records import ImportReport

KEY_FILE = "suppression.key"


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
        text = address.strip().lower().encode()
        return FORGOTTEN + hmac.new(key, text, hashlib.sha256).hexdigest()

    return hashed


def suppressed_addresses(store: Store, addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that are suppressed, in clear or by hash, as they were given."""
    file = store.files().get("suppressions")
    if file is None:
        return set()
    with readers.workbench() as con:
        rows = con.execute(f"SELECT lower(address) FROM {stored(file)}").fetchall()  # noqa: S608
    known = {address for (address,) in rows}
    to_hash = hasher(store) if any(a.startswith(FORGOTTEN) for a in known) else str.lower
    return {a for a in addresses if a.strip().lower() in known or to_hash(a) in known}


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
