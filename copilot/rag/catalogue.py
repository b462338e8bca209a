"""The durable list of sources and passages: one SQLite file beside the vectors."""

import datetime as dt
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import StoreError
from copilot.rag.reading.split import CUT_VERSION
from copilot.records import Passage

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sources (
    source TEXT PRIMARY KEY, sha256 TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
    passages INTEGER NOT NULL, added_at TEXT NOT NULL, cut TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES sources(source) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, title TEXT NOT NULL, heading TEXT NOT NULL, page INTEGER,
    text TEXT NOT NULL, kind TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_by_source ON passages(source, ordinal);
CREATE TABLE IF NOT EXISTS embedded (
    fingerprint TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (fingerprint, id)
) WITHOUT ROWID;
"""
_COLUMNS = "id, source, title, heading, page, text, kind"


@dataclass(frozen=True)
class IndexedSource:
    """A source in the library; `added_at` is when this version of it came in (UTC).

    `pages` is the last page with text, None where the format has none; `cut` names the way in
    which its passages were made.
    """

    source: str
    sha256: str
    title: str
    kind: str
    passages: int
    added_at: dt.datetime
    cut: str = ""
    pages: int | None = None


@dataclass(frozen=True)
class NewSource:
    """A source to store in place of what it was."""

    source: str
    sha256: str
    title: str
    kind: str
    cut: str
    passages: Sequence[Passage]


def new_source(
    source: str, sha256: str, title: str, passages: Sequence[Passage], kind: str = "document"
) -> NewSource:
    """A source cut in the present way."""
    return NewSource(source, sha256, title, kind, CUT_VERSION, passages)


class Catalogue:
    """Sources and their passages, which of them are embedded, and the index generation.

    The generation grows when passages change, the vector generation when vectors do as well, so
    that another process can see that it happened.
    Every method opens its own connection: safe to share among threads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connected() as db:
                db.execute("PRAGMA journal_mode=WAL")
                db.executescript(_SCHEMA)
                if "cut" not in {row[1] for row in db.execute("PRAGMA table_info(sources)")}:
                    db.execute("ALTER TABLE sources ADD COLUMN cut TEXT NOT NULL DEFAULT ''")
                db.execute(
                    "INSERT OR IGNORE INTO meta VALUES "
                    "('library', ?), ('generation', '0'), ('vectors', '0')",
                    (uuid.uuid4().hex[:8],),
                )
        except (OSError, sqlite3.DatabaseError) as error:
            raise StoreError(
                f"The library at {path} cannot be opened: {error}.",
                hint="Check the workspace's permissions, or move the file away and index again.",
            ) from error

    @property
    def library_id(self) -> str:
        return self._meta("library")

    @property
    def generation(self) -> int:
        return int(self._meta("generation"))

    @property
    def vector_generation(self) -> int:
        return int(self._meta("vectors"))

    def noted(self, key: str) -> str:
        """What was last noted under a key; empty when nothing was."""
        return self._meta(key)

    def note(self, key: str, value: str) -> None:
        """Keep a value, such as what the shipped notes were when they were brought in."""
        with self._connected() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def sources(self) -> list[IndexedSource]:
        """All sources, sorted by name."""
        with self._connected() as db:
            rows = db.execute(
                "SELECT source, sha256, title, kind, passages, added_at, cut, (SELECT max(page) "
                "FROM passages p WHERE p.source = s.source) FROM sources s ORDER BY 1"
            ).fetchall()
        return [
            IndexedSource(source, sha256, title, kind, n, dt.datetime.fromisoformat(at), cut, pages)
            for source, sha256, title, kind, n, at, cut, pages in rows
        ]

    def passages(self, source: str | None = None) -> list[Passage]:
        """All passages, or those of one source, in reading order."""
        where, values = ("WHERE source = ?", (source,)) if source is not None else ("", ())
        with self._connected() as db:
            rows = db.execute(
                # The condition is one of the two literals above.
                f"SELECT {_COLUMNS} FROM passages {where} ORDER BY source, ordinal",  # noqa: S608
                values,
            ).fetchall()
        return [_passage(row) for row in rows]

    def put(self, new: Sequence[NewSource]) -> list[str]:
        """Store sources in place of what they were, all or none; returns the ids that are gone."""
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with self._writing("generation") as db:
            before = {key for item in new for key in _ids(db, item.source)}
            for item in new:
                db.execute("DELETE FROM sources WHERE source = ?", (item.source,))
                values = (item.source, item.sha256, item.title, item.kind, len(item.passages))
                db.execute(
                    "INSERT INTO sources (source, sha256, title, kind, passages, added_at, cut) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*values, now, item.cut),
                )
                db.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (p.id, p.source, n, p.title, p.heading, p.page, p.text, p.kind)
                        for n, p in enumerate(item.passages)
                    ],
                )
            return _unmark(db, before - {p.id for item in new for p in item.passages})

    def remove(self, source: str) -> list[str] | None:
        """Forget a source; returns the ids of its passages, None when it was not there."""
        with self._writing("generation") as db:
            before = _ids(db, source)
            if not db.execute("DELETE FROM sources WHERE source = ?", (source,)).rowcount:
                return None
            return _unmark(db, before)

    def embedded_among(self, fingerprint: str, ids: Sequence[str]) -> set[str]:
        """Which of these passages have a vector of this fingerprint."""
        with self._connected() as db:
            return {
                row[0]
                for key in ids
                for row in db.execute(
                    "SELECT id FROM embedded WHERE fingerprint = ? AND id = ?", (fingerprint, key)
                )
            }

    def embedded(self, fingerprint: str) -> set[str]:
        """All ids that are said to have a vector of this fingerprint."""
        with self._connected() as db:
            rows = db.execute("SELECT id FROM embedded WHERE fingerprint = ?", (fingerprint,))
            return {row[0] for row in rows}

    def not_embedded(self, fingerprint: str) -> list[Passage]:
        """The passages that have no vector of this fingerprint yet."""
        with self._connected() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM passages WHERE id NOT IN "  # noqa: S608 - a literal
                "(SELECT id FROM embedded WHERE fingerprint = ?) ORDER BY source, ordinal",
                (fingerprint,),
            ).fetchall()
        return [_passage(row) for row in rows]

    def embedded_count(self, fingerprint: str) -> int:
        """How many passages are said to have a vector of this fingerprint."""
        with self._connected() as db:
            row = db.execute(
                "SELECT count(*) FROM embedded WHERE fingerprint = ?", (fingerprint,)
            ).fetchone()
        return int(row[0])

    def mark_embedded(self, fingerprint: str, ids: Iterable[str]) -> int:
        """Record that these passages have vectors now; returns the new vector generation."""
        with self._writing("vectors") as db:
            db.executemany(
                "INSERT OR IGNORE INTO embedded VALUES (?, ?)", [(fingerprint, key) for key in ids]
            )
            return _value(db, "vectors")

    def mark_dropped(self) -> int:
        """Record that vectors were deleted; returns the new vector generation."""
        with self._writing("vectors") as db:
            return _value(db, "vectors")

    def clear_embedded(self, fingerprint: str) -> int:
        """Forget which passages have vectors of this fingerprint: they were lost or dropped."""
        with self._writing("vectors") as db:
            db.execute("DELETE FROM embedded WHERE fingerprint = ?", (fingerprint,))
            return _value(db, "vectors")

    def _meta(self, key: str) -> str:
        with self._connected() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    @contextmanager
    def _writing(self, counter: str) -> Iterator[sqlite3.Connection]:
        with self._connected() as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("UPDATE meta SET value = value + 1 WHERE key = ?", (counter,))
            yield db

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
            db.execute("PRAGMA foreign_keys=ON")
            # With a write-ahead log nothing can be torn; only a power cut may take back the last
            # change, which the next run makes again.
            db.execute("PRAGMA synchronous=NORMAL")
            yield db


def _ids(db: sqlite3.Connection, source: str) -> set[str]:
    return {row[0] for row in db.execute("SELECT id FROM passages WHERE source = ?", (source,))}


def _unmark(db: sqlite3.Connection, ids: set[str]) -> list[str]:
    gone = sorted(ids)
    db.executemany("DELETE FROM embedded WHERE id = ?", [(key,) for key in gone])
    return gone


def _value(db: sqlite3.Connection, key: str) -> int:
    return int(db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])


def _passage(row: tuple[str, str, str, str, int | None, str, str]) -> Passage:
    key, source, title, heading, page, text, kind = row
    return Passage.model_construct(
        id=key, source=source, title=title, heading=heading, page=page, text=text, kind=kind
    )
