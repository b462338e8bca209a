"""Drift in words: what moved, by how much, and what to do about it."""

from collections.abc import Sequence

import numpy as np

from copilot.campaigns.drifting.style import COUNTED, Vector
from copilot.campaigns.drifting.yardstick import ADDRESS, FEATURES, Copy, Yardstick, contributions
from copilot.records import Moved, StyleFeature

_LEAST_SHARE = 0.1
_MOST_WORDS = 6

_LABELS: dict[StyleFeature, str] = {
    "exclamations": "exclamation marks",
    "questions": "questions",
    "emoji": "emoji",
    "dots": "dots and doubled marks",
    "commas": "commas and dashes",
    "capitals": "words in capitals",
    "first_person": "words for “we”",
    "second_person": "words for “you”",
    "informal_address": "words of informal address",
    "formal_address": "words of formal address",
    "contractions": "contractions",
    "formal_words": "formal words",
    "chummy_words": "chummy words",
    "sales_words": "words of the hard sell",
    "slang": "words of slang or dialect",
    "own_rules": "words the brand does not use",
    "small_words": "small words",
}
_LESS: dict[StyleFeature, str] = {
    "exclamations": "Say it without the exclamation marks.",
    "questions": "Say it rather than ask it.",
    "emoji": "Leave out the emoji, or use fewer.",
    "dots": "End the sentence with one mark.",
    "commas": "Make two sentences of it.",
    "capitals": "Write it in small letters.",
    "first_person": "Speak less of “we”.",
    "second_person": "Address the reader less often.",
    "informal_address": "Address the reader formally, as the exemplars do.",
    "formal_address": "Address the reader informally, as the exemplars do.",
    "contractions": "Write the words out.",
    "formal_words": "Use plainer words.",
    "chummy_words": "Be less familiar.",
    "sales_words": "Take the pressure out: say what there is and leave it at that.",
    "slang": "Use words that every reader of the language uses.",
    "own_rules": "Use the brand's own words.",
    "small_words": "Say it in fewer small words.",
    "sentence_length": "Make the sentences shorter.",
    "word_length": "Use shorter words.",
    "meaning": "Come back to what the brand speaks of.",
    "wording": "Borrow the exemplars' turns of phrase.",
}
_MORE: dict[StyleFeature, str] = {
    "exclamations": "Say it with more spirit; the exemplars exclaim.",
    "questions": "Ask, as the exemplars do.",
    "emoji": "The exemplars use emoji; one would fit.",
    "dots": "The exemplars trail off or double their marks; this does not.",
    "commas": "Let the sentences run on a little, as the exemplars do.",
    "capitals": "The exemplars stress words with capitals.",
    "first_person": "Say “we”, as the exemplars do.",
    "second_person": "Address the reader, as the exemplars do.",
    "informal_address": "Address the reader informally, as the exemplars do.",
    "formal_address": "Address the reader formally, as the exemplars do.",
    "contractions": "Use contractions, as the exemplars do.",
    "formal_words": "Use the exemplars' more formal words.",
    "chummy_words": "Be more familiar, as the exemplars are.",
    "sales_words": "Sell harder, as the exemplars do.",
    "slang": "Use the exemplars' own slang.",
    "small_words": "Write whole sentences, not a list of nouns.",
    "sentence_length": "Make the sentences longer.",
    "word_length": "Use the exemplars' longer words.",
}


def moved(copy: Copy, stick: Yardstick, deviation: Vector) -> tuple[Moved, ...]:
    """The features that make up the distance, the largest first; those under a tenth of it are
    left out."""
    parts = contributions(deviation)
    whole = float(parts.sum())
    if not whole:
        return ()
    return tuple(
        Moved(
            feature=FEATURES[at],
            deviation=round(float(deviation[at]), 2),
            share=round(float(parts[at]) / whole, 3),
            words=_words(copy, FEATURES[at]) if deviation[at] > 0 else (),
            why=_why(copy, stick, at, deviation[at] > 0),
        )
        for at in np.argsort(-parts, kind="stable")
        if parts[at] >= _LEAST_SHARE * whole
    )


def suggestion(found: Sequence[Moved], like: str) -> str:
    """What to do about the features that moved most, with a sentence of the brand's to follow."""
    said = [(_LESS if one.deviation > 0 else _MORE).get(one.feature, "") for one in found[:2]]
    said = list(dict.fromkeys(each for each in said if each))
    return " ".join([*said, f"In the brand's own voice: “{like}”"] if like else said)


def _words(copy: Copy, feature: StyleFeature) -> tuple[str, ...]:
    every = [word for hits in copy.measured.hits for word in hits.get(feature, ()) if word]
    return tuple(dict.fromkeys(every))[:_MOST_WORDS]


def _why(copy: Copy, stick: Yardstick, at: int, above: bool) -> str:
    feature = FEATURES[at]
    here, there = copy.measured, stick.copy.measured
    if at < len(COUNTED):
        by = COUNTED[feature]
        sizes = [(len(each) if by == "sentences" else each.words.sum()) for each in (here, there)]
        counts = [each.counts[:, at].sum() for each in (here, there)]
        counted = f"{counts[0]:.0f} {_LABELS[feature]} in {sizes[0]:.0f} {by}"
        if feature in ADDRESS and stick.compared == "voice across languages":
            return f"{counted}; the brand kit asks for another address"
        return f"{counted}; the exemplars have {counts[1]:.0f} in {sizes[1]:.0f}"
    said = "longer" if above else "shorter"
    if feature == "sentence_length":
        mine, theirs = _mean_length(copy), _mean_length(stick.copy)
        return f"{mine:.0f} words a sentence, {said} than the exemplars' {theirs:.0f}"
    if feature == "word_length":
        mine, theirs = _mean_letters(copy), _mean_letters(stick.copy)
        return f"words of {mine:.1f} letters, {said} than the exemplars' {theirs:.1f}"
    if feature == "meaning":
        return "speaks of something the exemplars do not speak of"
    return "shares few turns of phrase with the exemplars"


def _mean_length(copy: Copy) -> float:
    words = copy.measured.words
    return float(words[words >= 1].mean()) if (words >= 1).any() else 0.0


def _mean_letters(copy: Copy) -> float:
    return float(copy.measured.letters.sum() / max(1.0, copy.measured.spoken.sum()))
