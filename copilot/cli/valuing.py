"""Commands that predict: customers value, customers churn."""

import datetime as dt
from typing import Annotated

import typer

from copilot.cli.base import AsJson, Workspace, customers, emit, open_workspace
from copilot.errors import InputError

AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Count to this day, YYYY-MM-DD; else the last.")
]
Top = Annotated[int, typer.Option(help="How many customers to list, by id.", min=0)]


def day(said: str | None) -> dt.date | None:
    """A day given as YYYY-MM-DD. Raises InputError."""
    if said is None:
        return None
    try:
        return dt.date.fromisoformat(said)
    except ValueError as error:
        raise InputError(f"{said!r} is not a day.", hint="Write it as YYYY-MM-DD.") from error


@customers.command("value")
def customers_value(
    horizon: Annotated[int, typer.Option(help="Days ahead.")] = 180,
    top: Top = 10,
    margin: Annotated[
        float | None, typer.Option(help="Count this share of revenue, such as 0.3.")
    ] = None,
    discount: Annotated[float, typer.Option(help="A yearly discount rate, such as 0.1.")] = 0.0,
    as_of: AsOf = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """What buyers are expected to bring, and how well that was predicted before."""
    from copilot.console import show_value

    report = open_workspace(workspace).value(
        horizon=horizon, top=top, margin=margin, discount=discount, as_of=day(as_of)
    )
    return emit(report, as_json, show_value)


@customers.command("churn")
def customers_churn(
    horizon: Annotated[int, typer.Option(help="Days ahead.")] = 90,
    top: Top = 10,
    as_of: AsOf = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Who may not come back, with how often that came true before."""
    from copilot.console import show_churn

    report = open_workspace(workspace).churn(horizon=horizon, top=top, as_of=day(as_of))
    return emit(report, as_json, show_churn)
