"""Tokens and money: estimated before, metered during, stopped at the budget.

Prices come from genai-prices. A model it does not know costs "unknown" (None), never 0; a
budget can then not be kept in money, and the meter says so.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


def most_tokens(text: str) -> int:
    """More tokens than a text has in any usual model: one for every two bytes."""
    return -(-len(text.encode("utf-8")) // 2)


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
    _held: float = field(default=0.0, repr=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def check(self) -> None:
        """Raise BudgetError when the budget is spent or cannot be kept."""
        if self.budget_usd is None:
            return
        if self._spent() >= self.budget_usd:
            raise self._over()

    @contextmanager
    def reserved(self, most_usd: float | None) -> Iterator[None]:
        """Keep the most that a call can cost aside while it is under way.

        Calls that are under way can therefore not pass the budget together. When only what
        others keep aside stands in the way, this waits until they are done. Raises BudgetError
        when the call could pass the budget, or its price is unknown.
        """
        if self.budget_usd is None:
            yield
            return
        if most_usd is None:
            raise self._unknown()
        with self._changed:
            while self._spent() + self._held + most_usd > self.budget_usd:
                if self._spent() + most_usd > self.budget_usd:
                    raise self._over(most_usd)
                self._changed.wait()
            self._held += most_usd
        try:
            yield
        finally:
            with self._changed:
                self._held -= most_usd
                self._changed.notify_all()

    def record(self, usage: Usage) -> None:
        """Count a finished call."""
        with self._changed:
            self.total = add(self.total, usage)

    def _spent(self) -> float:
        if self.total.cost_usd is None:
            raise self._unknown()
        return self.total.cost_usd

    def _unknown(self) -> BudgetError:
        return BudgetError(
            f"The model's price is unknown, so the budget of {self.budget_usd or 0:.2f} USD "
            "cannot be kept.",
            hint="Unset MARKETING_COPILOT_BUDGET_USD, or use a model with a known price.",
        )

    def _over(self, next_usd: float = 0.0) -> BudgetError:
        could = f", and the next call could take {next_usd:.4f} more" if next_usd else ""
        return BudgetError(
            f"The budget of {self.budget_usd or 0:.2f} USD is spent "
            f"({self.total.cost_usd or 0:.4f} USD so far{could}).",
            hint="Raise MARKETING_COPILOT_BUDGET_USD to go on; what is done is kept.",
        )
