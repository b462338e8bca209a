"""True or false: true ones as the note has them, false ones that the library itself denies."""

from collections.abc import Iterator, Sequence

from copilot.rag.answering.statements import Statement, dimension, of_section
from copilot.rag.tutoring.exercise import Draft, Exercise, Point, Rival, build
from copilot.rag.tutoring.kinship import Shelf, alike, is_kin, rival, same_by
from copilot.rag.tutoring.wording import defined, name_of, turned
from copilot.records import ConceptNote, Passage

# What makes a concept what it is: here a neighbour's value is false and not merely unmentioned.
TELLING = {
    "scope": "whom it addresses",
    "personalisation": "how far it goes in personalisation",
    "who_decides": "who decides",
    "production": "how the offer is produced",
    "customer_role": "the customer's role",
}
TASK = "True or false? If it is false, put it right."


def denials(note: ConceptNote) -> tuple[Rival, ...]:
    """What the note says the concept is not, each as the false statement it corrects."""
    found = []
    for heading in ("Definition", "How it works", "When to use"):
        for s in of_section(note, heading):
            false = turned(s.text) if s.role == "sentence" else None
            if false and s.text.lower().startswith(note.title.lower()):
                found.append(Rival(note.slug, name_of(note), false, s))
    return tuple(found)


def truths(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> Iterator[Exercise]:
    """Statements to judge, about as many of them true as false."""
    false = [*_denied(note), *_swapped(note, shelf)]
    true = list(_true(note))
    for statement, shown, taken in false:
        yield _judged(note, passages, statement, shown, truth=False, taken=taken)
    for statement, shown in true[: max(len(false), 2)]:
        yield _judged(note, passages, statement, shown, truth=True)


def _judged(
    note: ConceptNote,
    passages: Sequence[Passage],
    statement: Statement,
    shown: str,
    *,
    truth: bool,
    taken: Rival | None = None,
) -> Exercise:
    draft = Draft("true_false", f"“{shown}” {TASK}", statement, "student")
    believed = taken or Rival(note.slug, name_of(note), shown, statement)
    text = statement.text
    if statement.role == "value":
        text = f"{note.title}, {statement.who}: {text}."
    return build(
        draft, note.slug, note.slug, passages, "truth",
        points=(Point(text, statement.quote, (statement.text,)),),
        rivals=(believed,),
        model_answer=f"{'True' if truth else 'False'}. {text}",
        truth=truth,
        about=name_of(note),
    )  # fmt: skip


def _denied(note: ConceptNote) -> Iterator[tuple[Statement, str, Rival]]:
    for one in denials(note):
        yield one.statement, one.text, one


def _swapped(note: ConceptNote, shelf: Shelf) -> Iterator[tuple[Statement, str, Rival]]:
    """A contrasting concept's definition or dimension under this concept's name."""
    for other in (shelf.notes[x] for x in note.contrasts_with if x in shelf.notes):
        if is_kin(note, other, shelf.words) or same_by(note, other, shelf.words):
            continue
        yield from _swapped_definition(note, other, shelf)
        for key, asked in TELLING.items():
            own, strange = dimension(note, key), dimension(other, key)
            if own is None or strange is None or {note.kind, other.kind} != {"strategy"}:
                continue
            if alike(own.text, strange.text, shelf):
                continue
            shown = f"{note.title}, {asked}: {strange.text}."
            yield own, shown, rival(note, other, strange, shelf)


def _swapped_definition(
    note: ConceptNote, other: ConceptNote, shelf: Shelf
) -> Iterator[tuple[Statement, str, Rival]]:
    own = next(iter(of_section(note, "Definition")), None)
    strange = next(iter(of_section(other, "Definition")), None)
    if own is None or strange is None or alike(own.text, strange.text, shelf):
        return
    mine, theirs = defined(own.text), defined(strange.text)
    if mine and theirs and mine.verb == theirs.verb:
        shown = f"{mine.subject} {mine.verb} {theirs.rest}"
        yield own, shown, rival(note, other, strange, shelf)


def _true(note: ConceptNote) -> Iterator[tuple[Statement, str]]:
    for heading in ("Drawbacks", "Definition", "When to use"):
        for s in of_section(note, heading):
            whole = s.role in ("sentence", "item") and 8 <= len(s.text.split()) <= 40
            if whole and s.text.lower().startswith(note.title.lower()):
                yield s, s.text
    for key, asked in TELLING.items():
        value = dimension(note, key)
        if value is not None:
            yield value, f"{note.title}, {asked}: {value.text}."
