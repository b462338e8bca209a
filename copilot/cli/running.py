"""Commands that run or examine the product itself: demo, doctor, app, mcp."""

from typing import Annotated

import typer

from copilot.cli.base import AsJson, Workspace, app, emit, open_workspace


@app.command()
def demo(
    business: Annotated[str, typer.Option(help="bakery or completejourney.")] = "bakery",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Load a sample business into the workspace and show every feature once."""
    from copilot.console import progress, show_demo

    with progress() as report:
        done = open_workspace(workspace).demo(business, progress=report)
    return emit(done, as_json, show_demo)


@app.command()
def doctor(workspace: Workspace = None, as_json: AsJson = False) -> int:
    """What is installed, connected and missing, and how to fix it."""
    from copilot.console import show_doctor

    report = open_workspace(workspace).doctor()
    return emit(report, as_json, show_doctor, ok=report.ok)


@app.command("app")
def app_(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    host: Annotated[str, typer.Option(help="127.0.0.1 keeps it on this machine.")] = "127.0.0.1",
    workspace: Workspace = None,
) -> int:
    """Open the browser front end."""
    from copilot.app.serve import serve
    from copilot.settings import Settings

    return serve(Settings.load(workspace), host=host, port=port)


@app.command()
def mcp(workspace: Workspace = None) -> int:
    """Serve search, ask, profile, localities, draft and check to an MCP client over stdio."""
    from copilot.mcp_server import build

    build(open_workspace(workspace)).run("stdio")
    return 0
