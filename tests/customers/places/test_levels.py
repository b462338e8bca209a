"""Levels: places cut, classes of customers and stores, several joined; what is refused."""

from pathlib import Path

import pytest
from planted import Business, bank

from copilot.customers.places.localities import localities
from copilot.customers.privacy.registry import set_use
from copilot.errors import DataError


def sizes(engine: object, level: str) -> dict[str, int]:
    return {one.name: one.customers for one in localities(engine, level)}  # type: ignore[arg-type]


def people(folder: Path) -> Business:
    """Twelve people: two countries, three postcodes, incomes, ages, two kinds of store."""
    shop = Business()
    shop.product("bread")
    for store, kind, income in (("S1", "kiosk", "20000"), ("S2", "shop", "30000"), ("S3", "", "")):
        shop.store(store, kind=kind, demographics={"income": income} if income else {})
    for number in range(12):
        key = shop.customer(
            f"C{number:02d}",
            country="GB" if number < 8 else "FR",
            postcode=("LS10 9BJ", "ls1 1aa", "LS1-2BB")[number % 3],
            birth_date=("2000-06-15", "2000-06-16", "")[number % 3],
            attributes={
                "band": "high" if number < 3 else "low",
                "income": number * 1000,
                "religion": "x" if number % 2 else "y",
            },
        )
        shop.buy(key, "bread", ("S1", "S2", "S3")[number % 3], "2026-06-15 09:00", 1.0)
    return shop


def test_postcodes_are_cut_by_characters_or_by_their_area(tmp_path: Path) -> None:
    engine = people(tmp_path).engine(tmp_path)
    assert sizes(engine, "postcode:3") == {"LS1": 12}
    assert sizes(engine, "postcode:4") == {"LS10": 4, "LS11": 4, "LS12": 4}
    assert sizes(engine, "postcode:area") == {"LS1": 8, "LS10": 4}


def test_countries_and_extra_columns_are_levels_and_join(tmp_path: Path) -> None:
    engine = people(tmp_path).engine(tmp_path)
    assert sizes(engine, "country") == {"GB": 8, "FR": 4}
    assert sizes(engine, "attributes.band") == {"low": 9, "high": 3}
    assert sizes(engine, "country+attributes.band") == {
        "GB / low": 5,
        "FR / low": 4,
        "GB / high": 3,
    }


def test_a_number_is_cut_into_equal_groups(tmp_path: Path) -> None:
    engine = people(tmp_path).engine(tmp_path)
    assert sizes(engine, "attributes.income:3") == {"high": 4, "low": 4, "middle": 4}
    assert sizes(engine, "attributes.income:2") == {"1 of 2": 6, "2 of 2": 6}


def test_ages_are_counted_at_the_last_purchase(tmp_path: Path) -> None:
    engine = people(tmp_path).engine(tmp_path)
    assert sizes(engine, "age") == {"25-34": 8, "(unknown)": 4}
    shop = Business()
    shop.product("bread")
    for born in ("2001-06-15", "2001-06-16"):
        shop.buy(shop.customer(born, birth_date=born), "bread", "", "2026-06-15 09:00")
    assert sizes(shop.engine(tmp_path / "edge"), "age") == {"18-24": 1, "25-34": 1}


def test_classes_of_stores_count_purchases_where_they_were_made(tmp_path: Path) -> None:
    shop = people(tmp_path)
    shop.buy("C00", "bread", "S2", "2026-06-14 09:00", 50.0)
    shop.buy("C00", "bread", "S1", "2026-06-13 09:00", 1.0)
    found = {one.name: one for one in localities(shop.engine(tmp_path), "store.kind")}
    assert (found["kiosk"].customers, found["shop"].customers) == (4, 4)
    assert (found["kiosk"].revenue, found["shop"].revenue) == (5.0, 54.0)
    assert sizes(shop.engine(tmp_path), "store.demographics.income:2")["1 of 2"] == 4


def test_branch_is_another_word_for_store(tmp_path: Path) -> None:
    found = localities(bank().engine(tmp_path), "branch", name="campus")[0]
    assert (found.level, found.name) == ("store", "Campus")


@pytest.mark.parametrize(
    "level",
    ["planet", "email", "first_name", "gender", "city:3", "postcode:0", "city+city", "", "a+b+c+d"],
)
def test_what_is_no_level_is_refused_with_the_levels_there_are(tmp_path: Path, level: str) -> None:
    with pytest.raises(DataError, match="There is no level"):
        localities(people(tmp_path).engine(tmp_path), level)


def test_sensitive_columns_and_those_set_to_never_are_no_levels(tmp_path: Path) -> None:
    engine = people(tmp_path).engine(tmp_path)
    with pytest.raises(DataError, match="'religion' may not be used"):
        localities(engine, "attributes.religion")
    set_use(engine.store, "attributes.band", "never")
    with pytest.raises(DataError, match="'band' may not be used"):
        localities(engine, "country+attributes.band")
    set_use(engine.store, "birth_date", "never")
    with pytest.raises(DataError, match="'age' may not be used"):
        localities(engine, "age")


def test_an_unknown_extra_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'bnad'") as caught:
        localities(people(tmp_path).engine(tmp_path), "attributes.bnad")
    assert "band" in caught.value.hint
    assert "religion" not in caught.value.hint
