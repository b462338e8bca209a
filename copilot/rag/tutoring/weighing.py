"""How likely it is that something said says what was wanted: evidence weighed by a fitted curve.

The figures were fitted by logistic regression on the labelled answers of the halves "dev" and
"held" (`tests/rag/tutoring/fit_marking.py`), and the thresholds chosen by cross-validation.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from copilot.rag.tutoring.matching import Embed, Match, Vectors, by_words, turned_round
from copilot.rag.tutoring.reading import Heard, hear, negates
from copilot.rag.tutoring.terms import Scale

# The bias, then a weight for each figure of `Evidence.row`; without an embedder words alone.
ITEM = (-2.44, 1.84, 4.54, 6.67, 0.39, 1.20, 0.49, 3.72)
ITEM_BY_WORDS = (-2.27, 3.25, 2.17, 4.52)
SAID = 0.4  # the chance from which a thing counts as said
SAID_AGAIN = 0.3  # the same once another thing of the list was said
PART = (-5.13, 1.62, 2.54, 0.43, -0.91, 3.42, 3.35, 4.39)
WHOLE = (-6.59, 2.21, -0.41, 2.59, -0.86, 2.86, 2.75, 4.41)
PART_SAID, WHOLE_SAID = 0.4, 0.43
TELLING = 1.0  # the least weight of words whose being in a text counts
MANY = 6  # telling words from which an answer is no longer short
STRANGE = 0.3  # a usual cosine with something that is not meant at all


@dataclass(frozen=True)
class Evidence:
    """What speaks for something said being one of several things wanted; shares are 0-1.

    `meaning` is the highest cosine with a way of saying it (None without an embedder) and `above`
    by how much that passes the mean of all things wanted. `words` is the share of the wanted
    phrases that is said, `short` the same for its shortest way, `kept` the share of what was said
    that the wanted text has. `touched` is `words` whether affirmed or denied.
    """

    meaning: float | None
    above: float
    ahead: float
    first: float
    words: float
    short: float
    kept: float
    touched: float
    reversed_by: tuple[str, ...] = ()

    @property
    def row(self) -> tuple[float, ...]:
        """The evidence in the order of the weights."""
        plain = (self.words, self.short, self.kept)
        return (
            plain
            if self.meaning is None
            else (self.meaning, self.above, self.ahead, self.first, *plain)
        )

    @property
    def chance(self) -> float:
        """How likely it is, 0-1, that the thing was said, whether affirmed or denied."""
        return likelihood(self.row, ITEM_BY_WORDS if self.meaning is None else ITEM)


def likelihood(row: Sequence[float], weights: Sequence[float]) -> float:
    """The fitted chance, 0-1, of a row of evidence; the first weight is the bias."""
    total = weights[0] + sum(w * x for w, x in zip(weights[1:], row, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True)
class Weighed:
    """The chances, 0-1, that an answer says a part of a statement, and all that matters of it."""

    part: float
    whole: float


def prose_evidence(
    heard: Heard,
    fits: Sequence[Match],
    rivals: Sequence[Match],
    scale: Scale,
    kept_in: Sequence[str],
    given: frozenset[str],
    also: float | None,
) -> tuple[float, ...] | None:
    """What speaks for an answer saying one statement, as `weighed` takes it.

    `fits` are its matches with the ways of saying it, `rivals` with what it may be mistaken for,
    `kept_in` the texts whose words it may use, `also` its highest cosine with a paraphrase. None
    without an embedder.
    """
    near = [one.meaning for one in fits if one.meaning is not None]
    if not near:
        return None
    other = max((one.meaning for one in rivals if one.meaning is not None), default=STRANGE)
    own = heard.said - given
    return (
        max(one.words for one in fits),
        _kept(own, kept_in, scale),
        min(1.0, len(own) / MANY),
        max((one.words for one in rivals), default=0.0),
        max(near),
        max(near) - other,
        max(near) if also is None else also,
    )


def weighed(row: Sequence[float]) -> Weighed:
    """The chances of a row of `prose_evidence`."""
    return Weighed(likelihood(row, PART), likelihood(row, WHOLE))


def _kept(own: frozenset[str], texts: Sequence[str], scale: Scale) -> float:
    """The weighted share of what was said that some texts have."""
    have = {word for text in texts for word in hear(text).said}
    total = scale.of(own)
    # "people" alone is in every text and tells nothing.
    return scale.of(own & have) / total if total >= TELLING else 0.0


def weigh_items(
    said: Sequence[Heard],
    wanted: Sequence[Sequence[str]],
    scale: Scale,
    embed: Embed | None,
    given: frozenset[str],
) -> list[list[Evidence]]:
    """The evidence for each thing said (rows) being each thing wanted, given its ways of saying.

    The last way is the whole sentence, the first the shortest.
    """
    near = _nearness(said, wanted, embed)
    sides = np.zeros((4, len(said), len(wanted)), np.float32)
    if near is not None:
        sides = np.stack([near, *_standing(near)])
    return [
        [
            _evidence(
                one, ways, scale, given,
                None if near is None else tuple(map(float, sides[:, row, column])),
            )
            for column, ways in enumerate(wanted)
        ]
        for row, one in enumerate(said)
    ]  # fmt: skip


def _nearness(
    said: Sequence[Heard], wanted: Sequence[Sequence[str]], embed: Embed | None
) -> Vectors | None:
    """The highest cosine of each thing said with a way of each thing wanted."""
    if embed is None or not said:
        return None
    own = embed([one.text for one in said])
    return np.stack([(own @ embed(list(ways)).T).max(axis=1) for ways in wanted], axis=1)


def _standing(near: Vectors) -> tuple[Vectors, Vectors, Vectors]:
    """Of each cosine: how far above the row's mean, the row's best other, the column's."""
    return (near - near.mean(axis=1, keepdims=True), near - _others(near), near - _others(near.T).T)


def _others(near: Vectors) -> Vectors:
    """For each place the highest of the others in its row; its own where it stands alone."""
    if near.shape[1] < 2:
        return near
    ranked = np.sort(near, axis=1)
    return np.where(near == ranked[:, -1:], ranked[:, -2:-1], ranked[:, -1:])


def _evidence(
    heard: Heard,
    ways: Sequence[str],
    scale: Scale,
    given: frozenset[str],
    standing: tuple[float, ...] | None,
) -> Evidence:
    shares = [by_words(heard, way, scale, given) for way in ways]
    place = max(range(len(ways)), key=lambda i: shares[i][1])
    kept = _kept(heard.said - given, (ways[-1], ways[0]), scale)
    turned = turned_round(heard, ways[place], scale, given)
    if negates(heard.text) and negates(ways[place]):
        turned = ()  # both deny something: they may well agree
    return Evidence(
        meaning=standing[0] if standing else None,
        above=standing[1] if standing else 0.0,
        ahead=standing[2] if standing else 0.0,
        first=standing[3] if standing else 0.0,
        words=max(mentioned for _, mentioned in shares),
        short=shares[0][1],
        kept=kept,
        touched=shares[place][1],
        reversed_by=turned,
    )


def ways_of(text: str, ways: Sequence[str], about: str) -> tuple[str, ...]:
    """The ways of saying a point, and each without the concept's name at its beginning."""
    name = re.compile(rf"(?:the |an? )?{re.escape(about)}\b,? ?", re.I)
    bare = [name.sub("", way, count=1) for way in ways if name.match(way)]
    found = dict.fromkeys([ways[0], *(one for one in bare if len(one.split()) > 1), *ways[1:]])
    return (*(one for one in found if one != text), text)
