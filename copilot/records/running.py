"""Records about running the product itself."""

from typing import Literal

from copilot.records.base import Record


class Health(Record):
    """One thing the product uses: whether it works, what was found, how to mend it."""

    name: str
    status: Literal["ok", "off", "missing", "broken"]
    detail: str
    fix: str = ""


class DoctorReport(Record):
    """Everything installed, connected and missing; `ok` when nothing needed is broken."""

    ok: bool
    version: str
    workspace: str
    checks: tuple[Health, ...]


class DemoStep(Record):
    """One thing the demonstration did: the command that does it again, and what came of it."""

    command: str
    result: str


class DemoReport(Record):
    workspace: str
    business: str
    steps: tuple[DemoStep, ...]
    notice: str = ""
