"""The composer: writes a message from the facts it is given, without a model and without chance.

Phrases come from `prompts/compose/<language>.yaml`; every fact comes from the brief, the brand
kit and the unit. Neighbouring units and variants take different phrases and layouts.
"""

import functools
import re
from collections.abc import Mapping, Sequence

from copilot.campaigns.composing.ads import ad_of, asset_lines
from copilot.campaigns.composing.emoji import emoji_for
from copilot.campaigns.composing.html import email_html, letter_html
from copilot.campaigns.composing.letter import letterhead, stop_line
from copilot.campaigns.composing.phrases import Bank, Turn, bank_for, fill, pick, shared
from copilot.campaigns.composing.short import preheader, push_text, sms_text, subject_line
from copilot.campaigns.composing.wording import (
    Fields,
    facts_said,
    fields_of,
    kind_of,
    safe,
    turn_of,
)
from copilot.campaigns.merging.liquid import slots
from copilot.campaigns.sms import gsm_text
from copilot.records import Assignment, Channel, Message

FACTS_ALONE = 3
"""Facts said where there is no offer: they are then what the message is about."""

Layout = tuple[tuple[str, ...], ...]

_LAID_OUT = frozenset({"email", "whatsapp", "social", "flyer", "letter"})
_TITLED = frozenset({"email", "push", "flyer"})
_MOST_FACTS = {"email": 2, "letter": 2}
_TIDY = re.compile(r"[ \t]+\n")


def compose(assignment: Assignment) -> Message:
    """The message of one assignment; the same assignment always gives the same message.

    The offer, its code, dates and terms are stated on every channel; email and letters carry the
    sender block, SMS and WhatsApp the opt-out line.
    """
    said, layout = _composed(assignment)
    return finish(
        assignment,
        subject=said.get("subject", ""),
        preheader=said.get("preheader", ""),
        body=joined(assignment.channel, layout, said),
    )


def slots_of(assignment: Assignment) -> dict[str, str]:
    """Every slot of a message and its text, empty where there is nothing to say.

    Channels of one short text (SMS, push) and ads have the slot `text`; channels with a subject
    or a preheader have these as slots too, which no layout names.
    """
    return _composed(assignment)[0]


def layout_of(assignment: Assignment) -> Layout:
    """Which slots a message has, line by line; see `joined`."""
    if assignment.channel not in _LAID_OUT:
        return (("text",),)
    return _layout(assignment, turn_of(assignment), fields_of(assignment))


def joined(channel: Channel, layout: Sequence[Sequence[str]], said: Mapping[str, str]) -> str:
    """The text of a message: its slots laid out, without the sender block or required line."""
    joint = "\n" if channel == "flyer" else "\n\n"
    lines = (" ".join(text for slot in line if (text := said.get(slot, ""))) for line in layout)
    return _TIDY.sub("\n", joint.join(each for each in lines if each))


def finish(assignment: Assignment, *, subject: str = "", preheader: str = "", body: str) -> Message:
    """A written text as a message: sender block or required line, HTML and merge slots added.

    Every writer ends here, so the legal parts never depend on what a writer produced. Raises
    BriefError when the text holds a merge expression that is not understood.
    """
    block = footer(assignment)
    head = letterhead(assignment) if assignment.channel == "letter" else ""
    joint = " " if assignment.channel == "sms" else "\n\n"
    whole = f"{body}{joint}{block}" if block and block not in body else body
    whole = f"{head}\n\n{whole}" if head and head not in body else whole
    html = ""
    if assignment.channel == "email":
        html = email_html(
            language=assignment.language,
            subject=subject,
            preheader=preheader,
            body=body,
            footer=block,
        )
    if assignment.channel == "letter":
        title = assignment.brief.brand.name
        html = letter_html(language=assignment.language, title=title, body=whole)
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
    """The lines a channel needs: for email who sends it, from where, why, and how to stop it;
    for a letter, whose head says the first two, how to stop it.

    For other channels the brand kit's required line, or the language's opt-out line.
    """
    brand = assignment.brief.brand
    words = bank_for(brand, assignment.language)
    required = brand.required.get(assignment.channel, "")
    if assignment.channel == "letter":
        return "\n".join(line for line in (stop_line(assignment), required) if line)
    if assignment.channel != "email":
        return required or words.opt_out.get(assignment.channel, "")
    contact = ", ".join(safe(each) for each in (brand.reply_to, brand.phone) if each)
    fields: Fields = {
        "brand": safe(brand.name),
        "unsubscribe_url": brand.unsubscribe_url,
        "reply_to": contact or None,
    }
    lines = [
        ", ".join(safe(part) for part in (brand.legal_name or brand.name, brand.address) if part),
        fill(words.footer.reason["email"], fields),
        fill(words.footer.contact, fields),
        fill(words.footer.unsubscribe, fields),
        required,
    ]
    return "\n".join(line for line in lines if line)


def _composed(assignment: Assignment) -> tuple[dict[str, str], Layout]:
    words = bank_for(assignment.brief.brand, assignment.language)
    turn, fields = turn_of(assignment), fields_of(assignment)
    layout: Layout = (("text",),)
    if assignment.channel == "rsa":
        return {"text": asset_lines(ad_of(assignment))}, layout
    if assignment.channel == "sms":
        line = footer(assignment)
        return {"text": sms_text(assignment, words, turn, fields, line)}, layout
    if assignment.channel == "push":
        said = {"text": push_text(assignment, words, turn, fields)}
    else:
        layout = _layout(assignment, turn, fields)
        said = _slots(assignment, words, turn, fields, layout)
    if assignment.channel in _TITLED:
        said["subject"] = subject_line(words, turn, fields)
    if assignment.channel == "email":
        facts = facts_said(assignment, turn, most=1)
        fields = {**fields, "fact": next(iter(facts), None)}
        said["preheader"] = preheader(words, turn, fields, said["subject"])
    return _with_emoji(assignment, said), layout


def _layout(assignment: Assignment, turn: Turn, fields: Fields) -> Layout:
    layouts = shared().layouts[assignment.channel]
    if not fields.get("item"):  # without a hook something else must come first
        layouts = tuple(each for each in layouts if "opening" in " ".join(each))
    layout = layouts[turn.position("layout", len(layouts))]
    return tuple(tuple(line.split()) for line in layout)


def _slots(
    assignment: Assignment, words: Bank, turn: Turn, fields: Fields, layout: Layout
) -> dict[str, str]:
    offered, kind = assignment.brief.offer is not None, kind_of(assignment)
    most = _MOST_FACTS.get(assignment.channel, 1) if offered else FACTS_ALONE
    facts = facts_said(assignment, turn, most=most)
    fields = {**fields, "fact": facts[0] if facts else None}
    laid = {slot for line in layout for slot in line}
    hook = pick(words.hook[kind], fields, turn, "hook") if fields.get("item") else None
    opening = _opening(words, turn, fields, kind, laid, beside=bool(hook) and _together(layout))
    offers = words.offer_undated if _dates(opening, fields) else words.offer
    if not fields.get("when"):
        offers = words.offer_undated
    told = " ".join(fact for fact in facts if fact != opening)
    instead = "" if offered or "fact" in laid else told
    if not (opening or hook or offered or facts or fields.get("cta")):
        opening = fields.get("brand") or ""
    letter = assignment.channel == "letter"
    return {
        "greeting": fill(words.salutation if letter else words.greeting, fields) or "",
        "opening": opening,
        "hook": hook or "",
        "offer": pick(offers, fields, turn, "offer") or instead,
        "terms": pick(words.terms, fields, turn, "terms") or "",
        "code": pick(words.code, fields, turn, "code") or "",
        "fact": told,
        "link": _link(words, fields),
        "store": _store(words, turn, fields, said=f"{opening} {hook}"),
        "closing": pick(words.closing, fields, turn, "closing") or "",
        "signature": fill(words.signature, fields) or "",
        "ps": _postscript(words, turn, fields, f"{opening} {told}") if letter else "",
    }


def _together(layout: Layout) -> bool:
    return any({"opening", "hook"} <= set(line) for line in layout)


def _dates(opening: str, fields: Fields) -> bool:
    """Whether an opening says when, so that the offer need not."""
    said = opening.casefold()
    return any((text := fields.get(name)) and text.casefold() in said for name in ("when", "date"))


def _opening(
    words: Bank, turn: Turn, fields: Fields, kind: str, laid: set[str], *, beside: bool
) -> str:
    """An opening; beside a hook one that leaves the place to the hook, which names it."""
    if "opening" not in laid:
        return ""
    phrases = words.opening[kind]
    if beside:
        phrases = tuple(phrase for phrase in phrases if "{place}" not in phrase)
    return pick(phrases, fields, turn, "opening") or ""


def _link(words: Bank, fields: Fields) -> str:
    if fields.get("cta") and fields.get("url"):
        return fill(words.link, fields) or ""
    said = [fill(words.action, fields), fill(words.site, fields)]
    return " ".join(text for text in said if text)


def _store(words: Bank, turn: Turn, fields: Fields, said: str) -> str:
    """Where the shop is, unless what comes before has said it."""
    address = fields.get("store_address")
    return "" if address and address in said else pick(words.store, fields, turn, "store") or ""


def _postscript(words: Bank, turn: Turn, fields: Fields, told: str) -> str:
    """What a letter says last: something that its text has not already said as a fact."""
    fact = fields.get("fact")
    again = {**fields, "fact": None if fact and fact in told else fact}
    return pick(words.ps, again, turn, "closing") or ""


def _with_emoji(assignment: Assignment, said: dict[str, str]) -> dict[str, str]:
    """The slots with the emoji the brand allows, each after a slot that speaks of it."""
    find = functools.partial(emoji_for, assignment.brief.brand.emoji, assignment.channel)
    places = [slot for slot in ("text", "offer", "hook", "fact") if said.get(slot)]
    marks = list(find(*(said[slot] for slot in places)))
    for slot in places:
        own = [mark for mark in find(said[slot]) if mark in marks]
        if own:
            marks.remove(own[0])
            said[slot] = f"{said[slot]} {own[0]}"
    return said
