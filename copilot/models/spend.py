"""Tokens and money: estimated before, metered during, stopped at the budget.

Prices come from genai-prices. A model it does not know costs "unknown" (None), never 0; a
budget can then not be kept in money, and the meter says so.
"""

import threading
from dataclasses import dataclass, field

from copilot.errors import BudgetError
from copilot.records import Usage


def cost_usd(model: str, input_tokens: int, output_tokens: int) -> float | None:
    """US dollars for a call, or None when the model's price is not known."""
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    try:
        price = calc_price(
            Tokens(input_tokens=input_tokens, output_tokens=output_tokens), model_ref=model
        )
    except LookupError:
        return None
    return float(price.total_price)


def estimate_tokens(text: str) -> int:
    """About how many tokens a text is: four characters each, rounded up."""
    return -(-len(text) // 4)


def add(first: Usage, second: Usage) -> Usage:
    """The sum of two usages; an unknown cost makes the sum unknown."""
    known = first.cost_usd is not None and second.cost_usd is not None
    return Usage(
        input_tokens=first.input_tokens + second.input_tokens,
        output_tokens=first.output_tokens + second.output_tokens,
        cost_usd=(first.cost_usd or 0.0) + (second.cost_usd or 0.0) if known else None,
    )


@dataclass
class Meter:
    """What has been spent; safe to share between threads."""

    budget_usd: float | None = None
    total: Usage = field(default_factory=Usage)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self) -> None:
        """Raise BudgetError when the budget is spent or cannot be kept."""
        if self.budget_usd is None:
            return
        if self.total.cost_usd is None:
            raise BudgetError(
                "The model's price is unknown, so the budget of "
                f"{self.budget_usd:.2f} USD cannot be kept.",
                hint="Unset MARKETING_COPILOT_BUDGET_USD, or use a model with a known price.",
            )
        if self.total.cost_usd >= self.budget_usd:
            raise BudgetError(
                f"The budget of {self.budget_usd:.2f} USD is spent "
                f"({self.total.cost_usd:.4f} USD so far).",
                hint="Raise MARKETING_COPILOT_BUDGET_USD to go on; what is done is kept.",
            )

    def record(self, usage: Usage) -> None:
        """Count a finished call."""
        with self._lock:
            self.total = add(self.total, usage)
