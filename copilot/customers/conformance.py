"""Whether a data engine counts as DuckDB does: asked once, before its numbers are shown.

A small made-up business that holds what engines disagree on (ties, whole-number division, sums of
floats, empty keys, quotes and emoji in text, midnight, negative amounts, rounding, letter case,
wildcards, dates apart, weekdays, shares) is put into DuckDB and into the engine, and every result
is compared; a few are worked out by hand besides. A pass is kept in the store's folder under the
engine's address and the versions of everything that takes part.
"""

import datetime as dt
import hashlib
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.customers import backends, conformance_data
from copilot.customers.store import Store
from copilot.errors import StoreError
from copilot.text import write_whole

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

FILE = "engines.json"
NEAR = 1e-9
Probe = Callable[["Engine"], Any]


def require(engine: "Engine") -> None:
    """Compare the engine with DuckDB unless it has passed before in these versions.

    Raises StoreError naming the first difference, and then nothing of it is shown.
    """
    if engine.url == backends.DEFAULT:
        return
    path, mark = engine.store.folder / FILE, fingerprint(engine)
    passed = _passed(path)
    if mark in passed:
        return
    found = first_difference(engine.url)
    if found:
        raise StoreError(
            f"The data engine {backends.shown(engine.url)!r} does not count as DuckDB does:"
            f" {found}.",
            hint="No number of it is shown. Use duckdb:// (the default), or another version of it.",
        )
    passed[mark] = {
        "engine": backends.shown(engine.url),
        "versions": versions(engine),
        "passed": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(passed, indent=1))


def passed(engine: "Engine") -> str:
    """When the engine passed in these versions; empty when it has not yet."""
    found = _passed(engine.store.folder / FILE).get(fingerprint(engine))
    return str(found["passed"]) if found else ""


def fingerprint(engine: "Engine") -> str:
    """Of the engine's address, without its password, and everything whose version matters."""
    told = json.dumps([backends.shown(engine.url), versions(engine)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def versions(engine: "Engine") -> dict[str, str]:
    """The engine's version and those of what writes its queries."""
    from importlib.metadata import version

    from copilot import __version__

    return {
        "marketing-copilot": __version__,
        engine.connection.name: str(engine.connection.version),
        "ibis": version("ibis-framework"),
        "sqlglot": version("sqlglot"),
        "duckdb": version("duckdb"),
    }


def first_difference(url: str) -> str:
    """What the engine answers otherwise than DuckDB, or than by hand; empty when nothing."""
    from copilot.customers.engine import Engine

    with tempfile.TemporaryDirectory(prefix="marketing-copilot-") as folder:
        store = Store(Path(folder))
        conformance_data.write(store)
        truth, other = Engine(store), Engine(store, url=url, check=False)
        try:
            return next(_compared(truth, other), "")
        finally:
            truth.close()
            other.close(remove_copies=True)


def differences(want: Any, got: Any, at: str) -> Iterator[str]:
    """Where two results differ: rows, keys, whole numbers and texts not at all, floats not by
    more than 1e-9 of their size."""
    if type(want) is not type(got):
        yield f"{at} is {got!r} and not {want!r}"
    elif isinstance(want, Mapping):
        if list(want) != list(got):
            yield f"{at} has {list(got)} and not {list(want)}"
        for key in want.keys() & got.keys():
            yield from differences(want[key], got[key], f"{at}.{key}")
    elif isinstance(want, list | tuple):
        if len(want) != len(got):
            yield f"{at} has {len(got)} rows and not {len(want)}"
        for number, (one, other) in enumerate(zip(want, got, strict=False), 1):
            yield from differences(one, other, f"{at}, row {number}")
    elif isinstance(want, float):
        if not math.isclose(want, got, rel_tol=NEAR, abs_tol=0.0):
            yield f"{at} is {got!r} and not {want!r}"
    elif want != got:
        yield f"{at} is {got!r} and not {want!r}"


def _compared(truth: "Engine", other: "Engine") -> Iterator[str]:
    for name, by_hand in conformance_data.TRUTHS.items():
        expression = conformance_data.EXPRESSIONS[name]
        for engine in (truth, other):
            rows = [tuple(row.values()) for row in engine.rows(expression(engine))]
            yield from differences(by_hand, rows, f"{name} in {engine.connection.name}")
    for name, expression in conformance_data.EXPRESSIONS.items():
        if name not in conformance_data.TRUTHS:
            yield from differences(
                truth.rows(expression(truth)), other.rows(expression(other)), name
            )
    for name, analysis in _analyses().items():
        yield from differences(_plain(analysis(truth)), _plain(analysis(other)), name)


def _analyses() -> dict[str, Probe]:
    """The product's own numbers over the made-up business."""
    from copilot.customers.people import people
    from copilot.customers.places.localities import localities
    from copilot.customers.profile import profile
    from copilot.customers.recipients import recipients
    from copilot.customers.segmenting.segments import segmented

    def reached(engine: "Engine") -> "ir.Table":
        return recipients(
            engine,
            where="consent and not first_name like 'z%' or city = 'ŁÓDŹ'",
            channels=("email", "sms"),
            by="city",
        ).table

    return {
        "people": lambda engine: _by_id(engine, people(engine)),
        "segments": lambda engine: _by_id(engine, segmented(engine)),
        "localities": lambda engine: localities(engine, "city"),
        "profile": profile,
        "recipients": lambda engine: engine.rows(
            reached(engine).order_by("customer_id", "channel")
        ),
    }


def _by_id(engine: "Engine", table: "ir.Table") -> list[dict[str, Any]]:
    return engine.rows(table.order_by("customer_id"))


def _plain(value: Any) -> Any:
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        return value.model_dump()
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _passed(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return {}
    return found
