"""A chat message while it is being read: what one reader understood, the next no longer sees."""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from copilot.campaigns.chatting.speech import Speech, compiled, languages_of, speech, spoken
from copilot.campaigns.check.lexicon import lexicon, number_pattern, number_words
from copilot.campaigns.check.view import MASK, View, mask, plain_view
from copilot.records import Language
from copilot.text import squeeze

FIRST, LAST = r"(?<!\w)", r"(?!\w)"


@dataclass
class Scan:
    """The message: `raw` as typed, `low` folded, of the same length, with what was understood
    blotted out; `problems` is what blocks drafting, `notes` what had to be supposed, `channels`
    where channels were named.

    `voices` are the languages it is in, the main one first.
    """

    view: View
    low: str
    voices: tuple[Speech, ...]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    channels: list[tuple[int, int]] = field(default_factory=list)

    @property
    def raw(self) -> str:
        return self.view.raw

    @property
    def language(self) -> Language:
        """The message's main language, in which it is answered."""
        return self.voices[0].language

    def say(self, key: str, **values: object) -> str:
        """An answer in the language of the message."""
        return spoken(self.language, key, values)

    def find(self, pattern: str) -> list[re.Match[str]]:
        """Whole-word matches of a pattern in what is not understood yet."""
        return [each for each in compiled(pattern).finditer(self.low) if MASK not in each[0]]

    def take(self, pattern: str) -> list[re.Match[str]]:
        """`find`, and blot the matches out; what its group `keep` matched is left."""
        found = self.find(pattern)
        for each in found:
            kept = each.re.groupindex.get("keep")
            start = each.end("keep") if kept and each["keep"] is not None else each.start()
            self.cover(start, each.end())
        return found

    def takes(self, key: str) -> Iterator[tuple[Speech, re.Match[str]]]:
        """Every match of the patterns named, of the first pattern that has any, blotted out."""
        for voice in self.voices:
            for pattern in voice.patterns[key]:
                if found := self.take(pattern):
                    yield from ((voice, each) for each in found)
                    return

    def took(self, key: str) -> re.Match[str] | None:
        """The first of `takes`; all of them are blotted out."""
        return next((found for _, found in list(self.takes(key))), None)

    def has(self, key: str) -> re.Match[str] | None:
        """The first match of the patterns named, left as it is."""
        for voice in self.voices:
            for pattern in voice.patterns[key]:
                if found := self.find(pattern):
                    return found[0]
        return None

    def cover(self, start: int, end: int) -> None:
        """Mark characters as understood."""
        self.low = mask(self.low, start, end)

    def text(self, found: re.Match[str], group: str) -> str:
        """A group of a match as it was typed."""
        return squeeze(self.raw[found.start(group) : found.end(group)]).strip(" \"',;:->")

    def leftovers(self) -> list[str]:
        """What no reader could place, as typed; words that carry nothing are passed over."""
        found: list[str] = []
        for piece in re.finditer(rf"[^.,;!?:\n{MASK}]+", self.low):
            if self.unknown(piece[0]):
                found.append(squeeze(self.raw[piece.start() : piece.end()]))
        return found

    def unknown(self, text: str) -> list[str]:
        """The words of a folded text that carry something in none of the message's languages."""
        said = re.findall(r"[\w'&-]+", text)
        return [each for each in said if not self._is_filler(each)]

    def _is_filler(self, word: str) -> bool:
        return any(word in voice.fillers for voice in self.voices) or not re.search(r"\w", word)


def scan(text: str, otherwise: Language = "en", *, following: bool = False) -> Scan:
    """The message with numbers and blanks written one way: `15 per cent` as `15%`.

    For `otherwise` and `following` see `chat_speech.languages_of`.

    >>> scan("20 % off,  fifteen percent").raw
    '20% off, 15%'
    """
    voices = tuple(speech(each) for each in languages_of(text, otherwise, following=following))
    plain = plain_view("\n".join(squeeze(line) for line in text.splitlines())).raw
    for voice in voices:
        plain = _percents(plain, voice.language)
        plain = _weekdays(plain, voice)
    plain = re.sub(r"(?i)\b(to|until|till|and) the (\d{1,2}(?:st|nd|rd|th)\b)", r"\1 \2", plain)
    plain = re.sub(r"(?i)\b(until|till) clos(?:e|ing)(?: time)?(?: on)? (?=\w)", r"\1 ", plain)
    plain = re.sub(r"(\w) (?=[:;!?](?:\s|$))", r"\1", plain)
    view = plain_view(plain)
    return Scan(view, view.low, voices)


def reading(text: str, language: Language) -> Scan:
    """A text in one language, not a message: numbers are left as they stand."""
    view = plain_view(text)
    return Scan(view, view.low, (speech(language),))


def _swapped(text: str, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> str:
    """The text with what the pattern finds in its folded form replaced."""
    view, at, parts = plain_view(text), 0, list[str]()
    for found in pattern.finditer(view.low):
        parts += [view.raw[at : found.start()], new(found)]
        at = found.end()
    return "".join([*parts, view.raw[at:]])


def _percents(text: str, language: Language) -> str:
    names = number_words(language)
    return _swapped(
        text, _percent_pattern(language), lambda found: f"{names.get(found['n'], found['n'])}%"
    )


@functools.cache
def _percent_pattern(language: Language) -> re.Pattern[str]:
    word = lexicon(language).percent
    return re.compile(
        rf"(?<![\w.,])(?P<n>\d+(?:[.,]\d+)?|{number_pattern(language)})[ -]?(?:%|(?:{word})\b)"
    )


def _weekdays(text: str, voice: Speech) -> str:
    """Short weekdays in full where a range or a bound shows what they are: `mon to wed`."""
    short = _short_weekdays(voice.language)

    def whole(found: re.Match[str]) -> str:
        number = next(n for n, each in enumerate(short) if re.fullmatch(each, found["d"]))
        return f"{found['b']}{voice.weekdays[number]}"

    for pattern in _weekday_patterns(voice.language):
        text = _swapped(text, pattern, whole)
    return text


@functools.cache
def _weekday_patterns(language: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    voice = speech(language)
    one = "|".join(_short_weekdays(language))
    days, joint = voice.parts["weekday"], voice.parts["till"]
    return (
        re.compile(rf"(?<!\w)(?P<b>)(?P<d>{one})\.?(?=\s*{joint}\s*(?:{one}|{days})(?!\w))"),
        re.compile(rf"(?<!\w)(?P<b>{days}\s*{joint}\s*)(?P<d>{one})(?!\w)\.?"),
    )


@functools.cache
def _short_weekdays(language: Language) -> tuple[str, ...]:
    return tuple(plain_view(each).low for each in lexicon(language).weekday_short)
