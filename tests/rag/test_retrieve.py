import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from copilot.errors import ModelError
from copilot.models.embed import Embedder
from copilot.rag.fuse import Weights
from copilot.rag.index import Library
from copilot.rag.notes import load_notes
from copilot.rag.reading.read import read
from copilot.rag.reading.split import split
from copilot.rag.retrieve import REACH, Ranked, Retriever
from copilot.records import ConceptNote
from copilot.settings import data_folder

TEXTS = {
    "rye.txt": "Rye bread keeps for a week because sourdough slows the growth of mould.",
    "tax.txt": "Tax returns of small firms are due at the end of January each year.",
    "stock.txt": "Item RB-2040 is delivered to the shop at LS1 4AB before the doors open.",
    "oven.txt": "A stone oven holds its heat, so the crust of every loaf is dark and firm.",
    "customer.txt": "Customization by the customer makes a loaf that nobody else has ordered.",
}


def fill(library: Library, folder: Path, texts: dict[str, str] = TEXTS) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
        document = read(path)
        library.add(document, split(document))


def names(found: Ranked) -> list[str]:
    return [Path(hit.source).name for hit in found.hits]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Retriever:
    folder = tmp_path_factory.mktemp("retrieve")
    library = Library.open(folder / "library", embedder)
    fill(library, folder)
    return Retriever(library)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """The shipped notes, by words and triples alone: quick to index."""
    notes = load_notes(data_folder("knowledge") / "concepts")
    library = Library.open(tmp_path_factory.mktemp("shipped"), None)
    library.sync_notes(notes)
    return Retriever(library, notes)


def test_the_best_passage_comes_first_with_falling_scores(shared: Retriever) -> None:
    found = shared.retrieve("How long does rye bread keep?")
    scores = [hit.score for hit in found.hits]
    assert names(found)[0] == "rye.txt"
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_meaning_finds_what_shares_no_word(shared: Retriever) -> None:
    assert names(shared.retrieve("when must companies file with the revenue office"))[0] == (
        "tax.txt"
    )


def test_cosine_and_coverage_tell_what_the_library_holds(shared: Retriever) -> None:
    inside = shared.retrieve("Why does rye bread keep for a week?")
    outside = shared.retrieve("Which volcano erupted in Iceland?")
    assert inside.top_cosine is not None
    assert outside.top_cosine is not None
    assert inside.top_cosine > 0.5 > 0.3 > outside.top_cosine
    assert inside.coverage == 1
    assert outside.coverage == 0
    assert inside.hits[0].score > 3 * outside.hits[0].score


def test_a_code_or_postcode_found_verbatim_comes_first(shared: Retriever) -> None:
    assert names(shared.retrieve("rye bread loaf crust RB-2040"))[0] == "stock.txt"
    assert names(shared.retrieve("where is rye bread baked near LS1 4AB"))[0] == "stock.txt"


def test_a_quoted_phrase_found_verbatim_comes_first(shared: Retriever) -> None:
    assert names(shared.retrieve('rye bread sourdough mould "stone oven"'))[0] == "oven.txt"


def test_part_of_a_code_is_not_the_code(shared: Retriever) -> None:
    assert names(shared.retrieve("rye bread RB-204"))[0] == "rye.txt"


def test_a_slip_is_corrected_and_reported(shared: Retriever) -> None:
    found = shared.retrieve("sourdoughh bred")
    assert names(found)[0] == "rye.txt"
    assert found.corrections == {"sourdoughh": "sourdough"}


def test_both_spellings_find_the_same(shared: Retriever) -> None:
    for question in ("customisation of a loaf", "customization of a loaf"):
        found = shared.retrieve(question)
        assert names(found)[0] == "customer.txt"
        assert found.coverage == 1


def test_a_glob_limits_the_sources(shared: Retriever) -> None:
    assert names(shared.retrieve("rye bread", source="tax*")) == ["tax.txt"]
    assert names(shared.retrieve("rye bread", source="*/oven.txt")) == ["oven.txt"]
    assert shared.retrieve("rye bread", source="nothing*") == Ranked((), None, 0.0, {})


def test_a_glob_finds_what_many_nearer_passages_stand_before(
    tmp_path: Path, library: Library
) -> None:
    near = {f"rye-{n}.txt": f"Rye bread number {n} keeps for a week." for n in range(REACH + 10)}
    fill(library, tmp_path / "d", {**near, "tax.txt": TEXTS["tax.txt"]})
    found = Retriever(library).retrieve("rye bread", source="tax*")
    assert names(found) == ["tax.txt"]
    assert found.top_cosine is not None


def test_k_limits_the_hits(shared: Retriever) -> None:
    assert len(shared.retrieve("bread", k=2).hits) == 2
    assert shared.retrieve("bread", k=0).hits == ()
    assert shared.retrieve("  ").hits == ()


@pytest.mark.parametrize("question", ["?", "the of and", '"', "a" * 5000, "💶", "RB-2040" * 50])
def test_odd_questions_are_no_errors(shared: Retriever, question: str) -> None:
    assert len(shared.retrieve(question).hits) <= 5


def test_one_heading_gives_at_most_two_passages(tmp_path: Path, library: Library) -> None:
    long = " ".join(f"Rye bread fact {n} is about rye bread and its crust." for n in range(60))
    fill(library, tmp_path / "d", {"rye.txt": long, "other.txt": "Rye rolls are small."})
    assert len(library.passages()) > 3
    assert sorted(names(Retriever(library).retrieve("rye bread"))) == [
        "other.txt",
        "rye.txt",
        "rye.txt",
    ]


def test_an_empty_library_finds_nothing(library: Library, word_library: Library) -> None:
    assert Retriever(library).retrieve("rye").hits == ()
    assert Retriever(word_library).retrieve("rye").hits == ()


def test_a_change_of_the_library_is_noticed(tmp_path: Path, library: Library) -> None:
    retriever = Retriever(library)
    fill(library, tmp_path / "d", {"tax.txt": TEXTS["tax.txt"]})
    assert names(retriever.retrieve("rye bread")) == ["tax.txt"]
    fill(library, tmp_path / "d", {"rye.txt": TEXTS["rye.txt"]})
    assert names(retriever.retrieve("rye bread"))[0] == "rye.txt"
    library.remove((tmp_path / "d" / "rye.txt").resolve().as_posix())
    assert names(retriever.retrieve("rye bread")) == ["tax.txt"]


def test_words_alone_work_without_an_embedder(tmp_path: Path, word_library: Library) -> None:
    fill(word_library, tmp_path / "d")
    found = Retriever(word_library).retrieve("Does rye bread keep for a week?")
    assert names(found)[0] == "rye.txt"
    assert found.top_cosine is None
    assert found.hits[0].score > 0.8


def test_a_server_that_stops_answering_leaves_the_words(
    tmp_path: Path, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    class Stopped:
        fingerprint = embedder.fingerprint
        running = True

        def embed(self, texts: Sequence[str]) -> np.ndarray:
            if not self.running:
                raise ModelError("The server is down.")
            return embedder.embed(texts)

    stopping = Stopped()
    library = Library.open(tmp_path / "l", stopping)
    fill(library, tmp_path / "d")
    stopping.running = False
    with caplog.at_level(logging.WARNING):
        found = Retriever(library).retrieve("rye bread")
    assert names(found)[0] == "rye.txt"
    assert found.top_cosine is None
    assert "The server is down." in caplog.text


def test_weights_decide_between_words_and_meaning(tmp_path: Path, library: Library) -> None:
    fill(
        library,
        tmp_path / "d",
        {
            "word.txt": "Automobile automobile is a word with ten letters.",
            "meaning.txt": "How to repair your car when it breaks down on the road.",
        },
    )
    question = "fixing an automobile"
    by_words = Retriever(library, weights=Weights(0, 1, 0)).retrieve(question)
    by_meaning = Retriever(library, weights=Weights(1, 0, 0)).retrieve(question)
    assert names(by_words)[0] == "word.txt"
    assert names(by_meaning)[0] == "meaning.txt"


def test_another_name_finds_the_concept(
    word_library: Library, some_notes: tuple[ConceptNote, ...]
) -> None:
    word_library.sync_notes(some_notes)
    found = Retriever(word_library, some_notes).retrieve("Was ist ein Produktbündel?")
    assert names(found)[0] == "bundling.md"
    assert found.coverage == 1
    assert found.corrections == {}


def test_the_section_asked_for_comes_first(
    word_library: Library, some_notes: tuple[ConceptNote, ...]
) -> None:
    word_library.sync_notes(some_notes)
    retriever = Retriever(word_library, some_notes)
    for question, section in {
        "What is bundling?": "Definition",
        "drawbacks of bundling": "Drawbacks",
        "How does bundling work?": "How it works",
        "When to use bundling": "When to use",
    }.items():
        assert retriever.retrieve(question).hits[0].heading == f"Bundling > {section}"


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("drawbacks of local marketing", "local-marketing"),
        ("mass customistion", "mass-customisation"),
        ("what is mass customization", "mass-customisation"),
        ("Lokalmarketing", "local-marketing"),
        ("Citibank branches", "bank-branch-service-mix"),
    ],
)
def test_shipped_notes_are_found_by_words_alone(
    shipped: Retriever, question: str, slug: str
) -> None:
    assert f"{slug}.md" in names(shipped.retrieve(question))[:2]
