"""Questions about the data to typed queries: every word must be understood, or none is.

Phrases are taken out of the question one after another; what is left over must be filler. A
question that says two things where one fits, or says a word nobody took, is not answered.
"""

import datetime as dt
import re
from typing import TYPE_CHECKING

from copilot.customers.questions.cohorts import check_bought, take_cohorts, take_denied_items
from copilot.customers.questions.compare import comparison
from copilot.customers.questions.periods import take_period
from copilot.customers.questions.phrases import Reader, read, settle_period, take_languages
from copilot.customers.questions.rules import Asked
from copilot.customers.questions.sense import Doubt, check_left, settle
from copilot.customers.questions.slips import mend, plain
from copilot.customers.questions.values import Vocabulary, find_values
from copilot.customers.questions.words import quoted, tokens, words
from copilot.records import Unparsed

if TYPE_CHECKING:
    from collections.abc import Sequence

_OTHER_TASKS = re.compile(
    r"(?:draft|write|compose|create|generate|explain|define|compare|describe|discuss|why|should"
    r"|how (?:do|can|could|should|to|does|is|are|would)(?! we have| old )"
    r"|what (?:does|do) .* mean|who (?:is|was|invented|coined|are (?!our|my)))(?: |$)"
)
_OWN = frozenset(words("we our us my the"))
_AMOUNTS = frozenset(words("many much number average price total most least share percentage"))
_PEOPLE = frozenset(words("customers orders buyers purchases sales revenue"))
_ADVICE = frozenset(words("should need needs must"))
_WE = frozenset(words("we our us my"))
_YES_NO = re.compile(r"(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would)(?! you) ")
_FUTURE = re.compile(
    r" (?:will|forecast|forecasts|predict|predicted|prediction|projected|projection|expected"
    r"|expect|next (?:day|week|month|quarter|year|season)|tomorrow)(?= )"
)


def parse(question: str, vocabulary: Vocabulary, today: dt.date) -> Asked | Unparsed | None:
    """The typed query; Unparsed when it is about the data but not understood, else None."""
    text, quotations = quoted(question)
    spoken = plain(tokens(text), vocabulary)
    spoken, mended = mend(spoken, question, vocabulary)
    if not spoken:
        return None
    try:
        found = comparison(spoken, lambda said: _query(said, quotations, vocabulary, today))
    except Doubt as doubt:
        return doubt.unparsed.model_copy(update={"own": bool(_WE & {*spoken})})
    result = found or read_one(spoken, quotations, vocabulary, today)
    if isinstance(result, Asked):
        result.notes += [f"'{slip}' is read as '{word}'" for slip, word in mended.items()]
    return result


def _query(
    spoken: list[str], quotations: "Sequence[str]", vocabulary: Vocabulary, today: dt.date
) -> Asked | None:
    found = read_one(spoken, quotations, vocabulary, today)
    return found if isinstance(found, Asked) else None


def read_one(
    spoken: list[str], quotations: "Sequence[str]", vocabulary: Vocabulary, today: dt.date
) -> Asked | Unparsed | None:
    """One question, without comparison, as `parse` has it."""
    if not spoken or _OTHER_TASKS.match(" ".join(spoken)):
        return None
    asked, left = Asked(), [""]
    try:
        take_all(spoken, asked, quotations, vocabulary, today, left)
        settle(asked)
    except Doubt as doubt:
        wanted = _about_data(asked, left[0]) and not _is_concept(asked, spoken)
        if not (wanted and _says_more(asked, left[0])):
            return None
        own = bool(_WE & {*spoken}) and not _ADVICE & {*spoken}
        return doubt.unparsed.model_copy(update={"own": own})
    if not _about_data(asked, left[0]) or _is_concept(asked, spoken):
        return None
    return asked


def take_all(
    spoken: list[str],
    asked: Asked,
    quotations: "Sequence[str]",
    vocabulary: Vocabulary,
    today: dt.date,
    left: list[str],
) -> None:
    """Fill the typed query from the words; `left` gets the text once names and days are found.

    Raises Doubt naming what is not understood or has two meanings.
    """
    asked.today = today
    text = take_languages(f" {' '.join(spoken)} ", asked, vocabulary)
    found, asked.values = find_values(text.split(), vocabulary, quotations)
    text, periods = take_period(f" {' '.join(found)} ", today)
    left[0] = text
    reader = Reader(text)
    two = reader.take(r"PERIOD (?P<but>(?:but|and) not(?: bought)?) PERIOD")
    if two and len(periods) == 2:
        asked.not_in = periods.pop()
        asked.bought = True
    settle_period(reader, asked, periods, today)
    early: Doubt | None = None
    try:
        check_bought(reader, asked)
        take_denied_items(reader, asked)
        take_cohorts(reader, asked, today)
    except Doubt as doubt:
        early = doubt
    try:
        read(reader, asked)  # what is measured says whether it is a question about the data
    except Doubt as doubt:
        early = early or doubt
    if early is not None:
        raise early
    if asked.doubt:
        raise Doubt(asked.doubt)
    said = f" {' '.join(spoken)} "
    if _FUTURE.search(said):
        raise Doubt("Only what has happened is computed here; nothing is forecast.")
    if _YES_NO.match(said.strip()):
        raise Doubt("Figures can be asked for; yes or no is then yours to say.")
    check_left(reader.text, vocabulary, quotations)


def _about_data(asked: Asked, text: str) -> bool:
    """Whether a question asks for numbers of the business, understood or not."""
    if asked.measure or asked.never:
        return True
    named = any(not value.part for value in asked.values)
    counted = re.search(r" how many (?:\S+ )+(?:do|did|have) we ", text)
    return bool(
        (asked.dimensions and (named or asked.limit))
        or (named and _AMOUNTS & {*text.split()})
        or counted
    )


def _says_more(asked: Asked, text: str) -> bool:
    """A bare `customers` or `sales` with words nobody understood is no question about the data."""
    named = any(not value.part for value in asked.values)
    anchored = named or asked.period or asked.dimensions or asked.rank or asked.languages
    said = {*text.split()}
    if asked.measure == "count":
        return bool(named or asked.period or _WE & said)
    counted = _AMOUNTS & said and _PEOPLE & said
    return bool(not asked.bare or anchored or counted or _WE & said)


def _is_concept(asked: Asked, spoken: "Sequence[str]") -> bool:
    """`What is revenue?` asks for a meaning; `What is our revenue?` for a number."""
    bare = not (asked.values or asked.period or asked.dimensions or asked.rank or asked.languages)
    bare = bare and not (asked.segments or asked.ages or asked.hours)
    return bare and [*spoken[:2]] in (["what", "is"], ["what", "are"]) and not _OWN & {*spoken}
