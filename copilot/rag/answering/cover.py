"""Whether the library covers a question, and what to say when it does not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from copilot.rag.answering import cues
from copilot.rag.answering.evidence import Evidence, focus_stems
from copilot.rag.answering.polarity import opposites
from copilot.rag.answering.question import Asked
from copilot.rag.answering.relevance import chance, signs, subject_held
from copilot.rag.answering.render import listed
from copilot.rag.answering.words import Token, is_foreign, overlap, stem
from copilot.text import fold

NAMING_COSINE = 0.5  # below, a description fits several concepts
FIGURE_SHARE = 0.80
WEAK_COSINE = 0.40
NAMED_COSINE = 0.22
VERBATIM_SHARE = 0.6
SOME = 0.3  # chance enough for a name or a term that stands in the library
DEFINED = 0.7  # how sure, when a passage holds the term whose meaning is asked
VERBATIM = 0.9  # how sure, when a passage holds the codes or names asked about
CARRIED_SHARE = 0.6  # of the words of a follow-up that names no concept itself

_TASK = re.compile(
    rf"^(?:(?:please|now|can\s+you|could\s+you)\s+)*(?:{cues.TASK})\b(?!\s+(?:of|rate)\b)", re.X
)
_PAUSE = re.compile(r"[,;:?!()]|\.\s")
_MILD = """good effective successful modern pure true real traditional classic clear proper
    full whole term phrase word concept basic simple single strong big small new old popular famous
    actual following called entire general overall specific particular strict day today customer
    product definition theory principle campaign plan idea example programme program page note
    chapter textbook exam slide school university course"""
_BENIGN = frozenset(_MILD.split())
_OF = frozenset({"of", "in", "for", "behind"})
_SIDES = frozenset({"definition", "drawbacks", "benefits", "names", "parts", "sources"})
_ORDINALS = frozenset(["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"])
_PLACES = frozenset({"in", "at", "near", "from", "around"})


@dataclass(frozen=True)
class Coverage:
    """Whether a question is covered, how sure (0-1), and the words nothing was found on.

    `extra` are words nothing holds that do not stand in the way of a general answer.
    """

    covered: bool
    sure: float
    unknown: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    task: bool = False
    extra: tuple[str, ...] = ()


def coverage(asked: Asked, evidence: Evidence) -> Coverage:
    """Decides whether to answer.

    A question that names a concept is covered unless something else in it is not: an unknown
    word that modifies the concept ("quantum micromarketing"), an unknown name or number, or
    mostly unknown words. A question that names none is covered when that is likely enough by how
    well the evidence fits (`relevance`).
    """
    nearest = tuple(evidence.titles(evidence.note_slugs[:3]))
    named_first = any(m.start == 0 < m.end for m in asked.mentions)  # "call to action"
    if not named_first and _TASK.match(fold(asked.text)):
        return Coverage(False, 0.0, (), nearest, task=True)
    if asked.mentions:
        return _with_concept(asked, evidence, nearest)
    return _without_concept(asked, evidence, nearest)


def refusal(asked: Asked, cover: Coverage) -> tuple[str, str]:
    """The answer and the reason of a refusal: what is missing and what would help."""
    if cover.task:
        reason = "The question asks for work other than an explanation from the library."
        return f"I answer questions from the library and do not do that. {_help(cover)}", reason
    if not asked.items or (not asked.focus and not asked.mentions):
        reason = "The question names no concept and nothing that could be looked up."
        return f"I cannot tell what the question is about. {_help(cover)}", reason
    words = listed([f"“{word}”" for word in cover.unknown])
    missing = words or "this subject"
    reason = f"Neither the notes nor the indexed documents cover {missing}."
    return f"I cannot answer that: neither the notes nor your documents cover {missing}. " + _help(
        cover
    ), reason


def _help(cover: Coverage) -> str:
    near = f" The nearest concepts it covers: {listed(cover.nearest)}." if cover.nearest else ""
    return f"Index a document about it and ask again, or ask about a concept in the library.{near}"


def _with_concept(asked: Asked, evidence: Evidence, nearest: tuple[str, ...]) -> Coverage:
    titles = tuple(evidence.titles(asked.slugs))
    near = tuple(dict.fromkeys((*titles, *nearest)))[:3]
    if is_foreign(asked.items) and not any(t.named for t in asked.focus):
        return Coverage(True, 0.5, nearest=near)  # the notes are English: no word can be missed
    unknown = _unknown(asked, _known(asked, evidence))
    fatal = [t for t in unknown if _is_fatal(t, asked)]
    fatal += [t for t in _modifiers(asked) if t not in fatal and not _joined(t, asked, evidence)]
    if fatal:
        return Coverage(False, 0.0, _texts(fatal), near)
    if asked.numeric and asked.focus and not _figure(asked, evidence):
        return Coverage(False, 0.0, _texts(asked.focus), near)
    if cues.has(fold(asked.text), cues.SHOPPING):
        return Coverage(False, 0.0, _texts(asked.focus), near)
    far = evidence.top_cosine is not None and evidence.top_cosine < NAMED_COSINE
    if far and asked.focus and _english(asked):
        return Coverage(False, evidence.top_cosine or 0.0, _texts(asked.focus), near)
    share = 1 - len(unknown) / max(1, len(asked.focus))
    carried = all(m.start == m.end for m in asked.mentions) and not asked.dimensions
    if unknown and ((carried and share < CARRIED_SHARE) or not _bears(asked, evidence, share)):
        return Coverage(False, share, _texts(unknown), near)
    extra = [t for t in unknown if not t.norm.endswith("ly") and stem(t.norm) not in opposites()]
    return Coverage(True, max(share, 0.5), nearest=near, extra=_texts(extra))


def _bears(asked: Asked, evidence: Evidence, share: float) -> bool:
    """Whether a general answer still helps although nothing is known on some of the words.

    It does for "how can a florist use local marketing", and not for "does it cause inflation".
    A concept named by an everyday word ("lift", "churn") must also be near in meaning.
    """
    applied = cues.has(fold(asked.text), cues.APPLIED) or asked.kind == "compare"
    if all(m.end - m.start == 1 and len(m.surface) < 7 for m in asked.mentions):
        near = evidence.top_cosine is None or evidence.top_cosine >= WEAK_COSINE
        return share >= 0.5 and near and applied
    near = asked.kind != "yes_no" or (evidence.top_cosine or 0.0) >= WEAK_COSINE
    if asked.kind != "yes_no" and not _of_another(asked):
        return True
    return applied or bool(asked.dimensions) or (share >= 0.5 and near)


def _in_own(asked: Asked, evidence: Evidence) -> bool:
    """Whether one passage of the user's documents holds all the words asked, two at least."""
    wanted = set(focus_stems(asked))
    return len(wanted) > 1 and any(wanted <= stems for _, stems in evidence.own_stems)


def _of_another(asked: Asked) -> bool:
    """Whether it is about something else: "the golden ratio of X", "the X of a light bulb"."""
    if "definition" not in asked.aspects:
        return False
    items, focus = asked.items, set(asked.focus)
    own = [m for m in asked.mentions if m.start < m.end]
    before = any(
        m.start > 1 and items[m.start - 1].norm in _OF and items[m.start - 2] in focus for m in own
    )
    behind = any(
        len(items) > m.end and items[m.end].norm == "of" and focus & set(items[m.end : m.end + 4])
        for m in own
    )
    return before or behind


def _without_concept(asked: Asked, evidence: Evidence, nearest: tuple[str, ...]) -> Coverage:
    unknown = _unknown(asked, frozenset(s for found in evidence.hit_stems for s in found))
    if not open_to_doubt(asked, evidence):
        return Coverage(False, 0.0, _texts(unknown or asked.focus), nearest)
    probability, enough = chance(asked, evidence)
    if _in_own(asked, evidence):
        return Coverage(True, max(VERBATIM, probability), _texts(unknown), nearest)
    found = signs(asked, evidence)
    own = bool(evidence.hits) and evidence.hits[0].kind != "note"
    if evidence.verbatim and found["share"] >= VERBATIM_SHARE and (own or probability >= SOME):
        return Coverage(True, max(VERBATIM, probability), _texts(unknown), nearest)
    if found["defined"] and found["share"] == 1 and probability >= SOME:
        return Coverage(True, max(DEFINED, probability), _texts(unknown), nearest)
    return Coverage(enough, probability, _texts(unknown), nearest)


def open_to_doubt(asked: Asked, evidence: Evidence) -> bool:
    """Whether nothing but the likeness of the evidence decides if the question is covered.

    It is not when the question has no content, holds a name or figure that nothing found holds,
    or asks what something is that stands nowhere.
    """
    wanted = focus_stems(asked)
    if asked.mentions or not wanted or _TASK.match(fold(asked.text)):
        return False
    unknown = _unknown(asked, frozenset(s for found in evidence.hit_stems for s in found))
    if any(_is_fatal(t, asked) for t in unknown):
        return False
    if asked.numeric and not _figure(asked, evidence):
        return False
    if evidence.verbatim or _in_own(asked, evidence):
        return True
    naming = cues.has(fold(asked.text), cues.ASKS_NAME)
    naming = naming and (evidence.top_cosine or 0) >= NAMING_COSINE
    sides = _SIDES & set(asked.aspects)
    longest = 3 if "definition" in sides else 2
    defined = bool(sides) and len(wanted) <= longest and not naming
    return not defined or subject_held(asked, evidence)


def _known(asked: Asked, evidence: Evidence) -> frozenset[str]:
    hits = frozenset(s for found in evidence.hit_stems for s in found)
    return hits | evidence.note_stems(asked.slugs)


def _unknown(asked: Asked, known: frozenset[str]) -> list[Token]:
    """The words of the focus that the evidence does not hold."""
    return [token for token in asked.focus if stem(token.norm) not in known]


def _is_fatal(token: Token, asked: Asked) -> bool:
    """Whether an unknown word is a name or figure, so that the answer would be about another."""
    if token.norm in _ORDINALS:
        return True
    if not token.named:
        return False
    place = asked.items.index(token)
    before = asked.items[place - 1].norm if place else ""
    return not (
        before in _PLACES and not asked.numeric and cues.has(fold(asked.text), cues.APPLIED)
    )


def _modifiers(asked: Asked) -> list[Token]:
    """Words of the focus that stand directly at a concept's name, before or behind it."""
    found = []
    for mention in asked.mentions:
        if mention.start == mention.end:
            continue  # carried over from the conversation: it stands nowhere in this text
        around = [mention.start - 1] if mention.start else []
        if "definition" in asked.aspects and mention.end < len(asked.items):
            around.append(mention.end)
        first, last = asked.items[mention.start], asked.items[mention.end - 1]
        found += [
            token
            for token in (asked.items[i] for i in around)
            if token in asked.focus
            and token.norm not in _BENIGN
            and not token.norm.endswith("ly")
            and not _PAUSE.search(asked.text[token.end : first.start])
            and not _PAUSE.search(asked.text[last.end : token.start])
        ]
    return found


def _joined(token: Token, asked: Asked, evidence: Evidence) -> bool:
    """Whether the evidence holds the modifier: in a concept's note, or in a retrieved passage."""
    wanted = stem(token.norm)
    if token.norm.isdigit():
        place = asked.items.index(token)
        phrase = " ".join(item.norm for item in asked.items[max(0, place - 1) : place + 1])
        return any(phrase in fold(hit.text) for hit in evidence.hits)
    if wanted in evidence.note_stems(asked.slugs):
        return True
    return any(wanted in found for found in evidence.hit_stems[:5])


def _figure(asked: Asked, evidence: Evidence) -> bool:
    """Whether a retrieved passage holds a figure and the words it would be a figure of."""
    wanted = focus_stems(asked)
    near = [*zip(evidence.hits[:6], evidence.hit_stems, strict=False), *evidence.own_stems]
    return any(
        any(c.isdigit() for c in hit.text) and overlap(wanted, found) >= FIGURE_SHARE
        for hit, found in near
    )


def _english(asked: Asked) -> bool:
    return all(token.norm.isascii() for token in asked.items)


def _texts(found: Iterable[Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.text for token in found))
