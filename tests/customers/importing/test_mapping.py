"""Columns find their fields by name in several languages, and by content."""

from pathlib import Path

import pytest

from copilot.customers.importing import kept, mapping
from copilot.customers.importing.consent import consent_field
from copilot.customers.importing.infer import Evidence
from copilot.errors import DataError

WORDS = Evidence(filled=10, distinct=5)
EMAILS = Evidence(filled=10, distinct=10, email=1.0)
NUMBERS = Evidence(filled=10, distinct=10, number=1.0, decimal=1.0)
DATES = Evidence(filled=10, distinct=10, date=1.0)


def fields(table: str, *header: str) -> list[str | None]:
    evidence = [Evidence(filled=0, distinct=0)] * len(header)
    plan = mapping.propose(header, evidence, table=table)  # type: ignore[arg-type]
    return [column.field for column in plan.columns]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ("Email Address", "First Name", "Last Name", "Phone Number", "OPTIN_TIME", "LEID"),
            ("email", "first_name", "last_name", "phone", "consent.email.at", "customer_id"),
        ),
        (
            ("Record ID", "First Name", "Email", "City", "Unsubscribed from all email"),
            ("customer_id", "first_name", "email", "city", "optout.email"),
        ),
        (
            ("Email", "Klaviyo ID", "Email Marketing Consent", "SMS Marketing Consent"),
            ("email", "customer_id", "consent.email", "consent.sms"),
        ),
        (
            (
                "Customer ID",
                "Accepts Email Marketing",
                "Default Address City",
                "Default Address Zip",
            ),
            ("customer_id", "consent.email", "city", "postcode"),
        ),
        (
            ("Reference ID", "First Name", "Surname", "Email Subscription Status", "Postal Code"),
            ("customer_id", "first_name", "last_name", "consent.email", "postcode"),
        ),
        (
            ("Id", "FirstName", "LastName", "MailingCity", "HasOptedOutOfEmail"),
            ("customer_id", "first_name", "last_name", "city", "optout.email"),
        ),
        (
            ("Kundennummer", "Vorname", "Nachname", "E-Mail", "PLZ", "Ort", "Stadtteil", "Straße"),
            (
                "customer_id",
                "first_name",
                "last_name",
                "email",
                "postcode",
                "city",
                "neighbourhood",
                "street",
            ),
        ),
        (
            ("Numéro client", "Prénom", "Nom", "Courriel", "Code postal", "Ville", "Téléphone"),
            ("customer_id", "first_name", "last_name", "email", "postcode", "city", "phone"),
        ),
        (
            ("ID cliente", "Nombre", "Apellidos", "Correo electrónico", "Barrio", "Ciudad"),
            ("customer_id", "first_name", "last_name", "email", "neighbourhood", "city"),
        ),
    ],
)
def test_customer_headers_of_exports_and_languages_are_known(
    header: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert tuple(fields("customers", *header)) == expected


def test_transaction_headers_are_known() -> None:
    header = ("Bestellnummer", "Kundennummer", "Artikelnummer", "Kaufdatum", "Menge", "Betrag")
    assert fields("transactions", *header) == [
        "basket_id",
        "customer_id",
        "product_id",
        "at",
        "quantity",
        "amount",
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("sms opt-in", "consent.sms"),
        ("Newsletter", "consent.email"),
        ("Do Not Call", "optout.phone"),
        ("Email Marketing Consent Timestamp", "consent.email.at"),
        ("Email Address", None),
        ("Postal Code", None),
    ],
)
def test_consent_columns_are_recognised_and_others_are_not(
    header: str, expected: str | None
) -> None:
    assert consent_field(header) == expected


def test_the_table_is_found_from_the_columns() -> None:
    blank = Evidence(filled=0, distinct=0)
    for header, table in (
        (("customer_id", "product_id", "at", "quantity", "amount"), "transactions"),
        (("sku", "title", "category", "price"), "products"),
        (("email", "first_name", "city"), "customers"),
        (("store_id", "name", "address", "city"), "locations"),
        (("customer_id", "channel", "status", "source"), "consents"),
        (("customer_id", "campaign_id", "sent_at", "responded_at"), "responses"),
    ):
        assert mapping.propose(header, [blank] * len(header)).table == table


def test_columns_that_fit_no_table_are_refused_by_name() -> None:
    with pytest.raises(DataError, match="'colour', 'shape'") as caught:
        mapping.propose(("colour", "shape"), [WORDS, WORDS])
    assert "--as" in caught.value.hint


def test_content_speaks_where_headers_do_not() -> None:
    plan = mapping.propose(("a", "b"), [EMAILS, WORDS], table="customers")
    assert [(c.field, c.confidence) for c in plan.columns] == [("email", 0.9), (None, 0.0)]
    plan = mapping.propose(("customer", "x", "y"), [WORDS, DATES, NUMBERS], table="transactions")
    assert [c.field for c in plan.columns] == ["customer_id", "at", "amount"]


def test_a_name_contradicted_by_its_values_is_not_believed() -> None:
    plan = mapping.propose(("customer_id", "Mail"), [WORDS, WORDS], table="customers")
    assert plan.columns[1].field is None


def test_a_given_mapping_wins_and_leaves_columns_out() -> None:
    plan = mapping.propose(
        ("nr", "email", "secret"),
        [WORDS, EMAILS, WORDS],
        table="customers",
        given={"nr": "store_id@mdy", "secret": ""},
    )
    assert (plan.columns[0].field, plan.columns[0].hint) == ("store_id", "mdy")
    assert plan.columns[2].dropped


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"nowhere": "email"}, "'nowhere' that the file does not have"),
        ({"a": "shoe_size"}, "no field 'shoe_size'"),
        ({"a": "email", "b": "email"}, "'email' two columns"),
        ({"a": "email@maybe"}, "unknown hint"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_fault(given: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        mapping.propose(("a", "b"), [WORDS, WORDS], table="customers", given=given)


def test_a_mapping_file_is_read_and_a_broken_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("Kunde: customer_id\nNotiz:\n", encoding="utf-8")
    assert kept.load_mapping(path) == {"Kunde": "customer_id", "Notiz": ""}
    path.write_text("- a\n- b\n", encoding="utf-8")
    with pytest.raises(DataError, match="is not a mapping"):
        kept.load_mapping(path)


def test_a_saved_mapping_is_found_for_the_same_columns_in_any_order(tmp_path: Path) -> None:
    kept.save(tmp_path, ["A", "B"], {"A": "email", "B": ""}, table="customers", source="a.csv")
    found = kept.fitting(tmp_path, ["b", "a", "reject_row", "reject_reason"])
    assert found is not None
    assert (found.table, found.columns) == ("customers", {"A": "email", "B": ""})
    assert kept.source_key(["b", "a"]) in found.warning
    assert kept.fitting(tmp_path, ["A"]) is None
    assert [path.suffix for path in (tmp_path / "mappings").iterdir()] == [".yaml"]


def test_a_mapping_whose_columns_changed_is_used_for_the_rest_and_says_which(
    tmp_path: Path,
) -> None:
    kept.save(tmp_path, ["A", "B", "C", "D"], {"A": "email", "B": ""}, table="customers")
    found = kept.fitting(tmp_path, ["A", "C", "D", "E"])
    assert found is not None
    assert found.columns == {"A": "email"}
    assert "new: 'E'; gone: 'B'" in found.warning


def test_kept_mappings_are_listed_shown_and_removed(tmp_path: Path) -> None:
    kept.save(tmp_path, ["A", "B"], {"A": "email"}, table="customers", source="a.csv")
    (one,) = kept.listed(tmp_path)
    assert (one.table, one.source, one.header) == ("customers", "a.csv", ("A", "B"))
    assert kept.show(tmp_path, one.key[:4]) == one
    with pytest.raises(DataError, match="'zz'") as caught:
        kept.remove(tmp_path, "zz")
    assert one.key in caught.value.hint
    assert kept.remove(tmp_path, one.key) == one
    assert kept.listed(tmp_path) == []


def test_a_table_whose_key_no_column_gives_is_refused() -> None:
    with pytest.raises(DataError, match="No column gives the product_id"):
        mapping.propose(("colour", "shape"), [WORDS, WORDS], table="products")
