"""The shipped set keeps its promises; a user's file is checked line by line."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from copilot.errors import InputError
from copilot.evaluation.questions import DOCUMENTS, load_questions, part_of, shipped_set
from copilot.evaluation.score import missing_facts
from copilot.rag.reading.read import read
from copilot.records import Question
from copilot.records.evaluation import Style
from copilot.settings import data_folder

QUESTIONS = shipped_set().questions


def written(tmp_path: Path, *lines: dict[str, Any] | str) -> Path:
    path = tmp_path / "mine.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def sources() -> dict[str, str]:
    notes = (data_folder("knowledge") / "concepts").glob("*.md")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in notes}
    for path in DOCUMENTS.iterdir():
        texts[path.name] = "\n".join(block.text for block in read(path.resolve()).blocks)
    return texts


def test_the_set_has_three_hundred_questions_and_every_style() -> None:
    styles = Counter(question.style for question in QUESTIONS)
    assert len(QUESTIONS) >= 300
    assert set(styles) == set(get_args(Style))
    assert min(styles.values()) >= 15


def test_no_question_is_asked_twice() -> None:
    asked = Counter((question.question.casefold(), question.history) for question in QUESTIONS)
    assert [text for text, times in asked.items() if times > 1] == []


def test_the_halves_go_by_the_id_alone_and_are_alike_in_size() -> None:
    assert [q.id for q in QUESTIONS if q.part != part_of(q.id)] == []
    held_out = sum(q.part == "held_out" for q in QUESTIONS)
    assert 0.45 < held_out / len(QUESTIONS) < 0.55


def test_every_expected_source_is_there_and_holds_the_key_facts() -> None:
    texts = sources()
    absent = [(q.id, name) for q in QUESTIONS for name in q.expected_notes if name not in texts]
    assert absent == []
    unsaid = [
        (q.id, missing)
        for q in QUESTIONS
        if q.expected_notes
        and (missing := missing_facts("\n".join(texts[n] for n in q.expected_notes), q.key_facts))
    ]
    assert unsaid == []


def test_what_can_be_answered_says_how_to_judge_it_and_what_cannot_expects_nothing() -> None:
    assert [
        q.id for q in QUESTIONS if not q.refuse and not (q.expected_notes and q.key_facts)
    ] == []
    assert [q.id for q in QUESTIONS if q.refuse and (q.expected_notes or q.key_facts)] == []


def test_a_third_of_what_must_be_refused_is_close_to_the_subject() -> None:
    close = [q for q in QUESTIONS if q.style == "near_miss"]
    assert all(q.refuse for q in close)
    assert 3 * len(close) >= sum(q.refuse for q in QUESTIONS if q.style != "exact") * 0.9


def test_a_users_line_needs_only_an_id_and_a_question(tmp_path: Path) -> None:
    found = load_questions(written(tmp_path, {"id": "a", "question": "What is lift?"}, ""))
    assert found.questions == (Question(id="a", question="What is lift?", part=part_of("a")),)
    assert found.name == "mine.jsonl"


def test_a_changed_file_has_another_version(tmp_path: Path) -> None:
    first = load_questions(written(tmp_path, {"id": "a", "question": "What is lift?"}))
    second = load_questions(written(tmp_path, {"id": "a", "question": "What is churn?"}))
    assert first.version != second.version


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{nonsense", "not JSON"),
        ('["a"]', "not an object"),
        ({"id": "b"}, "question"),
        ({"id": "b", "question": "?", "stlye": "direct"}, "stlye"),
        ({"id": "b", "question": "?", "style": "odd"}, "style"),
        ({"id": "b", "question": "?", "expected_notes": {"lift": 3}}, "expected_notes"),
        ({"id": "b", "question": "?", "expected_notes": {"lift": 2}, "refuse": True}, "refuse"),
        ({"id": "b", "question": "?", "history": [{"role": "me", "text": "x"}]}, "history.0.role"),
        ({"id": "a", "question": "Again?"}, "'a' is used before"),
    ],
)
def test_a_bad_line_is_named_with_its_field(
    tmp_path: Path, line: dict[str, Any] | str, named: str
) -> None:
    path = written(tmp_path, {"id": "a", "question": "What is lift?"}, line)
    with pytest.raises(InputError) as error:
        load_questions(path)
    assert "Line 2 of" in error.value.message
    assert named in error.value.message


def test_a_missing_or_empty_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot read"):
        load_questions(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="no question"):
        load_questions(written(tmp_path, ""))
