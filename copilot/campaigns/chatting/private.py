"""A message without the personal values in it, for a model's eyes."""

import functools
import re
from collections.abc import Sequence

from copilot.campaigns.chatting.speech import speech
from copilot.campaigns.check.extract import extract_text
from copilot.campaigns.check.lexicon import LANGUAGES, lexicon, month_of
from copilot.campaigns.check.names import listed
from copilot.campaigns.check.view import folded
from copilot.records import Language

_MASKED = {"email": "[email]", "phone": "[phone]", "address": "[address]"}
_LONG_NUMBER = re.compile(r"(?<![\w.,])(?:\d[ -]?){6,}\d(?![\w%])")
_CAPITAL = re.compile(
    r"(?<![\w\[])[^\W\d_a-zà-ÿ][\w'-]*(?:[ ](?:von |van |de |del |da |di )?"
    r"[^\W\d_a-zà-ÿ][\w'-]*)*"
)
_TITLE = (
    r"customer|client[ea]?|kundin|kunde|mr|mrs|ms|miss|dr|prof|herrn?|frau|monsieur|madame|mme|mlle"
    r"|señora?|sra?|don|doña"
)


def masked(text: str, language: Language, known: Sequence[str] = ()) -> str:
    """The text with e-mail addresses, telephone numbers, postal addresses, long numbers and what
    may be a person's name in square brackets. `known` names of the business stay.

    When in doubt a word is masked: it costs the model a hint, never a person their name.
    """
    for span in sorted(extract_text(text, language), key=lambda each: -each.start):
        if span.kind in _MASKED:
            text = f"{text[: span.start]}{_MASKED[span.kind]}{text[span.end :]}"
    text = _LONG_NUMBER.sub("[number]", text)
    text = re.sub(
        rf"(?i)(?<!\w)(?:{_TITLE})\.? (?-i:[A-ZÀ-Þ])[\w'-]*(?: (?-i:[A-ZÀ-Þ])[\w'-]*)*",
        "[name]",
        text,
    )
    plain = _plain_words(tuple(known))
    text = _CAPITAL.sub(lambda found: _without_names(found, language, plain), text)
    return re.sub(r"[^\W\d_]{3,}", lambda each: _unless_given(each[0], plain), text)


def _unless_given(word: str, plain: frozenset[str]) -> str:
    """The word, or its mask when it is a given name, however it is written."""
    low = folded(word)
    return "[name]" if low in listed("given") and low not in plain else word


def _without_names(found: re.Match[str], language: Language, plain: frozenset[str]) -> str:
    """A run of capitalised words with those masked that may be a person's name."""
    words = found[0].split()
    low = [folded(word).removesuffix("'s") for word in words]
    starts = not re.search(r"[^\s.!?:\n\"]\s*$", found.string[: found.start()])
    strange = [
        not word.isupper() and each not in plain and not (starts and number == 0)
        for number, (word, each) in enumerate(zip(words, low, strict=True))
    ]
    given = [each in listed("given") for each in low]
    if language == "de":
        # every noun is written with a capital letter; a name is a given name and what follows it
        strange = [
            is_given or (number > 0 and given[number - 1]) for number, is_given in enumerate(given)
        ]
    shown = [
        "[name]" if name or is_given else word
        for word, name, is_given in zip(words, strange, given, strict=True)
    ]
    return re.sub(r"\[name\](?: \[name\])+", "[name]", " ".join(shown))


@functools.lru_cache(maxsize=16)
def _plain_words(known: tuple[str, ...]) -> frozenset[str]:
    """Words that are no person's name though they may be written with a capital letter."""
    found = {word for name in known for word in folded(name).split()}
    for language in LANGUAGES:
        words = speech(language)
        found |= words.marks | words.fillers | set(words.weekdays) | set(month_of(language))
        named = (*words.channels.values(), *(words.say[f"in_{each}"] for each in LANGUAGES))
        found |= set(re.findall(r"[a-z]+", folded(" ".join(named))))
        found |= {folded(each) for each in lexicon(language).stop_words}
    return frozenset(found)
