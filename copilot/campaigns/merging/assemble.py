"""Modular messages: a few pieces of copy, each written and checked once, put together per class.

What a piece depends on is its key: a hook the place and the affinity, an opening the life-cycle
stage, a link nothing. Pieces are written for the key alone, so ten places, six categories and
four stages take dozens of modules, not hundreds of messages. The stage only chooses among
wordings; no wording speaks of it.
"""

import threading
from collections.abc import Callable
from typing import Literal

from copilot.campaigns.check.run import check
from copilot.campaigns.composing.compose import compose, finish, joined, layout_of, slots_of
from copilot.campaigns.merging.modules import SEGMENTS
from copilot.records import Assignment, CheckReport, Message, Module, ModuleTask, Unit
from copilot.text import content_id

Dimension = Literal["place", "category", "segment"]
WriteModule = Callable[[ModuleTask], str | None]
"""A writer of modules: the text of one, or None where it has nothing that passes."""

SLOT_KEYS: dict[str, tuple[Dimension, ...]] = {
    "greeting": (),
    "terms": (),
    "code": (),
    "link": (),
    "signature": (),
    # an opening may give the date that an offer then leaves out: they share a key
    "opening": ("segment",),
    "offer": ("segment",),
    "fact": ("segment",),
    "closing": ("segment",),
    "store": ("place",),
    # a preheader is chosen beside its subject
    "subject": ("place",),
    "preheader": ("place",),
    "hook": ("place", "category"),
}
WHOLE: tuple[Dimension, ...] = ("place", "category", "segment")
"""The key of every other slot, such as the one text of an SMS."""

WRITTEN = frozenset({"opening", "hook", "closing", "subject", "preheader"})
"""What a model may write; offers, codes, terms and links are the brief's own words."""

_LEVEL = "individual"


class ModuleBook:
    """The modules of one campaign, each written when it is first needed; safe for threads."""

    def __init__(self, write: WriteModule | None = None) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._modules: dict[str, Module | None] = {}
        self._said: dict[str, dict[str, str]] = {}

    def lent_to(self, write: WriteModule | None) -> "ModuleBook":
        """The same modules, those still missing written by another."""
        lent = ModuleBook(write)
        lent._lock, lent._locks = self._lock, self._locks
        lent._modules, lent._said = self._modules, self._said
        return lent

    @property
    def by_model(self) -> bool:
        """Whether somebody but the composer writes them."""
        return self._write is not None

    @property
    def modules(self) -> tuple[Module, ...]:
        """Every module so far, those with the same text once."""
        found = {each.id: each for each in self._modules.values() if each is not None}
        return tuple(found.values())

    def module(self, assignment: Assignment, slot: str) -> Module | None:
        """The module of a class's slot; None where there is nothing to say."""
        key = SLOT_KEYS.get(slot, WHOLE)
        reduced = reduced_to(assignment, key)
        group = _group(reduced, key)
        with self._locked(group):
            name = content_id(group, slot)
            if name not in self._modules:
                text = self._composed(group, reduced).get(slot, "")
                self._modules[name] = self._made(reduced, slot, text) if text else None
            return self._modules[name]

    def _locked(self, group: str) -> threading.Lock:
        """One writer at a time for one key; different keys are written side by side."""
        with self._lock:
            return self._locks.setdefault(group, threading.Lock())

    def _composed(self, group: str, reduced: Assignment) -> dict[str, str]:
        if group not in self._said:
            self._said[group] = slots_of(reduced)
        return self._said[group]

    def _made(self, reduced: Assignment, slot: str, text: str) -> Module:
        """The module's text as written by the model, if it passes, else the composer's."""
        unit = reduced.unit
        report = check(Message(body=text), reduced, fragment=True)
        writer: Literal["composer", "model"] = "composer"
        if self._write is not None and (slot in WRITTEN or slot not in SLOT_KEYS):
            task = ModuleTask(
                slot=slot,
                place=unit.place,
                category=unit.category or "",
                segment=unit.segment,
                assignment=reduced,
                text=text,
            )
            written = self._write(task)
            other = check(Message(body=written), reduced, fragment=True) if written else report
            if written and _is_sound(other) and _keeps_dates(slot, report, other):
                text, report, writer = written, other, "model"
        return Module(
            id=content_id(slot, reduced.channel, reduced.language, text),
            slot=slot,
            channel=reduced.channel,
            language=reduced.language,
            variant=reduced.variant,
            place=unit.place,
            category=unit.category or "",
            segment=unit.segment,
            text=text,
            facts=report.facts,
            findings=report.findings,
            writer=writer,
        )


def assembled(assignment: Assignment, book: ModuleBook) -> tuple[Message, tuple[Module, ...]]:
    """A class's message put together from modules, and these in the order they are read.

    It is still to be checked as a whole. Raises BriefError as `finish` does.
    """
    layout = _layout(assignment)
    slots = [slot for line in layout for slot in line]
    found = [
        module
        for slot in dict.fromkeys(["subject", "preheader", *slots])
        if (module := book.module(assignment, slot)) is not None
    ]
    said = {module.slot: module.text for module in found}
    message = finish(
        assignment,
        subject=said.get("subject", ""),
        preheader=said.get("preheader", ""),
        body=joined(assignment.channel, layout, said),
    )
    return message, tuple(found)


def modular(
    assignment: Assignment, book: ModuleBook
) -> tuple[Message, CheckReport, tuple[Module, ...]]:
    """A class's message of modules, checked as a whole; where it does not pass and one written
    whole does, that one, without modules."""
    message, modules = assembled(assignment, book)
    report = check(message, assignment)
    if not report.passed:
        whole = compose(assignment)
        other = check(whole, assignment)
        if other.passed:
            return whole, other, ()
    return message, report, modules


def is_modular(assignment: Assignment) -> bool:
    """Whether the brief asks for modules."""
    return assignment.unit.level == _LEVEL and assignment.brief.method == "modular"


def reduced_to(assignment: Assignment, key: tuple[Dimension, ...]) -> Assignment:
    """The assignment with only what a module of this key may know, state and be chosen by."""
    unit = assignment.unit
    place = unit.place if "place" in key else ""
    category = (unit.category or "") if "category" in key else ""
    segment = unit.segment if "segment" in key else ""
    small = Unit(
        level=unit.level,
        name=" · ".join([place, category, segment]),
        place=place,
        customers=unit.customers,
        top=unit.top if place else (),
        stores=unit.stores if place else (),
        language=unit.language,
        category=category or None,
        segment=segment,
        index=_index(assignment, place, category, segment),
    )
    hidden = [f"{_LEVEL}:"] if not place else []
    endings = (".category", ".product") if not category else ()
    facts = tuple(
        fact
        for fact in assignment.facts
        if not fact.origin.startswith(tuple(hidden))
        and not (fact.origin.startswith(f"{_LEVEL}:") and fact.origin.endswith(endings))
    )
    others = assignment.other_places
    if unit.place and not place:
        others = (*others, unit.place)
    return assignment.model_copy(update={"unit": small, "facts": facts, "other_places": others})


def _is_sound(report: CheckReport) -> bool:
    """Whether a module says nothing that blocks; what it leaves out, others say beside it."""
    return not any(each.severity == "block" and each.text for each in report.findings)


def _keeps_dates(slot: str, before: CheckReport, after: CheckReport) -> bool:
    """Whether an opening still gives the date that the offer beside it was worded without."""

    def days(report: CheckReport) -> set[str]:
        return {use.fact_id for use in report.facts if use.kind == "date"}

    return slot != "opening" or days(before) <= days(after)


def _layout(assignment: Assignment) -> tuple[tuple[str, ...], ...]:
    """The class's own layout; one with an opening, beside which the offer was worded."""
    own = layout_of(assignment)
    if any("opening" in line or "text" in line for line in own):
        return own
    return layout_of(reduced_to(assignment, ("segment",)))


def _group(reduced: Assignment, key: tuple[Dimension, ...]) -> str:
    """Who share a module: those of one key, and of one brand kit, for places may have their own."""
    unit = reduced.unit
    values = (unit.place, unit.category or "", unit.segment)
    brand = reduced.brief.brand.model_dump_json()
    return content_id(reduced.channel, reduced.language, reduced.variant, brand, *values, *key)


def _index(assignment: Assignment, place: str, category: str, segment: str) -> int:
    """A key's turn among its siblings, the same whichever class asks first."""
    places = sorted({*assignment.other_places, assignment.unit.place})
    names = sorted(assignment.known_products)
    return (
        (places.index(place) if place else 0)
        + (names.index(category) if category in names else 0)
        + (SEGMENTS.index(segment) if segment in SEGMENTS else 0)
    )
