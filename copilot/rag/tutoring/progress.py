"""A learner's progress: question, score and time of every mark, and nothing that was written.

Repetition follows Leitner (1972), So lernt man lernen, Herder: five boxes, a right answer moves a
concept one box on, a wrong one back to the first. The intervals double from one day to sixteen.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import InputError, StoreError
from copilot.rag.tutoring.marking import PARTLY, RIGHT
from copilot.records import ConceptProgress, LearnerProgress, Marking, QuizQuestion

BOXES = 5
LATEST = 5  # marks that a concept's score is the mean of
MOST_NAME = 80

_SCHEMA = """
CREATE TABLE IF NOT EXISTS marks (
    id INTEGER PRIMARY KEY, learner TEXT NOT NULL, concept TEXT NOT NULL, title TEXT NOT NULL,
    question TEXT NOT NULL, score REAL NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS marks_by_learner ON marks(learner, concept, id);
"""


@dataclass(frozen=True)
class Kept:
    """One mark as it is kept."""

    concept: str
    title: str
    question: str
    score: float
    at: dt.datetime


class Learning:
    """The marks of all learners in one SQLite file; every mark is one committed transaction.

    Every method opens its own connection: safe among threads and among processes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, learner: str, question: QuizQuestion, marking: Marking, at: dt.datetime) -> None:
        """Keep one mark. Raises InputError for a name that cannot be one."""
        row = (named(learner), question.concept, question.title, question.id, marking.score)
        with self._connected() as db:
            db.execute(
                "INSERT INTO marks (learner, concept, title, question, score, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (*row, at.isoformat(timespec="seconds")),
            )

    def marks(self, learner: str) -> list[Kept]:
        """A learner's marks, oldest first."""
        with self._connected() as db:
            rows = db.execute(
                "SELECT concept, title, question, score, at FROM marks WHERE learner = ?"
                " ORDER BY id",
                (named(learner),),
            ).fetchall()
        return [Kept(c, t, q, s, dt.datetime.fromisoformat(at)) for c, t, q, s, at in rows]

    def forget(self, learner: str) -> int:
        """Erase everything kept about a learner; returns how many marks that were."""
        with self._connected() as db:
            return db.execute("DELETE FROM marks WHERE learner = ?", (named(learner),)).rowcount

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
                db.execute("PRAGMA secure_delete = ON")
                db.executescript(_SCHEMA)
                yield db
        except (OSError, sqlite3.DatabaseError) as error:
            raise StoreError(
                f"The progress file {self._path} cannot be used: {error}.",
                hint="Check the workspace's permissions, or move the file away.",
            ) from error


def named(learner: str) -> str:
    """A learner's name, trimmed. Raises InputError when it is empty or too long."""
    name = " ".join(learner.split())
    if not 0 < len(name) <= MOST_NAME:
        raise InputError(
            f"{learner[:MOST_NAME]!r} is not a learner's name.",
            hint=f"Give 1 to {MOST_NAME} characters.",
        )
    return name


def progress_of(learner: str, marks: list[Kept], now: dt.datetime) -> LearnerProgress:
    """Where a learner stands: due and weak concepts first."""
    concepts = [_standing(marks_of, now) for marks_of in by_concept(marks).values()]
    concepts.sort(key=lambda one: (not one.is_due, one.score, one.box, one.concept))
    mean = sum(one.score for one in concepts) / len(concepts) if concepts else 0.0
    return LearnerProgress(
        learner=named(learner),
        asked=len(marks),
        score=round(mean, 2),
        due=sum(one.is_due for one in concepts),
        concepts=tuple(concepts),
    )


def by_concept(marks: list[Kept]) -> Mapping[str, list[Kept]]:
    """A learner's marks by concept, oldest first."""
    found: dict[str, list[Kept]] = {}
    for mark in marks:
        found.setdefault(mark.concept, []).append(mark)
    return found


def _standing(marks: list[Kept], now: dt.datetime) -> ConceptProgress:
    box, due = boxed(marks)
    latest = marks[-LATEST:]
    return ConceptProgress(
        concept=marks[-1].concept,
        title=marks[-1].title,
        asked=len(marks),
        score=round(sum(m.score for m in latest) / len(latest), 2),
        box=box,
        last_seen=marks[-1].at,
        due=due,
        is_due=due <= now,
    )


def boxed(marks: list[Kept]) -> tuple[int, dt.datetime]:
    """The Leitner box that marks lead to, and when the concept is due again.

    A right answer moves on only when the concept was due: five in one sitting are one repetition.
    Partly right stays; due again after the box's interval.
    """
    box, due = 1, marks[0].at
    for mark in marks:
        if mark.score < PARTLY:
            box = 1
        elif mark.score >= RIGHT and mark.at >= due:
            box = min(BOXES, box + 1)
        elif mark.at < due:
            continue
        due = mark.at + dt.timedelta(days=2 ** (box - 1))
    return box, due
