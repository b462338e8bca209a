"""Follow-ups: `and in Hunslet?`, `what about last year?` keep the last question but for a part.

The conversation is read again from its turns, so nothing is kept between two questions.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence

from copilot.customers.questions.compare import differing
from copilot.customers.questions.parse import parse, take_all
from copilot.customers.questions.rules import HINTS, Asked
from copilot.customers.questions.sense import Doubt, settle
from copilot.customers.questions.slips import mend, plain
from copilot.customers.questions.values import ITEMS, PLACES, Value, Vocabulary
from copilot.customers.questions.words import quoted, tokens
from copilot.records import Turn, Unparsed

REMEMBERED = 40
# Another group of customers takes the place of the one before.
_WHO = ("segments", "cohort", "ages", "birth_month", "joined", "joined_in", "last_before", "times")
_LEAD = re.compile(
    r"^(?:(?:and|ok and|okay and|now|then|also) (?:what about |how about |for |the same for )?"
    r"|(?:what|how) about |(?:the )?same (?:but )?(?:again )?(?:for |in |by )?|instead )(?=\S)"
)


def in_conversation(
    question: str, vocabulary: Vocabulary, today: dt.date, history: Sequence[Turn]
) -> Asked | Unparsed | None:
    """As `parse`; a question that only names a part takes the rest from the last one."""
    last: Asked | None = None
    for turn in history[-REMEMBERED:]:
        if turn.role == "user":
            read = _read(turn.text, vocabulary, today, last)
            last = read if isinstance(read, Asked) else None
    return _read(question, vocabulary, today, last)


def _read(
    question: str, vocabulary: Vocabulary, today: dt.date, last: Asked | None
) -> Asked | Unparsed | None:
    if last is not None:
        try:
            merged = _follow_up(question, vocabulary, today, last)
        except Doubt as doubt:
            return doubt.unparsed.model_copy(update={"own": True})
        if merged is not None:
            return merged
    return parse(question, vocabulary, today)


def _follow_up(question: str, vocabulary: Vocabulary, today: dt.date, last: Asked) -> Asked | None:
    """The last query with the parts that this question names; None when it stands alone."""
    text, quotations = quoted(question)
    spoken, _ = mend(plain(tokens(text), vocabulary), question, vocabulary)
    said = " ".join(spoken)
    lead = _LEAD.match(said)
    short = not lead and len(spoken) <= 4
    if not (lead or short):
        return None
    rest = said[lead.end() :].split() if lead else spoken
    if re.match(r"by \S+", " ".join(tokens(text)[-2:])) and rest and "by" not in rest:
        rest = ["by", *rest]
    part = Asked()
    try:
        take_all(rest, part, quotations, vocabulary, today, [""])
    except Doubt:
        return None
    if part.measure and not lead:
        return None
    if last.against is not None or part.against is not None:
        raise Doubt("A comparison cannot be followed up; ask for it in full.")
    return _merged(last, part)


def _merged(last: Asked, part: Asked) -> Asked | None:
    named = differing(part, Asked())
    if not named:
        return None
    fresh = dataclasses.replace(
        last, notes=["the rest is taken from the question before"], doubt="", against=None
    )
    for name in named:
        if name == "values":
            fresh.values = _values(last, part)
        elif name in {"dimensions", "rank", "limit"}:
            fresh.dimensions, fresh.rank, fresh.limit = part.dimensions, part.rank, part.limit
        elif name == "bought":
            fresh.bought = True
        else:
            setattr(fresh, name, getattr(part, name))
    if {*named} & {*_WHO}:
        empty = Asked()
        for name in _WHO:
            setattr(fresh, name, getattr(part if name in named else empty, name))
    for hint in HINTS & {"of_buyers", "buyers", "people"}:
        setattr(fresh, hint, getattr(last, hint) or getattr(part, hint))
    settle(fresh)
    return fresh


def _values(last: Asked, part: Asked) -> list[Value]:
    """The last question's names, those of the same kind replaced."""
    kept = list(last.values)
    for value in part.values:
        family = _family(value)
        if family != "campaign" and any(
            {_family(old), family} == {"place", "store"} for old in kept
        ):
            raise Doubt(
                f"{value.said.capitalize()} as well, or instead of what was named before?",
                "Ask the question in full.",
            )
        kept = [old for old in kept if _family(old) != family]
    return [*kept, *part.values]


def _family(value: Value) -> str:
    if value.field in PLACES:
        return "place"
    return "item" if value.field in ITEMS else value.field
