"""Who is written to, and every message that has to be written."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from copilot.customers.filter_syntax import CONSENT_CHANNELS
from copilot.drafting.desk import Desk
from copilot.errors import BriefError, DataError
from copilot.records import UNKNOWN, Assignment, Brief, Locality, LocalityLevel, Unit
from copilot.text import fold

if TYPE_CHECKING:
    from copilot.campaigns.merging.modules import MessageClass
    from copilot.customers.recipients import Recipients

PERSONAL = frozenset(CONSENT_CHANNELS)
SEGMENT_FIELDS = {"rfm": "segment"}


@dataclass(frozen=True)
class Audience:
    """The customers who may be written to.

    `table` has a row for each of them and channel, with the `unit` whose message they get; it is
    None for one message to all without any customers, as are `recipients`.
    """

    recipients: "Recipients | None"
    table: Any
    classes: "Sequence[MessageClass]" = ()


@dataclass(frozen=True)
class Plan:
    """Who is written to, and every message that has to be written."""

    brief: Brief
    recipients: "Recipients | None"
    table: Any
    units: tuple[Unit, ...]
    assignments: tuple[Assignment, ...]
    warnings: tuple[str, ...] = ()


def make_plan(desk: Desk, brief: Brief, limit: int | None = None) -> Plan:
    """The recipients of a brief, its units, and one assignment for each message to write.

    Raises BriefError when nobody is in the audience, DataError when the data a level needs is
    missing.
    """
    from copilot.campaigns import plan
    from copilot.campaigns.facts import facts_for
    from copilot.customers.names import Names, names

    known = names(desk.engine) if desk.engine.has("customers") else Names()
    plan.must_be_nameable(brief, desk.withheld)
    plan.must_be_measurable(brief.brand)
    audience = audience_of(desk, brief, limit)
    table, localities = audience.table, brief_localities(desk, brief)
    counts: Mapping[str, int] = {"everyone": 0}
    if table is not None and brief.level != "individual":
        counts = _counts(desk, table)
    if not PERSONAL & set(brief.channels):
        counts = _everywhere(brief, localities)
    units = plan.plan(brief, counts, localities=localities, classes=audience.classes)
    made = plan.assignments(
        brief,
        units,
        facts_for,
        today=desk.today,
        places=tuple(one.name for one in localities if one.name != UNKNOWN),
        known_products=known.products,
        known_stores=known.stores,
        spoken=_spoken(desk, table) if "local" in brief.languages else (),
        withheld=desk.withheld,
        reached=_reached(desk, brief, table) if brief.level == "individual" else None,
    )
    if limit is not None and brief.level != "individual":
        made = made[:limit]
    warnings = tuple(_doubts(brief, known.places))
    return Plan(brief, audience.recipients, table, units, tuple(made), warnings)


def _doubts(brief: Brief, places: Sequence[str]) -> Iterator[str]:
    """What a brief asks for and will not get."""
    impersonal = [each for each in brief.channels if each not in PERSONAL]
    if brief.level == "individual" and impersonal:
        yield f"Nothing is written for {', '.join(impersonal)}: it addresses no customer alone."
    known = {fold(each) for each in places}
    named = [*brief.brand.localities, *(each for one in brief.brand.claims for each in one.places)]
    for place in dict.fromkeys(named):
        if known and fold(place) not in known:
            near = difflib.get_close_matches(place, places, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else "."
            yield f"The brand kit names {place!r}, which is no place of the business{meant}"


def audience_of(desk: Desk, brief: Brief, limit: int | None = None) -> Audience:
    """Who may be written to now, each with the unit whose message they get.

    At the individual level `limit` is the most rows of the table. Raises as `make_plan` does.
    """
    from copilot.campaigns.merging import modules
    from copilot.customers.recipients import recipients

    if not desk.engine.has("customers"):
        if brief.level == "mass":
            return Audience(None, None)
        raise DataError(
            f"Level {brief.level!r} needs customers, and none have been imported.",
            hint="Run: marketing-copilot customers import FILE, or use level: mass.",
        )
    by = None if brief.level == "mass" else SEGMENT_FIELDS.get(brief.by or "", brief.by)
    if brief.level == "individual" and brief.method == "modular":
        by = "lifecycle"  # the stage of a class; its place is worked out by `with_class`
    found = recipients(
        desk.engine, where=brief.audience, channels=brief.channels, by=by, hashed=desk.hashed
    )
    table = desk.engine.local(found.table)
    if brief.level != "individual":
        return Audience(found, table)
    if limit is not None:
        table = table.order_by("customer_id", "channel").limit(limit)
    table = modules.with_class(table, brief).cache()
    return Audience(found, table, modules.classes(table))


def brief_localities(desk: Desk, brief: Brief) -> Sequence[Locality]:
    """The localities a brief goes by; none where it does not."""
    from copilot.customers.places.localities import localities

    if brief.level not in ("local", "individual") or brief.by not in get_args(LocalityLevel):
        return ()
    return localities(desk.engine, cast(LocalityLevel, brief.by))


def _everywhere(brief: Brief, localities: Sequence[Locality]) -> dict[str, int]:
    """Units of channels that address nobody in person: they need no recipients.

    Raises BriefError for a level that is about persons.
    """
    if brief.level == "mass":
        return {"everyone": 0}
    if brief.level == "local":
        return {one.name: one.customers for one in localities if one.name != UNKNOWN}
    raise BriefError(
        f"Level {brief.level!r} needs a channel that reaches a person; "
        f"{', '.join(brief.channels)} does not.",
        hint=f"Add one of {', '.join(sorted(PERSONAL))}, or use level mass or local.",
    )


def _counts(desk: Desk, table: Any) -> dict[str, int]:
    people = table.select("unit", "customer_id").distinct()
    rows = desk.engine.rows(people.group_by("unit").aggregate(customers=people.count()))
    return {row["unit"]: row["customers"] for row in rows}


def _reached(desk: Desk, brief: Brief, table: Any) -> dict[str, set[tuple[str, str]]]:
    """What somebody of each unit is to get: on the channels that reach them, all variants of a
    class, but only the one that was drawn of a customer whose unit is their own."""
    from copilot.campaigns.merging.pieces import variant_of
    from copilot.campaigns.merging.render import draws
    from copilot.campaigns.plan import variants_of

    names, found = variants_of(brief), dict[str, set[tuple[str, str]]]()
    alone = brief.method == "bespoke"
    drawn = draws(table, brief.name, brief.holdout)
    rows = drawn if alone else drawn.select("unit", "channel").distinct()
    for row in desk.engine.rows(rows):
        chosen = [names[variant_of(row["bucket"], len(names))]] if alone else names
        found.setdefault(row["unit"], set()).update((row["channel"], name) for name in chosen)
    return found


def _spoken(desk: Desk, table: Any) -> tuple[str, ...]:
    if table is None:
        return ()
    rows = desk.engine.rows(table.select("language").distinct().order_by("language"))
    return tuple(row["language"] for row in rows if row["language"])
