"""Progress kept: boxes, due dates, two processes at once, a process killed, erasure."""

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from copilot.errors import InputError, StoreError
from copilot.rag.tutoring.progress import Kept, Learning, boxed, progress_of
from copilot.rag.tutoring.tutor import Tutor

START = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


def kept(score: float, days: float) -> Kept:
    return Kept("churn", "Churn", "churn.define.1", score, START + dt.timedelta(days=days))


def test_right_answers_when_due_move_on_by_doubling_intervals() -> None:
    marks = [kept(1, 0), kept(1, 2), kept(1, 6), kept(1, 14), kept(1, 30)]
    boxes = [boxed(marks[: n + 1]) for n in range(5)]
    assert [box for box, _ in boxes] == [2, 3, 4, 5, 5]
    days = [(due - mark.at).days for (_, due), mark in zip(boxes, marks, strict=True)]
    assert days == [2, 4, 8, 16, 16]


def test_a_wrong_answer_goes_back_to_the_first_box() -> None:
    box, due = boxed([kept(1, 0), kept(1, 2), kept(0, 3)])
    assert (box, due) == (1, START + dt.timedelta(days=4))


def test_many_right_answers_in_one_sitting_are_one_repetition() -> None:
    assert boxed([kept(1, 0), kept(1, 0.01), kept(1, 0.02)])[0] == 2


def test_a_partly_right_answer_stays_in_its_box() -> None:
    assert boxed([kept(1, 0), kept(0.5, 2)]) == (2, START + dt.timedelta(days=4))


def test_due_and_weak_concepts_stand_first() -> None:
    weak = Kept("lift", "Lift", "lift.list.1", 0.0, START)
    found = progress_of("ada", [kept(1, 0), weak], START + dt.timedelta(days=1))
    assert [one.concept for one in found.concepts] == ["lift", "churn"]
    assert (found.asked, found.due, found.score) == (2, 1, 0.5)


def test_what_was_written_is_not_kept(tutor: Tutor, tmp_path: Path) -> None:
    one = tutor.quiz("churn", n=1, kinds=["define"]).questions[0]
    tutor.mark(one.id, "customers leaving like Zebedee did", learner="ada")
    assert tutor.progress("ada").asked == 1
    stored = (tmp_path / "learning.db").read_bytes()
    assert b"Zebedee" not in stored
    assert b"churn" in stored


def test_forgetting_erases_one_learner_from_the_file(tutor: Tutor, tmp_path: Path) -> None:
    one = tutor.quiz("churn", n=1).questions[0]
    for learner in ("adaline", "bob"):
        tutor.mark(one.id, "people who leave", learner=learner)
    assert tutor.forget("adaline") == 1
    assert tutor.progress("adaline").asked == 0
    assert tutor.progress("bob").asked == 1
    assert b"adaline" not in (tmp_path / "learning.db").read_bytes()


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_that_cannot_be_one_is_refused(tutor: Tutor, name: str) -> None:
    with pytest.raises(InputError, match="learner's name"):
        tutor.progress(name)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "learning.db"
    path.write_text("this is no database, it is a text of some length" * 40, encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be used"):
        Learning(path).marks("ada")


WRITER = """
import datetime as dt, sys
from pathlib import Path
from copilot.rag.tutoring.progress import Learning
from copilot.records import Citation, Marking, QuizQuestion
question = QuizQuestion(id="q", kind="define", prompt="?", concept="churn", source="s", title="C")
cited = Citation(marker=1, source="s", title="C", quote="q", score=1)
marking = Marking(question_id="q", correct=True, score=1, verdict="right", reasons=(),
                  model_answer="", citation=cited)
learning = Learning(Path(sys.argv[1]))
for n in range(int(sys.argv[2])):
    learning.keep("ada", question, marking, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    print(n, flush=True)
"""


def writer(path: Path, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_two_processes_keep_every_mark(tmp_path: Path) -> None:
    path = tmp_path / "learning.db"
    both = [writer(path, 25), writer(path, 25)]
    for one in both:
        one.communicate(timeout=120)
        assert one.returncode == 0
    assert len(Learning(path).marks("ada")) == 50


def test_a_killed_process_loses_no_mark_it_reported(tmp_path: Path) -> None:
    path = tmp_path / "learning.db"
    with writer(path, 100_000) as one:
        assert one.stdout is not None
        reported = [one.stdout.readline() for _ in range(10)]
        one.send_signal(signal.SIGKILL)
    assert reported[-1] == "9\n"
    assert len(Learning(path).marks("ada")) >= 10
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
