import pytest

from copilot.rag.tutoring.wording import count_in, label, main_clause, reason, turned, within


@pytest.mark.parametrize(
    ("sentence", "false"),
    [
        (
            "Mass customisation does not mean unlimited choice, because options are fixed.",
            "Mass customisation means unlimited choice.",
        ),
        ("A suppression list cannot repair anything else.", None),
        (
            "A list cannot repair the reason why people left.",
            "A list can repair the reason why people left.",
        ),
        ("Lift is not a cause.", "Lift is a cause."),
        ("Lift is not only a figure.", None),
        ("Lift shows who buys.", None),
        ("The firm does not always decide.", None),
    ],
)
def test_a_denial_is_turned_into_what_it_denies(sentence: str, false: str | None) -> None:
    assert turned(sentence) == false


def test_a_reason_is_parted_from_its_claim_when_the_claim_stands_alone() -> None:
    assert reason("Short runs cost more money, because set-up takes time.") == (
        "Short runs cost more money",
        "set-up takes time",
    )
    assert reason("It is also dearer, because set-up takes time.") is None
    assert reason("Short runs cost more money.") is None


def test_names_keep_their_capital_inside_a_sentence() -> None:
    assert within("Brand equity", "a brand equity study") == "brand equity"
    assert within("The CAN-SPAM Act", "") == "the CAN-SPAM Act"
    assert within("Pareto rule", "as Pareto found") == "Pareto rule"


def test_a_lead_announces_its_count() -> None:
    assert count_in("Local marketing has three drawbacks:", 3)
    assert not count_in("Local marketing has three drawbacks:", 4)


def test_a_list_item_is_called_by_its_name_but_not_by_the_concept() -> None:
    assert (
        label("Choice navigation means helping customers.", "Mass customisation")
        == "Choice navigation"
    )
    assert label("Mass customisation is costly.", "Mass customisation") == ""
    assert (
        main_clause("Returns are hard to resell, since buyers differ.")
        == "Returns are hard to resell"
    )
