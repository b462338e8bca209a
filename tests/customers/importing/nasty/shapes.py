"""The shape of a table: headers, titles, totals, ragged rows, line ends, sizes."""

from decimal import Decimal

from tests.customers.importing.nasty.case import Nasty, text

HEAD = "id,first_name,city\n"
ANN, BOB = "C1,Ann,Leeds\n", "C2,Bob,York\n"
BOTH = {"C1": {"first_name": "Ann", "city": "Leeds"}, "C2": {"first_name": "Bob", "city": "York"}}


def repeated_headers() -> Nasty:
    body = "id,email,Email,city\nC1,a@example.org,b@example.org,Leeds\n"
    return text(
        "repeated.csv",
        body,
        1,
        cells={"C1": {"email": "a@example.org", "city": "Leeds",
                      "attributes": '{"Email_2":"b@example.org"}'}},
        said=("appears twice",),
    )  # fmt: skip


def blank_headers() -> Nasty:
    body = "id,,city,\nC1,x,Leeds,y\nC2,,York,\n"
    return text(
        "blank_headers.csv",
        body,
        2,
        cells={"C1": {"city": "Leeds", "attributes": '{"column_2":"x","column_4":"y"}'}},
        said=("Column 2 has no header",),
    )


def no_header() -> Nasty:
    body = "C1,ann@example.org,2024-01-02\nC2,bob@example.org,2024-02-03\n"
    return text(
        "no_header.csv",
        body,
        2,
        options={"mapping": {"column_1": "customer_id"}},
        cells={"C1": {"email": "ann@example.org"}, "C2": {"email": "bob@example.org"}},
        said=("no header row",),
    )


def no_header_words() -> Nasty:
    """Nothing but words, yet the first row's values return below: it is no header."""
    body = "C1,Ann,Leeds\nC2,Bob,York\nC3,Ann,York\nC4,Di,Leeds\nC5,Bob,Leeds\n"
    return text(
        "no_header_words.csv",
        body,
        5,
        options={
            "mapping": {"column_1": "customer_id", "column_2": "first_name", "column_3": "city"},
        },
        cells={"C1": BOTH["C1"]},
    )


def titles_above() -> Nasty:
    body = "Customer export\nMarch 2026\n\n" + HEAD + ANN + BOB
    return text("titles.csv", body, 2, cells=BOTH, said=("Customer export",))


def wide_titles_above() -> Nasty:
    body = "Customer export,,\nCreated: 2026-03-03,by Ann,\n,,\n" + HEAD + ANN + BOB
    return text("wide_titles.csv", body, 2, cells=BOTH)


def comments_above() -> Nasty:
    body = "# exported by shop 1.2\n# 2 rows\n" + HEAD + ANN + BOB
    return text("comments.csv", body, 2, cells=BOTH)


def total_below() -> Nasty:
    body = HEAD + ANN + BOB + "Total,2,\n"
    return text("total.csv", body, 3, 1, cells=BOTH, reasons=("total line",))


def sum_below() -> Nasty:
    body = (
        "Bestellnummer;Kundennummer;Datum;Betrag\nB1;C1;03.04.2026;12,50\nB2;C2;04.04.2026;7,50\n"
        "Summe;;;20,00\n"
    )
    return text(
        "summe.csv", body, 3, 1, table="transactions", reasons=("total line",),
        options={"mapping": {"Bestellnummer": "transaction_id"}},
        cells={"B1": {"amount": Decimal("12.50"), "customer_id": "C1"}},
    )  # fmt: skip


def sum_in_another_column() -> Nasty:
    """Totals often stand under the last text column, or beside an empty number."""
    body = (
        "Bestellnummer;Kundennummer;Filiale;Betrag\nB1;C1;S1;12,50\nB2;C2;S1;7,50\n"
        ";;Gesamt:;20,00\n"
    )
    return text(
        "gesamt.csv", body, 3, 1, table="transactions", reasons=("total line",),
        options={"mapping": {"Bestellnummer": "transaction_id"}},
        cells={"B2": {"amount": Decimal("7.50")}},
    )  # fmt: skip


def french_total() -> Nasty:
    body = HEAD + ANN + BOB + "Total général,2,\n"
    return text("total_fr.csv", body, 3, 1, cells=BOTH, reasons=("total line",))


def footer_below() -> Nasty:
    body = HEAD + ANN + BOB + "\n(2 rows affected)\n"
    return text("footer.csv", body, 3, 1, cells=BOTH, reasons=("1 value",))


def blank_lines() -> Nasty:
    body = "\n\n" + HEAD + "\n" + ANN + "   \n\n" + BOB + "\n\n"
    return text("blank_lines.csv", body, 2, cells=BOTH)


def lines_of_delimiters() -> Nasty:
    """Spreadsheets write empty rows as bare delimiters; nothing in them can be lost."""
    body = HEAD + ANN + ",,\n" + BOB + ",,\n , ,\n"
    return text("bare_delimiters.csv", body, 2, cells=BOTH)


def short_rows() -> Nasty:
    body = HEAD + ANN + "C3,Cy\n" + BOB + "C4\n"
    return text("short.csv", body, 4, 2, cells=BOTH, reasons=("2 values", "1 value"))


def long_rows() -> Nasty:
    body = HEAD + ANN + "C3,Smith, John,Hull\n" + BOB
    return text("long.csv", body, 3, 1, cells=BOTH, reasons=("4 values",))


def trailing_delimiters() -> Nasty:
    body = HEAD + "C1,Ann,Leeds,\nC2,Bob,York,\n"
    return text("trailing.csv", body, 2, cells=BOTH)


def trailing_delimiters_with_header() -> Nasty:
    body = "id,first_name,city,\nC1,Ann,Leeds,\nC2,Bob,York,\n"
    return text("trailing_header.csv", body, 2, cells=BOTH)


def header_again() -> Nasty:
    """Files stuck together: the header comes back in the middle."""
    body = HEAD + ANN + HEAD + BOB
    return text("stuck.csv", body, 3, 1, cells=BOTH, reasons=("header",))


def zero_bytes() -> Nasty:
    body = HEAD + "C1,A\x00nn,Leeds\n" + "C2,Bob,York\x00\x00\n"
    return text("nul.csv", body, 2, cells=BOTH)


def dos_end() -> Nasty:
    return text("ctrl_z.csv", HEAD + ANN + BOB + "\x1a", 2, cells=BOTH)


def mixed_line_ends() -> Nasty:
    body = "id,first_name,city\r\nC1,Ann,Leeds\rC2,Bob,York\nC3,Cy,Hull\r\n"
    return text("mixed_ends.csv", body, 3, cells={**BOTH, "C3": {"city": "Hull"}})


def old_mac_line_ends() -> Nasty:
    return text("cr.csv", (HEAD + ANN + BOB).replace("\n", "\r"), 2, cells=BOTH)


def doubled_line_ends() -> Nasty:
    return text("crcrlf.csv", (HEAD + ANN + BOB).replace("\n", "\r\r\n"), 2, cells=BOTH)


def no_last_line_end() -> Nasty:
    return text("no_end.csv", (HEAD + ANN + BOB).removesuffix("\n"), 2, cells=BOTH)


def a_field_of_three_megabytes() -> Nasty:
    body = HEAD + f'C1,Ann,"{"x" * 3_000_000}"\n' + BOB
    return text("field_3mb.csv", body, 2, cells={"C1": {"city": "x" * 3_000_000}, "C2": BOTH["C2"]})


def five_hundred_columns() -> Nasty:
    names = ",".join(f"extra_{i}" for i in range(497))
    values = ",".join(str(i) for i in range(497))
    body = f"id,first_name,city,{names}\nC1,Ann,Leeds,{values}\nC2,Bob,York,{values}\n"
    return text("columns_500.csv", body, 2, cells=BOTH)


def one_row() -> Nasty:
    return text("one_row.csv", HEAD + ANN, 1, cells={"C1": BOTH["C1"]})


def one_row_one_column() -> Nasty:
    return text(
        "one_cell.csv", "email\nann@example.org\n", 1,
        cells={"ann@example.org": {"email": "ann@example.org"}},
    )  # fmt: skip


def header_only() -> Nasty:
    return text("header_only.csv", HEAD, refused="no rows")


def empty() -> Nasty:
    return Nasty("empty.csv", b"", refused="is empty")


def blank() -> Nasty:
    return text("blank.csv", "\n \n\n", refused="is empty")


def only_a_mark() -> Nasty:
    return Nasty("only_mark.csv", b"\xef\xbb\xbf", refused="is empty")


def no_table_at_all() -> Nasty:
    body = "Dear all,\nplease find the list attached.\nBest, Ann\n"
    return text("letter.txt", body, refused="No column gives")


def numbers_as_headers() -> Nasty:
    """Years as headers are headers, where other headers are words."""
    body = "id,first_name,2024,2025\nC1,Ann,10,12\nC2,Bob,3,4\n"
    return text(
        "years.csv",
        body,
        2,
        cells={"C1": {"first_name": "Ann", "attributes": '{"2024":"10","2025":"12"}'}},
    )


def late_wide_rows() -> Nasty:
    """Fifty thousand good rows, then one with an unquoted comma."""
    rows = "".join(f"C{i},Ann,Leeds\n" for i in range(50_000))
    return text(
        "late_wide.csv", HEAD + rows + "X1,Lee, Di,Hull\nX2,Ed,York\n", 50_002, 1,
        reasons=("4 values",), cells={"X2": {"first_name": "Ed"}},
    )  # fmt: skip
