"""Records of a campaign after it was drafted: who decided what, and what left the building."""

import datetime as dt
from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.campaigns import (
    Brief,
    Channel,
    CheckReport,
    Draft,
    FactKind,
    Language,
    Message,
    Part,
    Status,
)

ReviewAction = Literal["approved", "rejected", "edited", "exported"]


class ReviewEvent(Record):
    """One decision on one draft, or on one text of several: what, by whom, when (UTC), and why."""

    draft_id: str
    action: ReviewAction
    by: str
    note: str = ""
    at: dt.datetime
    text_hash: str = Field(default="", description="SHA-256 of the text that was decided on")


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


class SlotText(Record):
    """One text that stands in one or more drafts of a channel and language, approved once.

    `nearest` is the master's text it differs from least; `changes` are the (start, end) of the
    characters that are not in that one.
    """

    text_id: str
    part: Part
    text: str
    draft_ids: tuple[str, ...]
    units: tuple[str, ...]
    nearest: str = ""
    changes: tuple[tuple[int, int], ...] = ()
    approved_by: str = ""


class SlotGroup(Record):
    """The distinct texts of all drafts of one channel and language, the master's first.

    `master` is the draft that shares most with the others; `shared` counts texts that stand in
    more than one draft.
    """

    channel: Channel
    language: Language
    master: str
    drafts: int
    shared: int
    texts: tuple[SlotText, ...]


class ReviewReport(Record):
    """A campaign's latest run as it stands, and what a decision just changed."""

    campaign: str
    run_id: str
    drafts: int
    statuses: dict[Status, int]
    changed: tuple[str, ...] = Field(default=(), description="ids of the drafts decided on")
    texts_approved: tuple[str, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()
    notes: tuple[str, ...] = ()


class Edited(Record):
    """What became of an edit: a new version of the draft, or findings that refuse it."""

    draft_id: str
    version: int
    check: CheckReport
    draft: Draft | None = None


class Preview(Record):
    """One message as one recipient gets it, merged by the engine as the export merges it.

    `case` says why this row was chosen; a synthetic row stands where the data have none like it.
    `reason` is why it would not be sent, empty when it would.
    """

    case: str
    synthetic: bool
    customer_id: str
    draft_id: str
    channel: Channel
    unit: str
    variant: str
    message: Message
    sms_parts: int | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()


class ExportedFile(Record):
    """A file of an export, as it was when it was whole; `name` is beside the manifest."""

    name: str
    sha256: str
    bytes: int
    rows: int
    purpose: Literal["send", "template", "holdout"]
    channel: Channel | None = None


class ExportedFact(Record):
    text: str
    kind: FactKind
    origin: str


class ExportedDraft(Record):
    """One draft of an export: what it says, who approved it, what it rests on."""

    draft_id: str
    unit: str
    channel: Channel
    language: Language
    variant: str
    text_sha256: str
    writer: str
    model: str
    prompt_hash: str
    approved_by: str = ""
    approved_at: dt.datetime | None = None
    checks_passed: bool
    warnings: tuple[str, ...] = ()
    facts: tuple[ExportedFact, ...] = ()


class Manifest(Record):
    """What left the building: files, drafts, facts, consent. Nobody's personal data.

    `sha256` is over the file's text with that value empty.
    """

    product: str
    campaign: str
    run_id: str
    brief_sha256: str
    model: str
    format: str
    recipients: bool
    exported_by: str
    exported_at: dt.datetime
    files: tuple[ExportedFile, ...]
    drafts: tuple[ExportedDraft, ...]
    left_out: dict[str, str] = Field(
        default_factory=dict, description="drafts that are in no file, by id: why"
    )
    consented: int = Field(
        description="customer-channel pairs that may be written to, at export time"
    )
    skipped: dict[str, int] = Field(default_factory=dict)
    unsent: dict[str, int] = Field(
        default_factory=dict, description="consenting pairs that got no row, by reason"
    )
    holdout: float = 0.0
    held_out: int = 0
    notes: tuple[str, ...] = ()
    sha256: str = ""


class ExportReport(Record):
    """The files of an export, what is in them, and what is not."""

    campaign: str
    format: str
    out: str
    manifest: str
    rows: int
    drafts: int
    files: tuple[ExportedFile, ...]
    left_out: dict[str, str] = Field(default_factory=dict)
    skipped: dict[str, int] = Field(default_factory=dict)
    unsent: dict[str, int] = Field(default_factory=dict)
    held_out: int = 0
    notes: tuple[str, ...] = ()
    elapsed_ms: int = 0


class Verified(Record):
    """Whether an export is still what it was; `files` says `whole`, `changed` or `missing`."""

    passed: bool
    campaign: str
    manifest: Literal["whole", "changed"]
    files: dict[str, Literal["whole", "changed", "missing"]]
