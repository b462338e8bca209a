"""A connected model as a second reader of a chat message: it quotes, and decides nothing.

It is shown the message without personal values, and the parts that the rules could not place. A
quotation that is not in one of those parts, word for word, is dropped; so the brief still holds
nothing that the message does not say. Channels, languages, audiences, days and amounts are the
rules' alone.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from copilot.campaigns.chatting.fill import language_of
from copilot.campaigns.chatting.offer import Offered
from copilot.campaigns.chatting.private import masked
from copilot.campaigns.chatting.scan import Scan, scan
from copilot.campaigns.chatting.understand import answer, read
from copilot.campaigns.check.view import folded
from copilot.campaigns.composing.wording import sentence
from copilot.errors import BudgetError, ModelError
from copilot.models.chat import Complete
from copilot.models.prompts import load
from copilot.records import BrandKit, Brief, Understanding
from copilot.text import squeeze

_SHORTEST = 3
_FACT_WORDS = 3


class Quoted(BaseModel):
    """What the model is asked for: words of the message; empty where it says nothing."""

    offer: str = ""
    terms: str = ""
    goal: str = ""
    tone: str = ""
    action: str = ""
    facts: list[str] = Field(default_factory=list)


def understand_with(
    complete: Complete,
    text: str,
    *,
    brand: BrandKit,
    today: dt.date,
    places: Sequence[str],
    products: Sequence[str],
    previous: Brief | None = None,
) -> Understanding:
    """As `chat_brief.understand`, with what a model can quote from the parts left over.

    The model is asked only when something is left over; when it fails, or may cost no more, the
    rules' reading stands.
    """
    message = scan(text, language_of(previous), following=previous is not None)
    said = read(message, today, places, products, previous)
    parts = message.leftovers()
    if parts:
        known = (*places, *products, brand.name)
        system, user = load("brief").render(
            message=masked(message.raw, message.language, known),
            parts="\n".join(f"- {masked(part, message.language, known)}" for part in parts),
        )
        try:
            quoted = complete(system, user, Quoted).parsed
        except (ModelError, BudgetError):
            quoted = Quoted()
        said |= _filled(message, quoted, said)
    return answer(message, text, said, brand, previous)


def _filled(message: Scan, quoted: Quoted, said: dict[str, Any]) -> dict[str, Any]:
    """The quotations that are in what is left of the message, by field; gaps only."""
    found: dict[str, Any] = {}
    offer = "" if "offer.text" in said else _taken(message, quoted.offer)
    if offer:
        found["offer.text"] = Offered(offer, bare=False)
    for name in ("goal", "tone", "action"):
        if name not in said and (words := _taken(message, getattr(quoted, name))):
            found[name] = words
    if terms := _taken(message, quoted.terms):
        found["terms"] = [*said.get("terms", ()), terms]
    told = [_taken(message, each, least=_FACT_WORDS) for each in quoted.facts]
    if facts := tuple(sentence(each) for each in told if each):
        found["facts"] = (*said.get("facts", ()), *facts)
    return found


def _taken(message: Scan, words: str, *, least: int = 1) -> str:
    """The words as typed, blotted out; empty when they are not in what is left over."""
    wanted = folded(squeeze(words)).strip(" .,;:!?\"'")
    if len(wanted) < _SHORTEST or len(wanted.split()) < least:
        return ""
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    found = re.search(rf"(?<!\w){pattern}(?!\w)", message.low)
    if found is None:
        return ""
    message.cover(found.start(), found.end())
    return squeeze(message.raw[found.start() : found.end()])
