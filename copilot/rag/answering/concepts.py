"""Which concepts a text names: exact names and aliases, both spellings, glued words, typos."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from copilot.rag.answering.slips import COINING, budget, is_coined, is_word, nearest
from copilot.rag.answering.words import STOP, WRAPPING, Token, one_spelling, stem, tokens
from copilot.records import ConceptNote
from copilot.text import fold

__all__ = ["Mention", "Vocabulary", "budget", "compact", "find", "named", "vocabulary"]

_WORD = re.compile(r"[^\W_]+")
LONGEST = 7  # words a name may have
TYPO_SCORE = 0.8
CANDIDATES = 3  # words of names that one slip may stand for
SLIPS = 3  # words of one name that may be slips
_JOINTS = frozenset({"and", "or", "vs", "versus", "from", "with", "to", "against", "than", "und"})
_EDGES = frozenset({"the", "of", "and", "in", "is", "an", "for", "to"})

Key = tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True)
class Mention:
    """A concept named in a text: tokens `start` to `end`, and how surely (1 exact, less a typo)."""

    slug: str
    start: int
    end: int
    surface: str
    score: float = 1.0


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Every name of every concept, ready to be looked up; made by `vocabulary`.

    `forms` gives the slug of a name written without spaces; `skeletons` that of a name whose
    small inner words do not count; `name_words` are the words of names and `long_names` whole
    names, both for finding slips. `words` and `stems` are those of all notes. `kin` are the
    concepts a note is set beside, either way; `held` the stems of a note, `titles` the words of
    its names.
    """

    forms: Mapping[str, str]
    skeletons: Mapping[tuple[str, ...], str]
    names: frozenset[tuple[str, ...]]
    name_words: tuple[str, ...]
    long_names: tuple[str, ...]
    words: frozenset[str]
    stems: frozenset[str]
    kin: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    titles: Mapping[str, frozenset[str]] = field(default_factory=dict)


def vocabulary(notes: Sequence[ConceptNote]) -> Vocabulary:
    """The names of all notes; where two notes share a name, the one titled so owns it."""
    key = tuple(
        (note.slug, note.title, note.aliases, (*note.contrasts_with, *note.related))
        for note in notes
    )
    return _vocabulary(key, tuple(note.raw for note in notes))


@lru_cache(maxsize=8192)
def named(text: str, words: Vocabulary) -> frozenset[str]:
    """The slugs of the concepts a text names exactly; quick, for many sentences."""
    return frozenset(mention.slug for mention in _exact(tokens(text), words))


def find(text: str, words: Vocabulary) -> tuple[Mention, ...]:
    """The concepts a text names, in order of appearance, longest name first.

    Names are compared without accents, capitals, hyphens, spaces and plural, in one spelling;
    what is left is compared letter by letter (`slips.nearest`), unless it is a word by itself:
    "macromarketing" and "brand vice" name nothing.
    """
    items = tokens(text)
    exact = [m for m in _exact(items, words) if not _is_prefixed(m, items, text)]
    exact += _headless(items, words, exact, text)
    exact = _loose(items, words, exact)
    slips = _slips(items, words, exact)
    kept = [m for m in exact if not any(s.start <= m.start < s.end for s in slips)]
    return tuple(sorted((*kept, *slips), key=lambda mention: mention.start))


def compact(names: Sequence[str]) -> str:
    """Words as one string without spaces, each in the singular and one spelling."""
    return "".join(_singular(one_spelling(name)) for name in names)


@lru_cache(maxsize=4)
def _vocabulary(key: Key, raws: tuple[str, ...]) -> Vocabulary:
    forms: dict[str, str] = {}
    split_forms: dict[tuple[str, ...], str] = {}
    titled = [(slug, (title,)) for slug, title, _, _ in key]
    for slug, names in [*titled, *((slug, aliases) for slug, _, aliases, _ in key)]:
        for name in (*names, *([slug.replace("-", " ")] if names else [])):
            split = tuple(_singular(t.norm) for t in tokens(name))
            if split and "".join(split) not in forms:
                forms["".join(split)] = slug
                split_forms[split] = slug
    spelt = [{one_spelling(word) for word in _WORD.findall(fold(raw))} for raw in raws]
    held = [frozenset(stem(word) for word in own) for own in spelt]
    slugs = [slug for slug, _, _, _ in key]
    return Vocabulary(
        forms=forms,
        skeletons={_skeleton(split): slug for split, slug in split_forms.items() if _inner(split)},
        names=frozenset(split_forms),
        name_words=_name_words(key, split_forms),
        long_names=tuple(form for form in forms if len(form) > 9),
        words=frozenset[str]().union(*spelt) | STOP | WRAPPING,
        stems=frozenset[str]().union(*held),
        kin=_kin(key),
        held=dict(zip(slugs, held, strict=True)),
        titles={
            slug: frozenset(t.norm for name in (title, *aliases) for t in tokens(name))
            for slug, title, aliases, _ in key
        },
    )


def _name_words(key: Key, split_forms: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The words of names as they are written and in the singular."""
    written = {t.norm for _, title, also, _ in key for name in (title, *also) for t in tokens(name)}
    return tuple(sorted(w for w in written.union(*split_forms) if len(w) > 3))


def _kin(key: Key) -> dict[str, tuple[str, ...]]:
    """The concepts each note is set beside: those it names first, then those that name it."""
    found: dict[str, dict[str, None]] = {slug: dict.fromkeys(beside) for slug, _, _, beside in key}
    for slug, _, _, beside in key:
        for other in beside:
            found.get(other, {})[slug] = None
    return {slug: tuple(other for other in near if other in found) for slug, near in found.items()}


def _exact(items: list[Token], words: Vocabulary) -> list[Mention]:
    found: list[Mention] = []
    taken: set[int] = set()
    names = _singulars(items)
    for length in range(min(LONGEST, len(items)), 0, -1):
        for start in range(len(items) - length + 1):
            slug = words.forms.get("".join(names[start : start + length]))
            places = range(start, start + length)
            if slug is None or not taken.isdisjoint(places):
                continue
            span = items[start : start + length]
            if _at_edge(span) and names[start : start + length] not in words.names:
                continue
            taken.update(places)
            found.append(Mention(slug, start, start + length, _surface(span)))
    return found


def _is_prefixed(mention: Mention, items: Sequence[Token], text: str) -> bool:
    """Whether a hyphen ties the name to a prefix: "de-positioning" is another word."""
    before = items[mention.start - 1] if mention.start else None
    if before is None or before.norm not in COINING:
        return False
    return text[before.end : items[mention.start].start] in {"-", "‑"}


def _headless(
    items: list[Token], words: Vocabulary, exact: list[Mention], text: str
) -> list[Mention]:
    """ "Mass, niche and local marketing": the first names lack their last word."""
    found: list[Mention] = []
    for mention in exact:
        end, head = mention.start, items[mention.end - 1]
        if mention.end - mention.start < 2:
            continue
        while (end := _joined_at(items, end, text)) > 0:
            taken = {(m.start, m.end) for m in exact}
            clash = any(start < end <= stop for start, stop in taken)
            name = None if clash else _named_with(items, words, end, head)
            if name is None or name.slug == mention.slug:
                break
            found.append(name)
            end = name.start
    return found


def _joined_at(items: list[Token], start: int, text: str) -> int:
    """Where the name ends that a comma, "and" or "versus" joins to the one at `start`; else 0."""
    if start > 1 and items[start - 1].norm in _JOINTS:
        return start - 1
    apart = text[items[start - 1].end : items[start].start] if start else ""
    return start if "," in apart else 0


def _named_with(items: list[Token], words: Vocabulary, end: int, head: Token) -> Mention | None:
    for length in (2, 1):
        span = items[max(0, end - length) : end]
        slug = words.forms.get(compact([t.norm for t in (*span, head)]))
        if len(span) == length and slug is not None:
            return Mention(slug, end - length, end, _surface(span))
    return None


def _loose(items: list[Token], words: Vocabulary, exact: list[Mention]) -> list[Mention]:
    """The mentions with those whose small inner words are others: "call too action"."""
    found = list(exact)
    for length in (3, 4, 5):
        for start in range(len(items) - length + 1):
            names, end = _singulars(items[start : start + length]), start + length
            if not _inner(names) or _JOINTS & set(names[1:-1]) - {"to"}:
                continue
            slug = words.skeletons.get(_skeleton(names))
            if slug is not None and not _cuts(start, end, found):
                found = [m for m in found if m.start < start or m.end > end]
                found.append(Mention(slug, start, end, _surface(items[start:end]), TYPO_SCORE))
    return found


def _inner(names: Sequence[str]) -> bool:
    return any(name in STOP for name in names[1:-1])


def _skeleton(names: Sequence[str]) -> tuple[str, ...]:
    """A name with its small inner words all alike."""
    return (names[0], *("·" if name in STOP else name for name in names[1:-1]), names[-1])


def _at_edge(span: list[Token]) -> bool:
    # Glued together such words could make another name; a name that has one, "opt in", may.
    return len(span) > 1 and bool({span[0].norm, span[-1].norm} & _EDGES)


def _singulars(span: list[Token]) -> tuple[str, ...]:
    return tuple(_singular(one_spelling(token.norm)) for token in span)


def _slips(items: list[Token], words: Vocabulary, exact: list[Mention]) -> list[Mention]:
    """Names with slips; one may reach over an exact name that is a part of it."""
    meant = [_meant(token.norm, words) for token in items]
    found: list[Mention] = []
    for position, candidates in enumerate(meant):
        if not candidates or any(m.start <= position < m.end for m in (*exact, *found)):
            continue
        best = _best_slip(items, position, meant, words, [*exact, *found])
        if best is not None:
            found.append(best)
    return found


def _meant(word: str, words: Vocabulary) -> tuple[str, ...]:
    """The word and what it may be a slip of: words of names; nothing for a word that is right."""
    if len(word) < 3 or not word.isalpha() or word in words.words:
        return ()
    return _slip_of(word, words)


@lru_cache(maxsize=4096)
def _slip_of(word: str, words: Vocabulary) -> tuple[str, ...]:
    if is_word(word) or is_coined(word, words.words):
        return ()
    near = nearest(word, words.name_words, CANDIDATES)
    whole = nearest(_singular(word), words.long_names, 1) if len(word) > 8 else []
    return (word, *dict.fromkeys(target for _, target in (*near, *whole)))


def _best_slip(
    items: list[Token],
    position: int,
    meant: Sequence[tuple[str, ...]],
    words: Vocabulary,
    others: Sequence[Mention],
) -> Mention | None:
    for length in range(min(LONGEST, len(items)), 0, -1):
        for start in range(max(0, position - length + 1), position + 1):
            end = start + length
            if end > len(items) or _cuts(start, end, others):
                continue
            slug = _spelt(items[start:end], meant[start:end], words)
            if slug is not None:
                return Mention(slug, start, end, _surface(items[start:end]), TYPO_SCORE)
    return None


def _cuts(start: int, end: int, others: Sequence[Mention]) -> bool:
    """Whether a stretch holds a part of a mention, or the whole of one that has slips itself."""
    crossing = [m for m in others if m.start < end and m.end > start]
    return any(m.start < start or m.end > end or m.score < 1 for m in crossing)


def _spelt(span: list[Token], meant: Sequence[tuple[str, ...]], words: Vocabulary) -> str | None:
    """The concept a stretch names when each slip is read as one of the words it may stand for."""
    if sum(bool(candidates) for candidates in meant) > SLIPS:
        return None
    choices = [m or (token.norm,) for m, token in zip(meant, span, strict=True)]
    for chosen in product(*choices):
        name = compact(chosen)
        slug = words.forms.get(name)
        if _at_edge(span) and tuple(_singular(one_spelling(w)) for w in chosen) not in words.names:
            continue
        # A short word with a slip in it is known only by the company it keeps.
        short = any(m and len(word) < 5 for m, word in zip(meant, chosen, strict=True))
        if slug is not None and (not short or (len(chosen) > 1 and len(name) > 5)):
            return slug
    return None


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _surface(span: list[Token]) -> str:
    return fold(" ".join(token.text for token in span))
