from apptest import Open, labels, settled, words
from streamlit.testing.v1 import AppTest

SAMPLE = "saturday-loaves (sample)"


def with_sample(page: Open) -> AppTest:
    at = page("campaigns")
    at.selectbox(key="brief").set_value(SAMPLE).run()
    assert not at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception
    return at


def test_the_form_holds_the_chosen_brief(page: Open) -> None:
    at = with_sample(page)
    assert at.text_input(key=f"code-page-{SAMPLE}").value == "CRUST15"
    assert at.multiselect(key=f"ch-page-{SAMPLE}").value == ["email", "sms"]


def test_an_estimate_counts_and_drafts_nothing(page: Open) -> None:
    at = press(with_sample(page), "Estimate")
    assert "nothing was drafted" in words(at)
    assert not labels(at, "download_button")


def test_drafts_can_be_filtered_read_and_downloaded(page: Open) -> None:
    at = settled(press(with_sample(page), "Draft it"))
    assert any(one.startswith("Download saturday-loaves") for one in labels(at, "download_button"))
    everything = next(one.value for one in at.dataframe if "Findings" in one.value)
    assert set(everything["Channel"]) == {"email", "sms"}
    at.selectbox(key="channel-0").set_value("sms").run()
    texts = next(one.value for one in at.dataframe if "Findings" in one.value)
    assert set(texts["Channel"]) == {"sms"}
    assert any("CRUST15" in one.value for one in at.get("html"))


def test_a_brief_of_ones_own_and_a_faulty_one(page: Open) -> None:
    at = page("campaigns")
    at.file_uploader(key="brief-file").upload("mine.yaml", b"- not a brief").run()
    press(at, "Keep this brief")
    assert "not a list of" in at.error[0].value
    at.file_uploader(key="brief-file").set_value(None)
    own = b"name: mine\nbrand: brand.yaml\nfacts: [We open at seven.]\n"
    at.file_uploader(key="brief-file").upload("mine.yaml", own).run()
    press(at, "Keep this brief")
    at.selectbox(key="brief").set_value("mine").run()
    assert at.text_area(key="facts-page-mine").value == "We open at seven."


def test_pasted_text_with_an_invented_code_is_blocked(page: Open) -> None:
    at = with_sample(page)
    at.segmented_control(key="campaign-section").set_value("Check a text").run()
    at.text_area(key="text-to-check").set_value("15% off any loaf with code CRUST99.")
    press(at, "Check it")
    assert "must not be sent" in words(at)
    assert any("CRUST99" in one.value for one in at.error)
