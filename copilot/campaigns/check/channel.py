"""What a channel can carry: lengths and parts, counted on the text as it is read."""

from collections.abc import Iterator

from copilot.campaigns.check.finding import Case
from copilot.campaigns.check.placeholders import merged
from copilot.campaigns.sms import gsm_text, sms_parts
from copilot.records import Finding, Message, Part

_HTML_CLIP = 102 * 1024
_SMS_WARN, _SMS_BLOCK = 3, 10

_LIMITS: dict[tuple[str, Part], tuple[int, int, str]] = {
    ("email", "subject"): (50, 150, "mail clients cut longer subjects"),
    ("email", "preheader"): (100, 255, "mail clients cut longer preheaders"),
    ("push", "subject"): (65, 130, "lock screens cut longer titles"),
    ("push", "body"): (178, 597, "lock screens cut longer texts; Android shows 597 at most"),
    ("whatsapp", "body"): (700, 1024, "a template's body holds 1024 characters"),
    ("social", "body"): (500, 2200, "feeds fold longer posts; 2,200 characters at most"),
    ("letter", "body"): (2500, 6000, "a letter fills a page with about 2,500 characters"),
    ("flyer", "body"): (900, 3000, "a flyer holds little"),
}


def channel_limits(case: Case) -> Iterator[Finding]:
    """Warnings near and blocks past each limit of the message's channel."""
    message, channel = case.message, case.assignment.channel
    for (name, part), (soft, hard, why) in _LIMITS.items():
        if name == channel:
            yield from _length(part, len(merged(_part(message, part))), soft, hard, why, channel)
    if channel == "email" and not message.subject.strip() and not case.fragment:
        yield _finding("block", "channel.subject", "subject", "The email has no subject", channel)
    if channel == "email" and len(message.html.encode("utf-8")) > _HTML_CLIP:
        yield _finding("warn", "channel.size", "html", "Mail clients clip over 102 KB", channel)
    if channel == "sms":
        yield from _sms(merged(message.body))


def _sms(body: str) -> Iterator[Finding]:
    parts = sms_parts(body)
    if parts > _SMS_WARN:
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
