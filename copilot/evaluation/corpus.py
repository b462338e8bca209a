"""What the questions are asked of: the workspace with its library, and every source's text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from copilot.errors import InputError
from copilot.evaluation.peers import source_name
from copilot.evaluation.questions import DOCUMENTS
from copilot.rag.index import Library
from copilot.rag.reading.read import read
from copilot.records import ConceptNote, Question

if TYPE_CHECKING:
    from copilot.service import Copilot


@contextmanager
def own_workspace(copilot: "Copilot") -> Iterator["Copilot"]:
    """A passing workspace with the shipped notes and the set's own documents, no model.

    So a user's documents and customers do not change the figures of the shipped set.
    """
    with TemporaryDirectory(prefix="marketing-copilot-eval-") as folder:
        settings = copilot.settings.model_copy(update={"home": Path(folder), "chroma": None})
        passing = type(copilot)(settings, complete=None)
        library = passing.library
        try:
            passing.index([DOCUMENTS])
            yield passing
        finally:
            library.close()


def source_texts(library: Library, notes: tuple[ConceptNote, ...]) -> dict[str, str]:
    """Every source's whole text: a note's file, a document as extracted, else its passages."""
    texts = {note.path: note.raw for note in notes}
    for item in library.sources():
        if item.source in texts:
            continue
        path = Path(item.source)
        blocks = (
            [block.text for block in read(path).blocks]
            if path.is_file()
            else [passage.text for passage in library.passages(item.source)]
        )
        texts[item.source] = "\n\n".join(blocks)
    return texts


def check_expectations(questions: tuple[Question, ...], library: Library) -> None:
    """Raises InputError naming the question that expects a source which is not there."""
    known = {source_name(item.source) for item in library.sources()}
    for question in questions:
        absent = [name for name in question.expected_notes if name not in known]
        if absent:
            raise InputError(
                f"Question {question.id!r}: expected_notes: there is no note or document "
                f"{absent[0]!r}.",
                hint="Give the slug of a note, or the file name of an indexed document.",
            )
