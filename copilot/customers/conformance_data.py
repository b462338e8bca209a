"""The made-up business of `conformance`, and the expressions asked of it.

Nobody in it exists. Every odd row is there for one thing that engines disagree on.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from copilot.customers.schema import TABLES, FieldType
from copilot.customers.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

Expression = Callable[["Engine"], "ir.Table"]

# customer_id, first_name, email, phone, language, birth_date, city, store_id
CUSTOMERS: tuple[tuple[Any, ...], ...] = (
    (
        "01",
        "fatima",
        "fatima@example.org",
        "+44 7700 900-001",
        "en",
        dt.date(2000, 2, 29),
        "Łódź",
        "S1",
    ),
    ("1", "Victor", "victor@example.org", None, "EN", dt.date(1999, 12, 31), "łódź", "S1"),
    ("2", "Aoife", "  AOIFE@Example.org ", "(07700) 900002", None, None, "Leeds", "S2"),
    ("10", 'O\'Hara "Bo"', "bo@example.org", "07700900010", "pl", None, "leeds", None),
    ("a", "Zoë 🥐", "zoe@example.org", None, "de", None, "Ægir", "S2"),
    ("B", "100%_\\", None, "07700900003", "de", None, "Zug", "S2"),
    ("é", "Émile", "emile@example.org", None, "fr", None, None, ""),
    ("z", "\tTab ", "tab@example.org", None, "fr", None, " ", "S9"),
    ("Z", "", "", "", "", None, "", None),
)
# transaction_id, basket_id, customer_id, product_id, store_id, at, quantity, amount
TRANSACTIONS: tuple[tuple[Any, ...], ...] = (
    ("t01", "b1", "01", "P1", "S1", dt.datetime(2026, 1, 1, 0, 0), 1.0, "0.10"),
    ("t02", "b1", "01", "P2", "S1", dt.datetime(2026, 1, 1, 0, 0), 3.0, "0.20"),
    ("t03", "b2", "01", "P1", "S1", dt.datetime(2026, 3, 29, 1, 30), None, "0.30"),
    ("t04", "b3", "1", "P1", "S1", dt.datetime(2025, 12, 31, 23, 59, 59), 1.0, "5.00"),
    ("t05", "b4", "1", "P2", "S2", dt.datetime(2026, 10, 25, 1, 30), 2.0, "5.01"),
    ("t06", None, "2", "P3", "S2", dt.datetime(2026, 2, 28, 12, 0), 1.0, "-4.99"),
    ("t07", None, "2", "P3", "S2", dt.datetime(2026, 2, 28, 18, 0), 1.0, "9.99"),
    ("t08", "b5", "10", "P1", "S2", dt.datetime(2026, 2, 28, 12, 0), 1.0, "2.50"),
    ("t09", "b6", "10", "P2", "S1", dt.datetime(2026, 2, 28, 12, 0), 1.0, "2.50"),
    ("t10", "b7", "a", "P1", "S2", dt.datetime(2026, 2, 28, 12, 0), 1.0, "5.00"),
    ("t11", "b8", "B", "P4", None, dt.datetime(2024, 2, 29, 12, 0), 0.5, "1.005"[:4]),
    ("t12", "b9", None, "P1", "S1", dt.datetime(2026, 4, 1, 0, 0), 1.0, "3.33"),
    ("t13", "b9", "nobody", None, "S1", dt.datetime(2026, 4, 1, 0, 0), 1.0, "6.67"),
)
PRODUCTS: tuple[tuple[Any, ...], ...] = (
    ("P1", "Brot", "bread", "2.50"),
    ("P2", "brot", "bread", None),
    ("P3", None, "Éclairs", "0.99"),
)
LOCATIONS: tuple[tuple[Any, ...], ...] = (("S1", "Zoë's", "Łódź"), ("S2", None, "Leeds"))
CONSENTS: tuple[tuple[Any, ...], ...] = (
    ("01", "Email", "YES"),
    ("1", "email", "yes"),
    ("2", "email", "yes"),
    ("2", "sms", "yes"),
    ("10", "sms", "no"),
    ("10", "email", None),
    ("a", "email", "yes"),
    ("B", "sms", "yes"),
    ("z", "email", "no"),
)
SUPPRESSIONS: tuple[tuple[Any, ...], ...] = (
    ("aoife@example.org", " EMAIL "),
    ("07700900003", None),
)

_ROWS: dict[str, tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]] = {
    "customers": (
        (
            "customer_id",
            "first_name",
            "email",
            "phone",
            "language",
            "birth_date",
            "city",
            "store_id",
        ),
        CUSTOMERS,
    ),
    "transactions": (
        (
            "transaction_id",
            "basket_id",
            "customer_id",
            "product_id",
            "store_id",
            "at",
            "quantity",
            "amount",
        ),
        TRANSACTIONS,
    ),
    "products": (("product_id", "name", "category", "price"), PRODUCTS),
    "locations": (("store_id", "name", "city"), LOCATIONS),
    "consents": (("customer_id", "channel", "status"), CONSENTS),
    "suppressions": (("address", "channel"), SUPPRESSIONS),
    "responses": (("customer_id", "campaign_id"), ()),
}


def write(store: Store) -> None:
    """The business as the store's tables."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[FieldType, Any] = {
        "text": pa.string(),
        "json": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "money": pa.decimal128(18, 2),
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
        "boolean": pa.bool_(),
    }
    with store.writing():
        files = {}
        for name, (columns, rows) in _ROWS.items():
            at = {column: number for number, column in enumerate(columns)}
            arrays = []
            for field, kind in TABLES[name].types.items():
                values = [row[at[field]] if field in at else None for row in rows]
                if kind == "money":
                    values = [None if value is None else Decimal(value) for value in values]
                arrays.append(pa.array(values, types[kind]))
            files[name] = store.new_file(name)
            pq.write_table(
                pa.Table.from_arrays(arrays, names=list(TABLES[name].types)), files[name]
            )
        store.commit(files)


def _division(engine: "Engine") -> "ir.Table":
    """Quotients of whole numbers inside a quotient: Ibis 12 on Postgres once gave 3.0."""
    table = engine.table("transactions").aggregate(n=lambda t: t.count())
    six, two, three = (table["n"] - (13 - each) for each in (6, 2, 3))
    return (
        table.mutate(a=six, b=two, c=three, d=two)
        .mutate(x=lambda t: (t.a / t.b) / (t.c / t.d), y=lambda t: t.b / t.c, z=lambda t: t.a / 4)
        .select("x", "y", "z")
    )


def _rounding(engine: "Engine") -> "ir.Table":
    """Halves go away from zero, and 2.675, a little under it in binary, the same way each time."""
    some = engine.table("transactions").aggregate(n=lambda t: t.count().cast("float64") / 13.0)
    one = some["n"]
    return some.select(
        a=(one * 2.5).round(0),
        b=(one * 0.125).round(2),
        c=(one * -0.125).round(2),
        d=(one * 10.0 / 3.0).round(4),
        e=(one * 2.675).round(2),
        f=(one * 1.005).round(2),
        g=(one * -3.5).round(),
    )


def _kept(engine: "Engine") -> "ir.Table":
    """A kept table's totals are whole numbers still, and semi joins go before other joins."""
    lines = engine.table("transactions")
    counted = lines.group_by("product_id").aggregate(lines=lines.count())
    counted = counted.mutate(everything=counted["lines"].sum().over())
    kept = engine.kept("conformance", lambda: counted)
    sold = engine.table("products").semi_join(kept, "product_id")
    joined = sold.inner_join(kept, "product_id").anti_join(engine.table("locations"), "name")
    return joined.select("product_id", "lines", "everything").order_by("product_id")


def _money(engine: "Engine") -> "ir.Table":
    lines = engine.table("transactions")
    cents = lines.group_by("customer_id").aggregate(
        money=lines["amount"].sum().round(2).cast("float64"),
        least=lines["amount"].min().cast("float64"),
        mean=lines["quantity"].fill_null(1.0).mean().round(2),
    )
    return cents.order_by("customer_id")


def _order(engine: "Engine") -> "ir.Table":
    """Sorted by code point, empty last, up and down."""
    import ibis

    people = engine.table("customers")
    up = ibis.row_number().over(order_by=[ibis.asc("city"), ibis.asc("customer_id")])
    down = ibis.row_number().over(order_by=[ibis.desc("city"), ibis.desc("customer_id")])
    return people.select("customer_id", up=up, down=down).order_by("customer_id")


def _fifths(engine: "Engine") -> "ir.Table":
    import ibis

    lines = engine.table("transactions")
    spent = lines.group_by("customer_id").aggregate(spent=lines["amount"].sum())
    window = ibis.window(order_by=[ibis.asc("spent"), ibis.asc("customer_id")])
    return spent.select("customer_id", fifth=ibis.ntile(5).over(window)).order_by("customer_id")


def _text(engine: "Engine") -> "ir.Table":
    people = engine.table("customers")
    name = people["first_name"]
    return people.select(
        "customer_id",
        "first_name",
        low=name.lower(),
        bare=name.strip(),
        long=name.length(),
        vowel=name.lower().like("%o%"),
        second=name.lower().like("_a%"),
        quote=name.contains("'"),
        slash=name == "100%_\\",
        bread=name == "Zoë 🥐",
        filled=name.strip().nullif("").fill_null("(none)"),
        listed=name.lower().isin(["émile", 'o\'hara "bo"']),
        digits=people["phone"].re_replace(r"[ \-()./]", ""),
    ).order_by("customer_id")


def _dates(engine: "Engine") -> "ir.Table":
    lines = engine.table("transactions")
    day = lines["at"].date()
    latest = day.max().as_scalar()
    return lines.select(
        "transaction_id",
        "at",
        day=day,
        weekday=day.day_of_week.index(),
        hour=lines["at"].hour(),
        month=day.cast("string").substr(0, 7),
        written=day.cast("string"),
        before=day < dt.date(2026, 2, 28),
        ago=latest.delta(day, unit="day"),
    ).order_by("transaction_id")


def _empty(engine: "Engine") -> "ir.Table":
    rows = engine.table("responses")
    return rows.aggregate(
        n=rows.count(),
        money=rows["amount"].sum(),
        last=rows["sent_at"].max(),
        any=rows["amount"].notnull().any(),
    )


def _joined(engine: "Engine") -> "ir.Table":
    """Empty keys match nothing; lines of nobody stay."""
    lines, people = (
        engine.table("transactions"),
        engine.table("customers").select("customer_id", "city"),
    )
    kept = lines.left_join(people, "customer_id").select("transaction_id", "city")
    return kept.order_by("transaction_id")


def _groups(engine: "Engine") -> "ir.Table":
    lines = engine.table("transactions")
    counted = lines.group_by("store_id").aggregate(
        lines=lines.count(),
        people=lines["customer_id"].nunique(),
        baskets=lines["basket_id"].nunique(),
    )
    share = counted["lines"].cast("float64") / counted["lines"].sum().over().cast("float64")
    return counted.mutate(share=share.round(4)).order_by("store_id")


EXPRESSIONS: dict[str, Expression] = {
    "division of whole numbers": _division,
    "rounding": _rounding,
    "kept totals": _kept,
    "sums of money": _money,
    "order of texts": _order,
    "fifths with ties": _fifths,
    "texts": _text,
    "dates": _dates,
    "an empty table": _empty,
    "joins on empty keys": _joined,
    "groups and shares": _groups,
}
# Worked out by hand.
TRUTHS: dict[str, list[tuple[Any, ...]]] = {
    "division of whole numbers": [(2.0, 2 / 3, 1.5)],
    "rounding": [(3, 0.13, -0.13, 3.3333, 2.68, 1.0, -4)],
    "kept totals": [("P1", 6, 13), ("P2", 3, 13), ("P3", 2, 13)],
    "sums of money": [
        ("01", 0.6, 0.1, 1.67),
        ("1", 10.01, 5.0, 1.5),
        ("10", 5.0, 2.5, 1.0),
        ("2", 5.0, -4.99, 1.0),
        ("B", 1.0, 1.0, 0.5),
        ("a", 5.0, 5.0, 1.0),
        ("nobody", 6.67, 6.67, 1.0),
        (None, 3.33, 3.33, 1.0),
    ],
}
