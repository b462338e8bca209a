"""A message as one person gets it, and as those get it whose rows are hardest to merge.

The hardest rows are picked by the engine from the real audience; where it has none of a kind, a
synthetic one stands in, marked as such. Everything is merged as the export merges it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from copilot.campaigns.merging.liquid import EMPTY_VALUES, MERGE_FIELDS
from copilot.campaigns.merging.render import render
from copilot.records import Channel, Draft, Message, Preview

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIELDS = ("customer_id", "channel", "address", "unit", "language", *MERGE_FIELDS)
SYNTHETIC = "synthetic"
_RIGHT_TO_LEFT = r"[\x{0590}-\x{08ff}\x{fb1d}-\x{fdff}\x{fe70}-\x{fefc}]"
_EMOJI = r"[\x{1f000}-\x{1faff}\x{2600}-\x{27bf}\x{fe0f}]"

STAND_INS: Mapping[str, Mapping[str, str]] = {
    "longest_name": {
        "first_name": "Wolfeschlegelsteinhausenbergerdorff-Maximiliane",
        "last_name": "Featherstonehaugh-Cholmondeley-Beauchamp",
    },
    "empty_fields": dict.fromkeys(MERGE_FIELDS, ""),
    "right_to_left": {"first_name": "عبد الرحمن", "last_name": "بن سلمان"},
    "emoji": {"first_name": "Zoë 🌟"},
    "single_letter": {"first_name": "J"},
    "all_capitals": {"first_name": "MARGARET", "last_name": "O'CONNOR"},
    "quotes": {"first_name": "Séamus “Jim” O'Brien"},
    "braces": {"first_name": "{{ first_name }}"},
    "html": {"first_name": "<b>Ann</b> & Bob"},
    "formula": {"first_name": "=HYPERLINK(1)"},
    "longest_product": {
        "favourite_product": "Hand-laminated sourdough croissant with marzipan and glazed almonds",
        "favourite_category": "celebration cakes and seasonal specialities",
    },
    "longest_place": {
        "city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
        "neighbourhood": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    },
}
"""What a synthetic row has instead of the values of the row it is made from, by case."""


def preview_as(recipients: "ir.Table", drafts: Sequence[Draft], customer_id: str) -> list[Preview]:
    """The messages one customer gets, a channel each; none when they are not a recipient."""
    own = recipients.filter(recipients["customer_id"].cast("string") == customer_id)
    return [_preview(row, "chosen", synthetic=False) for row in _merged(own, drafts)]


def preview_worst(recipients: "ir.Table", drafts: Sequence[Draft]) -> list[Preview]:
    """The messages to the rows that are hardest to merge, in the order of STAND_INS.

    Of each kind one row, the smallest customer id among equals, and one channel.
    """
    usable = [draft for draft in drafts if draft.status != "held"]
    recipients = recipients.filter(
        recipients["unit"].isin(sorted({draft.unit for draft in usable})),
        recipients["channel"].isin(sorted({draft.channel for draft in usable})),
    )
    rows = [row for row in (_worst(recipients, case) for case in STAND_INS) if row]
    first = _rows(recipients.order_by("customer_id", "channel").limit(1))
    if not first:
        return []
    found = {case for case, _ in rows}
    made = [
        (case, first[0] | dict(values) | {"customer_id": f"{SYNTHETIC}-{case}"})
        for case, values in STAND_INS.items()
        if case not in found
    ]
    picked = [(case, row, False) for case, row in rows] + [(case, row, True) for case, row in made]
    picked.sort(key=lambda each: list(STAND_INS).index(each[0]))
    distinct = {_key(row): row for _, row, _ in picked}
    merged = {_key(row): row for row in _merged(_table(list(distinct.values())), drafts)}
    return [
        _preview(merged[_key(row)], case, synthetic)
        for case, row, synthetic in picked
        if _key(row) in merged
    ]


def _worst(recipients: "ir.Table", case: str) -> tuple[str, dict[str, Any]] | None:
    """The row of one kind from the data, by one query; None where there is none."""
    table = recipients.select(*FIELDS)
    wanted, length = _CASES[case](table)
    found = table.mutate(worst_length=length).filter(wanted)
    import ibis

    rows = _rows(
        found.order_by(ibis.desc("worst_length"), "customer_id", "channel")
        .limit(1)
        .drop("worst_length")
    )
    return (case, rows[0]) if rows else None


def _first(table: "ir.Table") -> Any:
    import ibis

    return ibis.coalesce(table["first_name"].cast("string"), "")


def _longest(*names: str, least: int) -> Callable[["ir.Table"], tuple[Any, Any]]:
    def case(table: "ir.Table") -> tuple[Any, Any]:
        import ibis

        length = sum(ibis.coalesce(table[name].cast("string"), "").length() for name in names)
        return length >= least, length

    return case


def _named(pattern: str) -> Callable[["ir.Table"], tuple[Any, Any]]:
    def case(table: "ir.Table") -> tuple[Any, Any]:
        name = _first(table)
        return name.re_search(pattern), name.length()

    return case


def _empty(table: "ir.Table") -> tuple[Any, Any]:
    import ibis

    def nothing(name: str) -> Any:
        value = ibis.coalesce(table[name].cast("string"), "")
        return value.strip().lower().isin(EMPTY_VALUES)

    missing: Any = sum(nothing(name).cast("int64") for name in MERGE_FIELDS)
    return nothing("first_name"), missing


_CASES: Mapping[str, Callable[["ir.Table"], tuple[Any, Any]]] = {
    "longest_name": _longest("first_name", "last_name", least=1),
    "empty_fields": _empty,
    "right_to_left": _named(_RIGHT_TO_LEFT),
    "emoji": _named(_EMOJI),
    "single_letter": _named(r"^\s*\p{L}\s*$"),
    "all_capitals": _named(r"^\s*\p{Lu}[\p{Lu}\s'’-]+\s*$"),
    "quotes": _named(r"[\"'’‘“”„«»]"),
    "braces": _named(r"[{}]|\*\|"),
    "html": _named(r"[<>&]"),
    "formula": _named(r"^\s*[=+\-@|%]"),
    "longest_product": _longest("favourite_product", "favourite_category", least=1),
    "longest_place": _longest("neighbourhood", "city", least=1),
}


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["customer_id"]), str(row["channel"])


def _merged(table: "ir.Table", drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """A row per recipient, as it would be sent or with the reason why not; one merge."""
    done = render(table, drafts)
    return sorted([*_rows(done.ready), *_rows(done.held)], key=_key)


def _preview(row: Mapping[str, Any], case: str, synthetic: bool) -> Preview:
    parts: dict[str, Any] = {
        name: row[name] or "" for name in ("subject", "preheader", "body", "html")
    }
    return Preview(
        case=case,
        synthetic=synthetic,
        customer_id=str(row["customer_id"]),
        draft_id=row["draft_id"] or "",
        channel=cast(Channel, row["channel"]),
        unit=row["unit"],
        variant=row["variant"] or "",
        message=Message(**parts),
        sms_parts=row["sms_parts"],
        reason=row.get("reason") or "",
        warnings=tuple(each for each in str(row["warnings"] or "").split(",") if each),
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> "ir.Table":
    import ibis

    columns = {
        name: [None if row[name] is None else str(row[name]) for row in rows] for name in FIELDS
    }
    return ibis.memtable(columns, schema=dict.fromkeys(FIELDS, "string"))


def _rows(table: "ir.Table") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found
