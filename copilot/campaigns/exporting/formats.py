"""Merged rows as the tools that send import them: their headers, their limits, what they lack.

Sources, read in November 2026. Mailchimp: "Format guidelines for your import file"
(mailchimp.com/help: `Email Address`, `SMS Phone Number`; a text field is clipped at 255 bytes).
Klaviyo: "Create and add contacts to a new list" (help.klaviyo.com 115005078967: the address
first, 50 MB, no address twice, phones as E.164). Braze: "CSV import" (braze.com/docs:
`external_id`, 500 MB) and "Setting custom attributes" (values of at most 255 characters).
Mautic: "Import contacts" and its field aliases (docs.mautic.org). listmonk:
internal/subimporter/importer.go (`email`, `name`, `attributes` as JSON; other columns are
ignored). Brevo: "Create a file to import your contacts" (help.brevo.com 208729849: `EMAIL`,
`SMS`, `EXT_ID`, one sheet, 250 MB). HubSpot: "Set up import files" (knowledge.hubspot.com: one
sheet, 1,048,576 rows, 512 MB, 20 MB on free accounts). Google Ads Editor: "CSV file columns"
(support.google.com/google-ads/editor/answer/57747: headers in English).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.campaigns.composing.ads import DESCRIPTIONS, HEADLINES, PATHS, assets
from copilot.campaigns.merging.render import PERSON_COLUMNS
from copilot.records import Brief, Channel, Draft

if TYPE_CHECKING:
    import ibis.expr.types as ir

GOOGLE_ADS = "google-ads"
MEGABYTE = 1_000_000
NAMES = ("first_name", "last_name")
PARTS: Mapping[str, tuple[str, ...]] = {
    "email": ("subject", "preheader", "body", "html"),
    "push": ("subject", "body"),
}
"""The parts that a channel's messages have; of the others, only the body."""


@dataclass(frozen=True)
class Tool:
    """How one tool's importer wants its rows.

    `addresses` is the header of the address by channel, `names` of first and last name, `key` of
    the customer's id; `column` names a column of ours and `refer` says how a template there
    refers to it. `cell` is the most a text field keeps, in bytes or, with `characters`, in
    characters. `one_sheet`: a workbook may have one sheet only.
    """

    addresses: Mapping[Channel, str]
    names: tuple[str, str]
    key: str
    column: str
    refer: str
    html: str = "{}"
    megabytes: int | None = None
    rows: int | None = None
    cell: int | None = None
    characters: bool = False
    one_sheet: bool = False
    unique: bool = False
    upper: bool = False


TOOLS: Mapping[str, Tool] = {
    "mailchimp": Tool(
        {"email": "Email Address", "sms": "SMS Phone Number"},
        ("FNAME", "LNAME"),
        "CUSTOMER",
        "{}",
        "*|{}|*",
        cell=255,
        upper=True,
        unique=True,
    ),
    "klaviyo": Tool(
        {"email": "Email", "sms": "Phone Number"},
        ("First Name", "Last Name"),
        "External ID",
        "message_{}",
        "{{{{ person|lookup:'{}' }}}}",
        html="{{{{ person|lookup:'{}'|safe }}}}",
        megabytes=50,
        unique=True,
    ),
    "braze": Tool(
        {"email": "email", "sms": "phone", "whatsapp": "phone", "push": "external_id"},
        ("first_name", "last_name"),
        "external_id",
        "message_{}",
        "{{{{custom_attribute.${{{}}}}}}}",
        megabytes=500,
        cell=255,
        characters=True,
    ),
    "mautic": Tool(
        {"email": "email", "sms": "mobile"},
        ("firstname", "lastname"),
        "customer_id",
        "message_{}",
        "{{contactfield={}}}",
        unique=True,
    ),
    "listmonk": Tool(
        {"email": "email"},
        ("name", "name"),
        "customer_id",
        "message_{}",
        "{{{{ .Subscriber.Attribs.{} }}}}",
        html="{{{{ .Subscriber.Attribs.{} | Safe }}}}",
        unique=True,
    ),
    "brevo": Tool(
        {"email": "EMAIL", "sms": "SMS", "whatsapp": "WHATSAPP"},
        ("FIRSTNAME", "LASTNAME"),
        "EXT_ID",
        "MESSAGE_{}",
        "{{{{ contact.{} }}}}",
        megabytes=250,
        one_sheet=True,
        unique=True,
        upper=True,
    ),
    "hubspot": Tool(
        {"email": "Email", "sms": "Phone Number", "whatsapp": "Phone Number"},
        ("First Name", "Last Name"),
        "customer_id",
        "message_{}",
        "{{{{ contact.{} }}}}",
        megabytes=512,
        rows=1_048_575,
        one_sheet=True,
        unique=True,
    ),
}


def ours(tool: str, name: str) -> str:
    """What one of our columns is called in a tool's file.

    >>> ours("mailchimp", "body"), ours("brevo", "body"), ours("klaviyo", "body")
    ('BODY', 'MESSAGE_BODY', 'message_body')
    """
    kind = TOOLS[tool]
    return kind.column.format(name.upper() if kind.upper else name)


def shaped(table: "ir.Table", tool: str, channel: Channel) -> "ir.Table":
    """One channel's merged rows under a tool's headers, the address first.

    `table` has PERSON_COLUMNS, NAMES and `holdout`. A draft's variant, its id and the language
    go with every row, so that responses can be told apart later.
    """
    if tool == "generic":
        return table.select(*PERSON_COLUMNS, "holdout")
    kind = TOOLS[tool]
    columns: dict[str, Any] = {kind.addresses[channel]: table["address"]}
    columns.setdefault(kind.key, table["customer_id"])
    if tool == "listmonk":
        return _listmonk(table, columns, channel)
    columns |= dict(zip(kind.names, (table[name] for name in NAMES), strict=True))
    columns |= {ours(tool, name): table[column] for name, column in _told(channel).items()}
    return table.select(**columns)


def _told(channel: Channel) -> dict[str, str]:
    """Our columns in a tool's file, and where each is in the table."""
    parts = PARTS.get(channel, ("body",))
    return {name: name for name in parts} | {
        "language": "language",
        "unit": "unit",
        "variant": "variant",
        "holdout": "holdout",
        "draft": "draft_id",
    }


def _listmonk(table: "ir.Table", columns: dict[str, Any], channel: Channel) -> "ir.Table":
    """Everything but address and name goes into one column of JSON."""
    import ibis

    first, last = (ibis.coalesce(table[name], "") for name in NAMES)
    attributes = {ours("listmonk", name): table[column] for name, column in _told(channel).items()}
    attributes |= {name: table[name] for name in NAMES} | {"customer_id": table["customer_id"]}
    packed: Any = ibis.struct(attributes)
    return table.select(
        email=columns["email"],
        name=(first + " " + last).strip(),
        attributes=packed.cast("json").cast("string"),
    )


def merged_notes(tool: str, channel: Channel) -> tuple[str, ...]:
    """How the tool's own template refers to the merged parts."""
    if tool not in TOOLS:
        return ()
    kind = TOOLS[tool]
    told = []
    for part in PARTS.get(channel, ("body",)):
        form = kind.html if part == "html" and kind.html != "{}" else kind.refer
        told.append(f"{part} is {form.format(ours(tool, part))}")
    return (f"In {tool}'s {channel} template, {', '.join(told)}.",)


def too_long(table: "ir.Table", tool: str, channel: Channel) -> dict[str, int]:
    """How many rows have a part that the tool's text field would cut, by part; one query."""
    kind = TOOLS.get(tool)
    if kind is None or kind.cell is None:
        return {}
    most = kind.cell
    cut = {}
    for part in PARTS.get(channel, ("body",)):
        column: Any = table[part]
        size = column.length() if kind.characters else _bytes(column)
        cut[part] = (size > most).sum().fill_null(0)
    (row,) = table.aggregate(**cut).to_pyarrow().to_pylist()
    return {part: int(count) for part, count in row.items() if count}


def _bytes(column: Any) -> Any:
    import ibis

    @ibis.udf.scalar.builtin  # type: ignore[untyped-decorator,unused-ignore]
    def strlen(text: str) -> int:
        """DuckDB's own: the bytes of a text in UTF-8."""
        return len(text.encode())

    return strlen(column)


def ad_rows(drafts: Sequence[Draft], brief: Brief) -> list[dict[str, str]]:
    """Responsive search ads under the headers of Google Ads Editor, a row an ad.

    A unit is an ad group of the campaign; its variants are ads of that group. Ads arrive paused.
    """
    link = brief.call_to_action.url if brief.call_to_action else None
    rows = []
    for draft in drafts:
        ad = assets(draft.message.body)
        row = {
            "Campaign": draft.campaign,
            "Ad Group": " · ".join([draft.unit, draft.language]),
            "Ad type": "Responsive search ad",
            "Final URL": link or brief.brand.website or "",
            "Status": "Paused",
            "Labels": f"variant {draft.variant};draft {draft.draft_id}",
        }
        for name, texts, most in (
            ("Headline", ad.headlines, HEADLINES[1]),
            ("Description", ad.descriptions, DESCRIPTIONS[1]),
            ("Path", ad.paths, PATHS[1]),
        ):
            row |= {f"{name} {each + 1}": _at(texts, each) for each in range(most)}
        rows.append(row)
    return rows


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""
