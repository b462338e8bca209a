"""Records of a campaign after it was drafted: who decided what, and what left the building."""

import datetime as dt
from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.campaigns import Brief, Draft, Status

ReviewAction = Literal["approved", "rejected", "edited", "exported"]


class ReviewEvent(Record):
    """One decision on one draft: what, by whom, when (UTC), and why."""

    draft_id: str
    action: ReviewAction
    by: str
    note: str = ""
    at: dt.datetime


class Run(Record):
    """One drafting of a brief. A campaign's latest run is the one that is reviewed and exported.

    `planned` is how many drafts the run is to have, `drafted` how many it has.
    """

    run_id: str
    campaign: str
    brief: Brief
    model: str
    today: dt.date = Field(description="the day the copy was written for; kept when resumed")
    planned: int
    drafted: int
    started: dt.datetime
    statuses: dict[Status, int] = Field(default_factory=dict)


class Reviewed(Record):
    """A draft as it stands now, with every decision on it, oldest first."""

    draft: Draft
    events: tuple[ReviewEvent, ...] = ()
