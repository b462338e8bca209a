"""Records of message modules: copy written once and put together per class of customers."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.campaigns import Assignment, Channel, FactUse, Finding, Language


class ModuleTask(Record):
    """One module to write: a slot of a message, for everybody with the key's values.

    `assignment` holds what this module may know and state, less than a whole message's: without a
    place in the key, none is in it. Nothing personal.
    """

    slot: str
    place: str = ""
    category: str = ""
    segment: str = Field(default="", description="life-cycle stage: to be used, never mentioned")
    assignment: Assignment
    text: str = Field(description="the composer's text, which stands when no other passes")


class Module(Record):
    """A piece of copy, written and checked once; an empty key value means any."""

    id: str
    slot: str
    channel: Channel
    language: Language
    variant: str
    place: str = ""
    category: str = ""
    segment: str = ""
    text: str
    facts: tuple[FactUse, ...] = ()
    findings: tuple[Finding, ...] = ()
    writer: Literal["composer", "model"] = "composer"
