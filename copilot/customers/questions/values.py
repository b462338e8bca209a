"""The names a question may use: products, categories, places, stores, languages, campaigns.

They come from the data itself, so that a name is either one the business has or not understood.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from copilot.customers.questions.words import DIMENSION_OF, STORE_NOUNS, grammar_words, stem, tokens
from copilot.customers.tables import table_or_empty
from copilot.records import UNKNOWN

if TYPE_CHECKING:
    from copilot.customers.engine import Engine

ValueField = Literal[
    "city",
    "neighbourhood",
    "region",
    "postcode",
    "store",
    "category",
    "product",
    "brand",
    "language",
    "campaign",
]
PLACES: tuple[ValueField, ...] = ("city", "neighbourhood", "region", "postcode")
PERSON_GROUPS = (*PLACES, "language")
ITEMS: tuple[ValueField, ...] = ("category", "product", "brand")
# The first of these wins when one name is several things.
ORDER: tuple[ValueField, ...] = (*PLACES, "category", "product", "brand", "store", "campaign")
LONGEST_NAME = 8
Stems = tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """A name in the question: the field and the values it stands for.

    `said` are the words used; `part` says that they are only part of the values' names;
    `or_else` is another kind of thing that has the same name, when nothing says which is meant.
    """

    field: ValueField
    values: tuple[str, ...]
    said: str
    part: bool = False
    or_else: ValueField | None = None


@dataclass
class Vocabulary:
    """Every name by its stems, and the names each word occurs in."""

    names: dict[Stems, dict[ValueField, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    words: dict[str, list[tuple[ValueField, str, Stems]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    languages: dict[str, str] = field(default_factory=dict)

    def add(self, kind: ValueField, name: str, *aliases: str) -> None:
        """Make the name findable by itself, by its aliases and by parts of itself."""
        for text in (name, *aliases):
            stems = tuple(stem(token) for token in tokens(text))
            if stems and name not in self.names[stems][kind]:
                self.names[stems][kind].append(name)
            for word in set(stems):
                self.words[word].append((kind, name, stems))

    def nearest(self, word: str, n: int = 3) -> list[str]:
        """Names of the data that look like the word."""
        known = {
            " ".join(stems): value
            for stems, kinds in self.names.items()
            for values in kinds.values()
            for value in values
        }
        close = difflib.get_close_matches(stem(word), list(known), n=n, cutoff=0.6)
        return [known[name] for name in close]

    def samples(self, n: int = 6) -> list[str]:
        """A few names of each kind, to show what can be asked about."""
        kinds: dict[ValueField, list[str]] = defaultdict(list)
        for by_kind in self.names.values():
            for kind, names in by_kind.items():
                kinds[kind] += [name for name in names if name not in kinds[kind]]
        shown: tuple[ValueField, ...] = ("neighbourhood", "city", "category", "store")
        return [
            f"Known as {kind}: {', '.join(kinds[kind][:n])}{', …' if len(kinds[kind]) > n else ''}."
            for kind in shown
            if kinds[kind]
        ]


def vocabulary(engine: "Engine") -> Vocabulary:
    """The names in the store's tables; kept by the engine until the data change."""
    found: Vocabulary = engine.remembered("vocabulary", lambda: _vocabulary(engine))
    return found


def _vocabulary(engine: "Engine") -> Vocabulary:
    found = Vocabulary()
    for level in PLACES:
        for name in _distinct(engine, "customers", level):
            found.add(level, name)
    products = table_or_empty(engine, "products")
    named = products.select("product_id", name=products["name"].fill_null(products["product_id"]))
    for row in engine.rows(named):
        found.add("product", row["name"], row["product_id"])
    for kind in ("category", "brand"):
        for name in _distinct(engine, "products", kind):
            found.add("category" if kind == "category" else "brand", name)
    stores = table_or_empty(engine, "locations")
    for row in engine.rows(stores.select("store_id", "name")):
        found.add("store", row["name"] or row["store_id"], row["store_id"])
    for row in engine.rows(table_or_empty(engine, "campaigns").select("campaign_id", "name")):
        found.add("campaign", row["name"] or row["campaign_id"], row["campaign_id"])
    found.languages = _languages(_distinct(engine, "customers", "language"))
    return found


def _distinct(engine: "Engine", table: str, column: str) -> list[str]:
    rows = table_or_empty(engine, table).select(column).distinct().order_by(column)
    return [row[column] for row in engine.rows(rows) if row[column] and row[column] != UNKNOWN]


def _languages(codes: Sequence[str]) -> dict[str, str]:
    """English names, own names and codes of languages, to the code in the data.

    Every language has its name, whether or not anybody speaks it: nobody does is an answer.
    """
    from babel import Locale

    english = Locale("en").languages
    found = {name.lower(): code for code, name in english.items() if len(code) == 2}
    for code in codes:
        found[code.lower()] = code
        if code.lower() in english:
            found[english[code.lower()].lower()] = code
    return found


def find_values(
    spoken: list[str], vocabulary: Vocabulary, quotations: Sequence[str]
) -> tuple[list[str], list[Value]]:
    """The tokens with `VALUE0`, `VALUE1`… in place of names, longest names first, and the names.

    A name is taken whole, or by a part that occurs in names of products or, next to a word such
    as store, of one store; quotations are taken whole only.
    """
    values: list[Value] = []
    left = list(spoken)
    reserved = grammar_words()
    for size in range(min(LONGEST_NAME, len(spoken)), 0, -1):
        for start in range(len(spoken) - size + 1):
            span = left[start : start + size]
            if len(span) < size or any(word.startswith("VALUE") or not word for word in span):
                continue
            value = _value(span, left, start, vocabulary, quotations, reserved)
            if value is not None:
                left[start : start + size] = [f"VALUE{len(values)}", *[""] * (size - 1)]
                values.append(value)
    return [word for word in left if word], values


def _value(
    span: list[str],
    left: list[str],
    start: int,
    vocabulary: Vocabulary,
    quotations: Sequence[str],
    reserved: frozenset[str],
) -> Value | None:
    said = " ".join(span)
    if len(span) == 1 and (quote := re.fullmatch(r"quoted(\d+)", span[0])):
        said = quotations[int(quote.group(1))]
        nouns = _nouns(left, start, 1)
        return _whole(tuple(stem(token) for token in tokens(said)), said, vocabulary, nouns)
    if reserved.issuperset(span) or "," in span:
        return None
    before = left[start - 1] if start else ""
    if said.isdigit():  # 5 is a number, unless it is campaign 5
        return _numbered(said, DIMENSION_OF.get(before), vocabulary)
    stems = tuple(stem(word) for word in span)
    around = {*left[max(start - 1, 0) : start], *left[start + len(span) : start + len(span) + 1]}
    by_store = bool(STORE_NOUNS & around) or bool(STORE_NOUNS & {*span})
    nouns = _nouns(left, start, len(span)) | ({"store"} if by_store else set())
    whole = _whole(stems, said, vocabulary, nouns)
    if whole is not None and not (by_store and whole.field in PLACES):
        return whole
    return _part(stems, said, vocabulary, by_store, reserved) or whole


def _nouns(left: list[str], start: int, size: int) -> frozenset[str]:
    """The kinds of thing that the words next to a name say it is."""
    around = [*left[max(start - 1, 0) : start], *left[start + size : start + size + 1]]
    return frozenset(DIMENSION_OF[word] for word in around if word in DIMENSION_OF)


def _numbered(said: str, dimension: str | None, vocabulary: Vocabulary) -> Value | None:
    for kind, names in vocabulary.names.get((said,), {}).items():
        if kind == dimension:
            return Value(kind, tuple(names), said)
    return None


def _whole(stems: Stems, said: str, vocabulary: Vocabulary, nouns: frozenset[str]) -> Value | None:
    kinds = vocabulary.names.get(stems)
    if not kinds:
        return None
    meant = [kind for kind in ORDER if kind in kinds and kind in nouns]
    kind = meant[0] if meant else next(kind for kind in ORDER if kind in kinds)
    others = [name for name in kinds if _family(name) != _family(kind)]
    unclear = others[0] if others and not meant else None
    return Value(kind, tuple(kinds[kind]), said, or_else=unclear)


def _family(kind: ValueField) -> str:
    return "place" if kind in PLACES else kind


def _part(
    stems: Stems, said: str, vocabulary: Vocabulary, by_store: bool, reserved: frozenset[str]
) -> Value | None:
    """Products, or one store, whose names have these words next to each other."""
    if any(word in reserved for word in said.split()) or len(said) < 3:
        return None
    hits: dict[ValueField, set[str]] = defaultdict(set)
    for kind, name, full in vocabulary.words.get(stems[0], ()):
        if any(full[i : i + len(stems)] == stems for i in range(len(full) - len(stems) + 1)):
            hits[kind].add(name)
    if by_store and len(hits["store"]) == 1:
        return Value("store", tuple(hits["store"]), said, part=True)
    if hits["product"] and not by_store:
        return Value("product", tuple(sorted(hits["product"])), said, part=True)
    return None
