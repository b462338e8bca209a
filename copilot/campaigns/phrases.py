"""The composer's phrase banks: prose files, read, validated and picked from without chance."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import yaml
from pydantic import ValidationError

from copilot.errors import BriefError
from copilot.records import Language
from copilot.records.base import Record
from copilot.settings import data_folder
from copilot.text import content_id

R = TypeVar("R", bound=Record)
_FIELD = re.compile(r"\{(\w+)\}")
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")


class Dates(Record):
    """CLDR patterns of one language; `first` replaces a bare day 1 where the language does so."""

    locale: str
    long: str
    short: str
    year: str
    first: str = ""


class Footer(Record):
    reason: dict[str, str]
    unsubscribe: str
    contact: str


class Bank(Record):
    """All phrases of one language; groups are keyed `local`, `plain`, `individual`."""

    language: Language
    name_fallback: str
    greeting: str
    quote: str
    dates: Dates
    when: dict[str, str]
    tail_words: tuple[str, ...]
    marks: frozenset[str]
    join: str
    restate: dict[str, str]
    opening: dict[str, tuple[str, ...]]
    hook: dict[str, tuple[str, ...]]
    offer: tuple[str, ...]
    offer_undated: tuple[str, ...]
    terms: tuple[str, ...]
    code: tuple[str, ...]
    store: tuple[str, ...]
    link: str
    action: str
    site: str
    signature: str
    closing: tuple[str, ...]
    subject: dict[str, tuple[str, ...]]
    preheader: tuple[str, ...]
    sms: dict[str, tuple[str, ...]]
    push: tuple[str, ...]
    bits: dict[str, str]
    footer: Footer
    opt_out: dict[str, str]


class Shared(Record):
    """What all languages share: paragraph layouts per channel, and names never used as a hook."""

    layouts: dict[str, tuple[tuple[str, ...], ...]]
    sensitive: tuple[str, ...]


@functools.cache
def bank(language: Language) -> Bank:
    """The phrases of one language; raises BriefError naming the file and the key at fault."""
    return _read(f"{language}.yaml", Bank)


@functools.cache
def shared() -> Shared:
    """Layouts and sensitive names; raises BriefError naming the file and the key at fault."""
    return _read("shared.yaml", Shared)


def fill(phrase: str, fields: Mapping[str, str | None]) -> str | None:
    """The phrase with its `{fields}` replaced, or None when one of them is not known.

    `{Field}` is `{field}` with a capital first letter. Values are never scanned again.

    >>> fill("{Item} for {place}", {"item": "rye", "place": "Hunslet"})
    'Rye for Hunslet'
    >>> fill("{item} for {place}", {"item": "rye"}) is None
    True
    """
    names = _FIELD.findall(phrase)
    values = {name: _value(name, fields) for name in names}
    if any(value is None for value in values.values()):
        return None
    filled = _FIELD.sub(lambda found: values[found[1]] or "", phrase)
    return _TWO_STOPS.sub(".", filled)


def pick(
    phrases: Sequence[str], fields: Mapping[str, str | None], turn: "Turn", slot: str
) -> str | None:
    """The first phrase that can be said, counted from this message's own turn."""
    return next(iter(ranked(phrases, fields, turn, slot)), None)


def ranked(
    phrases: Sequence[str], fields: Mapping[str, str | None], turn: "Turn", slot: str
) -> list[str]:
    """Every phrase that can be said, filled, in the order of this message's own turn."""
    said = [text for phrase in phrases if (text := fill(phrase, fields))]
    start = turn.position(slot, len(said)) if said else 0
    return [*said[start:], *said[:start]]


class Turn(Record):
    """Where a message stands among its siblings: spreads the wording, the same on every run."""

    campaign: str
    index: int
    variant: int
    variants: int

    def position(self, slot: str, count: int) -> int:
        """A place in a list of `count`: unlike that of the next unit and of the next variant."""
        offset = int(content_id(self.campaign, slot)[:8], 16)
        step = max(1, count // max(1, self.variants))
        return (offset + self.index + self.variant * step) % count


def _value(name: str, fields: Mapping[str, str | None]) -> str | None:
    if name in fields:
        return fields[name]
    lower = name[0].lower() + name[1:]
    value = fields.get(lower)
    return value[0].upper() + value[1:] if value else value


def _read(name: str, kind: type[R]) -> R:
    path = data_folder("prompts") / "compose" / name
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BriefError(
            f"The phrase file {path} cannot be read: {error.strerror}.",
            hint="Restore it, or choose another language in the brief.",
        ) from error
    except yaml.YAMLError as error:
        raise BriefError(f"The phrase file {path} is not valid YAML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BriefError(
            f"The phrase file {path} has a fault at {where!r}: {first['msg']}.",
            hint="Compare it with en.yaml, which has every key.",
        ) from error
