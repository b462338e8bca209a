"""Offers, terms and calls to action said again in another language, without a model.

A text is read as one of the shapes of `prompts/compose/translate.yaml` and said from the target
language's own wording; what has no shape there is not translated.
"""

import functools
import itertools
import re
from collections.abc import Callable

from babel.dates import format_date, get_day_names, get_month_names

from copilot.campaigns.check.view import folded
from copilot.campaigns.composing.money import (
    LOCALES,
    SUM,
    TIME,
    number_text,
    read_sum,
    read_time,
    sum_text,
    time_text,
)
from copilot.campaigns.composing.nouns import Table, Thing, gender, read_things, said_things, table
from copilot.records import Language
from copilot.text import squeeze

_HOLE = re.compile(r"\{(\w+)\}")
_CLAUSES = re.compile(r"\s*[,;](?!\d)\s*|\.\s+")
_NOUNS = frozenset({"thing", "gift", "lead"})
_LEAP_YEAR = 2028

Shapes = dict[str, dict[Language, tuple[str, ...]]]


@functools.lru_cache(maxsize=1024)
def offer_in(text: str, source: Language, target: Language) -> str | None:
    """An offer in another language, or None when it has none of the usual shapes.

    >>> offer_in("15% off any loaf", "en", "de")
    '15 % Rabatt auf jedes Brot'
    """
    if source == target:
        return text
    for key, shape in table().offers.items():
        said = _said_again(squeeze(text).rstrip(". "), key, shape, source, target)
        if said:
            return said
    return None


@functools.lru_cache(maxsize=1024)
def terms_in(
    text: str, source: Language, target: Language
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The conditions of an offer in another language, and those that cannot be said in it.

    >>> terms_in("before 10:00, in store only, no dogs", "en", "fr")
    (('avant 10 h', 'en magasin uniquement'), ('no dogs',))
    """
    if source == target:
        return (squeeze(text).rstrip("."),), ()
    said: list[str] = []
    left: list[str] = []
    for clause in _CLAUSES.split(squeeze(text).rstrip(".")):
        again = (
            _said_again(clause, key, shape, source, target) for key, shape in table().terms.items()
        )
        found = next((each for each in again if each), None)
        (said if found else left).append(found or clause)
    return tuple(said), tuple(left)


@functools.lru_cache(maxsize=1024)
def action_in(text: str, source: Language, target: Language) -> str | None:
    """A call to action in another language, or None when it is not a usual one.

    >>> action_in("Order ahead", "en", "es")
    'Pedir con antelación'
    """
    if source == target:
        return text
    low = folded(text).strip(" .:!>")
    for row in table().actions:
        if low in {folded(each) for each in row[source]}:
            first = row[target][0]
            return first[0].upper() + first[1:]
    return None


def _said_again(
    text: str, key: str, shape: dict[Language, tuple[str, ...]], source: Language, target: Language
) -> str | None:
    low = folded(text)
    for pattern in _patterns(key, shape is table().terms.get(key), source):
        found = pattern.fullmatch(low)
        if not found:
            continue
        values = {
            _hole(name): _value(_hole(name), text[slice(*found.span(name))], key, source, target)
            for name, stood in found.groupdict().items()
            if stood is not None
        }
        if all(values.values()):
            return _filled(shape[target][-1], values, found, text, source)
    return None


def _filled(
    said: str, values: dict[str, str | None], found: re.Match[str], text: str, source: Language
) -> str:
    """The target's wording with its values; a French gift agrees with its noun."""
    if "gift" in values:
        gift = read_things(text[slice(*found.span("gift_1"))], source) or ()
        female = any(gender(each, "fr") == "f" for each in gift)
        values = {**values, "given": "offerte" if female else "offert"}
    return _HOLE.sub(lambda hole: values.get(hole[1]) or "", said)


@functools.cache
def _patterns(key: str, terms: bool, language: Language) -> tuple[re.Pattern[str], ...]:
    shapes: Shapes = table().terms if terms else table().offers
    read = shapes[key][language][:-1]
    return tuple(re.compile(_HOLE.sub(_group(language), f"(?:{each})")) for each in read)


def _group(language: Language) -> Callable[[re.Match[str]], str]:
    days = "|".join(
        folded(name) for name in get_day_names("wide", locale=LOCALES[language]).values()
    )
    months = "|".join(_months(language))
    who = "|".join(folded(each[language]) for each in table().who.values())
    figures = {
        "n": r"\d+(?:[.,]\d+)?",
        "m": r"\d+",
        "price": SUM,
        "least": SUM,
        "time": TIME,
        "who": rf"(?:{who})[ne]?",
        "date": rf"\d{{1,2}}\.?(?: de)? (?:{months})",
        "day1": days,
        "day2": days,
    }

    numbers = itertools.count(1)  # a pattern may hold a value in several of its alternatives

    def group(hole: re.Match[str]) -> str:
        return rf"(?P<{hole[1]}_{next(numbers)}>{figures.get(hole[1], '.{2,60}?')})"

    return group


def _hole(group: str) -> str:
    """The name of the hole that a pattern's group stands for."""
    return group.rpartition("_")[0]


def _value(name: str, text: str, key: str, source: Language, target: Language) -> str | None:
    """What stood in a hole, as the target language says it; None when it cannot be said."""
    if name in _NOUNS:
        things = read_things(text, source)
        return _nouns(name, things, key, target) if things else None
    if name in {"price", "least"}:
        read = read_sum(folded(text))
        return sum_text(*read, target) if read else None
    if name == "time":
        time = read_time(folded(text))
        return time_text(time, target) if time else None
    if name == "who":
        return _who(table(), text, source, target)
    if name in {"day1", "day2"}:
        return _weekday(text, source, target)
    if name == "date":
        return _date(text, source, target)
    return number_text(text, target)


def _nouns(name: str, things: tuple[Thing, ...], key: str, target: Language) -> str:
    if name == "lead":
        return said_things(things, target, bare=True)
    if name == "gift":
        one = target in {"fr", "es"} and not things[0].plural
        wanted = "one" if one and things[0].key else "none"
        things = tuple(each.model_copy(update={"quantity": wanted}) for each in things)
        return said_things(things, target, bare=True)
    if key == "gift_with":
        return _bought(things, target)
    return said_things(things, target, bare=key == "excluding")


def _bought(things: tuple[Thing, ...], target: Language) -> str:
    """What must be bought, after "zu", "l'achat" and "con"."""
    first, one = things[0], {"quantity": "one", "plural": False}
    if target == "fr":
        single = said_things((first.model_copy(update=one),), target)
        return f"d'{single}" if first.key else f"de {single}"
    if not first.key or target == "en":
        return said_things(things, target)
    noun = table().things[first.key][target][0]
    if target == "de":
        return f"{'jeder' if gender(first, 'de') == 'f' else 'jedem'} {noun}"
    return f"cada {noun}"


def _who(known: Table, text: str, source: Language, target: Language) -> str | None:
    low = folded(text)
    rows = known.who.values()
    return next((row[target] for row in rows if low.startswith(folded(row[source])[:5])), None)


def _weekday(text: str, source: Language, target: Language) -> str | None:
    low = folded(text)
    for number, name in get_day_names("wide", locale=LOCALES[source]).items():
        if folded(name) == low:
            return str(get_day_names("wide", locale=LOCALES[target])[number])
    return None


def _date(text: str, source: Language, target: Language) -> str | None:
    import datetime as dt

    words = folded(text).split()
    day = int(re.sub(r"\D", "", words[0]))
    month = 1 + _months(source).index(words[-1])
    pattern = {"en": "d MMMM", "de": "d. MMMM", "fr": "d MMMM", "es": "d 'de' MMMM"}[target]
    try:
        return format_date(dt.date(_LEAP_YEAR, month, day), pattern, locale=LOCALES[target])
    except ValueError:
        return None


@functools.cache
def _months(language: Language) -> tuple[str, ...]:
    names = get_month_names("wide", locale=LOCALES[language])
    return tuple(folded(names[number]) for number in range(1, 13))
