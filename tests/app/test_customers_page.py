from apptest import Open, labels, opened, settled, words

from copilot import Copilot


def test_the_overview_counts_customers_and_consents(page: Open, bakery: Copilot) -> None:
    at = page("customers")
    assert not at.exception
    assert [one.value for one in at.metric[:2]] == ["500", "10,450"]
    consent = bakery.profile().consent["email"]
    table = next(one.value for one in at.dataframe if "Unknown" in one.value)
    row = table[table["Channel"] == "email"].iloc[0]
    assert (row["Yes"], row["No"], row["Unknown"]) == (consent.yes, consent.no, consent.unknown)


def test_an_empty_workspace_offers_the_sample(empty: Copilot) -> None:
    at = opened(empty, "customers")
    assert "No customers are loaded yet" in words(at)
    settled(next(one for one in at.button if one.label == "Load the sample bakery").click().run())
    assert not at.exception
    assert at.metric[0].value == "500"


def test_a_locality_shows_what_it_over_indexes_on_with_intervals(page: Open) -> None:
    at = page("customers")
    at.selectbox(key="locality").set_value("Holbeck").run()
    assert not at.exception
    found = next(one.value for one in at.dataframe if "Low" in one.value)
    assert (found["Low"] <= found["Index"]).all()
    assert (found["Index"] <= found["High"]).all()


def test_localities_can_be_seen_by_another_level(page: Open) -> None:
    at = page("customers")
    at.selectbox(key="level").set_value("store").run()
    assert "Corner Crumb Holbeck" in at.selectbox(key="locality").options


def test_segments_narrow_to_a_rule_and_a_wrong_rule_is_told(page: Open) -> None:
    at = page("customers")
    at.text_input(key="where").set_value("neighbourhood = 'Holbeck'").run()
    assert not at.error
    table = next(one.value for one in at.dataframe if "Share" in one.value)
    assert 0 < table["Customers"].sum() < 100
    at.text_input(key="where").set_value("nonsense ==").run()
    assert len(at.error) == 1


def test_a_file_loads_from_the_page(empty: Copilot) -> None:
    at = opened(empty, "customers")
    at.file_uploader(key="data").upload("people.csv", b"customer_id,city\nC1,Leeds\nC2,York\n")
    next(one for one in at.button if one.label == "Look at them").click().run()
    assert "2 rows read = 2 new" in words(at)
    assert "Load 2 rows" in labels(at, "button")
