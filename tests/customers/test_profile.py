"""The profile: what is there, how complete, and what each feature lacks."""

from pathlib import Path

import pytest
from books import Books
from stored import bakery_tables, engine_of

from copilot.customers.profile import NEEDS, profile

BOOKS = Books()


def test_rows_coverage_and_dates_are_counted(tmp_path: Path) -> None:
    found = profile(engine_of(tmp_path, bakery_tables()))
    customers = found.tables["customers"]
    assert customers.rows == len(BOOKS.customers)
    known = sum(bool(row["phone"]) for row in BOOKS.customers.values())
    assert customers.coverage["phone"] == pytest.approx(known / len(BOOKS.customers), abs=1e-4)
    assert found.date_range == (min(line["day"] for line in BOOKS.lines), BOOKS.last)
    assert found.suppressed == len(bakery_tables()["suppressions"])
    assert found.missing == {}


def test_consent_counts_every_customer_and_unknown_is_not_yes(tmp_path: Path) -> None:
    found = profile(engine_of(tmp_path, bakery_tables()))
    said = [BOOKS.consent.get((key, "sms")) for key in BOOKS.customers]
    consent = found.consent["sms"]
    assert (consent.yes, consent.no) == (said.count("yes"), said.count("no"))
    assert consent.yes + consent.no + consent.unknown == len(BOOKS.customers)
    assert set(found.consent) == {"email", "sms"}


def test_each_feature_says_what_it_lacks(tmp_path: Path) -> None:
    tables = {
        "customers": [{"customer_id": "1", "city": "Leeds", "email": "a@x.example"}],
        "products": [{"product_id": "p", "name": "Loaf"}],
    }
    missing = profile(engine_of(tmp_path, tables)).missing
    assert "localities by city" not in missing
    assert missing["draft email"] == ("consent to email",)
    assert missing["localities by neighbourhood"] == ("customers.neighbourhood",)
    assert missing["over-index"] == ("transactions.customer_id",)
    assert missing["localities by store"] == ("transactions.store_id or customers.store_id",)


def test_an_empty_store_lacks_everything(tmp_path: Path) -> None:
    found = profile(engine_of(tmp_path, {}))
    assert (found.tables, found.date_range, found.consent) == ({}, None, {})
    assert set(found.missing) == set(NEEDS)


def test_made_up_fields_are_named(tmp_path: Path) -> None:
    engine = engine_of(
        tmp_path, {"customers": [{"customer_id": "1"}]}, synthetic=("customers.first_name",)
    )
    assert profile(engine).synthetic == ("customers.first_name",)
