"""Amounts and numbers as people and programs write them."""

from decimal import Decimal
from typing import Any

from tests.customers.importing.nasty.case import Nasty, text


def _amounts(
    name: str, values: dict[str, str | None], rejected: int = 0, sep: str = ";", **more: Any
) -> Nasty:
    """A file of transactions with these amounts; the truth beside each text."""
    lines = [f"T{i}{sep}C1{sep}2026-03-0{i % 9 + 1}{sep}" for i in range(len(values))]
    body = f"transaction_id{sep}customer_id{sep}at{sep}amount\n" + "".join(
        f'{line}"{amount}"\n' for line, amount in zip(lines, values, strict=True)
    )
    cells = {
        f"T{i}": {"amount": Decimal(truth)} for i, truth in enumerate(values.values()) if truth
    }
    return text(name, body, len(values), rejected, table="transactions", cells=cells, **more)


def german() -> Nasty:
    return _amounts(
        "amounts_de.csv", {"1.234,56": "1234.56", "0,99": "0.99", "12.345.678,90": "12345678.90"}
    )


def english() -> Nasty:
    return _amounts(
        "amounts_en.csv", {"1,234.56": "1234.56", "0.99": "0.99", "12,345,678.90": "12345678.90"}
    )


def swiss() -> Nasty:
    return _amounts("amounts_ch.csv", {"1'234.56": "1234.56", "1’234’567.80": "1234567.80"})


def french_spaces() -> Nasty:
    return _amounts(
        "amounts_fr.csv",
        {"1 234,56": "1234.56", "1\u00a0234,56": "1234.56", "1\u202f234\u202f567,80": "1234567.80",
         "1\u2009234,50": "1234.50"},
    )  # fmt: skip


def indian() -> Nasty:
    return _amounts("amounts_in.csv", {"1,23,456.78": "123456.78", "12,34,567.00": "1234567"})


def indian_rupees() -> Nasty:
    return _amounts("amounts_rs.csv", {"₹1,23,456.78": "123456.78", "Rs. 450.00": "450"})


def sign_before() -> Nasty:
    return _amounts(
        "sign_before.csv",
        {"€ 12,50": "12.50", "€1.234,00": "1234", "EUR 3,20": "3.20", "CHF 7,10": "7.10"},
    )


def sign_after() -> Nasty:
    return _amounts(
        "sign_after.csv",
        {"12,50 €": "12.50", "1.234,00€": "1234", "3,20 EUR": "3.20", "7,10\u00a0zł": "7.10"},
    )


def pounds_and_dollars() -> Nasty:
    return _amounts(
        "pounds.csv",
        {"£12.50": "12.50", "$1,234.50": "1234.50", "US$ 5.00": "5", "A$7.25": "7.25",
         "GBP 9.99": "9.99"},
    )  # fmt: skip


def negatives() -> Nasty:
    return _amounts(
        "negatives.csv",
        {"-12.50": "-12.50", "(12.50)": "-12.50", "12.50-": "-12.50", "−12.50": "-12.50",
         "($12.50)": "-12.50", "-$12.50": "-12.50", "$-12.50": "-12.50", "- 12.50": "-12.50",
         "£(1,250.00)": "-1250", "12.50 CR": None},
        1,
        reasons=("not an amount",),
    )  # fmt: skip


def negatives_with_commas() -> Nasty:
    return _amounts(
        "negatives_de.csv",
        {"-12,50 €": "-12.50", "(1.250,00)": "-1250", "1.250,00-": "-1250", "12,50- €": "-12.50"},
    )


def bare_points() -> Nasty:
    return _amounts("bare.csv", {".50": "0.50", "0.5": "0.50", "+3.00": "3", "5.": "5", "0": "0"})


def bare_commas() -> Nasty:
    return _amounts("bare_commas.csv", {",50": "0.50", "0,5": "0.50", "5,-": "5", "12,--": "12"})


def scientific() -> Nasty:
    return _amounts("scientific.csv", {"1.5E3": "1500", "2.50": "2.50", "1e2": "100"})


def mixed_marks() -> Nasty:
    return _amounts(
        "mixed_marks.csv",
        {"12,50": "12.50", "13,75": "13.75", "14.25": "14.25", "1.234,50": "1234.50"},
        said=("mixes decimal commas (3) and points (1)",),
    )


def ambiguous_marks() -> Nasty:
    return _amounts(
        "ambiguous.csv", {"1.234": None, "2.345": None}, said=("read either way", "@comma")
    )


def decided_by_the_column() -> Nasty:
    """One value settles the others: 1.234 is a thousand where 5,60 stands in the column."""
    return _amounts("decided.csv", {"1.234": "1234", "5,60": "5.60", "2.000": "2000"})


def not_amounts() -> Nasty:
    return _amounts(
        "not_amounts.csv",
        {"12.50": "12.50", "1.2.3": None, "twelve": None, "12,34,5x": None, "1-2": None},
        4,
        reasons=("not an amount",) * 4,
    )


def a_fraction_of_a_cent() -> Nasty:
    return _amounts("fractions.csv", {"12.345": None, "1.50": "1.50", "19.999": "20.00"})


def percent() -> Nasty:
    body = "product_id;name;price;margin\nP1;Loaf;4,20;12,5 %\nP2;Bun;1,10;40%\nP3;Roll;0,90;0,3\n"
    return text(
        "percent.csv",
        body,
        3,
        table="products",
        cells={
            "P1": {"price": Decimal("4.20"), "margin": 0.125},
            "P2": {"margin": 0.4},
            "P3": {"margin": 0.3},
        },
    )


def prices_per_piece() -> Nasty:
    body = "product_id,name,price\nP1,Loaf,£4.20\nP2,Bun,POA\nP3,Roll,1.10\n"
    return text(
        "prices.csv", body, 3, 1, table="products", reasons=("not an amount",),
        cells={"P3": {"price": Decimal("1.10")}},
    )  # fmt: skip


def quantities() -> Nasty:
    body = (
        'transaction_id,customer_id,at,quantity,amount\nT1,C1,2026-03-13,"1,000",5.00\n'
        "T2,C1,2026-03-14,2.5,5.00\nT3,C1,2026-03-15,-1,-5.00\nT4,C1,2026-03-15,two,5.00\n"
    )
    return text(
        "quantities.csv", body, 4, 1, table="transactions", reasons=("not a number",),
        cells={"T1": {"quantity": 1000.0}, "T2": {"quantity": 2.5}, "T3": {"quantity": -1.0}},
    )  # fmt: skip


def huge_amount() -> Nasty:
    return _amounts(
        "huge.csv", {"99999999999999999999.00": None, "12.00": "12"}, 1, reasons=("amount",)
    )
