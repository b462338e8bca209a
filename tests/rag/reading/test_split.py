from hypothesis import given
from hypothesis import strategies as st

from copilot.models.embed import TOKENIZER_PATH
from copilot.rag.notes import load_notes
from copilot.rag.reading.document import Block, Document
from copilot.rag.reading.split import PASSAGE_TOKENS, about_tokens, cut, split
from copilot.settings import data_folder


def document(*blocks: Block) -> Document:
    return Document(source="/a/b.txt", title="B", sha256="0", blocks=blocks)


def test_a_short_block_is_one_passage_with_its_place() -> None:
    passages = split(document(Block("One loaf.", heading="Bread > Rye", page=3)))
    assert [(p.text, p.heading, p.page, p.title) for p in passages] == [
        ("One loaf.", "Bread > Rye", 3, "B")
    ]


def test_no_passage_crosses_a_page_or_a_heading() -> None:
    passages = split(document(Block("a", "H", 1), Block("b", "H", 2), Block("c", "I", 2)))
    assert [p.text for p in passages] == ["a", "b", "c"]


def test_long_text_is_cut_between_sentences() -> None:
    sentences = [f"Shop {n} sells more rye than any other shop in the county." for n in range(80)]
    pieces = cut(" ".join(sentences), 100)
    assert " ".join(pieces) == " ".join(sentences)
    assert all(about_tokens(piece) <= 100 for piece in pieces)
    assert all(piece.endswith(".") for piece in pieces)


def test_a_list_is_cut_between_its_items() -> None:
    items = [f"- item {n} with enough words to count for something" for n in range(60)]
    pieces = cut("\n".join(items), 80)
    assert all(piece.startswith("- item") for piece in pieces)
    assert "\n".join(pieces).split("\n") == items


def test_pieces_are_of_about_equal_size() -> None:
    text = " ".join(f"Sentence {n} has six words." for n in range(45))
    sizes = [about_tokens(piece) for piece in cut(text, 100)]
    assert min(sizes) > 0.6 * max(sizes)


def test_a_sentence_above_the_limit_is_cut_between_words() -> None:
    words = [f"word{n}" for n in range(500)]
    pieces = cut(" ".join(words), 50)
    assert " ".join(pieces).split() == words
    assert all(about_tokens(piece) <= 50 for piece in pieces)


def test_a_text_without_any_space_is_cut_all_the_same() -> None:
    pieces = cut("x" * 10_000, 50)
    assert "".join(pieces) == "x" * 10_000
    assert all(about_tokens(piece) <= 51 for piece in pieces)


def test_the_same_text_twice_under_one_heading_has_two_ids() -> None:
    passages = split(document(Block("Same.", "H", 1), Block("Same.", "H", 1)))
    assert passages[0].id != passages[1].id


def test_an_id_depends_on_the_content_alone() -> None:
    block = Block("Same.", "H", 1)
    alone = split(document(block))[0].id
    after_another = split(document(Block("First.", "H", 1), block))[1].id
    assert alone == after_another


@given(st.text(max_size=3000))
def test_every_piece_is_a_slice_and_nothing_but_space_is_lost(text: str) -> None:
    pieces = cut(text, 40)
    assert all(piece in text for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_the_estimate_keeps_real_passages_within_what_the_model_reads() -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(TOKENIZER_PATH.as_posix())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    notes = load_notes(data_folder("knowledge") / "concepts")
    text = "\n\n".join(section for note in notes for section in note.sections.values())
    assert max(len(tokenizer.encode(piece).ids) for piece in cut(text, PASSAGE_TOKENS)) <= 256
