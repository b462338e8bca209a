"""The merge languages of the tools that send, and those of them that put filters after a bar.

Sources, read in November 2026: Klaviyo's conditionals in messages
(developers.klaviyo.com/en/docs/use_conditionals_in_messages), Braze's default values
(braze.com/docs, Setting default values: a default is for empty values, not for blank ones),
Brevo's filters (help.brevo.com, article 4405381108626), HubSpot's if statements
(developers.hubspot.com, reference/hubl/if-statements: conditions need programmable email).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape, unescape

from copilot.campaigns.merging.liquid import MERGE_FIELDS, Out, Test, Text
from copilot.errors import BriefError

MERGED_INSTEAD = "Use plain fields with a default, or export merged rows with --recipients."


@dataclass(frozen=True)
class Mark:
    """One tag of a condition: `if`, `elsif`, `else` or `endif`."""

    kind: str
    test: Test | None = None


Token = Text | Out | Mark


@dataclass(frozen=True)
class Dialect:
    """One tool's tags: `write` makes one of a token, `read` understands one that `tag` found.

    `write` and `read` are told whether they are inside HTML. `own` is what plain text must not
    hold, because the tool would take it for a tag of its own. `nests`: a condition may stand in
    another one's branch.
    """

    tool: str
    name: Callable[[str], str]
    write: Callable[[Token, bool], str]
    tag: str
    read: Callable[[str, bool], Token | None]
    own: str = r"(?!)"
    nests: bool = True


def cannot(tool: str, what: str) -> BriefError:
    """The error for what a tool's tags cannot say."""
    return BriefError(f"The {tool} format cannot hold {what}.", hint=MERGED_INSTEAD)


def leaves(test: Test, tool: str) -> tuple[str, list[Test]]:
    """A condition as a flat chain: the word that joins its tests, and the tests.

    Raises BriefError where `and` and `or` are mixed: each tool groups those in another way.
    """
    found: list[Test] = []
    rest = test
    while rest.left is not None and rest.right is not None:
        if rest.kind != test.kind or rest.left.left is not None:
            raise cannot(tool, "a condition that mixes 'and' with 'or'")
        found.append(rest.left)
        rest = rest.right
    return (test.kind if found else ""), [*found, rest]


def chained(word: str, tests: list[Test]) -> Test:
    """The inverse of `leaves`."""
    last = tests[-1]
    for test in reversed(tests[:-1]):
        last = Test(word, left=test, right=last)
    return last


def quoted(text: str, mark: str = "'") -> str:
    """A literal that its tool can read: the other quotation mark, or a typographic one."""
    other = '"' if mark == "'" else "'"
    if mark not in text:
        return f"{mark}{text}{mark}"
    if other not in text:
        return f"{other}{text}{other}"
    return f"{mark}{text.replace(mark, '’' if mark == chr(39) else '”')}{mark}"


def fields(name: Callable[[str], str]) -> Mapping[str, str]:
    """Our merge fields by what a tool calls them."""
    return {name(each): each for each in MERGE_FIELDS}


def joined_name(field: str) -> str:
    """`firstname`, as most tools write it.

    >>> joined_name("first_name"), joined_name("city")
    ('firstname', 'city')
    """
    return {"first_name": "firstname", "last_name": "lastname"}.get(field, field)


# -- Klaviyo, Braze, Brevo, HubSpot: {{ field|filter }} and {% if %} ------------------------------

_VALUE = r"""(?:'[^']*'|"[^"]*")"""
_TAG = (
    rf"\{{\{{(?:{_VALUE}|\$\{{\w+\}}|[^'\"{{}}])*\}}\}}"
    rf"|\{{%(?:{_VALUE}|\{{\{{[\w.]*\$\{{\w+\}}\}}\}}|[^'\"%{{}}])*%\}}"
)
_CALL = re.compile(rf"personalization_token\('(?P<field>[\w.]+)', (?P<value>{_VALUE})\)")


@dataclass(frozen=True)
class Bars:
    """What differs between the tools whose tags look like those of Liquid or of Django.

    `escapes`: values are not made safe for HTML by the tool, so the tag asks for it.
    """

    tool: str
    name: Callable[[str], str]
    filters: Mapping[str, str]
    elsif: str = "elif"
    default: str = "default:"
    bar: str = "|"
    space: str = " "
    tested: str = "{}"
    present: str = "{}"
    escapes: bool = False
    calls: bool = False


def bars(kind: Bars) -> Dialect:
    """The dialect of one such tool."""
    return Dialect(
        kind.tool,
        kind.name,
        write=lambda token, html: _write(kind, token, html),
        tag=_TAG,
        read=lambda tag, html: _read(kind, tag, html),
    )


def _write(kind: Bars, token: Token, html: bool) -> str:
    if isinstance(token, Text):
        return token.text
    if isinstance(token, Mark):
        word = kind.elsif if token.kind == "elsif" else token.kind
        return f"{{% {word}{' ' + _write_test(kind, token.test) if token.test else ''} %}}"
    pieces = [kind.name(token.field)]
    for number, (name, argument) in enumerate(token.filters):
        if name == "default":
            pieces += _fallback(kind, pieces, argument, html, first=number == 0)
        elif name in kind.filters:
            pieces.append(kind.filters[name])
        else:
            raise cannot(kind.tool, f"the filter {name!r}")
    if kind.calls and not pieces[0].startswith("personalization_token"):
        pieces[0] = f"personalization_token('{pieces[0]}', '')"
    if html and kind.escapes:
        pieces.append("escape")
    return f"{{{{{kind.space}{kind.bar.join(pieces)}{kind.space}}}}}"


def _fallback(
    kind: Bars, pieces: list[str], fallback: str, html: bool, *, first: bool
) -> list[str]:
    """What is added for a fallback; a tool that calls a function has it as an argument instead."""
    if not fallback:
        return []
    value = quoted(escape(fallback) if html and not kind.escapes else fallback)
    if not kind.calls:
        return [f"{kind.default}{value}"]
    if not first:
        raise cannot(kind.tool, "a filter before the default")
    pieces[0] = f"personalization_token('{pieces[0]}', {value})"
    return []


def _write_test(kind: Bars, test: Test) -> str:
    word, tests = leaves(test, kind.tool)
    said = []
    for each in tests:
        name = kind.tested.format(kind.name(each.field))
        equals = each.value is not None
        said.append(
            f"{name} == {quoted(each.value or '')}" if equals else kind.present.format(name)
        )
    return f" {word} ".join(said)


def _read(kind: Bars, tag: str, html: bool) -> Token | None:
    if tag.startswith("{%"):
        return _read_mark(kind, tag[2:-2].strip())
    pieces = [each.strip() for each in re.findall(rf"(?:{_VALUE}|[^|'\"])+", tag[2:-2])]
    lookup = len(pieces) > 1 and pieces[1].startswith("lookup:")
    head = "|".join(pieces[:2]) if lookup else pieces[0]
    rest = pieces[2:] if lookup else pieces[1:]
    filters: list[tuple[str, str]] = []
    if called := _CALL.fullmatch(head):
        head = called["field"]
        filters += _default(called["value"], html and not kind.escapes)
    field = fields(kind.name).get(head)
    if field is None:
        return None
    ours = {theirs: our for our, theirs in kind.filters.items()}
    for piece in rest:
        if piece.startswith("default"):
            filters += _default(piece.partition(":")[2].strip(), html and not kind.escapes)
        elif piece == "capfirst" and filters and filters[-1][0] == "downcase":
            filters[-1] = ("capitalize", "")
        elif piece in ours:
            filters.append((ours[piece], ""))
        elif piece != "escape":
            return None
    return Out(field, tuple(filters))


def _default(literal: str, escaped: bool) -> list[tuple[str, str]]:
    value = unescape(literal[1:-1]) if escaped else literal[1:-1]
    return [("default", value)] if value else []


def _read_mark(kind: Bars, inside: str) -> Mark | None:
    word, _, said = inside.partition(" ")
    if word in ("else", "endif"):
        return Mark(word)
    if word not in ("if", kind.elsif):
        return None
    joined = re.split(rf" (and|or) (?=(?:[^'\"]|{_VALUE})*$)", said)
    tests = [_read_test(kind, each) for each in joined[::2]]
    known = [each for each in tests if each is not None]
    if len(known) < len(tests):
        return None
    return Mark("if" if word == "if" else "elsif", chained(joined[1] if joined[1:] else "", known))


def _read_test(kind: Bars, said: str) -> Test | None:
    for theirs, ours in fields(kind.name).items():
        name = kind.tested.format(theirs)
        if said == kind.present.format(name):
            return Test("present", ours)
        if said.startswith(f"{name} == ") and re.fullmatch(_VALUE, said[len(name) + 4 :]):
            return Test("equals", ours, said[len(name) + 5 : -1])
    return None


def _klaviyo(field: str) -> str:
    return field if field in {"first_name", "last_name"} else f"person|lookup:'{field}'"


def _braze(field: str) -> str:
    standard = field in {"first_name", "last_name", "city"}
    return f"${{{field}}}" if standard else f"custom_attribute.${{{field}}}"


_DJANGO = {"upcase": "upper", "downcase": "lower", "capitalize": "lower|capfirst"}
_LIQUID = {each: each for each in ("capitalize", "upcase", "downcase", "strip")}
_JINJA = {"upcase": "upper", "downcase": "lower", "capitalize": "capitalize", "strip": "trim"}

KLAVIYO = bars(Bars("klaviyo", _klaviyo, _DJANGO))
BREVO = bars(Bars("brevo", lambda field: "contact." + joined_name(field).upper(), _DJANGO))
BRAZE = bars(
    Bars(
        "braze",
        _braze,
        _LIQUID,
        elsif="elsif",
        default="default: ",
        bar=" | ",
        space="",
        tested="{{{{{}}}}}",
        present="{} != blank",
        escapes=True,
    )
)
HUBSPOT = bars(Bars("hubspot", lambda field: "contact." + joined_name(field), _JINJA, calls=True))
