"""Every row read is loaded, updated or rejected with a reason, whatever the file looks like."""

import csv
import datetime as dt
import gzip
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from copilot.customers.importing.load import PHASES, import_file
from copilot.customers.importing.rejects import guard
from copilot.customers.schema import TABLES
from copilot.customers.store import Store
from copilot.errors import DataError, StoreError
from copilot.records import ImportReport
from copilot.settings import data_folder

Write = Callable[..., Path]
BAKERY = data_folder("samples") / "bakery"
TODAY = dt.date(2026, 11, 22)
SAID = "kunden.csv, imported 2026-11-22"


def load(store: Store, path: Path, **options: Any) -> ImportReport:
    report = import_file(store, path, today=TODAY, **options)
    assert report.rows_read == report.rows_loaded + report.rows_updated + report.rows_rejected
    return report


def rows(store: Store, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    path = store.files()[table]
    return duckdb.read_parquet(str(path)).project(columns).fetchall()


def rejected(report: ImportReport) -> list[dict[str, str]]:
    assert report.rejects_file is not None
    with Path(report.rejects_file).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return (report.rows_read, report.rows_loaded, report.rows_updated, report.rows_rejected)


def test_the_sample_business_loads_whole_and_again_without_change(store: Store) -> None:
    for table in TABLES:
        path = BAKERY / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            expected = sum(1 for _ in csv.DictReader(file))
        first = load(store, path)
        assert (first.table, counts(first)) == (table, (expected, expected, 0, 0))
        assert {m.confidence for m in first.mapping.values()} == {1.0}
        stored = rows(store, table)
        assert counts(load(store, path)) == (expected, 0, expected, 0)
        assert rows(store, table) == stored


def test_every_canonical_column_is_stored_with_its_type(store: Store) -> None:
    load(store, BAKERY / "transactions.csv")
    described = duckdb.sql(f"DESCRIBE FROM read_parquet('{store.files()['transactions']}')")
    assert [row[:2] for row in described.fetchall()] == [
        ("transaction_id", "VARCHAR"),
        ("basket_id", "VARCHAR"),
        ("customer_id", "VARCHAR"),
        ("product_id", "VARCHAR"),
        ("store_id", "VARCHAR"),
        ("at", "TIMESTAMP"),
        ("quantity", "DOUBLE"),
        ("amount", "DECIMAL(18,2)"),
        ("attributes", "VARCHAR"),
    ]


def test_the_german_export_is_understood_and_its_bad_rows_come_back(store: Store) -> None:
    load(store, BAKERY / "customers.csv")
    report = load(store, BAKERY / "customers_export_de.csv")
    assert counts(report) == (43, 41, 0, 2)
    assert (report.encoding, report.delimiter) == ("cp1252", ";")
    found = rejected(report)
    assert [(r["reject_row"], r["reject_reason"]) for r in found] == [
        ("43", "duplicate customer_id, first seen in row 6"),
        ("44", "customer_id is empty"),
    ]
    aside = "1 values of 'E-Mail' are not a usable email (first in row 42)"
    assert any(warning.startswith(aside) for warning in report.warnings)
    kept = duckdb.read_parquet(str(store.files()["customers"])).filter("customer_id = 'K041'")
    (address, attributes) = kept.project("email, attributes").fetchall()[0]
    assert address is None
    assert json.loads(attributes)["E-Mail"] == "kein-at-zeichen.example.org"
    columns = "first_name, last_name, phone, birth_date, lat, attributes"
    first = duckdb.read_parquet(str(store.files()["customers"])).filter("customer_id = 'K001'")
    assert first.project(columns).fetchone() == (
        "Hélène",
        "Garçon",
        "+447700900897",
        dt.date(1974, 7, 26),
        53.7847,
        '{"Umsatz":"991,25"}',
    )


def test_rejected_rows_can_be_corrected_and_imported(store: Store) -> None:
    report = load(store, BAKERY / "customers_export_de.csv")
    path = Path(str(report.rejects_file))
    path.write_text(path.read_text(encoding="utf-8").replace("\n,Jürgen", "\nK042,Jürgen"), "utf-8")
    again = load(store, path)
    assert counts(again) == (2, 1, 1, 0)
    assert ("K042", "ohne.nummer@example.org") in rows(store, "customers", "customer_id, email")


def test_a_bad_address_that_is_the_only_id_rejects_its_row(store: Store, write: Write) -> None:
    report = load(store, write("customers.csv", "email,city\nann@example.org,York\nann@,Hull\n"))
    assert counts(report) == (2, 1, 0, 1)
    assert rejected(report)[0]["reject_reason"] == "not a valid e-mail address"


NASTY: list[tuple[str, bytes, tuple[int, int], str, list[tuple[Any, ...]]]] = [
    (
        "leading zeros stay",
        b"customer_id,postcode,city\n00123,01067,Dresden\n00124,04109,Leipzig\n",
        (2, 0),
        "customer_id, postcode",
        [("00123", "01067"), ("00124", "04109")],
    ),
    (
        "ids of twenty digits stay",
        b"customer_id,city\n98765432109876543210,Leeds\n98765432109876543211,York\n",
        (2, 0),
        "customer_id",
        [("98765432109876543210",), ("98765432109876543211",)],
    ),
    (
        "latin accents",
        "customer_id;last_name;city\n1;Muñoz;Cádiz\n2;Müller;Köln\n".encode("latin-1"),
        (2, 0),
        "last_name, city",
        [("Muñoz", "Cádiz"), ("Müller", "Köln")],
    ),
    (
        "two-byte text",
        "customer_id\tlast_name\n1\tŁukasz\n2\tZoë\n".encode("utf-16"),
        (2, 0),
        "last_name",
        [("Łukasz",), ("Zoë",)],
    ),
    (
        "byte order mark",
        b"\xef\xbb\xbfcustomer_id,city\n1,Leeds\n",
        (1, 0),
        "customer_id",
        [("1",)],
    ),
    (
        "decimal commas",
        b"customer_id;lat;lon\n1;53,7724;-1,5175\n2;53,8095;-1,5026\n",
        (2, 0),
        "lat, lon",
        [(53.7724, -1.5175), (53.8095, -1.5026)],
    ),
    (
        "line ends in quotes",
        b'customer_id,street,city\n1,"5 Mill Lane\nFlat 2",Leeds\n2,"a ""b""",York\n',
        (2, 0),
        "street",
        [("5 Mill Lane\nFlat 2",), ('a "b"',)],
    ),
    (
        "ragged rows",
        b"customer_id,last_name,city\n1,Ann,Leeds\n2,Bob\n3,Smith, John,York\n4,Di,Hull\n",
        (2, 2),
        "customer_id",
        [("1",), ("4",)],
    ),
    (
        "zero bytes",
        b"customer_id,city\n1,Le\x00eds\n2,York\n",
        (2, 0),
        "city",
        [("Leeds",), ("York",)],
    ),
    (
        "mixed line ends",
        b"customer_id,city\r\n1,Leeds\n2,York\r3,Hull\r\n",
        (3, 0),
        "city",
        [("Leeds",), ("York",), ("Hull",)],
    ),
    (
        "titles above and a total below",
        b"Customers,,\nMarch 2026,,\ncustomer_id,last_name,city\n1,Ann,Leeds\n2,Bo,York\n"
        b"Total,,2\n",
        (2, 1),
        "customer_id",
        [("1",), ("2",)],
    ),
    (
        "empty words",
        b"customer_id,city,region\n1,N/A,-\n2,null,?\n3,York,n/a\n",
        (3, 0),
        "city, region",
        [(None, None), (None, None), ("York", None)],
    ),
    (
        "unclosed quote",
        b'customer_id,last_name,city\n1,Ann,Leeds\n2,"Bob,York\n3,Cy,Hull\n',
        (3, 0),
        "customer_id, city",
        [("1", "Leeds"), ("2", "York"), ("3", "Hull")],
    ),
    (
        "day first, decided late",
        b"customer_id,joined_at\n"
        + b"".join(b"%d,03/04/2024\n" % i for i in range(50))
        + b"x,25/12/2024\n",
        (51, 0),
        "joined_at",
        [(dt.date(2024, 4, 3),), (dt.date(2024, 12, 25),)],
    ),
    (
        "two-digit birth years",
        b"customer_id,birth_date\n1,13.05.64\n2,14.06.99\n3,20.01.05\n",
        (3, 0),
        "birth_date",
        [(dt.date(1964, 5, 13),), (dt.date(1999, 6, 14),), (dt.date(2005, 1, 20),)],
    ),
    (
        "bad addresses",
        b"customer_id,email\n1,ann@example.org\n2,not an address\n3,@example.org\n"
        b"4,Bo@EXAMPLE.org\n",
        (4, 0),
        "email",
        [("ann@example.org",), (None,), ("Bo@example.org",)],
    ),
    (
        "double pipes",
        b"customer_id||last_name||city\n1||Ann||Leeds\n2||Bo||York\n",
        (2, 0),
        "city",
        [("Leeds",), ("York",)],
    ),
    (
        "a very long value",
        b"customer_id,city,note\n1,Leeds," + b"x" * 3_000_000 + b"\n2,York,short\n",
        (2, 0),
        "city",
        [("Leeds",), ("York",)],
    ),
    (
        "a stray byte",
        "customer_id,city\n1,Zürich\n2,Köln\n3,Málaga\n4,Łódź\n5,Nîmes\n".encode() + b"6,Caf\xe9\n",
        (6, 0),
        "city",
        [("Zürich",), ("Köln",), ("Málaga",), ("Łódź",), ("Nîmes",), ("Café",)],
    ),
]


@pytest.mark.parametrize(
    ("content", "expected", "columns", "values"),
    [case[1:] for case in NASTY],
    ids=[case[0] for case in NASTY],
)
def test_nasty_files_balance_and_keep_their_values(
    store: Store,
    write: Write,
    content: bytes,
    expected: tuple[int, int],
    columns: str,
    values: list[tuple[Any, ...]],
) -> None:
    report = load(store, write("customers.csv", content), table="customers")
    assert (report.rows_loaded, report.rows_rejected) == expected
    assert set(rows(store, "customers", columns)) == set(values)


def test_ambiguous_dates_are_reported(store: Store, write: Write) -> None:
    path = write("customers.csv", "customer_id,joined_at\n1,03/04/2024\n2,05/06/2024\n")
    report = load(store, path, country="US")
    assert rows(store, "customers", "joined_at") == [
        (dt.date(2024, 3, 4),),
        (dt.date(2024, 5, 6),),
    ]
    assert any("fit day/month and month/day" in warning for warning in report.warnings)


def test_amounts_are_exact_and_unreadable_ones_reject_their_row(store: Store, write: Write) -> None:
    path = write(
        "verkauf.csv",
        "Kundennummer;Datum;Betrag\nK1;13.01.2026;1.234,50 €\nK2;14.01.2026;(9,99)\n"
        "K3;15.01.2026;viel\nK4;nie;1,00\n",
    )
    report = load(store, path, table="transactions")
    assert rows(store, "transactions", 'customer_id, "at", amount') == [
        ("K1", dt.datetime(2026, 1, 13), Decimal("1234.50")),
        ("K2", dt.datetime(2026, 1, 14), Decimal("-9.99")),
    ]
    assert [(r["reject_column"], r["reject_value"]) for r in rejected(report)] == [
        ("Betrag", "viel"),
        ("Datum", "nie"),
    ]


def test_transactions_without_ids_repeat_quietly_and_keep_equal_lines(
    store: Store, write: Write
) -> None:
    text = "customer_id,product_id,at,amount\nC1,P1,2026-01-02,3.50\nC1,P1,2026-01-02,3.50\n"
    assert counts(load(store, write("sales.csv", text))) == (2, 2, 0, 0)
    assert counts(load(store, write("sales.csv", text))) == (2, 0, 2, 0)
    more = write("sales.csv", text + "C2,P1,2026-01-03,1.00\n")
    assert counts(load(store, more)) == (3, 1, 2, 0)


def test_a_repeated_order_number_is_a_basket_not_a_duplicate(store: Store, write: Write) -> None:
    path = write(
        "orders.csv",
        "transaction_id,customer,sku,date,amount\n"
        "A1,C1,P1,2026-01-02,3.50\nA1,C1,P2,2026-01-02,2.00\nA2,C2,P1,2026-01-03,1.00\n",
    )
    assert counts(load(store, path)) == (3, 3, 0, 0)
    assert rows(store, "transactions", "basket_id") == [("A1",), ("A1",), ("A2",)]


def test_orders_that_only_know_an_email_find_their_customer(store: Store, write: Write) -> None:
    load(store, write("customers.csv", "customer_id,email\nC7,Ann@example.org\n"))
    path = write(
        "orders.csv",
        "Order,Email,Created at,Total\n1,ann@example.org,2026-01-02,3.50\n"
        "2,new@example.org,2026-01-03,4.00\n",
    )
    report = load(store, path)
    assert report.table == "transactions"
    assert rows(store, "transactions", "customer_id") == [("C7",), ("new@example.org",)]
    assert any("1 rows name 1 customer_id values" in warning for warning in report.warnings)


def test_rows_that_match_no_other_table_are_counted(store: Store, write: Write) -> None:
    load(store, BAKERY / "products.csv")
    path = write(
        "sales.csv",
        "customer_id,product_id,at,amount\nC1,P01,2026-01-02,3.50\nC1,NOPE,2026-01-02,1.00\n",
    )
    warnings = load(store, path).warnings
    assert "1 rows name 1 product_id values that are not among the products." in warnings


def test_consent_columns_become_consents_and_blank_is_not_yes(store: Store, write: Write) -> None:
    path = write(
        "kunden.csv",
        "customer_id,email,Newsletter,sms opt-in,Email Opt Out\n"
        "1,a@example.org,Ja,,\n2,b@example.org,,yes,\n3,c@example.org,nein,pending,\n"
        "4,d@example.org,yes,,yes\n5,e@example.org,vielleicht,,\n",
    )
    report = load(store, path)
    assert sorted(rows(store, "consents", "customer_id, channel, status, source")) == [
        ("1", "email", "yes", SAID),
        ("2", "sms", "yes", SAID),
        ("3", "email", "no", SAID),
        ("4", "email", "no", SAID),
    ]
    assert any("'vielleicht'" in warning for warning in report.warnings)
    kept = dict(rows(store, "customers", "customer_id, attributes"))
    assert kept["5"] == '{"Newsletter":"vielleicht"}'


def test_a_date_explicitly_mapped_to_consent_means_yes_at_that_time(
    store: Store, write: Write
) -> None:
    path = write(
        "members.csv",
        "Email Address,OPTIN_TIME\nann@example.org,2026-03-01 10:00\nbo@example.org,\n",
    )
    told = load(store, path, dry_run=True)
    assert any("no consent" in warning for warning in told.warnings)
    load(store, path, mapping={"OPTIN_TIME": "consent.email"})
    assert rows(store, "consents", 'customer_id, status, "at"') == [
        ("ann@example.org", "yes", dt.datetime(2026, 3, 1, 10))
    ]


def test_an_older_or_undated_yes_does_not_undo_an_opt_out(store: Store, write: Write) -> None:
    header = "customer_id,channel,status,at\n"
    load(store, write("consents.csv", header + "1,email,no,2026-05-01\n2,sms,no,\n"))
    load(store, write("consents.csv", header + "1,email,yes,2026-04-01\n2,sms,yes,\n"))
    assert rows(store, "consents", "status") == [("no",), ("no",)]
    load(store, write("consents.csv", header + "1,email,yes,2026-06-01\n"))
    assert rows(store, "consents", "customer_id, status") == [("1", "yes"), ("2", "no")]


def test_a_blank_never_erases_what_is_known(store: Store, write: Write) -> None:
    load(store, write("customers.csv", "customer_id,city,shoe\n1,Leeds,42\n2,York,\n"))
    report = load(store, write("customers.csv", "customer_id,city,hat\n1,,58\n2,Hull,\n3,Ely,\n"))
    assert counts(report) == (3, 1, 2, 0)
    assert rows(store, "customers", "customer_id, city, attributes") == [
        ("1", "Leeds", '{"shoe":"42","hat":"58"}'),
        ("2", "Hull", None),
        ("3", "Ely", None),
    ]


def test_a_customer_file_without_ids_uses_the_email_and_says_so(store: Store, write: Write) -> None:
    report = load(store, write("people.csv", "Email,Vorname\nAnn@Example.org,Ann\n,Bob\n"))
    assert rows(store, "customers", "customer_id") == [("ann@example.org",)]
    assert report.rows_rejected == 1
    assert any("the email is the id" in warning for warning in report.warnings)


def test_phones_need_a_country_and_are_kept_without_one(store: Store, write: Write) -> None:
    text = "customer_id,phone\n1,07700 900123\n2,nonsense\n"
    report = load(store, write("customers.csv", text))
    assert rows(store, "customers", "phone, attributes") == [
        (None, '{"phone":"07700 900123"}'),
        (None, '{"phone":"nonsense"}'),
    ]
    assert any("need a country" in warning for warning in report.warnings)
    load(store, write("customers.csv", text), country="United Kingdom")
    assert rows(store, "customers", "phone") == [("+447700900123",), (None,)]


def test_a_number_with_its_prefix_tells_the_country_of_the_others(
    store: Store, write: Write
) -> None:
    load(store, write("customers.csv", "customer_id,phone\n1,+49 30 901820\n2,030 901821\n"))
    assert rows(store, "customers", "phone") == [("+4930901820",), ("+4930901821",)]


def test_excel_numbers_dates_and_sheets(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "kunden.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Kunden")
        sheet.write_row(0, 0, ["Kundenliste"])
        sheet.write_row(1, 0, ["Kundennummer", "Ort", "Geburtsdatum", "Breitengrad"])
        sheet.write_row(2, 0, [10023, "Leeds", dt.datetime(1980, 5, 4), 53.75])
        sheet.write_row(3, 0, ["00024", "York", dt.datetime(1990, 1, 2), 53.9])
        book.add_worksheet("Notes").write(0, 0, "something else")
    report = load(store, path)
    assert rows(store, "customers", "customer_id, city, birth_date, lat") == [
        ("10023", "Leeds", dt.date(1980, 5, 4), 53.75),
        ("00024", "York", dt.date(1990, 1, 2), 53.9),
    ]
    assert any("'Notes'" in warning for warning in report.warnings)
    with pytest.raises(DataError, match="no sheet 'Absent'"):
        load(store, path, sheet="Absent")


def test_parquet_json_and_gzip_give_the_same_rows(
    store: Store, tmp_path: Path, write: Write
) -> None:
    people = [
        {"customer_id": "1", "city": "Leeds", "tags": ["a", "b"], "lat": 53.5},
        {"customer_id": "2", "city": None, "tags": [], "lat": 54.0},
    ]
    write("a.json", json.dumps(people))
    write("b.jsonl", "\n".join(json.dumps(person) for person in people))
    write("c.csv.gz", gzip.compress(b"customer_id,city,lat\n1,Leeds,53.5\n2,,54.0\n"))
    duckdb.sql(
        f"COPY (SELECT 1::DOUBLE AS customer_id, 'Leeds' AS city, 53.5 AS lat UNION ALL"
        f" SELECT 2, NULL, 54.0) TO '{tmp_path / 'd.parquet'}'"
    )
    for name in ("a.json", "b.jsonl", "c.csv.gz", "d.parquet"):
        assert load(store, tmp_path / name, table="customers").rows_rejected == 0
        assert rows(store, "customers", "customer_id, city, lat") == [
            ("1", "Leeds", 53.5),
            ("2", None, 54.0),
        ]


def test_a_broken_json_line_is_rejected_alone(store: Store, write: Write) -> None:
    path = write("a.jsonl", '{"customer_id": "1", "city": "Leeds"}\n{"customer_id": \n"x"\n')
    report = load(store, path, table="customers")
    assert (report.rows_loaded, report.rows_rejected) == (1, 2)
    assert [r["reject_row"] for r in rejected(report)] == ["2", "3"]


def test_a_dry_run_changes_nothing_and_shows_the_first_rows(store: Store) -> None:
    report = load(store, BAKERY / "products.csv", dry_run=True)
    assert report.dry_run
    assert len(report.preview) == 5
    assert report.preview[0]["price"] == Decimal("4.20")
    assert not store.folder.exists()


def test_a_given_mapping_is_kept_for_the_same_columns(store: Store, write: Write) -> None:
    path = write("export.csv", "a,b\nC1,Leeds\n")
    load(store, path, table="customers", mapping={"a": "customer_id", "b": "city"})
    again = load(store, write("export2.csv", "a,b\nC2,York\n"))
    assert again.table == "customers"
    assert rows(store, "customers", "customer_id, city") == [("C1", "Leeds"), ("C2", "York")]


def test_files_that_cannot_be_read_are_named(store: Store, write: Write, tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "absent.csv", "no file"),
        (write("a.pdf", b"%PDF-1.7"), "cannot be imported"),
        (write("a.xlsx", b"PK\x03\x04[Content_Types].xml"), "not a readable workbook"),
        (write("a.parquet", b"PAR1 not parquet"), "not a readable Parquet"),
        (write("a.json", "[{"), "not valid JSON"),
        (write("b.csv", "customer_id,city\n"), "no rows"),
    ):
        with pytest.raises(DataError, match=message):
            load(store, path)
    assert store.files() == {}


def test_formulas_cannot_leave_through_the_rejects_file(store: Store, write: Write) -> None:
    path = write(
        "customers.csv",
        'email,city\nbad,"=HYPERLINK(""http://x"")"\nbad,@SUM(A1)\nbad,-5\nb@example.org,York\n',
    )
    report = load(store, path)
    assert [r["city"] for r in rejected(report)] == ['\'=HYPERLINK("http://x")', "'@SUM(A1)", "-5"]
    fixed = Path(str(report.rejects_file))
    text = fixed.read_text(encoding="utf-8").replace("bad,'@", "a@example.org,'@")
    fixed.write_text(text, encoding="utf-8")
    load(store, fixed, table="customers")
    assert ("@SUM(A1)",) in rows(store, "customers", "city")


@pytest.mark.parametrize(
    "text",
    ["=1+1", " =1", "\t=1", "+cmd|x", "@x", "%0A", "|calc", "-a", "＝1"],
)
def test_each_known_formula_start_is_guarded(text: str) -> None:
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "+44 7700 900123", "(1.5)", "plain", "a=b"])
def test_plain_values_are_not_guarded(text: str) -> None:
    assert guard(text) == text


def test_an_import_says_which_phase_begins_and_with_how_many_rows(
    store: Store, write: Write
) -> None:
    told: list[tuple[str, int]] = []
    path = write("c.csv", "customer_id,first_name,city\nC1,Ann,Leeds\nC2,Bo,York\n")
    load(store, path, progress=lambda phase, rows: told.append((phase, rows)))
    assert told == [("reading", 0), *((phase, 2) for phase in PHASES[1:])]


def test_a_disk_too_small_is_told_before_anything_is_read(
    store: Store, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("c.csv", "customer_id,first_name,city\nC1,Ann,Leeds\n")
    usage = shutil.disk_usage(path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match="1 MB left"):
        load(store, path)
    assert not store.folder.exists()


def test_many_rows_stay_in_the_order_of_the_file(store: Store, write: Write) -> None:
    born = ("1990-03-01", "1. March 1990")  # looked up for every second row only
    rows_of = (f"C{i},c{i}@example.org,{born[i % 2]},Leeds" for i in range(150_000))
    path = write("c.csv", "\n".join(["customer_id,email,birth_date,city", *rows_of, ""]))
    load(store, path)
    assert [row[0] for row in rows(store, "customers", "customer_id")] == [
        f"C{i}" for i in range(150_000)
    ]


def test_the_newest_statement_of_a_file_counts_and_at_one_time_a_no(
    store: Store, write: Write
) -> None:
    path = write(
        "consents.csv",
        "customer_id,channel,status,at\nC1,email,yes,2026-01-01\nC1,email,no,2026-02-01\n"
        "C2,email,no,2026-01-01\nC2,email,yes,2026-02-01\nC3,email,yes,\nC3,email,no,\n",
    )
    report = import_file(store, path, table="consents")
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (6, 3, 3)
    rows = duckdb.read_parquet(str(store.files()["consents"])).project("customer_id, status")
    assert dict(rows.fetchall()) == {"C1": "no", "C2": "yes", "C3": "no"}


def test_a_sale_more_than_a_year_ahead_is_a_slip_and_a_nearer_one_is_told(
    store: Store, write: Write
) -> None:
    path = write(
        "sales.csv",
        "transaction_id,customer_id,at,amount\nT1,C1,2026-01-02,1\nT2,C1,2206-01-02,1\n"
        "T3,C1,2026-12-24,1\n",
    )
    report = import_file(store, path, table="transactions", today=dt.date(2026, 11, 22))
    assert (report.rows_loaded, report.rows_rejected) == (2, 1)
    assert any("1 rows are dated after today" in told for told in report.warnings)
