"""How one statement of a note bears on a proposition: for it, against it, or not at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from copilot.rag.answering.polarity import Clause, Reading, Word, read
from copilot.rag.answering.propositions import Proposition

Side = Literal["yes", "no", "depends"]
LONGEST_RUN = 3  # clauses of a sentence that may be held together against a question
MANY = 5  # words: one may be missing in what denies them
COUNTEREXAMPLE = 0.6  # of the words, where one case against is enough
_GENERIC = """firm company market business seller sender analyst user shop customer marketer
    person message store everyone law regulation article directive"""
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been)\s+(?:not\s+|never\s+)?\w+(?:ed|en|wn|de)\b")


def bears(p: Proposition, text: str) -> tuple[Side, float] | None:
    """How a statement, its names marked, decides a proposition: the side and how much it covers.

    None when it does not decide it: words are missing, it speaks of something else, or it leaves
    the point open.
    """
    reading = _obliged(read(text)) if any(w.stem == "require" for w in p.words) else read(text)
    if _apart(p, reading):
        return "no", 1.0
    own = [i for i in range(len(reading.clauses)) if _of_subject(p, reading, i)]
    run = _run(p, reading, own)
    if run is None or run.share < 1:
        other = _run(p, reading, range(len(reading.clauses)))
        if other is not None and other.share == 1 and _contrasted(p, reading, other):
            return "no", 1.0
    if run is None or any(c.doubted for c in run.parts):
        return None
    if all(reading.clauses[w.clause].condition for w in run.found):
        return None  # named only as the case in which something else holds
    if len(p.wanted) == 1 and p.state and not _stated(p, text):
        return None
    if not p.leads and not p.scoped and _reversed(p, text):
        return None
    if p.compared is not None:
        return _compared(p, run) if run.share == 1 else None
    return _side(p, reading, run)


@dataclass(frozen=True)
class Run:
    """Neighbouring clauses of a statement, the asked words in them, and the share they are.

    `lean` is whether words missing in the clauses were found elsewhere in the sentence.
    """

    parts: tuple[Clause, ...]
    places: range
    words: tuple[Word, ...]
    found: tuple[Word, ...]
    share: float
    lean: bool = False


def _side(p: Proposition, reading: Reading, run: Run) -> tuple[Side, float] | None:
    asked = {w.stem: w.denied for w in p.wanted}
    signs = {word.stem: word.denied for word in reversed(run.found)}
    against = {s for s, denied in signs.items() if denied != asked[s]}
    limited = [c.only for c in run.parts if c.only >= 0]
    share = run.share
    if (
        p.absolute
        and share >= COUNTEREXAMPLE
        and (
            (limited and not against and not any(c.absolute for c in run.parts))
            or (against and len(signs) > 1)
        )
    ):
        return "no", share
    if against and len(asked) >= MANY and share >= 1 - 1 / MANY:
        return "no", share
    if share < 1:
        return None
    if p.only and any(word.denied != signs[word.stem] for word in run.found):
        return "no", share
    conditional = _conditional(p, reading, run.found)
    if against:
        places = {w.clause for w in run.found if w.stem in against}
        hedged = any(reading.clauses[i].hedged for i in places) and not p.possible
        return ("depends" if (hedged or conditional) and not p.absolute else "no"), share
    return None if run.lean else _affirmed(p, run, limited, conditional)


def _affirmed(
    p: Proposition, run: Run, limited: Sequence[int], conditional: bool
) -> tuple[Side, float] | None:
    """The side of a statement that says what is asked, with what it says less surely."""
    hedged = any(c.hedged for c in run.parts)
    if p.absolute and not any(c.absolute for c in run.parts):
        return ("no", run.share) if hedged or conditional else None
    if (p.only and not limited) or (_obliges(p.words) and not _obliges(run.words)):
        return None
    if limited and not p.only:
        last = max(w.place for w in run.found)
        return ("depends", run.share) if last < max(limited) else None
    if (hedged or conditional) and not p.possible:
        return "depends", run.share
    return "yes", run.share


def _obliges(words: Sequence[Word]) -> bool:
    return any(w.stem in {"must", "require"} for w in words)


def _obliged(reading: Reading) -> Reading:
    words = tuple(replace(w, stem="require") if w.stem == "must" else w for w in reading.words)
    return replace(reading, words=words)


def _run(p: Proposition, reading: Reading, allowed: Sequence[int]) -> Run | None:
    """The clauses among those allowed that hold most of the words asked, the fewest that do."""
    wanted = {w.stem for w in p.wanted}
    best: tuple[int, int, int] | None = None
    longest = 1 if len(wanted) < 3 else LONGEST_RUN
    for first in allowed:
        if reading.clauses[first].relative:
            continue  # whom it speaks of stands before it
        for last in range(first, min(len(reading.clauses), first + longest)):
            if last not in allowed:
                break
            held = {w.stem for w in reading.words if first <= w.clause <= last} & wanted
            key = (len(held), first - last, -first)
            if held and (best is None or key > best):
                best = key
    if best is None:
        return None
    first, last = -best[2], -best[2] - best[1]
    words = tuple(w for w in reading.words if first <= w.clause <= last)
    found = tuple(w for w in words if w.stem in wanted)
    if len(wanted) == 1 and not _predicated(p, words, found[0]):
        return None
    lean = 2 <= best[0] < len(wanted) and wanted <= {w.stem for w in reading.words}
    share = 1.0 if lean else best[0] / len(wanted)
    return Run(reading.clauses[first : last + 1], range(first, last + 1), words, found, share, lean)


def _predicated(p: Proposition, words: Sequence[Word], only: Word) -> bool:
    """Whether a single word is what the sentence says of the concept, and not an aside."""
    place = words.index(only)
    return place > 0 and words[place - 1].stem == f"@{p.subject}"


def _stated(p: Proposition, text: str) -> bool:
    verb = r"(?:is|are|was|were|can be|may be|remains?|becomes?|stays?|costly|raises?)"
    return re.search(rf"@{re.escape(p.subject)} {verb}\b", text) is not None


def _of_subject(p: Proposition, reading: Reading, place: int) -> bool:
    """Whether a clause speaks of the concept, or of what the question itself names."""
    subject = reading.clauses[place].subject
    while not subject and place > 0:
        place -= 1
        subject = reading.clauses[place].subject
    if subject in {f"@{p.subject}", ""}:
        return True
    if p.leads:
        return subject in _generic() and not any(w.stem.startswith("@") for w in p.words)
    return subject in _generic() or any(w.stem == subject for w in p.words)


def _apart(p: Proposition, reading: Reading) -> bool:
    """Whether a statement sets the concept apart from what it is said to be the same as."""
    other = {w.stem for w in p.words} - {"same", "thing"}
    asked = any(w.stem == "same" and not w.denied for w in p.words)
    if not (p.same and asked) or not other or p.granted:
        return False
    stems = {w.stem for w in reading.words}
    return (
        reading.clauses[0].subject == f"@{p.subject}"
        and other <= stems
        and any(c.contrast for c in reading.clauses)
    )


def _contrasted(p: Proposition, reading: Reading, run: Run) -> bool:
    """Whether what is asked is said of something else, with which the concept is contrasted."""
    own = f"@{p.subject}"
    named = any(c.subject == own for i, c in enumerate(reading.clauses) if i not in run.places)
    signs = {w.stem: w.denied for w in p.wanted}
    agrees = all(w.denied == signs[w.stem] for w in run.found)
    foreign = not any(_of_subject(p, reading, i) for i in run.places if run.parts[0].subject)
    contrast = any(c.contrast for c in reading.clauses)
    return contrast and named and foreign and agrees and len(signs) > 1 and not run.lean


def _reversed(p: Proposition, text: str) -> bool:
    """Whether the statement makes the concept do what the question has done to it."""
    begins = re.match(rf"^(?:the |an? )?@{re.escape(p.subject)}\b", text) is not None
    return begins and _PASSIVE.search(text) is None


def _compared(p: Proposition, run: Run) -> tuple[Side, float] | None:
    left, right = p.compared or (frozenset(), frozenset())
    firsts = {w.stem for w in run.words[: max(1, len(run.words) // 2)]}
    signs = {w.stem: w.denied for w in p.wanted}
    against = any(w.stem in signs and w.denied != signs[w.stem] for w in run.words)
    if firsts & left and not firsts & right:
        return ("no" if against else "yes"), run.share
    if firsts & right and not firsts & left and not against:
        return "no", run.share
    return None


def _conditional(p: Proposition, reading: Reading, found: Sequence[Word]) -> bool:
    """Whether a condition that the question does not name stands behind what was found."""
    last = max(w.clause for w in found)
    wanted = {w.stem for w in p.words}
    return any(
        c.condition and not wanted & {w.stem for w in reading.words if w.clause == i}
        for i, c in enumerate(reading.clauses)
        if i in (last, last + 1)
    )


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(w.stem for w in read(_GENERIC).words)
