"""The marked messages of data/messages_*.txt: what must be held, where, and by which rules."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from labelled import DATA, given_to_writer

from copilot.campaigns.briefing.brief import parse_brief
from copilot.campaigns.composing.compose import finish
from copilot.campaigns.sms import gsm_text
from copilot.records import Assignment, CheckReport, Finding, Message, Part

BATCHES = ("development", "heldout", "third", "fourth", "fifth")
UNSEEN = ("sixth",)
"""Batches that nothing was fixed for: what they show is what unseen copy meets."""

FITTING: dict[str, tuple[str, ...]] = {
    "number": ("number.", "discount.", "price.", "claim.", "date."),
    "discount": ("discount.", "offer.changed", "offer.scope", "price.", "number.", "claim."),
    "price": ("price.", "offer.changed", "discount.", "number."),
    "code": ("code.",),
    "date": ("date.", "offer.changed", "claim.", "number.", "time."),
    "time": ("time.", "number.", "date.", "claim.hours"),
    "link": ("url.", "link."),
    "email": ("email.", "url.", "link."),
    "phone": ("phone.", "number."),
    "address": ("address.", "place.", "name.", "number."),
    "place": ("place.", "name.", "address.", "claim.unknown"),
    "product": ("product.", "claim.", "name.", "discount.", "place.", "offer.", "time."),
    "person": ("name.", "place.unknown", "claim.person", "claim.unknown"),
    "claim": (
        *("claim.", "offer.changed", "product.", "number.", "discount.", "date.", "time."),
        *("name.unknown", "place.unknown", "price."),
    ),
    "scope": ("offer.scope", "offer.changed", "product.", "claim.terms"),
    "privacy": ("privacy.",),
    "placeholder": ("placeholder", "merge-tag"),
    "tag": ("merge-tag", "placeholder"),
    "channel": ("channel.",),
    "language": ("language",),
    "banned": ("brand.banned",),
    "preferred": ("brand.preferred",),
    "formality": ("brand.formality",),
    "emoji": ("brand.emoji",),
    "html": ("html.", "link."),
    "spam": ("style.",),
}
"""Rules that hold a marked span for a fitting reason, by its label."""

_HEADER = re.compile(r"^@ (?P<head>[^\n]+)\n", re.MULTILINE)
_MARK = re.compile(r"⟦(?P<label>[a-z]+)\|(?P<text>.*?)⟧", re.DOTALL)
_FINISHED = frozenset({"email", "sms", "whatsapp"})


@dataclass(frozen=True)
class Mark:
    """A span that must be held; `start` is -1 for something that is missing."""

    label: str
    part: Part
    start: int
    end: int
    text: str

    def found_by(self, finding: Finding) -> bool:
        """Whether a blocking finding is about this span, for a fitting reason."""
        if finding.severity != "block":
            return False
        if self.start < 0:
            return finding.rule.startswith(tuple(self.label.split("|")))
        fits = finding.rule.startswith(FITTING[self.label]) and finding.part == self.part
        return fits and finding.start < self.end and self.start < finding.end


@dataclass(frozen=True)
class Copy:
    """A message with what must be held in it; sound when there are no marks."""

    id: str
    assignment: Assignment
    message: Message
    marks: tuple[Mark, ...]
    fragment: bool = False


@functools.cache
def _businesses() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / "trades.yaml").read_text(encoding="utf-8"))
    return found


@functools.cache
def assignment_of(name: str, channel: str, language: str) -> Assignment:
    """What a writer is given for a business of data/trades.yaml; "-info" leaves out its offer."""
    given = _businesses()[name.removesuffix("-info")]
    brief = parse_brief(given["brief"], folder=DATA)
    if name.endswith("-info"):
        brief = brief.model_copy(update={"offer": None})
    return given_to_writer(given, brief, channel, language)


def copies(batch: str) -> list[Copy]:
    """Every message of a batch, in order."""
    path: Path = DATA / f"messages_{batch}.txt"
    text = path.read_text(encoding="utf-8")
    heads = list(_HEADER.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        _copy(f"{batch}-{number:03d}", head["head"], text[head.end() : end].strip("\n"))
        for number, (head, end) in enumerate(zip(heads, ends, strict=True), 1)
    ]


def first_sight(batch: str) -> str:
    """What the header of a batch says of its first run, before anything was fixed for it."""
    head = (DATA / f"messages_{batch}.txt").read_text(encoding="utf-8").partition("\n")[0]
    return (
        head.removeprefix("# ") if head.startswith("# First") else "Written to build the checks on."
    )


def _copy(id_: str, head: str, text: str) -> Copy:
    name, channel, language, *flags = head.split()
    given = assignment_of(name, channel, language)
    html = "html" in flags
    parts, marks = _parts(text, "html" if html else "body")
    lost = next((flag.removeprefix("missing=") for flag in flags if "=" in flag), "")
    marks += [Mark(each, "body", -1, -1, "") for each in lost.split(",") if each]
    if channel in _FINISHED and "raw" not in flags and not html:
        done = finish(given, **parts)
        if channel == "sms":
            marks = [_shifted(mark, parts["body"]) for mark in marks]
    else:
        done = Message.model_validate({"body": "", **parts})
    return Copy(f"{id_} {name} {channel} {language}", given, done, tuple(marks), html)


def _parts(text: str, main: Part) -> tuple[dict[str, str], list[Mark]]:
    subject, body = "", text
    if text.startswith("Subject: "):
        subject, _, body = text.removeprefix("Subject: ").partition("\n")
    plain_subject, marks = _unmarked(subject, "subject")
    plain_body, more = _unmarked(body, main)
    return {"subject": plain_subject, main: plain_body}, marks + more


def _unmarked(text: str, part: Part) -> tuple[str, list[Mark]]:
    plain, marks, at = "", [], 0
    for found in _MARK.finditer(text):
        plain += text[at : found.start()]
        marks.append(Mark(found["label"], part, len(plain), len(plain + found["text"]), found[2]))
        plain += found["text"]
        at = found.end()
    return plain + text[at:], marks


def _shifted(mark: Mark, body: str) -> Mark:
    """The mark's place once typographic marks are made plain, which changes lengths."""
    if mark.start < 0:
        return mark
    start, end = len(gsm_text(body[: mark.start])), len(gsm_text(body[: mark.end]))
    return Mark(mark.label, mark.part, start, end, mark.text)


@dataclass
class Score:
    """How many marked spans were held, and how many sound messages."""

    marks: int = 0
    held: int = 0
    sound: int = 0
    wronged: int = 0

    @property
    def recall(self) -> float:
        return self.held / self.marks if self.marks else 1.0

    @property
    def false_blocks(self) -> float:
        return self.wronged / self.sound if self.sound else 0.0


@dataclass(frozen=True)
class Outcome:
    """What a checker made of one message: marks it missed, and its blocks on a sound one."""

    copy: Copy
    missed: tuple[Mark, ...]
    wrong: tuple[Finding, ...]


def outcome(copy: Copy, check: Callable[[Copy], CheckReport]) -> Outcome:
    """The marks a checker does not hold, or its blocks when there is nothing to hold."""
    blocks = [each for each in check(copy).findings if each.severity == "block"]
    missed = [mark for mark in copy.marks if not any(mark.found_by(each) for each in blocks)]
    return Outcome(copy, tuple(missed), () if copy.marks else tuple(blocks))


def scores(outcomes: list[Outcome]) -> dict[tuple[str, str], Score]:
    """Scores in all, and by channel, language and label."""
    found: dict[tuple[str, str], Score] = {}
    for each in outcomes:
        given = each.copy.assignment
        groups = [("all", ""), ("channel", given.channel), ("language", given.language)]
        for group in groups:
            score = found.setdefault(group, Score())
            score.marks += len(each.copy.marks)
            score.held += len(each.copy.marks) - len(each.missed)
            score.sound += not each.copy.marks
            score.wronged += bool(each.wrong)
        for mark in each.copy.marks:
            label = mark.label if mark.start >= 0 else mark.label.split("|")[0]
            score = found.setdefault(("label", label), Score())
            score.marks += 1
            score.held += mark not in each.missed
    return found
