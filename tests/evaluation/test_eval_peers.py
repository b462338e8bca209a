"""The usual recipes run on the same corpus; each finds what it should."""

import sys
from pathlib import Path

import pytest

from copilot import Copilot
from copilot.errors import InputError
from copilot.evaluation.peers import (
    EXTRA_HINT,
    Search,
    bm25_only,
    dense_only,
    langchain_recipe,
    source_name,
)
from copilot.evaluation.search import peer_makers
from copilot.models.embed import Embedder

TEXTS = {
    "rye.md": "---\ntitle: Rye\n---\nRye bread keeps for a week and tastes sour. " * 30,
    "tea.md": "---\ntitle: Tea\n---\nGreen tea is steamed soon after the harvest. " * 30,
}


@pytest.fixture
def embedder(cafe: Copilot) -> Embedder:
    assert cafe.library.embedder is not None
    return cafe.library.embedder


def first(search: Search, question: str) -> str:
    return search(question)[0]


def test_sources_are_named_as_a_set_of_questions_names_them() -> None:
    assert source_name("knowledge/concepts/churn.md") == "churn"
    assert source_name("/home/me/churn.md") == "churn.md"


def test_dense_search_alone_finds_a_note_by_its_meaning(cafe: Copilot, embedder: Embedder) -> None:
    search = dense_only(cafe.library, embedder)
    assert first(search, "share of customers who stop buying from us") == "churn"


def test_bm25_alone_finds_a_document_by_its_words(cafe: Copilot) -> None:
    assert first(bm25_only(cafe.library), "LANTERN9 voucher") == "handbook.md"


def test_bm25_finds_nothing_without_a_shared_word(cafe: Copilot) -> None:
    assert bm25_only(cafe.library)("xyzzy plugh") == []


def test_the_langchain_recipe_splits_whole_files_and_retrieves(
    tmp_path: Path, embedder: Embedder
) -> None:
    search = langchain_recipe(TEXTS, embedder, tmp_path, 500, 50)
    found = search("how is tea made after picking?")
    assert found[0] == "tea.md"
    assert found.count("rye.md") >= 3  # several chunks a file


def test_without_the_extra_the_recipe_says_what_to_install(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "langchain_chroma", None)
    with pytest.raises(InputError) as error:
        langchain_recipe(TEXTS, embedder, tmp_path, 500, 50)
    assert error.value.hint == EXTRA_HINT


def test_without_the_extra_the_other_peers_still_run(
    cafe: Copilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copilot.evaluation.search.has_langchain", lambda: False)
    makers, notices = peer_makers(cafe.library, TEXTS, tmp_path)
    assert set(makers) == {"BM25 only", "Chroma, dense only"}
    assert notices == (EXTRA_HINT,)


def test_without_the_model_only_words_are_compared(tmp_path: Path) -> None:
    bare = Copilot.open(tmp_path)
    bare._embedder = None
    makers, notices = peer_makers(bare.library, TEXTS, tmp_path)
    assert set(makers) == {"BM25 only"}
    assert "BM25" in notices[0]
