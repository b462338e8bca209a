"""The composer: writes a message from the facts it is given, without a model and without chance.

Phrases come from `prompts/compose/<language>.yaml`; every fact comes from the brief, the brand
kit and the unit. Neighbouring units and variants take different phrases and layouts.
"""

import re

from copilot.campaigns.html import email_html
from copilot.campaigns.liquid import slots
from copilot.campaigns.phrases import Bank, Turn, bank, fill, pick, ranked, shared
from copilot.campaigns.sms import gsm_text, sms_parts
from copilot.campaigns.wording import (
    Fields,
    facts_said,
    fields_of,
    kind_of,
    safe,
    sentence,
    turn_of,
)
from copilot.records import Assignment, Message

SUBJECT_AIM = 50
PREHEADER_AIM = (40, 70)
PUSH_AIM = 150
FACTS_ALONE = 3
"""Facts said where there is no offer: they are then what the message is about."""

_LAID_OUT = frozenset({"email", "whatsapp", "social", "flyer"})
_TIDY = re.compile(r"[ \t]+\n")


def compose(assignment: Assignment) -> Message:
    """The message of one assignment; the same assignment always gives the same message.

    The offer, its code, dates and terms are stated on every channel; email carries the sender
    block, SMS and WhatsApp the opt-out line.
    """
    words, turn, fields = bank(assignment.language), turn_of(assignment), fields_of(assignment)
    kind = kind_of(assignment)
    if assignment.channel in _LAID_OUT:
        body = _laid_out(assignment, words, turn, fields, kind)
    elif assignment.channel == "sms":
        body = _sms(assignment, words, turn, fields, kind)
    else:
        body = _push(assignment, words, turn, fields)
    subject = preheader = ""
    if assignment.channel in {"email", "push", "flyer"}:
        subject = _subject(words, turn, fields)
    if assignment.channel == "email":
        facts = facts_said(assignment, turn, most=1)
        preheader = _preheader(words, turn, {**fields, "fact": next(iter(facts), None)}, subject)
    return finish(assignment, subject=subject, preheader=preheader, body=body)


def finish(assignment: Assignment, *, subject: str = "", preheader: str = "", body: str) -> Message:
    """A written text as a message: sender block or required line, HTML and merge slots added.

    Every writer ends here, so the legal parts never depend on what a writer produced. Raises
    BriefError when the text holds a merge expression that is not understood.
    """
    block = footer(assignment)
    html = ""
    if assignment.channel == "email":
        html = email_html(
            language=assignment.language,
            subject=subject,
            preheader=preheader,
            body=body,
            footer=block,
        )
    joint = " " if assignment.channel == "sms" else "\n\n"
    whole = f"{body}{joint}{block}" if block and block not in body else body
    if assignment.channel == "sms":
        whole = gsm_text(whole)
    return Message(
        subject=subject,
        preheader=preheader,
        body=whole,
        html=html,
        slots=slots(subject) | slots(preheader) | slots(whole),
    )


def footer(assignment: Assignment) -> str:
    """The lines a channel needs: for email who sends it, from where, why, and how to stop it.

    For other channels the brand kit's required line, or the language's opt-out line.
    """
    words, brand = bank(assignment.language), assignment.brief.brand
    required = brand.required.get(assignment.channel, "")
    if assignment.channel != "email":
        return required or words.opt_out.get(assignment.channel, "")
    fields: Fields = {
        "brand": safe(brand.name),
        "unsubscribe_url": brand.unsubscribe_url,
        "reply_to": brand.reply_to,
    }
    lines = [
        ", ".join(safe(part) for part in (brand.legal_name or brand.name, brand.address) if part),
        fill(words.footer.reason["email"], fields),
        fill(words.footer.contact, fields),
        fill(words.footer.unsubscribe, fields),
        required,
    ]
    return "\n".join(line for line in lines if line)


def _laid_out(assignment: Assignment, words: Bank, turn: Turn, fields: Fields, kind: str) -> str:
    layouts = shared().layouts[assignment.channel]
    if not fields.get("item"):  # without a hook something else must come first
        layouts = tuple(each for each in layouts if "opening" in " ".join(each))
    layout = layouts[turn.position("layout", len(layouts))]
    said = _slots(assignment, words, turn, fields, kind, layout)
    joint = "\n" if assignment.channel == "flyer" else "\n\n"
    paragraphs = (" ".join(said[slot] for slot in line.split() if said[slot]) for line in layout)
    return _TIDY.sub("\n", joint.join(each for each in paragraphs if each))


def _slots(
    assignment: Assignment,
    words: Bank,
    turn: Turn,
    fields: Fields,
    kind: str,
    layout: tuple[str, ...],
) -> dict[str, str]:
    offered = assignment.brief.offer is not None
    most = (2 if assignment.channel == "email" else 1) if offered else FACTS_ALONE
    facts = facts_said(assignment, turn, most=most)
    fields = {**fields, "fact": facts[0] if facts else None}
    hook = pick(words.hook[kind] if fields.get("item") else (), fields, turn, "hook") or ""
    opening = _opening(words, turn, fields, kind, beside_hook=bool(hook) and _together(layout))
    opens = "opening" in " ".join(layout)
    dated = opens and bool(fields.get("date")) and (fields.get("date") or "") in opening
    offers = words.offer if fields.get("when") and not dated else words.offer_undated
    told = " ".join(fact for fact in facts if not (opens and fact == opening))
    instead = "" if offered or "fact" in " ".join(layout).split() else told
    return {
        "greeting": fill(words.greeting, fields) or "",
        "opening": opening,
        "hook": hook,
        "offer": pick(offers, fields, turn, "offer") or instead,
        "terms": pick(words.terms, fields, turn, "terms") or "",
        "code": pick(words.code, fields, turn, "code") or "",
        "fact": told,
        "link": _link(words, fields),
        "store": pick(words.store, fields, turn, "store") or "",
        "closing": pick(words.closing, fields, turn, "closing") or "",
        "signature": fill(words.signature, fields) or "",
    }


def _together(layout: tuple[str, ...]) -> bool:
    return any({"opening", "hook"} <= set(line.split()) for line in layout)


def _opening(words: Bank, turn: Turn, fields: Fields, kind: str, *, beside_hook: bool) -> str:
    """An opening; beside a hook one that leaves the place to the hook, which names it."""
    phrases = words.opening[kind]
    if beside_hook:
        phrases = tuple(phrase for phrase in phrases if "{place}" not in phrase)
    return pick(phrases, fields, turn, "opening") or ""


def _link(words: Bank, fields: Fields) -> str:
    if fields.get("cta") and fields.get("url"):
        return fill(words.link, fields) or ""
    said = [fill(words.action, fields), fill(words.site, fields)]
    return " ".join(text for text in said if text)


def _subject(words: Bank, turn: Turn, fields: Fields) -> str:
    groups = ("local", "plain") if fields.get("place") else ("plain",)
    for group in groups:
        for text in ranked(_fitting(words.subject[group], fields), fields, turn, "subject"):
            return text
    said = [text for group in groups for text in ranked(words.subject[group], fields, turn, "s")]
    return min(said, key=len)


def _fitting(phrases: tuple[str, ...], fields: Fields) -> tuple[str, ...]:
    return tuple(
        phrase for phrase in phrases if (text := fill(phrase, fields)) and len(text) <= SUBJECT_AIM
    )


def _preheader(words: Bank, turn: Turn, fields: Fields, subject: str) -> str:
    low, high = PREHEADER_AIM
    offer = fields.get("offer") or "\n"

    def rank(text: str) -> tuple[bool, bool, int]:
        away = max(low - len(text), 0) + max(len(text) - high, 0)
        return (away > 0, (offer in subject) == (offer in text), away)

    return min(ranked(words.preheader, fields, turn, "preheader"), key=rank, default="")


def _sms(assignment: Assignment, words: Bank, turn: Turn, fields: Fields, kind: str) -> str:
    """A text in one part if any phrase allows it, naming the place if one does."""
    facts = facts_said(assignment, turn, most=1)
    fields = {**fields, "fact": facts[0] if facts else None}
    groups = ("local", "plain") if fields.get("place") and kind != "plain" else ("plain",)
    line = footer(assignment)

    def parts(text: str) -> int:
        return sms_parts(gsm_text(f"{text} {line}"))

    def shortest(phrase: str) -> str:
        """With shop and link where one part has room, so that every phrase stays in play."""
        for left_out in ({}, {"url_bit": ""}, {"url_bit": "", "store_bit": ""}):
            text = fill(phrase, {**fields, **left_out}) or ""
            if parts(text) <= 1:
                break
        return text

    for group in groups:
        said = [text for each in _stating(words.sms[group], fields) if (text := shortest(each))]
        fitting = [text for text in said if parts(text) == 1]
        if fitting:
            return fitting[turn.position("sms", len(fitting))]
    return min(said, key=parts)


def _stating(phrases: tuple[str, ...], fields: Fields) -> tuple[str, ...]:
    """Phrases that say what matters most of what there is: the offer, a fact, the action."""
    for name in ("offer", "fact", "cta"):
        if fields.get(name):
            return tuple(phrase for phrase in phrases if f"{{{name}}}" in phrase.lower())
    return phrases


def _push(assignment: Assignment, words: Bank, turn: Turn, fields: Fields) -> str:
    facts = facts_said(assignment, turn, most=1)
    fields = {**fields, "fact": facts[0] if facts else None}
    texts = ranked(_stating(words.push, fields), fields, turn, "push")
    short = [text for text in texts if len(text) <= PUSH_AIM]
    chosen = (short or sorted(texts, key=len) or [fields.get("brand") or ""])[0]
    return sentence(chosen)
