import csv
import json
import re
import unicodedata
from pathlib import Path

import duckdb
import pytest
from corner_crumb import BRIEF, TODAY, TOPS, drafts_of, localities
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from copilot.campaigns.exporting import export
from copilot.campaigns.exporting.export import (
    held_rows,
    safe_cells,
    safe_text,
    unit_rows,
    write_rows,
    write_table,
)
from copilot.campaigns.merging.pieces import text_table
from copilot.campaigns.merging.render import COLUMNS
from copilot.campaigns.plan import assignments, plan
from copilot.errors import BriefError
from copilot.records import Draft, Finding


def nothing(brief: object, unit: object, *, language: str, today: object = None) -> tuple:
    return ()


def local_drafts() -> list[Draft]:
    units = plan(BRIEF, dict.fromkeys(TOPS, 40), localities=localities())
    return drafts_of(assignments(BRIEF, units, nothing, today=TODAY))


def safe(*cells: str) -> list[str]:
    table = text_table(["n", "cell"], [[f"{n:05}", cell] for n, cell in enumerate(cells)])
    return [row["cell"] for row in safe_cells(table).order_by("n").to_pyarrow().to_pylist()]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "%0a=1",
        "|x",
        "  =1",
        "\t=1",
        "\n=HYPERLINK(1)",
        "\u00a0@x",
        "\u200b=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "\tplain",
        "-- \nCorner Crumb",
        "+44 7700 900123",
    ],
)
def test_a_cell_that_could_run_as_a_formula_starts_with_an_apostrophe(cell: str) -> None:
    assert safe(cell) == ["'" + cell]


@pytest.mark.parametrize(
    "cell", ["15% off", "a=b", "-5", "+3.25", "+447700900123", "", "x@y.example", "Hello\n=1", "–5"]
)
def test_plain_text_numbers_and_phones_stay_as_they_are(cell: str) -> None:
    assert safe(cell) == [cell]


def test_local_rows_are_one_per_draft_with_nobody_s_address(tmp_path: Path) -> None:
    drafts = local_drafts()
    path = tmp_path / "out" / "drafts.csv"
    assert write_rows(unit_rows(drafts), path) == len(drafts) == 24
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 24
    assert {row["customer_id"] + row["address"] for row in rows} == {""}
    assert rows[0]["body"] == drafts[0].message.body
    assert rows[0]["html"] == drafts[0].message.html


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_every_kind_of_file_holds_the_same_rows(tmp_path: Path, suffix: str) -> None:
    rows = [
        {"a": 'x,"y"\nz \'é', "b": "="},
        {"a": "", "b": "{{ first_name }}"},
    ]
    path = tmp_path / f"rows{suffix}"
    assert write_rows(rows, path) == 2
    if suffix == ".parquet":
        found = duckdb.read_parquet(str(path)).fetchall()
        assert found == [tuple(row.values()) for row in rows]
    elif suffix == ".jsonl":
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [json.loads(line) for line in lines] == rows
    else:
        with path.open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        assert found == [{"a": rows[0]["a"], "b": "'="}, rows[1]]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_no_rows_make_a_file_without_rows(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"none{suffix}"
    assert write_rows([], path) == 0
    assert path.exists()


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match=r"\.xls"):
        write_rows([], tmp_path / "a.xls")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("old", encoding="utf-8")
    table = text_table(["a"], [["x"]])
    broken = table.mutate(a=table["a"].cast("int64"))
    with pytest.raises(Exception, match=r"[Cc]onver"):
        write_table(broken, path)
    assert path.read_text(encoding="utf-8") == "old"


def test_a_path_with_a_quote_is_only_a_path(tmp_path: Path) -> None:
    path = tmp_path / "o'brien.csv"
    assert write_rows([{"a": "x"}], path) == 1
    assert path.read_text(encoding="utf-8") == "a\nx\n"


def test_held_rows_say_which_rules_were_broken_and_keep_the_text_as_written() -> None:
    finding = Finding(
        rule="code", severity="block", text="CRUST20", message="not the code", source="brief"
    )
    advice = finding.model_copy(update={"rule": "caps", "severity": "warn"})
    draft = local_drafts()[0]
    message = draft.message.model_copy(update={"body": "{% broken"})
    held = draft.model_copy(
        update={"findings": (finding, advice), "message": message, "status": "held"}
    )
    (row,) = held_rows([held])
    assert row["reason"] == "code"
    assert row["body"] == "{% broken"
    assert [each["rule"] for each in json.loads(row["findings"])] == ["code", "caps"]


def test_rows_for_a_tool_carry_its_tags_in_text_and_html() -> None:
    row = unit_rows(local_drafts()[:1], "mailchimp")[0]
    assert "*|FNAME|*" in row["body"]
    assert "*|FNAME|*" in row["html"]
    assert not re.search(r"\{\{|\}\}", row["body"] + row["html"])


CELLS = st.text(
    st.sampled_from("=+-@%|＝'\"{}<>*;,\t\r\n \u00a0\u200b\u2060\u202eaZé1٣中🙂")
    | st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"),
    max_size=20,
)


def would_run(cell: str) -> bool:
    """The spreadsheets' rule, written without a look at ours: leading blanks, controls and format
    characters do not count; then a mark begins a formula, unless the cell is a plain number."""
    bare = cell.lstrip()
    while bare and (bare[0].isspace() or unicodedata.category(bare[0]) in ("Cc", "Cf", "Zs")):
        bare = bare[1:]
    number = bare == cell and re.fullmatch(r"[+-]?[0-9]+([.][0-9]+)?", cell)
    return bool(bare) and bare[0] in "=+-@" and not number


@settings(max_examples=25, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=40))
def test_no_cell_can_start_a_formula_and_what_is_harmless_stays(cells: list[str]) -> None:
    made = safe(*cells)
    assert [cell for cell in made if would_run(cell)] == []
    assert made == [safe_text(cell) for cell in cells]
    for before, after in zip(cells, made, strict=True):
        assert after in (before, f"'{before}")
        if before[:1].isalpha():
            assert after == before


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx"])
def test_names_stay_readable_and_formulas_are_text_in_every_spreadsheet(
    tmp_path: Path, suffix: str
) -> None:
    names = ["Zoë O'Neil", "عبد الرحمن", "=1+1", "@x", "https://x.example", "007", "a\nb", ""]
    path = tmp_path / f"rows{suffix}"
    write_rows([{"n": "n", "name": name} for name in names], path)
    if suffix == ".xlsx":
        sheet = load_workbook(path).active
        cells = [row[1] for row in list(sheet.rows)[1:]]
        found = [cell.value or "" for cell in cells]
        assert {cell.data_type for cell in cells if cell.value} == {"s"}
        assert all(cell.hyperlink is None for cell in cells)
    else:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t" if suffix == ".tsv" else ",")
            found = [row["name"] for row in rows]
    assert found == ["Zoë O'Neil", "عبد الرحمن", "'=1+1", "'@x", *names[4:]]


def test_a_workbook_goes_on_in_another_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    assert write_rows([{"a": str(n)} for n in range(5)], tmp_path / "a.xlsx") == 5
    book = load_workbook(tmp_path / "a.xlsx")
    assert [[cell.value for cell in sheet["A"]] for sheet in book] == [
        ["a", "0", "1"],
        ["a", "2", "3"],
        ["a", "4"],
    ]


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match=r"html of a row has 32,768 characters"):
        write_rows([{"html": "x" * 32_768}], tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
