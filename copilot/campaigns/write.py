"""The model writer: an untrusted writer behind the same checks as the composer.

It is given facts and slots, never a person; what it writes is checked, repaired at most twice
with the findings, and otherwise dropped for the composer's draft.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, Field

from copilot.campaigns import told
from copilot.campaigns.check.placeholders import TAG
from copilot.campaigns.check.run import check
from copilot.campaigns.composing.ads import Assets, asset_lines
from copilot.campaigns.composing.compose import compose, finish
from copilot.errors import BriefError, ModelError, ModelUnavailable
from copilot.models.chat import Complete
from copilot.models.prompts import load
from copilot.records import Assignment, Channel, CheckReport, Finding, Message, ModuleTask
from copilot.text import squeeze

REPAIRS = 2
_MARKUP = re.compile(r"</?[A-Za-z!][^>\n]*>|\]\(\s*\w|\*\*|__\w|^\s*#{1,6} |```", re.M)


class Plain(BaseModel):
    """A message of one text."""

    body: str


class Headed(Plain):
    """A message with a subject, title or headline."""

    subject: str


class Mail(Headed):
    """An email."""

    preheader: str = Field(description="shown after the subject in the list of messages")


class Ad(BaseModel):
    """A responsive search ad."""

    headlines: list[str]
    descriptions: list[str]
    paths: list[str] = Field(description="words shown after the address")


Written = Plain | Ad
SHAPES: Mapping[Channel, type[Plain] | type[Ad]] = {
    "email": Mail,
    "sms": Plain,
    "whatsapp": Plain,
    "push": Headed,
    "rsa": Ad,
    "social": Plain,
    "flyer": Headed,
    "letter": Plain,
}


class Outcome(NamedTuple):
    """A message that no check blocks with its report, or why there is none."""

    message: Message | None
    why: str | None
    report: CheckReport | None = None


def write(assignment: Assignment, complete: Complete, *, repairs: int = REPAIRS) -> Outcome:
    """The model's message when it passes every blocking check, else why not.

    Raises ModelError when the server fails or answers with something unusable.
    """
    rules, shared = told.rules(assignment), _shared(assignment)
    system, user = load("draft").render(**rules, **shared, examples=told.examples(assignment))
    own = told.own_sentences(system)
    blocked: Sequence[Finding] = ()
    for attempt in range(repairs + 1):
        written = complete(system, user, SHAPES[assignment.channel]).parsed
        message, report = _checked(written, assignment, own)
        if report.passed:
            return Outcome(message, None, report)
        blocked = [one for one in report.findings if one.severity == "block"]
        if attempt < repairs:
            system, user = load("repair").render(
                **rules,
                **shared,
                message=told.fenced(_shown(written)),
                findings=told.lines(_listed(blocked)),
            )
    first = next((one for one in blocked if one.text), blocked[0])
    return Outcome(None, f"still blocked after {repairs} repairs: {first.message} ({first.text!r})")


def warm_up(assignments: Iterable[Assignment]) -> None:
    """Read once, on one thread, what writing and checking each language takes; threads that begin
    together would each read it, while the server waits."""
    for one in {(each.language, each.channel): each for each in assignments}.values():
        load("draft").render(**told.rules(one), **_shared(one), examples=told.examples(one))
        check(compose(one), one)


def write_module(task: ModuleTask, complete: Complete, *, repairs: int = REPAIRS) -> str | None:
    """The model's words for one module, or None where none pass as a piece of a message.

    What the model fails at is left to the composer; what no call can pass is raised: BudgetError,
    ModelUnavailable, StoppedError.
    """
    assignment = task.assignment
    piece = told.piece(task.slot, assignment.channel)
    if not piece:
        return None
    values = {
        **told.rules(assignment),
        "piece": piece,
        "about": told.about(assignment),
        "examples": told.examples(assignment),
        "composed": told.lines([task.text]),
        "facts": told.facts(assignment.facts),
    }
    del values["limits"]
    findings: Sequence[Finding] = ()
    for _ in range(repairs + 1):
        system, user = load("module").render(**values, findings=told.lines(_listed(findings)))
        try:
            text = squeeze(complete(system, user, Plain).parsed.body)
        except ModelUnavailable:
            raise
        except ModelError:
            return None
        findings = _blocked_piece(text, assignment, told.own_sentences(system))
        if text and not findings:
            return text
    return None


def module_writer(complete: Complete) -> Callable[[ModuleTask], str | None]:
    """`write_module` by one model."""
    return lambda task: write_module(task, complete)


def _blocked_piece(text: str, assignment: Assignment, own: Sequence[str]) -> list[Finding]:
    """What blocks a piece; what it leaves out, the pieces beside it say."""
    found = list(refusals(text, assignment, own))
    if not found:
        report = check(Message(body=text), assignment, fragment=True)
        found = [one for one in report.findings if one.severity == "block" and one.text]
    return found


def _shared(assignment: Assignment) -> dict[str, str]:
    return {
        "about": told.about(assignment),
        "offer": told.offer(assignment),
        "facts": told.facts(assignment.facts),
    }


def _checked(
    written: Written, assignment: Assignment, own: Sequence[str]
) -> tuple[Message, CheckReport]:
    parts = _parts(written)
    refused = [one for text in parts.values() for one in refusals(text, assignment, own)]
    if not refused:
        try:
            message = finish(assignment, **parts)
            return message, check(message, assignment)
        except BriefError as error:
            refused = [_refused("placeholder.syntax", "", error.message)]
    return Message(body=parts["body"]), CheckReport(passed=False, findings=tuple(refused))


def refusals(text: str, assignment: Assignment, own: Sequence[str] = ()) -> Iterator[Finding]:
    """What a writer that is not trusted may not write, whatever the checks say: markup, any
    merge expression but the one greeting it was given, and sentences of its `own` rules."""
    allowed = squeeze(told.greeting_of(assignment))
    for found in TAG.finditer(text):
        if squeeze(found[0]) != allowed:
            yield _refused("merge-tag", found[0], "This merge field was not offered.")
    for found in _MARKUP.finditer(text):
        yield _refused("markup", found[0], "The text is to be plain, without markup.")
    low = squeeze(text).casefold()
    for sentence in own:
        if sentence in low:
            yield _refused("prompt.echo", sentence, "This is an instruction, not copy.")


def _parts(written: Written) -> dict[str, str]:
    if isinstance(written, Ad):
        ad = Assets(
            headlines=tuple(squeeze(each) for each in written.headlines),
            descriptions=tuple(squeeze(each) for each in written.descriptions),
            paths=tuple(squeeze(each) for each in written.paths),
        )
        return {"body": asset_lines(ad)}
    shown: dict[str, str] = written.model_dump()
    return {part: text.strip() if part == "body" else squeeze(text) for part, text in shown.items()}


def _shown(written: Written) -> str:
    parts = _parts(written)
    heads = [f"{part}: {text}" for part, text in parts.items() if part != "body"]
    return "\n".join([*heads, parts["body"]])


def _listed(findings: Sequence[Finding]) -> Iterator[str]:
    for one in findings:
        yield f"- {one.text!r}: {one.message} {one.fix}".strip()


def _refused(rule: str, text: str, message: str) -> Finding:
    return Finding(
        rule=rule,
        severity="block",
        text=text,
        message=message,
        source="the writer's limits",
        fix="Leave it out.",
    )
