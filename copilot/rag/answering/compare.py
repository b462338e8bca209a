"""Comparisons: a table from the notes' dimensions, then prose; and who disagrees with whom."""

import re
from collections.abc import Sequence
from itertools import combinations

from copilot.rag.answering.concepts import Vocabulary, named
from copilot.rag.answering.evidence import Cites, Evidence
from copilot.rag.answering.question import Asked
from copilot.rag.answering.render import flow, headed, inline, listed, together, with_who
from copilot.rag.answering.statements import (
    Statement,
    claims,
    dimension,
    examples,
    of_note,
    of_section,
)
from copilot.records import Audience, Citation, ConceptNote, Disagreement

LABELS = {
    "scope": "Scope",
    "personalisation": "Personalisation",
    "product_variation": "Product variation",
    "who_decides": "Who decides",
    "production": "Production",
    "customer_role": "The customer's role",
    "data_needed": "Data needed",
    "cost": "Cost",
    "scale": "Scale",
    "main_risk": "Main risk",
    "best_when": "Best when",
}
TOLD = ("scope", "personalisation", "product_variation")
MOST_CONCEPTS = 4
_VERB = re.compile(r"^[^,:;]*\b(?:is|are|var(?:y|ies)|not|adjusted|adapted|chang\w+|none)\b", re.I)


def compare(asked: Asked, evidence: Evidence, cites: Cites, words: Vocabulary) -> str:
    """The concepts side by side: the main difference, a table, prose, examples, the overlap."""
    notes = compared(asked, evidence)
    shared = shared_dimensions(notes)
    row = _asked_row(asked, shared)
    if row is not None:
        rows = [key for key in shared if key in {row, "scope", *asked.dimensions}]
        return together(
            (
                opening(notes, cites, row),
                table(notes, rows, cites),
                in_own_words(notes, cites, words),
                overlap(notes, cites, words),
            )
        )
    return together(
        (
            in_common(notes, cites, words) if asked.common else opening(notes, cites, None),
            table(notes, shared, cites),
            told(notes, [k for k in TOLD if k in shared and _strategies(notes)], cites),
            in_own_words(notes, cites, words),
            examples_of_each(notes, cites),
            choose_when(notes, cites) if "best_when" in shared else _drawbacks(notes, cites),
            overlap(notes, cites, words),
        )
    )


def in_common(notes: Sequence[ConceptNote], cites: Cites, words: Vocabulary) -> str:
    """What a note says of the others, for a question about what they share."""
    slugs = {note.slug for note in notes}
    said = [
        s
        for note in notes
        for s in of_note(note)
        if s.role in {"sentence", "item"} and (slugs - {note.slug}) & named(s.text, words)
    ][:3]
    if said:
        return headed("What links them", " ".join(cites.said(s) for s in said))
    return "No source in the library says what they have in common. Side by side:"


def compared(asked: Asked, evidence: Evidence) -> list[ConceptNote]:
    """The notes of the concepts named, at most four."""
    return [evidence.notes[slug] for slug in asked.slugs[:MOST_CONCEPTS]]


def shared_dimensions(notes: Sequence[ConceptNote]) -> list[str]:
    """The dimensions that at least two of the notes have, in reading order."""
    keys = [*LABELS, *(key for note in notes for key in note.dimensions if key not in LABELS)]
    return [key for key in dict.fromkeys(keys) if sum(key in note.dimensions for note in notes) > 1]


def opening(notes: Sequence[ConceptNote], cites: Cites, row: str | None) -> str:
    """One sentence with the difference asked about, else with who decides, else with scope."""
    key = next(
        (
            k
            for k in (row, "who_decides" if _strategies(notes) else None, "scope")
            if k and all(k in note.dimensions for note in notes)
        ),
        None,
    )
    if key is None:
        return flow(cites, [s for note in notes for s in of_section(note, "Definition")[:1]])
    about = "who decides" if key == "who_decides" else LABELS.get(key, key).lower()
    names = listed([inline(note) for note in notes])
    opener = f"{names[:1].upper()}{names[1:]}"
    sides = _sides(notes, key, cites, sentence=False)
    return f"**In short.** {opener} differ first in {about}: {sides}"


def table(notes: Sequence[ConceptNote], keys: Sequence[str], cites: Cites) -> str:
    """A Markdown table, a row a dimension; every filled cell has its marker."""
    if not keys:
        return ""
    rows = [
        f"| | {' | '.join(note.title for note in notes)} |",
        f"|---|{'---|' * len(notes)}",
    ]
    for key in keys:
        cells = [_cell(dimension(note, key), cites) for note in notes]
        rows.append(f"| **{_label(key)}** | {' | '.join(cells)} |")
    return "\n".join(rows)


def told(notes: Sequence[ConceptNote], keys: Sequence[str], cites: Cites) -> str:
    """The main rows again as sentences."""
    return together(headed(_label(key), _sides(notes, key, cites)) for key in keys)


def in_own_words(notes: Sequence[ConceptNote], cites: Cites, words: Vocabulary) -> str:
    """Each concept's definition, and what its note says about the others."""
    parts = []
    slugs = {note.slug for note in notes}
    for note in notes:
        body = of_section(note, "Definition")
        chosen = [s for s in body if s.role == "sentence"][:2]
        chosen += [
            s for s in body if s not in chosen and s.role == "sentence" and "not" in s.text.split()
        ][:1]
        chosen += [
            s
            for s in of_note(note)
            if s not in chosen
            and s.role in {"sentence", "item"}
            and (slugs - {note.slug}) & named(s.text, words)
        ][:1]
        parts.append(" ".join(cites.said(s) for s in chosen))
    return headed("In other words", together(parts))


def examples_of_each(notes: Sequence[ConceptNote], cites: Cites) -> str:
    """Two examples of each concept, or the worked one where the note has no others."""
    lines = []
    for note in notes:
        found = examples(note)[:3]
        if found:
            cases = " ".join(cites.said(s, with_who(s)) for s in found)
        else:
            cases = " ".join(cites.said(s) for s in of_section(note, "Example")[:2])
        if cases:
            lines.append(f"- **{note.title}.** {cases}")
    return headed("Examples", "\n".join(lines))


def choose_when(notes: Sequence[ConceptNote], cites: Cites) -> str:
    """When each is the better choice."""
    said = []
    for note in notes:
        value = dimension(note, "best_when")
        if value is not None:
            said.append(f"Choose {inline(note)} when {cites.said(value)}.")
    return headed("Which to choose", " ".join(said))


def overlap(notes: Sequence[ConceptNote], cites: Cites, words: Vocabulary) -> str:
    """What sources say about the relation of the concepts, when they do not agree."""
    lines = []
    for a, b in combinations(notes, 2):
        said = relation_claims(a, b, words)
        for statement, _ in said:
            lines.append(attributed(statement, cites))
    if len(lines) < 2:
        return ""
    heading = "Where the names overlap, and sources disagree"
    return headed(heading, "\n".join(dict.fromkeys(lines)))


def relation_claims(
    a: ConceptNote, b: ConceptNote, words: Vocabulary
) -> list[tuple[Statement, str]]:
    """Claims of either note that name the other concept, with the rival claims beside them.

    Each comes with its stance, one claim a stance and note. Nothing is returned unless at least
    two stances stand.
    """
    found: list[tuple[Statement, str]] = []
    for note, other in ((a, b), (b, a)):
        said = [(s, note.claims[index].stance) for s, index in claims(note)]
        about = [
            entry for entry in said if other.slug in named(f"{entry[0].text} {entry[1]}", words)
        ]
        if about:
            found += about
            found += [entry for entry in said if not _names_third(entry, note, other, words)]
    distinct: dict[str, tuple[Statement, str]] = {}
    for statement, stance in found:
        distinct.setdefault(stance, (statement, stance))
    return list(distinct.values()) if len(distinct) > 1 else []


def attributed(claim: Statement, cites: Cites) -> str:
    """A claim as a bullet under the source that makes it."""
    return f"- {claim.who}: {cites.said(claim)}"


def disagreements(
    notes: Sequence[ConceptNote], citations: Sequence[Citation]
) -> tuple[Disagreement, ...]:
    """The notes' disputed points, for those whose claims the answer already cites."""
    cited = {(c.source, c.quote): c.marker for c in citations}
    found = []
    for note in notes:
        used = [c for c in note.claims if (note.path, c.text) in cited]
        if len({claim.stance for claim in used}) > 1:
            markers = tuple(cited[note.path, claim.text] for claim in used)
            point = f"What {inline(note)} is and how it relates to its neighbours"
            found.append(Disagreement(point=point, claims=tuple(used), markers=markers))
    return tuple(found)


def who_says_what(note: ConceptNote, cites: Cites, audience: Audience) -> str:
    """The note's claims under their sources, when they differ; a student gets two at most."""
    said = claims(note)
    if len({note.claims[index].stance for _, index in said}) < 2:
        return ""
    most = 2 if audience == "student" else 4
    firsts: dict[str, Statement] = {}
    for statement, index in said:
        firsts.setdefault(note.claims[index].stance, statement)
    lines = [attributed(s, cites) for s in list(firsts.values())[:most]]
    return headed("Where sources disagree", "\n".join(lines))


def _strategies(notes: Sequence[ConceptNote]) -> bool:
    # Only what is done to a market can be said to decide, personalise and produce.
    return all(note.kind == "strategy" for note in notes)


def _names_third(
    entry: tuple[Statement, str], note: ConceptNote, other: ConceptNote, words: Vocabulary
) -> bool:
    third = named(f"{entry[0].text} {entry[1]}", words) - {note.slug, other.slug}
    return bool(third - {*note.related, *other.related})


def _asked_row(asked: Asked, keys: Sequence[str]) -> str | None:
    return next((key for key in asked.dimensions if key in keys), None)


def _sides(notes: Sequence[ConceptNote], key: str, cites: Cites, *, sentence: bool = True) -> str:
    said = []
    for note in notes:
        value = dimension(note, key)
        if value is not None:
            said.append(_side(note, key, value, cites))
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if sentence else f"{text}."


def _side(note: ConceptNote, key: str, value: Statement, cites: Cites) -> str:
    """One side of a contrast; "high: messages are …" and "one standard product" need a verb."""
    if key == "scope":
        return f"{inline(note)} covers {cites.said(value)}"
    graded = 0 < value.text.find(":") < 25 and key in TOLD
    if key == "product_variation" and not graded and not _VERB.search(value.text):
        return f"{inline(note)} has {cites.said(value)}"
    return f"in {inline(note)}, {'it is ' if graded else ''}{cites.said(value)}"


def _cell(value: Statement | None, cites: Cites) -> str:
    if value is None:
        return "–"
    text = value.text.replace("|", "\\|")
    return f"{text[:1].upper()}{text[1:]}{cites.mark(value)}"


def _label(key: str) -> str:
    return LABELS.get(key, key.replace("_", " ").capitalize())


def _drawbacks(notes: Sequence[ConceptNote], cites: Cites) -> str:
    lines = []
    for note in notes:
        found = [s for s in of_section(note, "Drawbacks") if s.role == "item"][:2]
        lines += [f"- {cites.said(s)}" for s in found]
    return headed("Drawbacks", "\n".join(lines))
