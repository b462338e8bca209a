"""Workbooks: sheets, titles, dates, formulas, formats, what is hidden."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import xlsxwriter

from tests.customers.importing.nasty.case import Nasty

HEAD = ["id", "first_name", "city"]
ROWS = [["C1", "Ann", "Leeds"], ["C2", "Bob", "York"]]
FOUND = {"C1": {"first_name": "Ann", "city": "Leeds"}, "C2": {"city": "York"}}
Fill = Callable[[Any], None]


def _book(
    name: str, fill: Fill, read: int = 0, rejected: int = 0, *, made: dict[str, Any] | None = None,
    **more: Any,
) -> Nasty:  # fmt: skip
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True, **(made or {})})
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    fill(book)
    book.close()
    return Nasty(name, sink.getvalue(), read, rejected, **more)


def _table(sheet: Any, rows: list[list[Any]], at: int = 0) -> None:
    for i, row in enumerate(rows, start=at):
        sheet.write_row(i, 0, row)


def plain() -> Nasty:
    return _book("plain.xlsx", lambda b: _table(b.add_worksheet(), [HEAD, *ROWS]), 2, cells=FOUND)


def an_empty_first_sheet() -> Nasty:
    def fill(book: Any) -> None:
        book.add_worksheet("Cover")
        _table(book.add_worksheet("People"), [HEAD, *ROWS])

    return _book("cover.xlsx", fill, 2, cells=FOUND)


def several_sheets() -> Nasty:
    def fill(book: Any) -> None:
        _table(book.add_worksheet("People"), [HEAD, *ROWS])
        _table(book.add_worksheet("Shops"), [["store_id", "name"], ["S1", "North"]])

    return _book("several.xlsx", fill, 2, cells=FOUND, said=("'People'", "'Shops'", "--sheet"))


def the_chosen_sheet() -> Nasty:
    def fill(book: Any) -> None:
        _table(book.add_worksheet("Shops"), [["store_id", "name"], ["S1", "North"]])
        _table(book.add_worksheet("People"), [HEAD, *ROWS])

    return _book("chosen.xlsx", fill, 2, cells=FOUND, options={"sheet": "People"})


def no_such_sheet() -> Nasty:
    return _book(
        "absent.xlsx", lambda b: _table(b.add_worksheet("A"), [HEAD, *ROWS]),
        options={"sheet": "B"}, refused="no sheet 'B'",
    )  # fmt: skip


def a_sheet_for_each_month() -> Nasty:
    def fill(book: Any) -> None:
        _table(book.add_worksheet("Jan"), [HEAD, *ROWS])
        _table(book.add_worksheet("Feb"), [HEAD, ["C3", "Cy", "Hull"], ["C1", "Ann", "Leeds"]])
        _table(book.add_worksheet("Notes"), [["Only for us"]])

    return _book(
        "months.xlsx", fill, 4, 1, cells={**FOUND, "C3": {"city": "Hull"}},
        reasons=("duplicate",), said=("'Jan'", "'Feb'", "'Notes'"),
    )  # fmt: skip


def titles_above() -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Customers of March 2026")
        _table(sheet, [HEAD, *ROWS], at=3)
        sheet.write(6, 0, "Total")
        sheet.write(6, 1, 2)

    return _book(
        "titles.xlsx", fill, 3, 1, cells=FOUND, reasons=("total line",), said=("Skipped 3 rows",)
    )


def merged_headers() -> Nasty:
    """A group's name spans its columns above the real header."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "Customer")
        _table(sheet, [HEAD, *ROWS], at=1)

    return _book("merged.xlsx", fill, 2, cells=FOUND)


def merged_values() -> Nasty:
    """One city for both rows, as people see it."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(sheet, [HEAD, ["C1", "Ann"], ["C2", "Bob"], ["C3", "Cy", "Hull"]])
        sheet.merge_range(1, 2, 2, 2, "Leeds")

    return _book(
        "merged_values.xlsx", fill, 3, said=("merged",),
        cells={"C1": {"city": "Leeds"}, "C2": {"city": None}, "C3": {"city": "Hull"}},
    )  # fmt: skip


def _dated(name: str, **made: Any) -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["transaction_id", "customer_id", "at", "amount"])
        for i, at in enumerate((dt.datetime(2026, 3, 4), dt.datetime(2026, 3, 3, 8, 5)), start=1):
            sheet.write_row(i, 0, [f"T{i}", "C1"])
            sheet.write_datetime(i, 2, at, day if i == 1 else minute)
            sheet.write_number(i, 3, 12.5)
        sheet.write_row(3, 0, ["T3", "C1", "25/12/2025", "12,50"])

    return _book(
        name, fill, 3, made=made, table="transactions", cells={
            "T1": {"at": dt.datetime(2026, 3, 4), "amount": Decimal("12.50")},
            "T2": {"at": dt.datetime(2026, 3, 3, 8, 5)},
            "T3": {"at": dt.datetime(2025, 12, 25), "amount": Decimal("12.50")}},
    )  # fmt: skip


def dates() -> Nasty:
    return _dated("dates.xlsx")


def dates_from_1904() -> Nasty:
    return _dated("dates_1904.xlsx", date_1904=True)


def numbers_as_text() -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(sheet, [["id", "postcode", "city"]])
        for i, row in enumerate([["00123", "01067", "Dresden"], ["00124", "04109", "Leipzig"]], 1):
            for j, value in enumerate(row):
                sheet.write_string(i, j, value)

    return _book("text_numbers.xlsx", fill, 2, cells={"00123": {"postcode": "01067"}})


def zeros_in_the_format() -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        five = book.add_format({"num_format": "00000"})
        _table(sheet, [["id", "postcode", "city"]])
        for i, row in enumerate([[123, 1067, "Dresden"], [124, 4109, "Leipzig"]], 1):
            sheet.write_number(i, 0, row[0], five)
            sheet.write_number(i, 1, row[1], five)
            sheet.write(i, 2, row[2])

    return _book(
        "zero_format.xlsx",
        fill,
        2,
        cells={"00123": {"postcode": "01067"}, "00124": {"city": "Leipzig"}},
    )


def long_numbers() -> Nasty:
    def fill(book: Any) -> None:
        _table(
            book.add_worksheet(), [["id", "city"], [8410380000001234567, "Leeds"], [123, "York"]]
        )

    return _book("long_numbers.xlsx", fill, 2, cells={"123": {"city": "York"}}, said=("15 digits",))


def formulas() -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(sheet, [HEAD])
        for i in (1, 2):
            sheet.write_formula(i, 0, f'="C"&{i}', None, f"C{i}")
            sheet.write(i, 1, ROWS[i - 1][1])
            sheet.write_formula(i, 2, "=1", None, ROWS[i - 1][2])

    return _book("formulas.xlsx", fill, 2, cells=FOUND)


def formulas_never_computed() -> Nasty:
    """As programs write workbooks: formulas without the values that Excel would add."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(sheet, [HEAD, *ROWS])
        for i in (1, 2):
            sheet.write_formula(i, 2, '=UPPER("x")', None, "")

    made = _book("x", fill).content
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(sink, "w") as target:
        for item in source.infolist():
            content = source.read(item).replace(b' t="str"><f>', b"><f>").replace(b"<v></v>", b"")
            target.writestr(item, content)
    return Nasty(
        "uncomputed.xlsx", sink.getvalue(), 2, said=("2 formulas", "no computed value"),
        cells={"C1": {"first_name": "Ann", "city": None}},
    )  # fmt: skip


def error_values() -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(
            sheet, [["id", "city", "visits"], ["C1", "Leeds", 3], ["C2", "York"], ["C3", "Hull"]]
        )
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 2, "=NA()", None, "#N/A")

    return _book(
        "errors.xlsx", fill, 3,
        cells={"C1": {"attributes": '{"visits":"3"}'}, "C2": {"attributes": None}},
        said=("2 cells", "#DIV/0!"),
    )  # fmt: skip


def error_amounts() -> Nasty:
    """An amount that is an error is not an empty amount."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(sheet, [["transaction_id", "customer_id", "at", "amount"]])
        _table(sheet, [["T1", "C1", "2026-03-03", 4], ["T2", "C1", "2026-03-04"]], at=1)
        sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")

    return _book(
        "error_amounts.xlsx", fill, 2, table="transactions", cells={"T1": {"amount": Decimal(4)}},
        said=("#DIV/0!",),
    )  # fmt: skip


def hidden_rows() -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(sheet, [HEAD, *ROWS])
        sheet.set_row(2, None, None, {"hidden": True})

    return _book("hidden_rows.xlsx", fill, 2, cells=FOUND, said=("1 hidden row",))


def hidden_sheets() -> Nasty:
    def fill(book: Any) -> None:
        _table(book.add_worksheet("Old"), [HEAD, ["C9", "Old", "Hull"]])
        people = book.add_worksheet("People")
        _table(people, [HEAD, *ROWS])
        people.activate()
        people.set_first_sheet()
        book.get_worksheet_by_name("Old").hide()

    return _book("hidden_sheet.xlsx", fill, 2, cells=FOUND, said=("hidden", "'Old'"))


def flags_and_fractions() -> Nasty:
    def fill(book: Any) -> None:
        rows = [
            ["id", "city", "lat", "vip"],
            ["C1", "Leeds", 53.7724, True],
            ["C2", "York", 54, False],
        ]
        _table(book.add_worksheet(), rows)

    return _book(
        "flags.xlsx", fill, 2, cells={"C1": {"lat": 53.7724, "attributes": '{"vip":"true"}'},
                                      "C2": {"lat": 54.0}},
    )  # fmt: skip


def percentages() -> Nasty:
    """A cell that shows 12.5 % holds 0.125."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        shown = book.add_format({"num_format": "0.0%"})
        _table(sheet, [["product_id", "name", "price", "margin"], ["P1", "Loaf", 4.2]])
        sheet.write_number(1, 3, 0.125, shown)

    return _book("percentages.xlsx", fill, 1, table="products", cells={"P1": {"margin": 0.125}})


def a_block_away_from_the_corner() -> Nasty:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for i, row in enumerate([HEAD, *ROWS]):
            sheet.write_row(i + 4, 2, row)

    return _book("offset.xlsx", fill, 2, cells=FOUND)


def notes_beside_the_table() -> Nasty:
    """Nothing is lost: the note is kept among the row's attributes."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        _table(sheet, [HEAD, *ROWS])
        sheet.write(1, 5, "ask Bob")

    return _book(
        "notes.xlsx", fill, 2,
        cells={"C1": {"attributes": '{"column_6":"ask Bob"}'}, "C2": {"city": "York"}},
    )  # fmt: skip


def header_only() -> Nasty:
    return _book("header.xlsx", lambda b: _table(b.add_worksheet(), [HEAD]), refused="no rows")


def nothing_at_all() -> Nasty:
    return _book("nothing.xlsx", lambda b: b.add_worksheet(), refused="no rows")


def cut_off() -> Nasty:
    whole = plain().content
    return Nasty("cut.xlsx", whole[: len(whole) // 2], refused="not a readable workbook")


def with_macros_by_name() -> Nasty:
    return Nasty("macro.xlsm", plain().content, 2, cells=FOUND)
