"""Verbs of what to offer next, and of the business's cards."""

from pathlib import Path
from typing import cast

from copilot.records import Card, NextProducts, SuggestKind, SuggestTask
from copilot.service.parts import Parts


class SuggestVerbs(Parts):
    """Suggests products, and tells the assistant about the business."""

    def next_products(
        self,
        where: str = "",
        *,
        customer_id: str | None = None,
        task: str = "cross_sell",
        limit: int = 3,
        kind: str = "product",
        out: Path | str | None = None,
    ) -> NextProducts:
        """The best products (or categories) to offer each customer next, with reasons.

        `task` is cross_sell (never bought), repeat or any. The record shows the first 100
        customers; `out` (.csv, .parquet or .jsonl) gets them all.
        """
        from copilot.campaigns.exporting.export import write_table
        from copilot.customers.suggesting.suggest import asked_about, next_products, suggestions

        chosen, sort = cast(SuggestTask, task), cast(SuggestKind, kind)
        with self._lock:
            found = next_products(
                self.engine,
                where=where,
                customer_id=customer_id,
                task=chosen,
                limit=limit,
                kind=sort,
            )
            if out is None:
                return found
            who = asked_about(self.engine, where, customer_id)
            table = suggestions(self.engine, task=chosen, limit=limit, kind=sort)
            table = table.semi_join(who, "customer_id").order_by(["customer_id", "rank"])
            write_table(table, Path(out))
        return found.model_copy(update={"out": str(out)})

    def cards(self) -> list[Card]:
        """The business's cards as the data are now; nobody's own figures are on them.

        The assistant's copy of them is brought up to date as well.
        """
        from copilot.customers.business.cards import cards

        with self._lock:
            self.business()
            return cards(self.engine)
