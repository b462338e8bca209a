import zipfile
from io import BytesIO

import pytest
from apptest import Open, opened, settled, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot
from copilot.app import _archives
from copilot.app._archives import unpack
from copilot.errors import InputError


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


def add(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at.file_uploader(key="documents").upload(*files[0])
    for name, data in files[1:]:
        at.file_uploader(key="documents").upload(name, data)
    submit = next(one for one in at.button if one.label == "Add to the library")
    return submit.click().run()


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_zip_of_documents_is_read_and_what_fails_is_in_a_table(empty: Copilot) -> None:
    parts = {"ovens/a.md": b"# Ovens\nA zorblat is an oven.", "b.txt": b"", "c.exe": b"MZ"}
    at = settled(add(opened(empty, "knowledge"), ("plans.zip", zipped(parts))))
    assert not at.exception
    assert "1 added" in words(at)
    assert "2 documents could not be read" in words(at)
    reasons = dict(at.dataframe[0].value.to_numpy().tolist())
    assert "empty" in reasons["b.txt"]
    assert "not a kind of document" in reasons["c.exe"]
    assert "oven" in empty.search("zorblat")[0].text


def test_reading_can_be_stopped(empty: Copilot, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {f"{n}.md": f"# Loaf {n}\nLoaf {n} is a loaf.".encode() for n in range(400)}
    at = add(opened(empty, "knowledge"), ("loaves.zip", zipped(parts)))
    stop = next(one for one in at.button if one.label == "Stop reading")
    settled(stop.click().run())
    assert "Reading was stopped" in words(at)
    assert len([one for one in empty.library.sources() if one.kind == "document"]) < 400


def test_an_archive_cannot_write_outside_its_folder_or_fill_the_disk(
    empty: Copilot, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = empty.settings.home
    home.mkdir(parents=True, exist_ok=True)
    path = home / "a.zip"
    names = ["../../out.md", "/etc/out.md", "c:\\out.md", "a/./b?.md", ".hid/x.md", "__MACOSX/x.md"]
    path.write_bytes(zipped(dict.fromkeys(names, b"x")))
    folder, left_out = unpack(path, ["md"])
    written = sorted(file.relative_to(folder).as_posix() for file in home.parent.rglob("*.md"))
    assert written == ["a/b_.md", "c_/out.md", "etc/out.md"]
    assert left_out == ["../../out.md", ".hid/x.md", "__MACOSX/x.md"]
    monkeypatch.setattr(_archives, "MOST_BYTES", 1_000_000)
    path.write_bytes(zipped({"big.md": bytes(5_000_000)}))
    with pytest.raises(InputError, match="unpacks to more than 1 MB"):
        unpack(path, ["md"])
    assert not folder.exists()
    path.write_bytes(b"no archive")
    with pytest.raises(InputError, match="no zip archive"):
        unpack(path, ["md"])


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
