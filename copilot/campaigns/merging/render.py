"""Drafts merged with their recipients inside the engine, checked per recipient, never in Python.

Every draft is cut at its merge fields into pieces; the few distinct merge fields are computed
once per recipient and put between the pieces of the draft that is theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.campaigns.channels import SMS_PARTS_SOFT
from copilot.campaigns.merging import limits
from copilot.campaigns.merging.liquid import Out, compile_nodes, fields_of, with_present
from copilot.campaigns.merging.modules import own_language
from copilot.campaigns.merging.pieces import (
    BRACES,
    BUCKET_DIGITS,
    PARTS,
    Pieces,
    coded,
    pieces_of,
    routes_of,
)
from copilot.records import Draft, Part

if TYPE_CHECKING:
    import ibis.expr.types as ir

COLUMNS = (
    "draft_id",
    "campaign",
    "level",
    "unit",
    "customer_id",
    "channel",
    "address",
    "language",
    "variant",
    "subject",
    "preheader",
    "body",
    "html",
    "facts",
    "writer",
    "status",
)
PERSON_COLUMNS = (*COLUMNS, "sms_parts", "warnings")
"""`sms_parts` is null but for text messages; `warnings` as in `limits.warnings`."""
ARM_COLUMNS = ("campaign", "customer_id", "channel", "unit", "arm")
HOLDOUT = "holdout"
_SUFFIX_DIGITS = 12
_SHARES = 16**BUCKET_DIGITS


@dataclass(frozen=True)
class Rendered:
    """`ready` has a row per recipient with PERSON_COLUMNS; `held` the same and `reason`. All lazy.

    Reasons: no_draft (nothing for the unit passed its checks), empty_value (a merge field without
    value and fallback), leftover_braces (in the merged text), sms_too_long, too_long (for its
    channel, as in `channels.LIMITS`). `arms` has everybody with ARM_COLUMNS: the variant that was
    drawn, `holdout` for those who are not written to, or '' where there is no draft. `due` has
    everybody who is to be written to: as many rows as `ready` and `held` together.
    """

    ready: "ir.Table"
    held: "ir.Table"
    arms: "ir.Table"
    due: "ir.Table"


def render(
    recipients: "ir.Table",
    drafts: Sequence[Draft],
    *,
    campaign: str = "",
    holdout: float = 0.0,
    sms_parts_most: int = SMS_PARTS_SOFT,
) -> Rendered:
    """Each recipient with the draft of their unit and channel, merged.

    The draft is in the recipient's language where the unit has one, else in the unit's first.
    Its variant, and whether a customer is among the share `holdout` that gets nothing, is drawn
    by a hash of campaign and customer id: the same on every run, machine and channel, and of no
    relation to other campaigns. `campaign` is the drafts' own unless given. Drafts with status
    held are not used.
    """
    usable = [draft for draft in drafts if draft.status != "held"]
    campaign = campaign or next((draft.campaign for draft in drafts), "")
    pieces = coded(pieces_of(usable), recipients)
    people = _people(recipients, pieces, campaign, holdout)
    routes = routes_of(usable)
    due = people.filter(~people["p_out"])
    written = _routed(_with_values(due, pieces), routes)
    joined = written.left_join(pieces.table, written["r_draft"] == pieces.table["d_id"])
    channels = sorted({draft.channel for draft in usable})
    judged = _merged(_judged(joined, pieces, channels, sms_parts_most), pieces)
    return Rendered(
        ready=judged.filter(judged["reason"] == "").select(*PERSON_COLUMNS),
        held=_held(judged),
        arms=_arms(_routed(people, routes), usable, campaign),
        due=due.select("customer_id", channel=due["p_channel"]),
    )


def draws(recipients: "ir.Table", campaign: str, holdout: float) -> "ir.Table":
    """`unit`, `channel` and `bucket` of everybody who is to be written to; `pieces.variant_of`
    reads the bucket."""
    bucket, out = _draw(recipients, campaign, holdout)
    drawn = recipients.mutate(bucket=bucket, p_out=out)
    return drawn.filter(~drawn["p_out"]).select("unit", "channel", "bucket").distinct()


def _draw(recipients: "ir.Table", campaign: str, holdout: float) -> tuple[Any, Any]:
    """A customer's share of the hash, and whether they are held out."""
    import ibis

    digest = _digest(_key(recipients, campaign))
    out: Any = ibis.literal(False)
    if holdout:
        share = f"{round(holdout * _SHARES):0{BUCKET_DIGITS}x}"
        out = digest.substr(BUCKET_DIGITS, BUCKET_DIGITS) < share
    return digest.substr(0, BUCKET_DIGITS), out


def _people(recipients: "ir.Table", pieces: Pieces, campaign: str, holdout: float) -> "ir.Table":
    """Recipients under names of their own, with the fields that are merged, and their draws."""
    fields = fields_of(pieces.holes)
    bucket, out = _draw(recipients, campaign, holdout)
    return recipients.select(
        customer_id=recipients["customer_id"].cast("string"),
        p_channel=recipients["channel"],
        address=recipients["address"].cast("string"),
        p_unit=recipients["unit"],
        p_own=own_language(recipients["language"]),
        p_digest=_digest(_key(recipients, campaign)),
        p_bucket=bucket,
        p_out=out,
        **{name: recipients[name] for name in fields},
    )


def _key(recipients: "ir.Table", campaign: str) -> Any:
    import ibis

    return ibis.literal(f"{campaign}\n") + recipients["customer_id"].cast("string")


def _digest(key: Any) -> Any:
    """A key's MD5 in hexadecimal digits, which every engine has under this name."""
    import ibis

    def md5(value: str) -> str: ...  # type: ignore[empty-body]

    hashed: Any = ibis.udf.scalar.builtin(md5)
    return hashed(key)


def _with_values(people: "ir.Table", pieces: Pieces) -> "ir.Table":
    """The people with every merge expression computed once, and measured."""
    people = with_present(people, fields_of(pieces.holes))
    values = {f"p_text{each}": compile_nodes([pieces.holes[each]], people) for each in pieces.text}
    for each in pieces.html:
        values[f"p_html{each}"] = compile_nodes([pieces.holes[each]], people, escape=True)
    kept = ("customer_id", "p_channel", "address", "p_unit", "p_own", "p_digest", "p_bucket")
    merged = people.select(*kept, **values)
    return limits.value_sizes(merged, pieces.text, pieces.html)


def _routed(people: "ir.Table", routes: "ir.Table") -> "ir.Table":
    """People with `r_draft`, the id of their draft, null where their unit has none."""
    return people.left_join(
        routes,
        [
            people["p_unit"] == routes["r_unit"],
            people["p_channel"] == routes["r_channel"],
            people["p_own"] == routes["r_own"],
            people["p_bucket"] >= routes["r_low"],
            people["p_bucket"] < routes["r_high"],
        ],
    ).drop("r_unit", "r_channel", "r_own", "r_low", "r_high")


def _arms(routed: "ir.Table", drafts: Sequence[Draft], campaign: str) -> "ir.Table":
    import ibis

    variants = {draft.draft_id: draft.variant for draft in drafts}
    drawn: Any = routed["r_draft"]
    if len(set(variants.values())) > 1:
        letters = sorted(set(variants.values()))
        by_letter = [
            (drawn.isin([name for name, each in variants.items() if each == letter]), letter)
            for letter in letters
        ]
        variant = ibis.cases(*by_letter, else_="")
    else:
        variant = drawn.isnull().ifelse("", next(iter(variants.values()), ""))
    return routed.select(
        campaign=ibis.literal(campaign),
        customer_id=routed["customer_id"],
        channel=routed["p_channel"],
        unit=routed["p_unit"],
        arm=routed["p_out"].ifelse(HOLDOUT, variant),
    )


def _judged(
    joined: "ir.Table", pieces: Pieces, channels: Sequence[str], sms_parts_most: int
) -> "ir.Table":
    """The joined rows with `reason`, `sms_parts` and `warnings`, from sizes, not from texts."""
    import ibis

    empty: Any = ibis.literal(False)
    for number in pieces.text:
        if isinstance(pieces.holes[number], Out):
            uses = sum(joined[f"d_{part}_n{number}"] for part in PARTS)
            empty = empty | ((uses > 0) & (joined[f"p_text{number}"] == ""))
    parts: Any = ibis.null("int64")
    if "sms" in channels:
        parts = limits.sms_parts(joined, pieces.text)
    reason = ibis.cases(
        (joined["d_id"].isnull(), "no_draft"),
        (empty, "empty_value"),
        (_braces(joined, pieces), "leftover_braces"),
        (ibis.coalesce(parts > sms_parts_most, False), "sms_too_long"),
        (limits.too_long(joined, pieces.text, channels), "too_long"),
        else_="",
    )
    told = limits.warnings(joined, pieces.text, pieces.html, channels)
    return joined.mutate(reason=reason, sms_parts=parts, warnings=told)


def _braces(joined: "ir.Table", pieces: Pieces) -> Any:
    """Merged texts are searched only where their draft or a value could leave a brace."""
    import ibis

    suspect: Any = joined["d_braces"]
    left: Any = ibis.literal(False)
    for number in pieces.text:
        suspect = suspect + joined[f"p_braces{number}"]
    for part in PARTS:
        if part != "html":
            left = left | _assembled(joined, part, pieces.widths[part], pieces.text).re_search(
                BRACES
            )
    return (suspect > 0).ifelse(left, False)


def _merged(joined: "ir.Table", pieces: Pieces) -> "ir.Table":
    own_row: Any = joined["d_level"] == "individual"
    own_id = joined["d_id"] + "-" + joined["p_digest"].substr(0, _SUFFIX_DIGITS)
    texts = {
        part: _assembled(
            joined, part, pieces.widths[part], pieces.html if part == "html" else pieces.text
        )
        for part in PARTS
    }
    return joined.select(
        "customer_id",
        "address",
        "reason",
        "sms_parts",
        "warnings",
        draft_id=own_row.ifelse(own_id, joined["d_id"]),
        unit=joined["d_unit"],
        channel=joined["d_channel"],
        p_unit=joined["p_unit"],
        p_channel=joined["p_channel"],
        campaign=joined["d_campaign"],
        level=joined["d_level"],
        language=joined["d_language"],
        variant=joined["d_variant"],
        facts=joined["d_facts"],
        writer=joined["d_writer"],
        status=joined["d_status"],
        **texts,
    )


def _held(judged: "ir.Table") -> "ir.Table":
    """What is not sent, and why; those without a draft have no unit and channel but their own."""
    held = judged.filter(judged["reason"] != "")
    own = held.mutate(unit=held["p_unit"], channel=held["p_channel"])
    return own.select(*PERSON_COLUMNS, "reason")


def _assembled(joined: "ir.Table", part: Part, width: int, numbers: Sequence[int]) -> Any:
    import ibis

    kind = "html" if part == "html" else "text"
    texts: list[Any] = [joined[f"d_{part}_t0"]]
    for number in range(width):
        hole = joined[f"d_{part}_h{number}"]
        cases = [(hole == each, joined[f"p_{kind}{each}"]) for each in numbers]
        texts += [ibis.cases(*cases, else_=""), joined[f"d_{part}_t{number + 1}"]]
    return ibis.literal("").join(texts) if width else texts[0]
