"""Yes-or-no questions, decided only where the notes decide them."""

import re
from collections.abc import Sequence
from typing import Literal

from copilot.rag.answering import cues
from copilot.rag.answering.bearing import bears
from copilot.rag.answering.compare import attributed, opening, relation_claims
from copilot.rag.answering.concepts import Vocabulary, named
from copilot.rag.answering.evidence import Cites, Evidence, focus_stems
from copilot.rag.answering.polarity import negated
from copilot.rag.answering.propositions import (
    Proposition,
    covers,
    mark,
    part_of,
    proposed,
    same_as,
    telling,
)
from copilot.rag.answering.question import Asked
from copilot.rag.answering.render import flow, inline, together, with_who
from copilot.rag.answering.statements import (
    Statement,
    claims,
    dimension,
    examples,
    of_note,
    of_section,
)
from copilot.records import ConceptNote
from copilot.text import fold

Verdict = Literal["yes", "no", "depends", "disputed"]
_NO_STATEMENT = frozenset({"main_risk", "best_when"})
_NAMED = re.compile(r"\b(?:same as|name|names|labels?|labelled|synonym|called|distinct)\b")
_NOT_SAME = re.compile(r"\b(?:not|never|no) (?:really |quite |just )?(?:the same|a|an|identical)\b")
_APART = re.compile(
    r"\b(?:goes further than|differs? from|not the same|while|whereas|unlike|opposite"
    r"|lies between)\b"
)
_PART = re.compile(
    r"\b(?:parts?|kinds?|forms?|types?|consists?|includ\w+|compris\w+|one of|belongs?|branch"
    r"|extreme|special case|labelled|divid\w+)\b"
)


def judge(
    asked: Asked, evidence: Evidence, cites: Cites, words: Vocabulary
) -> tuple[Verdict, str] | None:
    """The verdict and its reasons in Markdown; None when the evidence does not decide."""
    notes = [evidence.notes[slug] for slug in asked.slugs]
    if same_as(asked) and _NOT_SAME.search(fold(asked.text)):
        return None  # "is it not the same?" may expect either answer
    if len(notes) >= 2 and same_as(asked):
        return _same(notes[0], notes[1], cites, words)
    if len(notes) >= 2:
        part = _part(asked, notes[0], notes[1], cites, words)
        return part or _property(asked, notes[:2], cites)
    if len(asked.mentions) >= 2 and same_as(asked):
        return _one_concept(asked, notes[0], cites)
    if len(notes) == 1 and "example" in asked.aspects:
        return _example(asked, notes[0], cites)
    return _property(asked, notes, cites) if notes else None


def _same(
    a: ConceptNote, b: ConceptNote, cites: Cites, words: Vocabulary
) -> tuple[Verdict, str] | None:
    disputed = relation_claims(a, b, words)
    if any(_NAMED.search(f"{s.text} {stance}".casefold()) for s, stance in disputed):
        lines = [attributed(s, cites) for s, _ in disputed]
        body = together(
            (
                "**Sources disagree.** They use the names in different ways:",
                "\n".join(lines),
                opening([a, b], cites, None),
            )
        )
        return "disputed", body
    single = [
        s
        for note, other in ((a, b), (b, a))
        for s, index in claims(note)
        if other.slug in named(f"{s.text} {note.claims[index].stance}", words)
        and "same as" in note.claims[index].stance.casefold()
    ]
    if single:
        return "yes", f"**Yes**, by one account.\n\n{attributed(single[0], cites)}"
    linking = [*_linking(a, b, words), *_linking(b, a, words)]
    apart = b.slug in a.contrasts_with or a.slug in b.contrasts_with
    part = [s for s in linking if _PART.search(s.text.casefold())]
    part = part or [s for s in linking if _APART.search(s.text.casefold())]
    if apart or part:
        told = (part or linking)[:2]
        definitions = [s for note in (a, b) for s in of_section(note, "Definition")[:1]]
        told = told or definitions
        reasons = (
            f"**No.** {' '.join(cites.said(s) for s in told)}",
            opening([a, b], cites, None),
            flow(cites, [s for s in definitions if s not in told]),
        )
        return "no", together(reasons)
    return None


def _part(
    asked: Asked, a: ConceptNote, b: ConceptNote, cites: Cites, words: Vocabulary
) -> tuple[Verdict, str] | None:
    asserted = proposed(asked)
    if asserted is None or asserted.granted or not part_of(asserted):
        return None
    if not cues.has(fold(asked.text), rf"{cues.PART_OF} | one\s+of"):
        return None
    linking = [*_linking(a, b, words), *_linking(b, a, words)]
    part = [s for s in linking if _PART.search(s.text.casefold()) and not negated(s.text)]
    if part:
        said = " ".join(cites.said(s) for s in part[:2])
        definitions = [s for note in (a, b) for s in of_section(note, "Definition")[:1]]
        rest = [s for s in definitions if s.quote not in {p.quote for p in part[:2]}]
        return "yes", together((f"**Yes.** {said}", flow(cites, rest)))
    if linking and (b.slug in a.contrasts_with or a.slug in b.contrasts_with):
        return "no", together(
            (
                f"**No.** {' '.join(cites.said(s) for s in linking[:1])}",
                opening([a, b], cites, None),
            )
        )
    return None


def _one_concept(asked: Asked, note: ConceptNote, cites: Cites) -> tuple[Verdict, str]:
    surfaces = {mention.surface for mention in asked.mentions}
    other = next((s for s in surfaces if s != note.title.casefold()), note.title)
    pool = of_note(note)
    line = re.search(r"^aliases: \[.+\]$", note.raw, re.M)
    said = next((s for s in pool if other in s.text.casefold() and s.role != "lead"), None)
    if said is None and line is not None:
        said = Statement(
            text=f"The note on {note.title.lower()} lists “{other}” among its other names.",
            quote=line[0],
            source=note.path,
            title=note.title,
            heading=note.title,
            slug=note.slug,
        )
    reasons = [cites.said(said)] if said else []
    reasons += [cites.said(s) for s in of_section(note, "Definition")[:1] if s != said]
    return "yes", f"**Yes.** {' '.join(reasons)}"


def _property(
    asked: Asked, notes: Sequence[ConceptNote], cites: Cites
) -> tuple[Verdict, str] | None:
    """A verdict on what is asked of a concept: sources that disagree first, then the note."""
    asserted = proposed(asked)
    if asserted is None:
        return None
    disputed = _disputed(asserted, notes[:1], cites)
    if disputed is not None and not asserted.granted:
        return disputed
    found = [
        (side, share, s)
        for note in notes
        for s in _pool(note)
        if not (asked.same and s.role == "value")
        if (outcome := bears(asserted, mark(_told(s), asserted, notes))) is not None
        for side, share in (outcome,)
    ]
    if not found:
        return None
    best = max(share for _, share, _ in found)
    top = [(side, s) for side, share, s in found if share == best]
    sides = {side for side, _ in top}
    if {"yes", "no"} <= sides:
        return None  # the note says both, of different things
    side, chosen = next(((d, s) for d, s in top if d != "depends"), top[0])
    opener = "It depends" if side == "depends" else side.capitalize()
    text = with_who(chosen)
    if chosen.role == "lead":
        text = f"{text.rstrip(':')}."
    if chosen.role == "value":
        text = f"As to {chosen.who} in {inline(notes[0])}: {chosen.text}."
    definition = [s for s in of_section(notes[0], "Definition")[:2] if s != chosen]
    body = f"**{opener}.** {cites.said(chosen, text)}"
    return side, together((body, flow(cites, definition, notes[0].title)))


def _pool(note: ConceptNote) -> list[Statement]:
    """What a note states in general: no example, no risk or condition by itself."""
    keys = [key for key in note.dimensions if key not in _NO_STATEMENT]
    values = [v for key in keys if (v := dimension(note, key)) is not None]
    said = [s for s in of_note(note) if s.role != "example"]
    return [s for s in said if not s.heading.endswith(("Example", "In the wild"))] + values


def _told(s: Statement) -> str:
    return f"{s.who} {s.text}" if s.role == "value" else s.text


def _disputed(
    asserted: Proposition, notes: Sequence[ConceptNote], cites: Cites
) -> tuple[Verdict, str] | None:
    """The rival claims when one of them speaks of just what is asked."""
    for note in notes:
        said = [(s, note.claims[index].stance) for s, index in claims(note)]
        if len({stance for _, stance in said}) < 2 or telling(asserted, note) < 2:
            continue
        if any(covers(asserted, mark(f"{s.text} {stance}", asserted, notes)) for s, stance in said):
            firsts: dict[str, Statement] = {}
            for statement, stance in said:
                firsts.setdefault(stance, statement)
            lines = "\n".join(attributed(s, cites) for s in list(firsts.values())[:4])
            definition = of_section(note, "Definition")[:1]
            return "disputed", together(
                ("**Sources disagree.** Each says:", lines, flow(cites, definition, note.title))
            )
    return None


def _example(asked: Asked, note: ConceptNote, cites: Cites) -> tuple[Verdict, str] | None:
    """Whether something is told as an example of the concept."""
    wanted = focus_stems(asked)
    chosen = next((s for s in examples(note) if wanted and set(wanted) <= s.stems), None)
    if chosen is None:
        return None
    definition = of_section(note, "Definition")[:2]
    body = f"**Yes.** {cites.said(chosen, with_who(chosen))}"
    return "yes", together((body, flow(cites, definition, note.title)))


def _linking(a: ConceptNote, b: ConceptNote, words: Vocabulary) -> list[Statement]:
    """Statements of one note that name the other concept, plainest first."""
    begins = {fold(name).split()[0][:4] for name in (b.title, *b.aliases)}
    return [
        s
        for s in of_note(a)
        if s.role in {"sentence", "item"}
        and any(begin in fold(s.text) for begin in begins)  # quick; what follows is not
        and b.slug in named(s.text, words)
    ]
