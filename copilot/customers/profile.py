"""What has been imported, how complete it is, and what each feature still lacks."""

from typing import TYPE_CHECKING

from copilot.customers.filter_syntax import CONSENT_CHANNELS
from copilot.customers.people import consents
from copilot.customers.schema import TABLES
from copilot.customers.tables import attach
from copilot.records import Consent, Profile, TableProfile

if TYPE_CHECKING:
    from copilot.customers.engine import Engine

# A feature and the filled fields it needs; "a|b" is either.
NEEDS: dict[str, tuple[str, ...]] = {
    "draft email": ("customers.email", "consent to email"),
    "draft sms": ("customers.phone", "consent to sms"),
    "localities by region": ("customers.region",),
    "localities by city": ("customers.city",),
    "localities by neighbourhood": ("customers.neighbourhood",),
    "localities by postcode": ("customers.postcode",),
    "localities by store": ("transactions.store_id|customers.store_id",),
    "over-index": ("transactions.customer_id", "products.name|products.category"),
    "segments": ("transactions.at", "transactions.amount"),
    "value": ("transactions.at", "transactions.amount"),
    "response rates": ("responses.customer_id", "responses.responded_at"),
    "how fine to go": ("responses.responded_at", "transactions.amount"),
    "offers by product": ("products.name", "products.price"),
    "stores": ("locations.name", "locations.address"),
}


def profile(engine: "Engine") -> Profile:
    """Rows and coverage of each table, purchase dates, consent, and what is missing.

    Consent counts every customer on every channel that was asked about (email and sms always);
    who gave no answer is unknown. An empty store has an empty profile in which everything is
    missing.
    """
    tables = {name: _table(engine, name) for name in TABLES if engine.has(name)}
    consent = _consent(engine) if engine.has("customers") else {}
    suppressed = tables["suppressions"].rows if "suppressions" in tables else 0
    return Profile(
        tables=tables,
        date_range=_dates(engine) if engine.has("transactions") else None,
        consent=consent,
        suppressed=suppressed,
        missing=_missing(tables, consent),
        synthetic=engine.store.manifest().synthetic,
    )


def _table(engine: "Engine", name: str) -> TableProfile:
    table = engine.whole(name)
    counts = {f"n_{field}": table[field].count() for field in TABLES[name].types}
    row = engine.rows(table.aggregate(rows=table.count(), **counts))[0]
    rows = row["rows"]
    return TableProfile(
        rows=rows,
        coverage={
            field: round(row[f"n_{field}"] / rows, 4) if rows else 0.0
            for field in TABLES[name].types
        },
    )


def _dates(engine: "Engine") -> tuple[str, str] | None:
    table = engine.table("transactions")
    day = table["at"].date()
    row = engine.rows(table.aggregate(first=day.min(), last=day.max()))[0]
    if row["first"] is None:
        return None
    return row["first"].isoformat(), row["last"].isoformat()


def _consent(engine: "Engine") -> dict[str, Consent]:
    # Not `people`: favourites of ten million lines are not needed to count consents.
    everyone = engine.table("customers").select("customer_id")
    table = attach(everyone, consents(engine), "customer_id")
    counts = {}
    for channel in CONSENT_CHANNELS:
        status = table[f"consent_{channel}"]
        counts[f"{channel}_yes"] = status.sum().fill_null(0)
        counts[f"{channel}_no"] = (~status).sum().fill_null(0)
    row = engine.rows(table.aggregate(everyone=table.count(), **counts))[0]
    found = {}
    for channel in CONSENT_CHANNELS:
        yes, no = row[f"{channel}_yes"], row[f"{channel}_no"]
        if yes or no or channel in {"email", "sms"}:
            found[channel] = Consent(yes=yes, no=no, unknown=row["everyone"] - yes - no)
    return found


def _missing(
    tables: dict[str, TableProfile], consent: dict[str, Consent]
) -> dict[str, tuple[str, ...]]:
    lacking = {
        feature: tuple(need for need in needs if not _has(need, tables, consent))
        for feature, needs in NEEDS.items()
    }
    return {
        feature: tuple(need.replace("|", " or ") for need in needs)
        for feature, needs in lacking.items()
        if needs
    }


def _has(need: str, tables: dict[str, TableProfile], consent: dict[str, Consent]) -> bool:
    if need.startswith("consent to "):
        channel = need.removeprefix("consent to ")
        return channel in consent and consent[channel].yes > 0
    for alternative in need.split("|"):
        table, _, field = alternative.partition(".")
        if table in tables and tables[table].coverage.get(field, 0.0) > 0:
            return True
    return False
