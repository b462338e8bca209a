"""Connections to data engines: how each is opened, made to count alike, and fails.

DuckDB and Spark read the store's Parquet files where they lie. Any other engine gets a copy of
the tables (copilot.customers.copies).
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from copilot.customers import dialects
from copilot.errors import StoreError

if TYPE_CHECKING:
    import ibis.expr.types as ir

DEFAULT = "duckdb://"
IN_PLACE = frozenset({"duckdb", "pyspark"})
UNFIT = {
    "polars": "it has no window functions, which rankings need",
    "datafusion": "its current release does not start behind Ibis 12",
}
EXTRAS = {"pyspark": "spark", "postgres": "postgres", "postgresql": "postgres"}
SPARK_DEFAULTS = {
    "spark.master": "local[2]",
    "spark.app.name": "marketing-copilot",
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "4",
}
SPARK_ALWAYS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.ansi.enabled": "true",
}
LONGEST_ERROR = 200


def shown(url: str) -> str:
    """The URL as it may be printed: without its password."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return url.partition("://")[0] + "://…"
    return url.replace(f":{password}@", ":***@") if password else url


def connect(url: str) -> Any:
    """The Ibis backend of the URL, set up; raises StoreError naming the URL and the remedy."""
    import ibis
    from ibis.common.exceptions import IbisError

    scheme = url.partition("://")[0]
    if scheme in UNFIT:
        raise StoreError(
            f"The data engine {scheme!r} cannot be used: {UNFIT[scheme]}.",
            hint="Use duckdb:// (the default), pyspark://, postgres://… or sqlite://….",
        )
    try:
        connection = _OPEN.get(scheme, ibis.connect)(url)
        _SET_UP.get(connection.name, _nothing)(connection)
    except (IbisError, ImportError, OSError, ValueError, *_driver_errors(scheme)) as error:
        raise StoreError(
            f"Cannot connect to the data engine {shown(url)!r}: {reason(error, url)}.",
            hint=_remedy(scheme, error),
        ) from error
    return connection


def failures(connection: Any) -> tuple[type[BaseException], ...]:
    """What a query on the connection raises when the engine, not the question, is at fault."""
    from ibis.common.exceptions import IbisError

    driver = type(getattr(connection, "con", None)).__module__.partition(".")[0].lstrip("_")
    error = getattr(sys.modules.get(driver), "Error", None)
    found = (error,) if isinstance(error, type) and issubclass(error, Exception) else ()
    return (IbisError, OSError, *found, *_driver_errors(connection.name))


def reason(error: BaseException, url: str = "") -> str:
    """One line of an engine's error, without the password."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    try:
        password = urlsplit(url).password
    except ValueError:
        password = None
    return (text.replace(password, "***") if password else text)[:LONGEST_ERROR].rstrip(".")


def keep(connection: Any, expression: "ir.Table") -> "ir.Table":
    """The expression computed once and held by the connection.

    In Spark without the plan that made it, which every later query would be matched against; in
    PostgreSQL with its texts' collation, which a table of declared types would lose.
    """
    if connection.name not in {"postgres", "pyspark"}:
        cached: ir.Table = expression.cache()
        return cached
    from ibis.util import gen_name

    name = gen_name("kept")
    connection._run_pre_execute_hooks(expression)
    query = connection.compile(expression)
    if connection.name == "pyspark":
        connection.raw_sql(query).localCheckpoint().createTempView(name)
    else:
        with connection.begin() as cursor:
            cursor.execute(f'CREATE TEMP TABLE "{name}" AS {query}')
    kept: ir.Table = connection.table(name)
    # PostgreSQL's sums of whole numbers are numeric
    return kept.cast(
        {
            column: kind
            for column, kind in expression.schema().items()
            if type(kept[column].type()) is not type(kind)
        }
    )


def _spark(url: str) -> Any:
    """A session of its own in this process's Spark: names and settings are not shared."""
    import ibis
    from pyspark.sql import SparkSession

    chosen = dict(parse_qsl(urlsplit(url).query))
    builder = SparkSession.builder
    for key, value in {**SPARK_DEFAULTS, **_spark_folders(), **chosen, **SPARK_ALWAYS}.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate().newSession()
    for key, value in SPARK_ALWAYS.items():
        session.conf.set(key, value)
    return ibis.pyspark.connect(session)


def _sqlite(url: str) -> Any:
    """A connection that any thread may use; the caller lets one in at a time."""
    import sqlite3

    import ibis

    opened = ibis.connect(url)
    (_, _, path) = opened.raw_sql("PRAGMA database_list").fetchone()
    if not path:
        return opened
    opened.disconnect()
    return ibis.sqlite.from_connection(sqlite3.connect(path, check_same_thread=False))


_OPEN: dict[str, Callable[[str], Any]] = {"pyspark": _spark, "sqlite": _sqlite}


def _spark_folders() -> dict[str, str]:
    import tempfile

    folder = tempfile.gettempdir()
    return {"spark.sql.warehouse.dir": f"{folder}/marketing-copilot-spark"}


def _nothing(connection: Any) -> None:
    """Nothing to set up."""


_SET_UP: dict[str, Callable[[Any], None]] = {
    "duckdb": dialects.duckdb,
    "pyspark": dialects.pyspark,
    "postgres": dialects.postgres,
    "sqlite": dialects.sqlite,
}


def _driver_errors(name: str) -> tuple[type[BaseException], ...]:
    """Errors of drivers that are loaded; those of the others cannot be raised."""
    found: list[type[BaseException]] = []
    for module, error in _DRIVERS.get(name, ()):
        if module in sys.modules:
            found.append(getattr(sys.modules[module], error))
    return tuple(found)


_DRIVERS = {
    "pyspark": (
        ("pyspark.errors", "PySparkException"),
        ("py4j.protocol", "Py4JError"),
    ),
    "postgres": (("psycopg", "Error"),),
    "postgresql": (("psycopg", "Error"),),
    "sqlite": (("sqlite3", "Error"),),
    "duckdb": (("duckdb", "Error"),),
}


def _remedy(scheme: str, error: BaseException) -> str:
    if isinstance(error, ImportError) and scheme in EXTRAS:
        return f"Run: pip install 'marketing-copilot[{EXTRAS[scheme]}]'"
    return "Check MARKETING_COPILOT_ENGINE; the default is duckdb://."
