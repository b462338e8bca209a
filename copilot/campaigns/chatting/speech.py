"""How one language asks for copy, and how it is answered: the prose files `prompts/chat/`.

Patterns are regular expressions of whole words, matched against text without capitals and
accents; `{name}` takes in a part of the same file, or one of those that `_computed` makes.
"""

import functools
import re
from collections.abc import Mapping
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from copilot.campaigns.check.lexicon import month_of, number_pattern
from copilot.campaigns.check.view import MASK, folded
from copilot.errors import BriefError
from copilot.records import Channel, Language
from copilot.records.base import Record
from copilot.settings import data_folder

PLACE = "\ue001"
"""Stands for a character of a known place's name in the text that audiences are read from."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
_SLOT = re.compile(r"\{([a-z_]+)\}")
_WORD = re.compile(r"[^\W\d_]+(?:'(?=\s|$))?")


class Speech(Record):
    """The words of one language; `marks` tell it from the others, `weak` ones only together with
    more of them; `fillers` carry nothing."""

    language: Language
    marks: frozenset[str]
    weak: frozenset[str]
    fillers: frozenset[str]
    weekdays: tuple[str, ...]
    channels: dict[Channel, str]
    languages: dict[Language, str]
    places: dict[str, str]
    feasts: dict[str, str]
    parts: dict[str, str]
    patterns: dict[str, tuple[str, ...]]
    say: dict[str, str]


@functools.cache
def speech(language: Language) -> Speech:
    """The prose file of a language; raises BriefError naming the file and the key at fault."""
    path = data_folder("prompts") / "chat" / f"{language}.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name in ("marks", "weak", "fillers"):
            data[name] = folded(data[name]).split()
        data["patterns"] = {
            name: (each,) if isinstance(each, str) else each
            for name, each in data["patterns"].items()
        }
        found = Speech.model_validate(data)
    except OSError as error:
        raise BriefError(f"The phrase file {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValidationError, KeyError, TypeError, AttributeError) as error:
        raise BriefError(
            f"The phrase file {path} has a fault: {error}.",
            hint="Compare it with en.yaml, which has every key.",
        ) from error
    return _expanded(found)


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as whole words, kept; the standard library forgets all but a few hundred."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def languages_of(
    text: str, otherwise: Language, *, following: bool = False
) -> tuple[Language, ...]:
    """The languages a message is in, the one with most words first; `otherwise` where none shows.

    Another language counts when it has a mark that no other one has, and when it is the one that
    was spoken before (`following`).

    >>> languages_of("Schreib eine E-Mail, draft it please", "en")
    ('de', 'en')
    """
    said = _WORD.findall(folded(text))
    shared = _shared_marks()
    scores: dict[Language, int] = {}
    own: dict[Language, int] = {}
    for language in LANGUAGES:
        words = speech(language)
        there = [word for word in said if word in words.marks]
        scores[language] = len(there) + sum(word in words.weak for word in said)
        own[language] = sum(word not in shared for word in there)
    if following:
        scores[otherwise] += 1
        own[otherwise] += 1
    first = max(LANGUAGES, key=lambda each: (scores[each], own[each], each == otherwise))
    if not scores[first]:
        first = otherwise
    others = sorted((each for each in LANGUAGES if own[each]), key=lambda each: -own[each])
    return (first, *(each for each in others if each != first))


@functools.cache
def _shared_marks() -> frozenset[str]:
    every = [word for language in LANGUAGES for word in speech(language).marks]
    return frozenset(word for word in every if every.count(word) > 1)


def _expanded(given: Speech) -> Speech:
    parts: dict[str, str] = _computed(given)
    for name, pattern in given.parts.items():
        parts[name] = _group(pattern, parts)
    patterns = {
        name: tuple(_filled(each, parts) for each in every)
        for name, every in given.patterns.items()
    }
    return given.model_copy(
        update={
            "parts": parts,
            "patterns": patterns,
            "channels": {name: _plain(each) for name, each in given.channels.items()},
            "languages": {name: _plain(each) for name, each in given.languages.items()},
            "places": {name: _plain(each) for name, each in given.places.items()},
            "feasts": {day: _plain(each) for day, each in given.feasts.items()},
        }
    )


def _computed(given: Speech) -> dict[str, str]:
    """Parts that every file has without naming them."""
    one = {
        "number": rf"\d+|{number_pattern(given.language)}",
        "channel": "|".join(given.channels.values()),
        "tongue": "|".join(given.languages.values()),
        "weekday": "|".join(given.weekdays),
        "month": "|".join(month_of(given.language)),
        "place": f"{PLACE}+",
    }
    grouped = {name: f"(?:{_plain(pattern)})" for name, pattern in one.items()}
    return grouped | {"mask": MASK}


def _group(pattern: str, parts: Mapping[str, str]) -> str:
    return f"(?:{_filled(pattern, parts)})"


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    def part(found: re.Match[str]) -> str:
        if found[1] not in parts:
            raise BriefError(
                f"A chat phrase names the part {found[0]!r}, which is not defined: {pattern!r}.",
                hint=f"Known parts: {', '.join(parts)}.",
            )
        return parts[found[1]]

    return _SLOT.sub(part, _plain(pattern))


def _plain(pattern: str) -> str:
    return "".join(each if each.isascii() else folded(each) for each in pattern)


def spoken(language: Language, key: str, values: Mapping[str, Any]) -> str:
    """An answer in a language, its `{slots}` filled."""
    return speech(language).say[key].format(**values)
