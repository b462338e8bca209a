"""Well-known exports whose columns mean something else together than each alone.

An export is known by a few columns that only it has. For it, some columns are said to be a
field, others to be nothing: the totals of a whole order are not its line's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copilot.customers.importing.expressions import replace_cells
from copilot.customers.importing.headers import plain

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CONFIDENCE = 0.97


@dataclass(frozen=True)
class Export:
    """`marks` give it away; `columns` say what some are (None: nothing, kept aside).

    Of orders laid over several lines, `order` names the order and `carried` are the columns
    written only on its first line.
    """

    name: str
    table: str
    marks: frozenset[str]
    columns: Mapping[str, str | None]
    order: str = ""
    carried: tuple[str, ...] = field(default=())


def _marks(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


def _nothing(text: str) -> dict[str, str | None]:
    return dict.fromkeys(text.split("|"))


EXPORTS = (
    Export(
        "Shopify orders",
        "transactions",
        _marks("name|lineitem name|lineitem price|lineitem quantity"),
        {
            "name": "basket_id",
            "lineitem sku": None,
            "lineitem name": "product_id",
            "lineitem price": "unit_price",
            "created at": "at",
            "location": "store_id",
            **_nothing(
                "id|paid at|subtotal|total|taxes|shipping|phone|vendor|source|employee|device id"
                "|billing city|shipping city|accepts marketing"
            ),
        },
        "name",
        ("email", "created at", "currency", "location"),
    ),
    Export(
        "Shopify products",
        "products",
        _marks("handle|title|vendor|variant sku|variant price"),
        {
            "handle": None,
            "variant sku": "product_id",
            "title": "name",
            "type": "category",
            "vendor": "brand",
            "variant price": "price",
            "product category": None,
            "variant barcode": None,
            "status": None,
            "tags": None,
        },
        "handle",
        ("title", "vendor", "type", "product category"),
    ),
    Export(
        "WooCommerce products",
        "products",
        _marks("sku|name|regular price|categories|published"),
        {
            "id": None,
            "sku": "product_id",
            "regular price": "price",
            "sale price": None,
            "categories": "category",
            "type": None,
            "description": None,
            "short description": None,
        },
    ),
    Export(
        "Square items sold",
        "transactions",
        _marks("item|gross sales|net sales|transaction id|payment id|qty"),
        {
            "transaction id": "basket_id",
            "net sales": "amount",
            "gross sales": None,
            "payment id": None,
            "customer reference id": None,
            "item": "product_id",
            "sku": None,
            "qty": "quantity",
            "location": "store_id",
            "date": "at",
            "customer id": "customer_id",
            "customer name": None,
            "count": None,
            "unit": None,
        },
    ),
    Export(
        "Square transactions",
        "transactions",
        _marks("gross sales|net sales|total collected|transaction id|payment id"),
        {
            "transaction id": "transaction_id",
            "net sales": "amount",
            "gross sales": None,
            "net total": None,
            "total collected": None,
            "payment id": None,
            "customer reference id": None,
            "location": "store_id",
            "date": "at",
            "customer id": "customer_id",
            "description": None,
            "details": None,
        },
    ),
    Export(
        "Stripe payments",
        "transactions",
        _marks("id|amount refunded|currency|captured"),
        {
            "id": "transaction_id",
            "amount": "amount",
            "customer id": "customer_id",
            "customer email": None,
            "description": None,
            "invoice id": None,
            "status": None,
            **dict.fromkeys(("created utc", "created", "created date utc"), "at"),
        },
    ),
    Export(
        "WooCommerce orders",
        "transactions",
        _marks("order number|order total amount|customer user id"),
        {
            "order number": "basket_id",
            "order total amount": None,
            "order subtotal amount": None,
            "customer user id": None,
            "order id": None,
            "order date": "at",
            "item name": "product_id",
            "sku": None,
            "quantity": "quantity",
            "quantity refund": None,
            "item cost": "unit_price",
            "email billing": "customer_email",
        },
    ),
    Export(
        "Salesforce opportunities",
        "transactions",
        _marks("id|account id|stage name|close date|amount"),
        {
            "id": "transaction_id",
            "account id": "customer_id",
            "contact id": None,
            "close date": "at",
            "created date": None,
            "name": None,
            "campaign id": None,
            "total opportunity quantity": "quantity",
        },
    ),
    Export(
        "Salesforce people",
        "customers",
        _marks("id|last name|has opted out of email"),
        {
            "id": "customer_id",
            "account id": None,
            "name": None,
            "birthdate": "birth_date",
            "mailing street": "street",
            "created date": "joined_at",
            "master record id": None,
            "owner id": None,
            "title": None,
        },
    ),
    Export(
        "Stripe customers",
        "customers",
        _marks("id|email|name|delinquent|created utc"),
        {"id": "customer_id", "name": "full_name", "created utc": "joined_at", "description": None},
    ),
    Export(
        "Mailchimp unsubscribed",
        "customers",
        _marks("email address|member rating|optin time|leid|unsub time"),
        {
            "leid": "customer_id",
            "euid": None,
            "optin time": None,
            "confirm time": None,
            "unsub time": "consent.email.at",
            "cc": "country",
            "region": "region",
            "address": "street",
            "last changed": None,
            "timezone": None,
        },
    ),
    Export(
        "Mailchimp audience",
        "customers",
        _marks("email address|member rating|optin time|leid"),
        {
            "leid": "customer_id",
            "euid": None,
            "optin time": "consent.email.at",
            "confirm time": None,
            "cc": "country",
            "region": "region",
            "address": "street",
            "last changed": None,
            "timezone": None,
        },
    ),
    Export(
        "Square customers",
        "customers",
        _marks("reference id|square customer id|email subscription status"),
        {"square customer id": "customer_id", "reference id": None, "nickname": None},
    ),
    Export(
        "Klaviyo people",
        "customers",
        _marks("email|klaviyo id|email marketing consent"),
        {
            "klaviyo id": "customer_id",
            "title": None,
            "source": None,
            "address": "street",
            "zip code": "postcode",
            "profile created on": "joined_at",
            "date added": None,
            "email suppressions": None,
        },
    ),
)


def known_export(table: str, header: Sequence[str]) -> Export | None:
    """The export these columns are of, for one table; None for none we know."""
    names = {plain(name) for name in header}
    return next((e for e in EXPORTS if e.table == table and e.marks <= names), None)


def carry_down(con: "DuckDBPyConnection", table: str, header: Sequence[str]) -> str | None:
    """Give an order's later lines what only its first line says; returns a warning, or None.

    Lines whose order is blank belong to the one above. Only `cells` changes: a rejects file
    shows each line as it came.
    """
    export = known_export(table, header)
    if export is None or not export.order:
        return None
    at = {plain(name): f"c{i}" for i, name in enumerate(header)}
    order = at[export.order]
    columns = [at[name] for name in export.carried if name in at]
    within = f"OVER (PARTITION BY {order} ORDER BY row)"
    filled = ", ".join(
        f"coalesce({c}, first_value({c} IGNORE NULLS) {within}) AS {c}" for c in columns
    )
    blank = " OR ".join(f"{c} IS NULL" for c in [order, *columns])
    row = con.execute(
        f"SELECT count(*) FROM cells WHERE {blank}"  # noqa: S608 - staged names
    ).fetchone()
    if not row or not row[0]:
        return None
    con.execute(
        f"CREATE TABLE carried AS SELECT * REPLACE ({filled}) FROM (SELECT * REPLACE ("  # noqa: S608
        f"coalesce({order}, last_value({order} IGNORE NULLS) OVER (ORDER BY row)) AS {order})"
        " FROM cells) ORDER BY row"
    )
    replace_cells(con, "carried")
    return f"{export.name}: {row[0]} later lines took what only the first line of theirs says."
