"""A database's rows come in by one reading query, streamed, typed, and without its password."""

import datetime as dt
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from copilot import Copilot, Settings
from copilot.__main__ import run
from copilot.customers.importing.databases import Database, is_url, read_only, tables
from copilot.customers.importing.load import import_file
from copilot.customers.store import Store
from copilot.errors import DataError, InputError, StoreError
from copilot.records import ImportReport

BIN = Path("/usr/lib/postgresql/15/bin")
PEOPLE = """
CREATE TABLE people (id INTEGER PRIMARY KEY, first_name TEXT, email TEXT, city TEXT, joined TEXT);
INSERT INTO people VALUES (1, 'Ann', 'ann@example.org', 'Leeds', '2024-03-01'),
  (2, 'Bob', 'bob@example.org', NULL, '2024-04-02'), (3, 'Cy', 'not an address', 'York', NULL);
CREATE TABLE empty (id INTEGER);
CREATE VIEW leeds AS SELECT * FROM people WHERE city = 'Leeds';
"""


def rows(store: Store, table: str, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.read_parquet(str(store.files()[table])).project(columns).order(columns).fetchall()


def balanced(report: ImportReport) -> ImportReport:
    assert report.rows_read == report.rows_loaded + report.rows_updated + report.rows_rejected
    return report


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(PEOPLE)
    connection.close()
    return f"sqlite:///{path}"


def test_a_query_fills_a_table_like_a_file_does(store: Store, shop: str) -> None:
    source = Database(shop, "SELECT id AS customer_id, first_name, email, city FROM people")
    report = balanced(import_file(store, source))
    assert (report.table, report.rows_read) == ("customers", 3)
    assert (report.encoding, report.delimiter) == ("database", None)
    assert report.source == shop
    assert rows(store, "customers", "customer_id, first_name, city")[:2] == [
        ("1", "Ann", "Leeds"),
        ("2", "Bob", None),
    ]
    again = balanced(import_file(store, source))
    assert again.rows_loaded == 0


def test_the_database_is_left_as_it_was(store: Store, shop: str) -> None:
    path = Path(shop.removeprefix("sqlite:///"))
    before = path.read_bytes()
    import_file(store, Database(shop, "SELECT * FROM people"), table="customers")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM people",
        "SELECT 1; DROP TABLE people",
        "WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone",
        "SELECT * INTO copy FROM people",
        "SELECT * FROM people FOR UPDATE",
        "EXPLAIN SELECT 1",
        "COPY people TO '/tmp/x'",
        "SELEC * FROM people",
        "",
    ],
)
def test_what_is_not_one_plain_read_is_refused(query: str) -> None:
    with pytest.raises(DataError) as caught:
        read_only(query, "postgresql")
    assert "SELECT" in caught.value.hint


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS a;",
        "(SELECT 1) UNION ALL SELECT 2",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "VALUES (1, 'x')",
        "-- who\nSELECT '; DROP TABLE x', ':30', 50 % 7, 'a%'",
    ],
)
def test_plain_reads_pass(query: str) -> None:
    assert read_only(query, "postgresql") == query.rstrip(";")


def test_signs_in_a_query_are_not_taken_for_parameters(store: Store, shop: str) -> None:
    query = (
        "SELECT id AS customer_id, '10:30' AS city, 50 % 7 AS n FROM people WHERE email LIKE '%@%'"
    )
    import_file(store, Database(shop, query), table="customers")
    assert rows(store, "customers", "customer_id, city") == [("1", "10:30"), ("2", "10:30")]


def test_without_a_query_the_tables_are_told(store: Store, shop: str) -> None:
    assert tables(shop) == [("empty", 0), ("people", 3), ("leeds", 1)]
    with pytest.raises(DataError, match="say what to read") as caught:
        import_file(store, Database(shop))
    assert "people (3 rows)" in caught.value.hint


def test_a_query_without_rows_is_said(store: Store, shop: str) -> None:
    with pytest.raises(DataError, match="gave no rows"):
        import_file(store, Database(shop, "SELECT * FROM empty"))


def test_a_wrong_table_is_the_querys_fault_and_a_missing_file_the_outsides(
    store: Store, shop: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="no such table: nowhere"):
        import_file(store, Database(shop, "SELECT * FROM nowhere"))
    missing = tmp_path / "none.db"
    with pytest.raises(StoreError, match="no database file"):
        import_file(store, Database(f"sqlite:///{missing}", "SELECT 1"))
    assert not missing.exists()


def test_a_driver_that_is_not_there_names_its_remedy(store: Store) -> None:
    with pytest.raises(StoreError, match="No driver") as caught:
        import_file(store, Database("nosuchdb://h/x", "SELECT 1"))
    assert "marketing-copilot[database]" in caught.value.hint


def test_bytes_that_are_no_text_reject_their_row(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "odd.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (customer_id TEXT, city TEXT)")
        connection.execute("INSERT INTO t VALUES ('1', 'Leeds'), ('2', CAST(x'43e46469' AS TEXT))")
    connection.close()
    report = balanced(import_file(store, Database(f"sqlite:///{path}", "SELECT * FROM t")))
    assert (report.rows_loaded, report.rows_rejected) == (1, 1)
    text = Path(str(report.rejects_file)).read_text("utf-8")
    assert "2,Cädi,2,,,city holds bytes that are no UTF-8 text" in text


def test_the_shell_and_the_verb_take_a_url(
    shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copilot = Copilot(Settings.load(tmp_path / "home"))
    with pytest.raises(InputError, match="--query goes with a database URL"):
        copilot.import_customers(["people.csv"], query="SELECT 1")
    arguments = ["customers", "import", shop, "--query", "SELECT * FROM people", "--as"]
    assert run([*arguments, "customers", "--workspace", str(tmp_path / "home")]) == 0
    assert "customers from sqlite:////" in capsys.readouterr().out
    assert copilot.profile().tables["customers"].rows >= 2
    gone = ["customers", "import", "sqlite:////nowhere/x.db", "--query", "SELECT 1"]
    assert run([*gone, "--workspace", str(tmp_path / "home")]) == 3


def test_windows_paths_and_files_are_no_urls() -> None:
    assert is_url("postgresql+psycopg://u@h/db")
    assert not is_url("C:\\data\\x.csv")
    assert not is_url("data/x.csv")


# ---------------------------------------------------------------- a real PostgreSQL server


def _as_postgres(*command: str | Path) -> list[str]:
    plain = [str(part) for part in command]
    return ["runuser", "-u", "postgres", "--", *plain] if os.geteuid() == 0 else plain


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a private server on a free loopback port."""
    folder = Path("/tmp") / f"copilot-postgres-{os.getpid()}"  # noqa: S108 - its socket path must be short
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    secret = folder / "password"
    secret.write_text("s3cr3t-w0rd\n", encoding="utf-8")
    secret.chmod(0o644)
    data = folder / "data"
    run = {"check": True, "capture_output": True, "cwd": "/"}
    initdb = _as_postgres(BIN / "initdb", "-D", data, "-U", "app", "-A", "scram-sha-256")
    subprocess.run([*initdb, f"--pwfile={secret}", "-E", "UTF8", "--no-sync"], **run)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    control = _as_postgres(BIN / "pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log")
    subprocess.run([*control, "start"], check=True, stdout=subprocess.DEVNULL, cwd="/")
    try:
        yield f"postgresql://app:s3cr3t-w0rd@127.0.0.1:{port}/postgres"
    finally:
        stop = _as_postgres(BIN / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(folder)


@pytest.fixture
def run_sql(server: str) -> Callable[[str], None]:
    import psycopg

    def _run(text: str) -> None:
        with psycopg.connect(server) as connection:
            connection.execute(text)

    return _run


@pytest.mark.postgres
def test_postgresql_values_keep_their_meaning(
    store: Store, server: str, run_sql: Callable[[str], None]
) -> None:
    run_sql(
        "DROP TABLE IF EXISTS sales; CREATE TABLE sales (sale_id bigint, customer_id uuid,"
        " product_id text, at timestamptz, quantity real, amount numeric(12,2), extra jsonb,"
        " photo bytea, gift boolean);"
        "INSERT INTO sales VALUES"
        " (1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'RYE', '2026-01-02 10:30:00+02', 2,"
        "  1234567.89, '{\"k\": [1, \"ü\"]}', '\\x0102', true),"
        " (2, NULL, NULL, '2026-01-03 00:00:00.5+00', NULL, -3, NULL, NULL, NULL),"
        " (3, NULL, 'BUN', 'infinity', 1, 2.50, NULL, NULL, false)"
    )
    query = (
        "SELECT sale_id AS transaction_id, customer_id, product_id, at, quantity, amount, extra,"
        " photo, gift FROM sales ORDER BY sale_id"
    )
    report = balanced(import_file(store, Database(server, query), table="transactions"))
    assert (report.rows_loaded, report.rows_rejected) == (2, 1)
    first, second = rows(
        store, "transactions", 'transaction_id, customer_id, product_id, "at", quantity, amount'
    )
    assert first == (
        "1",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "RYE",
        dt.datetime(2026, 1, 2, 8, 30),
        2.0,
        Decimal("1234567.89"),
    )
    assert second[3:] == (dt.datetime(2026, 1, 3, 0, 0, 0, 500000), None, Decimal("-3.00"))
    kept = rows(store, "transactions", "transaction_id, attributes")[0][1]
    assert '"photo":"AQI="' in kept.replace(": ", ":")
    assert "true" in kept
    assert "ü" in kept
    rejects = Path(str(report.rejects_file)).read_text("utf-8")
    assert "infinity" in rejects
    assert "not a date or time" in rejects
    assert any("read as UTC" in warning for warning in report.warnings)


@pytest.mark.postgres
def test_postgresql_is_only_read_even_by_functions(
    store: Store, server: str, run_sql: Callable[[str], None]
) -> None:
    run_sql("CREATE SEQUENCE IF NOT EXISTS numbers")
    with pytest.raises(DataError, match="read-only transaction"):
        import_file(store, Database(server, "SELECT nextval('numbers') AS customer_id"))


@pytest.mark.postgres
def test_no_message_or_report_shows_the_password(
    store: Store, server: str, run_sql: Callable[[str], None]
) -> None:
    query = "SELECT 'C1' AS customer_id, 'ann@example.org' AS email, 'yes' AS newsletter"
    report = import_file(store, Database(server, query))
    told = [report.model_dump_json(), repr(Database(server, query))]
    wrong = server.replace("s3cr3t-w0rd", "wr0ng-w0rd")
    port = server.rsplit(":", 1)[1].split("/")[0]
    for url in (wrong, server.replace(port, "1"), server + "?nonsense=s3cr3t-w0rd"):
        with pytest.raises(StoreError, match="Cannot reach postgresql://app@") as caught:
            import_file(store, Database(url, query))
        told.append(str(caught.value))
    with pytest.raises(DataError, match="nowhere") as failed:
        import_file(store, Database(server, "SELECT * FROM nowhere"))
    assert not any("w0rd" in text for text in [*told, str(failed.value)])


@pytest.mark.postgres
def test_300000_rows_stream_with_flat_memory(server: str) -> None:
    script = textwrap.dedent(
        """
        import resource, sys
        from copilot.customers.importing import databases as d
        url = d._parsed(sys.argv[1])
        query = "SELECT i, md5(i::text) || repeat('x', 200) FROM generate_series(1, 300000) i"
        with d._connected(url) as connection:
            names, batches = d._rows(connection, query)
            count, first = 0, None
            for batch in batches:
                count += len(batch)
                first = first or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first
        print(count, grown)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, server], capture_output=True, text=True, check=True
    )
    count, grown = map(int, done.stdout.split())
    assert count == 300_000
    assert grown < 20_000  # KiB; all rows at once would be 100 MB


@pytest.mark.postgres
def test_300000_rows_are_all_loaded(store: Store, server: str) -> None:
    rows_of = "generate_series(1, 300000) i"
    query = f"SELECT i AS customer_id, 'c' || i || '@example.org' AS email FROM {rows_of}"  # noqa: S608
    report = balanced(import_file(store, Database(server, query)))
    assert (report.rows_read, report.rows_loaded) == (300_000, 300_000)
