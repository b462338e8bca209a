"""Records of what to offer a customer next, and of the business's cards."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record

SuggestTask = Literal["cross_sell", "repeat", "any"]
SuggestKind = Literal["product", "category"]
CardKind = Literal["business", "locality", "segment", "product", "campaign"]


class NextProduct(Record):
    """One suggestion for one customer; `rank` is 1 for the best.

    `score` is, for cross_sell, the share of buyers who buy it, raised or lowered by what this
    customer buys (0-1); for repeat the occasions on which they bought it; for favourite the share
    of the place's buyers who buy it (0-1). `support` is how many customers are behind the reason.
    `due` is None except for repeat.
    """

    customer_id: str
    rank: int
    item: str
    task: Literal["cross_sell", "repeat", "favourite"]
    score: float
    reason: str
    support: int
    due: bool | None = None


class NextProducts(Record):
    """What to offer next: counts over everybody asked about, and the first suggestions."""

    task: SuggestTask
    kind: SuggestKind
    where: str = ""
    customers: int
    by_own_history: int
    by_place: int = Field(description="too little history: what their place or everybody buys")
    nothing: int = Field(description="customers without any suggestion")
    private_items: int = Field(description="items never suggested, by the list of words")
    closed_items: int = Field(description="items out of stock, not sold lately or bought by few")
    fewest_buyers: int
    fewest_occasions: int
    suggestions: tuple[NextProduct, ...] = ()
    shown: int = Field(description="customers among the suggestions here; a file holds all")
    out: str | None = None


class Card(Record):
    """A short document of computed facts about a group of at least 10 people; nobody's own."""

    source: str = Field(description="business/<kind>/<name>")
    kind: CardKind
    name: str
    title: str
    as_of: str = Field(description="the last day in the data, ISO")
    people: int
    sections: dict[str, str] = Field(default_factory=dict, description="topic to its sentences")
