import pytest

from copilot.rag.answering.words import Token, content, is_empty, stem_set, stems, tokens


def test_a_word_is_where_it_stands_and_as_it_is_compared() -> None:
    assert tokens("Our café's colour") == [
        Token("Our", "our", 0, 3, False),
        Token("café's", "cafe", 4, 10, False),
        Token("colour", "color", 11, 17, False),
    ]


def test_an_elided_article_is_no_part_of_the_word() -> None:
    assert tokens("l'image") == [Token("image", "image", 2, 7, False)]
    assert tokens("Il dit qu'un")[2] == Token("un", "un", 10, 12, False)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Shops at Kraft", ["Kraft"]),
        ("It sells. Shops close", []),
        ("“Shops” close, and “Kraft” grows", ["Kraft"]),
        ("**Shops** close: (Kraft) grows", []),
        ("shops send SMS in 2024", ["SMS", "2024"]),
    ],
)
def test_capitals_inside_a_sentence_and_digits_make_names(text: str, named: list[str]) -> None:
    assert [token.text for token in tokens(text) if token.named] == named


def test_content_leaves_out_function_words_and_wrapping() -> None:
    assert content("What is the price of a loaf?") == ["price", "loaf"]
    assert [t.text for t in tokens("Please explain a loaf of 7") if not is_empty(t)] == [
        "loaf",
        "7",
    ]


def test_all_stems_stay_in_order_and_as_a_set() -> None:
    assert stems("the shop's loaves and the shops") == [
        "the",
        "store",
        "loav",
        "and",
        "the",
        "store",
    ]
    assert stem_set("the loaves and the loaves") == {"the", "loav", "and"}
