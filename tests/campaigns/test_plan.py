import datetime as dt

import pytest
from corner_crumb import BRIEF, TODAY, TOPS, localities

from copilot.campaigns.merging.modules import MessageClass
from copilot.campaigns.plan import assignments, languages_for, plan, variants_of
from copilot.errors import BriefError
from copilot.records import Brief, Fact, Unit

COUNTS = dict.fromkeys(TOPS, 40)


def facts_for(
    brief: Brief, unit: Unit, *, language: str, today: dt.date | None = None
) -> tuple[Fact, ...]:
    name = f"{unit.name}/{language}"
    return (Fact(id=name, kind="brand", text=brief.brand.name, value=name, origin="brand"),)


def test_mass_is_one_unit_without_a_place() -> None:
    (unit,) = plan(BRIEF.model_copy(update={"level": "mass"}), {"everyone": 500})
    assert (unit.level, unit.name, unit.place, unit.customers) == ("mass", "everyone", "", 500)


def test_local_is_one_unit_per_locality_with_its_products_and_shops() -> None:
    units = plan(BRIEF, COUNTS, localities=localities())
    assert [unit.name for unit in units] == sorted(TOPS)
    assert [unit.index for unit in units] == [0, 1, 2, 3, 4, 5]
    assert units[0].place == "Chapel Allerton"
    assert [item.name for item in units[0].top] == ["Country sourdough", "Seeded sourdough"]
    assert units[0].stores[0].address == "8 Stainbeck Lane"
    assert units[0].language == "en"


def test_customers_whose_locality_is_not_known_get_a_unit_without_a_place() -> None:
    nowhere = localities()[0].model_copy(update={"name": "(unknown)"})
    counts = {**COUNTS, "(unknown)": 7}
    units = plan(BRIEF, counts, localities=[*localities(), nowhere])
    unknown = next(unit for unit in units if unit.name == "(unknown)")
    assert (unknown.place, unknown.top, unknown.stores) == ("", (), ())
    assert len(units) == 7


@pytest.mark.parametrize(("customers", "lends"), [(9, False), (10, True)])
def test_a_locality_of_fewer_than_ten_lends_no_products(customers: int, lends: bool) -> None:
    units = plan(BRIEF, COUNTS, localities=localities(customers))
    assert [bool(unit.top) for unit in units] == [lends] * 6


def test_a_segment_is_not_taken_for_a_place_of_the_same_name() -> None:
    brief = BRIEF.model_copy(update={"level": "segment", "by": "rfm"})
    (unit,) = plan(brief, {"Hunslet": 30}, localities=localities())
    assert (unit.level, unit.place, unit.top) == ("segment", "", ())


def test_individual_has_a_unit_per_class_with_what_its_place_lends() -> None:
    brief = BRIEF.model_copy(update={"level": "individual"})
    found = plan(
        brief,
        {},
        localities=localities(),
        classes=[
            MessageClass("b", "Hunslet", "bread", "de", 12),
            MessageClass("a", "Headingley", "", "en", 4),
        ],
    )
    small, large = found
    assert (large.place, large.category, large.language) == ("Hunslet", "bread", "de")
    assert [item.name for item in large.top] == ["White tin loaf", "Family traybake"]
    assert (small.category, small.top, small.stores[0].name) == (
        None,
        (),
        "Corner Crumb Headingley",
    )


def test_nobody_to_write_to_is_an_error_with_a_remedy() -> None:
    with pytest.raises(BriefError, match="saturday-loaves") as caught:
        plan(BRIEF, {})
    assert "consent" in caught.value.hint


def test_there_is_an_assignment_per_unit_channel_language_and_variant() -> None:
    units = plan(BRIEF, COUNTS, localities=localities())
    made = assignments(
        BRIEF.model_copy(update={"languages": ("en", "de")}),
        units,
        facts_for,
        today=TODAY,
        places=sorted(TOPS),
    )
    assert len(made) == 6 * 2 * 2 * 2
    keys = {(a.unit.name, a.channel, a.language, a.variant) for a in made}
    assert len(keys) == len(made)


def test_an_assignment_knows_the_places_it_must_not_name_and_its_own_facts() -> None:
    units = plan(BRIEF, COUNTS, localities=localities())
    first = assignments(BRIEF, units, facts_for, today=TODAY, places=sorted(TOPS))[0]
    assert first.unit.place == "Chapel Allerton"
    assert first.other_places == ("Harehills", "Headingley", "Holbeck", "Hunslet", "Roundhay")
    assert first.facts[0].id == "Chapel Allerton/en"


@pytest.mark.parametrize(
    ("languages", "own", "level", "spoken", "expected"),
    [
        (("en",), "de", "local", (), ("en",)),
        (("de", "en"), None, "local", (), ("de", "en")),
        (("local",), "de", "local", (), ("de",)),
        (("local",), "pl", "local", (), ("en",)),
        (("local",), "pl", "local", ("fr", "pl"), ("en", "fr")),
        (("local", "fr"), "es", "local", (), ("es", "fr")),
        (("local",), None, "mass", ("de", "en", "ur"), ("en", "de")),
        (("local",), "de", "individual", (), ("de",)),
        (("fr", "local"), "pl", "individual", (), ("fr",)),
    ],
)
def test_local_stands_for_the_unit_s_own_language_where_we_write_it(
    languages: tuple[str, ...],
    own: str | None,
    level: str,
    spoken: tuple[str, ...],
    expected: tuple[str, ...],
) -> None:
    brief = BRIEF.model_copy(update={"languages": languages})
    unit = Unit.model_validate({"level": level, "name": "x", "customers": 5, "language": own})
    assert languages_for(brief, unit, spoken) == expected


def test_variants_are_lettered() -> None:
    assert variants_of(BRIEF.model_copy(update={"variants": 3})) == ("A", "B", "C")
