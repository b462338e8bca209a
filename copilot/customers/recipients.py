"""Who may be written to: the audience, on each channel, and why everybody else was left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from copilot.customers import filters
from copilot.customers.filter_syntax import CONSENT_CHANNELS
from copilot.customers.segmenting.audience import tested
from copilot.customers.tables import attach, named, table_or_empty
from copilot.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

ADDRESS_FIELDS = {
    "email": "email",
    "sms": "phone",
    "whatsapp": "phone",
    "push": "customer_id",
}
UNIT_FIELDS = {
    "region": "region",
    "city": "city",
    "neighbourhood": "neighbourhood",
    "postcode": "postcode",
    "store": "store_name",
    "segment": "segment",
    "lifecycle": "lifecycle",
    "language": "language",
    "favourite_category": "favourite_category",
    "favourite_product": "favourite_product",
}
EVERYONE = "everyone"
SHORTEST_HASH = 32  # characters; no phone number or customer number is as long
REASONS = ("not_in_audience", "no_consent", "suppressed", "no_address")
COLUMNS = (
    "customer_id",
    "channel",
    "address",
    "unit",
    "language",
    "first_name",
    "last_name",
    "city",
    "neighbourhood",
    "region",
    "postcode",
    "store_name",
    "favourite_product",
    "favourite_category",
    "recency_days",
    "frequency",
    "monetary",
)


@dataclass(frozen=True)
class Recipients:
    """`table` has a row per customer and channel that may be contacted, with COLUMNS.

    `skipped` counts customer-channel pairs by REASONS; `reached` and they add up to
    `customers` times the personal channels asked for.
    """

    table: "ir.Table"
    reached: int
    skipped: dict[str, int]
    customers: int


def recipients(
    engine: "Engine",
    *,
    where: str,
    channels: Sequence[str],
    by: str | None = None,
    hashed: Callable[[str], str] | None = None,
) -> Recipients:
    """Everybody in the audience with a yes on the channel, an address and no suppression.

    Channels that address nobody in person (social, flyer) have no recipients and are ignored.
    `by` names a key of UNIT_FIELDS, whose value becomes `unit` ('(unknown)' when empty,
    'everyone' without `by`). `hashed` turns an address into the form in which an erased
    person's suppression is kept, by default `erase.hasher`. A pair is counted once,
    under the first reason of REASONS; a filter on `consent` counts as no_consent, not as
    not_in_audience. Raises DataError for an unknown `by`, FilterError for `where`.
    """
    chosen = filters.permitted(engine.store, where)
    if by is not None and by not in UNIT_FIELDS:
        raise DataError(
            f"There are no units by {by!r}.", hint=f"Use one of: {', '.join(UNIT_FIELDS)}."
        )
    table = tested(engine, chosen, UNIT_FIELDS.get(by or "", ""))
    table = attach(_with_unit(table, by), _suppressed(engine, table, hashed), "customer_id")
    personal = [channel for channel in dict.fromkeys(channels) if channel in CONSENT_CHANNELS]
    everybody = engine.table("customers")
    (total,) = engine.rows(everybody.aggregate(n=everybody.count()))
    customers = int(total["n"])
    if not personal:
        nobody = table.mutate(channel=_text(""), address=_text("")).limit(0)
        return Recipients(nobody.select(*COLUMNS), 0, dict.fromkeys(REASONS, 0), customers)
    judged = _union([_judged(table, channel, chosen) for channel in personal])
    counts = {row["reason"]: row["pairs"] for row in engine.rows(_counted(judged))}
    return Recipients(
        judged.filter(judged["reason"] == "").select(*COLUMNS),
        counts.get("", 0),
        {reason: counts.get(reason, 0) for reason in REASONS},
        customers,
    )


def _judged(table: "ir.Table", channel: str, chosen: filters.Filter) -> "ir.Table":
    """One channel's customers with `reason`: why they are left out, or ''."""
    import ibis

    consent = filters.consent_on(table, channel)
    address = table[ADDRESS_FIELDS[channel]].cast("string").strip().nullif("")
    could_be = filters.condition(chosen, table, consent=ibis.literal(True)).fill_null(False)
    is_in = filters.condition(chosen, table, consent=consent).fill_null(False)
    reason = ibis.cases(
        (~could_be, "not_in_audience"),
        (~consent, "no_consent"),
        (~is_in, "not_in_audience"),
        (table[f"suppressed_{channel}"].fill_null(False), "suppressed"),
        (address.isnull(), "no_address"),
        else_="",
    )
    return table.mutate(channel=_text(channel), address=address, reason=reason).select(
        *COLUMNS, "reason"
    )


def _with_unit(table: "ir.Table", by: str | None) -> "ir.Table":
    unit = _text(EVERYONE) if by is None else named(table[UNIT_FIELDS[by]])
    return table.mutate(unit=unit)


def _suppressed(
    engine: "Engine", table: "ir.Table", hashed: Callable[[str], str] | None
) -> "ir.Table":
    """customer_id and suppressed_<channel>, for customers with any listed address or id.

    A row of the suppression list without a known channel counts on all of them.
    """
    rows = table_or_empty(engine, "suppressions")
    channel = rows["channel"].fill_null("").strip().lower()
    listed = rows.select(
        address=_normal(rows["address"]),
        scope=channel.isin(CONSENT_CHANNELS).ifelse(channel, ""),
    )
    erased = _erased(engine, table, rows, hashed)
    if erased is not None:
        listed = listed.union(erased)
    kept = ("email", "phone", "customer_id")
    owned = _union(
        [table.select(owner=table["customer_id"], owned=_normal(table[field])) for field in kept]
    )
    matches = owned.inner_join(listed, owned["owned"] == listed["address"])
    scope = matches["scope"]
    return matches.group_by(customer_id=matches["owner"]).aggregate(
        **{
            f"suppressed_{name}": ((scope == "") | (scope == name)).any()
            for name in CONSENT_CHANNELS
        }
    )


def _erased(
    engine: "Engine", table: "ir.Table", rows: "ir.Table", hashed: Callable[[str], str] | None
) -> "ir.Table | None":
    """Addresses whose keyed hash is listed; only Python can compute those."""
    import ibis
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

    from copilot.customers.privacy.suppression import hasher

    address = rows["address"]
    long = rows.filter((address.length() >= SHORTEST_HASH) & ~address.contains("@"))
    hashes = {row["address"] for row in engine.rows(long.select("address"))}
    if not hashes:
        return None
    to_hash = hashed or hasher(engine.store)
    found = {
        value
        for row in engine.rows(table.select("email", "phone", "customer_id"))
        for value in row.values()
        if value and to_hash(value) in hashes
    }
    if not found:
        return None
    listed = ibis.memtable(pa.table({"address": sorted(found), "scope": [""] * len(found)}))
    return listed.mutate(address=_normal(listed["address"]))


def _normal(column: "ir.Value") -> "ir.StringValue":
    """Addresses as they are compared: lower case, a phone without spaces and signs."""
    text = column.cast("string").lower().strip()
    bare: ir.StringValue = text.contains("@").ifelse(text, text.re_replace(r"[ \-()./]", ""))
    return bare


def _counted(judged: "ir.Table") -> "ir.Table":
    return judged.group_by("reason").aggregate(pairs=judged.count())


def _union(tables: list["ir.Table"]) -> "ir.Table":
    return reduce(lambda a, b: a.union(b), tables)


def _text(value: str) -> "ir.StringValue":
    import ibis

    text: ir.StringValue = ibis.literal(value)
    return text
