"""Merge fields in the syntax of the tools that send: neutral Liquid to theirs and back.

Only plain fields with a fallback cross over; a filter or a condition is merged here or not at all.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal, get_args

from copilot.campaigns.liquid import MERGE_FIELDS, Out, Text, parse
from copilot.errors import BriefError
from copilot.records import Draft

Format = Literal[
    "generic", "mailchimp", "klaviyo", "braze", "mautic", "listmonk", "brevo", "hubspot"
]
FORMATS: tuple[Format, ...] = get_args(Format)

_VALUE = r"""(?:'(?P<one>[^']*)'|"(?P<two>[^"]*)")"""
_MAILCHIMP_LONGEST = 10


@dataclass(frozen=True)
class Syntax:
    """How one tool writes a field: `name` renames it, `write` makes the tag, `read` finds it."""

    name: Callable[[str], str]
    write: Callable[[str, str], str]
    read: str
    keeps_fallback: bool = True


def transpile(template: str, tool: Format, *, html: bool = False) -> str:
    """The template in a tool's merge syntax; fallbacks are kept where its tags can hold one.

    `html` escapes fallbacks. Raises BriefError for a filter or condition, which most of the tools
    cannot express: such drafts are exported merged.
    """
    syntax = _syntax(tool)
    return "".join(
        node.text if isinstance(node, Text) else _tag(node, syntax, tool, html=html)
        for node in parse(template)
    )


def neutral(text: str, tool: Format, *, html: bool = False) -> str:
    """A tool's template back in neutral Liquid: the inverse of `transpile`."""
    syntax = _syntax(tool)
    fields = {syntax.name(field): field for field in MERGE_FIELDS}

    def back(found: re.Match[str]) -> str:
        field = fields.get(found["field"])
        if field is None:
            return found[0]
        groups = found.groupdict()
        fallback = next((groups[key] for key in ("one", "two", "bare") if groups.get(key)), "")
        return _liquid(field, unescape(fallback) if html else fallback)

    return re.sub(syntax.read, back, text)


def side_notes(drafts: Sequence[Draft], tool: Format) -> tuple[str, ...]:
    """What must be set in the tool because its tags cannot carry a fallback."""
    syntax = _syntax(tool)
    if syntax.keeps_fallback:
        return ()
    wanted = {pair for draft in drafts for pair in draft.message.slots.items()}
    return tuple(
        f"In {tool}, set the default of the audience field {syntax.name(field)} to {fallback!r}."
        for field, fallback in sorted(wanted)
    )


def _tag(node: object, syntax: Syntax, tool: str, *, html: bool) -> str:
    if not isinstance(node, Out) or any(name != "default" for name, _ in node.filters):
        raise BriefError(
            f"The {tool} format cannot hold the merge expression {node!r}.",
            hint="Use plain fields with a default, or export merged rows with --recipients.",
        )
    fallback = node.fallback
    return syntax.write(syntax.name(node.field), escape(fallback) if html else fallback)


def _quoted(text: str, mark: str = "'") -> str:
    """A literal that its tool can read: the other quotation mark, or a typographic one."""
    other = '"' if mark == "'" else "'"
    if mark not in text:
        return f"{mark}{text}{mark}"
    if other not in text:
        return f"{other}{text}{other}"
    return f"{mark}{text.replace(mark, '’' if mark == chr(39) else '”')}{mark}"


def _liquid(field: str, fallback: str) -> str:
    return (
        f"{{{{ {field} | default: {_quoted(fallback, chr(34))} }}}}"
        if fallback
        else (f"{{{{ {field} }}}}")
    )


def _same(field: str) -> str:
    return field


def _short(field: str) -> str:
    known = {"first_name": "FNAME", "last_name": "LNAME"}
    return known.get(field, field.replace("favourite_", "FAV").upper()[:_MAILCHIMP_LONGEST])


def _joined(field: str) -> str:
    known = {"first_name": "firstname", "last_name": "lastname"}
    return known.get(field, field)


def _go(field: str) -> str:
    known = {"first_name": ".Subscriber.FirstName", "last_name": ".Subscriber.LastName"}
    return known.get(field, f".Subscriber.Attribs.{field}")


def _braze(field: str) -> str:
    standard = field in {"first_name", "last_name", "city"}
    return f"${{{field}}}" if standard else f"custom_attribute.${{{field}}}"


def _person(field: str) -> str:
    return field if field in {"first_name", "last_name"} else f"person.{field}"


def _brevo(field: str) -> str:
    return "contact." + _joined(field).upper()


def _hubspot(field: str) -> str:
    return "contact." + _joined(field)


def _piped(before: str, between: str, after: str) -> Callable[[str, str], str]:
    def write(field: str, fallback: str) -> str:
        tail = f"{between}{_quoted(fallback)}" if fallback else ""
        return f"{before}{field}{tail}{after}"

    return write


def _mautic(field: str, fallback: str) -> str:
    plain = re.sub(r"[{}|]", "", fallback)
    return f"{{contactfield={field}|{plain}}}" if plain else f"{{contactfield={field}}}"


def _listmonk(field: str, fallback: str) -> str:
    quoted = '"' + fallback.replace("\\", "").replace('"', "”") + '"'
    return f"{{{{ {field} | default {quoted} }}}}" if fallback else f"{{{{ {field} }}}}"


def _mailchimp(field: str, fallback: str) -> str:
    del fallback  # lives on the audience field; see side_notes
    return f"*|{field}|*"


def _hubspot_tag(field: str, fallback: str) -> str:
    return f"{{{{ personalization_token('{field}', {_quoted(fallback)}) }}}}"


def _syntax(tool: str) -> Syntax:
    known = {
        "generic": Syntax(
            _same,
            _liquid,
            rf"\{{\{{ (?P<field>\w+)(?: \| default: {_VALUE})? \}}\}}",
        ),
        "mailchimp": Syntax(_short, _mailchimp, r"\*\|(?P<field>\w+)\|\*", keeps_fallback=False),
        "klaviyo": Syntax(
            _person,
            _piped("{{ ", "|default:", " }}"),
            rf"\{{\{{ (?P<field>[\w.]+)(?:\|default:{_VALUE})? \}}\}}",
        ),
        "braze": Syntax(
            _braze,
            _piped("{{", " | default: ", "}}"),
            rf"\{{\{{(?P<field>(?:custom_attribute\.)?\$\{{\w+\}})(?: \| default: {_VALUE})?\}}\}}",
        ),
        "mautic": Syntax(
            _joined, _mautic, r"\{contactfield=(?P<field>\w+)(?:\|(?P<bare>[^{}|]*))?\}"
        ),
        "listmonk": Syntax(
            _go, _listmonk, rf"\{{\{{ (?P<field>\.[\w.]+)(?: \| default {_VALUE})? \}}\}}"
        ),
        "brevo": Syntax(
            _brevo,
            _piped("{{ ", " | default : ", " }}"),
            rf"\{{\{{ (?P<field>contact\.\w+)(?: \| default : {_VALUE})? \}}\}}",
        ),
        "hubspot": Syntax(
            _hubspot,
            _hubspot_tag,
            rf"\{{\{{ personalization_token\('(?P<field>[\w.]+)', {_VALUE}\) \}}\}}",
        ),
    }
    if tool not in known:
        raise BriefError(f"There is no export format {tool!r}.", hint=f"Use {', '.join(known)}.")
    return known[tool]
