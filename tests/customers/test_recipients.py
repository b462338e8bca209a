"""Who may be written to, and that everybody else is counted under a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.privacy.suppression import suppressed_hash
from copilot.customers.recipients import COLUMNS, REASONS, recipients
from copilot.errors import DataError

BOOKS = Books()

CUSTOMERS = [
    {"customer_id": "in", "email": "In@x.example", "phone": "+44 7700 900001", "city": "Leeds"},
    {"customer_id": "away", "email": "away@x.example", "city": "York"},
    {"customer_id": "silent", "email": "silent@x.example", "city": "Leeds"},
    {
        "customer_id": "listed",
        "email": "Listed@x.example",
        "phone": "+447700900002",
        "city": "Leeds",
    },
    {"customer_id": "nowhere", "email": "", "city": "Leeds"},
    {"customer_id": "placeless", "email": "p@x.example", "city": ""},
]
CONSENTS = [
    {"customer_id": row["customer_id"], "channel": channel, "status": "yes"}
    for row in CUSTOMERS
    for channel in ("email", "sms", "push")
    if row["customer_id"] != "silent"
]
LEEDS = "consent and city = 'Leeds'"


def small(folder: Path, suppressions: list[dict[str, str]] | None = None) -> Engine:
    rows = [{"address": "listed@X.example"}] if suppressions is None else suppressions
    return engine_of(folder, {"customers": CUSTOMERS, "consents": CONSENTS, "suppressions": rows})


def reached(engine: Engine, where: str = LEEDS, channel: str = "email") -> set[str]:
    found = recipients(engine, where=where, channels=[channel])
    return {row["customer_id"] for row in engine.rows(found.table)}


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_of(tmp_path_factory.mktemp("recipients"), bakery_tables())
    yield engine
    engine.close()


def test_each_reason_is_counted_once_and_nobody_is_lost(tmp_path: Path) -> None:
    engine = small(tmp_path)
    found = recipients(engine, where=LEEDS, channels=["email"])
    assert found.reached == 1
    assert found.skipped == {
        "not_in_audience": 2,
        "no_consent": 1,
        "suppressed": 1,
        "no_address": 1,
    }
    assert reached(engine) == {"in"}


def test_reached_and_skipped_make_up_customers_times_channels(bakery: Engine) -> None:
    for where in ("", LEEDS, "not consent", "frequency > 5", "segment = 'champions'"):
        found = recipients(bakery, where=where, channels=["email", "sms", "flyer", "email"])
        assert found.reached + sum(found.skipped.values()) == 2 * len(BOOKS.customers)
        assert set(found.skipped) == set(REASONS)
        assert len(bakery.rows(found.table)) == found.reached


def test_the_bakery_reaches_those_with_a_yes_and_an_address_not_suppressed(bakery: Engine) -> None:
    listed = {(row["address"].lower(), row["channel"]) for row in bakery_tables()["suppressions"]}
    expected = set()
    for key, row in BOOKS.customers.items():
        own = {row["email"].lower(), row["phone"], key.lower()} - {""}
        stopped = any((address, channel) in listed for address in own for channel in ("", "email"))
        if BOOKS.consent.get((key, "email")) == "yes" and row["email"] and not stopped:
            expected.add(key)
    assert reached(bakery) == expected
    assert recipients(bakery, where=LEEDS, channels=["email"]).skipped["suppressed"] > 0


def test_a_customer_without_consent_is_counted_as_such(tmp_path: Path) -> None:
    engine = small(tmp_path)
    assert recipients(engine, where="city = 'Leeds'", channels=["email"]).skipped["no_consent"] == 1
    assert "silent" not in reached(engine, "city = 'Leeds'")


def test_asking_for_those_without_consent_reaches_nobody(tmp_path: Path) -> None:
    assert reached(small(tmp_path), "not consent") == set()


@pytest.mark.parametrize(
    ("row", "email", "sms"),
    [
        ({"address": "LISTED@x.example "}, False, False),
        ({"address": "+44 7700-900002"}, False, False),
        ({"address": "listed", "channel": ""}, False, False),
        ({"address": "listed@x.example", "channel": "email"}, False, True),
        ({"address": "+447700900002", "channel": "SMS"}, True, False),
        ({"address": "listed@x.example", "channel": "everything"}, False, False),
        ({"address": "other@x.example"}, True, True),
    ],
)
def test_suppression_matches_any_spelling_and_keeps_to_its_channel(
    tmp_path: Path, row: dict[str, str], email: bool, sms: bool
) -> None:
    engine = small(tmp_path, [row])
    assert ("listed" in reached(engine)) is email
    assert ("listed" in reached(engine, channel="sms")) is sms


def test_forgotten_people_stay_suppressed_when_they_are_imported_again(tmp_path: Path) -> None:
    store = small(tmp_path).store
    address = suppressed_hash(store, "in@x.example")
    engine = small(tmp_path, [{"address": address, "reason": "forgotten"}])
    found = recipients(engine, where=LEEDS, channels=["email", "sms"])
    assert "in" not in {row["customer_id"] for row in engine.rows(found.table)}
    assert found.skipped["suppressed"] == 2


def test_every_recipient_has_the_columns_that_messages_are_merged_from(bakery: Engine) -> None:
    found = recipients(bakery, where=LEEDS, channels=["sms"], by="neighbourhood")
    row = bakery.rows(found.table)[0]
    assert tuple(row) == COLUMNS
    customer = BOOKS.customers[row["customer_id"]]
    assert (row["channel"], row["address"]) == ("sms", customer["phone"])
    assert row["unit"] == customer["neighbourhood"]


def test_customers_without_a_place_form_their_own_unit(tmp_path: Path) -> None:
    engine = small(tmp_path)
    found = recipients(engine, where="", channels=["push"], by="city")
    units = {row["customer_id"]: row["unit"] for row in engine.rows(found.table)}
    assert units["placeless"] == "(unknown)"
    assert units["away"] == "York"


def test_units_can_be_segments_or_everyone(bakery: Engine) -> None:
    for by, names in (("segment", {"champions", "lapsed"}), (None, {"everyone"})):
        found = recipients(bakery, where="", channels=["email"], by=by)
        assert names <= {row["unit"] for row in bakery.rows(found.table)}


def test_an_unknown_unit_is_refused(bakery: Engine) -> None:
    with pytest.raises(DataError, match="income"):
        recipients(bakery, where="", channels=["email"], by="income")


def test_impersonal_channels_have_no_recipients(bakery: Engine) -> None:
    found = recipients(bakery, where="", channels=["social", "flyer"])
    assert (found.reached, sum(found.skipped.values())) == (0, 0)
    assert bakery.rows(found.table) == []
