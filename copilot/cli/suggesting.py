"""Commands of what to offer next, and of the business's cards."""

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.base import AsJson, Workspace, customers, emit, open_workspace


@customers.command("next")
def customers_next(
    customer_id: Annotated[str | None, typer.Argument(help="Only this customer.")] = None,
    where: Annotated[str, typer.Option(help="Only customers for whom this holds.")] = "",
    task: Annotated[str, typer.Option(help="cross_sell, repeat or any.")] = "cross_sell",
    kind: Annotated[str, typer.Option(help="product or category.")] = "product",
    limit: Annotated[int, typer.Option(help="Suggestions a customer, 1-10.")] = 3,
    out: Annotated[Path | None, typer.Option(help="All rows: .csv, .parquet or .jsonl.")] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """What to offer each customer next, with the reason and how many customers are behind it."""
    from copilot.console import show_next

    found = open_workspace(workspace).next_products(
        where, customer_id=customer_id, task=task, limit=limit, kind=kind, out=out
    )
    return emit(found, as_json, show_next)


@customers.command("cards")
def customers_cards(workspace: Workspace = None, as_json: AsJson = False) -> int:
    """What the assistant knows of the business: a card for each group of ten people or more."""
    from copilot.console import show_cards

    found = open_workspace(workspace).cards()
    payload = {"cards": [card.model_dump(mode="json") for card in found]}
    return emit(payload, as_json, lambda _: show_cards(found))
