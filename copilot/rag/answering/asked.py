"""One question by itself: its kind, the aspects it wants, the concepts it names, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from copilot.rag.answering import cues
from copilot.rag.answering.concepts import Mention, Vocabulary, find
from copilot.rag.answering.cues import Aspect
from copilot.rag.answering.slips import repaired
from copilot.rag.answering.words import Token, is_empty, is_foreign, tokens
from copilot.text import fold, squeeze

Kind = Literal["explain", "compare", "list", "example", "yes_no", "chat"]
COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "both": 2}


@dataclass(frozen=True)
class Asked:
    """A question understood.

    `focus` holds the words that are neither a concept's name nor wrapping: what exactly is asked
    about the concepts, or the whole subject when no concept is named. `dimensions` are the keys
    of the notes' dimensions that it asks for.
    """

    text: str
    kind: Kind
    aspects: tuple[Aspect, ...]
    dimensions: tuple[str, ...]
    mentions: tuple[Mention, ...]
    items: tuple[Token, ...]
    focus: tuple[Token, ...]
    count: int | None = None
    numeric: bool = False
    same: bool = False
    contrast: bool = False
    common: bool = False

    @property
    def slugs(self) -> tuple[str, ...]:
        """The concepts named, in order, each once."""
        return tuple(dict.fromkeys(mention.slug for mention in self.mentions))


@lru_cache(maxsize=512)
def read(question: str, words: Vocabulary) -> Asked:
    """Reads a question that stands alone; what was read last is remembered."""
    text = repaired(squeeze(question), words.words, words.name_words)
    plain = fold(text)
    items = _names_only(tokens(text))
    mentions = _without_dimension(find(text, words), items)
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    unnamed = _without(text, items, mentions)
    asked = Asked(
        text=text,
        kind="explain",
        aspects=_aspects(unnamed),
        dimensions=tuple(key for key, cue in cues.DIMENSIONS.items() if cues.has(unnamed, cue)),
        mentions=mentions,
        items=items,
        focus=tuple(t for i, t in enumerate(items) if i not in covered and not is_empty(t)),
        count=_count(plain),
        numeric=cues.has(plain, cues.NUMERIC),
        same=cues.has(plain, cues.SAME),
        contrast=cues.has(plain, cues.STRONG_COMPARE),
        common=cues.has(plain, cues.COMMON),
    )
    asked = replace(asked, kind=kind_of(asked))
    counting = {"parts", "drawbacks", "names", "example", "benefits"} & set(asked.aspects)
    return replace(asked, numeric=asked.numeric and not counting and asked.dimensions != ("cost",))


def kind_of(asked: Asked) -> Kind:
    """The kind of answer a question wants, going by its words and by the concepts it is about."""
    plain = fold(asked.text)
    bare = cues.POLITE.sub("", plain)
    if not asked.mentions and cues.CHAT.match(plain):
        return "chat"
    several = len(asked.slugs) > 1
    yes_no = cues.YES_NO.search(bare) is not None
    if asked.same and (yes_no or (several and not asked.contrast)):
        return "yes_no"
    if yes_no and not asked.contrast and not cues.has(bare, "or|better|between"):
        return "yes_no"
    if several and (cues.has(bare, cues.COMPARE) or "parts" not in asked.aspects):
        return "list" if _each_listed(asked) else "compare"
    wanted = [a for a in asked.aspects if a != "why"]
    if wanted and len(wanted) <= 2 and {"drawbacks", "benefits", "names", "parts"} >= set(wanted):
        return "list"
    if "parts" in wanted and set(wanted) <= {"parts", "how"}:
        return "list"
    if wanted == ["example"]:
        return (
            "list" if cues.has(plain, r"examples|instances|list|beispiele|exemples") else "example"
        )
    return "yes_no" if yes_no else "explain"


def _each_listed(asked: Asked) -> bool:
    """ "Drawbacks of A and B" wants two lists and no comparison."""
    return not asked.contrast and asked.aspects in {("drawbacks",), ("names",), ("example",)}


def _aspects(plain: str) -> tuple[Aspect, ...]:
    """The aspects asked, in answering order; "what are" and "explain" before an aspect are none."""
    found: list[Aspect] = [name for name, cue in cues.ASPECTS.items() if cues.has(plain, cue)]
    definitions = len(cues.pattern(cues.ASPECTS["definition"]).findall(plain))
    if "definition" in found and len(found) > 1:
        both = definitions > 1 or (definitions == 1 and cues.has(plain, "and|und|y|et"))
        if not both:
            found.remove("definition")
    if set(found) <= {"definition", "how"} and cues.has(plain, cues.SO_MANY):
        found = ["parts"]
    if "how" in found and {"names", "parts", "drawbacks"} & set(found):
        found.remove("how")
    return tuple(found)


def _without_dimension(
    mentions: tuple[Mention, ...], items: Sequence[Token]
) -> tuple[Mention, ...]:
    """ "Personalisation in A and B" asks for a dimension of A and B, not for three concepts."""
    others = [m for m in mentions if m.slug != "personalisation"]
    if not others or len(others) == len(mentions):
        return mentions
    own = next(m for m in mentions if m.slug == "personalisation")
    after = items[own.end].norm if own.end < len(items) else ""
    before = items[own.start - 1].norm if own.start else ""
    asked = after in {"in", "of", "for", "between", "under", "does", "do"} or before in {
        "of",
        "more",
        "much",
        "less",
        "about",
        "terms",
    }
    return tuple(others) if asked else mentions


def _names_only(items: Sequence[Token]) -> tuple[Token, ...]:
    """Where most words are capitalised, or nouns are as in German, capitals mark no names.

    Digits still do.
    """
    capital = sum(token.text[:1].isupper() for token in items)
    if (len(items) > 2 and capital > 0.6 * len(items)) or is_foreign(items):
        return tuple(replace(token, named=any(c.isdigit() for c in token.text)) for token in items)
    return tuple(items)


def _without(text: str, items: Sequence[Token], mentions: Sequence[Mention]) -> str:
    """The folded question with every concept's name cut out, so a name gives no aspect."""
    out, position = [], 0
    for mention in mentions:
        out += [text[position : items[mention.start].start], "…"]
        position = items[mention.end - 1].end
    return cues.POLITE.sub("", fold("".join([*out, text[position:]])))


def _count(plain: str) -> int | None:
    found = cues.pattern(cues.COUNT).search(plain)
    if found is None:
        return None
    return COUNTS.get(found.group(1)) or int(found.group(1))
