"""Sales to people nobody asked the name of are revenue, and nobody's purchases."""

from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.customers.engine import Engine
from copilot.customers.importing.load import import_file
from copilot.customers.people import people
from copilot.customers.questions.answer import answer_number
from copilot.customers.store import Store
from copilot.errors import DataError
from copilot.records import Query

Write = Callable[..., Path]
SALES = (
    "customer_id,product_id,at,amount\nC1,P1,2026-01-02,10\n,P1,2026-01-02,4\n,P2,2026-01-02,6\n"
    ",P2,,3\nTotal,,,23\n,Total,,23\n"
)


def test_sales_without_a_customer_are_loaded_and_reported(store: Store, write: Write) -> None:
    report = import_file(store, write("sales.csv", SALES))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (6, 3, 3)
    assert any(warning.startswith("2 sales name no customer") for warning in report.warnings)
    text = Path(str(report.rejects_file)).read_text(encoding="utf-8")
    assert text.count("a total line, not a record") == 2
    assert "neither a customer nor a time" in text
    again = import_file(store, write("sales.csv", SALES))
    assert (again.rows_loaded, again.rows_updated) == (0, 3)


def test_a_file_without_any_customer_column_must_be_told_so(store: Store, write: Write) -> None:
    path = write("till.csv", "product_id,at,amount\nP1,2026-01-02,10\n")
    with pytest.raises(DataError, match="No column gives the customer_id") as caught:
        import_file(store, path, table="transactions")
    assert "'(none)': customer_id" in caught.value.hint
    report = import_file(store, path, table="transactions", mapping={"(none)": "customer_id"})
    assert report.rows_loaded == 1


def test_they_count_as_revenue_and_baskets_but_for_no_customer(store: Store, write: Write) -> None:
    import_file(store, write("customers.csv", "customer_id,city\nC1,Leeds\nC2,York\n"))
    import_file(store, write("sales.csv", SALES))
    engine = Engine(store)
    rows = {row["customer_id"]: row for row in engine.rows(people(engine))}
    assert (rows["C1"]["monetary"], rows["C1"]["frequency"]) == (10.0, 1)
    assert (rows["C2"]["monetary"], rows["C2"]["frequency"]) == (0.0, 0)
    expected = {
        "What is our revenue?": ("revenue", 20.0),
        "What is our average basket?": ("average_basket", 6.67),
        "How many customers bought something?": ("customers", 1),
        "How much do our customers spend on average?": ("spend_per_customer", 10.0),
    }
    for question, (name, value) in expected.items():
        found = answer_number(engine, question)
        assert isinstance(found, Query), question
        assert found.rows[0][name] == value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("customer_id,at,amount,Currency\nC1,2026-01-02,10,eur\nC1,2026-01-03,5,GBP\n", True),
        ("customer_id,at,amount\nC1,2026-01-02,€10.50\nC1,2026-01-03,£5.00\n", True),
        ("customer_id,at,amount\nC1,2026-01-02,€10.50\nC1,2026-01-03,EUR 5.00\n", False),
        ("customer_id,at,amount,Currency\nC1,2026-01-02,10,GBP\nC1,2026-01-03,5,gbp\n", False),
    ],
)
def test_amounts_in_several_currencies_are_said(
    store: Store, write: Write, text: str, told: bool
) -> None:
    report = import_file(store, write("sales.csv", text))
    assert any("2 currencies (EUR 1, GBP 1)" in one for one in report.warnings) is told
