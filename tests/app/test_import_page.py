import csv
import io
import sqlite3
import zipfile
from pathlib import Path

from apptest import labels, opened, settled, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot
from copilot.app._state import ImportCard, State


def button(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label.startswith(label)).click().run()


def look(at: AppTest, name: str, content: bytes) -> AppTest:
    at.file_uploader(key="data").upload(name, content)
    return button(at, "Look at them")


def test_a_file_loads_from_the_page(empty: Copilot) -> None:
    at = look(opened(empty, "customers"), "people.csv", b"customer_id,city\nC1,Leeds\nC2,York\n")
    assert "2 rows read = 2 new" in words(at)
    assert "Load 2 rows" in labels(at, "button")
    settled(button(at, "Load 2 rows"))
    assert empty.profile().tables["customers"].rows == 2


def test_a_database_is_read_and_its_url_is_let_go_of(empty: Copilot, tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as shop:
        shop.execute("create table people (customer_id text, city text)")
        shop.executemany("insert into people values (?, ?)", [("C1", "Leeds"), ("C2", "York")])
    shop.close()
    at = opened(empty, "customers")
    at.text_input(key="database-url").set_value(f"sqlite:///{file}")
    at.text_area(key="database-query").set_value("select * from people")
    button(at, "Look at it")
    assert not at.exception
    assert "2 rows read = 2 new" in words(at)
    settled(button(at, "Load 2 rows"))
    assert not at.exception
    assert empty.profile().tables["customers"].rows == 2
    cards = at.session_state["state"].imports
    assert all(not card.url for card in cards)


def test_the_password_of_a_database_is_nowhere_on_the_page(empty: Copilot) -> None:
    at = opened(empty, "customers")
    url = at.text_input(key="database-url")
    assert url.proto.type == url.proto.PASSWORD
    url.set_value("postgresql://me:hunter2@127.0.0.1:1/shop?sslmode=disable")
    at.text_area(key="database-query").set_value("select 1")
    button(at, "Look at it")
    assert not at.exception
    assert "Cannot reach" in words(at)
    assert "hunter2" not in words(at) + " ".join(labels(at, "button")) + repr(_state(at).imports)


def test_a_database_without_a_query_lists_its_tables(empty: Copilot, tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as shop:
        shop.execute("create table people (customer_id text)")
    shop.close()
    at = opened(empty, "customers")
    at.text_input(key="database-url").set_value(f"sqlite:///{file}")
    button(at, "Look at it")
    assert not at.exception
    assert "people" in words(at)


def test_a_file_of_an_archive_can_be_chosen(empty: Copilot) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("people.csv", "customer_id,city\nC1,Leeds\n")
        archive.writestr("stores.csv", "store_id,name,city\nS1,One,Leeds\nS2,Two,York\n")
    at = look(opened(empty, "customers"), "all.zip", packed.getvalue())
    chosen = next(one for one in at.selectbox if one.label == "Which file inside")
    chosen.set_value("stores.csv").run()
    assert not at.exception
    assert "2 rows read = 2 new" in words(at)


def test_stopping_a_load_stores_nothing(empty: Copilot) -> None:
    at = look(opened(empty, "customers"), "people.csv", b"customer_id,city\nC1,Leeds\nC2,York\n")
    at.session_state["state"].imports[0].stop.set()
    settled(button(at, "Load 2 rows"))
    assert "nothing was stored" in words(at)
    assert "customers" not in empty.store.files()
    button(at, "Back to the mapping")
    settled(button(at, "Load 2 rows"))
    assert empty.profile().tables["customers"].rows == 2


def test_a_saved_mapping_is_listed_and_can_be_forgotten(empty: Copilot, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("customer_id,wo\nC1,Leeds\n", encoding="utf-8")
    empty.import_customers([people], table="customers", mapping={"wo": "city"})
    at = opened(empty, "customers")
    at.segmented_control(key="section").set_value("Import").run()
    assert "Saved mappings (1)" in [one.label for one in at.expander]
    button(at, "Forget this mapping")
    assert empty.mappings() == []


def test_rejected_rows_come_back_corrected(empty: Copilot) -> None:
    at = look(opened(empty, "customers"), "people.csv", b"customer_id,city\nC1,Leeds\n,York\n")
    settled(button(at, "Load 1 rows"))
    card: ImportCard = _state(at).imports[0]
    assert card.rejected == 1
    rejects = next((empty.store.folder / "rejects").glob("*.csv"))
    rows = list(csv.DictReader(io.StringIO(rejects.read_text(encoding="utf-8-sig"))))
    rows[0]["customer_id"] = "C2"
    mended = io.StringIO()
    writer = csv.DictWriter(mended, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    at.file_uploader(key=f"corrected-{card.id}").upload(
        rejects.name, mended.getvalue().encode("utf-8")
    )
    at.run()
    button(at, "Import corrected file")
    assert not at.exception
    settled(button(at, "Load 1 rows"))
    assert empty.profile().tables["customers"].rows == 2


def _state(at: AppTest) -> State:
    found: State = at.session_state["state"]
    return found
