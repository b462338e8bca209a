"""The bakery's figures worked out in plain Python from its CSV rows, for comparison."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from stored import bakery_tables

Row = dict[str, str]


class Books:
    """Customers, lines with their product and customer, and sums over them."""

    def __init__(self) -> None:
        tables = bakery_tables()
        self.customers = {row["customer_id"]: row for row in tables["customers"]}
        self.products = {row["product_id"]: row for row in tables["products"]}
        self.stores = {row["store_id"]: row for row in tables["locations"]}
        self.campaigns = {row["campaign_id"]: row["name"] for row in tables["campaigns"]}
        self.responses = tables["responses"]
        self.stops = {
            (row["address"].replace(" ", "").lower(), row["channel"])
            for row in tables["suppressions"]
        }
        self.consent = {
            (row["customer_id"], row["channel"]): row["status"] for row in tables["consents"]
        }
        self.lines = [
            {
                **row,
                "product": self.products[row["product_id"]]["name"],
                "category": self.products[row["product_id"]]["category"],
                "store": self.stores[row["store_id"]]["name"],
                "neighbourhood": self.customers[row["customer_id"]]["neighbourhood"],
                "language": self.customers[row["customer_id"]]["language"],
                "day": row["at"][:10],
                "month": row["at"][:7],
                "weekday": dt.date.fromisoformat(row["at"][:10]).strftime("%A"),
            }
            for row in tables["transactions"]
        ]
        self.lines_of: dict[str, list[Row]] = {key: [] for key in self.customers}
        for line in self.lines:
            self.lines_of[line["customer_id"]].append(line)
        self.last = max(line["day"] for line in self.lines)

    def where(self, since: str = "", until: str = "9", **wanted: str) -> list[Row]:
        """Lines between two days whose fields have these values."""
        return [
            line
            for line in self.lines
            if since <= line["day"] <= until
            and all(line[field] == value for field, value in wanted.items())
        ]

    def people(self, **wanted: str) -> list[str]:
        """Ids of customers whose fields have these values."""
        return [
            key
            for key, row in self.customers.items()
            if all(row[field] == value for field, value in wanted.items())
        ]

    def stopped(self, row: Row, channel: str) -> bool:
        """Whether one of the customer's addresses is suppressed on the channel."""
        addresses = (row["email"], row["phone"], row["customer_id"])
        return any((a.replace(" ", "").lower(), channel) in self.stops for a in addresses if a)

    def since(self, days: int) -> str:
        """The first of the last so many days of the data."""
        return (dt.date.fromisoformat(self.last) - dt.timedelta(days=days - 1)).isoformat()


def revenue(lines: Iterable[Row]) -> float:
    return float(sum((Decimal(line["amount"]) for line in lines), Decimal(0)))


def items(lines: Iterable[Row]) -> float:
    return sum(float(line["quantity"]) for line in lines)


def baskets(lines: Iterable[Row]) -> int:
    return len({line["basket_id"] for line in lines})


def buyers(lines: Iterable[Row]) -> int:
    return len({line["customer_id"] for line in lines})


def average_basket(lines: Iterable[Row]) -> float:
    kept = list(lines)
    return round(revenue(kept) / baskets(kept), 2)


def visits(lines: Iterable[Row]) -> Counter[str]:
    """Number of baskets by customer."""
    return Counter(customer for customer, _ in {(x["customer_id"], x["basket_id"]) for x in lines})


def by(
    field: str, lines: Iterable[Row], figure: Callable[[list[Row]], float]
) -> list[tuple[str, float]]:
    """The figure for each value of the field, largest first, then by name."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        groups[line[field]].append(line)
    pairs = [(name, figure(group)) for name, group in groups.items()]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
