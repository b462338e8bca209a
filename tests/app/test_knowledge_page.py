from apptest import Open, opened, settled, words

from copilot import Copilot


def test_the_library_lists_the_notes(page: Open, bakery: Copilot) -> None:
    at = page("knowledge")
    assert not at.exception
    titles = list(at.dataframe[0].value["Title"])
    assert "Micromarketing" in titles
    assert len(titles) == len(bakery.library.sources())


def test_a_document_can_be_added_and_removed(empty: Copilot) -> None:
    at = opened(empty, "knowledge")
    at.file_uploader(key="documents").upload("ovens.md", b"# Ovens\n\nA zorblat is an oven.\n")
    submit = next(one for one in at.button if one.label == "Add to the library")
    settled(submit.click().run())
    assert "1 added" in words(at)
    assert "1 of them your own" in words(at)
    own = next(one for one in at.selectbox if one.label.startswith("Take one"))
    own.select_index(0).run()
    next(one for one in at.button if one.label == "Remove").click().run()
    assert not at.exception
    assert "0 of them your own" in words(at)


def test_searching_shows_passages_with_their_place(page: Open) -> None:
    at = page("knowledge")
    at.text_input(key="search").set_value("drawbacks of local marketing").run()
    assert "**Local marketing ›" in words(at)
    assert "knowledge/concepts/local-marketing.md" in words(at)


def test_a_concept_shows_its_dimensions_and_leads_to_the_next(page: Open) -> None:
    at = page("knowledge")
    at.selectbox(key="concept").set_value("micromarketing").run()
    assert "adapts products, prices and marketing programmes" in words(at)
    assert "very narrow" in at.table[0].value.to_string()
    at.button(key="Set against-mass-customisation").click().run()
    assert at.selectbox(key="concept").value == "mass-customisation"
    assert at.header[0].value == "Mass customisation"
