"""Things and services a text says the business has, which no fact gives."""

import functools
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from copilot.campaigns.check.amounts import stem
from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.lexicon import lexicon, words
from copilot.campaigns.check.view import MASK, folded
from copilot.records import Finding, Language
from copilot.records.base import Record
from copilot.text import shipped_yaml

_TOKEN = re.compile(r"[^\W\d_][\w'-]*")
_NEXT = re.compile(r"[ :\n]{1,2}([^\W\d_][\w'-]*)")
_SENTENCE = re.compile(r"[^.!?;\n]+")
_EXPLAINED = re.compile(rf"(?: (?:is|are|ist|sind|est|sont|es|son|wird|werden))? ?,? ?{MASK}")
_AND = re.compile(
    r"(?: \w+){0,2}?,? (?:and|und|et|y|&) (?:(?:an?|eine?n?|une?|una?|our|unsere?n?|nos|notre"
    r"|de|des|du|de la) )?(?P<w>[^\W\d_][\w'-]+)"
)
_PRONOUNS = frozenset({"te"})
"""Words that are things only when written with an accent ("té")."""

_LONGEST = 3
_LEAST_HEAD = 3
_DESCRIBED = 2
_ENDING = 2

Place = tuple[int, int]
Known = dict[str, frozenset[int]]


class Offerings(Record):
    """See lexica/offerings.yaml."""

    nouns: tuple[str, ...]
    everyday: tuple[str, ...]
    cues: tuple[str, ...]
    endings: tuple[str, ...] = ()
    idioms: tuple[str, ...]
    frames: tuple[str, ...]
    plain: tuple[str, ...]
    describing: tuple[str, ...]
    own: tuple[str, ...]


def offerings(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks what is offered without a fact: named as such a thing, or after "our", "we offer"."""
    language = case.lex.language
    known = known_stems(case.vocabulary, language)
    rest = words(*_listed(language).idioms).sub(lambda found: MASK * len(found[0]), text.rest)
    seen = 0
    listing = text.part == "body" and case.assignment.channel in {"flyer", "rsa"}
    named = _named(rest, known, language, listing=listing)
    for start, end in sorted({*named, *_framed(rest, known, language)}):
        if start < seen or text.view.raw[start:end].casefold() in _PRONOUNS:
            continue
        seen = end
        yield text.block(
            "product.unknown",
            start,
            end,
            f"No fact says that there is “{text.view.raw[start:end]}”.",
            origin="facts",
            fix="Leave it out, or add it to the brief's facts.",
        )


@functools.lru_cache(maxsize=256)
def known_stems(vocabulary: frozenset[str], language: Language) -> Known:
    """Stems of every word a message may use because a fact uses it, with the words' lengths."""
    found: dict[str, set[int]] = {}
    for word in vocabulary:
        found.setdefault(stem(word, language), set()).add(len(word))
    return {root: frozenset(lengths) for root, lengths in found.items()}


def is_known(word: str, known: Known, language: Language) -> bool:
    """Whether a fact has the word in some form; words whose stems merely meet differ in length."""
    if "-" in word:
        return all(is_known(part, known, language) for part in word.split("-") if part)
    lengths = known.get(stem(word, language), frozenset())
    return any(abs(length - len(word)) <= _ENDING for length in lengths)


def _named(low: str, known: Known, language: Language, *, listing: bool) -> Iterator[Place]:
    """Where a thing or service is named that no fact names, unless it is the reader's own; in a
    `listing` an everyday thing needs no cue."""
    own = _own(language)
    for sentence in _SENTENCE.finditer(low):
        tokens = list(_TOKEN.finditer(low, *sentence.span()))
        cued = True if listing else None
        for place, token in enumerate(tokens):
            if place and tokens[place - 1][0] in own:
                continue
            run, everyday = _thing(low, tokens[place : place + _LONGEST], language)
            if not run or all(is_known(each[0], known, language) for each in run):
                continue
            if everyday and cued is None:
                cued = bool(words(*_listed(language).cues).search(sentence[0]))
            if not everyday or cued:
                yield token.start(), run[-1].end()


def _thing(
    low: str, tokens: Sequence[re.Match[str]], language: Language
) -> tuple[Sequence[re.Match[str]], bool]:
    """The longest name of a thing that tokens begin with, and whether it is an everyday one."""
    nouns = _nouns(language)
    for count in range(len(tokens), 0, -1):
        run = tokens[:count]
        gaps = (low[a.end() : b.start()] for a, b in pairwise(run))
        if not all(gap in {" ", "-"} for gap in gaps):
            continue
        name = tuple(_base(each[0], language) for each in run)
        if name in nouns:
            return run, nouns[name]
        if count == 1 and "-" in run[0][0]:
            for part in run[0][0].split("-"):
                if (_base(part, language),) in nouns:
                    return run, nouns[_base(part, language),]
        if count == 1 and _ends_as_one(run[0][0], language):
            return run, False
    return (), False


@functools.lru_cache(maxsize=8192)
def _base(word: str, language: Language) -> str:
    """The word in the singular; English keeps its endings, which tell tasting from taste."""
    if language != "en":
        return stem(word, language)
    word = word.removesuffix("'s").removesuffix("'")
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _ends_as_one(word: str, language: Language) -> bool:
    endings = _listed(language).endings
    return any(word.endswith(each) and len(word) >= len(each) + _LEAST_HEAD for each in endings)


def _framed(low: str, known: Known, language: Language) -> Iterator[Place]:
    """Where "our", "we offer" and the like come before something that no fact names, unless
    what is said of it is known."""
    describing = _listed(language).describing
    plain = plain_words(language)
    for frame in words(*_listed(language).frames).finditer(low):
        at, described = frame.end(), 0
        while found := _NEXT.match(low, at):
            word, at = found[1], found.end()
            if word in describing and described < _DESCRIBED:
                described += 1
                continue
            found_known = word in plain or is_known(word, known, language)
            if not found_known and not _EXPLAINED.match(low, at):
                yield frame.start(), at
                yield from _joined(low, at, known, language)
            break


def _joined(low: str, at: int, known: Known, language: Language) -> Iterator[Place]:
    """What is offered in the same breath: "our terrace and a sauna"."""
    if found := _AND.match(low, at):
        word = found["w"]
        if word not in plain_words(language) and not is_known(word, known, language):
            yield found.span("w")


@functools.cache
def plain_words(language: Language) -> frozenset[str]:
    listed, lex = _listed(language), lexicon(language)
    every = (*listed.plain, *listed.own, *lex.stop_words, *lex.common, *lex.neutral)
    return frozenset(folded(word) for word in every)


@functools.cache
def _own(language: Language) -> frozenset[str]:
    return frozenset(_listed(language).own)


@functools.cache
def _nouns(language: Language) -> dict[tuple[str, ...], bool]:
    """Each listed name in the singular, and whether it is an everyday thing."""
    listed = _listed(language)
    return {
        tuple(_base(word, language) for word in _TOKEN.findall(folded(noun))): everyday
        for nouns, everyday in ((listed.everyday, True), (listed.nouns, False))
        for noun in nouns
    }


@functools.cache
def _listed(language: Language) -> Offerings:
    path = Path(__file__).parent / "lexica" / "offerings.yaml"
    return Offerings.model_validate(shipped_yaml(path)[language])
