"""A brand's exemplars made ready to measure copy with, and how far its own copy usually stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from copilot.campaigns.composing.wording import written_in
from copilot.campaigns.drifting.masking import text_sentences
from copilot.campaigns.drifting.yardstick import (
    Copy,
    Embed,
    Yardstick,
    contributions,
    deviations,
    read,
    scale,
    yardstick,
)
from copilot.errors import BriefError
from copilot.records import BrandKit, Compared, Language, StyleFeature

FEW = 3
"""With fewer exemplars of a language the measure is weak."""

LANGUAGE_NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}

_EMOJI_RATES = {"never": 0.02, "sparing": 0.1, "free": 0.5}
_OWN_ADDRESS, _OTHER_ADDRESS = 0.04, 0.003
_PRIOR = {"draft": 10.0, "sentence": 20.0}
_STANDARD = NormalDist()


@dataclass(frozen=True)
class Measure:
    """A yardstick, its sentences as they were written, and how far own copy stands from it:
    mean and standard deviation of the distance's square root, for drafts and sentences."""

    stick: Yardstick
    texts: tuple[str, ...]
    null: Mapping[str, tuple[float, float]]
    notes: tuple[str, ...] = ()

    def score(self, distance: float, kind: str = "draft") -> float:
        """The share of own copy that stands nearer than this distance (0-1)."""
        mean, deviation = self.null[kind]
        return round(_STANDARD.cdf((distance**0.5 - mean) / deviation), 3)


def exemplars_for(brand: BrandKit, place: str) -> tuple[str, ...]:
    """The exemplars of a locality: its own where it has any, else the brand's."""
    local = brand.localities.get(place)
    return local.exemplars if local and local.exemplars else brand.exemplars


def own_rules(brand: BrandKit, place: str) -> tuple[str, ...]:
    """The words never to use, in a locality or everywhere."""
    local = brand.localities.get(place)
    return (*brand.banned, *brand.preferred, *(local.banned if local else ()))


def measure_for(
    brand: BrandKit,
    language: Language,
    names: Mapping[str, str],
    embed: Embed | None,
    *,
    place: str = "",
) -> Measure:
    """What copy of a language (and a locality) is measured with.

    Exemplars of that language where there are any; else those of the language that has most, by
    the features that languages share. Raises BriefError when there are none at all.
    """
    spoken = _by_language(exemplars_for(brand, place), language)
    own = language in spoken
    source = language if own else max(spoken, key=lambda each: len(spoken[each]), default=language)
    texts = spoken.get(source, [])
    read_as = [text_sentences(each, source, names) for each in texts]
    pairs = [(owner, one) for owner, text in enumerate(read_as) for one in text]
    if not pairs:
        raise BriefError(
            f"The brand kit of {brand.name!r} has no exemplars to measure drift from.",
            hint="Give three or more pieces of approved copy under `exemplars:`, best in each "
            "language you write in.",
        )
    compared: Compared = "voice and meaning" if embed else "voice only"
    compared = compared if own else "voice across languages"
    masked = [one.masked for _, one in pairs]
    copy = read(masked, source, embed if own else None, own_rules(brand, place))
    stick = yardstick(copy, [owner for owner, _ in pairs], compared, _usual(brand, language, place))
    rests = {owner: stick.without(owner) for owner in sorted(set(stick.owners.tolist()))}
    return Measure(
        stick,
        tuple(one.text for _, one in pairs),
        {kind: _null(stick, kind, rests) for kind in _PRIOR},
        _notes(len(texts), source, language, compared, place),
    )


def distance_scores(
    stick: Yardstick, copies: Mapping[str, tuple[int | None, Copy]]
) -> dict[str, float]:
    """For each copy, the share (0-1) of the yardstick's texts that stand nearer to the others.

    A copy that is part of the yardstick is named with its text's number, and measured from the
    rest.
    """
    owned = sorted(set(stick.owners.tolist()))
    rests = {text: stick.without(text) for text in owned}
    measure = Measure(stick, (), {"draft": _null(stick, "draft", rests)})
    return {
        name: measure.score(_distance(copy, stick if text is None else rests[text]))
        for name, (text, copy) in copies.items()
    }


def _by_language(exemplars: Sequence[str], wanted: Language) -> dict[Language, list[str]]:
    found: dict[Language, list[str]] = {}
    for text in exemplars:
        if text.strip():
            found.setdefault(written_in(text, wanted), []).append(text)
    return found


def _usual(brand: BrandKit, language: Language, place: str) -> dict[StyleFeature, float]:
    """What the kit itself says about emoji and address."""
    local = brand.localities.get(place)
    emoji = (local.emoji if local else None) or brand.emoji
    formality = brand.formality | (local.formality if local else {})
    formal = formality.get(language, "informal") == "formal"
    return {
        "emoji": _EMOJI_RATES[emoji],
        "formal_address": _OWN_ADDRESS if formal else _OTHER_ADDRESS,
        "informal_address": _OTHER_ADDRESS if formal else _OWN_ADDRESS,
    }


def _null(stick: Yardstick, kind: str, rests: Mapping[int, Yardstick]) -> tuple[float, float]:
    """Mean and standard deviation of own copy's distance: each text from the others (`rests`),
    drawn towards what is usual as far as the texts are few."""
    mean, deviation = scale().nulls[stick.compared][kind]
    weight = _PRIOR[kind]
    found: list[float] = []
    if len(rests) > 1:
        for text, rest in rests.items():
            own = stick.text(text)
            alone = [own.only([row]) for row in range(len(own.masked))]
            found += [_distance(each, rest) for each in ([own] if kind == "draft" else alone)]
    seen = np.sqrt(np.array(found))
    if not len(seen):
        return mean, deviation
    centre = (seen.sum() + weight * mean) / (len(seen) + weight)
    squares = ((seen - centre) ** 2).sum() + weight * (deviation**2 + (mean - centre) ** 2)
    return float(centre), float(np.sqrt(squares / (len(seen) + weight)))


def _distance(copy: Copy, stick: Yardstick) -> float:
    return float(contributions(deviations(copy, stick)).sum())


def _notes(
    count: int, source: Language, language: Language, compared: Compared, place: str
) -> tuple[str, ...]:
    found: list[str] = []
    where = f" for {place}" if place else ""
    if count < FEW:
        said = "is only 1 exemplar" if count == 1 else f"are only {count} exemplars"
        found.append(
            f"There {said} in {LANGUAGE_NAMES[source]}{where}, so how much the brand's own copy "
            "varies is taken from other brands"
            + (", and neither words nor meaning are compared" if count == 1 else "")
            + f": the measure is weak. Give at least {FEW}."
        )
    if source != language:
        found.append(
            f"{LANGUAGE_NAMES[language]} copy is compared with {LANGUAGE_NAMES[source]} exemplars"
            f"{where}: by marks, emoji, address, register and sentence length only. "
            f"Give {LANGUAGE_NAMES[language]} exemplars to compare its words and meaning."
        )
    elif compared == "voice only":
        found.append("Without an embedding model meaning is not compared, voice alone is.")
    return tuple(found)
