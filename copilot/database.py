"""The database of state: SQLite in the workspace, or any server by the setting DATABASE."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from copilot.errors import InputError, StoreError
from copilot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

FILE = "campaigns.db"
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


def database_url(settings: Settings) -> str:
    """The SQLAlchemy URL of the setting DATABASE, else of a file in the workspace.

    `postgres://` and `postgresql://` mean the driver of the extra `postgres`.
    """
    if not settings.database:
        settings.home.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{settings.home / FILE}"
    scheme, colon, rest = settings.database.partition(":")
    return _DRIVERS.get(scheme, scheme) + colon + rest


def open_database(url: str, tables: "MetaData") -> "Engine":
    """An engine of a SQLAlchemy URL, in which the tables are made when they are missing.

    Raises InputError when the URL cannot be used, StoreError when nobody answers there.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _patient)
        try:
            tables.create_all(engine)
        except DBAPIError:  # another process may have made the same tables at the same moment
            tables.create_all(engine)
    except DBAPIError as error:
        raise _failed(error) from error
    except (SQLAlchemyError, ImportError) as error:
        raise InputError(
            f"The setting DATABASE cannot be used: {error}.",
            hint="Use sqlite:////path/to/file.db, or postgresql://user@host/name with the extra "
            "marketing-copilot[postgres].",
        ) from error
    return engine


@contextmanager
def transaction(engine: "Engine") -> "Iterator[Connection]":
    """A transaction, kept when the block ends well. Raises StoreError when the database fails."""
    from sqlalchemy.exc import DBAPIError

    try:
        with engine.begin() as db:
            yield db
    except DBAPIError as error:
        raise _failed(error) from error


def leave_no_trace(engine: "Engine") -> None:
    """After something was erased: SQLite overwrites it, but its log of changes still holds it."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as db:
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _patient(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA secure_delete=ON")


def _failed(error: Any) -> StoreError:
    return StoreError(
        f"The database of jobs and state failed: {str(error.orig).strip()}",
        hint="Check that it runs and its disk is not full; what was done is kept.",
    )
