"""Which concepts a text names: exact names and aliases, both spellings, glued words, typos."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from copilot.rag.answering.words import STOP, WRAPPING, Token, one_spelling, stem, tokens
from copilot.records import ConceptNote
from copilot.text import fold

_WORD = re.compile(r"[^\W_]+")
LONGEST = 7  # words a name may have
TYPO_SCORE = 0.8
# English words one slip away from a concept's name that are no slip: asking about them is asking
# about something else.
_REAL = """macro macromarketing nano neuro mega meta micros loyal legal focal vocal global locale
    demarketing remarketing churned chart charm shift left gift lint mess moss mask rich tall
    medical political logical optical topical marking markets brands branch brunch bland blend
    loan lean loss costs"""
NOT_SLIPS = frozenset(_REAL.split())


@dataclass(frozen=True)
class Mention:
    """A concept named in a text: tokens `start` to `end`, and how surely (1 exact, less a typo)."""

    slug: str
    start: int
    end: int
    surface: str
    score: float = 1.0


@dataclass(frozen=True)
class Vocabulary:
    """Every name of every concept, ready to be looked up; made by `vocabulary`."""

    forms: dict[str, str]
    split_forms: tuple[tuple[tuple[str, ...], str], ...]
    words: frozenset[str]
    stems: frozenset[str]


def vocabulary(notes: Sequence[ConceptNote]) -> Vocabulary:
    """The names of all notes; where two notes share a name, the one titled so owns it."""
    key = tuple((note.slug, note.title, note.aliases) for note in notes)
    return _vocabulary(key, tuple(note.raw for note in notes))


def named(text: str, words: Vocabulary) -> frozenset[str]:
    """The slugs of the concepts a text names exactly; quick, for many sentences."""
    return frozenset(mention.slug for mention in _exact(tokens(text), words))


def find(text: str, words: Vocabulary) -> tuple[Mention, ...]:
    """The concepts a text names, in order of appearance, longest name first.

    Names are compared without accents, capitals, hyphens, spaces and plural, in one spelling;
    what is left is compared letter by letter, allowing one slip in words of five to seven
    letters and two in longer ones.
    """
    items = tokens(text)
    exact = _exact(items, words)
    taken = {i for mention in exact for i in range(mention.start, mention.end)}
    slips = _slips(items, words, taken)
    return tuple(sorted((*exact, *slips), key=lambda mention: mention.start))


def compact(names: Sequence[str]) -> str:
    """Words as one string without spaces, each in the singular and one spelling."""
    return "".join(_singular(one_spelling(name)) for name in names)


@lru_cache(maxsize=4)
def _vocabulary(
    key: tuple[tuple[str, str, tuple[str, ...]], ...], raws: tuple[str, ...]
) -> Vocabulary:
    forms: dict[str, str] = {}
    split_forms: dict[tuple[str, ...], str] = {}
    titled = [(slug, (title,)) for slug, title, _ in key]
    for slug, names in [*titled, *((slug, aliases) for slug, _, aliases in key)]:
        for name in (*names, *([slug.replace("-", " ")] if names else [])):
            split = tuple(_singular(t.norm) for t in tokens(name))
            if split and "".join(split) not in forms:
                forms["".join(split)] = slug
                split_forms[split] = slug
    spelt = {word for raw in raws for word in _WORD.findall(fold(raw))}
    known = {one_spelling(word) for word in spelt}
    return Vocabulary(
        forms=forms,
        split_forms=tuple(split_forms.items()),
        words=frozenset(known | STOP | WRAPPING),
        stems=frozenset(stem(word) for word in known),
    )


def _exact(items: list[Token], words: Vocabulary) -> list[Mention]:
    found: list[Mention] = []
    taken: set[int] = set()
    for length in range(min(LONGEST, len(items)), 0, -1):
        for start in range(len(items) - length + 1):
            span = items[start : start + length]
            if taken & set(range(start, start + length)):
                continue
            slug = words.forms.get(compact([t.norm for t in span]))
            if slug is None or (length > 1 and (_edge(span[0]) or _edge(span[-1]))):
                continue
            taken |= set(range(start, start + length))
            found.append(Mention(slug, start, start + length, _surface(span)))
    return found


def _edge(token: Token) -> bool:
    # "A/B test" and "one to one" may begin so; "the" and "of" never belong to a name's edge.
    return token.norm in {"the", "of", "and", "in", "is", "an", "for", "to"}


def _slips(items: list[Token], words: Vocabulary, taken: set[int]) -> list[Mention]:
    found: list[Mention] = []
    odd = [
        i
        for i, token in enumerate(items)
        if i not in taken
        and token.norm not in words.words
        and token.norm not in NOT_SLIPS
        and len(token.norm) >= 4
        and not token.norm.isdigit()
    ]
    for position in odd:
        if position in taken:
            continue
        best = _best_slip(items, position, words, taken)
        if best is not None:
            taken |= set(range(best.start, best.end))
            found.append(best)
    return found


def _best_slip(
    items: list[Token], position: int, words: Vocabulary, taken: set[int]
) -> Mention | None:
    for length in range(min(LONGEST, len(items)), 0, -1):
        for start in range(max(0, position - length + 1), position + 1):
            span = items[start : start + length]
            if len(span) < length or taken & set(range(start, start + length)):
                continue
            names = [_singular(t.norm) for t in span]
            if any(name in NOT_SLIPS for name in names):
                continue
            slug = _near(tuple(names), words)
            if slug is not None:
                return Mention(slug, start, start + length, _surface(span), TYPO_SCORE)
    return None


def _near(names: tuple[str, ...], words: Vocabulary) -> str | None:
    from rapidfuzz.distance import OSA

    best: tuple[int, str] | None = None
    joined = "".join(names)
    for form, slug in words.split_forms:
        if form[0][:1] != joined[:1]:
            continue
        if len(form) == len(names):
            slips = [
                OSA.distance(a, b, score_cutoff=budget(b)) for a, b in zip(names, form, strict=True)
            ]
            fits = all(s <= budget(b) for s, b in zip(slips, form, strict=True))
            total = sum(slips)
        else:
            whole = "".join(form)
            total = OSA.distance(joined, whole, score_cutoff=2)
            fits = len(whole) >= 10 and total <= 2 and len(joined) >= 8
        if fits and (best is None or total < best[0]):
            best = (total, slug)
    return best[1] if best else None


def budget(word: str) -> int:
    """How many slips a word of this length may have and still be meant."""
    return 0 if len(word) < 5 else 1 if len(word) < 8 else 2


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _surface(span: list[Token]) -> str:
    return fold(" ".join(token.text for token in span))
