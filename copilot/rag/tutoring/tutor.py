"""The tutor: draws quizzes from the library, marks answers, keeps progress, maps concepts."""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from copilot.errors import InputError
from copilot.rag.index import Library
from copilot.rag.tutoring.chapters import Topic, chapters, resolve, sources_like
from copilot.rag.tutoring.choosing import choose, in_order, mastered
from copilot.rag.tutoring.concept_map import lay_out
from copilot.rag.tutoring.documents import PREFIX, document_exercises, prefix_of
from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.kinship import Shelf, neighbours, shelve
from copilot.rag.tutoring.mark import mark
from copilot.rag.tutoring.marking import Marker
from copilot.rag.tutoring.progress import Learning, progress_of
from copilot.rag.tutoring.questions import exercises
from copilot.records import (
    Audience,
    ConceptMap,
    ConceptNote,
    LearnerProgress,
    Marking,
    QuestionKind,
    Quiz,
    QuizQuestion,
)
from copilot.text import content_id

MOST_QUESTIONS = 50
Vectors = NDArray[np.float32]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Tutor:
    """Quizzes over the notes and the indexed documents. Nothing here calls a model."""

    def __init__(
        self,
        notes: Sequence[ConceptNote],
        library: Library,
        progress: Path,
        *,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._notes = notes
        self._library = library
        self._learning = Learning(progress)
        self._now = now
        self._of_note = lru_cache(maxsize=256)(self._note_exercises)
        self._vector = lru_cache(maxsize=4096)(self._embed_one)

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
        """Questions on a topic: concepts, a chapter, a cited book, or an indexed document.

        The same arguments, library and progress give the same quiz. With a learner, what is due
        and weak comes first and what was answered rightly last. `source` is a glob that keeps to
        some sources. Raises InputError for what cannot be asked.
        """
        _check(n, kinds)
        chosen = self._topic(topic, source)
        rng = random.Random(content_id(chosen.title, str(seed)))  # noqa: S311 - a quiz, no secret
        marks = self._learning.marks(learner) if learner else []
        due = (
            [one.concept for one in progress_of(learner, marks, self._now()).concepts if one.is_due]
            if learner
            else []
        )
        concepts = in_order([*chosen.slugs, *chosen.sources], marks, due, rng)
        drawn = choose(concepts, partial(self._fitting, kinds, level), n, rng, mastered(marks))
        if not drawn:
            raise InputError(
                f"The library has no such questions on {topic!r}.",
                hint="Leave out the kinds or the level, or choose a wider topic.",
            )
        questions = tuple(one.question for one in drawn)
        key = content_id(chosen.title, str(seed), *(question.id for question in questions))
        return Quiz(quiz=key, topic=chosen.title, seed=seed, questions=questions)

    def mark(
        self, question: QuizQuestion | str, answer: str, *, learner: str | None = None
    ) -> Marking:
        """An answer marked against the passage its question comes from.

        With a learner the score is kept, the answer is not. Raises InputError for a question that
        the library does not have, or no longer has.
        """
        exercise = self.exercise(question if isinstance(question, str) else question.id)
        marking = mark(exercise, answer, self._marker, self._shelf.words)
        if learner and marking.counted:
            self._learning.keep(learner, exercise.question, marking, self._now())
        return marking

    def exercise(self, question_id: str) -> Exercise:
        """The exercise behind a question's id, built again from the library."""
        prefix = question_id.split(".", 1)[0]
        found = next(
            (one for one in self._of(prefix) if one.question.id == question_id.strip()), None
        )
        if found is None:
            raise InputError(
                f"There is no question {question_id!r} in the library.",
                hint="Its passage may have changed: draw a new quiz.",
            )
        return found

    def progress(self, learner: str) -> LearnerProgress:
        """Where a learner stands, due and weak concepts first."""
        return progress_of(learner, self._learning.marks(learner), self._now())

    def forget(self, learner: str) -> int:
        """Erase everything kept about a learner; returns how many marks that were."""
        return self._learning.forget(learner)

    def topics(self) -> list[str]:
        """What can be asked for by name: chapters, documents, concepts."""
        titles = sorted((note.title for note in self._notes), key=str.casefold)
        documents = [title for _, title in self._documents()]
        return ["Everything", *chapters(self._shelf), *documents, *titles]

    def concept_map(
        self, concepts: Sequence[str] = (), *, neighbours_too: bool = True
    ) -> ConceptMap:
        """The concepts named (any name or chapter), with their neighbours; all without a name."""
        named: list[str] = []
        for one in concepts:
            named += resolve(one, self._shelf, ()).slugs
        chosen = tuple(dict.fromkeys(named)) or tuple(self._shelf.notes)
        shown = list(chosen)
        if neighbours_too and concepts:
            for slug in chosen:
                shown += [n.slug for n in neighbours(self._shelf.notes[slug], self._shelf)]
        return lay_out(tuple(dict.fromkeys(shown)), frozenset(named), self._shelf)

    @cached_property
    def _shelf(self) -> Shelf:
        return shelve(self._notes)

    @property
    def _marker(self) -> Marker:
        embedder = self._library.embedder
        embed = None if embedder is None else self._embed
        return Marker(self._shelf.scale, self._shelf.words.words, embed)

    def _embed_one(self, text: str) -> Vectors:
        embedder = self._library.embedder
        vector: Vectors = embedder.embed([text])[0] if embedder else np.zeros(1, np.float32)
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def _topic(self, topic: str, source: str | None) -> Topic:
        documents = self._documents()
        if source is None:
            return resolve(topic, self._shelf, documents)
        notes = [(note.path, note.title) for note in self._notes]
        sources = sources_like(source, [*documents, *notes])
        slugs = {note.path: note.slug for note in self._notes}
        kept = Topic(
            topic or source,
            tuple(slugs[one] for one in sources if one in slugs),
            tuple(one for one in sources if one not in slugs),
        )
        if not kept.slugs and not kept.sources:
            raise InputError(f"No source matches {source!r}.", hint="See: marketing-copilot search")
        return kept

    def _documents(self) -> list[tuple[str, str]]:
        return [(one.source, one.title) for one in self._library.sources() if one.kind != "note"]

    def _fitting(
        self, kinds: Sequence[str], level: Audience | None, concept: str
    ) -> list[Exercise]:
        prefix = concept if concept in self._shelf.notes else prefix_of(concept)
        return [
            one
            for one in self._of(prefix)
            if (not kinds or one.question.kind in kinds) and level in (None, one.question.level)
        ]

    def _of(self, prefix: str) -> Sequence[Exercise]:
        if prefix in self._shelf.notes:
            return self._of_note(prefix)
        if not prefix.startswith(PREFIX):
            return ()
        source = next((s for s, _ in self._documents() if prefix_of(s) == prefix), None)
        if source is None:
            return ()
        return document_exercises(self._library.passages(source), self._shelf)

    def _note_exercises(self, slug: str) -> Sequence[Exercise]:
        return exercises(self._shelf.notes[slug], self._shelf)


def _check(n: int, kinds: Sequence[str]) -> None:
    if not 1 <= n <= MOST_QUESTIONS:
        raise InputError(f"{n} questions are asked for.", hint=f"Ask for 1 to {MOST_QUESTIONS}.")
    known = get_args(QuestionKind)
    for kind in kinds:
        if kind not in known:
            raise InputError(f"There is no kind {kind!r}.", hint=f"Kinds are: {', '.join(known)}.")
