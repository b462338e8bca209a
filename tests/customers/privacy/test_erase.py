"""A forgotten person is nowhere in the store, and stays suppressed all the same."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from copilot.campaigns.store import CampaignStore
from copilot.customers.importing.load import import_file
from copilot.customers.privacy.suppression import suppress, suppressed_addresses, suppressed_hash
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.forgetting import forget_everywhere

Write = Callable[..., Path]


def drafted(store: Store) -> Callable[[], CampaignStore]:
    return lambda: CampaignStore(f"sqlite:///{store.folder.parent / 'campaigns.db'}")


def forget(store: Store, who: str) -> dict[str, int]:
    return forget_everywhere(store.folder.parent, store, drafted(store), who).erased


@pytest.fixture
def filled(store: Store, write: Write) -> Store:
    import_file(
        store,
        write(
            "customers.csv",
            "customer_id,email,phone,country\nC1,Ann@example.org,07700 900123,GB\n"
            "C2,bo@example.org,,GB\n",
        ),
    )
    import_file(
        store,
        write("consents.csv", "customer_id,channel,status\nC1,email,yes\nC2,email,yes\n"),
    )
    import_file(
        store,
        write(
            "sales.csv",
            "customer_id,at,amount\nC1,2026-01-02,3.50\nC1,2026-01-03,3.50\nC2,2026-01-02,1.00\n",
        ),
    )
    import_file(store, write("customers.csv", "customer_id,email,city\nC1,broken,Leeds\n"))
    return store


def test_forgetting_removes_every_row_and_every_older_file(filled: Store) -> None:
    assert forget(filled, "C1") == {"customers": 1, "consents": 1, "transactions": 2}
    remaining = b""
    for path in filled.folder.rglob("*"):
        if path.is_file() and path.suffix == ".parquet":
            text = duckdb.read_parquet(str(path)).fetchall()
            remaining += repr(text).encode()
        elif path.is_file():
            remaining += path.read_bytes()
    assert b"C1" not in remaining
    assert b"Ann@example.org" not in remaining
    assert b"+447700900123" not in remaining
    assert b"bo@example.org" in remaining


def test_a_forgotten_address_stays_suppressed_by_hash_in_any_case(filled: Store) -> None:
    forget(filled, "C1")
    asked = ["ann@EXAMPLE.org", "+447700900123", "bo@example.org"]
    assert suppressed_addresses(filled, asked) == {"ann@EXAMPLE.org", "+447700900123"}
    assert suppressed_hash(filled, "ANN@example.org") == suppressed_hash(filled, "ann@example.org")


def test_the_hash_needs_the_stores_own_key(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    assert suppressed_hash(store, "a@example.org") != suppressed_hash(other, "a@example.org")
    assert (store.folder / "suppression.key").stat().st_mode & 0o777 == 0o600


def test_forgetting_nobody_is_an_error(filled: Store) -> None:
    with pytest.raises(DataError, match="no customer 'C9'"):
        forget(filled, "C9")
    assert len(duckdb.read_parquet(str(filled.files()["customers"])).fetchall()) == 2


def test_a_bare_list_of_addresses_suppresses(filled: Store, write: Write) -> None:
    report = suppress(filled, write("stop.txt", "Bo@Example.org\n07700 900123\nodd thing\n"))
    assert (report.rows_loaded, report.rows_rejected) == (3, 0)
    asked = ["bo@example.org", "+447700900123", "cy@example.org"]
    assert suppressed_addresses(filled, asked) == {"bo@example.org", "+447700900123"}


def test_a_suppression_in_clear_is_replaced_by_its_hash_when_forgotten(
    filled: Store, write: Write
) -> None:
    suppress(filled, write("stop.csv", "email,reason\nann@example.org,complaint\n"))
    forget(filled, "C1")
    file = str(filled.files()["suppressions"])
    kept = duckdb.read_parquet(file).project("address").fetchall()
    assert all(address.startswith("hmac-sha256:") for (address,) in kept)
    assert suppressed_addresses(filled, ["ann@example.org"]) == {"ann@example.org"}
