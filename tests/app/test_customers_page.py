from pathlib import Path

import pytest
from apptest import Open, opened, settled, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot


def section(at: AppTest, name: str) -> AppTest:
    return at.segmented_control(key="section").set_value(name).run()


def button(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label.startswith(label)).click().run()


def frame(at: AppTest, *columns: str):  # type: ignore[no-untyped-def]
    return next(one.value for one in at.dataframe if set(columns) <= set(one.value.columns))


def test_the_overview_counts_customers_and_consents(page: Open, bakery: Copilot) -> None:
    at = page("customers")
    assert not at.exception
    assert [one.value for one in at.metric[:2]] == ["500", "10,450"]
    consent = bakery.profile().consent["email"]
    table = frame(at, "Unknown")
    row = table[table["Channel"] == "email"].iloc[0]
    assert (row["Yes"], row["No"], row["Unknown"]) == (consent.yes, consent.no, consent.unknown)


def test_an_empty_workspace_offers_the_sample(empty: Copilot) -> None:
    at = opened(empty, "customers")
    assert "No customers are loaded yet" in words(at)
    settled(button(at, "Load the sample bakery"))
    assert not at.exception
    assert at.metric[0].value == "500"


def test_a_locality_shows_what_it_buys_more_and_less_often_with_intervals(page: Open) -> None:
    at = section(page("customers"), "Localities")
    at.selectbox(key="locality").set_value("Holbeck").run()
    at.selectbox(key="kind").set_value("product").run()
    assert not at.exception
    found = frame(at, "Low", "High", "Kind")
    assert (found["Low"] <= found["Index"]).all()
    assert (found["Index"] <= found["High"]).all()
    assert "Less often than elsewhere" in [one.value for one in at.subheader]


def test_localities_can_be_seen_by_stores_and_by_languages(page: Open) -> None:
    at = section(page("customers"), "Localities")
    at.selectbox(key="level").set_value("store").run()
    assert "Corner Crumb Holbeck" in at.selectbox(key="locality").options
    at.selectbox(key="level").set_value("language").run()
    assert not at.exception
    assert "en" in at.selectbox(key="locality").options


def test_a_store_shows_its_mix_its_like_and_its_plan(page: Open) -> None:
    at = section(page("customers"), "Localities")
    at.selectbox(key="level").set_value("store").run()
    assert not at.exception
    assert not at.error
    assert "Parts of the day" in [one.value for one in at.subheader]
    shares = frame(at, "Name", "Share", "Everywhere")
    assert shares["Share"].sum() == pytest.approx(1, abs=0.01)
    at.radio(key="plan").set_value("Services").run()
    assert not at.exception
    assert "judged" in words(at)


def test_segments_narrow_to_a_rule_and_a_wrong_rule_is_told(page: Open) -> None:
    at = section(page("customers"), "Segments")
    at.text_input(key="where").set_value("neighbourhood = 'Holbeck'").run()
    assert not at.error
    assert 0 < frame(at, "Segment", "Rule")["Customers"].sum() < 100
    at.text_input(key="where").set_value("nonsense ==").run()
    assert len(at.error) == 1


def test_the_grid_holds_every_buyer_once(page: Open, bakery: Copilot) -> None:
    at = section(page("customers"), "Segments")
    grid = frame(at, "Recency", "Frequency", "Segment")
    assert len(grid) == 25
    assert grid["Customers"].sum() == bakery.reach("frequency > 0").customers


def test_segments_can_be_scored_in_other_ways_with_the_rules_shown(page: Open) -> None:
    at = section(page("customers"), "Segments")
    at.selectbox(key="scoring-rfm").set_value("nested").run()
    assert "within each recency score" in words(at)
    at.selectbox(key="by").set_value("lifecycle").run()
    at.selectbox(key="scoring-lifecycle").set_value("rhythm").run()
    assert not at.exception
    assert not at.error


def test_value_shows_each_way_on_the_holdout_or_says_what_is_missing(page: Open) -> None:
    at = section(page("customers"), "Value")
    assert not at.exception
    assert not at.error
    ways = frame(at, "Way", "Typical error")
    assert {"same rate", "last period"} <= {one.lower() for one in ways["Way"]}
    assert (ways["Low"] <= ways["Typical error"]).all()
    assert "is used for purchases" in words(at)


def test_too_little_data_is_a_refusal_with_what_is_missing(empty: Copilot, tmp_path: Path) -> None:
    sales = tmp_path / "sales.csv"
    sales.write_text(
        "transaction_id,customer_id,at,amount\nT1,C1,2026-01-02,3.20\nT2,C2,2026-01-03,4.10\n",
        encoding="utf-8",
    )
    empty.import_customers([sales])
    at = section(opened(empty, "customers"), "Value")
    assert not at.exception
    assert not at.error
    assert "Not enough to judge" in words(at)


def test_next_products_count_items_and_show_a_person_only_when_asked(page: Open) -> None:
    at = section(page("customers"), "Next products")
    assert not at.exception
    assert at.metric[0].value == "500"
    everything = "\n".join(str(one.value) for one in at.dataframe)
    assert "C0002" not in everything
    at.text_input(key="next-customer").set_value("C0002").run()
    assert not at.exception
    assert len(frame(at, "Item", "Why")) >= 1


def test_a_section_without_its_data_says_what_to_import(empty: Copilot, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("customer_id,city\nC1,Leeds\n", encoding="utf-8")
    empty.import_customers([people])
    at = opened(empty, "customers")
    for name in ("Value", "Next products"):
        section(at, name)
        assert "Bring them in under Import" in words(at)


def test_a_field_that_is_set_to_never_is_not_used(empty: Copilot, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("customer_id,city,religion\nC1,Leeds,x\nC2,York,y\n", encoding="utf-8")
    empty.import_customers([people])
    at = section(opened(empty, "customers"), "Fields")
    assert not at.exception
    shown = frame(at, "Sensitive")
    kept = dict(zip(shown["Field"], shown["What may be done"], strict=True))
    assert kept["city"] == "may be mentioned"
    assert kept["attributes.religion"] == "not used at all"


def test_forgetting_needs_the_same_twice(empty: Copilot, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("customer_id,email\nC1,a@example.org\nC2,b@example.org\n", encoding="utf-8")
    empty.import_customers([people])
    at = section(opened(empty, "customers"), "Forget")
    at.text_input(key="forget-who").set_value("a@example.org")
    at.text_input(key="forget-again").set_value("b@example.org")
    button(at, "Forget this person")
    assert "Nothing was erased" in words(at)
    assert empty.profile().tables["customers"].rows == 2
    at.text_input(key="forget-who").set_value("a@example.org")
    at.text_input(key="forget-again").set_value("a@example.org")
    button(at, "Forget this person")
    assert "C1 is forgotten" in words(at)
    assert empty.profile().tables["customers"].rows == 1
