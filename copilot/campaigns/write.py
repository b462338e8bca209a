"""The model writer: an untrusted writer behind the same checks as the composer.

It is given facts and slots, never a person; what it writes is checked, repaired at most twice
with the findings, and otherwise dropped for the composer's draft.
"""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from copilot.campaigns.check.run import check
from copilot.campaigns.compose import finish
from copilot.errors import BriefError
from copilot.models.chat import Complete
from copilot.models.prompts import load
from copilot.records import Assignment, Fact, Finding, Message

REPAIRS = 2
GREETING = '{{ first_name | default: "there" }}'
LANGUAGES = {"en": "British English", "de": "German", "fr": "French", "es": "Spanish"}
LIMITS = {
    "email": "A subject of at most 50 characters, a preheader of 40 to 70 characters, and a body "
    "of 60 to 120 words in short paragraphs.",
    "sms": "No subject and no preheader; a body of at most 120 characters.",
    "whatsapp": "No subject and no preheader; a body of at most 60 words.",
    "push": "A subject of at most 40 characters, no preheader, a body of at most 120 characters.",
    "social": "No subject and no preheader; a body of at most 60 words.",
    "flyer": "A subject as the headline, no preheader, and a body of at most 80 words.",
}
# said by the sender block and the prompt's own slots, or part of a fact that is listed whole
_UNLISTED = frozenset({"brand", "required", "address", "email", "phone", "number"})


class Written(BaseModel):
    """What the model is asked for; empty where the channel has none."""

    subject: str = Field(description="empty where the channel has no subject")
    preheader: str = Field(description="empty where the channel has no preheader")
    body: str


def write(
    assignment: Assignment, complete: Complete, *, repairs: int = REPAIRS
) -> tuple[Message | None, str | None]:
    """The model's message when it passes every blocking check, else (None, why not).

    Raises ModelError when the server fails or answers with something unusable.
    """
    shared = _values(assignment)
    system, user = load("draft").render(
        **shared,
        goal=assignment.brief.goal or "tell the reader about the offer",
        voice=_voice(assignment),
    )
    blocked: Sequence[Finding] = ()
    for attempt in range(repairs + 1):
        written = complete(system, user, Written).parsed
        message, blocked = _checked(written, assignment)
        if not blocked:
            return message, None
        if attempt < repairs:
            system, user = load("repair").render(
                **shared, message=_shown(written), findings=_listed(blocked)
            )
    first = next((one for one in blocked if one.text), blocked[0])
    return None, f"still blocked after {repairs} repairs: {first.message} ({first.text!r})"


def _checked(written: Written, assignment: Assignment) -> tuple[Message, list[Finding]]:
    try:
        message = finish(
            assignment,
            subject=written.subject.strip(),
            preheader=written.preheader.strip(),
            body=written.body.strip(),
        )
    except BriefError as error:
        finding = Finding(
            rule="placeholder.syntax",
            severity="block",
            text="",
            message=error.message,
            source="merge tags",
            fix=f"Write only {GREETING}.",
        )
        return Message(body=written.body), [finding]
    report = check(message, assignment)
    return message, [one for one in report.findings if one.severity == "block"]


def _values(assignment: Assignment) -> dict[str, str]:
    brief = assignment.brief
    return {
        "brand": brief.brand.name,
        "channel": assignment.channel,
        "limits": LIMITS[assignment.channel],
        "language": LANGUAGES[assignment.language],
        "tone": brief.tone or ", ".join(brief.brand.voice.traits) or "plain and friendly",
        "banned": ", ".join([*brief.brand.banned, *brief.brand.voice.avoid]) or "none",
        "greeting": "there" if "first_name" in assignment.withheld else GREETING,
        "unit": assignment.unit.place or "everybody who agreed to hear from us",
        "offer": _offer(assignment),
        "facts": "\n".join(f"- {fact.kind}: {fact.text}" for fact in _stated(assignment.facts)),
    }


def _offer(assignment: Assignment) -> str:
    offer = assignment.brief.offer
    if offer is None:
        return "none"
    dates = dict.fromkeys(fact.text for fact in assignment.facts if fact.kind == "date")
    code = f"code {offer.code}" if offer.code else ""
    return "; ".join(part for part in (offer.text, code, " to ".join(dates), offer.terms) if part)


def _stated(facts: Sequence[Fact]) -> list[Fact]:
    """The facts worth telling the model, each wording once."""
    seen: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind not in _UNLISTED and not fact.origin.startswith("brand.unsubscribe"):
            seen.setdefault(fact.text, fact)
    return list(seen.values())


def _voice(assignment: Assignment) -> str:
    examples = assignment.brief.brand.voice.examples
    return " ".join(examples) if examples else "plain and friendly"


def _shown(written: Written) -> str:
    return f"Subject: {written.subject}\nPreheader: {written.preheader}\n{written.body}"


def _listed(findings: Sequence[Finding]) -> str:
    return "\n".join(f"- {one.text!r}: {one.message} {one.fix}".strip() for one in findings)
