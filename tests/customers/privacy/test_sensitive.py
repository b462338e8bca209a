"""Columns that say too much are told by name and by value, and some are not even stored."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from copilot.customers.importing.load import import_file
from copilot.customers.privacy.sensitive import is_account, is_card, sensitive_name
from copilot.customers.store import Store

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Krankheiten", "health"),
        ("dietary_allergies", "health"),
        ("Konfession", "religion"),
        ("Origine ethnique", "ethnicity"),
        ("political party affiliation", "politics"),
        ("SexualOrientation", "sexuality"),
        ("Trade Union", "union"),
        ("Geschlecht", "gender"),
        ("HouseholdIncome", "income"),
        ("N.I.F.", None),
        ("NIF", "identity"),
        ("Internal notes", "notes"),
        ("Credit Card", "payment"),
        ("mot de passe", "secret"),
        ("favourite colour", None),
        ("party size", None),
        ("union square branch", None),
        ("PIN code", None),
    ],
)
def test_a_columns_name_tells_what_it_is_about(header: str, kind: str | None) -> None:
    found = sensitive_name(header)
    assert (found.name if found else None) == kind


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("4111111111111111", True),
        ("5555 5555 5555 4444", True),
        ("3782-822463-10005", True),
        ("4111111111111112", False),
        ("0000000000000000", False),
        ("20261122000017", False),
        ("4006381333931", False),  # a product's EAN-13
    ],
)
def test_a_card_number_is_told_by_luhns_check(number: str, valid: bool) -> None:
    assert is_card(number) is valid


def test_an_account_is_told_by_its_check_digits() -> None:
    assert is_account("DE89 3704 0044 0532 0130 00")
    assert is_account("FR1420041010050500013M02606")
    assert not is_account("DE88 3704 0044 0532 0130 00")


def test_cards_and_passwords_are_not_stored_not_even_among_the_rejects(
    store: Store, write: Write
) -> None:
    rows = "".join(
        f"C{n},{'never' if n == 3 else '2026-01-02'},c{n}@example.org,{card},hunter{n},tea\n"
        for n, card in enumerate(["4111111111111111", "5555555555554444", "378282246310005"] * 2)
    )
    path = write("people.csv", f"customer_id,joined_at,email,ref,password,likes\n{rows}")
    report = import_file(store, path, table="customers")
    assert report.rows_read == report.rows_loaded + report.rows_rejected == 6
    told = " ".join(report.warnings)
    assert "'ref' holds payment details" in told
    assert "'password' holds a password" in told
    kept = repr(duckdb.read_parquet(str(store.files()["customers"])).fetchall())
    assert "tea" in kept
    for path in (store.folder / "rejects").glob("*.csv"):
        kept += path.read_text(encoding="utf-8")
    assert "4111" not in kept
    assert "hunter" not in kept


def test_a_loyalty_number_that_is_a_field_is_kept(store: Store, write: Write) -> None:
    path = write("people.csv", "customer_id,email\n4111111111111111,a@example.org\n")
    import_file(store, path, table="customers")
    rows = duckdb.read_parquet(str(store.files()["customers"])).fetchall()
    assert rows[0][0] == "4111111111111111"


def test_what_a_book_is_about_is_not_about_its_reader(store: Store, write: Write) -> None:
    path = write("products.csv", "product_id,name,genre,health\nP1,Atlas,travel,no\n")
    report = import_file(store, path, table="products")
    assert not any("genre" in told and "is about" in told for told in report.warnings)
