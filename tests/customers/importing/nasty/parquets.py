"""Parquet: decimals, zones, nested and dictionary columns, exact identifiers."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.customers.importing.nasty.case import Nasty


def _parquet(name: str, content: pa.Table, read: int, rejected: int = 0, **more: Any) -> Nasty:
    sink = io.BytesIO()
    pq.write_table(content, sink)
    return Nasty(name, sink.getvalue(), read, rejected, **more)


def typed_columns() -> Nasty:
    table = pa.table(
        {
            "transaction_id": pa.array([9007199254740993, 9007199254740995], pa.int64()),
            "customer_id": pa.array(["00123", "00124"]).dictionary_encode(),
            "at": pa.array([dt.datetime(2026, 3, 3, 8, 5), None], pa.timestamp("us")),
            "amount": pa.array([Decimal("12.50"), Decimal("-7.25")], pa.decimal128(12, 2)),
            "quantity": pa.array([1.0, 2.5], pa.float64()),
        }
    )
    return _parquet(
        "typed.parquet", table, 2, table="transactions", cells={
            "9007199254740993": {"customer_id": "00123", "at": dt.datetime(2026, 3, 3, 8, 5),
                                 "amount": Decimal("12.50"), "quantity": 1.0},
            "9007199254740995": {"at": None, "amount": Decimal("-7.25"), "quantity": 2.5}},
    )  # fmt: skip


def zones() -> Nasty:
    at = dt.datetime(2026, 3, 3, 8, 5, tzinfo=dt.UTC)
    table = pa.table(
        {
            "transaction_id": ["T1"],
            "customer_id": ["C1"],
            "at": pa.array([at], pa.timestamp("us", tz="UTC")),
            "amount": [3.2],
        }
    )
    return _parquet(
        "zones.parquet", table, 1, table="transactions", cells={
            "T1": {"at": dt.datetime(2026, 3, 3, 8, 5), "amount": Decimal("3.20")}},
    )  # fmt: skip


def nanoseconds_and_dates() -> Nasty:
    table = pa.table(
        {
            "id": ["C1", "C2"],
            "birth_date": pa.array([dt.date(1980, 2, 28), None], pa.date32()),
            "joined_at": pa.array([dt.datetime(2020, 1, 31, 10)] * 2, pa.timestamp("ns")),
            "city": ["Leeds", None],
        }
    )
    return _parquet(
        "dates.parquet", table, 2, cells={
            "C1": {"birth_date": dt.date(1980, 2, 28), "joined_at": dt.date(2020, 1, 31)},
            "C2": {"birth_date": None, "city": None}},
    )  # fmt: skip


def whole_floats_as_ids() -> Nasty:
    """Data frames turn identifiers with a gap into fractions: 123.0."""
    table = pa.table({"id": pa.array([123.0, 124.0, None]), "city": ["Leeds", "York", "Hull"]})
    return _parquet(
        "float_ids.parquet", table, 3, 1, reasons=("customer_id is empty",),
        cells={"123": {"city": "Leeds"}},
    )  # fmt: skip


def nested() -> Nasty:
    table = pa.table(
        {
            "id": ["C1", "C2"],
            "address": pa.array(
                [{"city": "Leeds", "postcode": "LS1"}, {"city": "York", "postcode": None}]
            ),
            "tags": pa.array([["a", "b"], []], pa.list_(pa.string())),
        }
    )
    return _parquet(
        "nested.parquet", table, 2,
        cells={"C1": {"city": "Leeds", "postcode": "LS1", "street": None}, "C2": {"city": "York"}},
    )  # fmt: skip


def many_row_groups() -> Nasty:
    table = pa.table({"id": [f"C{i}" for i in range(5000)], "city": ["Leeds"] * 5000})
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=100, compression="gzip")
    return Nasty("groups.parquet", sink.getvalue(), 5000, cells={"C4999": {"city": "Leeds"}})


def bytes_and_flags() -> Nasty:
    table = pa.table({"id": ["C1"], "city": pa.array([b"Leeds"], pa.binary()), "vip": [True]})
    return _parquet(
        "bytes.parquet", table, 1, cells={"C1": {"city": "Leeds", "attributes": '{"vip":"true"}'}}
    )


def no_rows() -> Nasty:
    return _parquet(
        "no_rows.parquet", pa.table({"id": pa.array([], pa.string())}), 0, refused="no rows"
    )


def cut_off() -> Nasty:
    whole = typed_columns().content
    return Nasty("cut.parquet", whole[: len(whole) // 2], refused="not a readable Parquet")
