"""The store is readable at every moment, and its writers take turns."""

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


def test_old_versions_go_after_one_more_commit(store: Store) -> None:
    first = put(store, "customers", "1")
    second = put(store, "customers", "2")
    third = put(store, "customers", "3")
    assert [path.exists() for path in (first, second, third)] == [False, True, True]


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
