"""Drafting as durable jobs: the briefs of an order, the files they are written to."""

import csv
import json
from itertools import islice
from pathlib import Path
from typing import Any

from copilot import Copilot
from copilot.app._briefs import Order
from copilot.app._hands import hands
from copilot.records import Brief
from copilot.text import content_id, fold

ROWS = 20


def start(copilot: Copilot, order: Order) -> tuple[str, ...]:
    """Queue the drafting of every brief of an order; returns the jobs' ids."""
    folder = copilot.settings.home / "drafts"
    ids = tuple(
        copilot.start_draft(brief, out=folder / _file(brief, order.suffix)).id
        for brief in order.briefs
    )
    hands().take(copilot)
    return ids


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
