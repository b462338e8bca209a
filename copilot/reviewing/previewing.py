"""A drafted campaign as its recipients get it: one of them, or the hardest rows to merge."""

from typing import Any

from copilot.campaigns.reviewing import previews
from copilot.drafting.desk import Desk
from copilot.drafting.planning import audience_of
from copilot.errors import InputError
from copilot.records import Draft, Preview
from copilot.reviewing.deciding import standing

NOT_SHOWN = ("held", "rejected")


def preview_as(desk: Desk, campaign: str, customer_id: str) -> tuple[Preview, ...]:
    """What one customer would get now, a channel each.

    Raises InputError when the customer is not among those who may be written to.
    """
    found = previews.preview_as(*_given(desk, campaign), customer_id)
    if not found:
        raise InputError(
            f"{customer_id!r} gets nothing from {campaign!r}.",
            hint="Not a customer, not in the audience, no consent, suppressed or no address; "
            f"see: marketing-copilot customers show {customer_id}",
        )
    return tuple(found)


def preview_worst(desk: Desk, campaign: str) -> tuple[Preview, ...]:
    """The rows that are hardest to merge: long, empty, other scripts, marks and markup."""
    return tuple(previews.preview_worst(*_given(desk, campaign)))


def _given(desk: Desk, campaign: str) -> tuple[Any, list[Draft]]:
    """Who may be written to now, and the drafts that are neither held nor rejected."""
    now = standing(desk, campaign)
    table = audience_of(desk, now.run.brief).table
    if table is None:
        raise InputError(
            "There are no customers to preview the messages with.",
            hint="Run: marketing-copilot customers import FILE",
        )
    return table, [draft for draft in now.drafts if draft.status not in NOT_SHOWN]
