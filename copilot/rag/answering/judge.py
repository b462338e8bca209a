"""Yes-or-no questions, decided only where the notes decide them."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from copilot.rag.answering import cues
from copilot.rag.answering.compare import attributed, opening, relation_claims
from copilot.rag.answering.concepts import Vocabulary, named
from copilot.rag.answering.evidence import Cites, Evidence, focus_stems
from copilot.rag.answering.polarity import negated, opposites
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

Verdict = Literal["yes", "no", "disputed"]
_PART = re.compile(
    r"\b(?:parts?|kinds?|forms?|types?|consists?|includ\w+|compris\w+|one of|belongs?|branch"
    r"|extreme|special case|labelled|divid\w+)\b"
)


def judge(
    asked: Asked, evidence: Evidence, cites: Cites, words: Vocabulary
) -> tuple[Verdict, str] | None:
    """The verdict and its reasons in Markdown; None when the evidence does not decide."""
    notes = [evidence.notes[slug] for slug in asked.slugs]
    if len(notes) >= 2 and asked.same:
        return _same(notes[0], notes[1], cites, words)
    if len(notes) >= 2:
        return _part(asked, notes[0], notes[1], cites, words)
    if len(asked.mentions) >= 2 and asked.same:
        return _one_concept(asked, notes[0], cites)
    if len(notes) == 1:
        return _property(asked, notes[0], cites)
    return None


def _same(
    a: ConceptNote, b: ConceptNote, cites: Cites, words: Vocabulary
) -> tuple[Verdict, str] | None:
    disputed = relation_claims(a, b, words)
    if disputed:
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
    if apart or part:
        said = " ".join(cites.said(s) for s in (part or linking)[:2])
        definitions = [s for note in (a, b) for s in of_section(note, "Definition")[:1]]
        reasons = (
            f"**No.** {said}".strip(),
            opening([a, b], cites, None),
            flow(cites, [s for s in definitions if s not in linking]),
        )
        return "no", together(reasons)
    return None


def _part(
    asked: Asked, a: ConceptNote, b: ConceptNote, cites: Cites, words: Vocabulary
) -> tuple[Verdict, str] | None:
    if not cues.has(fold(asked.text), cues.PART_OF):
        return None
    linking = [*_linking(a, b, words), *_linking(b, a, words)]
    part = [s for s in linking if _PART.search(s.text.casefold()) and not negated(s.text)]
    if part:
        said = " ".join(cites.said(s) for s in part[:2])
        definitions = [s for note in (a, b) for s in of_section(note, "Definition")[:1]]
        rest = [s for s in definitions if s.quote not in {p.quote for p in part[:2]}]
        return "yes", together((f"**Yes.** {said}", flow(cites, rest)))
    if b.slug in a.contrasts_with or a.slug in b.contrasts_with:
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


def _property(asked: Asked, note: ConceptNote, cites: Cites) -> tuple[Verdict, str] | None:
    wanted = focus_stems(asked)
    if not wanted:
        return None
    values = [v for key in note.dimensions if (v := dimension(note, key)) is not None]
    pool = [s for s in [*of_note(note), *values] if s.role not in {"example", "lead"}]
    pool = [s for s in pool if not s.heading.endswith(("Example", "In the wild"))]
    if "example" in asked.aspects:
        pool = examples(note)
    against = _first(pool, lambda s: _refuses(s, wanted)) or _first(
        pool, lambda s: _contrary(s, wanted)
    )
    for_it = _first(pool, lambda s: set(wanted) <= s.stems and not negated(s.text))
    chosen = against or for_it
    if chosen is None:
        return None
    verdict: Verdict = "no" if against else "yes"
    text = with_who(chosen)
    if chosen.role == "value":
        text = f"As to {chosen.who} in {inline(note)}: {chosen.text}."
    definition = [s for s in of_section(note, "Definition")[:2] if s != chosen]
    body = f"**{verdict.capitalize()}.** {cites.said(chosen, text)}"
    return verdict, together((body, flow(cites, definition, note.title)))


def _refuses(s: Statement, wanted: Sequence[str]) -> bool:
    """Whether a statement denies what is asked in the question's own words."""
    table = opposites()
    return negated(s.text) and set(wanted) <= s.stems and any(w in table for w in wanted)


def _contrary(s: Statement, wanted: Sequence[str]) -> bool:
    """Whether a statement affirms the opposite of what is asked."""
    table = opposites()
    turned = [w for w in wanted if w in table and w not in s.stems and table[w] & s.stems]
    rest = [w for w in wanted if w not in turned]
    return bool(turned) and not negated(s.text) and all(w in s.stems for w in rest)


def _linking(a: ConceptNote, b: ConceptNote, words: Vocabulary) -> list[Statement]:
    """Statements of one note that name the other concept, plainest first."""
    return [
        s for s in of_note(a) if s.role in {"sentence", "item"} and {b.slug} <= named(s.text, words)
    ]


def _first(pool: Iterable[Statement], fits: Callable[[Statement], bool]) -> Statement | None:
    return next((s for s in pool if fits(s)), None)
