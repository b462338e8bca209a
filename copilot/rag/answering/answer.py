"""One question, one grounded answer: offline from notes and documents, or written by a model."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from copilot.models.chat import Complete
from copilot.rag.answering.compare import compare, compared, disagreements, who_says_what
from copilot.rag.answering.concepts import Vocabulary, named, vocabulary
from copilot.rag.answering.cover import Coverage, coverage, refusal
from copilot.rag.answering.documents import context_stems, from_documents, select
from copilot.rag.answering.evidence import (
    Cites,
    Evidence,
    Retrieves,
    all_statements,
    focus_stems,
    in_order,
    rank,
)
from copilot.rag.answering.explain import (
    described,
    enumerate_aspect,
    explain,
    one_example,
    works_cited,
)
from copilot.rag.answering.ground import verify
from copilot.rag.answering.judge import judge
from copilot.rag.answering.question import Asked, understand
from copilot.rag.answering.render import listed, together
from copilot.rag.answering.words import content, overlap, stem
from copilot.records import Answer, AnswerKind, Audience, Citation, ConceptNote, Turn
from copilot.text import fold

LOOKED_AT = 12  # passages retrieved a question
LEAST_OF_DOCUMENTS = 6
MOSTLY = 0.6  # of a question's words, in one statement of a document
THIN = 0.75  # below, what was found may not be what was meant
DOCUMENTS = "/*"  # documents have absolute paths, notes have not
CHAT = (
    "Hello. I explain marketing concepts with citations, compare them, list their drawbacks, "
    "parts and names, and answer from the documents you index. Ask, for example: *Compare "
    "micromarketing with mass customisation*, or *What are the drawbacks of local marketing?*"
)
_ANY_TRADE = frozenset(content("shop store business local"))
UNSETTLED = "The notes do not settle this in so many words; what they say:"
_LIST = frozenset({"drawbacks", "benefits", "names", "parts", "example"})


@dataclass(frozen=True)
class Written:
    """The body of an answer before it becomes a record."""

    kind: AnswerKind
    text: str


def answer(
    question: str,
    *,
    retriever: Retrieves,
    notes: Sequence[ConceptNote],
    audience: Audience = "practitioner",
    source: str | None = None,
    history: Sequence[Turn] = (),
    complete: Complete | None = None,
    id: str = "",
) -> Answer:
    """Answers a question from the notes and the indexed documents, or says they do not cover it.

    `source` limits notes and documents to those whose path or file name matches the glob;
    `history` is the conversation so far, oldest first, for questions such as "and its
    drawbacks?". With `complete` a model writes the prose, and every sentence it returns is
    checked against the passages it cites; without it the answer is composed from the notes' own
    statements, the same each time.

    Every citation's quote is verbatim in its source. Raises ModelError when the model's server
    fails.
    """
    begun = time.monotonic()
    notes = [note for note in notes if source is None or _matches(note.path, source)]
    words = vocabulary(notes)
    asked = _for_the_trade(understand(question, words, history), notes)
    if asked.kind == "chat":
        return Answer(id=id, question=question, kind="chat", answer=CHAT, elapsed_ms=_since(begun))
    evidence = gather(asked, retriever, notes, source)
    if source is not None and not notes and not evidence.hits:
        reason = f"No source matches {source!r}."
        return Answer(
            id=id,
            question=question,
            kind="refusal",
            answer=f"{reason} The glob is compared with the whole name and with its last part.",
            refused=True,
            reason=reason,
            elapsed_ms=_since(begun),
        )
    cover = coverage(asked, evidence)
    if not cover.covered:
        text, reason = refusal(asked, cover)
        return Answer(
            id=id,
            question=question,
            kind="refusal",
            answer=text,
            refused=True,
            reason=reason,
            warnings=_warnings(evidence),
            elapsed_ms=_since(begun),
        )
    offline = compose(asked, evidence, words, cover, audience)
    offline = offline.model_copy(update={"id": id, "question": question})
    if complete is not None:
        from copilot.rag.answering.write import written

        offline = written(asked, evidence, offline, complete, audience, words)
    return offline.model_copy(update={"elapsed_ms": _since(begun)})


def _for_the_trade(asked: Asked, notes: Sequence[ConceptNote]) -> Asked:
    """The note on a trade in place of the concept, where the question names that trade.

    "Local marketing for my cake shop" is about the note "Local marketing for a cake shop".
    """
    titles = {note.slug: note.title for note in notes}
    said = set(focus_stems(asked))
    own = {titles[m.slug] for m in asked.mentions if m.slug in titles}
    for note in notes:
        concept, applied, trade = note.title.partition(" for ")
        distinct = set(content(trade)) - _ANY_TRADE
        if applied and concept in own and distinct & said:
            mentions = [
                replace(m, slug=note.slug) if titles.get(m.slug) == concept else m
                for m in asked.mentions
            ]
            return replace(asked, mentions=tuple(mentions))
    return asked


def gather(
    asked: Asked, retriever: Retrieves, notes: Sequence[ConceptNote], source: str | None
) -> Evidence:
    """The passages for a question and the notes it may draw on.

    The names of concepts that the conversation, another language or a typo brought in are added
    to what is searched for.
    """
    by_slug = {note.slug: note for note in notes}
    missing = [by_slug[m.slug].title for m in asked.mentions if m.score < 1 or m.start == m.end] + [
        by_slug[m.slug].title for m in asked.mentions if m.surface not in by_slug[m.slug].raw
    ]
    query = " ".join([asked.text, *dict.fromkeys(missing)])
    found = retriever.retrieve(query, k=LOOKED_AT, source=source)
    hits = list(found.hits)
    if source is None and sum(hit.kind != "note" for hit in hits) < LEAST_OF_DOCUMENTS:
        # The notes on a concept would crowd the user's own documents out of one common list.
        own = retriever.retrieve(query, k=LOOKED_AT, source=DOCUMENTS).hits
        known = {hit.id for hit in hits}
        hits += [hit for hit in own if hit.id not in known]
    return Evidence(
        notes=by_slug,
        hits=tuple(hits),
        top_cosine=found.top_cosine,
        closeness=found.closeness,
        wording=found.wording,
        words=found.words,
        names=found.names,
        verbatim=found.verbatim,
    )


def compose(
    asked: Asked, evidence: Evidence, words: Vocabulary, cover: Coverage, audience: Audience
) -> Answer:
    """The offline answer."""
    cites = Cites(evidence)
    written = _body(asked, evidence, cites, words, audience)
    documents = from_documents(asked, evidence, cites, words)
    caveat = ""
    if cover.extra and asked.mentions:
        caveat = (
            f"The library has nothing on {listed([f'“{w}”' for w in cover.extra])} in particular; "
            "in general:"
        )
    if written.kind == "yes_no" and UNSETTLED not in written.text:
        caveat = ""  # a verdict rests on a sentence that decides
    text = together((caveat, written.text, documents))
    notes = [evidence.notes[slug] for slug in asked.slugs]
    texts = {note.path: note.raw for note in evidence.notes.values()}
    for hit in evidence.hits:
        if hit.kind != "note":
            texts[hit.source] = f"{texts.get(hit.source, '')}\n{hit.text}"
    sound = verify(cites.citations, lambda source: texts.get(source, ""))
    text, citations = in_order(text, sound)
    if not citations or not _names_held(asked, citations):
        names = tuple(token.text for token in asked.focus if token.named)
        text, reason = refusal(asked, replace(cover, unknown=cover.unknown or names))
        return Answer(
            id="", question=asked.text, kind="refusal", answer=text, refused=True, reason=reason
        )
    return Answer(
        id="",
        question=asked.text,
        kind=written.kind,
        answer=text,
        citations=citations,
        disagreements=disagreements(notes, citations),
        warnings=(*_thin(asked, cover), *_warnings(evidence)),
    )


def _thin(asked: Asked, cover: Coverage) -> tuple[str, ...]:
    """Says that the evidence is weak, where no concept is named and the likeness is small."""
    if asked.mentions or cover.sure >= THIN:
        return ()
    return (
        f"The evidence is thin: of questions that fit the library as loosely as this one, about "
        f"{round(100 * (1 - cover.sure))} in 100 ask for something it does not hold.",
    )


def _names_held(asked: Asked, citations: Sequence[Citation]) -> bool:
    """Whether what is quoted tells of the names asked about, when no concept is named."""
    if asked.mentions:
        return True
    quoted = fold(" ".join(f"{c.heading} {c.quote}" for c in citations))
    names = [t for t in asked.focus if t.named and not any(c.isdigit() for c in t.text)]
    return all(fold(token.text)[:5] in quoted for token in names)


def _body(
    asked: Asked, evidence: Evidence, cites: Cites, words: Vocabulary, audience: Audience
) -> Written:
    if not asked.mentions:
        return Written("explain", _unnamed(asked, evidence, cites, words, audience))
    judged = judge(asked, evidence, cites, words)
    if judged is not None and (asked.kind == "yes_no" or judged[0] == "no"):
        return Written("yes_no", judged[1])
    if asked.kind == "yes_no":
        told = (
            compare(asked, evidence, cites, words)
            if len(asked.slugs) > 1
            else explain(asked, evidence, cites, audience)
        )
        return Written("yes_no", together((UNSETTLED, told)))
    if len(asked.slugs) > 1 and asked.kind != "list":
        return Written("compare", compare(asked, evidence, cites, words))
    if asked.kind == "list" and _LIST & set(asked.aspects):
        return Written("list", enumerate_aspect(asked, evidence, cites))
    if asked.kind == "example":
        return Written("example", one_example(asked, evidence, cites))
    text = explain(asked, evidence, cites, audience)
    general = not asked.focus and not set(asked.aspects) - {"definition", "sources"}
    if general or "sources" in asked.aspects:
        note = compared(asked, evidence)[0]
        works = works_cited(note, cites) if "sources" in asked.aspects else ""
        text = together((text, who_says_what(note, cites, audience), works))
    return Written("explain", text)


def _unnamed(
    asked: Asked, evidence: Evidence, cites: Cites, words: Vocabulary, audience: Audience
) -> str:
    """An answer to a question that describes what it means instead of naming it.

    Empty where the user's documents answer better; what they say follows anyway.
    """
    wanted = focus_stems(asked)
    whole = [stem(token.norm) for token in asked.items]
    slugs = evidence.note_slugs[:4]
    near = rank(all_statements(evidence, slugs), wanted, least=0.2, beside=whole)
    held = overlap(wanted, near[0].stems) if near else 0.0
    chosen = select(asked, evidence, words)
    own = max((overlap(wanted, context_stems(s)) for s in chosen), default=0.0)
    nearest = evidence.hits[0] if evidence.hits else None
    from_notes = nearest is not None and nearest.kind == "note"
    if not slugs or own > max(held, MOSTLY) or (own >= held and not from_notes):
        return ""
    if evidence.verbatim and not from_notes:
        return ""
    note = evidence.notes[_general(slugs[0], asked, evidence, words)]
    return described(asked, note, slugs, evidence, cites, audience)


def _general(slug: str, asked: Asked, evidence: Evidence, words: Vocabulary) -> str:
    """The concept itself where a note applies it to a trade that the question does not name."""
    concept, applied, trade = evidence.notes[slug].title.partition(" for ")
    if not applied or set(content(trade)) & set(focus_stems(asked)):
        return slug
    return next((s for s in sorted(named(concept, words)) if s in evidence.notes), slug)


def _warnings(evidence: Evidence) -> tuple[str, ...]:
    if not evidence.dropped:
        return ()
    return (
        f"{evidence.dropped} paragraph(s) of indexed documents give orders to the assistant; "
        "they were neither followed nor quoted.",
    )


def _matches(path: str, glob: str) -> bool:
    return fnmatchcase(path, glob) or fnmatchcase(PurePosixPath(path).name, glob)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
