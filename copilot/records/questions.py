"""What a model may say of a question about the data: a typed query, never SQL."""

from typing import Annotated, Literal

from pydantic import Field

from copilot.records.base import Record

ReadMeasure = Literal[
    "customers",
    "revenue",
    "units",
    "baskets",
    "average_basket",
    "median_basket",
    "items_per_basket",
    "spend_per_customer",
    "baskets_per_customer",
]
ReadGroup = Literal[
    "region",
    "city",
    "neighbourhood",
    "postcode",
    "store",
    "product",
    "category",
    "brand",
    "language",
    "month",
    "week",
    "quarter",
    "weekday",
]
ReadSign = Literal["at least", "more than", "at most", "fewer than", "exactly"]


class ReadName(Record):
    """A name the question uses, and what it names."""

    kind: Literal["place", "store", "product", "category", "brand"]
    name: str = Field(max_length=80)


class ReadNumber(Record):
    """A number of purchases or an amount spent, with its comparison."""

    sign: ReadSign
    number: float


class ReadConsent(Record):
    """A channel and whether consent for it was given."""

    channel: Literal["email", "sms", "whatsapp", "push"]
    given: bool


class ReadQuery(Record):
    """One question as a model reads it; nothing of it runs before it is checked word for word."""

    understood: bool = Field(description="false when the fields cannot say all of the question")
    measure: ReadMeasure = Field(description="the figure asked for")
    by: tuple[ReadGroup, ...] = Field(default=(), max_length=2, description="groups")
    order: Literal["most", "least"] | None = Field(default=None, description="which come first")
    top: int | None = Field(default=None, description="how many are wanted")
    names: tuple[ReadName, ...] = Field(default=(), max_length=6)
    not_bought: tuple[Annotated[str, Field(max_length=80)], ...] = Field(
        default=(), max_length=3, description="named things not bought"
    )
    never_bought: bool = Field(default=False, description="customers without any such purchase")
    bought: bool = Field(default=False, description="customers who bought")
    times: ReadNumber | None = Field(default=None, description="number of purchases")
    spent: ReadNumber | None = Field(default=None, description="amount spent")
    languages: tuple[Annotated[str, Field(max_length=30)], ...] = Field(
        default=(), max_length=3, description="languages spoken, in English"
    )
    consent: tuple[ReadConsent, ...] = Field(default=(), max_length=4)
    segment: Literal["champions", "loyal", "promising", "needs attention"] | None = None
    start: str | None = Field(default=None, max_length=10, description="first day, YYYY-MM-DD")
    end: str | None = Field(default=None, max_length=10, description="last day, YYYY-MM-DD")
