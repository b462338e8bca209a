"""Drafts as tables: cut at their merge fields, and routed to units, languages and variants."""

import bisect
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, get_args

from copilot.campaigns.merging.limits import Size
from copilot.campaigns.merging.liquid import Node, Text, parse
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
    "d_unit",
    "d_channel",
    "d_language",
    "d_variant",
    "d_facts",
    "d_writer",
    "d_status",
)
_SHARED = _DRAFT_COLUMNS[1:]
BRACES = r"\{\{|\}\}|\{%|%\}"
_COULD_JOIN = re.compile(r"[{}%]")
_SIZES = tuple(field.name for field in fields(Size))


@dataclass(frozen=True)
class Cut:
    """One part of a draft: its pieces of text, and the numbers of the holes between them."""

    texts: tuple[str, ...]
    holes: tuple[int, ...]


@dataclass(frozen=True)
class Pieces:
    """Drafts cut at their distinct `holes`. `table` has a row per draft: its own columns, per
    part `_t0`, `_h0`, `_t1`, …, how often each hole comes (`_n0`, …), and what its text measures.
    `text` and `html` number the holes used in texts and in HTML; `widths` counts a part's most."""

    table: "ir.Table"
    holes: tuple[Node, ...]
    widths: dict[Part, int]
    text: tuple[int, ...]
    html: tuple[int, ...]


def pieces_of(drafts: Sequence[Draft]) -> Pieces:
    """The drafts as a table of pieces; each draft is parsed once."""
    import ibis
    import pyarrow as pa

    numbers: dict[Node, int] = {}
    cut = [
        {part: _cut(getattr(draft.message, part), numbers) for part in PARTS} for draft in drafts
    ]
    widths: dict[Part, int] = {
        part: max((len(each[part].holes) for each in cut), default=0) for part in PARTS
    }
    used = {part: {number for each in cut for number in each[part].holes} for part in PARTS}
    text = tuple(sorted(used["subject"] | used["preheader"] | used["body"]))
    html = tuple(sorted(used["html"]))
    rows = [
        _row(draft, parts, widths, len(numbers)) for draft, parts in zip(drafts, cut, strict=True)
    ]
    names = _columns(widths, len(numbers))
    columns = {
        name: pa.array([row[name] for row in rows], pa.int64() if number else pa.string())
        for name, number in names.items()
    }
    return Pieces(ibis.memtable(pa.table(columns)), tuple(numbers), widths, text, html)


def coded(pieces: Pieces, beside: "ir.Table") -> Pieces:
    """The same pieces; in DuckDB each text that drafts share and no value splits is a code.

    A code is looked up when it is written: 2 KB of facts a row are neither copied nor hashed.
    `beside` is a table of the engine they will be joined in; other engines are left as they are.
    """
    import ibis

    connection: Any = ibis.get_backend(beside)
    if connection.name != "duckdb":
        return pieces
    name = ibis.util.gen_name("pieces")
    connection.create_table(name, pieces.table, temp=True)
    whole = [f"d_{part}_t0" for part, width in pieces.widths.items() if not width]
    for column in (*_SHARED, *whole):
        kind = f'"{name}_{column}"'
        connection.raw_sql(
            f'CREATE TEMP TYPE {kind} AS ENUM (SELECT DISTINCT {column} FROM "{name}")'  # noqa: S608
        )
        connection.raw_sql(f'ALTER TABLE "{name}" ALTER {column} TYPE {kind}')
    return replace(pieces, table=connection.table(name))


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
        edges = _edges(len(same))
        for number, draft in enumerate(same):
            last = number + 1 == len(same)
            low = f"{edges[number]:04x}"
            high = "g" if last else f"{edges[number + 1]:04x}"  # "g" sorts after every digit
            routes.append((draft.unit, draft.channel, own, low, high, draft.draft_id))
    return routes


def _edges(variants: int) -> list[int]:
    """Where each variant's share of the hash begins, and the end of the last."""
    return [_BUCKETS * number // variants for number in range(variants + 1)]


def variant_of(bucket: str, variants: int) -> int:
    """Which of so many variants a recipient's share of the hash draws, counted from 0.

    >>> variant_of("7fff", 2), variant_of("8000", 2)
    (0, 1)
    """
    return bisect.bisect_right(_edges(variants), int(bucket, 16)) - 1


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


def _columns(widths: dict[Part, int], holes: int) -> dict[str, bool]:
    """Each column of the table of pieces, and whether it holds numbers."""
    named = dict.fromkeys(_DRAFT_COLUMNS, False) | {"d_braces": True}
    for part, width in widths.items():
        named |= {f"d_{part}_t{number}": False for number in range(width + 1)}
        named |= {f"d_{part}_h{number}": True for number in range(width)}
        named |= {f"d_{part}_n{number}": True for number in range(holes)}
        named |= {f"d_{part}_{name}": True for name in _SIZES}
    return named


def _row(
    draft: Draft, parts: dict[Part, Cut], widths: dict[Part, int], holes: int
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "d_id": draft.draft_id,
        "d_campaign": draft.campaign,
        "d_level": draft.level,
        "d_unit": draft.unit,
        "d_channel": draft.channel,
        "d_language": draft.language,
        "d_variant": draft.variant,
        "d_facts": facts_json(draft),
        "d_writer": draft.writer,
        "d_status": draft.status,
        "d_braces": int(any(_may_leave_braces(parts[part]) for part in PARTS if part != "html")),
    }
    for part, cut in parts.items():
        size = Size.of("".join(cut.texts))
        row |= {f"d_{part}_{name}": getattr(size, name) for name in _SIZES}
        for number in range(widths[part] + 1):
            row[f"d_{part}_t{number}"] = _at(cut.texts, number, "")
        for number in range(widths[part]):
            row[f"d_{part}_h{number}"] = _at(cut.holes, number, -1)
        for number in range(holes):
            row[f"d_{part}_n{number}"] = cut.holes.count(number)
    return row


def _may_leave_braces(cut: Cut) -> bool:
    """Whether its own text could leave braces, or make some together with a value or without."""
    inner = [text[-1:] for text in cut.texts[:-1]] + [text[:1] for text in cut.texts[1:]]
    whole = any(re.search(BRACES, text) for text in cut.texts)
    return whole or any(_COULD_JOIN.match(edge) for edge in inner)


def _at(values: Sequence[Any], number: int, otherwise: Any) -> Any:
    return values[number] if number < len(values) else otherwise


def _cut(template: str, numbers: dict[Node, int]) -> Cut:
    """The template at its holes, which are numbered as they are first met."""
    texts, holes = [""], []
    for node in parse(template) if "{" in template else (Text(template),):
        if isinstance(node, Text):
            texts[-1] += node.text
        else:
            holes.append(numbers.setdefault(node, len(numbers)))
            texts.append("")
    return Cut(tuple(texts), tuple(holes))
