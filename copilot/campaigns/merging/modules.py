"""Mass customisation of the message: every customer is a combination of few, checked options.

A class is a place, a category of affinity, a life-cycle stage and a language. Messages are put
together and checked once per class, however many customers it has; which class a customer belongs
to is computed in the engine. `bespoke` gives every customer a message of their own, from the same
coarse attributes.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from copilot.campaigns.composing.wording import SMALL_CELL
from copilot.records import UNKNOWN, Brief, Language

if TYPE_CHECKING:
    import ibis.expr.types as ir

PLACE_COLUMNS = {
    "region": "region",
    "city": "city",
    "neighbourhood": "neighbourhood",
    "postcode": "postcode",
    "store": "store_name",
}
SEGMENTS = ("new", "active", "cooling", "at risk", "lapsed", "no purchase")
"""Life-cycle stages. They choose among wordings; no message speaks of them."""

_JOINT = " · "
_ID_LENGTH = 16
_COARSER = (
    ("segment", ("place", "category", "segment", "tongue")),
    ("category", ("place", "category", "tongue")),
    ("place", ("place", "tongue")),
)


@dataclass(frozen=True)
class MessageClass:
    """A combination of options and how many customers have it; all but language may be empty."""

    name: str
    place: str
    category: str
    language: str
    customers: int
    segment: str = ""


def with_class(recipients: "ir.Table", brief: Brief) -> "ir.Table":
    """The recipients with `unit` naming their class (or, for bespoke, themselves) and the class's
    place, category, stage and language as `class_place`, `class_category`, `class_segment`,
    `class_language`. Recipients come with their life-cycle stage as `unit`; any other unit is none.

    A stage shared by fewer than 10 customers of a place and category is dropped, then a category
    of fewer than 10, then a place with fewer, so that no class describes a handful of people.
    """
    import ibis

    people = _attributes(recipients, brief).distinct()
    for dropped, keys in _COARSER:
        counts = people.group_by(*keys).aggregate(n=ibis._.count())
        people = _kept(people, counts, dropped, keys)
    nowhere = people["place"] == ""
    people = people.mutate(
        category=nowhere.ifelse("", people["category"]),
        segment=nowhere.ifelse("", people["segment"]),
    )
    named = people.select(
        id=people["customer_id"],
        class_place=people["place"],
        class_category=people["category"],
        class_segment=people["segment"],
        class_language=people["tongue"],
        class_name=_name(people, brief),
    )
    joined = recipients.inner_join(named, recipients["customer_id"] == named["id"])
    return joined.mutate(unit=joined["class_name"]).drop("id", "class_name")


def classes(classed: "ir.Table") -> tuple[MessageClass, ...]:
    """The classes of a table from `with_class`, by name; runs one query."""
    keys = ("unit", "class_place", "class_category", "class_segment", "class_language")
    rows = (
        classed.select("customer_id", *keys)
        .distinct()
        .group_by(*keys)
        .aggregate(customers=lambda table: table.count())
        .order_by("unit")
    )
    return tuple(
        MessageClass(
            name=row["unit"],
            place=row["class_place"],
            category=row["class_category"],
            language=row["class_language"],
            segment=row["class_segment"],
            customers=row["customers"],
        )
        for row in rows.to_pyarrow().to_pylist()
    )


def own_unit(customer_id: str) -> str:
    """The name of the unit that `bespoke` gives one customer, as `with_class` computes it."""
    return hashlib.sha256(customer_id.encode("utf-8")).hexdigest()[:_ID_LENGTH]


def own_language(column: "ir.StringColumn") -> "ir.StringValue":
    """The two-letter language of a customer where we write it, else empty."""
    import ibis

    start: Any = ibis.coalesce(column.cast("string").strip().lower().substr(0, 2), "")
    return start.isin(get_args(Language)).ifelse(start, "")


def _attributes(recipients: "ir.Table", brief: Brief) -> "ir.Table":
    import ibis

    def text(column: str) -> Any:
        value = ibis.coalesce(recipients[column].cast("string").strip(), "")
        return (value == UNKNOWN).ifelse("", value)

    place = PLACE_COLUMNS.get(brief.by or "neighbourhood", "neighbourhood")
    return recipients.select(
        "customer_id",
        place=text(place),
        category=text("favourite_category"),
        segment=_segment(recipients, brief),
        tongue=_language(recipients, brief),
    )


def _segment(recipients: "ir.Table", brief: Brief) -> Any:
    import ibis

    if brief.method == "bespoke":
        return ibis.literal("")
    unit: Any = recipients["unit"]
    return unit.isin(SEGMENTS).ifelse(unit, "")


def _language(recipients: "ir.Table", brief: Brief) -> Any:
    import ibis

    named = [each for each in brief.languages if each != "local"]
    default = named[0] if named else "en"
    allowed = list(get_args(Language)) if "local" in brief.languages else named
    own: Any = own_language(recipients["language"])
    return own.isin(allowed).ifelse(own, ibis.literal(default))


def _kept(
    people: "ir.Table", counts: "ir.Table", dropped: str, keys: tuple[str, ...]
) -> "ir.Table":
    joined = people.inner_join(counts, list(keys))
    enough = joined["n"] >= SMALL_CELL
    return joined.mutate(**{dropped: enough.ifelse(joined[dropped], "")}).select(*people.columns)


def _name(people: "ir.Table", brief: Brief) -> Any:
    if brief.method == "bespoke":
        return people["customer_id"].cast("string").hexdigest("sha256").substr(0, _ID_LENGTH)
    place: Any = (people["place"] == "").ifelse("anywhere", people["place"])
    category: Any = (people["category"] == "").ifelse("anything", people["category"])
    segment: Any = (people["segment"] == "").ifelse("", _JOINT + people["segment"])
    return place + _JOINT + category + segment + _JOINT + people["tongue"]
