"""How easy a text is to read, by the formula made for its language."""

import re
from collections.abc import Iterator

from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.view import MASK
from copilot.records import Finding, Language

_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SENTENCES = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?<=[^aeiouyl])e(?:d|s)?$")
_LEAST_WORDS = 40
_HARD = 35.0

FORMULAS: dict[Language, tuple[str, float, float, float]] = {
    "en": ("Flesch reading ease", 206.835, 1.015, 84.6),
    "de": ("Amstad's index", 180.0, 1.0, 58.5),
    "fr": ("Kandel and Moles's index", 207.0, 1.015, 73.6),
    "es": ("Fernández Huerta's index", 206.84, 1.02, 60.0),
}
"""Name, constant, weight of words a sentence, weight of syllables a word.

Flesch, J. Applied Psychology 32 (1948); Amstad, Wie verständlich sind unsere Zeitungen? (1978);
Kandel and Moles, Cahiers d'Études de Radio-Télévision 19 (1958); Fernández Huerta, Consigna 214
(1959).
"""


def ease(low: str, language: Language) -> float | None:
    """Reading ease of a folded text, 100 very easy and 0 very hard; None under 40 words.

    >>> ease("a cat sat on a mat. " * 10, "en") > 90
    True
    """
    plain = _LINK.sub(" ", low.replace(MASK, " "))
    sentences = [found for each in _SENTENCES.split(plain) if (found := _WORD.findall(each))]
    words = [word for each in sentences for word in each]
    if len(words) < _LEAST_WORDS:
        return None
    _, constant, by_length, by_syllables = FORMULAS[language]
    syllables = sum(_syllables(word, language) for word in words)
    length = len(words) / len(sentences)
    return constant - by_length * length - by_syllables * syllables / len(words)


def readable(text: Text, case: Case) -> Iterator[Finding]:
    """Warns of a body that only trained readers read with ease."""
    if text.part != "body":
        return
    language = case.lex.language
    score = ease(text.low, language)
    if score is not None and score < _HARD:
        yield text.warn(
            "style.readability",
            0,
            0,
            f"The text is hard to read: {FORMULAS[language][0]} gives {score:.0f} of 100.",
            origin="readability",
            fix="Write shorter sentences and shorter words.",
        )


def _syllables(word: str, language: Language) -> int:
    if language in {"en", "fr"}:
        word = _SILENT.sub("", word) or word
    return max(1, len(_VOWELS.findall(word)))
