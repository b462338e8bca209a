import pytest

from copilot.campaigns.sms import GSM_BASIC, GSM_EXTENDED, gsm_text, sms_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("👩" * 35, 1),
        ("👩" * 36, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
    ],
)
def test_parts_follow_the_alphabet_and_the_length(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_the_default_alphabet_has_its_128_places() -> None:
    assert len(set(GSM_BASIC)) == 127  # the 128th is the escape to the extension table
    assert len(set(GSM_EXTENDED)) == 10
    assert not set(GSM_BASIC) & set(GSM_EXTENDED)


def test_typographic_marks_become_plain_and_letters_stay() -> None:
    assert gsm_text("„Brot“ – “Rye”… l’été «x»") == '"Brot" - "Rye"... l\'été "x"'
