"""The sample bakery: it can be written again byte for byte, and what is said of it is true."""

import csv
import datetime as dt
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from copilot.campaigns.briefing.brief import load_brand, load_brief

SAMPLES = Path(__file__).parent.parent / "samples"
BAKERY = SAMPLES / "bakery"
TABLES = {
    "customers": 500,
    "consents": 860,
    "suppressions": 6,
    "products": 23,
    "transactions": 10_450,
    "locations": 3,
    "campaigns": 2,
    "responses": 670,
}
Bakery = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def bakery() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        for table in TABLES:
            path = str(BAKERY / f"{table}.csv")
            found.from_csv_auto(path).create(table)
        yield found


def value(bakery: Bakery, source: str, expression: str = "count(*)") -> float:
    """One number about what follows `from` (tables, joins, conditions)."""
    row = bakery.sql("from " + source).aggregate(expression).fetchone()
    assert row is not None
    return float(row[0])


def over_index(bakery: Bakery, neighbourhood: str, condition: str) -> float:
    """Share of a neighbourhood's receipt lines that satisfy it, against everybody's share."""
    lines = "transactions join customers using (customer_id) join products using (product_id)"
    share = f"avg(({condition})::int)"
    here = value(bakery, f"(from {lines} where neighbourhood = '{neighbourhood}')", share)
    return here / value(bakery, f"(from {lines})", share)


def test_generating_again_writes_the_same_bytes(tmp_path: Path) -> None:
    runpy.run_path(str(SAMPLES / "generate.py"))["generate"](tmp_path)

    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in BAKERY.glob("*.csv"))
    for name in written:
        assert (tmp_path / name).read_bytes() == (BAKERY / name).read_bytes(), name


def test_the_folder_stays_under_a_megabyte() -> None:
    assert sum(path.stat().st_size for path in BAKERY.iterdir()) < 1_000_000


def test_every_table_has_the_rows_the_readme_states(bakery: Bakery) -> None:
    readme = (BAKERY / "README.md").read_text(encoding="utf-8")

    assert {table: value(bakery, table) for table in TABLES} == TABLES
    assert "| `campaigns.csv`, `responses.csv` | 2, 670 |" in readme
    for table, rows in TABLES.items():
        if table not in ("campaigns", "responses"):
            assert f"| `{table}.csv` | {rows:,} |" in readme


@pytest.mark.parametrize(
    ("neighbourhood", "condition", "at_least"),
    [
        ("Chapel Allerton", "name like '%sourdough'", 2.0),
        ("Harehills", "name = 'Polish rye'", 2.5),
        ("Roundhay", "category = 'gluten-free'", 2.0),
        ("Hunslet", "name = 'White tin loaf'", 2.0),
        ("Hunslet", "name = 'Family traybake'", 2.0),
        ("Holbeck", "category = 'coffee'", 1.5),
        ("Holbeck", "name = 'Butter croissant'", 1.5),
        ("Headingley", "name = 'Cinnamon swirl'", 1.5),
    ],
)
def test_a_planted_over_index_is_there(
    bakery: duckdb.DuckDBPyConnection, neighbourhood: str, condition: str, at_least: float
) -> None:
    assert at_least < over_index(bakery, neighbourhood, condition) < 4


def test_a_planted_over_index_has_buyers_behind_it(bakery: Bakery) -> None:
    buyers = bakery.execute(
        "select neighbourhood, count(distinct customer_id) from transactions"
        " join customers using (customer_id) join products using (product_id)"
        " where (neighbourhood, name) in (('Chapel Allerton', 'Country sourdough'),"
        " ('Harehills', 'Polish rye'), ('Roundhay', 'Gluten-free loaf'),"
        " ('Hunslet', 'White tin loaf'), ('Holbeck', 'Butter croissant')) group by 1"
    ).fetchall()

    assert len(buyers) == 5
    assert min(count for _, count in buyers) >= 20


def test_every_neighbourhood_has_forty_customers(bakery: Bakery) -> None:
    homes = bakery.execute("select neighbourhood, count(*) from customers group by 1").fetchall()

    assert len(homes) == 6
    assert min(count for _, count in homes) >= 40


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_consent_is_62_yes_18_no_and_20_unknown(bakery: Bakery, channel: str) -> None:
    rows = f"(from consents where channel = '{channel}')"

    assert value(bakery, f"{rows} where status") / 500 == 0.62
    assert value(bakery, f"{rows} where not status") / 500 == 0.18
    assert value(bakery, f"{rows} where status is null") == 30, "the other 70 have no row"


def test_consent_on_a_channel_implies_an_address_for_it(bakery: Bakery) -> None:
    address = "(case channel when 'email' then email else phone end)"
    agreed = f"consents join customers using (customer_id) where status and {address}"

    assert value(bakery, f"{agreed} is null") == 0
    assert value(bakery, f"{agreed} is not null") == 620


def test_every_suppressed_address_once_agreed(bakery: Bakery) -> None:
    found = value(
        bakery,
        "suppressions s join customers c on s.address in (c.email, c.phone)"
        " join consents n on n.customer_id = c.customer_id and n.channel = s.channel and n.status",
    )
    assert found == 6


def test_every_address_is_reserved_and_can_reach_nobody() -> None:
    for path in BAKERY.glob("*.csv"):
        text = path.read_bytes().decode("cp1252" if path.stem.endswith("_de") else "utf-8")
        assert set(re.findall(r"@([\w.-]+)", text)) <= {"example.com", "example.org"}, path.name
        cells = re.split(r"[,;\r\n]+", text)
        phones = [cell for cell in cells if re.match(r"\+|0\d{3}", cell)]
        assert all(re.fullmatch(r"07700 900\d{3}|0113 496 0\d{3}", p) for p in phones), path.name
        assert len(phones) > 20 or not path.stem.startswith("customers")


def test_ids_are_unique_and_every_reference_resolves(bakery: Bakery) -> None:
    keys = {
        "customers": "customer_id",
        "products": "product_id",
        "locations": "store_id",
        "transactions": "transaction_id",
    }
    for table, key in keys.items():
        assert value(bakery, table, f"count(distinct {key})") == TABLES[table]
    for table in ("customers", "products", "locations"):
        assert value(bakery, f"transactions anti join {table} using ({keys[table]})") == 0
    assert value(bakery, "customers anti join locations using (store_id)") == 0


def test_a_year_of_sales_ends_before_the_briefs_begin(bakery: Bakery) -> None:
    first, last = bakery.execute('select min("at"), max("at") from transactions').fetchall()[0]

    assert first.date() == dt.date(2025, 11, 21)
    assert last.date() == dt.date(2026, 11, 20)


def test_nobody_buys_before_joining(bakery: Bakery) -> None:
    assert (
        value(bakery, 'transactions join customers using (customer_id) where "at" < joined_at') == 0
    )


def test_the_stall_sells_on_its_days_only(bakery: Bakery) -> None:
    days = bakery.execute(
        "select distinct dayofweek(\"at\") from transactions where store_id = 'S3' order by 1"
    ).fetchall()

    assert days == [(2,), (4,), (5,), (6,)], "Tuesday, Thursday, Friday, Saturday"


def test_saturday_and_december_are_the_busiest(bakery: Bakery) -> None:
    for part, busiest in (("dayofweek", 6), ("month", 12)):
        counted = bakery.execute(
            f'from transactions select {part}("at") group by 1 order by count(*) desc limit 1'
        ).fetchall()
        assert counted == [(busiest,)]


def test_there_are_lapsed_new_and_regular_customers(bakery: Bakery) -> None:
    recency = (
        "(from transactions select customer_id, date '2026-11-20' - max(\"at\")::date as days,"
        " count(distinct basket_id) as visits group by 1)"
    )
    assert 0.15 < value(bakery, recency, "avg((days > 90)::int)") < 0.35
    assert value(bakery, f"{recency} where days <= 14 and visits >= 12") > 80
    assert value(bakery, "customers where joined_at > '2026-09-20'") > 40


@pytest.mark.parametrize(("campaign", "home"), [("C1", "Chapel Allerton"), ("C2", "Holbeck")])
def test_people_answer_what_they_have_a_taste_for(bakery: Bakery, campaign: str, home: str) -> None:
    sent = f"responses join customers using (customer_id) where campaign_id = '{campaign}'"
    rate = "count(responded_at) / count(*)"

    there = value(bakery, f"{sent} and neighbourhood = '{home}'", rate)
    elsewhere = value(bakery, f"{sent} and neighbourhood != '{home}'", rate)

    assert there > 1.5 * elsewhere


def test_only_those_who_agreed_were_written_to(bakery: Bakery) -> None:
    agreed = "(from consents where status) as agreed"

    assert value(bakery, f"responses anti join {agreed} using (customer_id, channel)") == 0


def test_every_answer_is_a_receipt_line_of_that_minute(bakery: Bakery) -> None:
    found = value(
        bakery,
        "responses r semi join transactions t on"
        ' r.customer_id = t.customer_id and r.responded_at = t."at" and r.amount = t.amount',
    )
    assert found == value(bakery, "responses", "count(responded_at)") > 50


@pytest.mark.parametrize("name", ["saturday-loaves", "christmas-cakes", "market-day"])
def test_a_brief_is_valid_and_its_offer_comes_after_today(name: str) -> None:
    brief = load_brief(BAKERY / f"{name}.yaml")

    assert brief.name == name
    assert brief.offer is not None
    assert brief.offer.starts is not None
    assert brief.offer.starts >= dt.date(2026, 11, 28)


def test_the_brand_kits_own_copy_uses_no_banned_word() -> None:
    kit = load_brand(BAKERY / "brand.yaml")

    copy = " ".join((*kit.exemplars, *kit.voice.examples)).lower()

    assert len(kit.exemplars) == 5
    assert not [word for word in kit.banned if word in copy]


def test_catalogue_exclusions_name_real_option_values() -> None:
    catalogue = yaml.safe_load((BAKERY / "catalogue.yaml").read_text(encoding="utf-8"))
    products = {item["id"]: item["options"] for item in catalogue["products"]}

    for rule in catalogue["excludes"]:
        options = products[rule["product"]]
        named = {k: v for k, v in rule.items() if k not in ("product", "because")}
        assert len(named) == 2
        assert all(value in options[option] for option, value in named.items()), rule


def test_the_german_export_has_three_bad_rows() -> None:
    text = (BAKERY / "customers_export_de.csv").read_text(encoding="cp1252")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))

    ids = [row["Kundennummer"] for row in rows]
    assert len(rows) == 43
    assert [row["Kundennummer"] for row in rows if "@" not in row["E-Mail"]] == ["K041"]
    assert [key for key in sorted(set(ids)) if ids.count(key) > 1] == ["K005"]
    assert ids.count("") == 1
    assert all(re.fullmatch(r"[\d.]+,\d\d", row["Umsatz"]) for row in rows)


def test_the_brand_kit_says_more_of_one_neighbourhood_and_proves_what_it_claims() -> None:
    kit = load_brand(BAKERY / "brand.yaml")

    assert kit.formality == {"de": "informal", "fr": "formal", "es": "informal"}
    assert all("Headingley" in fact for fact in kit.localities["Headingley"].facts)
    assert {claim.text for claim in kit.claims if claim.until or claim.places}
    assert not kit.reviewers


def test_one_brief_is_for_ads_and_letters_in_the_languages_of_each_place() -> None:
    brief = load_brief(BAKERY / "market-day.yaml")

    assert {"rsa", "letter"} <= set(brief.channels)
    assert brief.languages == ("local",)
