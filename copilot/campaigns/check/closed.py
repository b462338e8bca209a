"""What a short text says that its facts do not, and what a business says that it does.

A text message, a notification, an advert or a poster has room for its facts and little else, so
there every word is a fact's, a plain one, or held. Longer copy may talk: of it, only verbs after
"we" are held that promise something.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from copilot.campaigns.check.amounts import stem
from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.offering import is_known, known_stems, plain_words
from copilot.campaigns.check.view import MASK, folded
from copilot.campaigns.composing.phrases import bank
from copilot.records import Finding, Formality, Language
from copilot.text import shipped_yaml

_CLOSED = frozenset({"sms", "push", "rsa", "flyer", "whatsapp"})
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]?")
_TOKEN = re.compile(r"[^\W\d_][\w'-]*[^\W_]")
_LEAST = 3
_HEAD = 6
_CLAUSE = re.compile(r"[^.!?;:,\n]*")
_LABEL = re.compile(r"(?m)^(?:headline|description|path):")

_WE: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"(?<!\w)we(?: (?:also|now|even|can|will|do|already|gladly|happily)|'ll)*"
        r" (?P<v>[a-z]{2,}\b(?!')) (?!to\b|the same|it\b|you\b(?!r))(?P<o>[a-z]+)"
    ),
    "de": re.compile(r"(?<!\w)(?:wir (?:(?:auch|nun|jetzt) )?(?P<v>\w+en)|(?P<w>\w+en) wir)(?!\w)"),
    "fr": re.compile(r"(?<!\w)(?<!nous )nous (?:(?:vous|te|les?|la) )?(?P<v>\w+ons)(?!\w)"),
    "es": re.compile(r"(?<!\w)(?P<v>\w{2,}[aei]mos)(?!\w)"),
}


def beyond(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks words of a short text that no fact, no plain vocabulary and no phrase bank has."""
    if case.assignment.channel not in _CLOSED or text.part != "body" or case.fragment:
        return
    language = case.lex.language
    known = known_stems(case.vocabulary, language)
    rest = _LABEL.sub(lambda found: MASK * len(found[0]), text.rest)
    for sentence in _SENTENCE.finditer(rest):
        if sentence[0].endswith("?"):
            continue
        odd = [
            token
            for token in _TOKEN.finditer(rest, *sentence.span())
            if len(token[0]) >= _LEAST and not _is_plain(token[0], known, case)
        ]
        if odd:
            start, end = odd[0].start(), odd[-1].end()
            yield text.block(
                "claim.unknown",
                start,
                end,
                f"No fact says “{text.view.raw[start:end]}”.",
                origin="facts",
                fix="Leave it out, or add it to the brief's facts.",
            )


def doings(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks what "we" do where no fact says so: collect, finance, deliver."""
    language = case.lex.language
    known = known_stems(case.vocabulary, language)
    for found in _WE[language].finditer(text.rest):
        name = "v" if found["v"] else "w"
        verb = found[name]
        wished = language == "fr" and verb.endswith("rions")
        if wished or verb in _doing(language) or is_known(verb, known, language):
            continue
        start, end = found.start(name), _CLAUSE.match(text.rest, found.end(name)).end()  # type: ignore[union-attr]
        yield text.block(
            "claim.service",
            start,
            end,
            f"No fact says that the business does this: “{text.view.raw[start:end]}”.",
            origin="facts",
            fix="Leave it out, or add it to the brief's facts.",
        )


def _is_plain(word: str, known: dict[str, frozenset[int]], case: Case) -> bool:
    language = case.lex.language
    parts = (word, *word.split("-")) if "-" in word else (word,)
    return all(
        each in plain_words(language)
        or stem(each, language) in _scene(language)
        or each in case.lex.capitals
        or is_known(each, known, language)
        or (language == "de" and _shares_head(each, case.vocabulary))
        for each in parts[-2:]
        if len(each) >= _LEAST
    )


def _shares_head(word: str, vocabulary: frozenset[str]) -> bool:
    """Whether a German compound begins as a word of the facts does: Kletterspaß, Kletterhalle."""
    return len(word) >= _HEAD and any(each.startswith(word[:_HEAD]) for each in vocabulary)


@functools.cache
def _scene(language: Language) -> frozenset[str]:
    """Stems of the plain words and of those the composer's own phrases use."""
    said = {w for form in get_args(Formality) for w in _phrase_words(language, form)}
    listed = _listed()[language]
    return frozenset(
        stem(folded(word), language) for word in (*listed["scene"], *listed["trades"], *said)
    )


def _phrase_words(language: Language, form: Formality) -> set[str]:
    phrases = str(bank(language, form).model_dump())
    return set(_TOKEN.findall(folded(phrases)))


@functools.cache
def _doing(language: Language) -> frozenset[str]:
    return frozenset(_listed()[language]["doing"])


@functools.cache
def _listed() -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).parent / "lexica" / "scene.yaml"
    found: dict[str, dict[str, list[str]]] = shipped_yaml(path)
    return found
