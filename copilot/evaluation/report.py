"""An evaluation as Markdown tables, for the terminal and for the documentation."""

from collections.abc import Sequence

from copilot.records import AnswerFigures, EvalReport, SearchFigures

SHOWN_MISSES = 20


def as_markdown(report: EvalReport) -> str:
    """Every figure of a report; with at most 20 of the misses of the tune part."""
    parts = [
        f"{report.questions} questions ({report.name}, version {report.version}) over "
        f"{report.notes} notes, {report.passages} passages, in {report.elapsed_ms / 1000:.0f} s.",
        *_search("Search", report.search),
        *_search("Search, held-out half", report.search_held_out),
        *_margin(report),
        *_answers(report),
        *report.notices,
        *_misses(report),
    ]
    return "\n\n".join(parts) + "\n"


def _search(title: str, systems: Sequence[SearchFigures]) -> list[str]:
    if not systems:
        return []
    head = ("system", "nDCG@10", "95% interval", "read to ten notes")
    rows = [
        (
            one.system,
            _number(one.ndcg10.value),
            f"{one.ndcg10.low:.3f} to {one.ndcg10.high:.3f}",
            _number(one.ndcg10_deep),
            *(_number(x) for x in (one.recall1, one.recall5, one.recall10, one.mrr)),
        )
        for one in systems
    ]
    styles = sorted({style for one in systems for style in one.styles})
    by_style = [(style, *(_number(one.styles.get(style)) for one in systems)) for style in styles]
    return [
        f"## {title} ({systems[0].questions} questions)",
        _table((*head, "recall@1", "recall@5", "recall@10", "MRR"), rows),
        _table(("nDCG@10 by style", *(one.system for one in systems)), by_style),
    ]


def _margin(report: EvalReport) -> list[str]:
    halves = (("all questions", report.margin), ("the held-out half", report.margin_held_out))
    found = [
        f"{name} **{one.value:+.3f}** ({one.low:+.3f} to {one.high:+.3f})"
        for name, one in halves
        if one is not None
    ]
    if not found:
        return []
    return [f"nDCG@10 less that of {report.best_peer}, paired bootstrap: {', '.join(found)}."]


_COLUMNS = (
    "questions",
    "key facts",
    "all facts",
    "verbatim",
    "marked",
    "cites expected",
    "refused rightly",
    "refused wrongly",
    "kind",
    "p50 ms",
    "p95 ms",
)


def _answers(report: EvalReport) -> list[str]:
    facts = report.key_facts
    found = [
        "## Answers",
        _table(("", *_COLUMNS), [(name, *_row(one)) for name, one in report.answers.items()]),
        _table(("style", *_COLUMNS), [(name, *_row(one)) for name, one in report.styles.items()]),
    ]
    if facts:
        found.append(f"Key facts covered: {facts.value:.3f} ({facts.low:.3f} to {facts.high:.3f}).")
    return found


def _row(one: AnswerFigures) -> tuple[str, ...]:
    shares = (
        one.key_facts,
        one.key_facts_all,
        one.quotes_verbatim,
        one.sentences_marked,
        one.cited_expected,
        one.refused_rightly,
        one.refused_wrongly,
        one.kind,
    )
    times = (f"{one.p50_ms:.0f}", f"{one.p95_ms:.0f}")
    return (str(one.questions), *(_number(share) for share in shares), *times)


def _misses(report: EvalReport) -> list[str]:
    if not report.misses:
        return []
    lines = [
        f"- {miss.id} ({miss.style}) {miss.question}: {'; '.join(miss.problems)}"
        for miss in report.misses[:SHOWN_MISSES]
    ]
    more = len(report.misses) - len(lines)
    if more > 0:
        lines.append(f"- and {more} more (`--json` has them all)")
    return ["## What went wrong in the tune half", "\n".join(lines)]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
