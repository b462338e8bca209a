"""Conversations that outlive the page and the process: in the database of state, by an id.

A message is a text of its own, so that one that names a forgotten person can be erased alone.
Each change gives a conversation a new version; whoever holds an older one must load it again
before saving, and cannot bring back what was erased.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from copilot.database import leave_no_trace, open_database, transaction
from copilot.records import KeptChat

if TYPE_CHECKING:
    from sqlalchemy import Connection

ERASED_TITLE = "A conversation"


class ChatStore:
    """The conversations of one database; safe for several threads and processes."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL and make its tables when they are missing."""
        self._chats, self._messages, metadata = _tables()
        self._engine = open_database(url, metadata)

    def save(self, chat_id: str, title: str, messages: Sequence[str], version: int) -> int | None:
        """Keep a conversation as it is now; returns its new version.

        `version` is the one it was loaded or last saved with, 0 for a new one. None: somebody
        else has changed or deleted it since, and nothing was kept.
        """
        chats, rows = self._chats, self._messages
        now = dt.datetime.now(dt.UTC).isoformat()
        with transaction(self._engine) as db:
            values = {"title": title, "updated": now, "version": version + 1}
            if version == 0:
                db.execute(chats.insert().values(chat_id=chat_id, **values))
            elif not self._moved(db, chat_id, version, **values):
                return None
            db.execute(rows.delete().where(rows.c.chat_id == chat_id))
            if messages:
                db.execute(
                    rows.insert(),
                    [
                        {"chat_id": chat_id, "number": number, "record": record}
                        for number, record in enumerate(messages)
                    ],
                )
        return version + 1

    def load(self, chat_id: str) -> tuple[tuple[str, ...], int] | None:
        """A conversation's messages and version; None when it is not kept."""
        rows = self._messages
        with transaction(self._engine) as db:
            version = self._version(db, chat_id)
            if version is None:
                return None
            found = rows.select().where(rows.c.chat_id == chat_id).order_by(rows.c.number)
            records = [row["record"] for row in db.execute(found).mappings()]
        return tuple(records), version

    def version(self, chat_id: str) -> int | None:
        """The version that is kept; None when none is."""
        with transaction(self._engine) as db:
            return self._version(db, chat_id)

    def recent(self, most: int = 10) -> tuple[KeptChat, ...]:
        """The conversations something was last said in, the latest first."""
        chats = self._chats
        with transaction(self._engine) as db:
            found = db.execute(chats.select().order_by(chats.c.updated.desc()).limit(most))
            return tuple(
                KeptChat(
                    id=row["chat_id"],
                    title=row["title"],
                    updated=dt.datetime.fromisoformat(row["updated"]),
                )
                for row in found.mappings()
            )

    def delete(self, chat_id: str) -> None:
        """Remove a conversation; one that is not there is no error."""
        with transaction(self._engine) as db:
            for table in (self._messages, self._chats):
                db.execute(table.delete().where(table.c.chat_id == chat_id))

    def forget(self, names_them: Callable[[str], bool]) -> int:
        """Erase the messages that name a forgotten person; returns how many."""
        chats, rows = self._chats, self._messages
        gone: list[tuple[str, int]] = []
        with transaction(self._engine) as db:
            for row in db.execute(rows.select()).mappings().all():
                if names_them(row["record"]):
                    gone.append((row["chat_id"], row["number"]))
            for chat_id, number in gone:
                here = (rows.c.chat_id == chat_id) & (rows.c.number == number)
                db.execute(rows.delete().where(here))
            for row in db.execute(chats.select()).mappings().all():
                named = names_them(row["title"])
                if named or row["chat_id"] in {chat_id for chat_id, _ in gone}:
                    title = ERASED_TITLE if named else row["title"]
                    version = row["version"]
                    self._moved(db, row["chat_id"], version, title=title, version=version + 1)
        leave_no_trace(self._engine)
        return len(gone)

    def _moved(self, db: "Connection", chat_id: str, from_version: int, **values: Any) -> bool:
        chats = self._chats
        here = (chats.c.chat_id == chat_id) & (chats.c.version == from_version)
        return bool(db.execute(chats.update().where(here).values(**values)).rowcount)

    def _version(self, db: "Connection", chat_id: str) -> int | None:
        chats = self._chats
        wanted = chats.select().with_only_columns(chats.c.version).where(chats.c.chat_id == chat_id)
        found = db.execute(wanted).scalar()
        return None if found is None else int(found)


@cache
def _tables() -> tuple[Any, Any, Any]:
    from sqlalchemy import Column, Integer, MetaData, String, Table, Text

    metadata = MetaData()
    chats = Table(
        "copilot_chats",
        metadata,
        Column("chat_id", String, primary_key=True),
        Column("title", String),
        Column("updated", String, index=True),
        Column("version", Integer),
    )
    messages = Table(
        "copilot_chat_messages",
        metadata,
        Column("chat_id", String, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("record", Text),
    )
    return chats, messages, metadata
