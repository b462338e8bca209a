"""The port to the data engine: named tables in, rows and the SQL that made them out.

Everything above speaks Ibis expressions over `Engine.table(name)`. DuckDB runs inside the
process by default; `backends` opens others by their Ibis URL, and one that does not read Parquet
gets a copy of the tables (`copies`). An engine other than DuckDB must first give the results
DuckDB gives (`conformance`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.customers import copies
from copilot.customers.backends import IN_PLACE, connect, failures, keep, reason, shown
from copilot.customers.privacy import registry
from copilot.customers.schema import TABLES
from copilot.customers.store import Store
from copilot.errors import DataError, StoreError

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Engine:
    """A connection over the store's Parquet files; reopens when the store's generation moves.

    Whatever the engine itself fails at, a lost connection for one, is a StoreError; the next use
    connects again. `check` off leaves out the comparison with DuckDB.
    """

    def __init__(self, store: Store, *, url: str = "duckdb://", check: bool = True) -> None:
        self.store = store
        self.url = url
        self._check = check
        self._connection: Any = None
        self._generation = -1
        self._tables: dict[str, Any] = {}
        self._whole: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._remembered: dict[str, Any] = {}

    @property
    def connection(self) -> Any:
        """The Ibis backend, connected on first use; raises StoreError naming the URL."""
        if self._connection is None:
            self._connection = connect(self.url)
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

    def whole(self, name: str) -> "ir.Table":
        """The canonical table with the fields that may not be used: for the person's own record."""
        self.table(name)
        found: ir.Table = self._whole[name]
        return found

    def kept(self, name: str, make: Callable[[], "ir.Table"]) -> "ir.Table":
        """A table computed once for each generation of the store and kept in the engine."""
        self._refresh()
        if name not in self._kept:
            table = make()
            with self._guarded():
                self._kept[name] = keep(self.connection, table)
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
        with self._guarded():
            rows: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
        return rows

    def local(self, expression: "ir.Table") -> "ir.Table":
        """The result as a table of a DuckDB in this process, carried over in Arrow batches.

        What DuckDB computed is left where it is.
        """
        if self.connection.name == "duckdb":
            return expression
        here = connect("duckdb://")
        with self._guarded():
            here.con.register("batches", expression.to_pyarrow_batches(chunk_size=50_000))
            here.raw_sql("CREATE TABLE carried AS FROM batches")
            here.con.unregister("batches")
        carried: ir.Table = here.table("carried")
        return carried

    def sql(self, expression: "ir.Table") -> str:
        """The SQL this engine runs for the expression, laid out to be read."""
        return str(self.connection.compile(expression, pretty=True))

    def follow(self) -> None:
        """Bring copies in another database up to the store: what was erased here goes there too.

        Nothing happens where the engine reads the store's own files. Raises StoreError when the
        database cannot be reached; its next use drops the old copies.
        """
        if self.url.partition("://")[0] in IN_PLACE:
            return
        self.close()
        with self._guarded():
            copies.copied(self.connection, self.store.folder, self._files())

    def close(self, *, remove_copies: bool = False) -> None:
        """Let go of the connection; the next use opens another.

        With `remove_copies` the tables copied into another database are dropped first.
        """
        if remove_copies and self._connection is not None and not self._in_place:
            with self._guarded():
                copies.remove(self._connection, self.store.folder)
        connection = self._connection
        self._forget()
        if connection is not None and connection.name != "pyspark":  # others share its Spark
            connection.disconnect()

    @property
    def _in_place(self) -> bool:
        return self.connection.name in IN_PLACE

    def _forget(self) -> None:
        self._kept, self._remembered = {}, {}
        self._connection, self._generation = None, -1
        self._tables, self._whole = {}, {}

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turns the engine's failures into StoreError and drops the connection."""
        from ibis.common.exceptions import OperationNotDefinedError, UnsupportedOperationError

        connection = self.connection
        try:
            yield
        except (OperationNotDefinedError, UnsupportedOperationError) as error:
            raise StoreError(
                f"The data engine {shown(self.url)!r} cannot do this: {reason(error, self.url)}.",
                hint="Use duckdb:// (the default) or pyspark:// for it.",
            ) from error
        except failures(connection) as error:
            self._forget()
            raise StoreError(
                f"The data engine {shown(self.url)!r} failed: {reason(error, self.url)}.",
                hint="Nothing is lost. See that it runs, then do this again: it connects anew.",
            ) from error

    def _refresh(self) -> None:
        generation = self.store.manifest().generation
        if generation == self._generation:
            return
        from copilot.customers import conformance

        self._kept, self._remembered = {}, {}
        if self._check and self._generation < 0:
            conformance.require(self)
        elif self._generation >= 0 and not self._in_place:
            self.close()  # and with it what the connection kept of the old generation
        with self._guarded():
            read = self._read(generation)
        self._whole = read
        self._tables = {name: self._permitted(name, table) for name, table in read.items()}
        self._generation = generation

    def _read(self, generation: int) -> dict[str, "ir.Table"]:
        if not self._in_place:
            return copies.copied(self.connection, self.store.folder, self._files())
        return {
            name: self.connection.read_parquet(str(path), table_name=f"{name}_{generation}")
            for name, path in self._files().items()
        }

    def _files(self) -> dict[str, Path]:
        return {name: path for name, path in self.store.files().items() if name in TABLES}

    def _permitted(self, name: str, table: "ir.Table") -> "ir.Table":
        """The table with nothing in the fields that may not be used."""
        import ibis

        barred = registry.never(self.store, name)
        return table.mutate(**{field: ibis.null(table[field].type()) for field in sorted(barred)})
