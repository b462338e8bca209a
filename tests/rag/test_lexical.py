import pytest

from copilot.rag.lexical import LexicalIndex, content_words, fold_spelling, grams


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("customisation", "customization"),
        ("personalised", "personalized"),
        ("neighbourhoods", "neighborhoods"),
        ("behavioural", "behavioral"),
        ("flavours", "flavors"),
        ("centre", "center"),
        ("labelled", "labeled"),
        ("catalogue", "catalog"),
        ("programmes", "programs"),
    ],
)
def test_both_spellings_fold_to_one_form(british: str, american: str) -> None:
    assert fold_spelling(british) == fold_spelling(american)


@pytest.mark.parametrize(
    ("one", "other"),
    [("size", "sise"), ("hour", "hor"), ("four", "for"), ("prize", "price"), ("more", "moer")],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert fold_spelling(one) != fold_spelling(other)


def test_content_words_leave_out_what_questions_are_wrapped_in() -> None:
    assert content_words("What is the price of a Café loaf?") == ["price", "cafe", "loaf"]


def test_scores_are_zero_where_nothing_matches() -> None:
    index = LexicalIndex(["rye bread on saturdays", "spelt rolls"])
    assert index.word_scores(index.stems("breads")).tolist()[1] == 0
    assert index.word_scores(index.stems("breads")).tolist()[0] > 0
    assert index.word_scores(index.stems("airplane")).tolist() == [0, 0]


def test_triples_find_a_misspelt_word() -> None:
    index = LexicalIndex(["geodemographic grouping", "a spelt roll", "a rye loaf"])
    assert index.gram_scores("geodemografic").argmax() == 0


def test_an_empty_index_answers_with_nothing() -> None:
    assert LexicalIndex([]).word_scores(["rye"]).shape == (0,)
    assert LexicalIndex(["", "the"]).gram_scores("rye").tolist() == [0, 0]


def test_coverage_weighs_rare_words_more() -> None:
    index = LexicalIndex(["bread rye", "bread spelt", "bread rolls"])
    common = index.coverage(index.stems("bread unicorn"), [0])
    assert 0 < common < 0.5
    assert index.coverage(index.stems("bread rye"), [0]) == 1
    assert index.coverage(index.stems("bread spelt"), [0, 1]) == 1
    assert index.coverage([], [0]) == 1


def test_slips_are_corrected_and_strange_words_are_not() -> None:
    index = LexicalIndex(["micromarketing serves neighbourhoods", "macro effects"])
    assert index.correct("micromarkting naighbourhood quantum") == {
        "micromarkting": "micromarketing",
        fold_spelling("naighbourhood"): fold_spelling("neighbourhoods"),
    }
    assert index.correct("micromarkting", {"micromarkting"}) == {}


def test_triples_mark_the_borders_of_words() -> None:
    assert grams("rye") == ["^ry", "rye", "ye$"]


def test_rows_that_hold_all_words_are_found_in_any_order_and_spelling() -> None:
    index = LexicalIndex(["The colour of rye", "rye, then a new color", "rye rolls", "the Café"])
    assert index.rows_with_words("rye colour").tolist() == [0, 1]
    assert index.rows_with_words("the").tolist() == [0, 3]
    assert index.rows_with_words("cafe").tolist() == [3]
    assert index.rows_with_words("rye spelt").tolist() == []
    assert index.rows_with_words("--").tolist() == [0, 1, 2, 3]
