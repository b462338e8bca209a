"""A brief in plain words: what was understood of a message, and what was filled in."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from copilot.campaigns.chatting.scan import Scan
from copilot.campaigns.chatting.when import long_date
from copilot.records import Brief, Offer

_ASSUMED = ("channels", "languages", "level", "audience")


def lines_of(
    scan: Scan, brief: Brief, said: Mapping[str, Any], *, corrected: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines understood and assumed, in the language of the message; after a correction
    everything kept counts as understood."""
    plain = _plain_lines(scan, brief)
    told = {name: line for name, line in plain.items() if corrected or name in said}
    understood = [*_offer_lines(scan, brief.offer), *told.values(), *_voice_lines(scan, said)]
    assumed = [plain[name] for name in _ASSUMED if name in plain and name not in told]
    action = brief.call_to_action
    if action is not None:
        line = scan.say("link", text=action.text) + (f", {action.url}" if action.url else "")
        given = "url" in said or "action" in said or action.url != brief.brand.website
        (understood if given else assumed).append(line)
    return tuple(understood), tuple(assumed)


def _offer_lines(scan: Scan, offer: Offer | None) -> list[str]:
    if offer is None:
        return []
    lines = [scan.say("offer", text=offer.text)]
    if offer.code:
        lines.append(scan.say("code", text=offer.code))
    if days := _days(scan, offer.starts, offer.ends):
        lines.append(days)
    if offer.terms:
        lines.append(scan.say("terms", text=offer.terms))
    return lines


def _days(scan: Scan, starts: dt.date | None, ends: dt.date | None) -> str:
    first, last = (long_date(scan, day) if day else "" for day in (starts, ends))
    if first and first == last:
        return scan.say("day", text=first)
    parts = [scan.say(key, text=day) for key, day in (("from", first), ("until", last)) if day]
    return " ".join(parts)


def _plain_lines(scan: Scan, brief: Brief) -> dict[str, str]:
    channels = ", ".join(scan.say(f"on_{each}") for each in brief.channels)
    languages = ", ".join(scan.say(f"in_{each}") for each in brief.languages)
    lines = {
        "channels": scan.say("channels", text=channels),
        "level": scan.say("level", text=_level(scan, brief)),
        "audience": scan.say("audience", text=brief.audience or scan.say("everyone")),
        "languages": scan.say("languages", text=languages),
    }
    more = {
        "facts": " ".join(brief.facts),
        "goal": brief.goal,
        "tone": brief.tone,
        "variants": str(brief.variants) if brief.variants > 1 else "",
        "holdout": f"{brief.holdout * 100:g}" if brief.holdout else "",
    }
    return lines | {name: scan.say(name, text=text) for name, text in more.items() if text}


def _voice_lines(scan: Scan, said: Mapping[str, Any]) -> list[str]:
    """How readers are addressed and how many emojis, where the message says so."""
    lines = [
        scan.say(f"address_{form}", language=scan.say(f"in_{language}"))
        for language, form in said.get("formality", {}).items()
    ]
    return [*lines, scan.say(f"emoji_{said['emoji']}")] if "emoji" in said else lines


def _level(scan: Scan, brief: Brief) -> str:
    by = scan.say(f"by_{brief.by}") if brief.level in {"local", "segment"} else ""
    return scan.say(f"level_{brief.level}", by=by)
