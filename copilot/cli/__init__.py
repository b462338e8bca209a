"""The command line: each command reads its options, calls one facade verb, prints its record.

With `--json` one object goes to stdout and nothing else does. Heavy imports happen inside the
facade, so `--help` stays instant.
"""

from copilot.cli import (
    campaigns,
    customers,
    drift,
    jobs,
    knowledge,
    learning,
    localities,
    reviewing,
    running,
    suggesting,
    valuing,
)
from copilot.cli.base import app

__all__ = [
    "app",
    "campaigns",
    "customers",
    "drift",
    "jobs",
    "knowledge",
    "learning",
    "localities",
    "reviewing",
    "running",
    "suggesting",
    "valuing",
]

# Help lists commands in the order of the work: learn, know, draft, run.
_COLUMNS = (knowledge, customers, campaigns, drift, reviewing, jobs, running)
app.registered_commands.sort(
    key=lambda command: [column.__name__ for column in _COLUMNS].index(
        getattr(command.callback, "__module__", "")
    )
)
