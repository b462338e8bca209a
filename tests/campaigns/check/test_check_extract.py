import datetime as dt

import pytest

from copilot.campaigns.check.extract import canonical, extract_text, parted
from copilot.campaigns.check.links import canonical_url
from copilot.records import Language

SUNDAY = dt.date(2026, 11, 22)


def values(text: str, language: Language = "en") -> set[str]:
    """`kind value` of every possible reading of every span."""
    spans = extract_text(text, language, today=SUNDAY)
    return {f"{span.kind} {value}" for span in spans for value in canonical(span)}


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("15% off", "en", "discount 15%"),
        ("15 % off", "en", "discount 15%"),
        ("fifteen percent off", "en", "discount 15%"),
        ("twenty-five per cent off", "en", "discount 25%"),
        ("half price", "en", "discount 50%"),
        ("a third off", "en", "discount 33%"),
        ("up to 15% off", "en", "discount up to 15%"),
        ("15% more bread", "en", "discount 15% more"),
        ("two for one", "en", "discount deal 2/1"),
        ("buy one get one free", "en", "discount deal 2/1"),
        ("3 for 2", "en", "discount deal 3/2"),
        ("free coffee", "en", "discount free coffe"),
        ("entry is free", "en", "discount free entri"),
        ("fünfundzwanzig Prozent Rabatt", "de", "discount 25%"),
        ("zum halben Preis", "de", "discount 50%"),
        ("quatre-vingt-dix pour cent", "fr", "discount 90%"),
        ("un acheté, un offert", "fr", "discount deal 2/1"),
        ("treinta y cinco por ciento", "es", "discount 35%"),
        ("2x1", "es", "discount deal 2/1"),
    ],
)
def test_discounts_are_read_in_figures_and_words(text: str, language: Language, value: str) -> None:
    assert value in values(text, language)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("£3.50", "en", "price GBP 3.50"),
        ("£2 off", "en", "price off GBP 2.00"),
        ("save £2", "en", "price off GBP 2.00"),
        ("only £2", "en", "price at GBP 2.00"),
        ("three pounds", "en", "price GBP 3.00"),
        ("50p", "en", "price GBP 0.50"),
        ("a tenner", "en", "price GBP 10.00"),
        ("3,50 €", "de", "price EUR 3.50"),
        ("1.200 Euro", "de", "price EUR 1200.00"),
        ("2 euros", "fr", "price EUR 2.00"),
    ],
)
def test_sums_of_money_carry_their_currency_and_whether_they_are_off(
    text: str, language: Language, value: str
) -> None:
    assert value in values(text, language)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("2026-11-28", "en", "date 2026-11-28"),
        ("28 November", "en", "date --11-28"),
        ("28th of November 2026", "en", "date 2026-11-28"),
        ("November 28th, 2026", "en", "date 2026-11-28"),
        ("the twenty-ninth of November", "en", "date --11-29"),
        ("28/11", "en", "date --11-28"),
        ("until 28 November", "en", "date until --11-28"),
        ("before Saturday", "en", "date before weekday 5"),
        ("this Saturday", "en", "date 2026-11-28"),
        ("tomorrow", "en", "date 2026-11-23"),
        ("every Saturday", "en", "date every 5"),
        ("all weekend", "en", "date whole weekend"),
        ("28-30 November", "en", "date from --11-28"),
        ("28-30 November", "en", "date until --11-30"),
        ("am 28.11.", "de", "date --11-28"),
        ("Samstag, 28. November", "de", "date --11-28"),
        ("le 1er décembre", "fr", "date --12-01"),
        ("el 28 de noviembre", "es", "date --11-28"),
    ],
)
def test_dates_are_read_in_many_forms(text: str, language: Language, value: str) -> None:
    assert value in values(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You may choose your loaf.", "en"),
        ("They march on.", "en"),
        ("The sun is out and we sat down.", "en"),
        ("Guten Morgen!", "de"),
        ("So geht das, und das Di.", "de"),
        ("La mer est belle.", "fr"),
    ],
)
def test_words_that_look_like_dates_are_not(text: str, language: Language) -> None:
    assert not {value for value in values(text, language) if value.startswith("date")}


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("10:00", "en", "time 10:00"),
        ("before 10am", "en", "time before 10:00"),
        ("before ten", "en", "time before 10:00"),
        ("until 6pm", "en", "time until 18:00"),
        ("ten o'clock", "en", "time 10:00"),
        ("half past nine", "en", "time 09:30"),
        ("at noon", "en", "time at 12:00"),
        ("vor 10 Uhr", "de", "time before 10:00"),
        ("um halb zehn", "de", "time at 09:30"),
        ("avant 10 h", "fr", "time before 10:00"),
        ("antes de las diez", "es", "time before 10:00"),
    ],
)
def test_times_are_read_with_their_bound(text: str, language: Language, value: str) -> None:
    assert value in values(text, language)


def test_hours_that_last_are_a_number_and_not_a_time() -> None:
    assert values("ferments for 24 hours") == {"number 24 hour"}
    assert values("reift 24 Stunden", "de") == {"number 24 hour"}
    assert values("fermente 24 heures", "fr") == {"number 24 hour"}


@pytest.mark.parametrize(
    "text", ["A loaf or two.", "Feel free to call.", "No one knows.", "High five!"]
)
def test_sayings_state_no_number(text: str) -> None:
    assert values(text) == set()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("code CRUST15", "code CRUST15"),
        ("Code: crust20", "code crust20"),
        ("use SAVEMORE", "code SAVEMORE"),
        ("CRUST15", "code CRUST15"),
        ("info@shop.example", "email info@shop.example"),
        ("call 0113 496 0123", "phone 134960123"),
        ("12 Mill Lane", "address 12 mill lane"),
        ("LS1 4AB", "address ls1 4ab"),
        ("see shop.example/a", "url shop.example/a"),
    ],
)
def test_codes_and_contacts_are_read(text: str, value: str) -> None:
    assert value in values(text)


def test_links_are_compared_without_what_does_not_matter() -> None:
    assert canonical_url("https://www.a.example/x/?utm_source=y") == "a.example/x"
    assert canonical_url("http://a.example@evil.example/") == "evil.example"


def test_a_claim_is_read_with_its_kind_and_a_saying_is_not() -> None:
    assert "claim organic: organic" in values("organic flour")
    assert values("All the best, and as always, see you soon.") == set()


def test_relations_part_from_values() -> None:
    assert parted("before 10:00") == ("before", "10:00")
    assert parted("15%") == ("", "15%")


@pytest.mark.parametrize(
    ("text", "language", "first", "last"),
    [
        ("Fri 27 to Sun 29 Nov", "en", "from --11-27", "until --11-29"),
        ("Nov 27-29", "en", "from --11-27", "until --11-29"),
        ("27-29/11", "en", "from --11-27", "until --11-29"),
        ("vom 23. bis 27.11.", "de", "from --11-23", "until --11-27"),
        ("Montag bis Freitag, 23. bis 27. November", "de", "from --11-23", "until --11-27"),
        ("del martes 1 al viernes 18 de diciembre", "es", "from --12-01", "until --12-18"),
        ("du vendredi 27 au dimanche 29 novembre", "fr", "from --11-27", "until --11-29"),
    ],
)
def test_a_range_of_days_takes_its_month_from_the_last(
    text: str, language: Language, first: str, last: str
) -> None:
    assert {f"date {first}", f"date {last}"} <= values(text, language)


def test_each_day_of_a_range_keeps_its_own_weekday() -> None:
    spans = extract_text("Fri 27 to Sun 29 Nov", "en", today=SUNDAY)
    assert [span.weekday for span in spans] == [4, 6]
    spans = extract_text("Montag bis Freitag, 23. bis 27. November", "de", today=SUNDAY)
    assert [span.weekday for span in spans if "11" in span.values[0]] == [0, 4]


@pytest.mark.parametrize(
    ("text", "language", "first", "last"),
    [
        ("2-5 pm", "en", "14:00", "17:00"),
        ("2 to 5 pm", "en", "14:00", "17:00"),
        ("between two and five p.m.", "en", "14:00", "17:00"),
        ("11-2 pm", "en", "11:00", "14:00"),
        ("10 to 12 pm", "en", "10:00", "12:00"),
        ("10 to 12 am", "en", "22:00", "00:00"),
        ("9 bis 18 Uhr", "de", "09:00", "18:00"),
        ("de 9 h à 18 h", "fr", "09:00", "18:00"),
        ("de 9:00 a 20:00", "es", "09:00", "20:00"),
    ],
)
def test_a_range_of_hours_takes_its_half_of_the_day_from_the_last(
    text: str, language: Language, first: str, last: str
) -> None:
    assert values(text, language) == {f"time from {first}", f"time until {last}"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("buy one latte and get one free", "2/1"),
        ("buy any latte and get a second free", "2/1"),
        ("BOGO", "2/1"),
        ("buy one get one half price", "2/1.5"),
        ("buy one, get one 50% off", "2/1.5"),
    ],
)
def test_a_second_for_free_is_told_from_a_second_for_half(text: str, value: str) -> None:
    assert values(text) == {f"discount deal {value}"}


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("lasts an hour", "en", "60 minute"),
        ("takes half an hour", "en", "30 minute"),
        ("dauert eine Stunde", "de", "60 minute"),
        ("dure une heure", "fr", "60 minute"),
        ("dura media hora", "es", "30 minute"),
    ],
)
def test_a_duration_may_have_an_article_for_its_number(
    text: str, language: Language, value: str
) -> None:
    assert f"number {value}" in values(text, language)
