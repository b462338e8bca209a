"""The canonical tables: their fields, their types, and what may be said of each field.

Every field is optional except the key. A field's `use` says whether copy may *mention* it, may
only be *used* to choose what is said, or may *not* be used at all (special categories of data,
GDPR article 9, and what people feel is nobody's business).
"""

from dataclasses import dataclass
from typing import Literal

from copilot.errors import DataError
from copilot.records import TableName

FORGOTTEN = "hmac-sha256:"
"""Begins the keyed hash that stands among the suppressions for a forgotten person's address."""

FieldType = Literal["text", "integer", "number", "money", "date", "datetime", "boolean", "json"]
Use = Literal["mention", "use", "never"]


@dataclass(frozen=True)
class Field:
    """One canonical field."""

    name: str
    type: FieldType
    use: Use = "use"
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table; rows with the same `key` are the same row."""

    name: TableName
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name; raises DataError naming the known ones."""
        for field in self.fields:
            if field.name == name:
                return field
        known = ", ".join(field.name for field in self.fields)
        raise DataError(f"Table {self.name!r} has no field {name!r}.", hint=f"It has: {known}.")

    @property
    def types(self) -> dict[str, FieldType]:
        """Field name to type, in order."""
        return {field.name: field.type for field in self.fields}


def _fields(spec: str, *, required: tuple[str, ...] = ()) -> tuple[Field, ...]:
    found = []
    for item in spec.split():
        name, kind, *use = item.split(":")
        found.append(Field(name, kind, use[0] if use else "use", name in required))  # type: ignore[arg-type]
    return tuple(found)


CUSTOMERS = Table(
    "customers",
    ("customer_id",),
    _fields(
        "customer_id:text first_name:text:mention last_name:text:mention email:text phone:text"
        " language:text birth_date:date gender:text:never street:text postcode:text"
        " neighbourhood:text:mention city:text:mention region:text:mention country:text"
        " lat:number lon:number store_id:text joined_at:date attributes:json",
        required=("customer_id",),
    ),
)
CONSENTS = Table(
    "consents",
    ("customer_id", "channel"),
    _fields(
        "customer_id:text channel:text status:text source:text at:datetime",
        required=("customer_id", "channel"),
    ),
)
SUPPRESSIONS = Table(
    "suppressions",
    ("address",),
    _fields("address:text channel:text reason:text at:datetime", required=("address",)),
)
PRODUCTS = Table(
    "products",
    ("product_id",),
    _fields(
        "product_id:text name:text:mention category:text:mention brand:text:mention"
        " price:money:mention margin:number options:json attributes:json",
        required=("product_id",),
    ),
)
TRANSACTIONS = Table(
    "transactions",
    ("transaction_id",),
    _fields(
        "transaction_id:text basket_id:text customer_id:text product_id:text store_id:text"
        " at:datetime quantity:number amount:money attributes:json",
    ),
)
LOCATIONS = Table(
    "locations",
    ("store_id",),
    _fields(
        "store_id:text name:text:mention kind:text:mention address:text:mention"
        " neighbourhood:text:mention city:text:mention region:text:mention postcode:text:mention"
        " country:text phone:text:mention lat:number lon:number demographics:json attributes:json",
        required=("store_id",),
    ),
)
CAMPAIGNS = Table(
    "campaigns",
    ("campaign_id",),
    _fields(
        "campaign_id:text name:text channel:text starts:date ends:date product_id:text"
        " category:text cost:money attributes:json",
        required=("campaign_id",),
    ),
)
RESPONSES = Table(
    "responses",
    ("customer_id", "campaign_id", "channel"),
    _fields(
        "customer_id:text campaign_id:text channel:text sent_at:datetime responded_at:datetime"
        " amount:money cost:money",
        required=("customer_id", "campaign_id"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        CUSTOMERS,
        CONSENTS,
        SUPPRESSIONS,
        PRODUCTS,
        TRANSACTIONS,
        LOCATIONS,
        CAMPAIGNS,
        RESPONSES,
    )
}


def table(name: str) -> Table:
    """The canonical table of that name; raises DataError naming the known ones."""
    if name not in TABLES:
        raise DataError(f"There is no table {name!r}.", hint=f"Tables are: {', '.join(TABLES)}.")
    return TABLES[name]
