"""What the user's own documents say on a question: their best sentences, verbatim and cited."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from copilot.rag.answering import cues
from copilot.rag.answering.concepts import Vocabulary, compact, named
from copilot.rag.answering.cues import Aspect
from copilot.rag.answering.evidence import (
    CONTINUES,
    Cites,
    Evidence,
    focus_stems,
    plain,
    with_followers,
)
from copilot.rag.answering.question import Asked
from copilot.rag.answering.render import headed
from copilot.rag.answering.statements import Statement, is_label
from copilot.rag.answering.words import content, overlap, tokens
from copilot.text import fold, sentences, squeeze

HEADING = "From your documents"
LEAST = 0.5  # share of the asked words a sentence must hold when it names no asked concept
AROUND = 0.25  # enough where the passage around the sentence holds that share
FEW = 2  # statements; with more, none is lengthened
MORE = 2  # sentences added behind one that stands nearly alone
ENTRY_WORDS = 12
MOST = {"compare": 6, "list": 6, "explain": 4}
# How a document words what a question asks for; else the question's own cue.
TOLD_AS: dict[Aspect, str] = {
    "sources": r"coin(?:s|ed)? | introduc\w+ | popular\w+ | invent\w* | wrote | written\s+by"
}


@dataclass(frozen=True)
class _Scored:
    value: float
    place: int
    statement: Statement
    hinted: bool


def from_documents(asked: Asked, evidence: Evidence, cites: Cites, words: Vocabulary) -> str:
    """The section "From your documents"; empty when they hold nothing on the question."""
    chosen = select(asked, evidence, words)
    lines: list[str] = []
    seen: list[str] = []
    before: Statement | None = None
    for statement in chosen:
        # Where only the documents answer, a sentence or two more are welcome.
        alone = not asked.mentions and len(chosen) <= FEW
        whole = with_followers(statement, evidence, anyway=MORE if alone else 0)
        if any(whole.text in earlier for earlier in seen):
            continue
        seen.append(whole.text)
        mark = cites.mark(whole)
        told = sentences(plain(whole.text))
        verbatim = squeeze(whole.quote) == whole.text or whole.role != "item"
        said = " ".join(f"“{part}”{mark}" if verbatim else f"{part}{mark}" for part in told)
        if before is not None and _beside(before, statement):
            lines[-1] += f"; {said}"
        else:
            lines.append(f"- {name_of(whole)}: {said}")
        before = statement
    return headed(HEADING, "\n".join(lines))


def _beside(one: Statement, other: Statement) -> bool:
    """Whether two are entries of one list, to be told in one line."""
    same = (one.passage_id, one.block) == (other.passage_id, other.block)
    return same and not (_tells(one) or _tells(other))


def select(asked: Asked, evidence: Evidence, words: Vocabulary) -> list[Statement]:
    """The statements of the user's documents that answer best, in the order of the documents."""
    wanted = focus_stems(asked)
    slugs = set(asked.slugs)
    aspects = [
        TOLD_AS.get(a, cues.ASPECTS[a])
        for a in asked.aspects
        if a not in {"definition", "how", "when"}
    ]
    around = {
        hit.id: overlap(wanted, stems)
        for hit, stems in zip(evidence.hits, evidence.hit_stems, strict=True)
    }
    scored: list[_Scored] = []
    lead: Statement | None = None
    numbered = False
    for place, s in enumerate(evidence.documents):
        if s.role != "item":
            lead = s if s.role == "lead" else None
        under = lead.text if lead is not None and _joined(lead, s) else _last_heading(s)
        entry = _is_entry(s, under) and any(cues.has(fold(under), cue) for cue in aspects)
        exact = numbered or any(text in fold(s.text) for text in evidence.verbatim)
        if s.text == under or not (_tells(s) or entry):
            numbered = exact  # "Clause 9.5 Termination." is told by what follows it
            continue
        numbered = False
        about = bool(slugs & named(s.text, words)) + 0.5 * _headed_by(s, under, slugs, evidence)
        held = overlap(wanted, s.stems)
        hinted = entry + sum(1 for cue in aspects if cues.has(fold(s.text), cue))
        if slugs and not about and not (held >= LEAST and held * len(wanted) >= 2):
            continue
        context = overlap(wanted, context_stems(s))
        held_around = held >= AROUND and around.get(s.passage_id, 0.0) >= LEAST
        enough = held >= LEAST or exact or held_around or (hinted and context >= LEAST)
        if not slugs and not enough:
            continue
        leaning = 0.5 * s.text.casefold().startswith(CONTINUES)
        value = 2 * held + context + about + 1.5 * hinted + exact + s.score - leaning
        scored.append(_Scored(value, place, s, bool(hinted)))
    scored = _to_the_point(asked, scored, wanted)
    best = sorted(scored, key=lambda one: (-one.value, one.place))
    kept = _each_side(best, asked, words)[: MOST.get(asked.kind, 4)]
    return [one.statement for one in sorted(kept, key=lambda one: one.place)]


def _to_the_point(asked: Asked, scored: Sequence[_Scored], wanted: Sequence[str]) -> list[_Scored]:
    """Only what tells of the point asked, where the question asks for one."""
    hinted = [one for one in scored if one.hinted]
    if asked.kind in {"list", "example"} and (hinted or asked.mentions):
        return hinted
    if not asked.mentions and hinted and "definition" not in asked.aspects:
        return hinted
    if asked.mentions and wanted and asked.kind == "explain":
        return [one for one in scored if overlap(wanted, one.statement.stems)] or list(scored)
    if not asked.mentions and "definition" in asked.aspects:
        subject = _subject(asked)
        own = [one for one in scored if subject in _compact(one.statement.text)]
        return own or list(scored)
    return list(scored)


def context_stems(s: Statement) -> frozenset[str]:
    """The stems of a statement and of what it stands under."""
    return s.stems | frozenset(content(f"{s.title} {s.heading}"))


def _headed_by(s: Statement, under: str, slugs: set[str], evidence: Evidence) -> bool:
    """Whether what a statement stands under holds the title of a concept asked about."""
    above = fold(f"{under} {s.heading}")
    return any(fold(title) in above for title in evidence.titles(slugs))


def _joined(lead: Statement, s: Statement) -> bool:
    return (lead.passage_id, lead.block) == (s.passage_id, s.block)


def _is_entry(s: Statement, under: str) -> bool:
    """Whether a line is a short entry of a list or slide, to be understood with its heading."""
    short = len(s.text.split()) <= ENTRY_WORDS and " | " not in s.text and ": " not in s.text
    return bool(under) and short and not is_label(s.text) and not s.text.endswith("?")


def _subject(asked: Asked) -> str:
    places = [i for i, token in enumerate(asked.items) if token in asked.focus]
    return compact([t.norm for t in asked.items[places[0] : places[-1] + 1]]) if places else ""


def _compact(text: str) -> str:
    return compact([token.norm for token in tokens(text)])


def _last_heading(s: Statement) -> str:
    return s.heading.rsplit(" > ", 1)[-1]


def _tells(s: Statement) -> bool:
    """Whether a line states something: no heading, announcement or question."""
    if is_label(s.text) or s.text.endswith("?") or len(s.text.split()) < 4:
        return False
    ended = s.text.rstrip("\"'”’)").endswith((".", "!", ";", "…"))
    return ended or ":" in s.text or any(c.isdigit() for c in s.text)


def name_of(statement: Statement) -> str:
    """How a document is named in an answer: its title, its file name, and the page."""
    name = PurePath(statement.source).name
    page = f", page {statement.page}" if statement.page else ""
    return f"*{name}*{page}"


def _each_side(best: Sequence[_Scored], asked: Asked, words: Vocabulary) -> list[_Scored]:
    """For several concepts, their sentences by turns, so that no side crowds out the other."""
    if len(asked.slugs) < 2:
        return list(best)
    queues = [
        [one for one in best if slug in named(one.statement.text, words)] for slug in asked.slugs
    ]
    turns = [
        one
        for row in range(max((len(q) for q in queues), default=0))
        for q in queues
        if row < len(q)
        for one in (q[row],)
    ]
    return list(dict.fromkeys(turns))
