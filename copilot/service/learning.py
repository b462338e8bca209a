"""Verbs of the tutor: quiz, mark, progress, concept map."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.records import Audience, ConceptMap, LearnerProgress, Marking, Quiz, QuizQuestion
from copilot.service.parts import Parts

if TYPE_CHECKING:
    from copilot.rag.tutoring.tutor import Tutor

ME = "me"


class LearningVerbs(Parts):
    """Asks, marks, remembers, draws."""

    @cached_property
    def tutor(self) -> "Tutor":
        """Questions from the library and a learner's marks, kept in the workspace."""
        from copilot.rag.tutoring.tutor import Tutor

        return Tutor(self.notes, self.library, self.settings.home / "learning.db")

    def topics(self) -> list[str]:
        """The chapters and concepts a quiz can be about."""
        with self._lock:
            return self.tutor.topics()

    def quiz(
        self,
        topic: str = "",
        *,
        n: int = 5,
        seed: int = 0,
        kinds: Sequence[str] = (),
        level: Audience | None = None,
        source: str | None = None,
        learner: str | None = None,
    ) -> Quiz:
        """Questions on a concept, a chapter or a document, answered by cited passages.

        The same topic and seed give the same questions; for a `learner` what is due and weak
        comes first.
        """
        with self._lock:
            return self.tutor.quiz(
                topic, n=n, seed=seed, kinds=kinds, level=level, source=source, learner=learner
            )

    def mark(
        self, question: QuizQuestion | str, answer: str, *, learner: str | None = ME
    ) -> Marking:
        """Mark a free-text answer point by point against its passage.

        `question` is a question or its id. Only the mark is kept, never the answer's text; with
        `learner` None nothing is.
        """
        with self._lock:
            return self.tutor.mark(question, answer, learner=learner)

    def progress(self, learner: str = ME) -> LearnerProgress:
        """How a learner stands, weakest concept first, and what is due."""
        with self._lock:
            return self.tutor.progress(learner)

    def forget_learner(self, learner: str) -> int:
        """Erase a learner's marks; returns how many."""
        with self._lock:
            return self.tutor.forget(learner)

    def concept_map(
        self,
        concepts: Sequence[str] = (),
        *,
        out: Path | str | None = None,
        neighbours: bool = True,
    ) -> ConceptMap:
        """Concepts and how they hang together; `out` ends in .svg or .png."""
        with self._lock:
            found = self.tutor.concept_map(concepts, neighbours_too=neighbours)
        if out is None:
            return found
        from copilot.charts import write_map

        write_map(found, Path(out))
        return found.model_copy(update={"out": str(out)})
