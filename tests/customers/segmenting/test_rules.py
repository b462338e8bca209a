from pathlib import Path

import pytest

from copilot import Copilot, Settings, demo
from copilot.errors import CopilotError, FilterError
from copilot.records import RuleGroup, RuleTest

RULES = {
    "": "",
    "city='Leeds'": "city = 'Leeds'",
    "not not (city='a' or city='b')": "city = 'a' or city = 'b'",
    "not (frequency > 3)": "frequency <= 3",
    "not city is null and not consent_email": "city is not null and not consent_email",
    "city in ('O''Hare', 'b') or not (language = 'en' and monetary >= 2.5)": (
        "city in ('O''Hare', 'b') or not (language = 'en' and monetary >= 2.5)"
    ),
    "first_purchase not between '2026-01-01' and '2026-02-01'": (
        "first_purchase not between '2026-01-01' and '2026-02-01'"
    ),
    "frequency = -1 and city not like 'L%'": "frequency = -1 and city not like 'L%'",
    "(city = 'a' and (language = 'en' and frequency < 2))": (
        "city = 'a' and language = 'en' and frequency < 2"
    ),
}


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Copilot:
    copilot = Copilot.open(Settings.load(tmp_path_factory.mktemp("rules")))
    for path, table in demo.bakery_files():
        copilot.import_customers([path], table=table)
    return copilot


@pytest.mark.parametrize("said", RULES)
def test_a_rule_goes_to_rows_and_back_and_reaches_the_same(bakery: Copilot, said: str) -> None:
    rows = bakery.read_rule(said)
    written = bakery.write_rule(rows)
    assert written == RULES[said]
    assert bakery.read_rule(written) == rows
    assert bakery.reach(written).customers == bakery.reach(said).customers


def test_a_rule_nested_twice_is_not_shown_as_rows(bakery: Copilot) -> None:
    deep = "city = 'a' or (language = 'en' and (frequency < 2 or frequency > 9))"
    assert bakery.reach(deep).customers > 0
    with pytest.raises(FilterError, match="nested too deeply"):
        bakery.read_rule(deep)


def test_a_test_without_a_value_is_refused(bakery: Copilot) -> None:
    half = RuleGroup(tests=(RuleTest(field="city", operator="="),))
    with pytest.raises(FilterError, match="city"):
        bakery.write_rule(half)


def test_reach_counts_consent_among_those_reached(bakery: Copilot) -> None:
    everybody, some = bakery.reach(), bakery.reach("consent_email")
    assert everybody.customers == everybody.everybody == 500
    profile = bakery.profile().consent["email"]
    found = everybody.consent["email"]
    assert (found.yes, found.no, found.unknown) == (profile.yes, profile.no, profile.unknown)
    assert some.customers == some.consent["email"].yes == profile.yes
    assert some.consent["email"].no == some.consent["email"].unknown == 0


def test_not_like_is_the_opposite_of_like(bakery: Copilot) -> None:
    like = bakery.reach("neighbourhood like 'H%'").customers
    unlike = bakery.reach("neighbourhood not like 'H%'").customers
    assert like != unlike
    assert like + unlike == bakery.reach("neighbourhood is not null").customers


def test_reach_of_nobody_is_zero(bakery: Copilot) -> None:
    found = bakery.reach("city = 'Nowhere'")
    assert (found.customers, found.revenue) == (0, 0)
    assert found.consent["email"].unknown == 0


def test_fields_list_values_but_none_that_say_who_somebody_is(bakery: Copilot) -> None:
    fields = {one.field: one for one in bakery.rule_fields()}
    assert "Holbeck" in fields["neighbourhood"].values
    assert not any(fields[one].values for one in ("email", "first_name", "street", "customer_id"))
    assert fields["birth_date"].low is None
    assert "gender" not in fields
    assert fields["last_purchase"].high == "2026-11-20"


def test_the_grid_names_each_cell_as_the_segments_do(bakery: Copilot) -> None:
    cells = bakery.rfm_grid()
    assert sum(one.customers for one in cells if one.segment == "champions") == next(
        one.customers for one in bakery.segments() if one.name == "champions"
    )
    assert len({(one.recency, one.frequency) for one in cells}) == 25


def test_segments_are_saved_replaced_and_removed(bakery: Copilot) -> None:
    bakery.save_segment(" near   us ", "city = 'Leeds'")
    bakery.save_segment("near us", "city = 'York'")
    again = Copilot.open(bakery.settings)
    assert [(one.name, one.where) for one in again.saved_segments()] == [
        ("near us", "city = 'York'")
    ]
    assert bakery.remove_segment("near us").where == "city = 'York'"
    assert bakery.saved_segments() == []
    with pytest.raises(CopilotError, match="near us"):
        bakery.remove_segment("near us")


@pytest.mark.parametrize("where", ["", "email = 'x@example.org'", "shoe_size > 9", "gender = 'f'"])
def test_a_rule_that_is_empty_wrong_or_names_a_person_is_not_saved(
    bakery: Copilot, where: str
) -> None:
    with pytest.raises(FilterError):
        bakery.save_segment("one", where)
    assert bakery.saved_segments() == []


def test_a_broken_file_of_segments_is_named(bakery: Copilot) -> None:
    path: Path = bakery.store.folder / "segments.yaml"
    path.write_text("- a\n- b\n", encoding="utf-8")
    try:
        with pytest.raises(CopilotError, match="segments"):
            bakery.saved_segments()
    finally:
        path.unlink()
