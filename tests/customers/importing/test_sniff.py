"""Layouts are decided from the whole file, and no quote may swallow the rest of it."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.customers.importing.encoding import decoded, detect
from copilot.customers.importing.lines import Record, lines_of, records
from copilot.customers.importing.sniff import sniff
from copilot.errors import DataError

Write = Callable[..., Path]


def read(text: str, width: int, delimiter: str = ",") -> list[Record]:
    return list(
        records(lines_of([text]), width=width, delimiter=delimiter, quote='"', escape='"', skip=0)
    )


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [
        (",", "id,name,city\n1,Ann,Leeds\n2,Bob,York\n"),
        (";", "id;name;spend\n1;Ann;3,50\n2;Bob;4,75\n"),
        ("\t", "id\tname\tnote\n1\tAnn\ta, b\n2\tBob\tc, d\n"),
        ("|", "id|name|city\n1|Ann|Leeds\n2|Bob|York\n"),
        ("||", "id||name||city\n1||Ann||Leeds\n2||Bob||York\n"),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(write: Write, delimiter: str, text: str) -> None:
    layout = sniff(write("a.csv", text))
    assert layout.delimiter == delimiter
    assert len(layout.header) == 3


def test_a_declared_separator_is_obeyed_and_is_no_row(write: Write) -> None:
    layout = sniff(write("a.csv", "sep=;\nid;name\n1;Ann\n"))
    assert (layout.delimiter, layout.header, layout.skipped) == (";", ("id", "name"), 1)


@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_are_told_apart_and_decode_to_the_same_text(
    write: Write, codec: str, expected: str
) -> None:
    text = "id;name\n1;Zoë Müller\n2;Nuño Peña\n3;François\n"
    path = write("a.csv", text.encode(codec))
    encoding = detect(path)
    assert encoding.name == expected
    assert "".join(decoded(path, encoding)).lstrip("\ufeff") == text


def test_polish_bytes_are_not_taken_for_western_ones(write: Write) -> None:
    text = "id;imię\n1;Łukasz Wiśniewski\n2;Małgorzata Dąbrowska\n3;Michał Gołębiewski\n"
    path = write("a.csv", text, "cp1250")
    assert "".join(decoded(path, detect(path))) == text


def test_one_stray_byte_does_not_make_a_utf8_file_another_encoding(write: Write) -> None:
    good = "id,name\n1,Zoë\n2,Jürgen\n3,José\n4,Íñigo\n5,Łukasz\n".encode()
    path = write("a.csv", good + b"6,Caf\xe9\n")
    encoding = detect(path)
    assert (encoding.name, encoding.stray) == ("utf-8", 1)
    assert "".join(decoded(path, encoding)).endswith("6,Café\n")


def test_a_gzip_file_reads_like_the_file_inside(write: Write) -> None:
    path = write("a.csv.gz", gzip.compress(b"id,name\n1,Ann\n"))
    assert sniff(path).header == ("id", "name")


def test_a_damaged_gzip_file_is_refused(write: Write) -> None:
    path = write("a.csv.gz", gzip.compress(b"id,name\n1,Ann\n" * 500)[:-12])
    with pytest.raises(DataError, match="damaged gzip"):
        sniff(path)


def test_title_lines_above_the_header_are_skipped_and_told(write: Write) -> None:
    layout = sniff(write("a.csv", "Customers of March\n\nid,name,city\n1,Ann,Leeds\n2,Bob,York\n"))
    assert layout.header == ("id", "name", "city")
    assert layout.skipped == 2
    assert any("Customers of March" in warning for warning in layout.warnings)


def test_a_file_without_a_header_keeps_its_first_row(write: Write) -> None:
    layout = sniff(write("a.csv", "1,ann@example.org,2024-01-02\n2,bob@example.org,2024-02-03\n"))
    assert not layout.has_header
    assert layout.header == ("column_1", "column_2", "column_3")


def test_repeated_and_missing_headers_get_names_and_warnings(write: Write) -> None:
    layout = sniff(write("a.csv", "id,email,Email,\n1,a@example.org,b@example.org,x\n"))
    assert layout.header == ("id", "email", "Email_2", "column_4")
    assert len(layout.warnings) == 2


def test_an_empty_file_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match="is empty"):
        sniff(write("a.csv", "\n\n"))


def test_an_unclosed_quote_costs_one_record() -> None:
    found = read('1,Ann,Leeds\n2,"Bob,York\n3,Cy,Hull\n4,Di,Otley\n', 3)
    assert [r.fields for r in found if r.reason is None] == [
        ["1", "Ann", "Leeds"],
        ["2", '"Bob', "York"],
        ["3", "Cy", "Hull"],
        ["4", "Di", "Otley"],
    ]


def test_an_unclosed_quote_in_a_ragged_record_rejects_only_that_record() -> None:
    found = read('1,Ann,Leeds\n2,"Bob\n3,Cy,Hull\n', 3)
    assert [(r.number, r.reason) for r in found] == [
        (1, None),
        (2, "a quote is opened and never closed"),
        (3, None),
    ]


def test_line_ends_inside_quotes_belong_to_the_value() -> None:
    found = read('1,"Ann\nMarie",Leeds\n2,"say ""hi"", Bob",York\n', 3)
    assert [r.fields for r in found] == [
        ["1", "Ann\nMarie", "Leeds"],
        ["2", 'say "hi", Bob', "York"],
    ]


def test_a_quote_inside_a_value_is_plain_text() -> None:
    assert read('1,5" pipe,Leeds\n', 3)[0].fields == ["1", '5" pipe', "Leeds"]


def test_all_kinds_of_line_ends_may_be_mixed() -> None:
    assert [r.fields for r in read("1,a\r\n2,b\r3,c\n4,d", 2)] == [
        ["1", "a"],
        ["2", "b"],
        ["3", "c"],
        ["4", "d"],
    ]


def test_ragged_records_say_what_they_have_and_blank_lines_keep_their_number() -> None:
    found = read("1,Ann,Leeds\n\n2,Bob\n3,Cy,Hull,extra\n4,Di,York,,\n", 3)
    assert [(r.number, r.reason) for r in found] == [
        (1, None),
        (3, "the row has 2 values, the header has 3"),
        (4, "the row has 4 values, the header has 3"),
        (5, None),
    ]
