"""The exports of ten systems, by their own header lines: every field a marketer needs is found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from copilot.customers.importing.load import import_file
from copilot.customers.store import Store

Write = Callable[..., Path]


@dataclass(frozen=True)
class Case:
    """An export: header, rows, the table, fields of the columns, and what is stored."""

    name: str
    table: str
    header: str
    rows: str
    mapped: dict[str, str]
    stored: list[tuple[Any, ...]]
    columns: str
    consents: list[tuple[str, str, str, str | None]] = field(default_factory=list)
    rejected: int = 0


SHOPIFY_ORDERS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,"
    "Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing City,"
    "Billing Zip,Billing Country,Notes,Cancelled at,Payment Method,Refunded Amount,Vendor,Location,"
    "Id,Tags,Source,Phone"
)
CASES = [
    Case(
        "subscribed_members_export.csv",
        "customers",
        "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,"
        "OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,"
        "LAST_CHANGED,LEID,EUID,NOTES,TAGS",
        'ann@example.org,Ann,Lee,"1 Mill Lane",+447700900101,,4,"2024-03-01 10:00:00",,'
        '"2024-03-01 10:05:00",,53.79,-1.54,0,1,Europe/London,GB,LDS,"2024-05-01 09:00:00",'
        "101,ab12,,regular",
        {
            "Email Address": "email",
            "First Name": "first_name",
            "Phone Number": "phone",
            "OPTIN_TIME": "consent.email.at",
            "CC": "country",
            "LEID": "customer_id",
            "LATITUDE": "lat",
        },
        [("101", "ann@example.org", "Ann", "+447700900101", "GB")],
        "customer_id, email, first_name, phone, country",
        [("101", "email", "yes", "2024-03-01 10:00:00")],
    ),
    Case(
        "unsubscribed_members_export.csv",
        "customers",
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
        "CONFIRM_IP,LATITUDE,LONGITUDE,CC,REGION,UNSUB_TIME,UNSUB_REASON,LAST_CHANGED,LEID,EUID",
        'bob@example.org,Bob,,2,,,,,,,,,"2024-06-01 08:00:00",NORMAL,"2024-06-01 08:00:00",102,c3',
        {"Email Address": "email", "LEID": "customer_id"},
        [("102", "bob@example.org")],
        "customer_id, email",
        [("102", "email", "no", "2024-06-01 08:00:00")],
    ),
    Case(
        "hubspot-crm-exports-all-contacts.csv",
        "customers",
        "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,City,State/Region,"
        "Postal Code,Country/Region,Preferred language,Lifecycle Stage,Lead Status,"
        "Marketing contact status,Unsubscribed from all email,Create Date,Last Activity Date",
        "201,Ann,Lee,ann@example.org,+44 7700 900101,,Leeds,West Yorkshire,LS1 1AA,United Kingdom,"
        "en-gb,customer,,Marketing contact,true,2024-01-05 10:00,",
        {
            "Record ID": "customer_id",
            "Email": "email",
            "Phone Number": "phone",
            "City": "city",
            "State/Region": "region",
            "Postal Code": "postcode",
            "Country/Region": "country",
            "Preferred language": "language",
            "Unsubscribed from all email": "optout.email",
            "Create Date": "joined_at",
        },
        [("201", "Leeds", "West Yorkshire", "LS1 1AA", "GB", "en")],
        "customer_id, city, region, postcode, country, language",
        [("201", "email", "no", None)],
    ),
    Case(
        "klaviyo-people.csv",
        "customers",
        "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,"
        "City,State / Region,Country,Zip Code,Latitude,Longitude,Source,IP Address,"
        "Email Marketing Consent,Email Marketing Consent Timestamp,SMS Marketing Consent,"
        "Historic Customer Lifetime Value,First Active,Last Active,Profile Created On,Date Added,"
        "Email Suppressions",
        "ann@example.org,01ABC,Ann,Lee,,Ms,+447700900101,1 Mill Lane,,Leeds,,GB,LS1 1AA,53.79,"
        "-1.54,"
        "Form,,SUBSCRIBED,2024-01-01T00:00:00Z,NEVER_SUBSCRIBED,120.50,2024-01-01,2024-06-01,"
        "2024-01-01 00:00:00,2024-01-02,\n"
        "bob@example.org,01ABD,Bob,Low,,,,,,York,,GB,,,,,,UNSUBSCRIBED,2024-02-01T00:00:00Z,"
        "SUBSCRIBED,0,,,2024-02-01 00:00:00,2024-02-02,",
        {
            "Klaviyo ID": "customer_id",
            "Email Marketing Consent": "consent.email",
            "Email Marketing Consent Timestamp": "consent.email.at",
            "SMS Marketing Consent": "consent.sms",
            "Address": "street",
            "Zip Code": "postcode",
            "State / Region": "region",
            "Profile Created On": "joined_at",
        },
        [("01ABC", "Leeds", "LS1 1AA"), ("01ABD", "York", None)],
        "customer_id, city, postcode",
        [
            ("01ABC", "email", "yes", "2024-01-01 00:00:00"),
            ("01ABD", "email", "no", "2024-02-01 00:00:00"),
            ("01ABD", "sms", "yes", None),
        ],
    ),
    Case(
        "customers_export.csv",
        "customers",
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address Address1,Default Address Address2,Default Address City,"
        "Default Address Province Code,Default Address Country Code,Default Address Zip,"
        "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,"
        "Tax Exempt,"
        "Tags",
        "'301,Ann,Lee,ann@example.org,yes,,1 Mill Lane,,Leeds,ENG,GB,'LS1 1AA,,'+447700900101,no,"
        "120.50,4,,no,vip",
        {
            "Customer ID": "customer_id",
            "Accepts Email Marketing": "consent.email",
            "Accepts SMS Marketing": "consent.sms",
            "Default Address Address1": "street",
            "Default Address City": "city",
            "Default Address Country Code": "country",
            "Default Address Zip": "postcode",
            "Phone": "phone",
        },
        [("301", "1 Mill Lane", "Leeds", "GB", "LS1 1AA", "+447700900101")],
        "customer_id, street, city, country, postcode, phone",
        [("301", "email", "yes", None), ("301", "sms", "no", None)],
    ),
    Case(
        "orders_export.csv",
        "transactions",
        SHOPIFY_ORDERS,
        "#1001,ann@example.org,paid,2026-01-03 10:09:00 +0000,fulfilled,,yes,GBP,20.00,5.00,0,"
        "25.00,,"
        "0,Post,2026-01-03 10:00:00 +0000,2,Rye loaf,5.00,RYE,Ann Lee,Leeds,'LS1 1AA,GB,,,card,0,"
        "Bakery,Riverside,5001,,web,\n"
        "#1001,,,,,,,,,,,,,,,,1,Brownie,10.00,BRO,,,,,,,,,Bakery,,,,,\n"
        "#1002,,paid,2026-02-03 10:00:00 +0000,,,no,GBP,3.50,0,0,3.50,,0,,"
        "2026-02-03 10:00:00 +0000,"
        "1,Bun,3.50,BUN,,,,,,,cash,0,Bakery,Riverside,5002,,pos,",
        {
            "Name": "basket_id",
            "Email": "customer_email",
            "Created at": "at",
            "Lineitem price": "unit_price",
            "Lineitem quantity": "quantity",
            "Lineitem name": "product_id",
            "Location": "store_id",
        },
        [
            ("#1001", "ann@example.org", "2026-01-03", "Brownie", Decimal("10.00"), "Riverside"),
            ("#1001", "ann@example.org", "2026-01-03", "Rye loaf", Decimal("10.00"), "Riverside"),
            ("#1002", None, "2026-02-03", "Bun", Decimal("3.50"), "Riverside"),
        ],
        "basket_id, customer_id, strftime(\"at\", '%Y-%m-%d') AS day, product_id, amount, store_id",
    ),
    Case(
        "products_export.csv",
        "products",
        "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
        "Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Price,"
        "Variant Compare At Price,Variant Barcode,Image Src,Gift Card,SEO Title,Cost per item,"
        "Status",
        "rye,Rye loaf,<p>Good</p>,Bakery,Food > Bread,Bread,rye,true,Size,Small,RYE-S,400,,4.20,,,"
        "u.png,false,,1.10,active\n"
        "rye,,,,,,,,,Large,RYE-L,800,,6.80,,,,,,,",
        {
            "Variant SKU": "product_id",
            "Title": "name",
            "Type": "category",
            "Variant Price": "price",
        },
        [
            ("RYE-L", "Rye loaf", "Bread", "Bakery", Decimal("6.80")),
            ("RYE-S", "Rye loaf", "Bread", "Bakery", Decimal("4.20")),
        ],
        "product_id, name, category, brand, price",
    ),
    Case(
        "vtiger-contacts.csv",
        "customers",
        "Salutation,First Name,Last Name,Contact Id,Office Phone,Mobile Phone,Lead Source,"
        "Date of Birth,Primary Email,Do Not Call,Email Opt Out,Assigned To,Created Time,"
        "Mailing Street,Mailing City,Mailing State,Mailing Zip,Mailing Country",
        "Ms.,Ann,Lee,CON401,,+44 7700 900101,,1980-05-01,ann@example.org,1,1,Sam,"
        "2024-01-05 10:00:00,1 Mill Lane,Leeds,West Yorkshire,LS1 1AA,United Kingdom",
        {
            "Contact Id": "customer_id",
            "Primary Email": "email",
            "Mobile Phone": "phone",
            "Do Not Call": "optout.phone",
            "Email Opt Out": "optout.email",
            "Mailing City": "city",
            "Mailing Zip": "postcode",
            "Mailing Country": "country",
            "Date of Birth": "birth_date",
        },
        [("CON401", "ann@example.org", "Leeds", "LS1 1AA", "GB")],
        "customer_id, email, city, postcode, country",
        [("CON401", "email", "no", None), ("CON401", "phone", "no", None)],
    ),
    Case(
        "salesforce-contact.csv",
        "customers",
        "Id,IsDeleted,AccountId,LastName,FirstName,Salutation,Name,MailingStreet,MailingCity,"
        "MailingState,MailingPostalCode,MailingCountry,Phone,MobilePhone,Email,Title,Birthdate,"
        "HasOptedOutOfEmail,HasOptedOutOfFax,DoNotCall,CreatedDate,LeadSource",
        "003A,false,001A,Lee,Ann,Ms.,Ann Lee,1 Mill Lane,Leeds,,LS1 1AA,United Kingdom,"
        "+44 7700 900101,,ann@example.org,Baker,1980-05-01,true,false,false,"
        "2024-01-05T10:00:00.000+0000,Web",
        {
            "Id": "customer_id",
            "FirstName": "first_name",
            "LastName": "last_name",
            "MailingCity": "city",
            "MailingPostalCode": "postcode",
            "HasOptedOutOfEmail": "optout.email",
            "DoNotCall": "optout.phone",
            "Birthdate": "birth_date",
            "CreatedDate": "joined_at",
        },
        [("003A", "Ann", "Lee", "Leeds", "1980-05-01")],
        "customer_id, first_name, last_name, city, birth_date::VARCHAR AS born",
        [("003A", "email", "no", None)],
    ),
    Case(
        "salesforce-lead.csv",
        "customers",
        "Id,LastName,FirstName,Name,Title,Company,Street,City,State,PostalCode,Country,Phone,"
        "MobilePhone,Email,LeadSource,Status,HasOptedOutOfEmail,DoNotCall,CreatedDate",
        "00QA,Low,Bob,Bob Low,,Mill,2 Mill Lane,York,,YO1 1AA,UK,,,bob@example.org,Web,Open,false,"
        "false,2024-01-05T10:00:00.000+0000",
        {"Id": "customer_id", "Street": "street", "City": "city", "PostalCode": "postcode"},
        [("00QA", "bob@example.org", "York", "GB")],
        "customer_id, email, city, country",
    ),
    Case(
        "salesforce-opportunity.csv",
        "transactions",
        "Id,IsDeleted,AccountId,Name,StageName,Amount,Probability,TotalOpportunityQuantity,"
        "CloseDate,"
        "Type,LeadSource,IsClosed,IsWon,CampaignId,CreatedDate",
        "006A,false,001A,Spring order,Closed Won,1250.00,100,3,2026-03-01,,Web,true,true,,"
        "2026-02-01T10:00:00.000+0000",
        {"Id": "transaction_id", "AccountId": "customer_id", "CloseDate": "at", "Amount": "amount"},
        [("006A", "001A", Decimal("1250.00"), "2026-03-01")],
        "transaction_id, customer_id, amount, strftime(\"at\", '%Y-%m-%d') AS day",
    ),
    Case(
        "mautic-contacts.csv",
        "customers",
        "id,date_added,date_identified,title,firstname,lastname,company,position,email,mobile,"
        "phone,"
        "points,address1,address2,city,state,zipcode,timezone,country,preferred_locale,last_active",
        "501,2024-01-05 10:00:00,2024-01-06 10:00:00,Ms,Ann,Lee,,,ann@example.org,+447700900101,"
        ",12,"
        "1 Mill Lane,,Leeds,,LS1 1AA,Europe/London,United Kingdom,en_GB,",
        {
            "id": "customer_id",
            "firstname": "first_name",
            "lastname": "last_name",
            "email": "email",
            "mobile": "phone",
            "address1": "street",
            "zipcode": "postcode",
            "preferred_locale": "language",
            "date_added": "joined_at",
        },
        [("501", "Ann", "Lee", "LS1 1AA", "en")],
        "customer_id, first_name, last_name, postcode, language",
    ),
    Case(
        "square-customers.csv",
        "customers",
        "Reference ID,First Name,Last Name,Email Address,Phone Number,Nickname,Company Name,"
        "Street Address 1,Street Address 2,City,State,Postal Code,Birthday,Memo,Square Customer ID,"
        "Creation Source,First Visit,Last Visit,Transaction Count,Lifetime Spend,"
        "Email Subscription Status,Instant Profile",
        "R1,Ann,Lee,ann@example.org,+447700900101,,,1 Mill Lane,,Leeds,,LS1 1AA,,,SQ1,Directory,"
        '2024-01-05,2024-06-01,4,"$120.50",subscribed,No\n'
        "R2,Bob,Low,bob@example.org,,,,,,York,,,,,SQ2,Directory,2024-01-05,,1,$5.00,"
        "unsubscribed,No",
        {
            "Square Customer ID": "customer_id",
            "Email Address": "email",
            "Email Subscription Status": "consent.email",
            "Street Address 1": "street",
            "Postal Code": "postcode",
        },
        [("SQ1", "ann@example.org", "Leeds"), ("SQ2", "bob@example.org", "York")],
        "customer_id, email, city",
        [("SQ1", "email", "yes", None), ("SQ2", "email", "no", None)],
    ),
    Case(
        "items.csv",
        "transactions",
        "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,"
        "Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,"
        "Location,Dining Option,Customer ID,Customer Name,Customer Reference ID",
        "2026-08-15,14:00:00,London,Bread,Rye loaf,2,Regular,RYE,,£10.00,-£1.00,£9.00,£0.00,T1,P1,"
        "Till,,,Payment,Riverside,,SQ1,Ann Lee,\n"
        "2026-08-15,14:00:00,London,Cake,Bun,1,Regular,BUN,,£3.50,£0.00,£3.50,£0.00,T2,P2,Till,,,"
        "Payment,Riverside,,,,",
        {
            "Item": "product_id",
            "Qty": "quantity",
            "Net Sales": "amount",
            "Transaction ID": "basket_id",
            "Customer ID": "customer_id",
            "Date": "at",
            "Location": "store_id",
        },
        [
            ("T1", "SQ1", "Rye loaf", Decimal("9.00"), "Riverside"),
            ("T2", None, "Bun", Decimal("3.50"), "Riverside"),
        ],
        "basket_id, customer_id, product_id, amount, store_id",
    ),
    Case(
        "transactions.csv",
        "transactions",
        "Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Gift Card Sales,Tax,Tip,"
        "Total Collected,Source,Card,Cash,Fees,Net Total,Transaction ID,Payment ID,Card Brand,"
        "Device Name,Staff Name,Details,Description,Event Type,Location,Dining Option,Customer ID,"
        "Customer Name,Customer Reference ID,Device Nickname",
        "2026-08-15,14:00:00,London,£10.00,-£1.00,£9.00,£0.00,£0.00,£0.00,£9.00,Point of Sale,"
        "£9.00,"
        "£0.00,-£0.10,£8.90,T1,P1,Visa,Till,,,Rye loaf,Payment,Riverside,,SQ1,Ann Lee,,",
        {"Net Sales": "amount", "Transaction ID": "transaction_id", "Customer ID": "customer_id"},
        [("T1", "SQ1", Decimal("9.00"), "Riverside")],
        "transaction_id, customer_id, amount, store_id",
    ),
    Case(
        "stripe-customers.csv",
        "customers",
        "id,Description,Email,Name,Created (UTC),Delinquent,Card ID,Card Address City,"
        "Card Address Country,Total Spend,Payment Count,Refunded Volume,Currency",
        "cus_1,,ann@example.org,Ann Lee,2024-01-05 10:00,false,,Leeds,GB,120.50,4,0,gbp",
        {"id": "customer_id", "Email": "email", "Name": "full_name", "Created (UTC)": "joined_at"},
        [("cus_1", "ann@example.org", "Ann", "Lee", "2024-01-05")],
        "customer_id, email, first_name, last_name, joined_at::VARCHAR AS joined",
    ),
    Case(
        "unified_payments.csv",
        "transactions",
        "id,Description,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Tax,"
        "Converted Currency,Mode,Status,Statement Descriptor,Customer ID,Customer Description,"
        "Customer Email,Captured,Card ID,Card Last4,Card Brand,Invoice ID",
        'ch_1,Rye loaf,2026-01-05 10:00,"25.00",0.00,gbp,25.00,0.60,0,gbp,Live,Paid,BAKERY,cus_1,,'
        "ann@example.org,true,,4242,Visa,",
        {
            "id": "transaction_id",
            "Amount": "amount",
            "Created (UTC)": "at",
            "Customer ID": "customer_id",
        },
        [("ch_1", "cus_1", Decimal("25.00"), "2026-01-05 10:00")],
        "transaction_id, customer_id, amount, strftime(\"at\", '%Y-%m-%d %H:%M') AS moment",
    ),
    Case(
        "wc-customers-report.csv",
        "customers",
        "Name,Username,Last Active,Date Registered,Email,Orders,Total Spend,AOV,Country / Region,"
        "City,Region,Postal Code",
        "Ann Lee,ann.lee,2026-05-01,2024-01-05,ann@example.org,4,120.50,30.12,GB,Leeds,,LS1 1AA",
        {
            "Name": "full_name",
            "Username": "customer_id",
            "Email": "email",
            "City": "city",
            "Postal Code": "postcode",
            "Country / Region": "country",
            "Date Registered": "joined_at",
        },
        [("ann.lee", "ann@example.org", "Leeds", "GB")],
        "customer_id, email, city, country",
    ),
    Case(
        "wc-orders.csv",
        "transactions",
        "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),"
        "Last Name (Billing),City (Billing),Email (Billing),Phone (Billing),Payment Method Title,"
        "Order Subtotal Amount,Order Total Amount,SKU,Item #,Item Name,Quantity,Item Cost,"
        "Customer User ID",
        "77,completed,2026-01-05 10:00,,Ann,Lee,Leeds,ann@example.org,,Card,20.00,25.00,RYE,1,"
        "Rye loaf,2,5.00,9\n"
        "77,completed,2026-01-05 10:00,,Ann,Lee,Leeds,ann@example.org,,Card,20.00,25.00,BRO,2,"
        "Brownie,1,10.00,9",
        {
            "Order Number": "basket_id",
            "Item Name": "product_id",
            "Item Cost": "unit_price",
            "Quantity": "quantity",
            "Email (Billing)": "customer_email",
        },
        [
            ("77", "ann@example.org", "Brownie", Decimal("10.00")),
            ("77", "ann@example.org", "Rye loaf", Decimal("10.00")),
        ],
        "basket_id, customer_id, product_id, amount",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_known_export_goes_to_the_right_fields(store: Store, write: Write, case: Case) -> None:
    report = import_file(store, write(case.name, f"{case.header}\n{case.rows}\n"))
    assert report.table == case.table
    assert report.rows_read == report.rows_loaded + report.rows_rejected
    assert report.rows_rejected == case.rejected
    found = {name: column.field for name, column in report.mapping.items()}
    assert {name: found[name] for name in case.mapped} == case.mapped
    table = duckdb.read_parquet(str(store.files()[case.table]))
    assert sorted(table.project(case.columns).fetchall(), key=repr) == case.stored
    consents = []
    if "consents" in store.files():
        relation = duckdb.read_parquet(str(store.files()["consents"]))
        consents = relation.project('customer_id, channel, status, "at"::VARCHAR').fetchall()
        sources = relation.project("source").fetchall()
        assert all(source.startswith(case.name) for (source,) in sources)
    assert sorted(consents) == case.consents
