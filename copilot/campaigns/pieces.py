"""Drafts as tables: cut at their merge fields, and routed to units, languages and variants."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from copilot.campaigns.liquid import Node, Text, parse
from copilot.records import Draft, Language, Part

if TYPE_CHECKING:
    import ibis.expr.types as ir

PARTS: tuple[Part, ...] = get_args(Part)
BUCKET_DIGITS = 4
_BUCKETS = 16**BUCKET_DIGITS
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


def holes_of(drafts: Sequence[Draft]) -> list[Node]:
    """The distinct merge expressions of all drafts."""
    nodes = (
        node
        for draft in drafts
        for part in PARTS
        for node in parse(getattr(draft.message, part))
        if not isinstance(node, Text)
    )
    return list(dict.fromkeys(nodes))


def pieces_of(drafts: Sequence[Draft], holes: Sequence[Node]) -> tuple["ir.Table", dict[Part, int]]:
    """The drafts as a table: per part its pieces and, between them, which hole comes next."""
    cut = [{part: _cut(getattr(draft.message, part), holes) for part in PARTS} for draft in drafts]
    widths: dict[Part, int] = {
        part: max((len(each[part][1]) for each in cut), default=0) for part in PARTS
    }
    names = [*_DRAFT_COLUMNS]
    for part, width in widths.items():
        names += [f"d_{part}_t{number}" for number in range(width + 1)]
        names += [f"d_{part}_h{number}" for number in range(width)]
    rows = [_row(draft, parts, widths) for draft, parts in zip(drafts, cut, strict=True)]
    return text_table(names, [[row[name] for name in names] for row in rows]), widths


def routes_of(drafts: Sequence[Draft]) -> "ir.Table":
    """Which draft a recipient of a unit, channel and language gets, by a share of their hash:
    from `r_low` up to but not including `r_high`, as hexadecimal digits."""
    rows = [row for group in _groups(drafts).values() for row in _routes(group)]
    return text_table(("r_unit", "r_channel", "r_own", "r_low", "r_high", "r_draft"), rows)


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


def text_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> "ir.Table":
    """Rows of text as a table that any engine can join with its own."""
    import ibis
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return ibis.memtable(pa.Table.from_arrays(arrays, names=list(names)))


def facts_json(draft: Draft) -> str:
    """Every fact of a draft with where it came from, as one JSON list.

    Without offsets: merging names and writing a tool's merge tags moves the text.
    """
    told = [fact.model_dump(exclude={"start", "end"}) for fact in draft.facts]
    return json.dumps(told, ensure_ascii=False)


def _row(
    draft: Draft, parts: dict[Part, tuple[list[str], list[int]]], widths: dict[Part, int]
) -> dict[str, str]:
    uses = sorted({number for _, numbers in parts.values() for number in numbers})
    row: dict[str, str] = {
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
            row[f"d_{part}_h{number}"] = str(numbers[number]) if number < len(numbers) else ""
    return row


def _cut(template: str, holes: Sequence[Node]) -> tuple[list[str], list[int]]:
    texts, numbers = [""], []
    for node in parse(template):
        if isinstance(node, Text):
            texts[-1] += node.text
        else:
            numbers.append(holes.index(node))
            texts.append("")
    return texts, numbers
