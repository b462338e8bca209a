"""Records of the customers column: what was imported, who is there, what was computed."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record

UNKNOWN = "(unknown)"
"""The unit of customers whose place, segment or product is not known; copy never names it."""

TableName = Literal[
    "customers",
    "consents",
    "suppressions",
    "products",
    "transactions",
    "locations",
    "campaigns",
    "responses",
]
LocalityLevel = Literal["country", "region", "city", "neighbourhood", "postcode", "store"]
ItemKind = Literal["product", "category", "brand", "department", "service"]


class MappedColumn(Record):
    """Which canonical field a file's column fills (None: kept aside), and how sure we are, 0-1."""

    field: str | None
    confidence: float


class SavedMapping(Record):
    """A mapping kept for files with the columns `header`; an empty field leaves a column out.

    `source` is the file it was last made for.
    """

    key: str
    table: str | None = None
    source: str = ""
    header: tuple[str, ...] = ()
    columns: dict[str, str]


class ImportReport(Record):
    """What happened to every row: rows_read = rows_loaded + rows_updated + rows_rejected."""

    source: str = ""
    table: str
    rows_read: int
    rows_loaded: int
    rows_updated: int
    rows_rejected: int
    rejects_file: str | None = None
    encoding: str
    delimiter: str | None
    mapping: dict[str, MappedColumn]
    warnings: tuple[str, ...] = ()
    dry_run: bool = False
    preview: tuple[dict[str, object], ...] = Field(
        default=(), description="the first few rows as they will be stored"
    )
    elapsed_ms: int = 0


class TableProfile(Record):
    rows: int
    coverage: dict[str, float] = Field(description="share of rows with a value, by field, 0-1")


class Consent(Record):
    """Customers by consent status on one channel; unknown is not yes."""

    yes: int
    no: int
    unknown: int


class Profile(Record):
    tables: dict[str, TableProfile]
    date_range: tuple[str, str] | None = Field(
        default=None, description="first and last transaction, ISO dates"
    )
    consent: dict[str, Consent] = Field(default_factory=dict)
    suppressed: int = 0
    missing: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="feature to the tables or fields it still lacks"
    )
    synthetic: tuple[str, ...] = Field(
        default=(), description="fields that were made up for a demonstration"
    )


class OverIndex(Record):
    """How much more often a locality's customers buy something than all customers do.

    `index` is the shrunk ratio (1 = as everywhere), with its 90% interval; `customers` is how
    many of the locality's customers bought it.
    """

    name: str
    kind: ItemKind
    index: float
    low: float
    high: float
    customers: int


class Store(Record):
    store_id: str
    name: str
    address: str = ""
    neighbourhood: str = ""


class Locality(Record):
    """One locality's profile, computed; revenue is in the data's own currency."""

    level: str
    name: str
    customers: int
    buyers: int
    revenue: float
    transactions: int
    average_basket: float | None = None
    top: tuple[OverIndex, ...] = ()
    languages: dict[str, float] = Field(default_factory=dict)
    response_rate: float | None = None
    responses: int = 0
    stores: tuple[Store, ...] = ()


class Segment(Record):
    """Customers who share a rule; averages are per customer, recency in days."""

    name: str
    rule: str
    customers: int
    share: float = Field(description="of the customers asked about, 0-1")
    revenue: float
    recency_days: float | None = None
    frequency: float | None = None
    monetary: float | None = None


class Forgotten(Record):
    """What forgetting a person erased: rows by table, rows by file of the workspace, files of it
    that were removed whole, and files outside it that still name the person."""

    customer_id: str
    erased: dict[str, int]
    files: dict[str, int] = Field(default_factory=dict)
    removed: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class FieldRule(Record):
    """What may be done with a field: mentioned in copy, only used, or not used at all.

    `reason` says what a sensitive field is about; `decided` when a person changed the default.
    """

    table: str
    field: str
    use: Literal["mention", "use", "never"]
    default: Literal["mention", "use", "never"]
    sensitive: bool = False
    reason: str = ""
    decided: bool = False


class Unparsed(Record):
    """A question about the data that was not understood: why, and what would work.

    `own` says that it speaks of the business itself ("our customers"), so that no general
    explanation can be its answer.
    """

    reason: str
    suggestions: tuple[str, ...] = ()
    own: bool = False
