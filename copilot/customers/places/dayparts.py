"""Parts of the day with their hours, and visits by part of the day and day of the week.

Files often carry a date and no time; they are read as midnight. Where nearly all visits share one
exact time of day, nothing is said of the day's parts; else single visits at exactly midnight are
left out.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.customers.places.levels import Level, placed
from copilot.errors import InputError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

DEFAULT = "early=5-9,morning=9-12,midday=12-14,afternoon=14-17,evening=17-21,night=21-5"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = 24 * 60
UNTIMED_SHARE = 0.9
OTHER_HOURS = "other hours"


@dataclass(frozen=True)
class Daypart:
    """`start` and `end` are minutes after midnight; one that ends before it starts crosses it."""

    name: str
    start: int
    end: int

    @property
    def title(self) -> str:
        """The name with its hours."""
        return f"{self.name} {_clock(self.start)}-{_clock(self.end)}"

    @property
    def minutes(self) -> set[int]:
        """Every minute of the day it covers."""
        length = (self.end - self.start) % DAY or DAY
        return {(self.start + minute) % DAY for minute in range(length)}


def parse_dayparts(text: str = DEFAULT) -> tuple[Daypart, ...]:
    """Dayparts written as `early=5-9,lunch=11:30-14,night=22-5`. Raises InputError naming a part
    that is not understood, comes twice or overlaps another."""
    found: list[Daypart] = []
    taken: set[int] = set()
    for item in text.split(","):
        match = re.fullmatch(
            r"\s*([^=]+?)\s*=\s*(\d{1,2})(?::(\d\d))?\s*-\s*(\d{1,2})(?::(\d\d))?\s*", item
        )
        hours = [int(part or 0) for part in match.groups()[1:]] if match else []
        if not match or hours[0] > 23 or hours[2] > 24 or max(hours[1], hours[3]) > 59:
            raise InputError(
                f"The part of the day {item.strip()!r} is not understood.",
                hint="Write them as early=5-9,lunch=11:30-14,night=22-5.",
            )
        part = Daypart(match[1], hours[0] * 60 + hours[1], (hours[2] * 60 + hours[3]) % DAY)
        if taken & part.minutes or part.name in {one.name for one in found}:
            raise InputError(
                f"The part of the day {part.title!r} overlaps another or comes twice.",
                hint="Each minute of the day belongs to one part at most.",
            )
        found.append(part)
        taken |= part.minutes
    return tuple(found)


def visits(engine: "Engine", level: Level) -> "ir.Table":
    """One row a visit of a known customer: unit, customer_id, visit, at (its first line)."""

    def made() -> "ir.Table":
        lines = placed(engine, level)
        lines = lines.filter(lines["customer_id"].notnull() & lines["at"].notnull())
        return lines.group_by("unit", "customer_id", "visit").aggregate(at=lines["at"].min())

    return engine.kept(f"visits-{level.name}", made)


def untimed(engine: "Engine", table: "ir.Table") -> str:
    """Why nothing can be said of the time of day; empty when something can."""
    import ibis

    at = table["at"]
    times = table.select(time=at.hour() * 3600 + at.minute() * 60 + at.second())
    counted = times.group_by("time").aggregate(n=times.count())
    rows = engine.rows(
        counted.mutate(everyone=counted["n"].sum().over(ibis.window()))
        .order_by([ibis.desc("n"), ibis.asc("time")])
        .limit(1)
    )
    if not rows:
        return "No visit has a date."
    if rows[0]["n"] < UNTIMED_SHARE * rows[0]["everyone"]:
        return ""
    if rows[0]["time"] == 0:
        return "The purchases carry a date and no time of day."
    return f"Nearly all purchases carry the same time of day, {_clock(rows[0]['time'] // 60)}."


def by_daypart(table: "ir.Table", parts: tuple[Daypart, ...]) -> "ir.Table":
    """Visits with `cell`, the part of the day; those at exactly midnight are left out."""
    import ibis

    at = table["at"]
    minute = at.hour() * 60 + at.minute()
    kept = table.filter((minute > 0) | (at.second() > 0))
    conditions = []
    for part in parts:
        inside = (minute >= part.start) & (minute < (part.end or DAY))
        if part.end and part.end <= part.start:
            inside = (minute >= part.start) | (minute < part.end)
        conditions.append((inside, part.title))
    return kept.mutate(cell=ibis.cases(*conditions, else_=OTHER_HOURS))


def by_weekday(table: "ir.Table") -> "ir.Table":
    """Visits with `cell`, the day of the week."""
    import ibis

    day = table["at"].day_of_week.index()
    names = [(day == at, name) for at, name in enumerate(WEEKDAYS)]
    return table.mutate(cell=ibis.cases(*names))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
