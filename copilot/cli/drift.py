"""The command that measures drift: drift."""

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.base import AsJson, Workspace, app, emit, open_workspace


@app.command()
def drift(
    campaign: Annotated[str, typer.Argument(help="The campaign's name, as its brief says.")],
    brand: Annotated[
        Path | None, typer.Option(help="A brand kit whose exemplars to measure by instead.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="FILE.svg or .png: localities by features.")
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """How far each locality's copy stands from the brand's exemplars; exit 1 over the budget."""
    from copilot.cli.drift_shown import show_drift

    found = open_workspace(workspace).drift(campaign, brand=brand)
    if figure is not None:
        from copilot.charts import heat_chart, write_chart

        write_chart(heat_chart(found.localities), figure)
    over = any(one.over for one in found.localities)
    return emit(found, as_json, show_drift, ok=not over)
