"""What an offer or its terms are about, read in one language and said in another.

A noun that `prompts/compose/translate.yaml` does not list is a name: it stays as it is, quoted.
"""

import functools
import re
from typing import Literal

from copilot.campaigns.check.view import folded
from copilot.records import Language
from copilot.records.base import Record
from copilot.settings import data_folder
from copilot.text import shipped_yaml

Quantity = Literal["any", "all", "first", "one", "none", "everything"]
_QUANTITIES: tuple[Quantity, ...] = ("first", "any", "all", "one")
_NAME_WORDS = 5
_SENTENCE = re.compile(r"[.!?;:%\d\"]")
_QUOTES = {"en": '"{}"', "de": "„{}“", "fr": "« {} »", "es": "«{}»"}
_OPEN = re.compile(r"^[«„“\"']\s*|\s*[»“”\"']$")


class Table(Record):
    """`translate.yaml`; see its own comments."""

    quantity: dict[Language, dict[Quantity, str]]
    said: dict[Language, dict[str, dict[str, str]]]
    everything: dict[Language, str]
    lists: dict[Language, str]
    joint: dict[Language, str]
    who: dict[str, dict[Language, str]]
    things: dict[str, dict[Language, tuple[str, ...]]]
    offers: dict[str, dict[Language, tuple[str, ...]]]
    terms: dict[str, dict[Language, tuple[str, ...]]]
    actions: tuple[dict[Language, tuple[str, ...]], ...]


class Thing(Record):
    """A noun with how much of it is meant; without a key it is a name."""

    quantity: Quantity
    key: str = ""
    plural: bool = False
    name: str = ""


@functools.cache
def table() -> Table:
    """Everything that can be said again; shipped with the package."""
    path = data_folder("prompts") / "compose" / "translate.yaml"
    return Table.model_validate(shipped_yaml(path))


def read_things(text: str, language: Language) -> tuple[Thing, ...] | None:
    """The nouns of "any loaf" or "cakes and coffee"; None for what is no plain list of nouns."""
    parts = re.split(table().lists[language], text.strip(" ,"))
    found = [_thing(part.strip(), language) for part in parts if part.strip()]
    things = tuple(each for each in found if each)
    return things if things and len(things) == len(found) else None


def said_things(things: tuple[Thing, ...], language: Language, *, bare: bool = False) -> str:
    """The nouns as an object in another language; `bare` leaves the articles out.

    >>> said_things((Thing(quantity="any", key="loaf"),), "fr")
    'tous les pains'
    """
    said = [_said(each, language, bare) for each in things]
    return ", ".join(said[:-1]) + (table().joint[language] if said[1:] else "") + said[-1]


def gender(thing: Thing, language: Language) -> str:
    """`m`, `f` or `n`; masculine for a name."""
    forms = table().things[thing.key][language] if thing.key else ()
    return forms[2] if forms[2:] else "m"


def quoted(name: str, language: Language) -> str:
    """A name in the language's own quotation marks."""
    return _QUOTES[language].format(_OPEN.sub("", _OPEN.sub("", name.strip())))


def _thing(text: str, language: Language) -> Thing | None:
    low = folded(text)
    if low == folded(table().everything[language]):
        return Thing(quantity="everything")
    quantity: Quantity = "none"
    for each in _QUANTITIES:
        found = re.match(rf"(?:{table().quantity[language][each]}) +(?=\S)", low)
        if found:
            quantity, text, low = each, text[found.end() :], low[found.end() :]
            break
    if form := _forms(language).get(low):
        singular, plural = table().things[form[0]][language][:2]
        many = form[1] and (singular != plural or quantity in {"all", "none"})
        return Thing(quantity=quantity, key=form[0], plural=many)
    is_name = len(text.split()) <= _NAME_WORDS and not _SENTENCE.search(_OPEN.sub("", text))
    return Thing(quantity=quantity, name=text) if is_name and quantity != "first" else None


@functools.cache
def _forms(language: Language) -> dict[str, tuple[str, bool]]:
    """Every written form of every noun, folded, to its key and whether it is the plural."""
    forms: dict[str, tuple[str, bool]] = {}
    for key, row in table().things.items():
        singular, plural = folded(row[language][0]), folded(row[language][1])
        forms.setdefault(plural, (key, True))
        if language == "de":
            forms.setdefault(f"{plural}n", (key, True))
        forms[singular] = forms.get(singular, (key, False)) if singular != plural else (key, True)
    return forms


def _said(thing: Thing, language: Language, bare: bool) -> str:
    if thing.quantity == "everything":
        return table().everything[language]
    if not thing.key:
        return quoted(thing.name, language)
    singular, plural = table().things[thing.key][language][:2]
    quantity: str = thing.quantity
    if bare and quantity in {"none", "all", "any"}:
        return plural if thing.plural else singular
    if quantity == "none":
        quantity = "some" if thing.plural else "mass"
    if quantity == "any" and thing.plural:
        quantity = "all"
    wordings = table().said[language]
    wording = wordings.get(gender(thing, language), wordings["m"])[quantity]
    return _elided(wording.format(s=singular, p=plural))


def _elided(text: str) -> str:
    """French and English articles before a vowel.

    >>> _elided("la eau"), _elided("a order"), _elided("el agua")
    ("l'eau", 'an order', 'el agua')
    """
    text = re.sub(r"^l[ea] (?=[aeiouyâàéèêîôœ])", "l'", text) if text[:1] == "l" else text
    return re.sub(r"^a (?=[aeiou])", "an ", text)
