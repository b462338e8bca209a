"""Drafts merged with their recipients inside the engine, checked per recipient, never in Python.

Every draft is cut at its merge fields into pieces; the few distinct merge fields are computed
once per recipient and put between the pieces of the draft that is theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.campaigns.liquid import Node, Out, compile_nodes
from copilot.campaigns.modules import own_language
from copilot.campaigns.pieces import BUCKET_DIGITS, PARTS, holes_of, pieces_of, routes_of
from copilot.campaigns.sms import (
    GSM_BASIC,
    GSM_EXTENDED,
    GSM_MORE,
    GSM_ONE,
    UCS_MORE,
    UCS_ONE,
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
SMS_PARTS_MOST = 3
_SUFFIX_DIGITS = 12


@dataclass(frozen=True)
class Rendered:
    """`ready` has a row per recipient with COLUMNS; `held` the same and `reason`. Both are lazy.

    Reasons: no_draft (nothing for the unit passed its checks), sms_too_long, empty_value (a merge
    field without value and fallback), leftover_braces (in the merged text).
    """

    ready: "ir.Table"
    held: "ir.Table"


def render(
    recipients: "ir.Table", drafts: Sequence[Draft], *, sms_parts_most: int = SMS_PARTS_MOST
) -> Rendered:
    """Each recipient with the draft of their unit and channel, merged.

    The draft is in the recipient's language where the unit has one, else in the unit's first;
    its variant is drawn by a hash of the customer id, so it is the same on every run and machine.
    Drafts with status held are not used.
    """
    usable = [draft for draft in drafts if draft.status != "held"]
    holes = holes_of(usable)
    people = _people(recipients, holes)
    routed = _routed(people, usable)
    merged = _merged(routed, usable, holes)
    reason = _reason(merged, sms_parts_most)
    judged = merged.mutate(reason=reason).select(*COLUMNS, "reason")
    return Rendered(
        ready=judged.filter(judged["reason"] == "").select(*COLUMNS),
        held=judged.filter(judged["reason"] != ""),
    )


def sms_parts_expression(text: "ir.StringValue") -> "ir.IntegerValue":
    """`copilot.campaigns.sms.sms_parts`, computed by the engine."""
    import ibis

    column: Any = text
    extended = _set(GSM_EXTENDED)
    is_gsm = ~column.re_search(f"[^{_set(GSM_BASIC)}{extended}]")
    septets = column.length() + column.re_replace(f"[^{extended}]", "").length()
    units = column.length() + column.re_replace(r"[\x{0000}-\x{ffff}]", "").length()
    return ibis.cases(
        (column == "", 0),
        (is_gsm & (septets <= GSM_ONE), 1),
        (is_gsm, _parts(septets, GSM_MORE)),
        (units <= UCS_ONE, 1),
        else_=_parts(units, UCS_MORE),
    )


def _parts(units: Any, size: int) -> Any:
    return ((units + (size - 1)) / size).floor().cast("int64")


def _set(characters: str) -> str:
    return "".join(f"\\x{{{ord(each):04x}}}" for each in characters)


def _people(recipients: "ir.Table", holes: Sequence[Node]) -> "ir.Table":
    """Recipients under names of their own, with every merge expression computed once."""
    values = {
        f"p_{kind}{number}": compile_nodes([hole], recipients, escape=kind == "html")
        for number, hole in enumerate(holes)
        for kind in ("text", "html")
    }
    digest: Any = recipients["customer_id"].cast("string").hexdigest("sha256")
    return recipients.select(
        customer_id=recipients["customer_id"].cast("string"),
        p_channel=recipients["channel"],
        address=recipients["address"].cast("string"),
        p_unit=recipients["unit"],
        p_own=own_language(recipients["language"]),
        p_digest=digest,
        **values,
    )


def _routed(people: "ir.Table", drafts: Sequence[Draft]) -> "ir.Table":
    """People with `r_draft`, the id of their draft, null where their unit has none."""
    routes = routes_of(drafts)
    bucket: Any = people["p_digest"].substr(0, BUCKET_DIGITS)
    return people.left_join(
        routes,
        [
            people["p_unit"] == routes["r_unit"],
            people["p_channel"] == routes["r_channel"],
            people["p_own"] == routes["r_own"],
            bucket >= routes["r_low"],
            bucket < routes["r_high"],
        ],
    ).drop("r_unit", "r_channel", "r_own", "r_low", "r_high")


def _merged(routed: "ir.Table", drafts: Sequence[Draft], holes: Sequence[Node]) -> "ir.Table":
    import ibis

    pieces, widths = pieces_of(drafts, holes)
    joined = routed.left_join(pieces, routed["r_draft"] == pieces["d_id"])
    suffix: Any = joined["p_digest"].substr(0, _SUFFIX_DIGITS)
    own_row: Any = joined["d_level"] == "individual"
    texts = {part: _assembled(joined, part, widths[part], holes) for part in PARTS}
    empty: Any = ibis.literal(False)
    for number, hole in enumerate(holes):
        if isinstance(hole, Out):
            used = joined["d_uses"].contains(f",{number},")
            empty = empty | (used & (joined[f"p_text{number}"] == ""))
    return joined.mutate(
        draft_id=own_row.ifelse(joined["d_id"] + "-" + suffix, joined["d_id"]),
        unit=joined["p_unit"],
        channel=joined["p_channel"],
        campaign=joined["d_campaign"],
        level=joined["d_level"],
        language=joined["d_language"],
        variant=joined["d_variant"],
        facts=joined["d_facts"],
        writer=joined["d_writer"],
        status=joined["d_status"],
        empty=empty,
        **texts,
    )


def _assembled(joined: "ir.Table", part: Part, width: int, holes: Sequence[Node]) -> Any:
    import ibis

    kind = "html" if part == "html" else "text"
    text: Any = joined[f"d_{part}_t0"]
    for number in range(width):
        hole = joined[f"d_{part}_h{number}"]
        cases = [(hole == str(each), joined[f"p_{kind}{each}"]) for each in range(len(holes))]
        text = text + ibis.cases(*cases, else_="") + joined[f"d_{part}_t{number + 1}"]
    return text


def _reason(merged: "ir.Table", sms_parts_most: int) -> Any:
    import ibis

    braces: Any = ibis.literal(False)
    for part in ("subject", "preheader", "body"):
        braces = braces | merged[part].re_search(r"\{\{|\}\}|\{%|%\}")
    too_long = (merged["channel"] == "sms").ifelse(
        sms_parts_expression(merged["body"]) > sms_parts_most, False
    )
    return ibis.cases(
        (merged["d_id"].isnull(), "no_draft"),
        (merged["empty"], "empty_value"),
        (braces, "leftover_braces"),
        (too_long, "sms_too_long"),
        else_="",
    )
