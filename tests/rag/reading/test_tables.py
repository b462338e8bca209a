from copilot.rag.reading.document import Block, Document
from copilot.rag.reading.split import about_tokens, cut, split
from copilot.rag.reading.tables import find_tables, table_rows, table_text

HEAD = "| Loaf | Price |\n| --- | --- |"


def test_cells_become_a_table_without_empty_rows_and_columns() -> None:
    rows = [["Loaf", None, "Price"], ["", "", ""], ["Rye", "", 4.0], ["Spelt", "", 5.5]]
    assert table_text(rows) == f"{HEAD}\n| Rye | 4 |\n| Spelt | 5.5 |"


def test_captions_stand_before_the_table() -> None:
    rows = [["Our prices"], ["Loaf", "Price"], ["Rye", 4]]
    assert table_text(rows) == f"Our prices\n\n{HEAD}\n| Rye | 4 |"


def test_one_column_is_a_list_of_lines() -> None:
    assert table_text([["Rye"], ["Spelt"]]) == "Rye\nSpelt"


def test_a_row_reads_with_its_header_and_is_quoted_verbatim() -> None:
    text = f"Before | after.\n\n{HEAD}\n| Rye | 4 |\n| a\\|b |  |\n\nBehind."
    assert table_rows(text) == [
        ("Loaf: Rye; Price: 4", "| Rye | 4 |"),
        ("Loaf: a|b", "| a\\|b |  |"),
    ]
    assert all(quote in text for _, quote in table_rows(text))


def test_tables_without_outer_bars_are_found_too() -> None:
    assert table_rows("Loaf | Price\n--- | ---:\nRye | 4") == [("Loaf: Rye; Price: 4", "Rye | 4")]


def test_text_with_bars_is_no_table() -> None:
    assert list(find_tables("a | b\nc | d\n\n---\n\nOne | two\n----\nthree")) == []


def test_each_part_of_a_long_table_begins_with_its_header() -> None:
    rows = [f"| Loaf number {n} | {n}.20 |" for n in range(100)]
    table = "\n".join([HEAD, *rows])
    pieces = cut(f"Before it.\n\n{table}\n\nBehind it.", 80)
    assert (pieces[0], pieces[-1]) == ("Before it.", "Behind it.")
    parts = pieces[1:-1]
    assert len(parts) > 5
    assert all(part.startswith(f"{HEAD}\n") for part in parts)
    assert [line for part in parts for line in part.split("\n")[2:]] == rows
    assert all(about_tokens(part) <= 80 for part in parts)


def test_a_short_table_is_never_cut() -> None:
    table = f"{HEAD}\n| Rye | 4 |\n| Spelt | 5 |"
    sentences = " ".join(f"Shop {n} sells more rye than any other." for n in range(12))
    pieces = cut(f"{sentences}\n\n{table}\n\n{sentences}", 70)
    assert any(table in piece for piece in pieces)


def test_a_row_longer_than_a_passage_is_cut_like_text() -> None:
    table = f"{HEAD}\n| Rye | {'word ' * 900}|\n| Spelt | 5 |"
    pieces = cut(table, 50)
    assert all(about_tokens(piece) <= 4 * 50 for piece in pieces)
    assert pieces[-1] == f"{HEAD}\n| Spelt | 5 |"


def test_a_table_in_a_document_keeps_its_place() -> None:
    block = Block(f"{HEAD}\n| Rye | 4 |", heading="Prices", page=2)
    passages = split(Document(source="/a", title="A", sha256="0", blocks=(block,)))
    assert [(p.text, p.heading, p.page) for p in passages] == [(block.text, "Prices", 2)]
