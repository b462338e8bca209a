"""Which concepts may be told apart: contrasts, kin, and names that some source makes one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from copilot.rag.answering.concepts import Vocabulary, named, vocabulary
from copilot.rag.answering.statements import Statement, dimension, of_section
from copilot.rag.tutoring.exercise import Rival
from copilot.rag.tutoring.terms import Scale, scale_of, share, terms
from copilot.rag.tutoring.wording import name_of
from copilot.records import Claim, ConceptNote, Passage

_SAME = re.compile(
    r"\b(?:same as|another name|other names?|labels?|labell?ed|also (?:called|known)|synonyms?)\b",
    re.I,
)
ALIKE = 0.5  # above this two statements are too near for one to be false of the other's subject
EQUAL = 0.8  # above this they say the same
MOST_RIVALS = 6


@dataclass(frozen=True)
class Shelf:
    """The notes with what is looked up in them again and again; made by `shelve`.

    By slug: the sentence that defines each concept, and its `best_when`.
    """

    notes: Mapping[str, ConceptNote]
    words: Vocabulary
    scale: Scale
    definitions: Mapping[str, Statement] = field(default_factory=dict)
    moments: Mapping[str, Statement] = field(default_factory=dict)
    passages: dict[str, list[Passage]] = field(default_factory=dict)


def shelve(notes: Sequence[ConceptNote]) -> Shelf:
    """The notes, their names, and how telling each word is."""
    defining = {note.slug: first_definition(note) for note in notes}
    best = {note.slug: dimension(note, "best_when") for note in notes}
    return Shelf(
        definitions={slug: s for slug, s in defining.items() if s is not None},
        moments={slug: s for slug, s in best.items() if s is not None},
        notes={note.slug: note for note in notes},
        words=vocabulary(notes),
        scale=scale_of([note.raw.split("\n---", 1)[-1] for note in notes]),
    )


def first_definition(note: ConceptNote) -> Statement | None:
    """The sentence that defines the concept."""
    return next((s for s in of_section(note, "Definition") if s.role == "sentence"), None)


def same_by(note: ConceptNote, other: ConceptNote, words: Vocabulary) -> tuple[Claim, ...]:
    """The claims by which some source makes the two concepts one."""
    found = []
    for owner, third in ((note, other), (other, note)):
        for claim in owner.claims:
            said = f"{claim.text} {claim.stance}"
            if _SAME.search(said) and third.slug in named(said, words):
                found.append(claim)
    return tuple(dict.fromkeys(found))


def is_kin(note: ConceptNote, other: ConceptNote, words: Vocabulary) -> bool:
    """Whether one concept may be a part or a kind of the other: their definitions name it."""
    for owner, third in ((note, other), (other, note)):
        body = " ".join(s.text for s in of_section(owner, "Definition"))
        parts = " ".join(s.text for s in of_section(owner, "How it works") if s.role == "item")
        if third.slug in named(f"{body} {parts} {owner.title}", words):
            return True
    return False


def contrasts(note: ConceptNote, shelf: Shelf) -> list[ConceptNote]:
    """The concepts a note is set against, either way round, its own choice first."""
    back = [n.slug for n in shelf.notes.values() if note.slug in n.contrasts_with]
    slugs = dict.fromkeys([*note.contrasts_with, *sorted(back)])
    return [shelf.notes[slug] for slug in slugs if slug in shelf.notes]


def neighbours(note: ConceptNote, shelf: Shelf) -> list[ConceptNote]:
    """The contrasting concepts, then the related ones."""
    related = [shelf.notes[slug] for slug in note.related if slug in shelf.notes]
    return list({n.slug: n for n in [*contrasts(note, shelf), *related]}.values())


def alike(text: str, other: str, shelf: Shelf, limit: float = ALIKE) -> bool:
    """Whether two statements say so much the same that neither is false of the other's subject."""
    a, b = terms(text), terms(other)
    scale = shelf.scale
    return max(share(a, set(b), scale), share(b, set(a), scale)) >= limit


def rival(note: ConceptNote, other: ConceptNote, said: Statement, shelf: Shelf) -> Rival:
    """Another concept's statement as something the answer may have been taken for."""
    held = same_by(note, other, shelf.words)
    return Rival(other.slug, name_of(other), said.text, said, held)


def rivals(
    note: ConceptNote, own: str, of: Mapping[str, Statement], shelf: Shelf
) -> tuple[Rival, ...]:
    """Rivals from what each neighbour has in the same place (slug to statement).

    One that says nearly the same as the own text is left out: it could not be told apart.
    """
    found = [
        rival(note, other, of[other.slug], shelf)
        for other in neighbours(note, shelf)
        if other.slug in of and not alike(own, of[other.slug].text, shelf, EQUAL)
    ]
    return tuple(found[:MOST_RIVALS])
