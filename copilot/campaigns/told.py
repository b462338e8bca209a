"""What a model is told of one message: rules of ours, and the brief's texts as fenced data.

The rules hold nothing that was typed into a brief, so no brief can change them. Every text of
the brief stands on one line inside a fence it cannot close.
"""

import re
from collections.abc import Iterable, Sequence

from copilot.campaigns.briefing.brands import brand_for
from copilot.campaigns.composing.wording import fields_of, greeting_name
from copilot.records import Assignment, BrandKit, Channel, Emoji, Fact, Formality, Language
from copilot.text import squeeze

LANGUAGES: dict[Language, str] = {
    "en": "British English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
}
CHANNELS: dict[Channel, str] = {
    "email": "an email",
    "sms": "a text message (SMS)",
    "whatsapp": "a WhatsApp message",
    "push": "a push notification",
    "rsa": "a responsive search ad",
    "social": "a post for social media",
    "flyer": "a flyer",
    "letter": "a letter",
}
LIMITS: dict[Channel, str] = {
    "email": "A subject of at most 50 characters, a preheader of 40 to 70 characters, and a body "
    "of 60 to 120 words in short paragraphs.",
    "sms": "A body of at most 120 characters.",
    "whatsapp": "A body of at most 60 words.",
    "push": "A subject of at most 40 characters and a body of at most 120 characters.",
    "rsa": "5 to 10 headlines of at most 30 characters, no two alike, 2 to 4 descriptions of at "
    "most 90 characters, and at most 2 paths of at most 15 characters. Each is read alone.",
    "social": "A body of at most 60 words.",
    "flyer": "A subject as the headline, and a body of at most 80 words.",
    "letter": "A body of 80 to 150 words in short paragraphs, from the first sentence after the "
    "salutation to the last before the sign-off.",
}
PIECES: dict[str, str] = {
    "opening": "the opening: one or two short sentences that a reader sees first.",
    "hook": "the reason to read on: one or two short sentences on what is liked there.",
    "closing": "the closing: one short sentence.",
    "subject": "the subject line, of at most 50 characters.",
    "preheader": "the preheader, of 40 to 70 characters.",
}
ADDRESS: dict[tuple[Language, Formality], str] = {
    ("en", "informal"): "Speak to the reader as you would across the counter.",
    ("en", "formal"): "Speak to the reader politely, without contractions.",
    ("de", "informal"): 'Address the reader with "du".',
    ("de", "formal"): 'Address the reader with "Sie".',
    ("fr", "informal"): 'Address the reader with "tu".',
    ("fr", "formal"): 'Address the reader with "vous".',
    ("es", "informal"): 'Address the reader with "tú".',
    ("es", "formal"): 'Address the reader with "usted".',
}
EMOJI: dict[Emoji, str] = {
    "never": "No emoji.",
    "sparing": "At most one emoji, and none in an email or a letter.",
    "free": "At most three emoji.",
}
# said by the sender block and the prompt's own slots, or part of a fact that is listed whole
_UNLISTED = frozenset({"brand", "required", "address", "email", "phone", "number"})
_MANNER = re.compile(r"^brand\..*(?:exemplars|voice|unsubscribe)")
_EXAMPLES = 6
_SENTENCE = 30


def rules(assignment: Assignment) -> dict[str, str]:
    """The slots of a system prompt; nothing here was typed into a brief."""
    brand, language = _brand(assignment), assignment.language
    return {
        "channel": CHANNELS[assignment.channel],
        "limits": LIMITS[assignment.channel],
        "language": LANGUAGES[language],
        "address": ADDRESS[language, brand.formality.get(language, "informal")],
        "emoji": EMOJI[brand.emoji],
        "greeting": _greeting(assignment),
    }


def piece(slot: str, channel: Channel) -> str:
    """What a piece of a message is, in words; empty where a model is not asked for it."""
    if slot == "text" and channel in {"sms", "push"}:
        return f"the whole text. {LIMITS[channel]}"
    return PIECES.get(slot, "")


def greeting_of(assignment: Assignment) -> str:
    """The one merge expression that the writer may use; empty where it may use none."""
    if "first_name" in assignment.withheld or assignment.channel in {"rsa", "social", "flyer"}:
        return ""
    return greeting_name(assignment)


def about(assignment: Assignment) -> str:
    """The business and the message: who, for whom, to what end, in what tone."""
    brief, brand = assignment.brief, _brand(assignment)
    tone = brief.tone or ", ".join(brand.voice.traits) or "plain and friendly"
    told = {
        "business": brand.name,
        "readers": assignment.unit.place or "everybody who agreed to hear from us",
        "to do": brief.goal or "tell the reader about the offer",
        "tone": tone,
        "never": "; ".join([*brand.banned, *brand.voice.avoid]),
        "instead": "; ".join(f"{old}: {new}" for old, new in brand.preferred.items()),
    }
    return lines(f"{name}: {text}" for name, text in told.items() if text)


def examples(assignment: Assignment) -> str:
    """The brand's own writing, to be imitated in manner."""
    brand = _brand(assignment)
    return lines(f"- {text}" for text in [*brand.voice.examples, *brand.exemplars][:_EXAMPLES])


def offer(assignment: Assignment) -> str:
    """The offer in the message's language: what, when, with which code, on which terms."""
    if assignment.brief.offer is None:
        return "none"
    fields = fields_of(assignment)
    terms = fields.get("terms") or (fields.get("terms_tail") or "").strip(" ,")
    told = {
        "offer": fields.get("offer"),
        "when": fields.get("when"),
        "code": fields.get("code"),
        "terms": terms,
    }
    return lines(f"{name}: {text}" for name, text in told.items() if text)


def facts(given: Sequence[Fact]) -> str:
    """The facts worth telling, each wording once; claims carry a number of their own."""
    seen: dict[str, Fact] = {}
    for fact in given:
        if fact.kind not in _UNLISTED and not _MANNER.match(fact.origin):
            seen.setdefault(fact.text, fact)
    return lines(f"- {_label(fact)}: {fact.text}" for fact in seen.values())


def own_sentences(system: str) -> tuple[str, ...]:
    """The sentences of a system prompt, as a message that repeats one would hold it."""
    found = re.split(r"(?<=[.:;])\s+|\n[-\s]*", system)
    return tuple(
        squeeze(each).strip("-.:; ").casefold() for each in found if len(each) >= _SENTENCE
    )


def lines(texts: Iterable[str]) -> str:
    """Texts as lines of a fence: one line each, none that closes the fence."""
    return "\n".join(squeeze(text.replace("`", "'")) for text in texts) or "none"


def fenced(text: str) -> str:
    """A text of several lines that cannot close its fence."""
    return text.replace("`", "'")


def _brand(assignment: Assignment) -> BrandKit:
    return brand_for(assignment.brief.brand, assignment.unit.place, today=assignment.today)


def _label(fact: Fact) -> str:
    if fact.kind != "claim" or "[" not in fact.origin:
        return fact.kind.replace("_", " ")
    return f"claim {fact.origin.rpartition('[')[2].partition(']')[0]}"


def _greeting(assignment: Assignment) -> str:
    allowed = greeting_of(assignment)
    if not allowed:
        return "Do not address anybody by name."
    return (
        "Do not write a greeting with a name of your own. Where a first name fits, write "
        f"{allowed} exactly so."
    )
