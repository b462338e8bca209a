"""Customers rendered, checked and written to Parquet: the engine against Jinja2 row by row.

Usage: python benchmarks/personalise.py [CUSTOMERS ...]    (default 100000 1000000)

Both sides read the same Parquet file of recipients and write the same columns with the same
values to Parquet with zstd in row groups of one size. Jinja2's templates are compiled once per
draft; names are only stripped there and lengths are warned of, the other per-recipient checks
(empty and unsafe values, leftover braces, held rows in a file of their own) are left out. Each
run has a process of its own, warmed up on 100 customers; memory is what its peak rose by after.
"""

import datetime as dt
import hashlib
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import ibis
import jinja2
import pyarrow as pa
import pyarrow.parquet as pq

from copilot.campaigns.check.run import check
from copilot.campaigns.composing.compose import compose
from copilot.campaigns.exporting.export import ROW_GROUP, write_table
from copilot.campaigns.facts import facts_for
from copilot.campaigns.merging.limits import HTML_CLIP, LIMITS
from copilot.campaigns.merging.pieces import PARTS, facts_json
from copilot.campaigns.merging.render import PERSON_COLUMNS, render
from copilot.campaigns.plan import assignments
from copilot.records import (
    Assignment,
    BrandKit,
    Brief,
    CallToAction,
    Draft,
    Offer,
    OverIndex,
    Unit,
)
from copilot.text import content_id

TODAY = dt.date(2026, 11, 22)
PLACES = ("Headingley", "Chapel Allerton", "Harehills", "Roundhay", "Hunslet", "Holbeck")
ITEMS = ("Polish rye", "Flat white", "Carrot cake")
WARM_UP = 100

Job = Callable[[Path, list[Draft], Path], int]


def main() -> None:
    sizes = [int(each) for each in sys.argv[1:]] or [100_000, 1_000_000]
    drafts = make_drafts()
    line = "{:>10} {:<17} {:>9} {:>14} {:>12} {:>10}"
    print(line.format("customers", "", "wall s", "processor s", "a second", "memory MB"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_recipients(WARM_UP, folder / "few.parquet")
        for customers in sizes:
            make_recipients(customers, folder / "recipients.parquet")
            taken = {}
            for side, job in (("engine", by_engine), ("jinja2 row by row", by_rows)):
                wall, used, grown, written = alone(job, folder, drafts)
                taken[side] = (wall, used)
                rate = f"{written / wall:,.0f}"
                numbers = (f"{wall:.1f}", f"{used:.1f}", rate, f"{grown:.0f}")
                print(line.format(f"{written:,}", side, *numbers), flush=True)
            ours, theirs = taken.values()
            print(f"{'':>10} ratio {theirs[0] / ours[0]:.1f} by the clock, ", end="")
            print(f"{theirs[1] / ours[1]:.1f} by processor time", flush=True)


def alone(job: Job, folder: Path, drafts: list[Draft]) -> tuple[float, float, float, int]:
    """Wall and processor seconds, megabytes of memory and rows of a job in its own process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        result: tuple[float, float, float, int] = pool.apply(measured, (job, folder, drafts))
    return result


def measured(job: Job, folder: Path, drafts: list[Draft]) -> tuple[float, float, float, int]:
    job(folder / "few.parquet", drafts, folder / "few.out.parquet")
    before = peak_mb()
    start, used = time.perf_counter(), time.process_time()
    rows = job(folder / "recipients.parquet", drafts, folder / "out.parquet")
    return time.perf_counter() - start, time.process_time() - used, peak_mb() - before, rows


def make_drafts() -> list[Draft]:
    brief = Brief(
        name="bench",
        brand=BrandKit(
            name="Corner Crumb",
            address="12 Mill Lane, Leeds LS1 4AB",
            unsubscribe_url="https://cornercrumb.example/unsubscribe",
        ),
        offer=Offer(text="15% off any loaf", code="CRUST15", ends=dt.date(2026, 11, 28)),
        call_to_action=CallToAction(text="Order ahead", url="https://cornercrumb.example/order"),
        level="individual",
        variants=2,
    )
    units = [
        Unit(
            level="individual",
            name=f"{place} {item}",
            place=place,
            customers=1_000,
            category=item,
            language="en",
            top=(OverIndex(name=item, kind="product", index=2, low=1, high=3, customers=99),),
            index=number,
        )
        for number, (place, item) in enumerate((p, i) for p in PLACES for i in ITEMS)
    ]
    return [drafted(each) for each in assignments(brief, units, facts_for, today=TODAY)]


def drafted(assignment: Assignment) -> Draft:
    message = compose(assignment)
    return Draft(
        draft_id=content_id(assignment.unit.name, assignment.variant),
        campaign=assignment.brief.name,
        level="individual",
        unit=assignment.unit.name,
        channel="email",
        language="en",
        variant=assignment.variant,
        message=message,
        facts=check(message, assignment).facts,
        status="passed",
    )


def make_recipients(customers: int, path: Path) -> None:
    places = ", ".join(f"'{place}'" for place in PLACES)
    items = ", ".join(f"'{item}'" for item in ITEMS)
    duckdb.sql(
        f"""COPY (SELECT 'c' || i AS customer_id, 'email' AS channel,
              'c' || i || '@example.org' AS address,
              [{places}][1 + i % {len(PLACES)}] || ' ' || [{items}][1 + i % {len(ITEMS)}] AS unit,
              'en' AS language, 'Zoë & "Łukasz" ' || i AS first_name, 'Doe' AS last_name,
              'Leeds' AS city, '' AS neighbourhood, '' AS region, '' AS postcode,
              '' AS store_name, '' AS favourite_product, '' AS favourite_category
            FROM range({customers}) t(i)) TO '{path}' (FORMAT parquet)"""  # noqa: S608 - constants
    )


def by_engine(source: Path, drafts: list[Draft], out: Path) -> int:
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET enable_progress_bar = false")
    done = render(connection.read_parquet(str(source)), drafts)
    rows = write_table(done.ready, out)
    if rows < done.due.count().to_pyarrow().as_py():
        rows += write_table(done.held, out.with_suffix(".held.parquet"))
    return rows


def by_rows(source: Path, drafts: list[Draft], out: Path) -> int:
    compiled = {(draft.unit, draft.variant): templates(draft) for draft in drafts}
    schema = pa.schema(
        [(name, pa.int64() if name == "sms_parts" else pa.string()) for name in PERSON_COLUMNS]
    )
    written = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in pq.ParquetFile(source).iter_batches(ROW_GROUP):
            rows = [row(person, compiled) for person in batch.to_pylist()]
            columns = [pa.array(each) for each in zip(*rows, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, names=PERSON_COLUMNS).cast(schema))
            written += len(rows)
    return written


def templates(draft: Draft) -> tuple[Draft, str, list[jinja2.Template]]:
    plain, escaping = (
        jinja2.Environment(autoescape=each, keep_trailing_newline=True)  # noqa: S701 - text parts
        for each in (False, True)
    )
    made = [
        (escaping if part == "html" else plain).from_string(
            getattr(draft.message, part).replace('default: "there"', 'default("there", true)')
        )
        for part in PARTS
    ]
    return draft, facts_json(draft), made


def row(person: dict[str, Any], compiled: dict[tuple[str, str], Any]) -> tuple[Any, ...]:
    """The values of PERSON_COLUMNS, in their order."""
    key = f"bench\n{person['customer_id']}"
    digest = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
    draft, facts, parts = compiled[person["unit"], "A" if digest < "8" else "B"]
    name = person["first_name"].strip()
    merged = [template.render(first_name=name) for template in parts]
    return (
        f"{draft.draft_id}-{digest[:12]}",
        draft.campaign,
        draft.level,
        person["unit"],
        person["customer_id"],
        person["channel"],
        person["address"],
        draft.language,
        draft.variant,
        *merged,
        facts,
        draft.writer,
        draft.status,
        None,
        told(*merged),
    )


def told(subject: str, preheader: str, body: str, html: str) -> str:  # noqa: ARG001 - no limit
    found = []
    for name, text in (("subject", subject), ("preheader", preheader)):
        if len(text) > LIMITS["email", name][0]:  # type: ignore[index]
            found.append(f"long_{name}")
    if len(html.encode()) > HTML_CLIP:
        found.append("clipped")
    return ",".join(found)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
