"""What was found for a question: notes, retrieved passages, and their statements, ranked."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from copilot.rag.answering.question import Asked
from copilot.rag.answering.statements import Statement, is_label, of_note, of_passages
from copilot.rag.answering.words import stem, stem_set
from copilot.rag.notes import passages_of
from copilot.records import Citation, ConceptNote, Hit, Passage
from copilot.text import squeeze

CONTINUES = ("it ", "they ", "this ", "these ", "furthermore", "also ", "moreover", "in addition")
OPEN, CLOSE = "\ue000", "\ue001"  # around a marker until the text is finished
_FOREIGN = re.compile(r"\[(\d+)\]")  # a source's own footnote sign would pass for a marker
_MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
JOINED = 3  # sentences that may be quoted together when each leans on the one before


class Found(Protocol):
    """What retrieval returns: hits best first, and how well the best of them fit the question.

    `top_cosine` is None in keyword-only mode, and `closeness` and `wording` are then 0.
    """

    @property
    def hits(self) -> Sequence[Hit]: ...

    @property
    def top_cosine(self) -> float | None: ...

    @property
    def closeness(self) -> float: ...

    @property
    def wording(self) -> float: ...

    @property
    def words(self) -> float: ...

    @property
    def names(self) -> float: ...

    @property
    def verbatim(self) -> tuple[str, ...]: ...


class Retrieves(Protocol):
    """The retriever's one method that answering needs."""

    def retrieve(self, question: str, k: int = 5, source: str | None = None) -> Found: ...


@dataclass(frozen=True)
class Evidence:
    """The notes and the passages one answer may draw on."""

    notes: Mapping[str, ConceptNote]
    hits: Sequence[Hit]
    top_cosine: float | None
    closeness: float = 0.0
    wording: float = 0.0
    words: float = 0.0
    names: float = 0.0
    verbatim: tuple[str, ...] = ()

    @cached_property
    def _parsed(self) -> tuple[list[Statement], int]:
        return of_passages(hit for hit in self.hits if hit.kind != "note")

    @property
    def documents(self) -> list[Statement]:
        """The statements of retrieved passages that are not notes, commands left out."""
        return self._parsed[0]

    @property
    def dropped(self) -> int:
        """How many paragraphs were left out because they give the assistant orders."""
        return self._parsed[1]

    @cached_property
    def note_slugs(self) -> tuple[str, ...]:
        """Slugs of the retrieved notes, best first."""
        by_path = {note.path: slug for slug, note in self.notes.items()}
        found = [by_path[hit.source] for hit in self.hits if hit.source in by_path]
        return tuple(dict.fromkeys(found))

    def titles(self, slugs: Iterable[str]) -> list[str]:
        """Titles of the concepts, in the order given."""
        return [self.notes[slug].title for slug in slugs if slug in self.notes]

    @cached_property
    def own_stems(self) -> list[tuple[Hit, frozenset[str]]]:
        """The hits from the user's documents, each with its stems."""
        pairs = zip(self.hits, self.hit_stems, strict=True)
        return [(hit, stems) for hit, stems in pairs if hit.kind == "document"]

    @cached_property
    def hit_stems(self) -> list[frozenset[str]]:
        """The stems of each hit's text, title and heading; orders to the assistant left out."""
        return [stem_set(f"{hit.title} {hit.heading} {hit.text}") for hit in self.hits]

    def note_stems(self, slugs: Iterable[str]) -> frozenset[str]:
        """All stems of the given notes."""
        return frozenset[str]().union(*(stem_set(self.notes[slug].raw) for slug in slugs))


def focus_stems(asked: Asked) -> list[str]:
    """The stems of what is asked beyond the concepts' names."""
    return list(dict.fromkeys(stem(token.norm) for token in asked.focus))


def rank(
    statements: Iterable[Statement],
    wanted: Sequence[str],
    *,
    least: float = 0.5,
    beside: Iterable[str] = (),
) -> list[Statement]:
    """Statements that hold at least the share `least` of the wanted stems, best first.

    A stem counts more the fewer statements hold it (inverse document frequency). Among equals,
    those with more words of `beside` (stems of the whole question) come first.
    """
    pool = [s for s in statements if s.role != "lead" and not is_label(s.text)]
    if not wanted or not pool:
        return []
    counts = {w: sum(w in s.stems for s in pool) for w in wanted}
    weights = {w: math.log(1 + len(pool) / (1 + n)) for w, n in counts.items()}
    total = sum(weights.values())
    scored = [(sum(weights[w] for w in wanted if w in s.stems) / total, s) for s in pool]
    kept = [(value, s) for value, s in scored if value >= least]
    whole = frozenset(beside)

    def place(pair: tuple[float, Statement]) -> tuple[float, int, float]:
        value, statement = pair
        shared = len(whole & stem_set(statement.text)) if whole else 0
        return -round(value, 6), -shared, -statement.score

    return [s for _, s in sorted(kept, key=place)]


def with_followers(picked: Statement, evidence: Evidence, anyway: int = 0) -> Statement:
    """The statement with the sentences behind it that lean on it ("It can also …"), as one quote.

    The next `anyway` sentences come along even if they do not lean. Only sentences directly
    behind it in the same paragraph of a document are joined, so that the quote stays one verbatim
    slice.
    """
    same = [
        s
        for s in evidence.documents
        if s.passage_id == picked.passage_id and s.block == picked.block
    ]
    if picked not in same or picked.role != "sentence":
        return picked
    position = same.index(picked)
    last = picked
    for place, follower in enumerate(same[position + 1 : position + 1 + JOINED]):
        leans = follower.text.casefold().startswith(CONTINUES)
        if follower.role != "sentence" or not (leans or place < anyway):
            break
        last = follower
    text = next(hit.text for hit in evidence.hits if hit.id == picked.passage_id)
    start = text.find(picked.quote)
    quote = text[start : text.find(last.quote, start) + len(last.quote)]
    return replace(picked, quote=quote, text=squeeze(quote))


@dataclass
class Cites:
    """Hands out markers: the same quote of the same source keeps its marker."""

    evidence: Evidence
    _found: dict[tuple[str, str], Citation] = field(default_factory=dict)
    _passages: dict[str, list[Passage]] = field(default_factory=dict)

    def mark(self, statement: Statement) -> str:
        """The marker of a statement, noting its citation; `in_order` turns it into " [3]"."""
        key = (statement.source, statement.quote)
        if key not in self._found:
            self._found[key] = self._cite(statement, len(self._found) + 1)
        return f" {OPEN}{self._found[key].marker}{CLOSE}"

    def said(self, statement: Statement, text: str | None = None) -> str:
        """The statement as a sentence of the answer, with its marker."""
        return with_marker(plain(text or statement.text), self.mark(statement))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in the order of their markers."""
        return tuple(self._found.values())

    def _cite(self, statement: Statement, marker: int) -> Citation:
        passage_id, score, heading = statement.passage_id, statement.score, statement.heading
        if not passage_id and statement.slug:
            if statement.slug not in self._passages:
                note = self.evidence.notes[statement.slug]
                self._passages[statement.slug] = passages_of(note)
            passages = self._passages[statement.slug]
            home = next((p for p in passages if statement.quote in p.text), None)
            if home is not None:
                passage_id, heading = home.id, home.heading
            # A note looked up by name was not found by likeness: the name itself is the match.
            score = next((h.score for h in self.evidence.hits if h.id == passage_id), 1.0)
        return Citation(
            marker=marker,
            source=statement.source,
            title=statement.title,
            heading=heading,
            page=statement.page,
            quote=statement.quote,
            score=score,
            passage_id=passage_id,
        )


def plain(text: str) -> str:
    """Text of a source without signs that would pass for our markers."""
    return _FOREIGN.sub(r"(\1)", text)


def with_marker(text: str, mark: str) -> str:
    """A sentence with its marker inside, before the full stop that ends it.

    >>> with_marker("It rises.", " [1]")
    'It rises [1].'
    """
    end = text[-1:]
    return f"{text[:-1]}{mark}{end}" if end in {".", "!", "?", ":"} else f"{text}{mark}"


def in_order(text: str, citations: Sequence[Citation]) -> tuple[str, tuple[Citation, ...]]:
    """The finished text and its citations, numbered by first appearance; unused ones left out.

    A marker whose citation is not among those given is taken out of the text.
    """
    by_marker = {citation.marker: citation for citation in citations}
    seen = dict.fromkeys(int(n) for n in _MARK.findall(text))
    numbers = {old: new for new, old in enumerate((n for n in seen if n in by_marker), start=1)}
    text = _MARK.sub(
        lambda found: f"[{numbers[int(found[1])]}]" if int(found[1]) in numbers else "", text
    )
    used = (by_marker[old].model_copy(update={"marker": new}) for old, new in numbers.items())
    return text, tuple(used)


def all_statements(evidence: Evidence, slugs: Iterable[str]) -> list[Statement]:
    """Every statement of the given notes."""
    return [s for slug in slugs if slug in evidence.notes for s in of_note(evidence.notes[slug])]
