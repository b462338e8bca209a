"""Marks, address and register of single sentences, in four languages."""

import pytest

from copilot.campaigns.drifting.style import COUNTED, measure
from copilot.records import Language, StyleFeature


def hits(sentence: str, language: Language, *rules: str) -> dict[StyleFeature, tuple[str, ...]]:
    return measure([sentence], language, rules).hits[0]


@pytest.mark.parametrize(("language", "sentence", "feature", "words"), [
    ("en", "Stop! Now!", "exclamations", ("!", "!")),
    ("en", "Buy BREAD and HAM now", "capitals", ("BREAD", "HAM")),
    ("en", "Nice 🏃‍♀️ one 🇪🇸", "emoji", ("🏃‍♀️", "🇪🇸")),
    ("en", "It's here, and we can't wait", "contractions", ("It's", "can't")),
    ("en", "We are pleased to inform you", "formal_words", ("We are pleased to",)),
    ("de", "Kommen Sie mit Ihrem Hund", "formal_address", ("Sie", "Ihrem")),
    ("de", "Du und dein Hund, ihr seid da", "informal_address", ("Du", "dein", "ihr")),
    ("de", "Nur solange der Vorrat reicht", "sales_words", ("Nur solange", "Vorrat reicht")),
    ("fr", "Vous et votre chien", "formal_address", ("vous", "votre")),
    ("fr", "Toi et ton chien", "informal_address", ("Toi", "ton")),
    ("fr", "Wesh, c'est chelou", "slang", ("Wesh", "chelou")),
    ("es", "Usted y su perro", "formal_address", ("usted", "su")),
    ("es", "Tú y tus perros", "informal_address", ("Tú", "tus")),
    ("es", "Holi, un besito", "chummy_words", ("Holi", "besito")),
])  # fmt: skip
def test_a_sentence_shows_how_it_speaks(
    language: Language, sentence: str, feature: StyleFeature, words: tuple[str, ...]
) -> None:
    assert hits(sentence, language)[feature] == words


def test_the_brands_own_rules_are_found_whatever_their_case_and_accents() -> None:
    assert hits("Un CAFÉ premium", "fr", "café", "bar")["own_rules"] == ("cafe",)


def test_a_fact_counts_as_a_word_and_as_nothing_else() -> None:
    found = measure(["We have ⟦product⟧ in ⟦place⟧"], "en")
    assert (found.words[0], found.spoken[0]) == (5, 3)
    assert found.letters[0] == len("Wehavein")


def test_address_of_either_kind_is_the_second_person() -> None:
    column = list(COUNTED).index("second_person")
    assert measure(["Du und Sie"], "de").counts[0, column] == 2


def test_a_capital_alone_tells_your_from_you_all() -> None:
    assert hits("Ist das Ihr Hund?", "de")["formal_address"] == ("Ihr",)
    assert "informal_address" not in hits("Ist das Ihr Hund?", "de")
    assert hits("Seid ihr da?", "de")["informal_address"] == ("ihr",)
