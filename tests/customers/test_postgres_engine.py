"""PostgreSQL gives what DuckDB gives; its copies come and go; a killed server loses nothing."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from everything import few_parts, unequal
from stored import bakery_tables, engine_of

from copilot.customers import conformance, copies
from copilot.customers.engine import Engine
from copilot.errors import StoreError
from tests.conftest import POSTGRES

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]
PARTS = dict(few_parts())
ONE = {"customers": [{"customer_id": "1", "city": "Leeds"}]}
TWO = {"customers": [*ONE["customers"], {"customer_id": "2", "city": "Leeds"}]}


@dataclass
class Server:
    """A PostgreSQL of our own on a free port of this machine, sorting as English readers do."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgres://copilot:s3cret@127.0.0.1:{self.port}/english"

    def run(self, tool: str, *arguments: str) -> str:
        """One of its tools, as nobody in particular: it refuses to run as root."""
        command = [str(POSTGRES[-1].with_name(tool)), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        with tempfile.TemporaryFile("w+", encoding="utf-8", dir=self.folder) as said:
            done = subprocess.run(command, cwd=self.folder, stdout=said, stderr=said, check=False)
            said.seek(0)
            text = said.read()
        assert done.returncode == 0, text
        return text

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
            " -c fsync=off -c lc_messages=C"
        )
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "-D", data, "-w", "-o", options, "-l", log, "start")

    def stop(self, how: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def sql(self, text: str, database: str = "english") -> list[str]:
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "copilot", database)
        return self.run("psql", "-At", *where, "-c", text).splitlines()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="copilot-postgres-"))
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Server(folder, port)
    found.run(
        "initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "copilot", "--locale=C.UTF-8"
    )
    found.start()
    found.sql(
        "CREATE DATABASE english LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0",
        "postgres",
    )
    yield found
    found.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def engines(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    truth = engine_of(tmp_path_factory.mktemp("bakery"), bakery_tables())
    other = Engine(truth.store, url=server.url, check=False)
    yield truth, other
    other.close()  # the server, and its copies with it, goes next
    truth.close()


def tables(server: Server) -> list[str]:
    return server.sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'marketing_copilot' ORDER BY 1"
    )


def ours(server: Server, engine: Engine) -> list[str]:
    store = (engine.store.folder / copies.ID_FILE).read_text(encoding="utf-8")
    return [name for name in tables(server) if name.startswith(f"mc_{store}_")]


def test_postgres_passes_the_conformance_suite_and_keeps_none_of_it(server: Server) -> None:
    before = tables(server)
    assert conformance.first_difference(server.url) == ""
    assert tables(server) == before


@pytest.mark.parametrize("name", list(PARTS))
def test_postgres_equals_duckdb(engines: tuple[Engine, Engine], name: str) -> None:
    assert unequal(name, PARTS[name], *engines) == []


def test_a_quotient_of_quotients_keeps_its_fractions(server: Server, tmp_path: Path) -> None:
    engine = Engine(engine_of(tmp_path, ONE).store, url=server.url, check=False)
    count = engine.table("customers").aggregate(n=lambda t: t.count())
    n = count.mutate(a=count["n"] * 6, b=count["n"] * 2, c=count["n"] * 3, d=count["n"] * 2)
    table = n.mutate(x=(n["a"] / n["b"]) / (n["c"] / n["d"]), y=n["c"] / n["d"] / n["b"])
    (row,) = engine.rows(table)
    assert (row["x"], row["y"]) == (2.0, 0.75)
    engine.close(remove_copies=True)


def test_an_unchanged_table_is_not_copied_again_and_an_old_one_goes(
    server: Server, tmp_path: Path
) -> None:
    lines = {"transactions": [{"transaction_id": "1", "customer_id": "1", "amount": "1.00"}]}
    engine = Engine(engine_of(tmp_path, {**ONE, **lines}).store, url=server.url, check=False)
    assert len(engine.rows(engine.table("customers"))) == 1
    first = set(ours(server, engine))
    oid = server.sql(
        f"SELECT oid FROM pg_class WHERE relname = '{next(t for t in first if 'trans' in t)}'"  # noqa: S608
    )
    engine_of(tmp_path, {**TWO, **lines})
    assert len(engine.rows(engine.table("customers"))) == 2
    second = set(ours(server, engine))
    assert len(first) == len(second) == 2
    assert len(first & second) == 1
    kept = next(iter(first & second))
    assert server.sql(f"SELECT oid FROM pg_class WHERE relname = '{kept}'") == oid  # noqa: S608
    engine.close(remove_copies=True)
    assert ours(server, engine) == []


def test_following_the_store_takes_the_erased_out_of_the_database(
    server: Server, tmp_path: Path
) -> None:
    engine = Engine(engine_of(tmp_path, TWO).store, url=server.url, check=False)
    engine.kept("everybody", lambda: engine.table("customers"))
    (before,) = ours(server, engine)
    engine_of(tmp_path, ONE)
    engine.follow()
    (after,) = ours(server, engine)
    assert before != after
    assert server.sql(f"SELECT customer_id FROM marketing_copilot.{after}") == ["1"]  # noqa: S608
    assert server.sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'kept%'") == ["0"]
    engine.close(remove_copies=True)


def test_a_copy_that_was_cut_off_is_made_again(server: Server, tmp_path: Path) -> None:
    engine = Engine(engine_of(tmp_path, TWO).store, url=server.url, check=False)
    assert engine.has("customers")
    (name,) = ours(server, engine)
    server.sql(f"DELETE FROM marketing_copilot.{name} WHERE customer_id = '2'")  # noqa: S608
    engine.close()
    assert len(engine.rows(engine.table("customers"))) == 2
    engine.close(remove_copies=True)


def test_empty_text_and_no_text_stay_apart(server: Server, tmp_path: Path) -> None:
    rows = [
        {"customer_id": "1", "first_name": 'a"b,\n\\N', "city": "\\."},
        {"customer_id": "2", "first_name": None, "city": " "},
    ]
    truth = engine_of(tmp_path, {"customers": rows})
    engine = Engine(truth.store, url=server.url, check=False)

    def ordered(each: Engine) -> list[dict[str, object]]:
        return each.rows(each.table("customers").order_by("customer_id"))

    assert ordered(engine) == ordered(truth)
    engine.close(remove_copies=True)


def test_a_killed_server_is_a_store_error_and_the_next_use_connects_again(
    server: Server, tmp_path: Path
) -> None:
    engine = Engine(engine_of(tmp_path, ONE).store, url=server.url, check=False)
    table = engine.table("customers")
    server.stop()
    with pytest.raises(StoreError, match="failed") as caught:
        engine.rows(table)
    assert caught.value.exit_code == 3
    assert "s3cret" not in str(caught.value)
    assert "connects anew" in caught.value.hint
    with pytest.raises(StoreError, match="Cannot connect") as caught:
        engine.table("customers")
    assert "s3cret" not in str(caught.value)
    server.start()
    assert len(engine.rows(engine.table("customers"))) == 1
    engine.close(remove_copies=True)
