import ibis
import pytest
from corner_crumb import BRIEF

from copilot.campaigns.merging.modules import classes, own_language, with_class
from copilot.records import Brief

INDIVIDUAL = BRIEF.model_copy(update={"level": "individual", "languages": ("local",)})


def recipients(*groups: tuple[int, str | None, str | None, str | None]) -> "ibis.Table":
    """Customers by (how many, neighbourhood, favourite category, language), on two channels."""
    rows = [
        (f"{group}-{number}", place, category, language, channel)
        for group, (many, place, category, language) in enumerate(groups)
        for number in range(many)
        for channel in ("email", "sms")
    ]
    names = ("customer_id", "neighbourhood", "favourite_category", "language", "channel")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    columns["unit"] = ["everyone"] * len(rows)
    return ibis.memtable(columns, schema=dict.fromkeys(columns, "string"))


def found(table: "ibis.Table", brief: Brief = INDIVIDUAL) -> dict[tuple[str, str, str], int]:
    return {
        (each.place, each.category, each.language): each.customers
        for each in classes(with_class(table, brief))
    }


def test_a_class_is_a_place_a_category_and_a_language() -> None:
    table = recipients((12, "Hunslet", "bread", "en"), (10, "Hunslet", "cakes", "de-AT"))
    assert found(table) == {("Hunslet", "bread", "en"): 12, ("Hunslet", "cakes", "de"): 10}


def test_a_category_of_fewer_than_ten_and_then_a_place_of_fewer_than_ten_is_dropped() -> None:
    table = recipients(
        (12, "Hunslet", "bread", "en"), (9, "Hunslet", "cakes", "en"), (9, "Holbeck", "bread", "en")
    )
    assert found(table) == {
        ("Hunslet", "bread", "en"): 12,
        ("Hunslet", "", "en"): 9,
        ("", "", "en"): 9,
    }


def with_stages(*stages: tuple[int, str]) -> "ibis.Table":
    """Customers of one place and category by (how many, life-cycle stage)."""
    table = recipients(*[(many, "Hunslet", "bread", "en") for many, _ in stages])
    by_group = [
        (table["customer_id"].startswith(f"{group}-"), stage)
        for group, (_, stage) in enumerate(stages)
    ]
    return table.mutate(unit=ibis.cases(*by_group, else_=""))


def test_a_life_cycle_stage_divides_a_class_where_ten_customers_share_it() -> None:
    table = with_stages((10, "active"), (9, "lapsed"), (12, "everyone"))
    found = {each.segment: each for each in classes(with_class(table, INDIVIDUAL))}
    assert {stage: each.customers for stage, each in found.items()} == {"active": 10, "": 21}
    assert found["active"].name == "Hunslet · bread · active · en"
    assert found[""].name == "Hunslet · bread · en"


def test_bespoke_messages_know_no_stage() -> None:
    brief = INDIVIDUAL.model_copy(update={"method": "bespoke"})
    made = classes(with_class(with_stages((12, "lapsed")), brief))
    assert {each.segment for each in made} == {""}


def test_customers_without_place_or_category_are_classed_all_the_same() -> None:
    table = recipients((11, "(unknown)", None, "en"), (10, None, "bread", None))
    assert sum(found(table).values()) == 21
    assert all(place == "" for place, _, _ in found(table))


def test_every_recipient_keeps_their_rows_and_gets_a_class_as_unit() -> None:
    table = recipients((12, "Hunslet", "bread", "en"), (3, "Holbeck", "bread", "fr"))
    classed = with_class(table, INDIVIDUAL)
    rows = classed.to_pyarrow().to_pylist()
    assert len(rows) == 30
    assert {row["unit"] for row in rows} == {"Hunslet · bread · en", "anywhere · anything · fr"}


def test_bespoke_gives_each_customer_a_unit_that_does_not_tell_who_they_are() -> None:
    brief = INDIVIDUAL.model_copy(update={"method": "bespoke"})
    made = classes(with_class(recipients((12, "Hunslet", "bread", "en")), brief))
    assert len({each.name for each in made}) == 12
    assert {each.customers for each in made} == {1}
    assert not any("0-" in each.name for each in made)
    assert {(each.place, each.category) for each in made} == {("Hunslet", "bread")}


@pytest.mark.parametrize(
    ("languages", "expected"),
    [(("en",), "en"), (("fr", "de"), "de"), (("fr",), "fr"), (("local", "fr"), "de")],
)
def test_a_customer_is_written_to_in_a_language_of_the_brief(
    languages: tuple[str, ...], expected: str
) -> None:
    brief = INDIVIDUAL.model_copy(update={"languages": languages})
    table = recipients((12, "Hunslet", "bread", "de"))
    assert {language for _, _, language in found(table, brief)} == {expected}


def test_own_language_is_empty_where_we_do_not_write_it() -> None:
    table = ibis.memtable({"a": ["EN", " de-CH", "pl", "", None]}, schema={"a": "string"})
    rows = table.select(x=own_language(table["a"])).to_pyarrow().to_pylist()
    assert [row["x"] for row in rows] == ["en", "de", "", "", ""]
