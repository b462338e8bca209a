"""A brand's exemplars as a yardstick, and how far masked sentences stand from them.

Every feature's deviation is in standard deviations of what copy of this length would show by
chance, so that one exclamation mark weighs more in a letter of the reserved than in a text
message of the loud. Counts are taken as overdispersed Poisson, with the exemplars' own rate drawn
towards a usual one as far as they are few.
"""

import functools
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from copilot.campaigns.check.view import folded
from copilot.campaigns.drifting.style import COUNTED, HOLE, SHARED, Measured, Vector, measure
from copilot.records import Compared, Language, StyleFeature
from copilot.records.base import Record
from copilot.text import shipped_yaml

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
FEATURES: tuple[StyleFeature, ...] = get_args(StyleFeature)
"""In the order of every vector here; the counted ones come first."""

ADDRESS: frozenset[StyleFeature] = frozenset({"informal_address", "formal_address"})
"""What exemplars of another language cannot tell, so that the brand kit alone does."""

_PRIOR_EXPOSURE = {"sentences": 4.0, "words": 40.0}
_LEAST_VARIANCE, _LEAST_MISSING, _SCARCE = 0.15, 0.2, 0.3
_EASY, _MOST = 0.5, 5.0
_NEIGHBOURS = 3
_GRAMS, _USUAL_GRAMS = 8192, 150.0
_USUAL_SPREAD = {"length": 0.45, "letters": 0.35, "meaning": 0.10, "wording": 0.06}
_PRIOR_TEXTS = 4.0
_OF_TEXT = 0.35


class Weight(Record):
    usual: float
    above: float
    below: float
    dispersion: float = 0.35


class Scale(Record):
    """Weights of the features, and the usual mean and standard deviation of the whole distance of
    a brand's own drafts and sentences, by what is compared."""

    features: dict[StyleFeature, Weight]
    nulls: dict[Compared, dict[str, tuple[float, float]]]


@dataclass(frozen=True)
class Copy:
    """Masked sentences, measured. `vectors` has a row a sentence, or is None without a model."""

    masked: tuple[str, ...]
    measured: Measured
    grams: Vector
    vectors: NDArray[np.float32] | None

    def only(self, rows: Sequence[int]) -> "Copy":
        """The same for some of the sentences."""
        at = list(rows)
        return Copy(
            tuple(self.masked[row] for row in at),
            self.measured.only(at),
            self.grams[at],
            None if self.vectors is None else self.vectors[at],
        )


@dataclass(frozen=True)
class Yardstick:
    """Exemplars measured: `owners` says which text each sentence of `copy` belongs to; `usual`
    are the rates their own are drawn to; `means` and `spreads` of what is not counted."""

    copy: Copy
    owners: NDArray[np.int64]
    compared: Compared
    usual: Vector
    means: Mapping[str, float]
    spreads: Mapping[str, float]

    @property
    def texts(self) -> int:
        return len(set(self.owners.tolist()))

    def without(self, text: int) -> "Yardstick":
        """The yardstick that the other texts make."""
        rows = np.flatnonzero(self.owners != text)
        return replace(self, copy=self.copy.only(rows.tolist()), owners=self.owners[rows])

    def text(self, text: int) -> Copy:
        """One of its texts."""
        return self.copy.only(np.flatnonzero(self.owners == text).tolist())


def join(copies: Sequence[Copy]) -> Copy:
    """Several copies as one; there must be at least one."""
    measured = [copy.measured for copy in copies]
    vectors = [copy.vectors for copy in copies if copy.vectors is not None]
    return Copy(
        tuple(each for copy in copies for each in copy.masked),
        Measured(
            np.concatenate([each.counts for each in measured]),
            np.concatenate([each.words for each in measured]),
            np.concatenate([each.spoken for each in measured]),
            np.concatenate([each.letters for each in measured]),
            tuple(hits for each in measured for hits in each.hits),
        ),
        np.concatenate([copy.grams for copy in copies]),
        np.concatenate(vectors) if len(vectors) == len(copies) else None,
    )


def read(
    sentences: Sequence[str],
    language: Language,
    embed: Embed | None,
    own_rules: Sequence[str] = (),
) -> Copy:
    """Masked sentences, measured; each is embedded with the kinds of its facts in their place."""
    plain = [HOLE.sub(lambda hole: hole[1].replace("_", " "), each) for each in sentences]
    grams = [_grams(HOLE.sub(" ", each)) for each in sentences]
    return Copy(
        tuple(sentences),
        measure(sentences, language, own_rules),
        np.array(grams).reshape(len(plain), _GRAMS),
        embed(plain) if embed and plain else None,
    )


def yardstick(
    copy: Copy, owners: Sequence[int], compared: Compared, usual: Mapping[StyleFeature, float]
) -> Yardstick:
    """A yardstick from texts that speak as the brand does; `usual` overrides rates."""
    rates = [usual.get(name, scale().features[name].usual) for name in COUNTED]
    made = Yardstick(copy, np.array(owners), compared, np.array(rates), {}, dict(_USUAL_SPREAD))
    found: dict[str, list[float]] = {name: [] for name in _USUAL_SPREAD}
    for text in sorted(set(owners)):
        rest, own = made.without(text), made.text(text)
        lengths = _lengths(own)
        found["length"] += lengths.tolist()
        found["letters"].append(_letters(own))
        if made.texts > 1:
            found["meaning"] += _meanings(own, rest).tolist()
            found["wording"].append(_wording(own, rest))
    known = {name: np.array([v for v in each if np.isfinite(v)]) for name, each in found.items()}
    means = {name: float(each.mean()) if len(each) else np.nan for name, each in known.items()}
    return replace(made, means=means, spreads={n: _spread(n, each) for n, each in known.items()})


def deviations(copy: Copy, stick: Yardstick) -> Vector:
    """How far the sentences together stand from the yardstick, a number for each of FEATURES;
    0 where a feature cannot be compared."""
    found = np.zeros(len(FEATURES))
    found[: len(COUNTED)] = _counted(copy, stick)
    sentences = len(copy.masked)
    lengths, spread = _lengths(copy), stick.spreads
    if len(lengths):
        by = spread["length"] * np.sqrt(_OF_TEXT + (1 - _OF_TEXT) / len(lengths))
        found[FEATURES.index("sentence_length")] = (lengths.mean() - stick.means["length"]) / by
    if stick.compared != "voice across languages":
        grams = max(1.0, float(copy.grams.sum()))
        by = spread["letters"] * np.sqrt(1 + 8 / max(1.0, copy.measured.spoken.sum()))
        found[FEATURES.index("word_length")] = (_letters(copy) - stick.means["letters"]) / by
        by = spread["wording"] * np.sqrt(_OF_TEXT + (1 - _OF_TEXT) * _USUAL_GRAMS / grams)
        found[FEATURES.index("wording")] = (_wording(copy, stick) - stick.means["wording"]) / by
    if stick.compared == "voice and meaning" and copy.vectors is not None:
        by = spread["meaning"] * np.sqrt(_OF_TEXT + (1 - _OF_TEXT) / max(1, sentences))
        apart = _meanings(copy, stick).mean() - stick.means["meaning"]
        found[FEATURES.index("meaning")] = apart / by
    if stick.compared == "voice across languages":
        found[[name not in SHARED for name in FEATURES]] = 0.0
    return np.nan_to_num(np.clip(found, -_MOST, _MOST))


def contributions(deviation: Vector) -> Vector:
    """What each feature adds to the whole distance; never negative."""
    above, below = _weights()
    beyond = np.maximum(np.abs(deviation) - _EASY, 0.0)
    found: Vector = beyond * np.where(deviation > 0, above, below)
    return found


@functools.cache
def scale() -> Scale:
    """The shipped scale; a fault in it is a defect."""
    path = Path(__file__).parent / "styles" / "measure.yaml"
    return Scale.model_validate(shipped_yaml(path))


@functools.cache
def _weights() -> tuple[Vector, Vector]:
    known = scale().features
    return (
        np.array([known[name].above for name in FEATURES]),
        np.array([known[name].below for name in FEATURES]),
    )


@functools.cache
def _exposures() -> tuple[NDArray[np.bool_], Vector, Vector]:
    """Which counts are a rate of sentences, the weight of the usual rate, and dispersions."""
    return (
        np.array([kind == "sentences" for kind in COUNTED.values()]),
        np.array([_PRIOR_EXPOSURE[kind] for kind in COUNTED.values()]),
        np.array([scale().features[name].dispersion for name in COUNTED]),
    )


def _counted(copy: Copy, stick: Yardstick) -> Vector:
    by_sentence, prior, dispersion = _exposures()
    seen = np.where(by_sentence, len(stick.copy.masked), stick.copy.measured.words.sum())
    counts = stick.copy.measured.counts.sum(axis=0)
    if stick.compared == "voice across languages":
        told = np.array([name not in ADDRESS for name in COUNTED])
        seen, counts = seen * told, counts * told
    rate = (counts + prior * stick.usual) / (seen + prior)
    here = np.where(by_sentence, len(copy.masked), copy.measured.words.sum())
    expected = here * rate
    doubt = here**2 * rate / (seen + prior)
    apart: Vector = copy.measured.counts.sum(axis=0) - expected
    # Nothing can be said less than not at all, so what is scarce varies less.
    variance = expected + dispersion * expected**2 * np.where(apart < 0, _SCARCE, 1.0)
    # A mark that every sentence carries is hardly ever missing by chance.
    scarce = by_sentence & (apart < 0)
    variance[scarce] = (expected * np.maximum(1 - rate, _LEAST_MISSING))[scarce]
    found: Vector = apart / np.sqrt(variance + doubt + _LEAST_VARIANCE)
    return found


def _lengths(copy: Copy) -> Vector:
    """Logarithms of the sentences' numbers of words."""
    words = copy.measured.words
    found: Vector = np.log(words[words >= 1])
    return found


def _letters(copy: Copy) -> float:
    spoken = copy.measured.spoken.sum()
    return float(copy.measured.letters.sum() / spoken) if spoken else float("nan")


def _meanings(copy: Copy, stick: Yardstick) -> Vector:
    """1 - cosine of each sentence to the exemplars' nearest sentences, a mean over a few."""
    if copy.vectors is None or stick.copy.vectors is None or not len(stick.copy.vectors):
        return np.full(len(copy.masked), np.nan)
    near = np.sort(copy.vectors @ stick.copy.vectors.T, axis=1)[:, -_NEIGHBOURS:]
    found: Vector = 1.0 - near.mean(axis=1).astype(float)
    return found


def nearest(copy: Copy, stick: Yardstick) -> list[int]:
    """For each sentence, the place of the yardstick's sentence that is most like it."""
    if copy.vectors is not None and stick.copy.vectors is not None:
        alike = copy.vectors @ stick.copy.vectors.T
    else:
        alike = _units(copy.grams) @ _units(stick.copy.grams).T
    return [int(row.argmax()) for row in alike]


def _wording(copy: Copy, stick: Yardstick) -> float:
    """The share of the character trigrams that no exemplar has."""
    here, known = copy.grams.sum(axis=0), stick.copy.grams.any(axis=0)
    whole = float(here.sum())
    return float(here[~known].sum()) / whole if whole else float("nan")


def _units(rows: Vector) -> Vector:
    found: Vector = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return found


def _grams(text: str) -> Vector:
    low = f" {folded(text)} ".encode()
    places = [zlib.crc32(low[at : at + 3]) % _GRAMS for at in range(len(low) - 2)]
    return np.bincount(places, minlength=_GRAMS).astype(float)


def _spread(name: str, found: Vector) -> float:
    """The standard deviation, drawn towards the usual one while it is seen in few texts."""
    usual = _USUAL_SPREAD[name]
    own = float(((found - found.mean()) ** 2).sum()) if len(found) else 0.0
    return float(np.sqrt((own + _PRIOR_TEXTS * usual**2) / (max(0, len(found) - 1) + _PRIOR_TEXTS)))
