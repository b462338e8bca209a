"""Businesses whose truth is planted: what sells where and who takes what is drawn by rule."""

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from stored import engine_of

from copilot.customers.engine import Engine

Rows = list[dict[str, Any]]


class Business:
    """Tables that grow by customers and lines, the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self.random = Random(seed)
        self.tables: dict[str, Rows] = {
            name: [] for name in ("customers", "products", "locations", "transactions")
        }

    def product(self, name: str, **fields: Any) -> None:
        self.tables["products"].append({"product_id": name, "name": name, **jsoned(fields)})

    def store(self, name: str, **fields: Any) -> None:
        self.tables["locations"].append({"store_id": name, "name": name, **jsoned(fields)})

    def customer(self, key: str, **fields: Any) -> str:
        self.tables["customers"].append({"customer_id": key, **jsoned(fields)})
        return key

    def buy(self, key: str, item: str, store: str, at: str, amount: float = 2.0) -> None:
        lines = self.tables["transactions"]
        lines.append(
            {
                "transaction_id": f"T{len(lines)}",
                "basket_id": f"{key}-{at[:10]}",
                "customer_id": key,
                "product_id": item,
                "store_id": store,
                "at": at,
                "quantity": 1,
                "amount": f"{amount:.2f}",
            }
        )

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def engine(self, folder: Path) -> Engine:
        return engine_of(folder, {name: rows for name, rows in self.tables.items() if rows})


def jsoned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Dictionaries as the JSON text that is stored."""
    return {
        key: json.dumps(value) if isinstance(value, dict) else value
        for key, value in fields.items()
    }


DAYS = tuple(f"2026-{month:02d}-11 {hour}:20" for month in range(1, 11) for hour in (10, 15))


def grocer(seed: int = 1) -> Business:
    """Six stores of 120 customers. In the rich ones goat cheese sells to 40%, in the others to
    15%; `rich-3` has none of it. Lard sells to 40% everywhere but `plain-3`: 3%. Caviar is
    bought by eight people in all, saffron's sales are one person's. Bread is bought by all, a
    third of `plain-2` buys oats, and only in `rich-1`."""
    shop = Business(seed)
    rates = {"bread": 1.0, "milk": 0.7, "lard": 0.4, "goat cheese": 0.15}
    for item in (*rates, "caviar", "saffron", "oats", *(f"tin {n}" for n in range(16))):
        shop.product(item, category=item)
    for store in (f"{kind}-{n}" for kind in ("rich", "plain") for n in (1, 2, 3)):
        rich = store.startswith("rich")
        shop.store(store, kind="large", demographics={"income": store.split("-")[0]})
        for number in range(120):
            key = shop.customer(f"{store}-{number}", language="en")
            for item, usual in rates.items():
                rate = usual
                if item == "goat cheese":
                    rate = 0.0 if store == "rich-3" else 0.4 if rich else usual
                if item == "lard" and store == "plain-3":
                    rate = 0.03
                if shop.chance(rate):
                    for day in shop.random.sample(DAYS, 4):
                        shop.buy(key, item, store, day)
            for tin in range(16):
                if shop.chance(0.35 if (tin < 8) == rich else 0.1):
                    shop.buy(key, f"tin {tin}", store, shop.random.choice(DAYS))
            if store == "plain-2" and number < 40:
                shop.buy(key, "oats", "rich-1", DAYS[3])
            if store == "plain-1" and number < 8:
                shop.buy(key, "caviar", store, DAYS[0], 90.0)
    for number in range(30):
        shop.buy(f"rich-1-{number}", "saffron", "rich-1", DAYS[1], 900.0 if not number else 1.0)
    return shop


TAKE_UP = {
    "current account": {"student": 0.9, "family": 0.9, "retired": 0.9},
    "mortgage": {"student": 0.02, "family": 0.4, "retired": 0.05},
    "deposit": {"student": 0.03, "family": 0.12, "retired": 0.6},
    "student card": {"student": 0.6, "family": 0.02, "retired": 0.02},
}
BRANCHES = {
    "Campus": {"student": 150, "family": 40, "retired": 10},
    "Harbour": {"student": 120, "family": 40, "retired": 40},
    "Garden": {"student": 10, "family": 150, "retired": 40},
    "Meadow": {"student": 10, "family": 140, "retired": 50},
    "Spa": {"student": 10, "family": 40, "retired": 150},
    "Cliff": {"student": 10, "family": 30, "retired": 160},
    "Kiosk": {"student": 3, "family": 3, "retired": 3},
}


def bank(seed: int = 1, *, shut: Mapping[str, str] | None = None) -> Business:
    """Seven branches with mixes of three life stages that take services at TAKE_UP's rates.

    `shut` maps a branch to the service it does not offer. The shoe size explains nothing.
    """
    found = Business(seed)
    for service in TAKE_UP:
        found.product(service, attributes={"kind": "service"})
    found.product("pen", attributes={"kind": "gift"})
    for branch, mix in BRANCHES.items():
        found.store(branch, neighbourhood=branch, city="Leeds")
        for stage, count in mix.items():
            for number in range(count):
                size = found.random.choice(("small", "large"))
                key = found.customer(
                    f"{branch}-{stage}-{number}",
                    neighbourhood=branch,
                    store_id=branch,
                    attributes={"life_stage": stage, "shoe": size},
                )
                for service, rates in TAKE_UP.items():
                    closed = (shut or {}).get(branch) == service
                    if found.chance(rates[stage]) and not closed:
                        day = found.random.choice(DAYS)
                        found.buy(key, service, branch, day, 10.0)
    return found
