"""Banned words, the language of the text, loudness, and copy that repeats itself."""

import functools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.lexicon import LANGUAGES, lexicon, words
from copilot.campaigns.check.placeholders import merged
from copilot.campaigns.check.view import MASK, folded
from copilot.records import Draft, Finding, Language

if TYPE_CHECKING:
    from lingua import LanguageDetector

_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"\"[^\"\n]{3,120}\"")
_CAPS = re.compile(r"(?<!\w)[A-ZÀ-Ý]{4,}(?:\s+[A-ZÀ-Ý]{2,})+(?!\w)")
_MARKS = re.compile(r"!{2,}|\?{2,}|(?:!\s*\?)")
_LEAST_WORDS = 4
_MARGIN = 1.5
_MOST = 0.6
_MOST_MARKS = 3
_SHINGLE = 4
_ALIKE = 0.9
_LEAST_FOREIGN = 5
_CERTAIN = 0.97
_TONGUES = (
    *("ENGLISH", "GERMAN", "FRENCH", "SPANISH", "ITALIAN", "PORTUGUESE", "DUTCH", "POLISH"),
    *("TURKISH", "CATALAN", "SWEDISH", "DANISH"),
)


def banned(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks the brand kit's banned words, their plurals and endings included."""
    for word in case.assignment.brief.brand.banned:
        low = re.sub(
            r"[\s-]+", "[\\\\s-]*", re.escape(folded(word)).replace(r"\-", "-").replace(r"\ ", " ")
        )
        for found in re.finditer(rf"(?<!\w){low}(?:s|er|est|ly|e|en|es|er)?(?!\w)", text.low):
            yield text.block(
                "brand.banned",
                found.start(),
                found.end(),
                f"The brand kit bans “{word}”.",
                origin="brand.banned",
                fix="Say it in other words.",
            )


def language(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks a paragraph whose small words are those of another language."""
    start = 0
    for paragraph in text.rest.split("\n"):
        other = _other_language(paragraph, case.lex.language)
        other = other or _other_sentence(paragraph, case.lex.language)
        other = other or _foreign(paragraph, case.lex.language)
        if other:
            yield text.block(
                "language",
                start,
                start + len(paragraph),
                f"This reads as {other}, and {case.lex.language} was asked for.",
                origin="brief.languages",
                fix=f"Write it in {case.lex.language}.",
            )
        start += len(paragraph) + 1


def _other_language(paragraph: str, wanted: Language) -> str:
    plain = _QUOTED.sub(" ", paragraph.replace(MASK, " "))
    found = [word for word in _WORD.findall(plain) if len(word) > 1]
    scores = {each: sum(w in _stops(each) for w in found) for each in LANGUAGES}
    own = scores.pop(wanted)
    other = max(scores, key=lambda each: scores[each])
    return other if scores[other] >= _LEAST_WORDS and scores[other] > _MARGIN * own else ""


def _other_sentence(paragraph: str, wanted: Language) -> str:
    """The language of a sentence that has no common word of the wanted one and mostly those of
    another."""
    plain = _QUOTED.sub(MASK, paragraph)
    for sentence in re.split(r"[.!?:;]+(?=\s|$)", plain):
        found = [word for word in _WORD.findall(sentence) if len(word) > 1 and MASK not in word]
        if len(found) < _LEAST_WORDS or any(word in _common(wanted) for word in found):
            continue
        for other in LANGUAGES:
            theirs = _common(other) - _shared()
            if other != wanted and sum(w in theirs for w in found) >= _MOST * len(found):
                return other
    return ""


def _foreign(paragraph: str, wanted: Language) -> str:
    """Any other language of a sentence that has no common word of the wanted one.

    Asked last and seldom: the detector takes most of a second to load.
    """
    for sentence in re.split(r"[.!?:;]+(?=\s|$)", _QUOTED.sub(MASK, paragraph)):
        found = [word for word in _WORD.findall(sentence) if len(word) > 1]
        if len(found) < _LEAST_FOREIGN or MASK in sentence:
            continue
        if not any(word in _common(wanted) for word in found):
            best = _detector().compute_language_confidence_values(sentence)[0]
            if best.value >= _CERTAIN and best.language.iso_code_639_1.name.lower() != wanted:
                return str(best.language.name.capitalize())
    return ""


@functools.cache
def _detector() -> "LanguageDetector":
    """Trigrams only: 25 MB and 0.4 ms a sentence, where all n-grams take 250 MB and 4 ms."""
    from lingua import Language as Tongue
    from lingua import LanguageDetectorBuilder

    tongues = (getattr(Tongue, name) for name in _TONGUES)
    return LanguageDetectorBuilder.from_languages(*tongues).with_low_accuracy_mode().build()


@functools.cache
def _common(language: Language) -> frozenset[str]:
    return _stops(language) | {folded(word) for word in lexicon(language).common}


@functools.cache
def _shared() -> frozenset[str]:
    """Common words of more than one language, which tell nothing."""
    every = [word for each in LANGUAGES for word in _common(each)]
    return frozenset(word for word in every if every.count(word) > 1)


@functools.cache
def _stops(language: Language) -> frozenset[str]:
    return frozenset(folded(word) for word in lexicon(language).stop_words)


def loudness(text: Text, case: Case) -> Iterator[Finding]:
    """Warns of shouting, and of phrases that spam filters and readers distrust."""
    for found in words(*case.lex.spam).finditer(text.rest):
        yield text.warn(
            "style.spam",
            found.start(),
            found.end(),
            f"Spam filters distrust “{found[0]}”.",
            origin="deliverability",
            fix="Say it plainly.",
        )
    for pattern in (_CAPS, _MARKS):
        for found in pattern.finditer(text.view.raw):
            yield text.warn(
                "style.shouting",
                found.start(),
                found.end(),
                f"“{found[0]}” shouts.",
                origin="deliverability",
                fix="Use sentence case and one mark.",
            )
    count = text.view.raw.count("!")
    if count > _MOST_MARKS:
        yield text.warn(
            "style.shouting",
            0,
            0,
            f"There are {count} exclamation marks.",
            origin="deliverability",
            fix="Keep one at most.",
        )


def avoided(text: Text, case: Case) -> Iterator[Finding]:
    """Warns of words the brand's voice avoids."""
    for word in case.assignment.brief.brand.voice.avoid:
        for found in words(re.escape(folded(word))).finditer(text.low):
            yield text.warn(
                "brand.voice",
                found.start(),
                found.end(),
                f"The brand's voice avoids “{word}”.",
                origin="brand.voice.avoid",
                fix="Say it in other words.",
            )


def duplicates(drafts: Sequence[Draft]) -> dict[str, Finding]:
    """Drafts of different units whose bodies are nearly the same, by draft id.

    Bodies are compared as sets of four-word runs, names of units left out; the second and later
    of a pair are reported. Two sets as alike as that share one of their rarest runs, so only
    those are looked up (the prefix filter of set-similarity joins: Bayardo, Ma and Srikant 2007).
    """
    runs = [frozenset(_runs(draft)) for draft in drafts]
    common = Counter(run for each in runs for run in each)
    by_run: dict[tuple[str, ...], list[int]] = defaultdict(list)
    found: dict[str, Finding] = {}
    for number, draft in enumerate(drafts):
        rarest = sorted(runs[number], key=lambda run: (common[run], run))
        prefix = rarest[: len(rarest) - math.ceil(_ALIKE * len(rarest)) + 1]
        keys = [(draft.channel, draft.language, draft.variant, run) for run in prefix]
        for place in sorted({place for key in keys for place in by_run[key]}):
            other, theirs = drafts[place], runs[place]
            shared = len(runs[number] & theirs) / len(runs[number] | theirs)
            if other.unit != draft.unit and shared >= _ALIKE:
                found[draft.draft_id] = _repeated(other)
                break
        for key in keys:
            by_run[key].append(number)
    return found


def _repeated(other: Draft) -> Finding:
    return Finding(
        rule="copy.duplicate",
        severity="warn",
        text="",
        message=f"The text is nearly that of {other.unit} ({other.draft_id}).",
        source="campaign",
        fix="Word it differently, or send one message to both.",
    )


def _runs(draft: Draft) -> set[str]:
    low = folded(merged(draft.message.body))
    low = re.sub(rf"(?<!\w){re.escape(folded(draft.unit))}(?!\w)", " ", low)
    found = _WORD.findall(low)
    return {" ".join(found[n : n + _SHINGLE]) for n in range(max(1, len(found) - _SHINGLE + 1))}
