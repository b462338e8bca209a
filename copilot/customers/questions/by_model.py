"""Questions the grammar cannot read, read by a connected model and checked word for word.

The model returns a typed query, never SQL. Names, days, numbers and negations are found in the
question without it and must be the same in its query; a query that does not account for the
whole question is refused. A question with a person in it is not sent at all.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from copilot.customers.questions.accounted import LEARNT, unaccounted
from copilot.customers.questions.periods import Period, take_period
from copilot.customers.questions.rules import Asked, Comparison
from copilot.customers.questions.sense import Doubt, settle
from copilot.customers.questions.slips import known_words, plain
from copilot.customers.questions.values import Value, ValueField, Vocabulary, find_values
from copilot.customers.questions.words import stem, tokens
from copilot.customers.tables import table_or_empty
from copilot.errors import ModelError, UnusableAnswer
from copilot.models.prompts import load
from copilot.records import ReadNumber, ReadQuery, Unparsed, Usage

if TYPE_CHECKING:
    from copilot.customers.engine import Engine
    from copilot.models.chat import Complete

MOST_NAMES = 200
SIGNS: dict[str, Comparison] = {
    "at least": ">=",
    "more than": ">",
    "at most": "<=",
    "fewer than": "<",
    "exactly": "=",
}
_SHOWN: tuple[ValueField, ...] = (
    "region",
    "city",
    "neighbourhood",
    "store",
    "category",
    "brand",
    "product",
)
_PRIVATE = re.compile(r"\S+@\S+|(?:\+|\b0)[\d ()/-]{6,}\d|\b[A-Za-z]{1,3}-?\d{3,}\b")


def read_by_model(
    engine: "Engine",
    question: str,
    vocabulary: Vocabulary,
    today: dt.date,
    complete: "Complete",
) -> tuple[Asked, str, Usage] | Unparsed:
    """The checked query, the model's name and what it took; Unparsed saying what did not hold.

    A model whose server fails counts as one that could not read the question.
    """
    if _names_a_person(engine, question, vocabulary):
        return Unparsed(reason="Single people are not looked up here.")
    spoken = plain(tokens(question), vocabulary)
    left, values = find_values(spoken, vocabulary, ())
    text, periods = take_period(f" {' '.join(left)} ", today)
    if len(periods) > 1 or any(value.or_else for value in values):
        return Unparsed(reason="The question names two periods, or a name of two things.")
    system, user = load("question").render(
        question=question.strip(),
        period=_said_period(periods),
        names=_names(vocabulary, values),
    )
    try:
        done = complete(system, user, ReadQuery)
    except (ModelError, UnusableAnswer) as error:
        return Unparsed(reason=f"The connected model did not read it either: {error.message}")
    try:
        asked = _checked(done.parsed, text, values, periods, vocabulary, today)
    except Doubt as doubt:
        reason = f"The model's reading of the question was not used: {doubt.unparsed.reason}"
        return Unparsed(reason=reason)
    asked.notes.append(f"the question was read by the model {done.model}")
    return asked, done.model, done.usage


def _names_a_person(engine: "Engine", question: str, vocabulary: Vocabulary) -> bool:
    """Whether the question holds an address, a number or a name of somebody in the data."""
    if _PRIVATE.search(question):
        return True
    people = engine.remembered("names of people", lambda: _people(engine))
    said = {*tokens(question)}
    harmless = {word for word in said if stem(word) in vocabulary.words}
    return bool((said - harmless - known_words() - LEARNT) & people)


def _people(engine: "Engine") -> frozenset[str]:
    table = table_or_empty(engine, "customers")
    found: set[str] = set()
    for column in ("first_name", "last_name", "customer_id"):
        for row in engine.rows(table.select(name=table[column]).distinct()):
            found |= {*tokens(row["name"] or "")}
    return frozenset(word for word in found if len(word) > 1)


def _said_period(periods: Sequence[Period]) -> str:
    if not periods:
        return "none"
    return f"start {periods[0].start or 'null'}, end {periods[0].end or 'null'}"


def _names(vocabulary: Vocabulary, said: Sequence[Value]) -> str:
    """Names of places, stores and products; those in the question first, and not too many."""
    kinds: dict[str, list[str]] = {kind: [] for kind in _SHOWN}
    for value in said:
        kinds.setdefault(value.field, []).extend(value.values)
    for by_kind in vocabulary.names.values():
        for kind in _SHOWN:
            kinds[kind] += by_kind.get(kind, ())
    each = MOST_NAMES // len(_SHOWN)
    lines = (
        f"{kind}: {'; '.join([*dict.fromkeys(names)][:each])}" for kind, names in kinds.items()
    )
    return "\n".join(line for line in lines if not line.endswith(": "))


def _checked(
    said: ReadQuery,
    text: str,
    values: list[Value],
    periods: Sequence[Period],
    vocabulary: Vocabulary,
    today: dt.date,
) -> Asked:
    """The typed query, when it says what the question says and nothing else; else raises Doubt."""
    if not said.understood:
        raise Doubt("it could not say all of it.")
    _same_names(said, values)
    period = periods[0] if periods else None
    _same_days(said, period)
    missed = unaccounted(said, text, values, vocabulary)
    if missed:
        raise Doubt(f"it does not account for {', '.join(missed)}.")
    without = [value for value in values if _is_named(value, said.not_bought)]
    asked = Asked(
        measure=said.measure,
        dimensions=list(said.by),
        values=[value for value in values if value not in without],
        without=without,
        languages=[_language(name, vocabulary) for name in said.languages],
        period=period,
        rank={"most": 1, "least": -1, None: 0}[said.order],
        limit=said.top,
        bought=said.bought or bool(without),
        never=said.never_bought,
        times=_times(said.times),
        spent=(SIGNS[said.spent.sign], said.spent.number) if said.spent else None,
        consent=[(item.channel, "yes" if item.given else "not yes") for item in said.consent],
        segments=[("segment", said.segment)] if said.segment else [],
        today=today,
    )
    if asked.limit is not None and not asked.rank:
        raise Doubt("it wants a top few of nothing.")
    settle(asked)
    return asked


def _times(said: ReadNumber | None) -> tuple[Comparison, int] | None:
    if said is None:
        return None
    if said.number != int(said.number):
        raise Doubt("it counts parts of purchases.")
    return SIGNS[said.sign], int(said.number)


def _language(name: str, vocabulary: Vocabulary) -> str:
    code = vocabulary.languages.get(name.lower())
    if code is None:
        raise Doubt(f"it names a language that is none: {name!r}.")
    return code


def _same_names(said: ReadQuery, values: Sequence[Value]) -> None:
    """Every name of the question is in the query, and every one of the query in the question."""
    kinds = {"place": {"city", "neighbourhood", "region", "postcode"}}
    for name in said.names:
        fitting = [v for v in values if v.field in kinds.get(name.kind, {name.kind})]
        if not any(_is_named(value, [name.name]) for value in fitting):
            raise Doubt(f"it names a {name.kind} that the question does not: {name.name!r}.")
    for denied in said.not_bought:
        if not any(
            _is_named(v, [denied]) and v.field in {"product", "category", "brand"} for v in values
        ):
            raise Doubt(f"it denies something that the question does not name: {denied!r}.")
    told = [name.name for name in said.names] + [*said.not_bought]
    for value in values:
        if not _is_named(value, told):
            raise Doubt(f"it leaves out {value.said!r}.")


def _is_named(value: Value, names: Sequence[str]) -> bool:
    own = {tuple(stem(word) for word in tokens(text)) for text in (value.said, *value.values)}
    return any(tuple(stem(word) for word in tokens(name)) in own for name in names)


def _same_days(said: ReadQuery, period: Period | None) -> None:
    start = period.start.isoformat() if period and period.start else None
    end = period.end.isoformat() if period and period.end else None
    if (said.start or None, said.end or None) != (start, end):
        raise Doubt("its days are not those of the question.")
