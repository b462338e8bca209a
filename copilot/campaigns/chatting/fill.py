"""What a chat message says, put into a new brief or into the one there was."""

import re
from typing import Any

from copilot.campaigns.chatting.hours import hours_in
from copilot.campaigns.chatting.offer import Offered, changed
from copilot.campaigns.chatting.speech import speech, spoken
from copilot.campaigns.composing.wording import written_in
from copilot.records import BrandKit, Brief, CallToAction, Language, Offer
from copilot.text import fold

_NAME_WORDS = 4
_AS_SAID = ("goal", "audience", "variants", "holdout", "tone", "channels", "method")


def language_of(previous: Brief | None) -> Language:
    """The language a conversation is in, as far as its brief shows it."""
    if previous is None:
        return "en"
    offer = previous.offer
    texts = [*previous.facts, previous.goal, *([offer.text, offer.terms or ""] if offer else [])]
    first: Language = next((each for each in previous.languages if each != "local"), "en")
    return written_in(" ".join(texts), first)


def new_brief(brand: BrandKit, said: dict[str, Any], language: Language) -> Brief:
    """A brief of what was said; its language is the message's where none is named."""
    offer = _offer(None, said, language)
    url = said.get("url") or brand.website
    text = said.get("action") or (spoken(language, "link_text", {}) if url else "")
    fields = {"languages": (language,), **_plain(None, said)}
    return Brief(
        name=_name(offer, said, language),
        brand=_brand(brand, said),
        offer=offer,
        call_to_action=CallToAction(text=text, url=url) if text else None,
        **fields,
    )


def corrected_brief(previous: Brief, said: dict[str, Any], language: Language) -> Brief:
    """The brief there was, with what was said changed and all else kept."""
    undo = said.get("undo", ())
    update: dict[str, Any] = {
        name: Brief.model_fields[name].default for name in undo if name in {"facts", "tone", "goal"}
    }
    update |= {
        **_plain(previous, said),
        "offer": _offer(previous.offer, said, language_of(previous)),
    }
    update["brand"] = _brand(previous.brand, said)
    if "url" in said or "action" in said:
        before = previous.call_to_action
        text = said.get("action") or (before.text if before else "")
        update["call_to_action"] = CallToAction(
            text=text or spoken(language, "link_text", {}),
            url=said.get("url") or (before.url if before else previous.brand.website),
        )
    return previous.model_copy(update=update)


def _brand(brand: BrandKit, said: dict[str, Any]) -> BrandKit:
    """The brand kit, for this campaign in the form of address and with the emojis wished for."""
    update: dict[str, Any] = {}
    if "formality" in said:
        update["formality"] = {**brand.formality, **said["formality"]}
    if "emoji" in said:
        update["emoji"] = said["emoji"]
    return brand.model_copy(update=update) if update else brand


def _plain(previous: Brief | None, said: dict[str, Any]) -> dict[str, Any]:
    """The fields outside the offer that the message sets."""
    fields: dict[str, Any] = {name: said[name] for name in _AS_SAID if name in said}
    if "facts" in said:
        fields["facts"] = (*(previous.facts if previous else ()), *said["facts"])
    if "languages" in said:
        named, also = said["languages"]
        before = previous.languages if previous and also else ()
        fields["languages"] = tuple(dict.fromkeys((*before, *named)))
    if "level" in said:
        fields["level"], fields["by"] = said["level"]
        if fields["level"] == "mass" and previous and "audience" not in said:
            fields["audience"] = ""
    return fields


def _offer(before: Offer | None, said: dict[str, Any], language: Language) -> Offer | None:
    new: Offered | None = said.get("offer.text")
    if before is None and new is None:
        return None
    update: dict[str, Any] = {}
    if new is not None:
        update["text"] = changed(before.text, new, language) if before else new.text
    if "offer.code" in said:
        update["code"] = said["offer.code"] or None
    undo = said.get("undo", ())
    if "days" in undo:
        update |= {"starts": None, "ends": None}
    if days := said.get("days"):
        update |= {"starts": days.starts, "ends": days.ends}
        if before and days.starts is None and before.starts and before.starts <= days.ends:
            update["starts"] = before.starts
        if before and days.ends is None and before.ends and before.ends >= days.starts:
            update["ends"] = before.ends
    kept = "" if "terms" in undo or not before else before.terms or ""
    update["terms"] = _terms(kept, said, language)
    if before is None:
        return Offer(**update)
    return before.model_copy(update=update)


def _terms(before: str, said: dict[str, Any], language: Language) -> str | None:
    """The terms, hours first; new hours take the place of old ones, other terms are added."""
    old = [part for part in before.split(", ") if part]
    hours = said.get("hours", [part for part in old if hours_in(part, language)])
    rest = [part for part in old if not hours_in(part, language)]
    return ", ".join(dict.fromkeys((*hours, *rest, *said.get("terms", ())))) or None


def _name(offer: Offer | None, said: dict[str, Any], language: Language) -> str:
    """A short name of the words said, for files and links: `any-loaf-crust15`."""
    source = offer.text if offer else said.get("goal") or next(iter(said.get("facts", ())), "")
    code = fold(offer.code) if offer and offer.code else ""
    stops = set(speech(language).patterns["name_stops"][0].split("|"))
    plain = re.findall(r"[a-z]+", fold(source))
    words = [word for word in plain if word not in stops or (code and word == "any")]
    parts = [*words[:_NAME_WORDS], *re.findall(r"[a-z0-9]+", code)]
    return "-".join(parts) or "campaign"
