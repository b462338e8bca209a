"""Search judged: the product's own and its peers' over the same questions, with figures."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.evaluation.peers import (
    CHUNKS,
    DEPTH,
    EXTRA_HINT,
    Search,
    bm25_only,
    dense_only,
    has_langchain,
    langchain_recipe,
    source_name,
)
from copilot.evaluation.score import estimate, ndcg, recall, reciprocal_rank, search_text
from copilot.records import Estimate, Question, SearchFigures

if TYPE_CHECKING:
    from copilot.rag.index import Library
    from copilot.rag.retrieve import Retriever

Progress = Callable[[int, int, str], None]
Makers = dict[str, Callable[[], Search]]

OURS = "marketing-copilot"
SHOWN = 10


@dataclass(frozen=True)
class Searched:
    """One system's passages for every judged question: source names, a name a passage."""

    system: str
    questions: tuple[Question, ...]
    found: tuple[tuple[str, ...], ...]

    def gains(self) -> list[float]:
        """nDCG@10 of each question over the first ten passages."""
        pairs = zip(self.questions, self.found, strict=True)
        return [ndcg(names[:SHOWN], question.expected_notes) for question, names in pairs]

    def of_part(self, part: str) -> "Searched":
        """The same for one part of the questions."""
        pairs = zip(self.questions, self.found, strict=True)
        kept = [(question, names) for question, names in pairs if question.part == part]
        return replace(
            self, questions=tuple(q for q, _ in kept), found=tuple(names for _, names in kept)
        )


def product_search(retriever: "Retriever") -> Search:
    """The product's own search: its first ten passages, then what a longer list adds."""

    def search(question: str) -> list[str]:
        shown = retriever.retrieve(question, k=SHOWN).hits
        more = retriever.retrieve(question, k=DEPTH).hits
        return [source_name(hit.source) for hit in (*shown, *more)]

    return search


def peer_makers(
    library: "Library", texts: Mapping[str, str], folder: Path
) -> tuple[Makers, tuple[str, ...]]:
    """How to build each peer that can run here, by name, and a notice for each that cannot.

    `texts` are whole sources by full source name; the recipe keeps its vectors in `folder`.
    """
    makers: Makers = {"BM25 only": lambda: bm25_only(library)}
    embedder = library.embedder
    if embedder is None:
        return makers, ("Without the embedding model only BM25 is compared.",)
    makers["Chroma, dense only"] = lambda: dense_only(library, embedder)
    if not has_langchain():
        return makers, (EXTRA_HINT,)
    named = {source_name(source): text for source, text in texts.items()}

    def recipe(chunk: int, overlap: int) -> Callable[[], Search]:
        return lambda: langchain_recipe(named, embedder, folder, chunk, overlap)

    makers |= {f"LangChain {chunk}/{overlap}": recipe(chunk, overlap) for chunk, overlap in CHUNKS}
    return makers, ()


def run_searches(
    makers: Makers, questions: Sequence[Question], progress: Progress | None = None
) -> list[Searched]:
    """Every system's list for every question that expects notes; one system after the other."""
    judged = tuple(question for question in questions if question.expected_notes)
    results: list[Searched] = []
    for number, (name, make) in enumerate(makers.items()):
        if progress:
            progress(number, len(makers), name)
        search = make() if judged else None
        found = tuple(tuple(search(search_text(q))) for q in judged) if search else ()
        results.append(Searched(name, judged, found))
    return results


def search_figures(searched: Searched) -> SearchFigures:
    """The figures of one system; `searched` has at least one question."""
    gains = searched.gains()
    styles: dict[str, list[float]] = {}
    for question, gain in zip(searched.questions, gains, strict=True):
        styles.setdefault(question.style, []).append(gain)
    pairs = [
        (question.expected_notes, names)
        for question, names in zip(searched.questions, searched.found, strict=True)
    ]

    def mean(score: Callable[[Sequence[str], Mapping[str, int]], float], shown: int) -> float:
        return round(statistics.fmean(score(names[:shown], wanted) for wanted, names in pairs), 4)

    return SearchFigures(
        system=searched.system,
        questions=len(pairs),
        ndcg10=estimate(gains),
        ndcg10_deep=mean(ndcg, 2 * DEPTH),
        recall1=mean(lambda names, wanted: recall(names, wanted, 1), SHOWN),
        recall5=mean(lambda names, wanted: recall(names, wanted, 5), SHOWN),
        recall10=mean(lambda names, wanted: recall(names, wanted, 10), SHOWN),
        mrr=mean(reciprocal_rank, SHOWN),
        styles={name: round(statistics.fmean(of), 4) for name, of in sorted(styles.items())},
    )


def best_peer(searched: Sequence[Searched]) -> Searched | None:
    """The peer with the highest nDCG@10; the first of `searched` is ours and is no peer."""
    peers = [one for one in searched[1:] if one.questions]
    return max(peers, key=lambda peer: statistics.fmean(peer.gains()), default=None)


def margin(ours: Searched, peer: Searched | None) -> Estimate | None:
    """Our nDCG@10 less the peer's, paired by question; None without a peer or questions."""
    if peer is None or not ours.questions:
        return None
    pairs = zip(ours.gains(), peer.gains(), strict=True)
    return estimate([mine - theirs for mine, theirs in pairs])
