"""Merge fields in the syntax of the tools that send: neutral Liquid to theirs and back.

What a tool's tags cannot say is refused, and listed by `side_notes`; such drafts are merged here
and exported with `--recipients`, or written without that tag.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from copilot.campaigns.exporting.dialects import (
    BRAZE,
    BREVO,
    HUBSPOT,
    KLAVIYO,
    Dialect,
    Mark,
    Token,
    cannot,
    leaves,
    quoted,
)
from copilot.campaigns.exporting.dialects_plain import LISTMONK, MAILCHIMP, MAUTIC
from copilot.campaigns.merging.liquid import If, Nodes, Out, Test, Text, outputs, parse
from copilot.errors import BriefError
from copilot.records import Draft, Part

Format = Literal[
    "generic", "mailchimp", "klaviyo", "braze", "mautic", "listmonk", "brevo", "hubspot"
]
FORMATS: tuple[Format, ...] = get_args(Format)
PARTS: tuple[Part, ...] = get_args(Part)

UNSUBSCRIBE = {
    "mailchimp": "*|UNSUB|*",
    "klaviyo": "{% unsubscribe_link %}",
    "braze": "{{${set_user_to_unsubscribed_url}}}",
    "mautic": "{unsubscribe_url}",
    "listmonk": "{{ UnsubscribeURL }}",
    "brevo": "{{ unsubscribe }}",
    "hubspot": "{{ unsubscribe_link }}",
}
"""Each tool's own link for opting out, which it wants in an e-mail besides the brand's page."""


def transpile(template: str, tool: Format, *, html: bool = False) -> str:
    """The template in a tool's merge syntax, fallbacks and conditions with it.

    `html` makes fallbacks safe inside HTML. Raises BriefError for what the tool's tags cannot
    say: such drafts are exported merged.
    """
    nodes = parse(template)
    if tool == "generic":
        return template
    dialect = _dialect(tool)
    written, depth = "", 0
    for token in _tokens(nodes):
        depth += isinstance(token, Mark) and (token.kind == "if") - (token.kind == "endif")
        own_condition = isinstance(token, Out) and bool(token.fallback)
        if not dialect.nests and depth + own_condition > 1:
            raise cannot(tool, "a fallback or a condition inside a condition")
        written += _written(token, dialect, html)
    return written


def neutral(text: str, tool: Format, *, html: bool = False) -> str:
    """A tool's template back in neutral Liquid: the inverse of `transpile`.

    A tag that is none of ours stays as it is.
    """
    if tool == "generic":
        return text
    dialect = _dialect(tool)

    def back(found: re.Match[str]) -> str:
        token = dialect.read(found[0], html)
        return found[0] if token is None else liquid(token)

    return re.sub(dialect.tag, back, text, flags=re.S)


def canonical(template: str) -> str:
    """The template written the one way in which `neutral` writes it.

    >>> canonical("{{first_name|default:'there'}}")
    '{{ first_name | default: "there" }}'
    """
    return "".join(liquid(token) for token in _tokens(parse(template)))


def liquid(token: Token) -> str:
    """A token in neutral Liquid."""
    if isinstance(token, Text):
        return token.text
    if isinstance(token, Mark):
        return f"{{% {token.kind}{' ' + _liquid_test(token.test) if token.test else ''} %}}"
    filters = [
        f"default: {quoted(argument, chr(34))}" if name == "default" else name
        for name, argument in token.filters
        if argument or name != "default"
    ]
    return f"{{{{ {' | '.join([token.field, *filters])} }}}}"


def side_notes(drafts: Sequence[Draft], tool: Format) -> tuple[str, ...]:
    """What must be done in the tool by hand, and what its tags cannot hold."""
    if tool == "generic":
        return ()
    dialect = _dialect(tool)
    notes = [
        f"{draft.draft_id} ({draft.unit}, {draft.channel}) is not in the file: {why}"
        for draft in drafts
        if (why := unholdable(draft, tool))
    ]
    names = sorted({field for draft in drafts for field in _fields(draft)})
    if names:
        said = ", ".join(f"{name} as {dialect.name(name)}" for name in names)
        notes.append(f"{tool} merges its own fields: {said}. Values such as N/A count as given.")
    if tool == "hubspot" and any("{%" in text for draft in drafts for text in _texts(draft)):
        notes.append("hubspot reads conditions only in e-mails with programmable content.")
    if any(draft.channel == "email" for draft in drafts):
        notes.append(f"{tool} has its own opt-out link, {UNSUBSCRIBE[tool]}; honour both.")
    return tuple(notes)


def unholdable(draft: Draft, tool: Format) -> str:
    """Why a tool's tags cannot hold a draft; empty when they can."""
    try:
        for part in PARTS:
            transpile(getattr(draft.message, part), tool, html=part == "html")
    except BriefError as error:
        return error.message
    return ""


def _fields(draft: Draft) -> set[str]:
    return {out.field for text in _texts(draft) for out in outputs(parse(text))}


def _texts(draft: Draft) -> list[str]:
    return [getattr(draft.message, part) for part in PARTS]


def _dialect(tool: str) -> Dialect:
    known = {
        each.tool: each for each in (MAILCHIMP, KLAVIYO, BRAZE, MAUTIC, LISTMONK, BREVO, HUBSPOT)
    }
    if tool not in known:
        raise BriefError(f"There is no export format {tool!r}.", hint=f"Use {', '.join(FORMATS)}.")
    return known[tool]


def _written(token: Token, dialect: Dialect, html: bool) -> str:
    if isinstance(token, Text) and re.search(dialect.own, token.text):
        raise cannot(dialect.tool, f"the text {token.text.strip()[:40]!r}, its own tag")
    return dialect.write(token, html)


def _tokens(nodes: Nodes) -> Iterator[Token]:
    """The nodes in the order they are written, conditions as the tags around their branches."""
    for node in nodes:
        if not isinstance(node, If):
            yield node
            continue
        for number, (test, inner) in enumerate(node.branches):
            yield Mark("elsif" if number else "if", test)
            yield from _tokens(inner)
        if node.otherwise:
            yield Mark("else")
            yield from _tokens(node.otherwise)
        yield Mark("endif")


def _liquid_test(test: Test) -> str:
    word, tests = leaves(test, "generic")
    return f" {word} ".join(
        each.field + (f" == {quoted(each.value, chr(34))}" if each.value is not None else "")
        for each in tests
    )
