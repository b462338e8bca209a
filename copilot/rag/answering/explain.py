"""Explanations, lists and examples of one concept, from its note."""

import re
from collections.abc import Sequence
from dataclasses import replace

from copilot.rag.answering import cues
from copilot.rag.answering.compare import LABELS
from copilot.rag.answering.concepts import Mention
from copilot.rag.answering.cues import Aspect
from copilot.rag.answering.evidence import Cites, Evidence, all_statements, focus_stems, rank
from copilot.rag.answering.question import Asked
from copilot.rag.answering.render import (
    as_prose,
    bullets,
    flow,
    headed,
    inline,
    lower_first,
    together,
)
from copilot.rag.answering.statements import Statement, dimension, examples, of_section, whole
from copilot.rag.answering.words import stem
from copilot.records import Audience, ConceptNote
from copilot.text import fold

Plan = tuple[tuple[str, str, int], ...]  # section, run-in heading, most statements

PLANS: dict[Audience, Plan] = {
    "practitioner": (
        ("Definition", "", 5),
        ("How it works", "How it works", 5),
        ("When to use", "When to use it", 2),
        ("Drawbacks", "Drawbacks", 6),
        ("Example", "Example", 3),
    ),
    "student": (
        ("Definition", "", 6),
        ("How it works", "How it works", 9),
        ("Example", "For example", 4),
    ),
}
# "What is X?" wants less than "Explain X".
SHORT_PLAN: Plan = (
    ("Definition", "", 3),
    ("How it works", "How it works", 3),
    ("Drawbacks", "Drawbacks", 6),
    ("Example", "Example", 2),
)
DEFINE = re.compile(r"^(?:what\W?s|what (?:is|are|does)|define|was (?:ist|sind)|que es|qu\W?est)\b")
ASPECT_PLANS: dict[Aspect, Plan] = {
    "how": (("Definition", "", 1), ("How it works", "How it works", 12)),
    "when": (("When to use", "When to use it", 8), ("Drawbacks", "Weigh against", 6)),
    "why": (("When to use", "Why and when", 5), ("How it works", "How it works", 6)),
    "drawbacks": (("Drawbacks", "Drawbacks", 8),),
    "benefits": (("When to use", "What it is good for", 6),),
    "example": (("Example", "Example", 4), ("In the wild", "In the wild", 4)),
    "definition": (("Definition", "", 5),),
    "sources": (("Definition", "", 1), ("In the wild", "In the wild", 3)),
}
PART_WORDS = (
    "part component element capability step stage level face type kind form branch category "
    "pillar phase variety development technology row source test question tool rule measure "
    "criterion condition requirement principle"
)
NAMES = re.compile(
    r"\b(?:names?(?!\s+(?:two|three|four|five|six|seven|\d))|called|labell?ed|known as|synonym)\b",
    re.I,
)
PART = re.compile(r"\b(?:parts?|consists?|compris\w+|made up of|divid\w+|two|three|four)\b", re.I)
COUNTED = re.compile(r"\b(?:two|three|four|five|six|seven|eight)\b", re.I)


def explain(asked: Asked, evidence: Evidence, cites: Cites, audience: Audience) -> str:
    """What was asked about one concept: first the point asked, then definition and the rest."""
    note = evidence.notes[asked.slugs[0]]
    point = point_asked(asked, evidence, note)
    wanted = [a for a in asked.aspects if a in ASPECT_PLANS and a != "definition"]
    plan = PLANS[audience]
    if audience == "practitioner" and DEFINE.search(fold(asked.text)):
        plan = SHORT_PLAN
    if wanted:
        plan = _merged(["definition", *wanted] if "definition" in asked.aspects else wanted)
    if note.kind == "practice" and cues.has(fold(asked.text), "plans?|planning"):
        point, wanted = [], []
        plan = (("Definition", "", 1), ("Example", "A worked plan, as an illustration", 30))
    if point and not wanted and "definition" not in asked.aspects:
        plan = (("Definition", "In general", 2), ("Example", "Example", 2))
    used = {s.quote for s in point}
    asked_point = [_dimensions_asked(asked, note, cites), flow(cites, point, note.title)]
    first = "definition" in asked.aspects  # "What is X in Y": what X is comes before Y
    parts = [] if first else list(asked_point)
    for section, heading, most in plan:
        found = whole([s for s in of_section(note, section) if s.quote not in used], most)
        parts.append(headed(heading, flow(cites, found, note.title)) if heading else "")
        if not heading:
            parts[-1] = flow(cites, found, note.title)
            if first:
                parts += asked_point
                first = False
    if audience == "student":
        parts.append(_remember(note, cites))
    return together(parts)


def point_asked(asked: Asked, evidence: Evidence, note: ConceptNote) -> list[Statement]:
    """The statements that hold what the question asks beyond the concept's name, at most four.

    A list's opening sentence brings its items along.
    """
    wanted = focus_stems(asked)
    if not wanted:
        return []
    own = all_statements(evidence, [note.slug])
    near = all_statements(evidence, evidence.note_slugs[:4])
    leads = [s for s in own if s.role == "lead" and set(wanted) <= s.stems]
    if leads:
        block = [s for s in own if s.heading == leads[0].heading and s.block == leads[0].block]
        return block
    whole = [stem(token.norm) for token in asked.items]
    best = rank(own, wanted, least=0.5, beside=whole)[:3]
    return as_prose(best or rank(near, wanted, least=0.6, beside=whole)[:2])


def described(
    asked: Asked,
    note: ConceptNote,
    slugs: Sequence[str],
    evidence: Evidence,
    cites: Cites,
    audience: Audience,
) -> str:
    """What a question describes without naming it: the concept, the point, how it works.

    `slugs` are the nearest notes, best first; the others add what they say on the point.
    """
    wanted = focus_stems(asked)
    whole_question = [stem(token.norm) for token in asked.items]
    cases = _cases(evidence, slugs, wanted)
    if cases:
        about = evidence.notes[cases[0].slug]
        meaning = of_section(about, "Definition")[:1]
        return together(
            (flow(cites, as_prose(cases)), headed("In general", flow(cites, meaning, about.title)))
        )
    if asked.kind == "list" and {"drawbacks", "benefits", "names", "parts"} & set(asked.aspects):
        meant = replace(asked, mentions=(Mention(note.slug, 0, 0, fold(note.title)),))
        return enumerate_aspect(meant, evidence, cites)
    definition = of_section(note, "Definition")[:3]
    opener = ""
    if cues.has(fold(asked.text), cues.ASKS_NAME):
        opener = f"The concept that fits best is **{inline(note)}**{cites.mark(definition[0])}."
    used = {s.quote for s in definition}
    own = [s for s in all_statements(evidence, [note.slug]) if s.quote not in used]
    point = rank(own, wanted, least=0.34, beside=whole_question)[:3]
    used |= {s.quote for s in point}
    how = [s for s in of_section(note, "How it works") if s.quote not in used]
    longest = 8 if audience == "student" or "how" in asked.aspects else 5
    elsewhere = all_statements(evidence, [slug for slug in slugs if slug != note.slug])
    beside = rank(elsewhere, wanted, least=0.5, beside=whole_question)[:2]
    return together(
        (
            opener,
            flow(cites, definition, note.title),
            flow(cites, as_prose(point), note.title),
            headed("How it works", flow(cites, whole(how, longest), note.title)),
            headed("See also", flow(cites, as_prose(beside))),
        )
    )


def _cases(evidence: Evidence, slugs: Sequence[str], wanted: Sequence[str]) -> list[Statement]:
    """What the notes tell of the names in the question, the statements nearest to it first."""
    told = [
        s
        for s in all_statements(evidence, slugs)
        if any(name in fold(f"{s.who} {s.text}") for name in evidence.verbatim)
    ]
    return (rank(told, wanted, least=0.25) or told)[:4]


def enumerate_aspect(asked: Asked, evidence: Evidence, cites: Cites) -> str:
    """A list of drawbacks, benefits, names, parts or examples of each concept named."""
    parts: list[str] = []
    for slug in asked.slugs:
        note = evidence.notes[slug]
        for aspect in asked.aspects:
            if aspect == "drawbacks":
                if note.kind == "concept":  # a trouble itself: first what it is
                    parts.append(flow(cites, of_section(note, "Definition")[:1], note.title))
                parts.append(_drawbacks(note, cites, asked.count))
            elif aspect == "benefits":
                parts.append(_benefits(note, cites))
            elif aspect == "names":
                parts.append(_names(note, cites))
            elif aspect == "parts":
                parts.append(_parts(asked, note, cites))
            elif aspect == "example":
                parts.append(give_examples(note, cites, asked.count))
    return together(dict.fromkeys(parts))


def give_examples(note: ConceptNote, cites: Cites, count: int | None = None) -> str:
    """The note's real and worked examples; `count` of them when a number was asked."""
    real = examples(note)[: count or 4]
    worked = of_section(note, "Example")[:4]
    wild = of_section(note, "In the wild")[:3]
    parts = [f"Examples of {inline(note)}:", bullets(cites, real)] if real else []
    if count is None or count > len(real):
        parts.append(headed("A worked example", flow(cites, worked, note.title)))
        parts.append(headed("In the wild", flow(cites, wild, note.title)))
    return together(parts)


def one_example(asked: Asked, evidence: Evidence, cites: Cites) -> str:
    """One example told, with the definition it illustrates and a second, real case."""
    note = evidence.notes[asked.slugs[0]]
    point = point_asked(asked, evidence, note)[:2]
    definition = of_section(note, "Definition")[:1]
    return together(
        (
            flow(cites, point, note.title),
            flow(cites, definition, note.title),
            headed("For example", flow(cites, of_section(note, "Example")[:4], note.title)),
            headed("Real cases", bullets(cites, examples(note)[:3])),
        )
    )


def _drawbacks(note: ConceptNote, cites: Cites, count: int | None) -> str:
    found = of_section(note, "Drawbacks")
    items = [s for s in found if s.role == "item"] or found
    if count is not None and count < len(items):
        opening = f"{count} of the {len(items)} drawbacks of {inline(note)}:"
        return together((opening.capitalize(), bullets(cites, items[:count])))
    return flow(cites, found, note.title)


def works_cited(note: ConceptNote, cites: Cites) -> str:
    """The works the note rests on, for a question about sources."""
    lines = []
    for work in note.sources:
        if work.title not in note.raw:
            continue
        named = Statement(
            text=f"{work.author} ({work.year}), *{work.title}*, {work.where}.",
            quote=work.title,
            source=note.path,
            title=note.title,
            heading=f"{note.title} > Sources",
            slug=note.slug,
        )
        lines.append(f"- {cites.said(named)}")
    return headed("Sources", "\n".join(lines))


def _benefits(note: ConceptNote, cites: Cites) -> str:
    found = of_section(note, "When to use")
    definition = of_section(note, "Definition")[:2]
    best = dimension(note, "best_when")
    closing = (
        f"At its best: {inline(note)} pays when {cites.said(best, lower_first(best.text))}."
        if best
        else ""
    )
    return together(
        (
            flow(cites, definition, note.title),
            headed("What it is good for", flow(cites, found, note.title)),
            closing,
        )
    )


def _names(note: ConceptNote, cites: Cites) -> str:
    own = [s for name in note.sections for s in of_section(note, name)]
    leads = [s for s in own if s.role == "lead" and NAMES.search(s.text)]
    block = [
        s for lead in leads[:1] for s in own if (s.heading, s.block) == (lead.heading, lead.block)
    ]
    prose = [s for s in own if s.role == "sentence" and NAMES.search(s.text)][:2]
    parts = [flow(cites, block or prose, note.title)]
    line = re.search(r"^aliases: \[(.+)\]$", note.raw, re.M)
    if line:
        also = Statement(
            text=line[1],
            quote=line[1],
            source=note.path,
            title=note.title,
            heading=note.title,
            slug=note.slug,
        )
        parts.append(
            f"Spellings, close variants and names in other languages: {line[1]}{cites.mark(also)}."
        )
    return together(parts)


def _parts(asked: Asked, note: ConceptNote, cites: Cites) -> str:
    own = [s for name in note.sections for s in of_section(note, name)]
    leads = [s for s in own if s.role == "lead" and not NAMES.search(s.text)]
    leads = [s for s in leads if not s.heading.endswith("Drawbacks")]
    asked_stems = {stem(token.norm) for token in asked.items}
    part_stems = {stem(word) for word in PART_WORDS.split()}

    def fit(lead: Statement) -> tuple[int, int, bool]:
        words = {stem(w) for w in re.findall(r"[a-z]+", lead.text.casefold())}
        parts = words & part_stems
        return len(parts & asked_stems), len(parts), COUNTED.search(lead.text) is not None

    best = max(leads, key=fit, default=None)
    if best is not None and any(fit(best)[1:]):
        block = [s for s in own if (s.heading, s.block) == (best.heading, best.block)]
        return flow(cites, block, note.title)
    prose = [s for s in own if PART.search(s.text)][:3]
    return flow(cites, prose or of_section(note, "How it works")[:6], note.title)


def _dimensions_asked(asked: Asked, note: ConceptNote, cites: Cites) -> str:
    lines = []
    for key in asked.dimensions:
        value = dimension(note, key)
        if value is not None:
            label = LABELS.get(key, key.replace("_", " "))
            said = cites.said(value, value.text[:1].upper() + value.text[1:])
            lines.append(f"**{label} ({inline(note)}).** {said}.")
    return together(lines)


def _remember(note: ConceptNote, cites: Cites) -> str:
    value = dimension(note, "who_decides")
    if value is not None and note.kind == "strategy":
        return f"**Remember.** In {inline(note)}, {cites.said(value)}."
    caution = [s for s in of_section(note, "Drawbacks") if s.role != "lead"][:1]
    return headed("Remember", flow(cites, as_prose(caution)))


def _merged(aspects: Sequence[Aspect]) -> Plan:
    seen: dict[str, tuple[str, str, int]] = {}
    for aspect in aspects:
        for row in ASPECT_PLANS[aspect]:
            if row[0] not in seen or seen[row[0]][2] < row[2]:
                seen[row[0]] = row
    return tuple(seen.values())
