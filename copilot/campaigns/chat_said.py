"""A brief in plain words: what was understood of a message, and what was filled in."""

from collections.abc import Mapping
from typing import Any

from copilot.campaigns.phrases import bank
from copilot.campaigns.wording import date_text
from copilot.records import Brief, Offer

_LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "local": "each reader's own",
}
_CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp", "social": "social post"}
_ASSUMED = ("channels", "languages", "level", "audience")


def lines_of(
    brief: Brief, said: Mapping[str, Any], *, corrected: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines understood and assumed; after a correction everything kept counts as understood."""
    offer = {f"offer.{name}": line for name, line in _offer_lines(brief.offer).items()}
    plain = _plain_lines(brief)
    told = {name: line for name, line in plain.items() if corrected or name in said}
    understood = [*offer.values(), *told.values()]
    assumed = [plain[name] for name in _ASSUMED if name in plain and name not in told]
    action = brief.call_to_action
    if action is not None:
        line = f"Link: “{action.text}”, {action.url}"
        given = "url" in said or action.url != brief.brand.website
        (understood if given else assumed).append(line if action.url else f"Link: “{action.text}”")
    return tuple(understood), tuple(assumed)


def _offer_lines(offer: Offer | None) -> dict[str, str]:
    if offer is None:
        return {}
    words = bank("en")
    lines = {"text": f"Offer: {offer.text}"}
    if offer.code:
        lines["code"] = f"Code: {offer.code}"
    first, last = (
        date_text(day, words, today=day) + f" {day.year}" if day else ""
        for day in (offer.starts, offer.ends)
    )
    if first and first == last:
        lines["days"] = f"Day: {first}"
    elif first or last:
        lines["days"] = " ".join(
            part
            for part in (f"From: {first}" if first else "", f"Until: {last}" if last else "")
            if part
        )
    if offer.terms:
        lines["terms"] = f"Terms: {offer.terms}"
    return lines


def _plain_lines(brief: Brief) -> dict[str, str]:
    channels = ", ".join(_CHANNELS.get(each, each) for each in brief.channels)
    languages = ", ".join(_LANGUAGES[each] for each in brief.languages)
    lines = {
        "channels": f"Channel: {channels}",
        "level": f"Messages: {_level(brief)}",
        "audience": f"Audience: {brief.audience or 'everyone who consented to the channel'}",
        "languages": f"Language: {languages}",
    }
    if brief.facts:
        lines["facts"] = f"To mention: {' '.join(brief.facts)}"
    if brief.goal:
        lines["goal"] = f"Goal: {brief.goal}"
    if brief.tone:
        lines["tone"] = f"Tone: {brief.tone}"
    if brief.variants > 1:
        lines["variants"] = f"Versions: {brief.variants}"
    return lines


def _level(brief: Brief) -> str:
    return {
        "mass": "one for everybody",
        "local": f"one for each {brief.by}",
        "segment": f"one for each {brief.by} segment",
        "individual": "one for each customer",
    }[brief.level]
