"""The whole evaluation: search and its peers, answers, figures by part and by style."""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from copilot.evaluation.answers import ask_all, by_part, by_style, misses
from copilot.evaluation.corpus import check_expectations, own_workspace, source_texts
from copilot.evaluation.questions import load_questions, shipped_set
from copilot.evaluation.score import estimate
from copilot.evaluation.search import (
    OURS,
    Searched,
    best_peer,
    margin,
    peer_makers,
    product_search,
    run_searches,
    search_figures,
)
from copilot.records import Answer, EvalReport, Question, QuestionSet

if TYPE_CHECKING:
    from copilot.service import Copilot

Progress = Callable[[int, int, str], None]


def evaluate(
    copilot: "Copilot",
    path: Path | None = None,
    *,
    compare: bool = True,
    progress: Progress | None = None,
) -> EvalReport:
    """Ask every question and say how good search and answers were.

    The shipped set is asked of a passing workspace with the shipped notes and the set's own
    documents, and answered by the built-in writer; a user's file (`path`) is asked of the
    workspace at hand, as it is set. `compare` runs the usual recipes over the same sources.

    Raises InputError for a file of questions that is not right.
    """
    asked = load_questions(path) if path else shipped_set()
    with nullcontext(copilot) if path else own_workspace(copilot) as place:
        return _evaluate(place, asked, compare=compare, progress=progress)


def _evaluate(
    place: "Copilot", asked: QuestionSet, *, compare: bool, progress: Progress | None
) -> EvalReport:
    started = time.monotonic()
    check_expectations(asked.questions, place.library)
    texts = source_texts(place.library, place.notes)
    searched, notices = _search(place, asked, texts, compare=compare, progress=progress)

    def ask(question: Question) -> Answer:
        return place.ask(question.question, history=question.history, id=question.id)

    answered = ask_all(ask, asked.questions, texts, progress)
    covered = [one.covered for one in answered if one.covered is not None]
    ours, peer = searched[0], best_peer(searched)
    held_out = [one.of_part("held_out") for one in searched]
    return EvalReport(
        name=asked.name,
        version=asked.version,
        questions=len(asked.questions),
        notes=len(place.notes),
        passages=sum(item.passages for item in place.library.sources()),
        search=tuple(search_figures(one) for one in searched if one.questions),
        search_held_out=tuple(search_figures(one) for one in held_out if one.questions),
        best_peer=peer.system if peer else None,
        margin=margin(ours, peer),
        margin_held_out=margin(held_out[0], peer.of_part("held_out") if peer else None),
        key_facts=estimate(covered) if covered else None,
        answers=by_part(answered),
        styles=by_style(answered),
        misses=misses(answered, _by_id(ours)),
        notices=notices,
        elapsed_ms=round(1000 * (time.monotonic() - started)),
    )


def _search(
    place: "Copilot",
    asked: QuestionSet,
    texts: Mapping[str, str],
    *,
    compare: bool,
    progress: Progress | None,
) -> tuple[list[Searched], tuple[str, ...]]:
    """Our search first, then the peers that can run here, and why others cannot."""
    with TemporaryDirectory(prefix="marketing-copilot-peers-", ignore_cleanup_errors=True) as home:
        peers, notices = peer_makers(place.library, texts, Path(home)) if compare else ({}, ())
        makers = {OURS: lambda: product_search(place.retriever), **peers}
        return run_searches(makers, asked.questions, progress), notices


def _by_id(searched: Searched) -> dict[str, float]:
    return dict(zip((q.id for q in searched.questions), searched.gains(), strict=True))
