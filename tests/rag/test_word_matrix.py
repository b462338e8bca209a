from pathlib import Path

import bm25s
import numpy as np
import pytest

from copilot.rag.lexical import LexicalIndex, grams
from copilot.rag.word_matrix import word_matrix

TEXTS = ["rye bread on saturdays", "spelt rolls and rye", "", "rye rye rye"]


class Splitting:
    """Splits at spaces and remembers what it was asked to split."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, text: str) -> list[str]:
        self.seen.append(text)
        return text.split()


def table(texts: list[str], split: Splitting, path: Path | None = None, version: str = "1") -> list:
    matrix = word_matrix(texts, split, version, path)
    assert matrix.counts.shape == (len(texts), len(matrix.words))
    dense = matrix.counts.toarray()
    return [{w: int(n) for w, n in zip(matrix.words, row, strict=True) if n} for row in dense]


EXPECTED = [
    {"rye": 1, "bread": 1, "on": 1, "saturdays": 1},
    {"spelt": 1, "rolls": 1, "and": 1, "rye": 1},
    {},
    {"rye": 3},
]


def test_words_are_counted_by_text() -> None:
    assert table(TEXTS, Splitting()) == EXPECTED
    assert table([], Splitting()) == []


def test_only_new_texts_are_split_again(tmp_path: Path) -> None:
    path, split = tmp_path / "words.npz", Splitting()
    assert table(TEXTS, split, path) == EXPECTED
    split.seen.clear()
    again = ["something new", *reversed(TEXTS[1:]), TEXTS[1]]
    expected = [{"something": 1, "new": 1}, *reversed(EXPECTED[1:]), EXPECTED[1]]
    assert table(again, split, path) == expected
    assert split.seen == ["something new"]
    split.seen.clear()
    assert table(again, split, path) == expected
    assert split.seen == []


def test_words_of_texts_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "words.npz"
    table(TEXTS, Splitting(), path)
    assert word_matrix(TEXTS[3:], str.split, "1", path).words == ("rye",)


@pytest.mark.parametrize("damage", ["cut", "flip", "other", "version"])
def test_a_damaged_or_foreign_file_is_made_again(tmp_path: Path, damage: str) -> None:
    path, split = tmp_path / "words.npz", Splitting()
    table(TEXTS, Splitting(), path)
    data = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "flip":
        data[data.index(b"saturdays") + 2] ^= 1
        path.write_bytes(data)
    elif damage == "other":
        np.savez(path, version=np.asarray("1"), keys=np.arange(3))
    assert table(TEXTS, split, path, "2" if damage == "version" else "1") == EXPECTED
    assert split.seen == TEXTS
    split.seen.clear()
    assert table(TEXTS, split, path, "2" if damage == "version" else "1") == EXPECTED
    assert split.seen == []


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert table(TEXTS, Splitting(), tmp_path / "file" / "words.npz") == EXPECTED


def test_scores_are_those_of_a_known_implementation_with_and_without_the_file(
    tmp_path: Path,
) -> None:
    texts = [f"{text} customisation number {n}" for n, text in enumerate(TEXTS * 5)]
    LexicalIndex(texts[:7], tmp_path / "words.npz")
    index = LexicalIndex(texts, tmp_path / "words.npz")
    stems, triples = (bm25s.BM25() for _ in range(2))
    stems.index([index.stems(text) for text in texts], show_progress=False)
    triples.index([grams(text) for text in texts], show_progress=False)
    asked = index.stems("rye rolls customization rye")
    expected = stems.get_scores_from_ids(stems.get_tokens_ids(asked))
    np.testing.assert_allclose(index.word_scores(asked), expected, rtol=1e-4)
    expected = triples.get_scores_from_ids(triples.get_tokens_ids(grams("rye rolls")))
    np.testing.assert_allclose(index.gram_scores("rye rolls"), expected, rtol=1e-4)
