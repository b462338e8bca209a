"""Typed database values as the text that files carry: dates in ISO form, numbers without doubt."""

import base64
import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

WHOLE = 9_007_199_254_740_992


class Unreadable(str):
    """A text whose bytes are not in the encoding the database says; shown as well as it goes."""


def prepare(connection: Any, driver: str) -> None:
    """Have a driver hand over as text what its own types could not hold.

    PostgreSQL knows dates Python does not (infinity, before year 1), SQLite keeps any bytes as
    text: one such value must reject its row, not end the reading.
    """
    if driver == "psycopg":
        from psycopg.types.string import TextLoader

        for kind in ("date", "timestamp", "timestamptz", "time", "timetz", "interval"):
            connection.adapters.register_loader(kind, TextLoader)
    elif driver == "pysqlite":
        connection.text_factory = _decoded


def columns(
    found: Sequence[Sequence[Any]], header: Sequence[str]
) -> tuple[list[list[str | None]], dict[int, str], set[int]]:
    """Columns of values as columns of texts.

    Also returns the places of rows that cannot be kept, with the reason, and the numbers of the
    columns that hold times with a zone.
    """
    done: list[list[str | None]] = []
    bad: dict[int, str] = {}
    zoned: set[int] = set()
    for number, values in enumerate(found):
        kinds = {type(value) for value in values}
        if kinds <= {str, type(None)}:
            texts: list[str | None] = list(values)
            if any(value is not None and value.endswith("+00") for value in values[:100]):
                texts, zone = _without_zone(texts)
                zoned |= {number} if zone else set()
        else:
            texts = [_text(value) for value in values]
            if any(isinstance(v, dt.datetime) and v.tzinfo is not None for v in values):
                zoned.add(number)
        if Unreadable in kinds:
            reason = f"{header[number]} holds bytes that are no UTF-8 text"
            for place, value in enumerate(values):
                if type(value) is Unreadable:
                    bad.setdefault(place, reason)
        done.append(texts)
    return done, bad, zoned


def _without_zone(values: list[str | None]) -> tuple[list[str | None], bool]:
    """PostgreSQL's `2026-01-02 10:00:00+00`, without the zone that says UTC."""
    cut = [v[:-3] if v and v.endswith("+00") and v[4:5] == "-" and ":" in v else v for v in values]
    return cut, cut != values


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable(raw.decode("cp1252", "replace"))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    for kind in type(value).__mro__:
        if convert := _CONVERTERS.get(kind):
            return convert(value)
    return str(value)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < WHOLE else repr(value)


def _moment(value: dt.datetime) -> str:
    utc = value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
    return utc.isoformat(sep=" ")


def _bytes(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode("ascii")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


_CONVERTERS: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _number,
    Decimal: lambda value: format(value, "f"),
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    dict: _json,
    list: _json,
    tuple: _json,
}
