import pytest

from copilot.campaigns.check.extract import canonical, extract_text
from copilot.campaigns.composing.translate import action_in, offer_in, terms_in
from copilot.records import Language


@pytest.mark.parametrize(
    ("text", "source", "target", "said"),
    [
        ("15% off any loaf", "en", "fr", "15 % de remise sur tous les pains"),
        ("£5 off your first order", "en", "de", "5 £ Rabatt auf die erste Bestellung"),
        ("3 for 2 on cakes", "en", "es", "3x2 en los pasteles"),
        ("buy one get one free on coffee", "en", "de", "2 für 1 auf Kaffee"),
        ("free coffee with any cake", "en", "fr", "un café offert pour l'achat d'un gâteau"),
        ("Free delivery", "en", "es", "envío gratis"),
        ("cakes from £1,250.50", "en", "de", "Kuchen ab 1.250,50 £"),
        ("breakfast for £9", "en", "fr", "petit-déjeuner à 9 £"),
        ("15% off Country sourdough", "en", "de", "15 % Rabatt auf „Country sourdough“"),
        ("12,5 % de remise sur tous les pains", "fr", "en", "12.5% off all loaves"),
        ("2x1 en pizzas", "es", "en", "2 for 1 on pizzas"),
        ("Kaffee gratis zu jedem Kuchen", "de", "es", "un café gratis con cada pastel"),
    ],
)
def test_an_offer_of_a_usual_shape_is_said_again(
    text: str, source: Language, target: Language, said: str
) -> None:
    assert offer_in(text, source, target) == said


def test_an_offer_of_no_usual_shape_is_not_guessed_at() -> None:
    assert offer_in("15% off, and a song from the baker", "en", "de") is None
    assert offer_in("up to 15% off any loaf", "en", "de") is None


@pytest.mark.parametrize("target", ["de", "fr", "es"])
@pytest.mark.parametrize("text", ["15% off any loaf", "£5 off any order", "3 for 2 on cakes"])
def test_what_is_said_again_has_the_same_values_to_the_checks(text: str, target: Language) -> None:
    def values(said: str, language: Language) -> set[str]:
        return {value for span in extract_text(said, language) for value in canonical(span)}

    said = offer_in(text, "en", target)
    assert said is not None
    assert values(text, "en") <= values(said, target)


def test_conditions_are_said_one_by_one_and_those_unknown_are_kept_apart() -> None:
    said = terms_in("before 10:00, in store only, one per customer, no dogs", "en", "de")
    assert said == (("vor 10 Uhr", "nur im Laden", "einmal pro Kunde"), ("no dogs",))


@pytest.mark.parametrize(("target", "said"), [("de", "nach 17:30 Uhr"), ("fr", "après 17 h 30")])
def test_times_are_written_as_the_language_writes_them(target: Language, said: str) -> None:
    assert terms_in("after 5:30pm", "en", target) == ((said,), ())


def test_a_call_to_action_is_said_in_a_form_that_suits_every_address() -> None:
    assert action_in("Order ahead", "en", "de") == "Vorbestellen"
    assert action_in("Jetzt buchen", "de", "fr") == "Réserver"
    assert action_in("Sing along", "en", "de") is None
