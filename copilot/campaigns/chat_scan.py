"""A chat message while it is being read: what one reader understood, the next no longer sees."""

import re
from dataclasses import dataclass, field

from copilot.campaigns.check.lexicon import number_pattern, number_words
from copilot.campaigns.check.view import MASK, View, mask, plain_view
from copilot.text import squeeze

FIRST, LAST = r"(?<!\w)", r"(?!\w)"
_FILLERS = frozenset(
    re.findall(
        r"\S+",
        """
    a about above added advert all also an and announce announcing any are as at be brief but
    bring by campaign can change clients code copy could create customer customers date deal
    discount do does draft drafts each email every everybody everyone for from general get
    give giving goal hello hey hi i i'd i'll in instead is it it's its just keep let let's
    like make me message messages my need needs new no not now of off offer offering offers ok
    okay on one only or our out people please plus prepare promote promoting promotion rather
    saying say send set shoppers should so some sure switch tell thank thanks that the their
    them then they this to too use using valid version want we which who will with without
    would write yes you your both available starting running want'd we'd compose something
    mail go there have has shop add
    """,
    )
)


@dataclass
class Scan:
    """The message: `raw` as typed, `low` folded, of the same length, with what was understood
    blotted out; `problems` is what blocks drafting, `notes` what had to be supposed."""

    view: View
    low: str
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def raw(self) -> str:
        return self.view.raw

    def find(self, pattern: str) -> list[re.Match[str]]:
        """Whole-word matches of a pattern in what is not understood yet."""
        found = re.finditer(rf"{FIRST}(?:{pattern}){LAST}", self.low)
        return [each for each in found if MASK not in each[0]]

    def take(self, pattern: str) -> list[re.Match[str]]:
        """`find`, and blot the matches out."""
        found = self.find(pattern)
        for each in found:
            self.cover(each.start(), each.end())
        return found

    def cover(self, start: int, end: int) -> None:
        """Mark characters as understood."""
        self.low = mask(self.low, start, end)

    def text(self, found: re.Match[str], group: str) -> str:
        """A group of a match as it was typed."""
        return squeeze(self.raw[found.start(group) : found.end(group)]).strip(" \"',;:")

    def leftovers(self) -> list[str]:
        """What no reader could place, as typed; words that carry nothing are passed over."""
        found: list[str] = []
        for piece in re.finditer(rf"[^.,;!?:\n{MASK}]+", self.low):
            content = [w for w in re.findall(r"[\w'&-]+", piece[0]) if w not in _FILLERS]
            if content:
                found.append(squeeze(self.raw[piece.start() : piece.end()]))
        return found


def scan(text: str) -> Scan:
    """The message with numbers and blanks written one way: `15 per cent` as `15%`.

    >>> scan("20 % off,  fifteen percent").raw
    '20% off, 15%'
    """
    plain = plain_view("\n".join(squeeze(line) for line in text.splitlines())).raw
    names = number_words("en")

    def digits(found: re.Match[str]) -> str:
        said = found["n"].lower()
        return f"{names.get(said, said)}%"

    share = rf"(?i)(?<![\w.,])(?P<n>\d+(?:[.,]\d+)?|{number_pattern('en')})[ -]?(?:%|per ?cent\b)"
    plain = re.sub(share, digits, plain)
    plain = re.sub(r"(?i)\b(to|until|till|and) the (\d{1,2}(?:st|nd|rd|th)\b)", r"\1 \2", plain)
    view = plain_view(plain)
    return Scan(view, view.low)
