"""Records about localities beyond their profile: mix, likeness, what to offer where."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.customers import ItemKind, OverIndex

Move = Literal["add", "keep", "drop"]


class ItemIndexes(Record):
    """What one locality's customers buy more often, and less often, than all customers."""

    level: str
    name: str
    kind: ItemKind
    customers: int
    over: tuple[OverIndex, ...] = ()
    under: tuple[OverIndex, ...] = ()


class MixShare(Record):
    """A share with its 90% interval; `customers` is how many people are behind it."""

    name: str
    share: float = Field(description="0-1")
    low: float
    high: float
    customers: int
    everywhere: float = Field(description="the same share among all customers, 0-1")


class LocalityMix(Record):
    """Which languages a locality's customers speak, and when they buy (shares of visits)."""

    level: str
    name: str
    customers: int
    languages: tuple[MixShare, ...] = ()
    dayparts: tuple[MixShare, ...] = ()
    weekdays: tuple[MixShare, ...] = ()
    notes: tuple[str, ...] = ()


class SimilarLocality(Record):
    """One locality beside another: `distance` 1 is that of a typical pair, 0 is the same."""

    name: str
    customers: int
    distance: float
    closer_than: float = Field(description="share of all pairs that are further apart, 0-1")
    parts: dict[str, float] = Field(description="the distance in each respect")
    shared: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


class Similarity(Record):
    """The localities most like one, closest first."""

    level: str
    name: str
    customers: int
    fewest_customers: int
    compared: int = Field(description="localities with enough customers, itself left out")
    similar: tuple[SimilarLocality, ...] = ()
    notes: tuple[str, ...] = ()


class LocalMove(Record):
    """One item to add, keep or drop. `index` has a 90% interval; `customers` took it here (for
    what is not offered: bought it in the places compared with). `expected` is how many customers
    here would take it. `lift` is in the data's own currency over its `days`: the sales to expect of
    an addition, those that keeping secures, and those that dropping gives up at most."""

    item: str
    kind: ItemKind
    move: Move
    index: float
    low: float
    high: float
    customers: int
    expected: float
    expected_low: float
    expected_high: float
    lift: float | None = None
    reason: str


class LocalPlan(Record):
    """What to add, keep and drop in one locality; `thin` items were too few to be judged."""

    level: str
    name: str
    kind: ItemKind
    customers: int
    days: int = Field(description="length of the data behind it")
    compared_with: tuple[str, ...] = ()
    add: tuple[LocalMove, ...] = ()
    keep: tuple[LocalMove, ...] = ()
    drop: tuple[LocalMove, ...] = ()
    judged: int = 0
    thin: int = 0
    notes: tuple[str, ...] = ()
