"""Spark gives what DuckDB gives, for everything above the port; one JVM for the whole file."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from everything import few_parts, unequal
from stored import bakery_tables, engine_of

from copilot.customers import conformance, dialects
from copilot.customers.engine import Engine
from copilot.customers.store import Store

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(900),
    # PySpark 4.0 and py4j on pandas 3
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"),
]
# small data: compiling a plan to byte code takes longer than running it
URL = (
    "pyspark://?spark.driver.memory=1g&spark.sql.shuffle.partitions=1"
    "&spark.sql.codegen.wholeStage=false&spark.default.parallelism=1&spark.sql.adaptive.enabled=false"
)
PARTS = dict(few_parts())


@pytest.fixture(scope="module", autouse=True)
def jvm() -> Iterator[None]:
    """Ends the process's Spark with this file, so that its sockets trouble no other test."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    yield
    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()
    gateway, SparkContext._gateway, SparkContext._jvm = SparkContext._gateway, None, None
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(60)
    gc.collect()


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """DuckDB and Spark over the sample bakery."""
    truth = engine_of(tmp_path_factory.mktemp("bakery"), bakery_tables())
    yield truth, Engine(truth.store, url=URL, check=False)
    truth.close()


def test_spark_passes_the_conformance_suite() -> None:
    assert conformance.first_difference(URL) == ""


@pytest.mark.parametrize("name", list(PARTS))
def test_spark_equals_duckdb(engines: tuple[Engine, Engine], name: str) -> None:
    assert unequal(name, PARTS[name], *engines) == []


def test_two_stores_in_one_spark_do_not_see_each_other(tmp_path: Path) -> None:
    here = engine_of(tmp_path / "a", {"customers": [{"customer_id": "1"}]}, url=URL)
    there = engine_of(tmp_path / "b", {"customers": [{"customer_id": "2"}]}, url=URL)
    here, there = (Engine(each.store, url=URL, check=False) for each in (here, there))
    ids = [each.rows(each.table("customers"))[0]["customer_id"] for each in (here, there)]
    assert ids == ["1", "2"]
    here.close()
    assert there.rows(there.table("customers"))[0]["customer_id"] == "2"


def test_without_its_own_spelling_spark_takes_letters_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stripped() -> Any:
        engine = Engine(Store(tmp_path / "customers"), url=URL, check=False)
        table = engine.table("customers")
        return engine.rows(table.select(bare=table["first_name"].strip()))[0]["bare"]

    engine_of(tmp_path, {"customers": [{"customer_id": "1", "first_name": "fatima"}]})
    assert stripped() == "fatima"
    monkeypatch.setattr("copilot.customers.backends._SET_UP", {"duckdb": dialects.duckdb})
    assert stripped() == "atima"
