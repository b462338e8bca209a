"""What a channel can carry: lengths and parts, counted on the text as it is read."""

from collections.abc import Iterator

from copilot.campaigns.channels import HTML_CLIP, LIMITS, SMS_PARTS_SOFT
from copilot.campaigns.check.finding import Case
from copilot.campaigns.check.placeholders import merged
from copilot.campaigns.sms import gsm_text, sms_parts
from copilot.records import Finding, Message, Part

_SMS_BLOCK = 10


def channel_limits(case: Case) -> Iterator[Finding]:
    """Warnings near and blocks past each limit of the message's channel."""
    message, channel = case.message, case.assignment.channel
    for (name, part), (soft, hard, why) in LIMITS.items():
        if name == channel:
            yield from _length(part, len(merged(_part(message, part))), soft, hard, why, channel)
    if channel == "email" and not message.subject.strip() and not case.fragment:
        yield _finding("block", "channel.subject", "subject", "The email has no subject", channel)
    if channel == "email" and len(message.html.encode("utf-8")) > HTML_CLIP:
        yield _finding("warn", "channel.size", "html", "Mail clients clip over 102 KB", channel)
    if channel == "sms":
        yield from _sms(merged(message.body))


def _sms(body: str) -> Iterator[Finding]:
    parts = sms_parts(body)
    if parts > SMS_PARTS_SOFT:
        severity = "block" if parts > _SMS_BLOCK else "warn"
        yield _finding(
            severity, "channel.sms-parts", "body", f"The text takes {parts} parts", "sms"
        )
    elif parts > 1 and sms_parts(gsm_text(body)) < parts:
        yield _finding(
            "warn",
            "channel.sms-alphabet",
            "body",
            f"Typographic marks make the text take {parts} parts",
            "sms",
        )


def _length(
    part: Part, length: int, soft: int, hard: int, why: str, channel: str
) -> Iterator[Finding]:
    if length > soft:
        severity = "block" if length > hard else "warn"
        message = f"The {part} has {length} characters: {why}"
        yield _finding(severity, "channel.length", part, message, channel)


def _finding(severity: str, rule: str, part: Part, message: str, channel: str) -> Finding:
    return Finding.model_validate(
        {
            "rule": rule,
            "severity": severity,
            "text": "",
            "part": part,
            "message": f"{message}.",
            "source": f"channel: {channel}",
            "fix": "Shorten it." if rule != "channel.subject" else "Write a subject.",
        }
    )


def _part(message: Message, part: Part) -> str:
    return str(getattr(message, part))
