"""The port to the data engine: named tables in, rows and the SQL that made them out.

Everything above speaks Ibis expressions over `Engine.table(name)`. DuckDB runs inside the
process by default; any Ibis URL that can read Parquet works (`pyspark://`, for one).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from copilot.customers.schema import TABLES
from copilot.customers.store import Store
from copilot.errors import DataError, StoreError

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Engine:
    """A connection over the store's Parquet files; reopens when the store's generation moves."""

    def __init__(self, store: Store, *, url: str = "duckdb://") -> None:
        self.store = store
        self.url = url
        self._connection: Any = None
        self._generation = -1
        self._tables: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._remembered: dict[str, Any] = {}

    @property
    def connection(self) -> Any:
        """The Ibis backend, connected on first use; raises StoreError naming the URL."""
        if self._connection is None:
            self._connection = _connect(self.url)
        return self._connection

    def has(self, name: str) -> bool:
        """Whether the table has been imported."""
        self._refresh()
        return name in self._tables

    def table(self, name: str) -> "ir.Table":
        """The canonical table; raises DataError saying what to import when it is missing."""
        self._refresh()
        if name not in self._tables:
            raise DataError(
                f"No {name} have been imported yet.",
                hint=f"Run: marketing-copilot customers import FILE --as {name}",
            )
        found: ir.Table = self._tables[name]
        return found

    def kept(self, name: str, make: Callable[[], "ir.Table"]) -> "ir.Table":
        """A table computed once for each generation of the store and kept in the engine."""
        self._refresh()
        if name not in self._kept:
            self._kept[name] = make().cache()
        found: ir.Table = self._kept[name]
        return found

    def remembered(self, name: str, make: Callable[[], Any]) -> Any:
        """A small Python value worked out once for each generation of the store."""
        self._refresh()
        if name not in self._remembered:
            self._remembered[name] = make()
        return self._remembered[name]

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns the table really has (canonical ones are always all present)."""
        return tuple(self.table(name).columns)

    def rows(self, expression: "ir.Table") -> list[dict[str, Any]]:
        """The result as dictionaries, in order."""
        rows: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
        return rows

    def sql(self, expression: "ir.Table") -> str:
        """The SQL this engine runs for the expression, laid out to be read."""
        import ibis

        return str(ibis.to_sql(expression, dialect=self.connection.name))

    def close(self) -> None:
        """Let go of the connection; the next use opens another."""
        self._kept, self._remembered = {}, {}
        if self._connection is not None:
            self._connection.disconnect()
        self._connection, self._generation, self._tables = None, -1, {}

    def _refresh(self) -> None:
        generation = self.store.manifest().generation
        if generation == self._generation:
            return
        self._kept, self._remembered = {}, {}
        self._tables = {
            name: self.connection.read_parquet(str(path), table_name=f"{name}_{generation}")
            for name, path in self.store.files().items()
            if name in TABLES
        }
        self._generation = generation


def _connect(url: str) -> Any:
    import ibis
    from ibis.common.exceptions import IbisError

    try:
        connection = ibis.connect(url)
    except (IbisError, ImportError, OSError, ValueError) as error:
        raise StoreError(
            f"Cannot connect to the data engine {url!r}: {error}.",
            hint="Check MARKETING_COPILOT_ENGINE; the default is duckdb://.",
        ) from error
    if connection.name == "duckdb":
        connection.raw_sql("SET enable_progress_bar = false")
        connection.raw_sql("SET TimeZone = 'UTC'")
    return connection
