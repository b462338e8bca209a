"""Every number of the customers column from one engine, so that two engines can be compared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from books import Books
from pydantic import BaseModel
from question_set import NOT_ABOUT_THE_DATA, REFUSED, ranked, single

from copilot.customers import filters
from copilot.customers.business.cards import cards
from copilot.customers.conformance import differences
from copilot.customers.engine import Engine
from copilot.customers.lookup import customer
from copilot.customers.names import names
from copilot.customers.people import people
from copilot.customers.places.dayparts import visits
from copilot.customers.places.levels import parse_level
from copilot.customers.places.localities import localities, localities_query
from copilot.customers.places.mix import language_counts
from copilot.customers.places.similar import similar
from copilot.customers.profile import profile
from copilot.customers.questions.answer import answer_number
from copilot.customers.recipients import UNIT_FIELDS, recipients
from copilot.customers.segmenting.segments import segmented, segments
from copilot.customers.suggesting.affinity import (
    bought,
    cross_sell,
    favourites,
    items,
    pairs,
    repeat,
)
from copilot.customers.valuing.churn import churn_columns
from copilot.customers.valuing.value import value_columns
from copilot.errors import CopilotError
from copilot.records import LocalityLevel, SuggestKind

CHANNELS = ("email", "sms", "whatsapp", "push")
AUDIENCES = (
    "",
    "consent and city = 'leeds'",
    "frequency >= 3 and recency_days < 60",
    "neighbourhood in ('HOLBECK', 'Hunslet')",
    "first_purchase >= '2026-03-01' and not language = 'en'",
    "first_name like 'a%' or last_name like '%_son'",
    "monetary between 20 and 100.5",
    "segment = 'Champions' or lifecycle = 'lapsed'",
    "favourite_product is not null and consent_sms",
    "birth_date < '1980-01-01'",
    "first_name = 'Łukasz' or first_name like 'ł%'",
)
RULES = ("city = 'Leeds' and frequency > 5", "language = 'pl'")
Part = tuple[str, Callable[[Engine], Any]]


def few_parts() -> list[Part]:
    """Some of each kind, for an engine that takes seconds a query."""
    chosen = []
    seen: dict[str, int] = {}
    every = {
        "question": 9,
        "recipients": 6,
        "filter": 4,
        "localities": 3,
        "query": 4,
        "segments": 3,
    }
    for name, make in parts():
        kind = name.split()[0]
        if kind == "cards":  # two minutes on Spark, made of what is compared here anyway
            continue
        if seen.setdefault(kind, 0) % every.get(kind, 1) == 0:
            chosen.append((name, make))
        seen[kind] += 1
    return chosen


def parts() -> Iterator[Part]:
    """A name and a function from an engine to plain records, for everything that is computed."""
    yield "people", lambda e: sorted_rows(e, people(e))
    yield "segmented", lambda e: sorted_rows(e, segmented(e))
    for scheme in ("rfm", "value", "lifecycle"):
        yield f"segments {scheme}", lambda e, by=scheme: segments(e, by)
        yield f"segments {scheme} where", lambda e, by=scheme: segments(e, by, where=RULES[0])
    for rule in RULES:
        yield f"segments rule {rule}", lambda e, r=rule: segments(e, "rule", where=r)
    for level in get_args(LocalityLevel):
        yield f"localities {level}", lambda e, at=level: localities(e, at)
        yield f"query {level}", lambda e, at=level: localities_query(e, at).rows
    for kind in ("product", "category"):
        yield f"cells {kind}", lambda e, k=kind: cells(e, k)
    yield "profile", profile
    yield "names", names
    for audience in AUDIENCES:
        yield f"filter {audience}", lambda e, a=audience: filtered(e, a)
        yield f"recipients {audience}", lambda e, a=audience: reached(e, a, None)
    for by in UNIT_FIELDS:
        yield f"recipients by {by}", lambda e, b=by: reached(e, "consent", b)
    for number in ("C0001", "C0002", "1", "2"):
        yield f"customer {number}", lambda e, n=number: found(e, n)
    yield from newer_parts()
    books = Books()
    for question in (*single(books), *ranked(books), *REFUSED[::8], *NOT_ABOUT_THE_DATA[::4]):
        yield f"question {question}", lambda e, q=question: answer_number(e, q)


def newer_parts() -> Iterator[Part]:
    """Value, churn, suggestions, likeness, mix and cards."""
    kinds: tuple[SuggestKind, ...] = get_args(SuggestKind)
    for kind in kinds:
        for table in (bought, items, pairs, cross_sell, repeat, favourites):
            name = f"{table.__name__} {kind}"
            yield name, lambda e, t=table, k=kind: every_row(e, t(e, k))
    yield "similar", lambda e: similar(e, "neighbourhood", "Holbeck")
    yield "languages", lambda e: language_counts(e, parse_level("neighbourhood"))
    yield "visits", lambda e: every_row(e, visits(e, parse_level("neighbourhood")))
    yield "value", lambda e: told(lambda: every_row(e, value_columns(e)))
    yield "churn", lambda e: told(lambda: every_row(e, churn_columns(e)))
    yield "cards", cards


def told(make: Callable[[], Any]) -> Any:
    """The result, or the refusal's words."""
    try:
        return make()
    except CopilotError as error:
        return error.message


def every_row(engine: Engine, table: Any) -> list[dict[str, Any]]:
    """All rows, in the order of their columns."""
    return engine.rows(table.order_by(table.columns))


def sorted_rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    return engine.rows(table.order_by("customer_id"))


def cells(engine: Engine, kind: Any) -> Any:
    from copilot.customers.places.localities import over_index_cells, over_index_table

    counts = over_index_table(engine, "neighbourhood", kind).order_by("unit", "item")
    return engine.rows(counts), over_index_cells(engine, "neighbourhood", kind)


def filtered(engine: Engine, audience: str) -> list[dict[str, Any]]:
    table = filters.apply(filters.parse(audience), segmented(engine))
    return sorted_rows(engine, table.select("customer_id"))


def reached(engine: Engine, audience: str, by: str | None) -> Any:
    chosen = recipients(engine, where=audience, channels=CHANNELS, by=by)
    rows = engine.rows(chosen.table.order_by("customer_id", "channel"))
    return rows, chosen.reached, chosen.skipped, chosen.customers


def found(engine: Engine, customer_id: str) -> Any:
    from copilot.errors import DataError

    try:
        return customer(engine, customer_id)
    except DataError as error:
        return error.message


def plain(value: Any) -> Any:
    """Records as dictionaries, without the SQL, which every engine writes its own way."""
    if isinstance(value, BaseModel):
        return plain({k: v for k, v in value.model_dump().items() if k != "sql"})
    if hasattr(value, "__dataclass_fields__"):
        return plain({name: getattr(value, name) for name in value.__dataclass_fields__})
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(each) for each in value]
    return value


def unequal(name: str, make: Callable[[Engine], Any], truth: Engine, other: Engine) -> list[str]:
    """Where the other engine's result is not DuckDB's."""
    return list(differences(plain(make(truth)), plain(make(other)), name))
