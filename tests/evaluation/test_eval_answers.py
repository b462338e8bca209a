"""Figures over answers made by hand."""

from copilot.evaluation.answers import Answered, answer_figures, ask_all, by_part, misses, problems
from copilot.evaluation.score import Grounding
from copilot.records import Answer, Citation, Question

GOOD = Grounding(quotes=2, verbatim=2, sentences=4, marked=4, dangling=0)


def asked(id: str, **values: object) -> Question:
    return Question.model_validate({"id": id, "question": "What is lift?", "part": "tune"} | values)


def answered(
    question: Question, *, refused: bool = False, ms: float = 10, **more: object
) -> Answered:
    answer = Answer(
        id=question.id,
        question=question.question,
        kind="refusal" if refused else "explain",
        answer="Lift is a ratio [1].",
        refused=refused,
        citations=()
        if refused
        else (
            Citation(marker=1, source="knowledge/concepts/lift.md", title="", quote="", score=1),
        ),
    )
    values = {"grounding": GOOD, "missing": ()} | more
    return Answered(question, answer, ms, **values)  # type: ignore[arg-type]


def test_refusals_are_counted_by_whether_they_were_due() -> None:
    out = {"style": "out_of_scope", "refuse": True}
    figures = answer_figures(
        [
            answered(asked("a", **out), refused=True),
            answered(asked("b", **out), refused=True),
            answered(asked("c", **out)),
            answered(asked("d"), refused=True),
            answered(asked("e")),
        ]
    )
    assert figures.refused_rightly == 0.6667
    assert figures.refused_wrongly == 0.5
    assert figures.refusal_precision == 0.6667


def test_facts_are_shares_of_each_question_and_quotes_of_all_quotes() -> None:
    question = asked("a", key_facts=(("x",), ("y",)))
    half = Grounding(quotes=1, verbatim=0, sentences=1, marked=0, dangling=0)
    figures = answer_figures(
        [answered(question), answered(question, grounding=half, missing=(("x",),))]
    )
    assert (figures.key_facts, figures.key_facts_all) == (0.75, 0.5)
    assert figures.quotes_verbatim == 0.6667
    assert figures.sentences_marked == 0.8


def test_the_kind_and_the_cited_note_count_only_where_one_is_expected() -> None:
    figures = answer_figures(
        [
            answered(asked("a", kind="explain", expected_notes={"lift": 2})),
            answered(asked("b", kind="compare", expected_notes={"churn": 2})),
            answered(asked("c")),
        ]
    )
    assert (figures.kind, figures.cited_expected) == (0.5, 0.5)


def test_a_refusal_covers_no_fact_and_time_is_measured_after_a_warm_up() -> None:
    calls: list[str] = []

    def ask(question: Question) -> Answer:
        calls.append(question.id)
        return Answer(id="", question="", kind="refusal", answer="x and y", refused=True)

    (one,) = ask_all(ask, [asked("a", key_facts=(("x",), ("y",)))], {})
    assert one.covered == 0
    assert calls == ["a", "a"]


def test_p95_is_the_slow_end() -> None:
    times = [answered(asked(str(n)), ms=float(n)) for n in range(1, 101)]
    figures = answer_figures(times)
    assert (figures.p50_ms, figures.p95_ms) == (50.5, 96)


def test_misses_name_what_is_wrong_and_never_show_the_held_out_half() -> None:
    wrong = {"missing": (("x", "y"),), "grounding": GOOD}
    seen = asked("a", key_facts=(("x", "y"),), kind="list", expected_notes={"churn": 2})
    hidden = seen.model_copy(update={"id": "b", "part": "held_out"})
    (miss,) = misses([answered(seen, **wrong), answered(hidden, **wrong)], {"a": 0.5, "b": 0.5})
    assert miss.id == "a"
    assert miss.problems == (
        "search: nDCG@10 0.50, expected churn",
        "fact missing: x / y",
        "kind explain, expected list",
        "cites none of the expected",
    )


def test_an_answer_without_fault_is_no_miss() -> None:
    assert problems(answered(asked("a", expected_notes={"lift": 2})), 1.0) == ()


def test_loose_quotes_sentences_and_markers_are_problems() -> None:
    loose = Grounding(quotes=2, verbatim=1, sentences=3, marked=1, dangling=1)
    assert problems(answered(asked("a"), grounding=loose), None) == (
        "1 quotes are not verbatim",
        "2 sentences without a marker",
        "1 markers without a citation",
    )


def test_figures_are_given_for_all_and_for_each_half() -> None:
    found = by_part([answered(asked("a")), answered(asked("b", part="held_out"))])
    assert {name: one.questions for name, one in found.items()} == {
        "all": 2,
        "tune": 1,
        "held_out": 1,
    }
