"""The store is readable at every moment, and its writers take turns."""

import os
from pathlib import Path

import pytest

from copilot.customers.store import Store
from copilot.errors import StoreError


def put(store: Store, table: str, content: str) -> Path:
    with store.writing():
        path = store.new_file(table)
        path.write_text(content, encoding="utf-8")
        store.commit({table: path})
    return path


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.manifest().generation == 0
    assert store.files() == {}


def test_each_commit_moves_the_generation_and_keeps_other_tables(store: Store) -> None:
    put(store, "customers", "one")
    put(store, "products", "two")
    assert store.manifest().generation == 2
    assert {n: p.read_text(encoding="utf-8") for n, p in store.files().items()} == {
        "customers": "one",
        "products": "two",
    }


def test_a_writer_killed_before_its_commit_changes_nothing(store: Store) -> None:
    put(store, "customers", "whole")
    with store.writing():
        store.new_file("customers").write_text("half", encoding="utf-8")
    assert store.files()["customers"].read_text(encoding="utf-8") == "whole"
    put(store, "customers", "next")
    assert store.files()["customers"].read_text(encoding="utf-8") == "next"


def test_two_older_versions_stay_for_readers_and_then_go(store: Store) -> None:
    versions = [put(store, "customers", str(number)) for number in range(4)]
    other = put(store, "products", "1")
    assert [path.exists() for path in versions] == [False, True, True, True]
    assert store.manifest().previous == {"customers": [versions[2].name, versions[1].name]}
    assert other.exists()


def test_what_killed_writers_left_goes_with_the_next_commit(store: Store) -> None:
    put(store, "customers", "1")
    left = [store.folder / "products-000002.parquet", store.folder / "tmp_x-000002.parquet"]
    (store.folder / "rejects").mkdir()
    left.append(store.folder / "rejects" / ".file.new")
    for path in left:
        path.write_text("half", encoding="utf-8")
    kept = store.folder / "rejects" / "file-0123456789.csv"
    kept.write_text("row", encoding="utf-8")
    put(store, "locations", "1")
    assert [path.exists() for path in left] == [False, False, False]
    assert kept.exists()


def test_files_and_folder_are_on_the_disk_before_the_manifest_names_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        assert store.manifest().generation == (1 if len(flushed) == 4 else 0)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    path = put(store, "customers", "1")
    folder = store.folder.name
    assert flushed == [path.name, "manifest.json.new", folder, folder]


def test_a_second_writer_waits_and_then_says_why(store: Store) -> None:
    other = Store(store.folder)
    with (
        store.writing(),
        pytest.raises(StoreError, match="Another process"),
        other.writing(wait_s=0.05),
    ):
        pass


def test_synthetic_fields_add_up(store: Store) -> None:
    with store.writing():
        store.commit({}, synthetic=("first_name",))
        store.commit({}, synthetic=("email",))
    assert store.manifest().synthetic == ("email", "first_name")
