"""Drafting as work in the pool: the briefs of an order, the files they are written to."""

import csv
import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from copilot import Copilot
from copilot.app._briefs import Order
from copilot.app._jobs import Report, jobs
from copilot.errors import CopilotError
from copilot.records import Brief, DraftReport
from copilot.text import content_id, fold

ROWS = 20


@dataclass(frozen=True)
class Drafted:
    """A brief and what came of it."""

    brief: Brief
    report: DraftReport | CopilotError


def start(copilot: Copilot, order: Order) -> str:
    """Draft every brief of an order in the pool; returns the job's id."""
    folder = copilot.settings.home / "drafts"

    def work(report: Report) -> tuple[Drafted, ...]:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(
            _drafted(copilot, brief, folder / _file(brief, order.suffix), report)
            for brief in order.briefs
        )

    return jobs().start("Drafting", work)


def _drafted(copilot: Copilot, brief: Brief, out: Path, report: Report) -> Drafted:
    """One brief's outcome; its failure leaves the other's drafts standing."""
    try:
        return Drafted(brief, copilot.draft(brief, out=out, progress=report))
    except CopilotError as error:
        return Drafted(brief, error)


def _file(brief: Brief, suffix: str) -> str:
    grain = "customer" if brief.level == "individual" else brief.by or brief.level
    name = "-".join("".join(c if c.isalnum() else " " for c in fold(brief.name)).split())
    return f"{name or 'campaign'}-{grain}-{content_id(brief.model_dump_json())[:6]}.{suffix}"


def first_rows(path: Path) -> list[dict[str, Any]]:
    """The first rows of a written file: CSV, JSON lines or Parquet."""
    if not path.is_file():
        return []
    if path.suffix == ".parquet":
        from pyarrow import parquet

        batches = parquet.ParquetFile(path).iter_batches(batch_size=ROWS)
        return next((batch.to_pylist() for batch in batches), [])
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = csv.DictReader(file) if path.suffix == ".csv" else map(json.loads, file)
        return [dict(row) for row in islice(read, ROWS)]
