"""Drafts merged with their recipients inside the engine, checked per recipient, never in Python.

Every draft is cut at its merge fields into pieces; the few distinct merge fields are computed
once per recipient and put between the pieces of the draft that is theirs.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from copilot.campaigns.liquid import Node, Out, Text, compile_nodes, parse
from copilot.campaigns.modules import own_language
from copilot.campaigns.sms import (
    GSM_BASIC,
    GSM_EXTENDED,
    GSM_MORE,
    GSM_ONE,
    UCS_MORE,
    UCS_ONE,
)
from copilot.records import Draft, Language, Part

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
PARTS: tuple[Part, ...] = get_args(Part)
SMS_PARTS_MOST = 3
_BUCKETS = 0x10000
_BUCKET_DIGITS = 4
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
    holes = _holes(usable)
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
    return ibis.cases(  # type: ignore[no-any-return]
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


def _holes(drafts: Sequence[Draft]) -> list[Node]:
    """The distinct merge expressions of all drafts."""
    nodes = (
        node
        for draft in drafts
        for part in PARTS
        for node in parse(getattr(draft.message, part))
        if not isinstance(node, Text)
    )
    return list(dict.fromkeys(nodes))


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
    import ibis

    rows = [row for group in _groups(drafts).values() for row in _routes(group)]
    columns = ("r_unit", "r_channel", "r_own", "r_low", "r_high", "r_draft")
    routes = ibis.memtable(
        {name: [row[place] for row in rows] for place, name in enumerate(columns)},
        schema=dict.fromkeys(columns, "string"),
    )
    bucket: Any = people["p_digest"].substr(0, _BUCKET_DIGITS)
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


def _groups(drafts: Sequence[Draft]) -> dict[tuple[str, str], list[Draft]]:
    groups: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        groups.setdefault((draft.unit, draft.channel), []).append(draft)
    return groups


def _routes(group: Sequence[Draft]) -> list[tuple[str, ...]]:
    """Which share of the hash each draft of a unit and channel takes, by reader's language."""
    routes: list[tuple[str, ...]] = []
    for own in ("", *get_args(Language)):
        language = own if any(draft.language == own for draft in group) else group[0].language
        same = sorted(
            (draft for draft in group if draft.language == language),
            key=lambda draft: draft.variant,
        )
        edges = [_BUCKETS * number // len(same) for number in range(len(same) + 1)]
        for number, draft in enumerate(same):
            last = number + 1 == len(same)
            low = f"{edges[number]:04x}"
            high = "g" if last else f"{edges[number + 1]:04x}"  # "g" sorts after every digit
            routes.append((draft.unit, draft.channel, own, low, high, draft.draft_id))
    return routes


def _merged(routed: "ir.Table", drafts: Sequence[Draft], holes: Sequence[Node]) -> "ir.Table":
    import ibis

    pieces, widths = _pieces(drafts, holes)
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


def _pieces(drafts: Sequence[Draft], holes: Sequence[Node]) -> tuple["ir.Table", dict[Part, int]]:
    """The drafts as a table: per part its pieces and, between them, which hole comes next."""
    import ibis

    cut = [{part: _cut(getattr(draft.message, part), holes) for part in PARTS} for draft in drafts]
    widths: dict[Part, int] = {
        part: max((len(each[part][1]) for each in cut), default=0) for part in PARTS
    }
    rows = [_row(draft, parts, widths) for draft, parts in zip(drafts, cut, strict=True)]
    schema = {name: "string" for name in _DRAFT_COLUMNS}
    for part, width in widths.items():
        schema |= {f"d_{part}_t{number}": "string" for number in range(width + 1)}
        schema |= {f"d_{part}_h{number}": "int64" for number in range(width)}
    columns = {name: [row[name] for row in rows] for name in schema}
    return ibis.memtable(columns, schema=schema), widths


_DRAFT_COLUMNS = (
    "d_id",
    "d_campaign",
    "d_level",
    "d_language",
    "d_variant",
    "d_facts",
    "d_writer",
    "d_status",
    "d_uses",
)


def _cut(template: str, holes: Sequence[Node]) -> tuple[list[str], list[int]]:
    texts, numbers = [""], []
    for node in parse(template):
        if isinstance(node, Text):
            texts[-1] += node.text
        else:
            numbers.append(holes.index(node))
            texts.append("")
    return texts, numbers


def _row(
    draft: Draft, parts: dict[Part, tuple[list[str], list[int]]], widths: dict[Part, int]
) -> dict[str, Any]:
    uses = sorted({number for _, numbers in parts.values() for number in numbers})
    row: dict[str, Any] = {
        "d_id": draft.draft_id,
        "d_campaign": draft.campaign,
        "d_level": draft.level,
        "d_language": draft.language,
        "d_variant": draft.variant,
        "d_facts": facts_json(draft),
        "d_writer": draft.writer,
        "d_status": draft.status,
        "d_uses": f",{','.join(map(str, uses))},",
    }
    for part, (texts, numbers) in parts.items():
        width = widths[part]
        for number in range(width + 1):
            row[f"d_{part}_t{number}"] = texts[number] if number < len(texts) else ""
        for number in range(width):
            row[f"d_{part}_h{number}"] = numbers[number] if number < len(numbers) else -1
    return row


def facts_json(draft: Draft) -> str:
    """Every fact of a draft with where it came from, as one JSON list."""
    return json.dumps([fact.model_dump() for fact in draft.facts], ensure_ascii=False)


def _assembled(joined: "ir.Table", part: Part, width: int, holes: Sequence[Node]) -> Any:
    import ibis

    kind = "html" if part == "html" else "text"
    text: Any = joined[f"d_{part}_t0"]
    for number in range(width):
        hole = joined[f"d_{part}_h{number}"]
        cases = [(hole == each, joined[f"p_{kind}{each}"]) for each in range(len(holes))]
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
