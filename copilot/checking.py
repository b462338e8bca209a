"""The drafts' checks on any text: what any unit of a brief may state, the text may state."""

import re
from typing import cast, get_args

from copilot.drafting import Desk, brief_localities
from copilot.errors import InputError
from copilot.records import (
    Assignment,
    Brief,
    Channel,
    CheckReport,
    Language,
    Message,
    Unit,
)

_HEADER = re.compile(r"(?P<part>subject|preheader)\s*:(?P<text>.*)", re.IGNORECASE)


def check_text(desk: Desk, text: str, brief: Brief, *, channel: str | None) -> CheckReport:
    """The checks on pasted text: any unit's facts may be stated, `Subject:` lines are read.

    Raises InputError for an unknown channel.
    """
    from copilot.campaigns.check.run import check

    chosen = channel or brief.channels[0]
    if chosen not in get_args(Channel):
        raise InputError(
            f"There is no channel {chosen!r}.", hint=f"Use: {', '.join(get_args(Channel))}."
        )
    return check(_pasted(text), _any_unit(desk, brief, cast(Channel, chosen)))


def _pasted(text: str) -> Message:
    parts = {"subject": "", "preheader": ""}
    lines = text.lstrip("\ufeff").splitlines()
    while lines and (found := _HEADER.match(lines[0])):
        parts[found["part"].lower()] = found["text"].strip()
        lines.pop(0)
    return Message(**parts, body="\n".join(lines).strip())


def _any_unit(desk: Desk, brief: Brief, channel: Channel) -> Assignment:
    """An assignment that allows what any of the brief's units allows."""
    from copilot.campaigns.facts import facts_for
    from copilot.customers.names import Names, names

    has_data = desk.engine.has("customers")
    known = names(desk.engine) if has_data else Names()
    language: Language = next((one for one in brief.languages if one != "local"), "en")
    everyone = Unit(level="mass", name="everyone", customers=0)
    units = [everyone]
    if has_data:
        units += [
            Unit(
                level="local",
                name=one.name,
                place=one.name,
                customers=one.customers,
                top=one.top,
                stores=one.stores,
            )
            for one in brief_localities(desk, brief)
        ]
    facts = {
        (fact.id, fact.value): fact
        for unit in units
        for fact in facts_for(brief, unit, language=language)
    }
    return Assignment(
        brief=brief,
        unit=everyone,
        channel=channel,
        language=language,
        facts=tuple(facts.values()),
        known_products=known.products,
        known_stores=known.stores,
        today=desk.today,
    )
