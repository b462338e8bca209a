"""Rows of a database, staged as the same text that every file passes through.

One query, read only, is streamed in batches; the database is never written to and its password
is never shown. A value that cannot be read as text rejects its row, with the reason.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.customers.importing import database_values as texts
from copilot.customers.importing.readers import Staged
from copilot.customers.importing.sniff import name_columns
from copilot.errors import DataError, StoreError
from copilot.text import squeeze

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlalchemy import URL, Connection

BATCH = 10_000
COUNT_UP_TO = 100_000
LISTED = 30
CONNECT_SECONDS = 15
EXTRA = "pip install 'marketing-copilot[database]'"
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+._-]*://")
_DIALECTS = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "tsql"}
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


@dataclass(frozen=True)
class Database:
    """Where to read from: a SQLAlchemy URL and one SELECT, WITH or VALUES query."""

    url: str = field(repr=False)
    query: str | None = None

    @property
    def name(self) -> str:
        """The URL without its password and options, as reports show it."""
        return _shown(_parsed(self.url))

    @property
    def stem(self) -> str:
        """A word for files and for finding the table: what the query reads from."""
        found = re.search(r"\bfrom\s+[\"`\[]?([\w.]+)", self.query or "", re.I)
        return found[1].rsplit(".", 1)[-1] if found else "query"


def is_url(text: str) -> bool:
    """Whether a text names a database rather than a file."""
    return bool(_URL.match(text))


def stage_query(con: "DuckDBPyConnection", source: Database) -> Staged:
    """Fill `raw` and `bad` from the query's rows, numbered from 1 in the order they came.

    Raises StoreError when the database cannot be reached, DataError when the query is none, is
    not a plain read, or fails.
    """
    url = _parsed(source.url)
    if source.query is None:
        raise _no_query(url)
    query = read_only(source.query, url.get_backend_name())
    with _connected(url) as connection:
        names, batches = _rows(connection, query)
        header, warnings = name_columns(names)
        count, zoned = _fill(con, batches, header)
    if not count:
        raise DataError(f"The query on {_shown(url)} gave no rows.", hint="Run it there first.")
    if zoned:
        listed = ", ".join(repr(header[i]) for i in sorted(zoned))
        warnings.append(f"Times of {listed} have a time zone; they were read as UTC.")
    return Staged(header, count, "database", None, tuple(warnings))


def read_only(query: str, backend: str) -> str:
    """The query, without a closing semicolon; raises DataError unless it is one plain read."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    dialect = _DIALECTS.get(backend, backend)
    if sqlglot.Dialect.get(dialect) is None:
        dialect = ""
    hint = "Give one SELECT (or WITH … SELECT, or VALUES)."
    try:
        tokens = sqlglot.tokenize(query, dialect=dialect)
        words = [token.text.upper() for token in tokens if token.text != "("]
        if not words or words[0] not in {"SELECT", "WITH", "VALUES"}:
            raise DataError(f"Only reading is allowed, not {_brief(query)!r}.", hint=hint)
        found = [one for one in sqlglot.parse(query, dialect=dialect) if one is not None]
    except SqlglotError as error:
        raise DataError(f"The query is not understood: {squeeze(str(error))}", hint=hint) from error
    if len(found) != 1 or not isinstance(found[0], exp.Query | exp.Values):
        raise DataError(f"The query must be one reading statement: {_brief(query)!r}.", hint=hint)
    if found[0].find(exp.DML, exp.DDL, exp.Into, exp.Lock, exp.Command):
        raise DataError(f"The query would change or lock something: {_brief(query)!r}.", hint=hint)
    return query.strip().rstrip(";")


def tables(url: str) -> list[tuple[str, int]]:
    """Every table and view of a database and its rows, counted up to COUNT_UP_TO + 1.

    Raises StoreError when the database cannot be reached.
    """
    import sqlalchemy as sa

    parsed = _parsed(url)
    found = []
    with _connected(parsed) as connection:
        inspector = sa.inspect(connection)
        for name in [*inspector.get_table_names(), *inspector.get_view_names()][:LISTED]:
            some = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(COUNT_UP_TO + 1)
            counted = sa.select(sa.func.count()).select_from(some.subquery())
            found.append((name, int(connection.execute(counted).scalar() or 0)))
    return found


def _no_query(url: "URL") -> DataError:
    there = tables(url.render_as_string(hide_password=False))
    listed = ", ".join(
        f"{name} ({'over ' if n > COUNT_UP_TO else ''}{min(n, COUNT_UP_TO):,} rows)"
        for name, n in there
    )
    example = there[0][0] if there else "…"
    return DataError(
        f"{_shown(url)} is a database; say what to read from it.",
        hint=f"Add --query, such as 'select * from {example}'. It has: {listed or 'no tables'}.",  # noqa: S608 - a hint, never run
    )


def _parsed(url: str) -> "URL":
    try:
        import sqlalchemy as sa
    except ImportError as error:
        raise DataError("Databases need SQLAlchemy.", hint=EXTRA) from error
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        scheme = url.split("://", 1)[0]
        raise DataError(
            f"The {scheme} database URL is not understood.",
            hint="Write it as postgresql://user:password@host:5432/name or sqlite:///path.db.",
        ) from error
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))


def _shown(url: "URL") -> str:
    import sqlalchemy as sa

    place = (url.username, None, url.host, url.port, url.database)
    return sa.URL.create(url.get_backend_name(), *place).render_as_string()


@contextmanager
def _connected(url: "URL") -> Iterator["Connection"]:
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=_arguments(url))
    except (ImportError, sa.exc.ArgumentError) as error:
        raise StoreError(
            f"No driver for {url.drivername!r} is installed.",
            hint=f"For PostgreSQL: {EXTRA}; for others install the driver of the URL.",
        ) from error
    try:
        connection = engine.connect()
    except sa.exc.SQLAlchemyError as error:
        raise _unreachable(url, error) from error
    try:
        with connection:
            _guard(connection, url)
            yield connection
            connection.rollback()
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated:
            raise _unreachable(url, error) from error
        raise DataError(
            f"{_shown(url)} refused the query: {_reason(url, error)}",
            hint="Run it in the database's own shell first.",
        ) from error
    finally:
        engine.dispose()


def _arguments(url: "URL") -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if url.database in {None, "", ":memory:"} or not path.is_file():
            raise StoreError(
                f"There is no database file {url.database or ''!r}.",
                hint="Check the path: sqlite:///relative.db or sqlite:////absolute.db.",
            )
    if url.get_driver_name() == "psycopg":
        return {"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"} | dict(url.query)
    return {}


def _guard(connection: "Connection", url: "URL") -> None:
    """Make the transaction read only where the database has such a thing."""
    backend = url.get_backend_name()
    if backend == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.exec_driver_sql("SET TIME ZONE 'UTC'; SET datestyle = 'ISO'")
    elif backend == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
    elif backend in {"mysql", "mariadb"}:
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
    texts.prepare(connection.connection.dbapi_connection, url.get_driver_name())


def _unreachable(url: "URL", error: Exception) -> StoreError:
    return StoreError(
        f"Cannot reach {_shown(url)}: {_reason(url, error)}",
        hint="Check host, port, name, user and password of the URL, and that it is running.",
    )


def _reason(url: "URL", error: Exception) -> str:
    told = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    reason = squeeze(told[0])[:300]
    secrets = [str(url.password or ""), *(str(value) for value in url.query.values())]
    for secret in filter(None, secrets):
        reason = reason.replace(secret, "***")
    return reason if reason.endswith(".") else f"{reason}."


def _rows(connection: "Connection", query: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
    options = {"yield_per": BATCH, "stream_results": True, "no_parameters": True}
    result = connection.exec_driver_sql(query, execution_options=options)
    return [str(key) for key in result.keys()], result.partitions(BATCH)  # noqa: SIM118


def _fill(
    con: "DuckDBPyConnection",
    batches: Iterator[Sequence[Any]],
    header: Sequence[str],
) -> tuple[int, set[int]]:
    """Put the rows into `raw` and `bad`; returns how many, and the columns of times with zones."""
    import pyarrow as pa

    names = [f"c{i}" for i in range(len(header))]
    con.execute(f"CREATE TABLE raw (row BIGINT, {', '.join(f'{n} VARCHAR' for n in names)})")
    count, zoned = 0, set[int]()
    for batch in batches:
        numbers = range(count + 1, count + len(batch) + 1)
        columns, bad, with_zone = texts.columns(list(zip(*batch, strict=True)), header)
        zoned |= with_zone
        arrays = [pa.array(numbers, pa.int64()), *(pa.array(c, pa.string()) for c in columns)]
        table = pa.table(arrays, names=["row", *names])
        con.register("batch", table)
        con.execute("INSERT INTO raw SELECT * FROM batch")
        con.unregister("batch")
        for place, reason in bad.items():
            cells = ["" if column[place] is None else str(column[place]) for column in columns]
            con.execute("INSERT INTO bad VALUES (?, ?, ?)", [numbers[place], reason, cells])
            con.execute("DELETE FROM raw WHERE row = ?", [numbers[place]])
        count += len(batch)
    return count, zoned


def _brief(query: str) -> str:
    text = squeeze(query)
    return text if len(text) <= 80 else text[:77] + "…"
