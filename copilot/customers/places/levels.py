"""Levels: what a locality is. A place, a class of customers or of stores, or several at once.

`city`, `postcode:4` (first characters), `postcode:area` (up to the first space), `store`,
`attributes.income_band` (the customers' own extra column), `store.kind` or
`store.demographics.income` (the store's), `attributes.income:3` (three equal groups of a number),
`segment`, and `city+attributes.income_band`. Fields that may not be used, and those that say who
somebody is, are refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from copilot.customers.people import people
from copilot.customers.privacy import registry
from copilot.customers.segmenting.segments import segmented
from copilot.customers.tables import attach, purchases, table_or_empty
from copilot.errors import DataError
from copilot.records import UNKNOWN, LocalityLevel

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

Origin = Literal["own", "segment", "attribute", "store"]

PLACES = tuple(level for level in get_args(LocalityLevel) if level != "store")
GROUPS = ("segment", "lifecycle", "value")
STORE_FIELDS = ("kind", "country", "region", "city", "neighbourhood", "postcode")
ALIASES = {
    "branch": "store",
    "shop": "store",
    "neighborhood": "neighbourhood",
    "zip": "postcode",
    "state": "region",
}
MOST_PARTS = 3
AGES = (0, 18, 25, 35, 45, 55, 65, 75)
THIRDS = ("low", "middle", "high")
_EXAMPLES = (
    f"{', '.join(get_args(LocalityLevel))}, postcode:3, postcode:area, language, age,"
    f" {', '.join(GROUPS)}, attributes.NAME, store.kind, store.demographics.NAME, or several"
    " joined with +"
)


@dataclass(frozen=True)
class Part:
    """One side of a level: whose field, which one, and how it is cut (`cut`: '', '3', 'area')."""

    origin: Origin
    field: str
    cut: str = ""


@dataclass(frozen=True)
class Level:
    """A level as it is written, and its parts."""

    name: str
    parts: tuple[Part, ...]

    @property
    def of_stores(self) -> bool:
        """Whether it divides the stores themselves: then purchases count where they were made."""
        return all(part.origin == "store" for part in self.parts)


def parse_level(text: str) -> Level:
    """The level of that name. Raises DataError saying which there are."""
    names = [part.strip() for part in text.split("+")]
    if not 1 <= len(names) <= MOST_PARTS or len(set(names)) < len(names):
        raise DataError(
            f"There is no level {text!r}.", hint=f"Join up to {MOST_PARTS} different ones with +."
        )
    parts = tuple(_part(name, text) for name in names)
    return Level("+".join(ALIASES.get(name, name) for name in names), parts)


def check_level(engine: "Engine", level: Level) -> None:
    """Raises DataError when a field of the level may not be used or is not in the data."""
    for part in level.parts:
        if part.origin == "attribute":
            _check_attribute(engine, part.field)
        elif source_field(part.field) in registry.never(engine.store) and part.origin == "own":
            raise DataError(
                f"{part.field!r} may not be used.", hint="See: marketing-copilot customers fields"
            )


def unit_of(engine: "Engine", level: Level) -> "ir.Table":
    """customer_id and `unit`: the locality each customer belongs to, '(unknown)' without one."""
    table = engine.table("customers").select("customer_id")
    for number, part in enumerate(level.parts):
        table = attach(table, _customer_values(engine, part, f"part_{number}"), "customer_id")
    values = [table[f"part_{number}"] for number in range(len(level.parts))]
    return table.select("customer_id", unit=_joined(values))


def placed(engine: "Engine", level: Level) -> "ir.Table":
    """Purchases with the `unit` they count for: their customer's, or their store's."""
    lines = purchases(engine)
    for number, part in enumerate(level.parts):
        own = _customer_values(engine, part, f"part_{number}")
        lines = attach(lines, own, "customer_id")
        if part.origin == "store":
            stores = _store_values(engine, part, f"shop_{number}")
            lines = attach(lines, stores, "store_id")
            said = lines[f"shop_{number}"]
            if part.field == "store":
                said = said.fill_null(lines["store_id"])
            lines = lines.mutate(**{f"part_{number}": said.fill_null(lines[f"part_{number}"])})
            lines = lines.drop(f"shop_{number}")
    names = [f"part_{number}" for number in range(len(level.parts))]
    return lines.mutate(unit=_joined([lines[name] for name in names])).drop(*names)


def json_text(column: "ir.Value", key: str) -> "ir.StringValue":
    """A value of a JSON column as text, whatever it was written as; empty without one."""
    found = column.cast("json")[key].cast("string").re_replace('^"|"$', "").strip()
    text: ir.StringValue = found.nullif("").nullif("null")
    return text


def source_field(field: str) -> str:
    """The customers' column that a field of theirs is read from."""
    return "birth_date" if field == "age" else field


def _part(name: str, whole: str) -> Part:
    field, _, cut = name.partition(":")
    field = ALIASES.get(field, field)
    origin: Origin | None = None
    if field in PLACES or field in ("language", "age"):
        origin = "own"
    elif field in GROUPS:
        origin = "segment"
    elif field == "store":
        origin = "store"
    elif re.fullmatch(r"attributes\..+", field):
        origin, field = "attribute", field.removeprefix("attributes.")
    elif field.removeprefix("store.") in STORE_FIELDS or re.fullmatch(
        r"store\.(attributes|demographics)\..+", field
    ):
        origin, field = "store", field.removeprefix("store.")
    number = re.fullmatch(r"[1-9]", cut) and (field == "postcode" or "." in name)
    if origin is None or (cut and not number and (field, cut) != ("postcode", "area")):
        raise DataError(f"There is no level {whole!r}.", hint=f"Levels: {_EXAMPLES}.")
    return Part(origin, field, cut)


def _check_attribute(engine: "Engine", field: str) -> None:
    known: Sequence[str] = engine.remembered(
        "attributes-customers", lambda: registry.attributes(engine.store)
    )
    if f"{registry.ATTRIBUTES}{field}" not in known:
        usable = [name for name in known if registry.may_use(engine.store, name[11:])]
        raise DataError(
            f"The customers have no extra column {field!r}.",
            hint=f"They have: {', '.join(usable[:20])}." if usable else "They have none.",
        )
    if not registry.may_use(engine.store, field):
        raise DataError(
            f"The column {field!r} may not be used.",
            hint="See: marketing-copilot customers fields",
        )


def _customer_values(engine: "Engine", part: Part, name: str) -> "ir.Table":
    """customer_id and the part's value of each customer (for a store's: of their own store)."""
    if part.origin == "store":
        table = people(engine)
        if part.field == "store":
            return table.select("customer_id", **{name: table["store_name"].strip().nullif("")})
        stores = _store_values(engine, part, name)
        return attach(table.select("customer_id", "home_store"), stores, "home_store", "store_id")[
            ["customer_id", name]
        ]
    if part.origin == "segment":
        table = segmented(engine)
        return table.select("customer_id", **{name: table[part.field].nullif("")})
    customers = engine.table("customers")
    if part.field == "age" and part.origin == "own":
        value = _age_band(engine, customers["birth_date"])
    elif part.origin == "attribute":
        value = json_text(customers["attributes"], part.field)
    else:
        value = customers[part.field]
    return _cut(customers.select("customer_id", value=value), part, name, "customer_id")


def _age_band(engine: "Engine", born: "ir.DateValue") -> "ir.StringValue":
    """The band of somebody's age when the last purchase was made; empty without a birth date."""
    import ibis

    lines = table_or_empty(engine, "transactions")
    latest = engine.rows(lines.aggregate(last=lines["at"].max().date()))[0]["last"]
    today = ibis.literal(latest) if latest else ibis.today()
    passed = (today.month() * 100 + today.day()) >= (born.month() * 100 + born.day())
    age = today.year() - born.year() - passed.ifelse(0, 1)
    ends = [*AGES[1:], None]
    names = [
        f"{start}-{end - 1}" if end else f"{start}+" for start, end in zip(AGES, ends, strict=True)
    ]
    bands = [(age < end, name) for end, name in zip(AGES[1:], names[:-1], strict=True)]
    band: ir.StringValue = age.notnull().ifelse(
        ibis.cases(*bands, else_=names[-1]), ibis.null("string")
    )
    return band


def _store_values(engine: "Engine", part: Part, name: str) -> "ir.Table":
    stores = table_or_empty(engine, "locations")
    column, _, key = part.field.partition(".")
    if part.field == "store":
        value = stores["name"]
    else:
        value = json_text(stores[column], key) if key else stores[column]
    return _cut(stores.select("store_id", value=value), part, name, "store_id")


def _cut(table: "ir.Table", part: Part, name: str, key: str) -> "ir.Table":
    """The key and the value, cut as the part says."""
    import ibis

    value = table["value"].cast("string").strip().nullif("")
    if part.field == "postcode" and part.cut:
        area = value.upper().re_extract(r"^([^\s-]+)", 1)
        packed = value.upper().re_replace(r"[\s-]", "")
        value = area if part.cut == "area" else packed.left(int(part.cut))
    elif part.cut:
        groups, number = int(part.cut), value.try_cast("float64")
        order = [ibis.asc(number), ibis.asc(table[key])]
        rank = ibis.ntile(groups).over(group_by=number.isnull(), order_by=order)
        label = ibis.cases(
            *((rank == at, _group(at, groups)) for at in range(groups)), else_=UNKNOWN
        )
        value = number.notnull().ifelse(label, ibis.null("string"))
    return table.select(key, **{name: value})


def _group(at: int, groups: int) -> str:
    return THIRDS[at] if groups == len(THIRDS) else f"{at + 1} of {groups}"


def _joined(values: "Sequence[ir.Value]") -> "ir.StringValue":
    """The parts' values, trimmed already, as one name; unknown when any of them is."""
    import ibis

    texts = [value.fill_null(UNKNOWN) for value in values]
    name = texts[0]
    for text in texts[1:]:
        name = name + " / " + text
    if len(texts) == 1:
        return name
    known = ibis.and_(*(text != UNKNOWN for text in texts))
    both: ir.StringValue = known.ifelse(name, UNKNOWN)
    return both
