"""Questions from a concept note: every one answered by a sentence that stands in the file."""

from collections.abc import Iterator, Sequence

from copilot.rag.answering.compare import LABELS
from copilot.rag.answering.concepts import named
from copilot.rag.answering.statements import (
    Statement,
    claims,
    dimension,
    examples,
    of_section,
)
from copilot.rag.notes import passages_of
from copilot.rag.tutoring.exercise import Draft, Exercise, Point, Rival, build
from copilot.rag.tutoring.kinship import (
    Shelf,
    contrasts,
    neighbours,
    rival,
    rivals,
    same_by,
)
from copilot.rag.tutoring.reading import language
from copilot.rag.tutoring.terms import share, stems_of, terms
from copilot.rag.tutoring.truths import denials, truths
from copilot.rag.tutoring.wording import (
    NUMBERS,
    count_in,
    defined,
    label,
    main_clause,
    name_of,
    reason,
    within,
)
from copilot.records import Audience, Claim, ConceptNote, Passage

ASKED = {
    "scope": "whom it addresses",
    "personalisation": "how far it goes in personalisation",
    "product_variation": "how much the product varies",
    "who_decides": "who decides",
    "production": "how the offer is produced",
    "customer_role": "the customer's role",
    "data_needed": "what data it needs",
    "cost": "what it costs",
    "scale": "how many customers share one version",
    "main_risk": "its main risk",
    "best_when": "when it works best",
}
# The other dimensions say what is done to a market, so they compare strategies only.
GENERAL = ("scope", "who_decides", "data_needed", "cost", "main_risk", "best_when")
MANY = 5  # a longer list need not be named whole
OPTIONS = 4
HALF = 0.5
MOST_ITEMS = 30


def exercises(note: ConceptNote, shelf: Shelf) -> list[Exercise]:
    """Every question the tutor can ask about a concept, in a fixed order."""
    passages = shelf.passages.setdefault(note.slug, passages_of(note))
    makers = (_define, _lists, _which, _when, _why, _examples, _authors, _compare, truths)
    found = [one for make in makers for one in make(note, shelf, passages)]
    return list({one.question.id: one for one in found}.values())


def _define(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> list[Exercise]:
    said = shelf.definitions.get(note.slug)
    if said is None:
        return []
    parts = defined(said.text)
    name = within(parts.subject, "".join(note.sections.values())) if parts else name_of(note)
    prompt = f"What {parts.verb} {name}?" if parts else f"Define {name}."
    draft = Draft("define", f"{prompt} Answer in a sentence or two.", said, "student")
    return [
        build(
            draft, note.slug, note.slug, passages, "prose",
            points=(
                Point(
                    said.text,
                    said.quote,
                    (parts.rest if parts else said.text,),
                    also=tuple(one for one in note.asked_as if language(one) is None),
                ),
            ),
            rivals=rivals(note, said.text, shelf.definitions, shelf),
            denied=denials(note),
            about=name,
        )
    ]  # fmt: skip


def _lists(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> Iterator[Exercise]:
    for heading in note.sections:
        statements = of_section(note, heading)
        for lead in (s for s in statements if s.role == "lead"):
            items = [s for s in statements if s.role == "item" and s.block == lead.block]
            items += [
                s for s in statements if s.role == "item" and s.block == lead.block + 1
            ] * (not items)  # fmt: skip
            if not count_in(lead.text, len(items)) or _spoilt(lead, items, note):
                continue
            size = len(items)
            needed = size if size <= MANY else MANY - 1
            wanted = "both" if size == 2 else f"all {NUMBERS[size - 2]}"
            if needed < size:
                wanted = f"at least {NUMBERS[needed - 2]} of them"
            prompt = f"{lead.text.rstrip(':- ')}. Name {wanted}."
            draft = Draft("list", prompt, lead, "student")
            yield build(
                draft, note.slug, note.slug, passages, "list",
                points=tuple(_item_point(s, note) for s in items),
                needed=needed,
                model_answer=" ".join(s.text for s in items),
                rivals=_item_rivals(note, heading, shelf),
                about=name_of(note),
            )  # fmt: skip


def _spoilt(lead: Statement, items: Sequence[Statement], note: ConceptNote) -> bool:
    """Whether the lead already names what is asked for, or the list speaks of someone else."""
    known = set(terms(lead.text))
    given = sum(
        set(terms(label(s.text, note.title) or main_clause(s.text))) <= known for s in items
    )
    return given > 0


def _item_point(item: Statement, note: ConceptNote) -> Point:
    named_so = label(item.text, note.title)
    short = [named_so] if named_so and len(named_so.split()) <= 6 and terms(named_so) else []
    ways = (*short, main_clause(item.text), item.text)
    return Point(item.text, item.quote, tuple(dict.fromkeys(ways)))


def _item_rivals(note: ConceptNote, heading: str, shelf: Shelf) -> tuple[Rival, ...]:
    found = [
        rival(note, other, s, shelf)
        for other in neighbours(note, shelf)
        for s in of_section(other, heading)
        if s.role == "item"
    ]
    return tuple(found[:MOST_ITEMS])


def _which(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> Iterator[Exercise]:
    said = shelf.definitions.get(note.slug)
    parts = defined(said.text) if said else None
    if said is None or parts is None:
        return
    told = f"{'They' if parts.verb == 'are' else 'It'} {parts.verb} {parts.rest}"
    if not _gives_away(note, told, shelf):
        options = _options(note, shelf)
        level: Audience = "student" if options else "practitioner"
        draft = Draft("which", f"Which concept is this? “{told}”", said, level, options)
        yield _named(draft, note, shelf, passages)
    rows = [k for k in ("scope", "who_decides", "main_risk") if k in note.dimensions]
    values = {key: dimension(note, key) for key in rows}
    sides = "; ".join(f"{ASKED[key]}: {s.text}" for key, s in values.items() if s)
    last = values.get(rows[-1]) if rows else None
    if len(rows) > 1 and last is not None and not _gives_away(note, sides, shelf):
        prompt = f"Which concept does this describe? {sides[:1].upper()}{sides[1:]}."
        yield _named(Draft("which", prompt, last, "practitioner"), note, shelf, passages)


def _named(draft: Draft, note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> Exercise:
    own = shelf.definitions.get(note.slug) or draft.statement
    return build(
        draft, note.slug, note.slug, passages, "name",
        points=(Point(note.title, draft.statement.quote, (note.title, *note.aliases)),),
        rivals=tuple(
            rival(note, other, shelf.definitions[slug], shelf)
            for slug in dict.fromkeys([*note.contrasts_with, *note.related])
            if (other := shelf.notes.get(slug)) and slug in shelf.definitions
        ),
        model_answer=f"{note.title}. {own.text}",
        about=name_of(note),
    )  # fmt: skip


def _gives_away(note: ConceptNote, text: str, shelf: Shelf) -> bool:
    """Whether a text holds the concept's name, or so much of it that it can be read off."""
    if note.slug in named(text, shelf.words):
        return True
    own = stems_of(note.title)
    return bool(own) and 2 * len(own & stems_of(text)) > len(own)


def _options(note: ConceptNote, shelf: Shelf) -> tuple[str, ...]:
    """The concept among its neighbours, in alphabetical order; none that some source makes one."""
    others = [
        other.title for other in neighbours(note, shelf) if not same_by(note, other, shelf.words)
    ]
    chosen = others[: OPTIONS - 1]
    return tuple(sorted([note.title, *chosen])) if len(chosen) == OPTIONS - 1 else ()


def _when(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> list[Exercise]:
    said = dimension(note, "best_when")
    if said is None or note.kind == "law":
        return []
    more = [s for s in of_section(note, "When to use") if s.role == "sentence"][:2]
    verb = "do" if _plural(note, shelf) else "does"
    draft = Draft("when", f"When {verb} {name_of(note)} work best?", said, "practitioner")
    if note.kind in ("metric", "method", "concept"):
        verb = "are" if _plural(note, shelf) else "is"
        prompt = f"When {verb} {name_of(note)} most useful, or most worth attention?"
        draft = Draft("when", prompt, said, "practitioner")
    model = f"{said.text[:1].upper()}{said.text[1:]}."
    ways = (said.text, *(main_clause(s.text) for s in more))
    return [
        build(
            draft, note.slug, note.slug, passages, "prose",
            points=(Point(said.text, said.quote, ways),),
            rivals=rivals(note, said.text, shelf.moments, shelf),
            model_answer=" ".join([model, *(s.text for s in more)]),
            about=name_of(note),
        )
    ]  # fmt: skip


def _plural(note: ConceptNote, shelf: Shelf) -> bool:
    said = shelf.definitions.get(note.slug)
    parts = defined(said.text) if said else None
    return bool(parts and parts.verb == "are")


def _why(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> Iterator[Exercise]:
    own = [(s, *r) for s in _stated(note) if (r := reason(s.text))]
    for said, claim, because in own:
        if not _about(note, claim, shelf) or share(terms(because), terms(claim), shelf.scale) > 0.5:
            continue
        others = [rival(note, note, s, shelf) for s, _, _ in own if s is not said]
        prompt = f"“{claim}.” Why is that so?"
        yield build(
            Draft("why", prompt, said, "practitioner"), note.slug, note.slug, passages, "prose",
            points=(Point(f"because {because}", said.quote, (because,)),),
            rivals=tuple(others),
            about=name_of(note),
        )  # fmt: skip


def _stated(note: ConceptNote) -> list[Statement]:
    sections = ("Definition", "How it works", "When to use", "Drawbacks")
    return [
        s
        for heading in sections
        for s in of_section(note, heading)
        if s.role in ("sentence", "item")
    ]


def _about(note: ConceptNote, text: str, shelf: Shelf) -> bool:
    """Whether a sentence says itself what it is about, so that it can be asked out of context."""
    return note.slug in named(text, shelf.words) or text.lower().startswith(note.title.lower())


def _examples(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> list[Exercise]:
    own = [s for s in examples(note) if len(s.text.split()) >= 5]
    if not own:
        return []
    points = tuple(
        Point(f"{s.who}: {s.text}", s.quote, (s.who.split(",")[0], s.text), side=s.who) for s in own
    )
    others = [
        rival(note, other, s, shelf)
        for other in contrasts(note, shelf)
        for s in examples(other)[:3]
        if s.quote not in {one.quote for one in own}
    ]
    prompt = f"Give a real example of {name_of(note)}: who did what?"
    if note.kind in ("law", "metric", "method", "concept"):
        prompt = f"Give a real case that shows {name_of(note)}: who did, suffered or found what?"
    return [
        build(
            Draft("example", prompt, own[0], "student"), note.slug, note.slug, passages, "case",
            points=points,
            rivals=tuple(others),
            model_answer=" ".join(f"{point.text}" for point in points[:2]),
            about=name_of(note),
        )
    ]  # fmt: skip


def _authors(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> Iterator[Exercise]:
    said = [(s, note.claims[index]) for s, index in claims(note)]
    if len({claim.stance for _, claim in said}) < 2:
        return
    for statement, claim in said:
        if not _has_author(claim) or _names(claim.source) & set(terms(claim.text)):
            continue
        prompt = f"Sources disagree about {name_of(note)}. Who holds this? “{claim.text}”"
        others = tuple(
            rival(note, note, s, shelf) for s, other in said if other.source != claim.source
        )
        yield build(
            Draft("who_said", prompt, statement, "practitioner"), note.slug, note.slug, passages,
            "author",
            points=(Point(claim.source, statement.quote, (claim.source,)),),
            rivals=others,
            model_answer=f"{claim.source}.",
            about=name_of(note),
            said_by=tuple(c.source for _, c in said if c.text == claim.text),
        )  # fmt: skip


def _has_author(claim: Claim) -> bool:
    return "(" in claim.source and claim.source.split("(")[-1][:4].isdigit()


def _names(source: str) -> set[str]:
    return set(terms(source.split("(")[0]))


def _compare(note: ConceptNote, shelf: Shelf, passages: Sequence[Passage]) -> Iterator[Exercise]:
    for other in (shelf.notes[x] for x in note.contrasts_with if x in shelf.notes):
        for key in LABELS:
            a, b = dimension(note, key), dimension(other, key)
            if a is None or b is None or key not in ASKED or _too_near(a, b, shelf):
                continue
            if key not in GENERAL and {note.kind, other.kind} != {"strategy"}:
                continue
            point = ASKED[key]
            prompt = f"Compare {name_of(note)} with {name_of(other)} in one respect: {point}."
            yield build(
                Draft("compare", prompt, a, "practitioner"), note.slug, note.slug, passages,
                "sides",
                points=(
                    Point(f"{note.title}: {a.text}", a.quote, (a.text,), note.slug),
                    Point(f"{other.title}: {b.text}", b.quote, (b.text,), other.slug),
                ),
                needed=2,
                rivals=(rival(note, other, b, shelf),),
                model_answer=f"{note.title}: {a.text}. {other.title}: {b.text}.",
                about=name_of(note),
            )  # fmt: skip


def _too_near(a: Statement, b: Statement, shelf: Shelf) -> bool:
    x, y = terms(a.text), terms(b.text)
    return max(share(x, y, shelf.scale), share(y, x, shelf.scale)) > 0.6
