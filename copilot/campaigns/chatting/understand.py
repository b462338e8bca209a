"""A chat message as a brief, or as a correction of one; nothing is made up on the way.

Each reader takes its words out of the message, so that the offer is what the others left. What
the message does not say is filled in only where drafting needs it, and listed as assumed.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from copilot.campaigns.chatting.audience import ask_near, ask_typo, read_audience
from copilot.campaigns.chatting.fill import corrected_brief, language_of, new_brief
from copilot.campaigns.chatting.hours import read_hours
from copilot.campaigns.chatting.offer import Offered, read_offer, read_terms
from copilot.campaigns.chatting.said import lines_of
from copilot.campaigns.chatting.scan import Scan, scan
from copilot.campaigns.chatting.shape import (
    read_channels,
    read_holdout,
    read_languages,
    read_level,
    read_method,
    read_variants,
)
from copilot.campaigns.chatting.when import read_days, read_recurring
from copilot.campaigns.chatting.words import (
    read_action,
    read_code,
    read_emoji,
    read_facts,
    read_formality,
    read_goal,
    read_purpose,
    read_tone,
    read_url,
)
from copilot.campaigns.check.view import MASK, folded
from copilot.records import BrandKit, Brief, Understanding

_ALONE = re.compile(r"-?[\d.,]+%")


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

    The message may be in English, German, French or Spanish, or mix them; it is answered in the
    one it is mostly in. `places` and `products` are the business's own names; an audience is built
    of them alone. A message of which nothing is understood gives no brief, or leaves `previous` as
    it is. `missing` says what blocks drafting, and what of a correction was not understood.
    """
    reading = scan(text, language_of(previous), following=previous is not None)
    said = read(reading, today, places, products, previous)
    return answer(reading, text, said, brand, previous)


def answer(
    reading: Scan,
    text: str,
    said: dict[str, Any],
    brand: BrandKit,
    previous: Brief | None,
) -> Understanding:
    """The brief made of what a message says, in words, with what is assumed and missing."""
    if not said and not reading.problems:
        return _nothing(reading, text, previous)
    language = reading.language
    brief = (
        corrected_brief(previous, said, language) if previous else new_brief(brand, said, language)
    )
    understood, assumed = lines_of(reading, brief, said, corrected=previous is not None)
    missing = list(reading.problems)
    if brief.offer is None and not brief.facts and not _asks_amount(reading):
        missing.append(reading.say("need_offer"))
    if brief.offer is not None and _ALONE.fullmatch(brief.offer.text):
        missing.append(reading.say("need_target", text=brief.offer.text))
    notes = [*assumed, *reading.notes]
    for each in reading.leftovers():
        # a number that was not understood may be a condition: it is never passed over
        blocks = previous is not None or not said or re.search(r"\d", each)
        (missing if blocks else notes).append(reading.say("not_understood", text=each))
    return Understanding(
        brief=brief,
        understood=understood,
        assumed=tuple(dict.fromkeys(notes)),
        missing=tuple(dict.fromkeys(missing)),
    )


def _asks_amount(reading: Scan) -> bool:
    """Whether the offer is already asked for, because its amount is not possible."""
    stem = reading.say("need_percent", text="").split("?")[0]
    return any(each.startswith(stem) for each in reading.problems)


def read(
    reading: Scan,
    today: dt.date,
    places: Sequence[str],
    products: Sequence[str],
    previous: Brief | None,
) -> dict[str, Any]:
    """What the message says, by field of the brief and, before `offer.`, of its offer.

    The order matters: what could be mistaken for something else is read first.
    """
    found: dict[str, Any] = {"url": read_url(reading), "action": read_action(reading)}
    found["offer.code"] = read_code(reading)
    found["facts"] = read_facts(reading, following=previous is not None)
    found["goal"] = read_goal(reading)
    found["variants"] = read_variants(reading)
    found["holdout"] = read_holdout(reading)
    found["emoji"] = read_emoji(reading)
    found["formality"] = read_formality(reading)
    found["tone"] = read_tone(reading)
    found["audience"] = read_audience(reading, places, products)
    found["languages"] = read_languages(reading)
    found["undo"] = _undone(reading) if previous else None
    found["terms"] = [*read_terms(reading), *read_recurring(reading)] or None
    found["method"] = read_method(reading)
    bespoke = ("individual", "neighbourhood") if found["method"] == "bespoke" else None
    found["level"] = read_level(reading) or bespoke
    found["channels"] = read_channels(reading, previous.channels if previous else ())
    if previous:
        reading.took("not_day")
    found["days"] = read_days(reading, today, _base(previous, today, reading))
    found["hours"] = read_hours(reading) or None
    found["goal"] = found["goal"] or read_purpose(reading)
    reading.took("no_offer")
    found["offer.text"] = _read_offer(reading, products, previous)
    ask_near(reading, places)
    if previous and found["channels"] and _unsure(reading):
        found["channels"] = None
    return {name: value for name, value in found.items() if value is not None}


def _unsure(reading: Scan) -> bool:
    """Whether a word that was not understood stands before a channel: it may undo it."""
    for start, end in reading.channels:
        before = re.search(rf"[^{MASK}.,;!?:\n]*$", reading.low[:start])
        if before and reading.unknown(before[0]):
            reading.problems.append(
                reading.say("not_understood", text=reading.raw[before.start() : end].strip())
            )
            reading.cover(before.start(), end)
            return True
    return False


def _read_offer(reading: Scan, products: Sequence[str], previous: Brief | None) -> Offered | None:
    offered = read_offer(reading, correcting=bool(previous and previous.offer))
    if offered is None and previous and previous.offer:
        offered = _retargeted(reading, previous.offer.text)
    if offered is not None:
        ask_typo(reading, offered.text, products)
    return offered


def _base(previous: Brief | None, today: dt.date, reading: Scan) -> dt.date:
    """The day weekdays count from: a new last day comes after the first day there is, and today's
    own weekday, said of an offer that is still to come, is next week's."""
    offer = previous.offer if previous else None
    if offer is None:
        return today
    if offer.starts and offer.starts > today and reading.has("day_until"):
        return offer.starts
    later = offer.ends or offer.starts
    own = reading.voices[0].weekdays[today.weekday()]
    return today + dt.timedelta(days=1) if later and later > today and reading.find(own) else today


def _undone(reading: Scan) -> tuple[str, ...] | None:
    names = ("days", "terms", "facts", "tone", "goal")
    return tuple(name for name in names if reading.took(f"undo_{name}")) or None


def _retargeted(reading: Scan, before: str) -> Offered | None:
    """`off any cake instead`: the amount there is, on something else."""
    for voice in reading.voices:
        off = voice.patterns["offer_off"][0]
        said = re.search(rf"(?<!\w){off}(?!\w)", folded(before))
        for pattern in voice.patterns["retarget"]:
            for found in reading.find(pattern):
                if said is None:
                    continue
                reading.cover(found.start(), found.end())
                return Offered(f"{before[: said.end()]} {reading.text(found, 't')}", bare=False)
    return None


def _nothing(reading: Scan, text: str, previous: Brief | None) -> Understanding:
    problem = reading.say("not_understood", text=text.strip())
    if previous is None:
        return Understanding(
            brief=None, understood=(), missing=(f"{problem} {reading.say('example')}",)
        )
    understood, _ = lines_of(reading, previous, {}, corrected=True)
    return Understanding(
        brief=previous,
        understood=understood,
        missing=(f"{problem} {reading.say('unchanged')}",),
    )
