"""The drafts' checks on any text: what any unit of a brief may state, the text may state."""

import datetime as dt
from collections.abc import Sequence
from typing import cast, get_args

from copilot.drafting.desk import Desk
from copilot.drafting.planning import brief_localities
from copilot.errors import InputError
from copilot.records import Brief, Channel, CheckReport, Fact, Locality, Unit
from copilot.text import content_id


def check_pasted(desk: Desk, text: str, brief: Brief, *, channel: str | None) -> CheckReport:
    """The checks on pasted text; without a channel it is taken as a piece of a message.

    A line `Subject:` at the top is read as one. Raises InputError for an unknown channel.
    """
    from copilot.campaigns.check.run import check_text
    from copilot.customers.names import Names, names

    if channel is not None and channel not in get_args(Channel):
        raise InputError(
            f"There is no channel {channel!r}.", hint=f"Use: {', '.join(get_args(Channel))}."
        )
    has_data = desk.engine.has("customers")
    known = names(desk.engine) if has_data else Names()
    facts = _all_facts(brief, brief_localities(desk, brief) if has_data else (), desk.today)
    return check_text(
        text,
        brief,
        facts=(*facts, *_named_places(text, (*known.places, *known.stores), facts)),
        withheld=desk.withheld,
        today=desk.today,
        channel=cast("Channel | None", channel),
        known_products=known.products,
    )


def _named_places(text: str, named: Sequence[str], facts: Sequence[Fact]) -> list[Fact]:
    """The business's other places and shops that a text names, which a text for any unit may."""
    from copilot.campaigns.check.view import folded

    low, has = folded(text), {fact.value for fact in facts if fact.kind == "place"}
    found = {value: name for name in named if (value := folded(name)) in low and value not in has}
    origin = "customers"
    return [
        Fact(
            id=content_id("place", value, origin),
            kind="place",
            text=name,
            value=value,
            origin=origin,
        )
        for value, name in found.items()
        if value
    ]


def _all_facts(brief: Brief, localities: Sequence[Locality], today: dt.date) -> tuple[Fact, ...]:
    """What may be stated to any of the brief's units, once each."""
    from copilot.campaigns.facts import facts_for

    units = [Unit(level="mass", name="everyone", customers=0)]
    units += [
        Unit(
            level="local",
            name=one.name,
            place=one.name,
            customers=one.customers,
            top=one.top,
            stores=one.stores,
        )
        for one in localities
    ]
    languages = [language for language in brief.languages if language != "local"] or ["en"]
    facts = {
        (fact.id, fact.value): fact
        for unit in units
        for language in languages
        for fact in facts_for(brief, unit, language=language, today=today)
    }
    return tuple(facts.values())
