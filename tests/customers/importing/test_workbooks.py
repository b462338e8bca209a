"""Workbooks: what the values do not say is said, and their size has a limit."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from copilot.customers.importing import workbooks
from copilot.customers.importing.json_stream import Unreadable, items
from copilot.customers.importing.workbook_details import COLUMNS, details_of
from copilot.customers.importing.workbooks import workbook_rows
from copilot.errors import DataError
from tests.customers.importing.nasty import books

Write = Callable[..., Path]


def test_rows_keep_the_spreadsheets_numbers(write: Write) -> None:
    path = write("a.xlsx", books.titles_above().content)
    header, records, _ = workbook_rows(path, path.name)
    assert header == ("id", "first_name", "city")
    assert [(r.number, r.fields[0]) for r in records] == [(5, "C1"), (6, "C2"), (7, "Total")]


def test_rows_of_a_second_sheet_are_numbered_on(write: Write) -> None:
    path = write("a.xlsx", books.a_sheet_for_each_month().content)
    _, records, warnings = workbook_rows(path, path.name)
    assert [(r.number, r.fields[0]) for r in records] == [
        (2, "C1"),
        (3, "C2"),
        (5, "C3"),
        (6, "C1"),
    ]
    assert any("'Feb' are numbered from 4 on" in warning for warning in warnings)


def test_errors_formats_and_hidden_rows_are_found_where_they_are(write: Write) -> None:
    errors = details_of(write("e.xlsx", books.error_values().content), "Sheet1")
    assert errors.errors == {2 * COLUMNS + 2: "#DIV/0!", 3 * COLUMNS + 2: "#N/A"}
    zeros = details_of(write("z.xlsx", books.zeros_in_the_format().content), "Sheet1")
    assert zeros.widths[1 * COLUMNS + 1] == 5
    assert details_of(write("h.xlsx", books.hidden_rows().content), "Sheet1").hidden_rows == 1


def test_too_many_cells_are_refused_with_what_to_do(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_CELLS", 8)
    path = write("a.xlsx", books.plain().content)
    with pytest.raises(DataError, match="over 8 cells") as caught:
        workbook_rows(path, path.name)
    assert "CSV" in str(caught.value.hint)


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[i : i + size] for i in range(0, len(text), size))


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    "document",
    [
        [{"a": 1}, {"a": "x,]}", "b": [1, {"c": None}]}],
        {"n": 12, "meta": {"next": None, "tags": [1, 2]}, "data": [{"a": 1}, {"a": -1.5e3}]},
        {"response": {"rows": [{"a": 1}, {"a": 2}], "more": False}},
    ],
)
def test_rows_of_json_are_the_same_however_the_text_is_cut(size: int, document: object) -> None:
    inner = document if isinstance(document, list) else None
    if isinstance(document, dict):
        inner = document.get("data") or document["response"]["rows"]
    found = [json.loads(row) for row in items(_pieces(json.dumps(document), size))]
    assert found == inner


@pytest.mark.parametrize("text", ['[{"a": 1}', '[{"a": 1},]', '{"d": [{"a": 1}', '[{"a" 1}]', "x"])
def test_broken_json_is_told_with_its_place(text: str) -> None:
    with pytest.raises(Unreadable, match="character"):
        list(items(iter([text])))
