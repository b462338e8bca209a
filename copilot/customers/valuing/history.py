"""Purchase histories: what is known of each buyer up to a day, and what followed it.

A purchase is a customer's day with money paid on balance (or with no amount written down at
all): several receipts of one day are one purchase, a day of returns is none. Sales without a
customer are left out. The counting runs in the data engine; only the arrays come to Python.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from copilot.customers.tables import purchases
from copilot.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

Array = NDArray[np.float64]
COLUMNS = ("x", "t_x", "age", "spend", "paid_days", "first_spend", "recent", "actual", "money")


@dataclass(frozen=True)
class Histories:
    """One entry a customer who had bought by a day, by order of id.

    x: purchases after the first; t_x and age: days from the first to the last purchase and to
    that day; spend: mean money of those of the x purchases that have an amount (paid_days of
    them; nan when none); first_spend: money of the first (nan unknown); recent: how many of the
    x lie in the last `window` days; actual and money: purchases and their money in the `ahead`
    days that followed (0 without any). `ids` only when asked for.
    """

    x: Array
    t_x: Array
    age: Array
    spend: Array
    paid_days: Array
    first_spend: Array
    recent: Array
    actual: Array
    money: Array
    ids: Any = None

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Span:
    """What there is to learn from: days from `first` to `last`, days with a purchase, buyers."""

    first: dt.date
    last: dt.date
    purchase_days: int
    buyers: int
    paid: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days


def purchase_days(engine: "Engine") -> "ir.Table":
    """One row a purchase: customer_id, day, paid (money, may be empty), number (0 the first).

    Raises DataError without transactions.
    """
    engine.table("transactions")
    return engine.kept("purchase_days", lambda: _purchase_days(engine))


def _purchase_days(engine: "Engine") -> "ir.Table":
    import ibis

    lines = purchases(engine, items=False, stores=False)
    known = (lines["customer_id"].strip().length() > 0) & lines["day"].notnull()
    lines = lines.filter(known.fill_null(False))
    days = lines.group_by("customer_id", "day").aggregate(
        paid=lines["amount"].sum().round(2).cast("float64")
    )
    days = days.filter((days["paid"] > 0) | days["paid"].isnull())
    return days.mutate(number=ibis.row_number().over(group_by="customer_id", order_by="day"))


def last_day(engine: "Engine") -> dt.date:
    """The latest day with a sale, anybody's. Raises DataError when no sale has a date."""
    lines = engine.table("transactions")
    latest = engine.rows(lines.aggregate(last=lines["at"].date().max()))[0]["last"]
    if latest is None:
        raise DataError("No transaction has a date.", hint="Import transactions with a date.")
    day: dt.date = latest
    return day


def span(engine: "Engine", as_of: dt.date | None = None) -> Span:
    """What there is up to a day, by default the last in the data.

    Raises DataError without purchases by known customers up to that day.
    """
    end = as_of or last_day(engine)
    days = purchase_days(engine)
    days = days.filter(days["day"] <= end)
    row = engine.rows(
        days.aggregate(
            first=days["day"].min(),
            dates=days["day"].nunique(),
            buyers=days["customer_id"].nunique(),
            paid=days["paid"].count(),
        )
    )[0]
    if row["first"] is None:
        raise DataError(
            f"No customer has bought anything up to {end.isoformat()}.",
            hint="Import transactions with customer_id and a date.",
        )
    return Span(row["first"], end, row["dates"], row["buyers"], row["paid"])


def histories(
    engine: "Engine", until: dt.date, *, window: int, ahead: int = 0, ids: bool = False
) -> Histories:
    """Everybody who had bought by `until`; see `Histories`."""
    import ibis

    days = purchase_days(engine)
    end = ibis.literal(until)
    left = end.delta(days["day"], unit="day")  # days between the purchase and `until`
    past, repeat = left >= 0, days["number"] > 0
    after = (left < 0) & (left >= -ahead)
    paid = days["paid"]
    again = past & repeat
    table = (
        days.group_by("customer_id")
        .aggregate(
            x=again.sum(),
            since_first=left.max(),
            since_last=left.min(where=past),
            spent=paid.sum(where=again),
            paid_days=paid.count(where=again),
            first_spend=paid.max(where=~repeat),
            recent=(again & (left < window)).sum(),
            actual=after.sum(),
            money=paid.sum(where=after).fill_null(0.0),
        )
        .filter(lambda t: t["since_first"] >= 0)
        .order_by("customer_id")
    )
    spend = table["spent"].round(2) / table["paid_days"].nullif(0).cast("float64")
    table = table.mutate(
        t_x=table["since_first"] - table["since_last"], age=table["since_first"], spend=spend
    )
    read = table.select(*COLUMNS, *(["customer_id"] if ids else [])).to_pyarrow()
    arrays = {name: _floats(read.column(name)) for name in COLUMNS}
    return Histories(**arrays, ids=read.column("customer_id") if ids else None)


def _floats(column: Any) -> Array:
    values: Array = column.cast("float64").to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float64)
