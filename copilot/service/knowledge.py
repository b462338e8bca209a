"""Verbs of the library: index, search, ask, evaluate."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from copilot.errors import InputError
from copilot.records import Answer, Audience, EvalReport, Hit, IndexReport, Turn
from copilot.service.parts import Parts, Progress

if TYPE_CHECKING:
    from copilot.service import Copilot

MOST_PASSAGES = 100


class KnowledgeVerbs(Parts):
    """Reads documents in, finds passages, answers."""

    def index(
        self,
        paths: Sequence[Path | str] = (),
        *,
        remove: str | None = None,
        rebuild: bool = False,
        people: bool = False,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> IndexReport:
        """Read files or folders into the library; failures are listed and the rest goes on.

        A table that lists people is refused unless `people`: it is customers' data.

        Once `cancelled()` is true it stops before the next file; the next call goes on from there.
        """
        from copilot.rag.update import update

        with self._lock:
            library, notes = self.library, self.notes
        # Searching goes on meanwhile: the library looks after its own files.
        return update(
            library,
            [Path(path) for path in paths],
            notes=notes,
            remove=remove,
            rebuild=rebuild,
            people=people,
            progress=progress,
            cancelled=cancelled,
        )

    def search(self, question: str, *, k: int = 5, source: str | None = None) -> list[Hit]:
        """The k passages nearest to a question, best first, scores 0-1; k from 1 to 100."""
        if not 1 <= k <= MOST_PASSAGES:
            raise InputError(f"k is {k}.", hint=f"Ask for 1 to {MOST_PASSAGES} passages.")
        with self._lock:
            hits = list(self.retriever.retrieve(question, k=k, source=source).hits)
            if self.engine.has("transactions"):
                hits += self.business().hits(question, k, source)
        return sorted(hits, key=lambda hit: -hit.score)[:k]

    def ask(
        self,
        question: str,
        *,
        audience: Audience = "practitioner",
        source: str | None = None,
        history: Sequence[Turn] = (),
        id: str = "",
    ) -> Answer:
        """Answer from the library with citations, or from the data with the query.

        A question about the customers' numbers is computed; one that cannot be parsed is
        refused with what would work, never guessed.
        """
        from copilot.asking import answer_question

        with self._lock:
            return answer_question(
                question,
                engine=self.engine,
                retriever=lambda: self.retriever,
                notes=self.notes,
                complete=self.complete,
                audience=audience,
                source=source,
                history=history,
                id=id,
                cards=self.business,
            )

    def evaluate(
        self,
        questions: Path | str | None = None,
        *,
        compare: bool = True,
        progress: Progress | None = None,
    ) -> EvalReport:
        """Retrieval, grounding and refusal figures on a set of questions.

        Without a file the shipped set is asked of the shipped notes in a passing workspace; a
        file of your own questions is asked of this one. `compare` runs the usual recipes beside.
        """
        from copilot.evaluation.run import evaluate

        path = None if questions is None else Path(questions)
        return evaluate(cast("Copilot", self), path, compare=compare, progress=progress)
