"""Made-up shoppers whose behaviour is known, for tests of what is predicted about them."""

import datetime as dt
from typing import Any

import numpy as np

START = dt.date(2025, 1, 1)


def line(number: int, customer: str, day: int, amount: float) -> dict[str, Any]:
    """One sale, `day` days after START."""
    at = START + dt.timedelta(days=day)
    return {
        "transaction_id": f"t{number}",
        "customer_id": customer,
        "at": f"{at.isoformat()} 12:00",
        "amount": f"{amount:.2f}",
    }


def leaving(many: int = 1200, *, days: int = 400, seed: int = 1) -> list[dict[str, Any]]:
    """Shoppers who buy at a rate of their own and leave with a chance after each purchase, as
    BG/NBD assumes (r 0.9, alpha 20 days, a 0.8, b 3), spending a mean of their own."""
    rng = np.random.default_rng(seed)
    lines: list[dict[str, Any]] = []
    for number in range(many):
        rate, leaves = rng.gamma(0.9, 1 / 20), rng.beta(0.8, 3.0)
        usual = 4.0 / rng.gamma(4.0, 1 / 60.0)
        now, gone = float(rng.integers(0, days * 2 // 3)), False
        while now <= days and not gone:
            lines.append(
                line(len(lines), f"s{number:05d}", int(now), max(usual * rng.gamma(4, 0.25), 0.01))
            )
            gone = len(lines) > 1 and bool(rng.random() < leaves) and _again(lines)
            now += rng.exponential(1 / rate)
    lines.append(line(len(lines), "", days, 5.0))
    return lines


def _again(lines: list[dict[str, Any]]) -> bool:
    """Whether the last line is a repeat purchase; nobody leaves after the first."""
    return bool(lines[-1]["customer_id"] == lines[-2]["customer_id"])


def clockwork(many: int = 400, *, days: int = 400) -> list[dict[str, Any]]:
    """Shoppers who never leave and come exactly every 8 or every 40 days, spending 10 or 20."""
    lines: list[dict[str, Any]] = []
    for number in range(many):
        gap, amount = (8, 10.0) if number % 2 else (40, 20.0)
        for day in range(number % 8, days + 1, gap):
            lines.append(line(len(lines), f"c{number:04d}", day, amount))
    return lines


def customers(lines: list[dict[str, Any]]) -> list[dict[str, str]]:
    """A customer row for everybody who bought."""
    return [{"customer_id": one} for one in sorted({x["customer_id"] for x in lines} - {""})]
