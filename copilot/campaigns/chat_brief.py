"""A chat message as a brief, or as a correction of one; nothing is made up on the way.

Each reader takes its words out of the message, so that the offer is what the others left. What
the message does not say is filled in only where drafting needs it, and listed as assumed.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from copilot.campaigns.chat_audience import read_audience
from copilot.campaigns.chat_offer import Offered, changed, read_offer, read_terms
from copilot.campaigns.chat_said import lines_of
from copilot.campaigns.chat_scan import Scan, scan
from copilot.campaigns.chat_when import read_days, read_hours, read_recurring
from copilot.campaigns.chat_words import (
    read_channels,
    read_code,
    read_facts,
    read_goal,
    read_languages,
    read_level,
    read_method,
    read_purpose,
    read_tone,
    read_variants,
)
from copilot.records import BrandKit, Brief, CallToAction, Offer, Understanding
from copilot.text import fold

LINK_TEXT = "Visit our website"
_HOURS = re.compile(r"(?:before|until|from|after|at) \d\d:\d\d(?: to \d\d:\d\d)?")
_LINK = re.compile(
    r"(?:(?:and |with )?(?:a )?link (?:it )?to )?(?P<u>https?://[^\s,;]+[^\s,;.!?])", re.I
)
_NAME_WORDS = 4
_SHORT = {"a", "all", "an", "and", "any", "at", "every", "for", "get", "is", "of", "off", "on"}
_NAME_STOPS = frozenset(_SHORT | {"one", "our", "the", "to", "with"})


def understand(
    text: str,
    *,
    brand: BrandKit,
    today: dt.date,
    places: Sequence[str],
    products: Sequence[str],
    previous: Brief | None = None,
) -> Understanding:
    """The brief a message asks for; with `previous`, that brief with what the message changes.

    `places` and `products` are the business's own names; an audience is built of them alone. A
    message of which nothing is understood gives no brief, or leaves `previous` as it is. `missing`
    says what blocks drafting, and what of a correction was not understood.
    """
    reading = scan(text)
    said = _read(reading, today, places, products, previous)
    if not said and not reading.problems:
        return _nothing(text, previous)
    brief = _corrected(previous, said) if previous else _new(brand, said)
    understood, assumed = lines_of(brief, said, corrected=previous is not None)
    missing = list(reading.problems)
    if brief.offer is None and not brief.facts:
        missing.append("What to say: an offer, or a sentence after “mention that …”.")
    if brief.offer is not None and re.fullmatch(r"[\d.,]+%", brief.offer.text):
        missing.append(f"What the {brief.offer.text} is: say for example {brief.offer.text} off.")
    left = [f"I did not understand “{each}”." for each in reading.leftovers()]
    notes = [*assumed, *reading.notes]
    if previous is not None or not said:
        missing += left
    else:
        notes += left
    return Understanding(
        brief=brief, understood=understood, assumed=tuple(notes), missing=tuple(missing)
    )


def _read(
    reading: Scan,
    today: dt.date,
    places: Sequence[str],
    products: Sequence[str],
    previous: Brief | None,
) -> dict[str, Any]:
    """What the message says, by field of the brief and, before `offer.`, of its offer.

    The order matters: what could be mistaken for something else is read first.
    """
    found: dict[str, Any] = {"url": _url(reading), "offer.code": read_code(reading)}
    found["facts"] = read_facts(reading)
    found["goal"] = read_goal(reading)
    found["variants"] = read_variants(reading)
    found["tone"] = read_tone(reading)
    found["audience"] = read_audience(reading, places, products)
    found["languages"] = read_languages(reading)
    found["terms"] = [*read_terms(reading), *read_recurring(reading)] or None
    found["method"] = read_method(reading)
    bespoke = ("individual", "neighbourhood") if found["method"] == "bespoke" else None
    found["level"] = read_level(reading) or bespoke
    found["channels"] = read_channels(reading, previous.channels if previous else ())
    found["days"] = read_days(reading, today, _base(previous, today, reading))
    found["hours"] = read_hours(reading) or None
    found["goal"] = found["goal"] or read_purpose(reading)
    found["undo"] = _undone(reading) if previous else None
    found["offer.text"] = read_offer(reading)
    if previous and previous.offer and not found["offer.text"]:
        found["offer.text"] = _retargeted(reading, previous.offer.text)
    return {name: value for name, value in found.items() if value is not None}


def _base(previous: Brief | None, today: dt.date, reading: Scan) -> dt.date:
    """The day weekdays count from: a new last day comes after the first day there is."""
    starts = previous.offer.starts if previous and previous.offer else None
    until = reading.find(r"(?:until|till|til|through|to|ends?|ending)(?: on)? \w+")
    return starts if starts and starts > today and until else today


def _url(reading: Scan) -> str | None:
    found = _LINK.search(reading.raw)
    if not found:
        return None
    reading.cover(found.start(), found.end())
    return found["u"]


def _undone(reading: Scan) -> tuple[str, ...] | None:
    away = r"(?:without|no|drop|remove|delete)(?: (?:the|any|an?))?"
    gone = [
        name
        for name, pattern in {
            "days": r"(?:end |start )?dates?|deadline",
            "terms": r"terms|conditions|times?",
            "facts": r"facts?",
            "tone": r"tone",
            "goal": r"goal",
        }.items()
        if reading.take(rf"{away} (?:{pattern})")
    ]
    return tuple(gone) or None


def _retargeted(reading: Scan, before: str) -> Offered | None:
    """`off any cake instead`: the amount there is, on something else."""
    found = re.search(
        r"(?<!\w)off (?P<t>[^\ue000.,;!?\n]+?)(?= instead|[\ue000.,;!?\n]|$)", reading.low
    )
    said = re.search(r"(?<!\w)off(?!\w)", before)
    if not found or not said:
        return None
    reading.cover(found.start(), found.end())
    return Offered(f"{before[: said.end()]} {reading.text(found, 't')}", bare=False)


def _new(brand: BrandKit, said: dict[str, Any]) -> Brief:
    offer = _offer(None, said)
    url = said.get("url") or brand.website
    return Brief(
        name=_name(offer, said),
        brand=brand,
        offer=offer,
        call_to_action=CallToAction(text=LINK_TEXT, url=url) if url else None,
        **_plain(None, said),
    )


def _corrected(previous: Brief, said: dict[str, Any]) -> Brief:
    undo = said.get("undo", ())
    update: dict[str, Any] = {
        name: Brief.model_fields[name].default for name in undo if name in {"facts", "tone", "goal"}
    }
    update |= {**_plain(previous, said), "offer": _offer(previous.offer, said)}
    if "url" in said:
        before = previous.call_to_action
        update["call_to_action"] = CallToAction(
            text=before.text if before else LINK_TEXT, url=said["url"]
        )
    return previous.model_copy(update=update)


def _plain(previous: Brief | None, said: dict[str, Any]) -> dict[str, Any]:
    """The fields outside the offer that the message sets."""
    fields: dict[str, Any] = {
        name: said[name]
        for name in ("goal", "audience", "variants", "tone", "channels", "method")
        if name in said
    }
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


def _offer(before: Offer | None, said: dict[str, Any]) -> Offer | None:
    new: Offered | None = said.get("offer.text")
    if before is None and new is None:
        return None
    update: dict[str, Any] = {}
    if new is not None:
        update["text"] = changed(before.text, new) if before else new.text
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
    update["terms"] = _terms("" if "terms" in undo or not before else before.terms or "", said)
    if before is None:
        return Offer(**update)
    return before.model_copy(update=update)


def _terms(before: str, said: dict[str, Any]) -> str | None:
    """The terms, hours first; new hours take the place of old ones, other terms are added."""
    old = [part for part in before.split(", ") if part]
    hours = said.get("hours", [part for part in old if _HOURS.fullmatch(part)])
    rest = [part for part in old if not _HOURS.fullmatch(part)]
    return ", ".join(dict.fromkeys((*hours, *rest, *said.get("terms", ())))) or None


def _name(offer: Offer | None, said: dict[str, Any]) -> str:
    """A short name of the words said, for files and links: `any-loaf-crust15`."""
    source = offer.text if offer else said.get("goal") or next(iter(said.get("facts", ())), "")
    code = fold(offer.code) if offer and offer.code else ""
    plain = re.findall(r"[a-z]+", fold(source))
    words = [word for word in plain if word not in _NAME_STOPS or (code and word == "any")]
    parts = [*words[:_NAME_WORDS], *re.findall(r"[a-z0-9]+", code)]
    return "-".join(parts) or "campaign"


def _nothing(text: str, previous: Brief | None) -> Understanding:
    problem = f"I did not understand “{text.strip()}”."
    if previous is None:
        example = "Say for example: draft an email about 15% off any loaf until Friday."
        return Understanding(brief=None, understood=(), missing=(f"{problem} {example}",))
    understood, _ = lines_of(previous, {}, corrected=True)
    return Understanding(
        brief=previous,
        understood=understood,
        missing=(f"{problem} The brief is unchanged.",),
    )
