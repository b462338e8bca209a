"""The whole way on a few questions: a user's own set on a workspace with a document."""

from pathlib import Path

import pytest

from copilot import Copilot
from copilot.errors import InputError
from copilot.evaluation.report import as_markdown
from copilot.evaluation.run import evaluate


def test_a_users_questions_are_asked_of_the_users_own_library(
    cafe: Copilot, questions: Path
) -> None:
    report = evaluate(cafe, questions, compare=False)
    assert (report.name, report.questions) == ("questions.jsonl", 3)
    assert [one.system for one in report.search] == ["marketing-copilot"]
    assert report.search[0].questions == 2
    assert report.search[0].recall5 == 1
    assert report.answers["all"].quotes_verbatim == 1
    assert report.answers["all"].refused_rightly == 1
    assert report.margin is None


def test_peers_run_beside_ours_and_the_best_is_named(cafe: Copilot, questions: Path) -> None:
    seen: list[str] = []
    report = evaluate(cafe, questions, progress=lambda *now: seen.append(now[2]))
    systems = [one.system for one in report.search]
    assert systems[:3] == ["marketing-copilot", "BM25 only", "Chroma, dense only"]
    assert report.best_peer in systems[1:]
    assert [one.questions for one in report.search_held_out] == [1] * len(systems)
    assert {"BM25 only", "What is churn?"} <= set(seen)


def test_the_report_reads_as_tables(cafe: Copilot, questions: Path) -> None:
    text = as_markdown(evaluate(cafe, questions, compare=False))
    assert "| system | nDCG@10 |" in text
    assert "| held_out | 1 |" in text
    assert text.startswith("3 questions (questions.jsonl, version ")


def test_an_expected_note_that_is_not_there_is_named(cafe: Copilot, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"id": "x1", "question": "?", "expected_notes": {"nowhere": 2}}', encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"'x1': expected_notes: .*'nowhere'"):
        evaluate(cafe, path, compare=False)
