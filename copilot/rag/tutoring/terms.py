"""The telling words of a text, and how telling each is."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from copilot.rag.answering.words import one_spelling, stem, tokens


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that only hold a sentence together. Quantities and polarity are not among them: "one",
# "each" and "not" are what many answers turn on.
FUNCTION = _set("""
    a an the this that these those it its it's that's they them their he she his her him we us our
    you your i me my and or but if so as than then because since when where while whereas though
    although which who whom whose what how why of to in on at by for from with within into onto
    about over under between among through during per via up out off upon towards toward
    is are was were be been being am do does did done doing has have having had can could may might
    must shall should will would don't doesn't isn't aren't can't won't s t let lets
    there here also too very just only even still already such some any other another own more most
    much many well e.g i.e etc
    like means mean meaning something someone thing things way ways kind kinds sort sorts
""")
PLAIN = _set("marketing strategy")
# General words that stand for one another in answers, beyond those of questions.
_GROUPS = """
whole:everyone,everybody,entire
single:individual,person,one,particular,each,every
decide:choose
firm:company,business,seller,vendor
adapt:customise,tailor,fit,suit,match,change,personalise,adjust
customer:people,buyer,consumer,user
leave:end,left,quit,stop,depart
area:place,local,location,city,region,street,town,neighbourhood,locality
predefined:fixed,set,preset,given,limit
combine:configure,specify
similar:alike,same,identical
differ:vary,variety,distinct,diverse
smaller:small,narrow,narrowest,tiny
effort:burden
hard:difficult,harder
invest:upfront
market:campaign
share:percentage,rate,proportion
record:list
random:chance
resell:sell
intrusive:creepy,creep,annoying,annoy,intrude,surveillance,spy,watched,unsettling
random:luck,lucky,coincidence,accidental,fluke
operation:logistics
rival:competitor,competition,compete
copy:imitate,mimic
old:stale,outdated,obsolete
obvious:trivial
fast:quick,rapid,faster,quicker
staff:employee,worker,personnel
law:unlawful,illegal,legal
large:big,huge,heavy,larger,bigger
mistake:error,wrong,fault
trust:believe,believable,credible,sincere
reward:incentive,gift
begin:start
precise:precision,exact,accurate,accuracy
cause:causal,causation
association:correlation
predict:forecast,guess
advertise:advert,ad,promote
"""

_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")


@dataclass(frozen=True)
class Scale:
    """How telling a stem is, from how few texts have it; a stem never seen weighs `most`."""

    weights: Mapping[str, float]
    most: float

    def of(self, stems: Iterable[str]) -> float:
        """The weight of stems together; each counts once."""
        return sum(self.weights.get(word, self.most) for word in set(stems))


def scale_of(texts: Sequence[str]) -> Scale:
    """Weights from inverse document frequency, log(1 + n / df), over the texts."""
    seen = Counter(word for text in texts for word in set(terms(text)))
    n = max(len(texts), 1)
    weights = {word: math.log(1 + n / count) for word, count in seen.items()}
    return Scale(weights, math.log(1 + n))


def terms(text: str) -> list[str]:
    """The stems of a text's words that hold meaning, in order; synonyms are one stem."""
    return list(_terms(text))


@lru_cache(maxsize=16384)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(one for _, one in placed(text))


def placed(text: str) -> list[tuple[int, str]]:
    """The meaning stems of a text with the character each word begins at."""
    found = []
    for token in tokens(_HYPHEN.sub(" ", text)):
        if token.norm in FUNCTION or token.norm in PLAIN or token.text.lower() in FUNCTION:
            continue
        if len(token.norm) == 1 and not token.norm.isdigit():
            continue
        found.append((token.start, canonical(token.norm)))
    return found


@lru_cache(maxsize=65536)
def canonical(word: str) -> str:
    """A folded word's stem, or the stem that stands for it and its synonyms."""
    one = "firm" if word in ("marketer", "marketers") else stem(word)
    return _synonyms().get(one, one)


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    """Stem to the stem that stands for its group; the first group that has it wins."""
    table: dict[str, str] = {}
    for line in _GROUPS.split():
        head, others = line.split(":")
        for other in others.split(","):
            if stem(other) != stem(head):
                table.setdefault(stem(other), stem(head))
    return table


@lru_cache(maxsize=65536)
def plain_stem(word: str) -> str:
    """A folded word's English stem, itself and not a synonym's."""
    import Stemmer

    stemmed: str = Stemmer.Stemmer("english", 0).stemWord(one_spelling(word))
    return stemmed


@lru_cache(maxsize=16384)
def own_words(text: str) -> frozenset[tuple[str, str]]:
    """The meaning words of a text, each as (its synonyms' stem, its own stem)."""
    found = tokens(_HYPHEN.sub(" ", text))
    return frozenset(
        (canonical(t.norm), plain_stem(t.norm)) for t in found if canonical(t.norm) in _terms(text)
    )


def stems_of(text: str) -> frozenset[str]:
    """The meaning words' own stems, synonyms apart: what a text literally uses."""
    return frozenset(own for _, own in own_words(text))


def share(wanted: Collection[str], have: Collection[str], scale: Scale) -> float:
    """The weighted share of `wanted` stems that are in `have`, 0-1; 0 when nothing is wanted."""
    total = scale.of(wanted)
    return scale.of(set(wanted) & set(have)) / total if total else 0.0
