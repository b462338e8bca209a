"""The short texts of a message: subject, preheader, text message and push notification."""

from collections.abc import Callable

from copilot.campaigns.composing.phrases import Bank, Turn, fill, ranked
from copilot.campaigns.composing.wording import Fields, facts_said, kind_of, sentence
from copilot.campaigns.sms import gsm_text, sms_parts
from copilot.records import Assignment

SUBJECT_AIM = 50
PREHEADER_AIM = (40, 70)
PUSH_AIM = 150

_LEFT_OUT: tuple[Fields, ...] = ({}, {"url_bit": ""}, {"url_bit": "", "store_bit": ""})
_USUAL = {"place": 12, "store": 18, "store_address": 14}


def subject_line(words: Bank, turn: Turn, fields: Fields) -> str:
    """A subject that an inbox shows whole if any phrase gives one, naming the place if it can."""
    groups = ("local", "plain", "bare") if fields.get("place") else ("plain", "bare")
    fitting: list[str] = []
    for group in groups:
        if len(fitting) < max(2, turn.variants):  # variants differ, even where little fits
            filled = (fill(phrase, fields) for phrase in words.subject[group])
            fitting += [text for text in filled if text and len(text) <= SUBJECT_AIM]
    if fitting:
        return fitting[turn.position("subject", len(fitting))]
    said = [text for group in groups for text in ranked(words.subject[group], fields, turn, "s")]
    return min(said, key=len)


def preheader(words: Bank, turn: Turn, fields: Fields, subject: str) -> str:
    """What an inbox shows beside the subject: of the right length, and not the offer twice."""
    low, high = PREHEADER_AIM
    offer = fields.get("offer") or "\n"

    def rank(text: str) -> tuple[bool, bool, int]:
        away = max(low - len(text), 0) + max(len(text) - high, 0)
        return (away > 0, (offer in subject) == (offer in text), away)

    return min(ranked(words.preheader, fields, turn, "preheader"), key=rank, default="")


def sms_text(assignment: Assignment, words: Bank, turn: Turn, fields: Fields, line: str) -> str:
    """A text in one part if any phrase allows it, else in as few as any does, naming the place if
    one does; `line` is what will follow it."""
    fields = _with_fact(assignment, turn, fields)

    def parts(text: str) -> int:
        return sms_parts(gsm_text(f"{text} {line}"))

    said = [fill(each, fields) for each in _stating(words.sms["plain"], fields)]
    shortest = min((text for text in said if text), key=len)
    for most in (1, parts(shortest)):

        def fits(text: str, most: int = most) -> bool:
            return parts(text) <= most

        for group in _groups(assignment, fields):
            if text := _chosen(_stating(words.sms[group], fields), words, turn, fields, fits):
                return text
    return shortest


def push_text(assignment: Assignment, words: Bank, turn: Turn, fields: Fields) -> str:
    """A notification that a lock screen shows whole if any phrase gives one."""
    fields = _with_fact(assignment, turn, fields)

    def fits(text: str) -> bool:
        return len(text) <= PUSH_AIM

    for group in _groups(assignment, fields):
        if text := _chosen(_stating(words.push[group], fields), words, turn, fields, fits):
            return sentence(text)
    said = (fill(each, fields) for each in _stating(words.push["plain"], fields))
    whole = min((text for text in said if text), key=len, default=fields.get("brand") or "")
    return sentence(whole)


def _groups(assignment: Assignment, fields: Fields) -> tuple[str, ...]:
    local = fields.get("place") and kind_of(assignment) != "plain"
    return ("local", "plain") if local else ("plain",)


def _chosen(
    phrases: tuple[str, ...],
    words: Bank,
    turn: Turn,
    fields: Fields,
    fits: Callable[[str], bool],
) -> str | None:
    """This message's phrase of those that fit, with the next wording of the code each time all
    phrases have been used; without a code, the next word on what the place likes.

    What fits is judged for names of a usual length, so that units choose from the same list and
    none gets another's text with the name swapped.
    """
    codes = [bit for each in words.bits["code"] if (bit := fill(each, fields))]
    widest: Fields = {"code_bit": max(codes, key=len, default="")}
    codes = codes or ["", *(bit for each in words.bits["local"] if (bit := fill(each, fields)))]
    dates = [each for each in (fields.get("when_short"), fields.get("short_date")) if each]
    days: list[Fields] = [{"when_short": day, "when_bit": f" {day}"} for day in dates] or [{}]
    bits: list[Fields] = [{"code_bit": code, **day} for day in days for code in codes]
    usual = {name: _usual(fields.get(name), length) for name, length in _USUAL.items()}
    able = _able(phrases, {**fields, **widest, **usual}, fits)
    able = _with_shop(able or _able(phrases, {**fields, **widest}, fits), fields)
    if not able:
        return None
    phrase, left_out = able[turn.position("text", len(able))]
    said = (fill(phrase, {**fields, **bit, **left_out}) for bit in bits)
    whole = [text for text in said if text]
    fitting = [text for text in whole if fits(text)] or whole
    return fitting[turn.index // len(able) % len(fitting)]


def _able(
    phrases: tuple[str, ...], fields: Fields, fits: Callable[[str], bool]
) -> list[tuple[str, Fields]]:
    """The phrases that fit, each with as little left out as it takes."""
    able: dict[str, tuple[str, Fields]] = {}  # by text: two phrases may say the same here
    for phrase in phrases:
        for left_out in _LEFT_OUT:
            text = fill(phrase, {**fields, **left_out})
            if text and fits(text):
                able.setdefault(text, (phrase, left_out))
                break
    return list(able.values())


def _usual(value: str | None, length: int) -> str | None:
    return value and value.ljust(length, "x")


def _with_fact(assignment: Assignment, turn: Turn, fields: Fields) -> Fields:
    facts = facts_said(assignment, turn, most=1)
    return {**fields, "fact": facts[0] if facts else None}


def _with_shop(able: list[tuple[str, Fields]], fields: Fields) -> list[tuple[str, Fields]]:
    """The phrases that name the place's shop, if any do."""
    if not fields.get("store_address"):
        return able
    naming = [
        (phrase, left_out)
        for phrase, left_out in able
        if "{store" in phrase and ("{store_bit}" not in phrase or "store_bit" not in left_out)
    ]
    return naming or able


def _stating(phrases: tuple[str, ...], fields: Fields) -> tuple[str, ...]:
    """Phrases that say what matters most of what there is: the offer, a fact, the action."""
    for name in ("offer", "fact", "cta"):
        if fields.get(name):
            return tuple(
                phrase
                for phrase in phrases
                if f"{{{name}}}" in phrase.lower() or f"{{amount_{name}}}" in phrase
            )
    return phrases
