"""Forgetting a person: out of every table, every older file of them, and every rejects file.

Only keyed hashes of their addresses stay among the suppressions, so that no later import makes
them contactable. What is to be forgotten is written down first: a process killed in the middle is
finished by the next one.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.customers.importing.expressions import quoted, stored
from copilot.customers.importing.headers import plain, spellings
from copilot.customers.importing.readers import workbench
from copilot.customers.privacy.suppression import hasher
from copilot.customers.schema import TABLES
from copilot.customers.store import Store
from copilot.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

INTENT = "forgetting.json"
SHORTEST_PHONE = 7  # digits: fewer are found in any number
TELLING_ID = 7  # characters: a shorter id may be any other number or code
SAME_PHONE = 9  # last digits by which a national and an international number are the same


@dataclass(frozen=True)
class Person:
    """By what somebody is found: ids as stored, e-mails and phones, and how they are called.

    `names` are full names; they are looked for only where nothing better tells who is meant.
    """

    ids: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def in_cell(self, cell: object, column: str) -> bool:
        """Whether a cell holds the person's id or address, however a phone is written.

        A short id such as 42 counts only in a column of customer ids.
        """
        text = str(cell if cell is not None else "").strip("' ").lower()
        if not text:
            return False
        ids = [mark for mark in self.ids if len(mark) >= TELLING_ID or _of_ids(column)]
        if text in {mark.lower() for mark in (*ids, *self.addresses)}:
            return True
        digits = re.sub(r"\D", "", text)
        same = len(digits) >= SHORTEST_PHONE and re.fullmatch(r"[\d\s()+./-]+", text)
        return bool(same) and any(digits[-SAME_PHONE:] == phone for phone in self._phones())

    def in_text(self, text: str) -> bool:
        """Whether a longer text names the person's address."""
        low = text.lower()
        return any(mark.lower() in low for mark in self.addresses)

    def _phones(self) -> list[str]:
        numbers = (re.sub(r"\D", "", a) for a in self.addresses if "@" not in a)
        return [number[-SAME_PHONE:] for number in numbers if len(number) >= SHORTEST_PHONE]


def find(store: Store, who: str) -> Person:
    """The person with this id, e-mail or phone number.

    Raises DataError when nobody or more than one has it.
    """
    with workbench() as con:
        return _found(con, store.files(), who)


def begin(store: Store, person: Person) -> None:
    """Write down who is to be forgotten, until `done`."""
    path = store.folder / INTENT
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"ids": person.ids, "addresses": person.addresses, "names": person.names}, file)
        file.flush()
        os.fsync(file.fileno())


def unfinished(store: Store) -> Person | None:
    """Whom a killed process was forgetting; None when all are forgotten."""
    path = store.folder / INTENT
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:  # killed while writing it, so nothing was erased yet
        path.unlink(missing_ok=True)
        return None
    return Person(*(tuple(data[key]) for key in ("ids", "addresses", "names")))


def done(store: Store) -> None:
    """The person is forgotten: the note about it goes as well."""
    (store.folder / INTENT).unlink(missing_ok=True)


def erase(store: Store, person: Person) -> dict[str, int]:
    """Take a person out of the tables and every older version; rows that went, by table."""
    with workbench() as con, store.writing():
        old = store.files()
        gone: dict[str, int] = {}
        new: dict[str, Path] = {}
        for name, path in old.items():
            rows = _rows_about(con, name, path, person)
            if rows:
                gone[name] = rows
            mentioned = _mentions(con, name, path, person)
            if rows or mentioned or (name == "suppressions" and person.addresses):
                new[name] = _without(con, store, name, path, person)
        if person.addresses and "suppressions" not in new:
            new["suppressions"] = _without(con, store, "suppressions", None, person)
        store.commit(new, keep_previous=False)
    return gone


def _of_ids(column: str) -> bool:
    words = plain(column)
    return words == "customer id" or spellings("customers").get(words) == "customer_id"


def _found(con: "DuckDBPyConnection", files: dict[str, Path], who: str) -> Person:
    rows: list[tuple[str, ...]] = []
    if "customers" in files:
        asked = Person((), (who.strip(),))
        digits = asked._phones()
        by_phone = (
            f" OR right(regexp_replace(phone, '\\D', '', 'g'), {SAME_PHONE}) = {quoted(digits[0])}"
            if digits
            else ""
        )
        customers = stored(files["customers"])
        columns = "customer_id, email, phone, trim(concat_ws(' ', first_name, last_name))"
        rows = (
            con.execute(
                f"SELECT {columns} FROM {customers} WHERE customer_id = {quoted(who)}"  # noqa: S608 - quoted
            ).fetchall()
            or con.execute(
                f"SELECT {columns} FROM {customers}"  # noqa: S608 - quoted
                f" WHERE lower(email) = {quoted(who.strip().lower())}{by_phone}"
            ).fetchall()
        )
    if len({row[0] for row in rows}) > 1:
        listed = ", ".join(sorted(row[0] for row in rows))
        raise DataError(
            f"{len(rows)} customers have {who!r}: {listed}.",
            hint="Forget them one by one, by their ids.",
        )
    if rows:
        customer_id, email, phone, name = rows[0]
        addresses = tuple(address for address in (email, phone) if address)
        return Person((customer_id,), addresses, (name,) if name else ())
    if any(_rows_about(con, name, path, Person((who,))) for name, path in files.items()):
        return Person((who,))
    raise DataError(
        f"There is no customer {who!r}.",
        hint="Give the id as stored, the e-mail or the phone number.",
    )


def _rows_about(con: "DuckDBPyConnection", name: str, path: Path, person: Person) -> int:
    condition = _about(name, person)
    if condition is None:
        return 0
    row = con.execute(
        f"SELECT count(*) FROM {stored(path)} WHERE {condition}"  # noqa: S608 - quoted
    ).fetchone()
    return int(row[0]) if row else 0


def _about(name: str, person: Person) -> str | None:
    """A condition for the rows about a person; None for tables without people."""
    if name == "suppressions":
        marks = [*person.addresses, *person.ids]
        return f"lower(address) IN ({', '.join(quoted(mark.lower()) for mark in marks)})"
    if name in TABLES and "customer_id" in TABLES[name].types:
        return f"customer_id IN ({', '.join(map(quoted, person.ids))})"
    return None


def _texts(name: str) -> list[str]:
    """Columns in which somebody else's row may name the person."""
    return [field for field, kind in TABLES[name].types.items() if kind == "json"]


def _mentions(con: "DuckDBPyConnection", name: str, path: Path, person: Person) -> bool:
    if name not in TABLES or not person.addresses or not _texts(name):
        return False
    tests = " OR ".join(
        f"contains(lower({field}), {quoted(address.lower())})"
        for field in _texts(name)
        for address in person.addresses
    )
    row = con.execute(f"SELECT 1 FROM {stored(path)} WHERE {tests} LIMIT 1").fetchone()  # noqa: S608
    return row is not None


def _without(
    con: "DuckDBPyConnection", store: Store, name: str, path: Path | None, person: Person
) -> Path:
    """The table's next version, without the person; the suppressions gain their hashes."""
    target = store.new_file(name)
    fields = TABLES[name].types
    if path is None:
        nothing = ", ".join(
            f"NULL::{'TIMESTAMP' if kind == 'datetime' else 'VARCHAR'} AS {_q(field)}"
            for field, kind in fields.items()
        )
        kept = f"SELECT {nothing} WHERE false"
    else:
        chosen = ", ".join(_cleaned(name, field, person) for field in fields)
        condition = _about(name, person) or "false"
        kept = f"SELECT {chosen} FROM {stored(path)} WHERE NOT coalesce({condition}, false)"  # noqa: S608
    if name == "suppressions":
        kept = _with_hashes(kept, [hasher(store)(address) for address in person.addresses])
    con.execute(f"COPY ({kept}) TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd)")
    return target


def _cleaned(name: str, field: str, person: Person) -> str:
    if field not in _texts(name) or not person.addresses:
        return _q(field)
    sql = _q(field)
    for address in person.addresses:
        sql = f"regexp_replace({sql}, {quoted('(?i)' + re.escape(address))}, '', 'g')"
    return f"{sql} AS {_q(field)}"


def _with_hashes(kept: str, hashes: Sequence[str]) -> str:
    for digest in hashes:
        kept = (
            f"SELECT * FROM ({kept}) UNION ALL SELECT {quoted(digest)}, NULL, 'forgotten', NULL"  # noqa: S608
            f" WHERE {quoted(digest)} NOT IN (SELECT coalesce(address, '') FROM ({kept}))"
        )
    return kept


def _q(name: str) -> str:
    return f'"{name}"'
