"""Exports as shops and interfaces really write them: the money is right and ids join up."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from copilot.customers.importing.load import import_file
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.records import ImportReport

Write = Callable[..., Path]

ORDERS = """Name,Email,Financial Status,Paid at,Subtotal,Shipping,Total,Created at,\
Lineitem quantity,Lineitem name,Lineitem price,Id
#1001,ann@example.org,paid,2026-01-03 10:09:00 +0000,20.00,5.00,25.00,2026-01-03 10:00:00 +0000,\
2,Rye loaf,5.00,5001
#1001,ann@example.org,,,,,,2026-01-03 10:00:00 +0000,1,Brownie,10.00,
#1002,BOB@example.org,paid,2026-02-03 10:00:00 +0000,3.50,0,3.50,2026-02-03 10:00:00 +0000,\
1,Bun,3.50,5002
"""


def rows(store: Store, table: str, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.read_parquet(str(store.files()[table])).project(columns).order(columns).fetchall()


def balanced(report: ImportReport) -> ImportReport:
    assert report.rows_read == report.rows_loaded + report.rows_updated + report.rows_rejected
    return report


def test_a_shops_order_lines_are_worth_price_times_quantity_not_the_orders_total(
    store: Store, write: Write
) -> None:
    people = "customer_id,first_name,email\nK1,Ann,ann@example.org\nK2,Bob,bob@example.org\n"
    import_file(store, write("customers.csv", people))
    report = balanced(import_file(store, write("orders_export.csv", ORDERS)))
    assert (report.table, report.rows_loaded) == ("transactions", 3)
    assert rows(store, "transactions", "basket_id, product_id, customer_id, amount") == [
        ("#1001", "Brownie", "K1", Decimal("10.00")),
        ("#1001", "Rye loaf", "K1", Decimal("10.00")),
        ("#1002", "Bun", "K2", Decimal("3.50")),
    ]
    times = [moment.strftime("%d %H:%M") for (moment,) in rows(store, "transactions", '"at"')]
    assert times == ["03 10:00", "03 10:00", "03 10:00"]
    again = import_file(store, write("orders_export.csv", ORDERS))
    assert (again.rows_loaded, again.rows_updated) == (0, 3)


def test_an_order_file_with_one_total_a_line_keeps_it(store: Store, write: Write) -> None:
    text = (
        "Order ID,Customer Email,Lineitem name,Created at,Total\n"
        '1,ann@example.org,Rye loaf,2026-03-01,"1,250.00"\n'
    )
    import_file(store, write("orders.csv", text))
    assert rows(store, "transactions", "amount") == [(Decimal("1250.00"),)]


def test_unit_prices_with_decimal_commas_are_multiplied_and_bad_ones_rejected(
    store: Store, write: Write
) -> None:
    text = (
        "Bestellnummer;Kundennummer;Artikel;Datum;Menge;Einzelpreis\n"
        "1;K1;Brot;01.02.2026;3;2,35\n2;K1;Brot;02.02.2026;;4,10\n3;K1;Brot;03.02.2026;1;gratis\n"
    )
    report = balanced(import_file(store, write("verkauf.csv", text)))
    assert (report.rows_loaded, report.rows_rejected) == (2, 1)
    assert rows(store, "transactions", "amount") == [(Decimal("4.10"),), (Decimal("7.05"),)]
    assert report.rejects_file is not None
    assert "Einzelpreis,gratis,not an amount" in Path(report.rejects_file).read_text("utf-8")


def test_apostrophes_that_only_mark_texts_are_taken_off_whole_columns(
    store: Store, write: Write
) -> None:
    text = (
        "Customer ID,First Name,Email,City,Default Address Zip,Tax Exempt\n"
        "'0071,Ann,ann@example.org,'s-Hertogenbosch,'LS1 1AA,no\n"
        "'0072,Bob,bob@example.org,Leeds,,no\n"
    )
    import_file(store, write("customers_export.csv", text))
    assert rows(store, "customers", "customer_id, postcode, city, language") == [
        ("0071", "LS1 1AA", "'s-Hertogenbosch", None),
        ("0072", None, "Leeds", None),
    ]


def test_an_apostrophe_that_belongs_to_one_value_stays(store: Store, write: Write) -> None:
    text = "product_id,name,price\nP1,'90s cake,4\nP2,Rye,3\n"
    import_file(store, write("products.csv", text))
    assert rows(store, "products", "name") == [("'90s cake",), ("Rye",)]


def test_rows_wrapped_in_one_json_object_are_found_on_one_line_too(
    store: Store, write: Write
) -> None:
    text = '{"page": 1, "customers": [{"id": "1", "email": "a@example.org"}, {"id": "2"}]}'
    report = balanced(import_file(store, write("answer.json", text)))
    assert (report.table, report.rows_loaded) == ("customers", 2)
    assert rows(store, "customers", "customer_id, email") == [("1", "a@example.org"), ("2", None)]


def test_one_column_of_anything_is_not_taken_for_suppressed_addresses(
    store: Store, write: Write
) -> None:
    with pytest.raises(DataError, match="No table fits"):
        import_file(store, write("notes.csv", "remarks\nlikes bread\nrings twice\n"))
    assert not store.files()


def test_a_workbooks_overlong_numbers_stay_digits_and_are_warned_of(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "customers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Customers")
        sheet.write_row(0, 0, ["customer_id", "email"])
        sheet.write_row(1, 0, [12345678901234567, "a@example.org"])
    report = import_file(store, path)
    ((found,),) = rows(store, "customers", "customer_id")
    assert found.isdigit()
    assert found.startswith("12345678901234")
    assert any("15 digits" in warning for warning in report.warnings)
