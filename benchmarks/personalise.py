"""Customers rendered, checked and written to Parquet: the engine against Jinja2 row by row.

Usage: python benchmarks/personalise.py [CUSTOMERS]    (default 100000)

Both sides write the same four texts per customer with the same values to the same kind of file.
Jinja2 uses templates compiled once per draft; it does none of the per-recipient checks.
"""

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import ibis
import jinja2

from copilot.campaigns.compose import compose
from copilot.campaigns.export import write_table
from copilot.campaigns.pieces import PARTS
from copilot.campaigns.plan import assignments
from copilot.campaigns.render import render
from copilot.records import BrandKit, Brief, CallToAction, Draft, Fact, Offer, OverIndex, Unit
from copilot.text import content_id

TODAY = dt.date(2026, 11, 22)
PLACES = ("Headingley", "Chapel Allerton", "Harehills", "Roundhay", "Hunslet", "Holbeck")
ITEMS = ("Polish rye", "Flat white", "Carrot cake")
BATCH = 10_000


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    drafts = make_drafts()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "recipients.parquet"
        make_recipients(customers, source)
        few = Path(folder) / "few.parquet"
        make_recipients(100, few)
        by_engine(few, drafts, Path(folder) / "warm.parquet")  # imports are not what is measured
        by_rows(few, drafts, Path(folder) / "warm.parquet")
        before = peak_mb()
        ours = timed(lambda: by_engine(source, drafts, Path(folder) / "engine.parquet"))
        grown = peak_mb() - before
        theirs = timed(lambda: by_rows(source, drafts, Path(folder) / "rows.parquet"))
    print(f"customers              {customers:>12,}")
    for name, (wall, cpu) in {"engine": ours, "jinja2 row by row": theirs}.items():
        rate = customers / wall
        print(f"{name:<22} {wall:>10.2f} s  {cpu:>8.2f} s of processor  {rate:>10,.0f} a second")
    print(f"ratio                  {theirs[0] / ours[0]:>12.1f}")
    print(f"engine, memory grown   {grown:>12.0f} MB")


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
    made = assignments(brief, units, nothing, today=TODAY)
    return [
        Draft(
            draft_id=content_id(each.unit.name, each.variant),
            campaign=brief.name,
            level="individual",
            unit=each.unit.name,
            channel="email",
            language="en",
            variant=each.variant,
            message=compose(each),
            facts=(),
            status="passed",
        )
        for each in made
    ]


def nothing(brief: Brief, unit: Unit, *, language: str) -> tuple[Fact, ...]:  # noqa: ARG001
    return ()


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


def by_engine(source: Path, drafts: list[Draft], out: Path) -> None:
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET enable_progress_bar = false")
    write_table(render(connection.read_parquet(str(source)), drafts).ready, out)


def by_rows(source: Path, drafts: list[Draft], out: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain, escaping = jinja2.Environment(), jinja2.Environment(autoescape=True)  # noqa: S701 - text
    compiled = {
        (draft.unit, draft.variant): {
            part: (escaping if part == "html" else plain).from_string(
                getattr(draft.message, part).replace('default: "there"', 'default("there")')
            )
            for part in PARTS
        }
        for draft in drafts
    }
    writer = None
    for batch in pq.ParquetFile(source).iter_batches(BATCH):
        rows = []
        for person in batch.to_pylist():
            variant = "AB"[int(content_id(person["customer_id"])[:4], 16) >> 15]
            parts = compiled[person["unit"], variant]
            merged = {part: parts[part].render(first_name=person["first_name"]) for part in PARTS}
            rows.append({"customer_id": person["customer_id"], "variant": variant, **merged})
        table = pa.Table.from_pylist(rows)
        writer = writer or pq.ParquetWriter(out, table.schema, compression="zstd")
        writer.write_table(table)
    if writer:
        writer.close()


def timed(job) -> tuple[float, float]:
    start, used = time.perf_counter(), time.process_time()
    job()
    wall, cpu = time.perf_counter() - start, time.process_time() - used
    return wall, cpu


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
