"""Answers judged: facts, quotes, refusals, kinds and times."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from copilot.evaluation.peers import source_name
from copilot.evaluation.score import Grounding, ground, missing_facts
from copilot.records import Answer, AnswerFigures, Miss, Question

Ask = Callable[[Question], Answer]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Answered:
    """One question, its answer, and what was measured of it; `covered` is a share, 0-1."""

    question: Question
    answer: Answer
    milliseconds: float
    grounding: Grounding
    missing: tuple[Sequence[str], ...]

    @property
    def covered(self) -> float | None:
        """The share of the key facts in the answer; None where none are expected."""
        facts = self.question.key_facts
        return 1 - len(self.missing) / len(facts) if facts else None

    @property
    def cites_expected(self) -> bool:
        """Whether a citation leads to a source that was expected."""
        cited = {source_name(citation.source) for citation in self.answer.citations}
        return bool(cited & set(self.question.expected_notes))


def ask_all(
    ask: Ask,
    questions: Sequence[Question],
    texts: Mapping[str, str],
    progress: Progress | None = None,
) -> list[Answered]:
    """Every question asked once, after one that warms up, and judged.

    `texts` are whole sources by source name. A refusal covers no facts.
    """
    results: list[Answered] = []
    if questions:
        ask(questions[0])
    for number, question in enumerate(questions):
        if progress:
            progress(number, len(questions), question.question)
        started = time.perf_counter()
        answer = ask(question)
        elapsed = 1000 * (time.perf_counter() - started)
        missing = (
            question.key_facts
            if answer.refused
            else tuple(missing_facts(answer.answer, question.key_facts))
        )
        results.append(Answered(question, answer, elapsed, ground(answer, texts), missing))
    return results


def answer_figures(answered: Sequence[Answered]) -> AnswerFigures:
    """The figures over at least one answer."""
    refuse = [one for one in answered if one.question.refuse]
    rest = [one for one in answered if not one.question.refuse]
    refused = [one for one in answered if one.answer.refused]
    factual = [one.covered for one in rest if one.covered is not None]
    given = [one for one in rest if not one.answer.refused]
    times = [one.milliseconds for one in answered]
    quotes = sum(one.grounding.quotes for one in answered)
    sentences = sum(one.grounding.sentences for one in given)
    return AnswerFigures(
        questions=len(answered),
        answerable=len(rest),
        key_facts=_mean(factual),
        key_facts_all=_mean([share == 1 for share in factual]),
        quotes=quotes,
        quotes_verbatim=_share(sum(one.grounding.verbatim for one in answered), quotes),
        sentences=sentences,
        sentences_marked=_share(sum(one.grounding.marked for one in given), sentences),
        cited_expected=_mean([o.cites_expected for o in given if o.question.expected_notes]),
        refused_rightly=_mean([one.answer.refused for one in refuse]),
        refused_wrongly=_mean([one.answer.refused for one in rest]),
        refusal_precision=_mean([one.question.refuse for one in refused]),
        kind=_mean([o.answer.kind == o.question.kind for o in given if o.question.kind]),
        p50_ms=round(statistics.median(times), 1),
        p95_ms=round(_quantile95(times), 1),
    )


def by_part(answered: Sequence[Answered]) -> dict[str, AnswerFigures]:
    """Figures over all answers and over each part that has some."""
    groups = {"all": list(answered)}
    for one in answered:
        groups.setdefault(one.question.part, []).append(one)
    return {name: answer_figures(group) for name, group in groups.items()}


def by_style(answered: Sequence[Answered]) -> dict[str, AnswerFigures]:
    """Figures over each style."""
    groups: dict[str, list[Answered]] = {}
    for one in answered:
        groups.setdefault(one.question.style, []).append(one)
    return {name: answer_figures(group) for name, group in sorted(groups.items())}


def misses(answered: Sequence[Answered], gains: Mapping[str, float]) -> tuple[Miss, ...]:
    """What went wrong, question by question; `gains` is nDCG@10 by question id.

    Only the tune part: whoever corrects the product by these must not see the other half.
    """
    found = [
        (one.question, problems(one, gains.get(one.question.id)))
        for one in answered
        if one.question.part == "tune"
    ]
    return tuple(
        Miss(id=question.id, style=question.style, question=question.question, problems=what)
        for question, what in found
        if what
    )


def problems(one: Answered, gain: float | None) -> tuple[str, ...]:
    """What is wrong with one answer, a line a problem; empty when nothing is."""
    question, answer, grounding = one.question, one.answer, one.grounding
    what: list[str] = []
    if gain is not None and gain < 1:
        what.append(f"search: nDCG@10 {gain:.2f}, expected {', '.join(question.expected_notes)}")
    if answer.refused != question.refuse:
        what.append("refused" if answer.refused else "answered instead of refusing")
    elif not answer.refused:
        what += [f"fact missing: {' / '.join(fact)}" for fact in one.missing]
        if question.kind and answer.kind != question.kind:
            what.append(f"kind {answer.kind}, expected {question.kind}")
        if question.expected_notes and not one.cites_expected:
            what.append("cites none of the expected")
    if grounding.verbatim < grounding.quotes:
        what.append(f"{grounding.quotes - grounding.verbatim} quotes are not verbatim")
    if not answer.refused and grounding.marked < grounding.sentences:
        what.append(f"{grounding.sentences - grounding.marked} sentences without a marker")
    if grounding.dangling:
        what.append(f"{grounding.dangling} markers without a citation")
    return tuple(what)


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 4) if values else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _quantile95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
