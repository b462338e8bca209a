"""Words that deny each other: what turns a claim round, and what contradicts it."""

import re
from functools import lru_cache

from copilot.rag.answering.words import stem
from copilot.text import fold

NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|without|cannot|n't|none|nothing|nobody|hardly|rarely|seldom"
    r"|few|lacks?|fails?|instead\s+of|rather\s+than|less)\b|n't\b"
)
_PAIRS = """
    unlimited:limited,predefined,fixed,within,bounded,finite,valid
    infinite:limited,predefined,fixed,within,finite
    endless:limited,predefined,fixed,within
    broad:narrow
    wide:narrow
    large:small
    big:small
    high:low
    higher:lower
    cheap:costly,expensive,costs,cost,raises,investment
    cheaper:costly,expensive,higher,raises
    cheapest:costly,expensive,highest
    easy:hard,complicates,difficult
    simple:complicates,complex
    reduces:raises,drives,increases,creates,adds,complicates
    reduce:raises,drives,increases,creates,adds,complicates
    lowers:raises,drives,increases
    lower:raises,drives,higher
    saves:raises,costs,drives
    decreases:raises,increases,drives
    increases:reduces,lowers,decreases
    raises:reduces,lowers
    everyone:individual,narrow,each,particular,segment
    everybody:individual,narrow,each,particular,segment
    identical:different,varied,tailoring,adapted
    uniform:varied,varies,vary,adapted
    standardised:tailored,varied,adapted,configured
    strengthens:dilutes,dilute,blur,weakens
    improves:dilutes,dilute,blur,harms
    ignores:observed,studies,data,needs
    bespoke:predefined,modules,options
    handmade:modules,mass
    always:never,rarely,seldom
    guaranteed:risk,may,can
"""


@lru_cache(maxsize=1)
def opposites() -> dict[str, frozenset[str]]:
    """Stem to the stems that deny it."""
    table: dict[str, set[str]] = {}
    for line in _PAIRS.split():
        word, others = line.split(":")
        for other in others.split(","):
            table.setdefault(stem(fold(word)), set()).add(stem(fold(other)))
    return {word: frozenset(others) for word, others in table.items()}


def negated(text: str) -> bool:
    """Whether a sentence holds a word of denial."""
    return NEGATION.search(fold(text).replace("’", "'")) is not None


def contradicts(stems_said: frozenset[str], stems_known: frozenset[str]) -> bool:
    """Whether something said has an opposite among what is known and is not itself known."""
    table = opposites()
    return any(
        table[word] & stems_known and word not in stems_known
        for word in stems_said
        if word in table
    )
