"""The composer's phrase banks: prose files, read, validated and picked from without chance."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from copilot.errors import BriefError
from copilot.records import BrandKit, Formality, Language
from copilot.records.base import Record
from copilot.settings import data_folder
from copilot.text import content_id, shipped_yaml

R = TypeVar("R", bound=Record)
_FIELD = re.compile(r"\{(\w+)\}")
_STOPS = re.compile(r"[.!?…]\.")
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)|(?<=[!?…])\.")
_FORMS = {"informal", "formal"}
_NO_PHRASES = {"language", "dates", "when", "tail_words", "marks", "quote", "join"}
_PACE = {
    "hook": 1,
    "subject": 1,
    "offer": 2,
    "layout": 2,
    "closing": 2,
    "fact": 2,
    "code": 3,
}


class Dates(Record):
    """CLDR patterns of one language; `first` replaces a bare day 1 where the language does so."""

    locale: str
    long: str
    short: str
    year: str
    letter: str
    first: str = ""


class Footer(Record):
    reason: dict[str, str]
    unsubscribe: str
    contact: str


class Ads(Record):
    """Assets of search ads: headlines, descriptions by what they tell, and for a brief that says
    too little to make an ad of, `spare` ones."""

    headlines: tuple[str, ...]
    spare: tuple[str, ...]
    descriptions: dict[str, tuple[str, ...]]


class Letterhead(Record):
    """`date_alone` where the sender's town is not known; `to` for a reader without a name."""

    date: str
    date_alone: str
    to: str
    stop: str


class Bank(Record):
    """All phrases of one language; groups are keyed `local`, `plain`, `individual`."""

    language: Language
    name_fallback: str
    greeting: str
    salutation: str
    letter_fallback: str
    quote: str
    dates: Dates
    when: dict[str, str]
    tail_words: tuple[str, ...]
    marks: frozenset[str]
    join: str
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
    ps: tuple[str, ...]
    subject: dict[str, tuple[str, ...]]
    preheader: tuple[str, ...]
    sms: dict[str, tuple[str, ...]]
    push: dict[str, tuple[str, ...]]
    bits: dict[str, tuple[str, ...]]
    ads: Ads
    letter: Letterhead
    footer: Footer
    opt_out: dict[str, str]


class EmojiRow(Record):
    mark: str
    words: tuple[str, ...]


class Shared(Record):
    """What all languages share: paragraph layouts per channel, names never used as a hook, and
    the few emoji with the words they stand beside."""

    layouts: dict[str, tuple[tuple[str, ...], ...]]
    sensitive: tuple[str, ...]
    emoji: tuple[EmojiRow, ...]


@functools.cache
def bank(language: Language, formality: Formality = "informal") -> Bank:
    """The phrases of one language, addressing the reader in one form.

    Raises BriefError naming the file and the key at fault.
    """
    return _own_bank(language, formality, (), ())


def bank_for(brand: BrandKit, language: Language) -> Bank:
    """The phrases as a brand says them: in its form of address, with its own words for things,
    and without those that hold a word it bans."""
    formality = brand.formality.get(language, "informal")
    return _own_bank(language, formality, tuple(brand.preferred.items()), brand.banned)


@functools.cache
def shared() -> Shared:
    """Layouts, sensitive names and emoji; raises BriefError naming the file and key at fault."""
    return _valid(_read("shared.yaml"), Shared, "shared.yaml")


@functools.lru_cache(maxsize=64)
def _own_bank(
    language: Language,
    formality: Formality,
    preferred: tuple[tuple[str, str], ...],
    banned: tuple[str, ...],
) -> Bank:
    name = f"{language}.yaml"
    found = _formed(_read(name), formality)
    for key in found.keys() - _NO_PHRASES:
        found[key] = _worded(found[key], preferred, banned)
    return _valid(found, Bank, name)


def fill(phrase: str, fields: Mapping[str, str | None]) -> str | None:
    """The phrase with its `{fields}` replaced, or None when one of them is not known.

    `{Field}` is `{field}` with a capital first letter. Values are never scanned again.

    >>> fill("{Item} for {place}", {"item": "rye", "place": "Hunslet"})
    'Rye for Hunslet'
    >>> fill("{item} for {place}", {"item": "rye"}) is None
    True
    """
    values = {name: _value(name, fields) for name in _names(phrase)}
    if any(value is None for value in values.values()):
        return None
    filled = _FIELD.sub(lambda found: values[found[1]] or "", phrase)
    return _TWO_STOPS.sub(".", filled) if _STOPS.search(filled) else filled


def pick(
    phrases: Sequence[str], fields: Mapping[str, str | None], turn: "Turn", slot: str
) -> str | None:
    """The first phrase that can be said, counted from this message's own turn."""
    able = [
        phrase
        for phrase in phrases
        if all(_value(name, fields) is not None for name in _names(phrase))
    ]
    said = fill(able[turn.position(slot, len(able))], fields) if able else None
    return said or next(iter(ranked(able, fields, turn, slot)), None)


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
        """A place in a list of `count`: unlike that of the next unit and of the next variant.

        Slots of a message move on at different times, so that two units which share one wording
        do not share the next: a slot skips one each time its list has been gone through once
        (or squared, or cubed: `_PACE`).
        """
        offset = _offset(self.campaign, slot)
        step = max(1, count // max(1, self.variants))
        pace = _PACE.get(slot, 0)
        skipped = self.index // max(2, count) ** pace if pace else 0
        return (offset + self.index + skipped + self.variant * step) % count


@functools.lru_cache(maxsize=1024)
def _offset(campaign: str, slot: str) -> int:
    """Where a campaign begins in a slot's list."""
    return int(content_id(campaign, slot)[:8], 16)


@functools.lru_cache(maxsize=4096)
def _names(phrase: str) -> tuple[str, ...]:
    return tuple(_FIELD.findall(phrase))


def _value(name: str, fields: Mapping[str, str | None]) -> str | None:
    if name in fields:
        return fields[name]
    lower = name[0].lower() + name[1:]
    value = fields.get(lower)
    return value[0].upper() + value[1:] if value else value


def _formed(value: Any, formality: Formality) -> Any:
    """The phrases with one form of address chosen wherever there are two."""
    if isinstance(value, dict):
        if value.keys() == _FORMS:
            return value[formality]
        return {key: _formed(each, formality) for key, each in value.items()}
    if isinstance(value, list):
        return [_formed(each, formality) for each in value]
    return value


def _worded(value: Any, preferred: tuple[tuple[str, str], ...], banned: tuple[str, ...]) -> Any:
    """The phrases in the brand's own words; of a list, those without a banned word if any."""
    if isinstance(value, dict):
        return {key: _worded(each, preferred, banned) for key, each in value.items()}
    if isinstance(value, list):
        said = [_worded(each, preferred, banned) for each in value]
        return [each for each in said if not _holds(each, banned)] or said
    return reworded(value, preferred) if isinstance(value, str) else value


def reworded(phrase: str, preferred: Sequence[tuple[str, str]]) -> str:
    """A phrase with the brand's own words; what stands in braces is left alone.

    >>> reworded("Our shop in {shop}: Shop", [("shop", "bakery")])
    'Our bakery in {shop}: Bakery'
    """
    for word, own in preferred:

        def said(found: re.Match[str], own: str = own) -> str:
            if found[0].startswith("{"):
                return found[0]
            return own[:1].upper() + own[1:] if found[0][0].isupper() else own

        phrase = re.sub(rf"\{{\w+\}}|(?<!\w){re.escape(word)}(?!\w)", said, phrase, flags=re.I)
    return phrase


def _holds(phrase: object, banned: tuple[str, ...]) -> bool:
    if not isinstance(phrase, str):
        return False
    return any(re.search(rf"(?<!\w){re.escape(word)}", phrase, re.I) for word in banned)


@functools.cache
def _source(name: str) -> str:
    path = data_folder("prompts") / "compose" / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BriefError(
            f"The phrase file {path} cannot be read: {error.strerror}.",
            hint="Restore it, or choose another language in the brief.",
        ) from error


def _read(name: str) -> Any:
    try:
        return shipped_yaml(_source(name))
    except yaml.YAMLError as error:
        raise BriefError(f"The phrase file {name} is not valid YAML: {error}.") from error


def _valid(found: Any, kind: type[R], name: str) -> R:
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BriefError(
            f"The phrase file {name} has a fault at {where!r}: {first['msg']}.",
            hint="Compare it with en.yaml, which has every key.",
        ) from error
