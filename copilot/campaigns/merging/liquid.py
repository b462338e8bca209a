"""The part of Liquid that messages may use: merge fields, fallbacks, four filters, `if`.

Parsed by python-liquid, compiled to an engine expression, so that a million messages are merged
by the engine and no value is ever parsed again. Fields are text; a field that is blank or holds
a placeholder such as "N/A" counts as missing.
"""

import functools
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.errors import BriefError

if TYPE_CHECKING:
    import ibis.expr.types as ir

MERGE_FIELDS = (
    "first_name",
    "last_name",
    "city",
    "neighbourhood",
    "region",
    "postcode",
    "store_name",
    "favourite_product",
    "favourite_category",
)
"""What a message may merge; nothing that counts or dates what one customer did."""

# Characters stand for themselves, for every engine's regular expressions read those alike.
BLANK = "[\\t-\\r \u00a0\u2000-\u200b\u202f\u3000\ufeff]+"
BREAKS = "[\\t-\\r\u0085\u2028\u2029]+"
UNSEEN = "[^ -~\u00a0-\u2027\u202f-\u2065\u206a-\U0010ffff]"
EMPTY_VALUES = ("", "n/a", "na", "-", "--", "null", "none", "nil", "nan", "#n/a", "?")
UNSAFE = r"[<>{}|=*\\]|https?:|[Ww][Ww][Ww]\.|^[+@=-]"
"""What no name or place holds: markup, merge tags, formulas, links. Such a value is not merged."""

FILTERS = ("default", "capitalize", "upcase", "downcase", "strip")
_ALLOWED = "{{ field }}, filters " + ", ".join(FILTERS) + ", {% if field %}, ==, and, or"


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Out:
    """A merge field; `filters` are (name, argument) in order."""

    field: str
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def fallback(self) -> str:
        return next((value for name, value in self.filters if name == "default"), "")


@dataclass(frozen=True)
class Test:
    """`field` is present (value None) or equals `value`; or two tests joined by and, or."""

    kind: str
    field: str = ""
    value: str | None = None
    left: "Test | None" = None
    right: "Test | None" = None


@dataclass(frozen=True)
class If:
    branches: tuple[tuple[Test, "Nodes"], ...]
    otherwise: "Nodes" = ()


Node = Text | Out | If
Nodes = tuple[Node, ...]


def parse(template: str) -> Nodes:
    """The template's nodes; raises BriefError naming whatever is outside the subset."""
    from liquid.exceptions import LiquidError

    try:
        nodes = _environment().from_string(template).nodes
    except LiquidError as error:
        raise _refused(str(error).splitlines()[0]) from error
    return _joined(_node(node) for node in nodes)


def outputs(nodes: Sequence[Node]) -> Iterator[Out]:
    """Every merge field, those inside conditions' branches included."""
    for node in nodes:
        if isinstance(node, Out):
            yield node
        elif isinstance(node, If):
            for _, inner in node.branches:
                yield from outputs(inner)
            yield from outputs(node.otherwise)


def slots(template: str) -> dict[str, str]:
    """Each merge field and its fallback, which is empty when none is given.

    >>> slots('Hello {{ first_name | default: "there" }},')
    {'first_name': 'there'}
    """
    return {node.field: node.fallback for node in outputs(parse(template))}


def compile_nodes(
    nodes: Sequence[Node], table: "ir.Table", *, escape: bool = False
) -> "ir.StringValue":
    """The merged text as an expression over a table from `with_present`.

    `escape` makes values and fallbacks safe inside HTML; the template's own text is left alone.
    """
    import ibis

    merged = [_compiled(node, table, escape) for node in nodes]
    return functools.reduce(operator.add, merged) if merged else ibis.literal("")


def fields_of(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Every field the nodes merge or test, in a fixed order."""
    found = {node.field for node in outputs(nodes)}
    for node in nodes:
        found |= _tested(node)
    return tuple(name for name in MERGE_FIELDS if name in found)


def with_present(table: "ir.Table", fields: Sequence[str]) -> "ir.Table":
    """The table with the text fields as they are merged: trimmed, and empty where a field is
    blank, or holds a placeholder for nothing or what no name holds (UNSAFE).

    Line breaks and tabs inside a value become spaces, so that none adds a line or a mail header;
    invisible control and direction marks are dropped.
    """
    import ibis

    # In steps, so that no engine computes one twice; a search is cheap, a replacement is not.
    def each(change: Callable[[Any], Any]) -> "ir.Table":
        return table.mutate(**{name: change(table[name]) for name in fields})

    if fields:
        table = each(lambda value: ibis.coalesce(value.cast("string"), ""))
        table = each(_seen)
        table = each(_trimmed)
        table = each(_something)
    return table


def present_value(value: str | None) -> str | None:
    """What `present` makes of one value; the rule in plain Python, for previews."""
    clean = re.sub(UNSEEN, "", re.sub(BREAKS, " ", value or ""))
    trimmed = re.sub(f"^{BLANK}|{BLANK}$", "", clean)
    unsafe = re.search(UNSAFE, trimmed) is not None
    return None if unsafe or trimmed.lower() in EMPTY_VALUES else trimmed


def _seen(value: Any) -> Any:
    plain = value.re_replace(BREAKS, " ").re_replace(UNSEEN, "")
    return value.re_search(UNSEEN).ifelse(plain, value)


def _trimmed(value: Any) -> Any:
    edges = f"^{BLANK}|{BLANK}$"
    return value.re_search(edges).ifelse(value.re_replace(edges, ""), value)


def _something(value: Any) -> Any:
    nothing = "^(?:" + "|".join(map(re.escape, EMPTY_VALUES)) + ")$"
    short = value.length() <= max(map(len, EMPTY_VALUES))
    told = short.ifelse(value.lower().re_search(nothing).ifelse("", value), value)
    return value.re_search(UNSAFE).ifelse("", told)


@functools.cache
def _environment() -> Any:
    from liquid import Environment

    environment = Environment()
    environment.tags = {
        name: tag for name, tag in environment.tags.items() if name in {"if", *_OWN_TAGS}
    }
    return environment


_OWN_TAGS = ("content", "output", "illegal")


def _node(node: Any) -> Node:
    from liquid.builtin.content import ContentNode
    from liquid.builtin.output import OutputNode
    from liquid.builtin.tags.if_tag import IfNode

    if isinstance(node, ContentNode):
        text = str(node.text)
        if "{{" in text or "{%" in text:
            raise _refused(text.strip())
        return Text(text)
    if isinstance(node, OutputNode):
        return _output(node.expression)
    if isinstance(node, IfNode):
        branches: list[Any] = [(node.condition, node.consequence)]
        branches += [(each.expression, each.block) for each in node.alternatives]
        return If(
            tuple((_test(test.expression), _block(block)) for test, block in branches),
            _block(node.default) if node.default else (),
        )
    raise _refused(str(node).strip())


def _block(block: Any) -> Nodes:
    return _joined(_node(node) for node in block.nodes)


def _joined(nodes: Iterator[Node]) -> Nodes:
    return tuple(node for node in nodes if node != Text(""))


def _output(expression: Any) -> Out:
    from liquid.builtin.expressions import FilteredExpression

    if type(expression) is not FilteredExpression:
        raise _refused(str(expression))
    return Out(_field(expression.left), tuple(_filter(each) for each in expression.filters or []))


def _filter(filter_: Any) -> tuple[str, str]:
    wanted = 1 if filter_.name == "default" else 0
    if filter_.name not in FILTERS or len(filter_.args) != wanted:
        raise _refused(str(filter_))
    return filter_.name, _literal(filter_.args[0].value) if wanted else ""


def _test(expression: Any) -> Test:
    from liquid.builtin.expressions.logical import (
        EqExpression,
        LogicalAndExpression,
        LogicalOrExpression,
    )

    if isinstance(expression, LogicalAndExpression | LogicalOrExpression):
        kind = "and" if isinstance(expression, LogicalAndExpression) else "or"
        return Test(kind, left=_test(expression.left), right=_test(expression.right))
    if isinstance(expression, EqExpression):
        return Test("equals", _field(expression.left), _literal(expression.right))
    return Test("present", _field(expression))


def _field(expression: Any) -> str:
    from liquid.builtin.expressions.path import Path

    name = str(expression)
    if not isinstance(expression, Path):
        raise _refused(name)
    if name not in MERGE_FIELDS:
        raise BriefError(
            f"{name!r} is not a merge field.", hint=f"Use one of: {', '.join(MERGE_FIELDS)}."
        )
    return name


def _literal(expression: Any) -> str:
    from liquid.builtin.expressions.primitive import StringLiteral

    if not isinstance(expression, StringLiteral):
        raise _refused(str(expression))
    return str(expression.value)


def _refused(what: str) -> BriefError:
    return BriefError(f"Merge expression not supported: {what!r}.", hint=f"Use {_ALLOWED}.")


def _compiled(node: Node, table: "ir.Table", escape: bool) -> Any:
    import ibis

    if isinstance(node, Text):
        return ibis.literal(node.text)
    if isinstance(node, Out):
        value = _filtered(node, table)
        return _html(value) if escape else value
    cases = [
        (_condition(test, table), compile_nodes(inner, table, escape=escape))
        for test, inner in node.branches
    ]
    return ibis.cases(*cases, else_=compile_nodes(node.otherwise, table, escape=escape))


def _tested(node: Node) -> set[str]:
    if not isinstance(node, If):
        return set()
    found: set[str] = set()
    for test, inner in node.branches:
        found |= _test_fields(test).union(*map(_tested, inner))
    return found.union(*map(_tested, node.otherwise))


def _test_fields(test: Test) -> set[str]:
    if test.left and test.right:
        return _test_fields(test.left) | _test_fields(test.right)
    return {test.field}


def _filtered(node: Out, table: "ir.Table") -> Any:
    value: Any = table[node.field]
    for name, argument in node.filters:
        if name == "default":
            value = (value == "").ifelse(argument, value)
        elif name == "upcase":
            value = value.upper()
        elif name == "downcase":
            value = value.lower()
        elif name == "capitalize":
            value = value.substr(0, 1).upper() + value.substr(1).lower()
        else:
            value = value.re_replace(f"^{BLANK}|{BLANK}$", "")
    return value


def _condition(test: Test, table: "ir.Table") -> Any:
    if test.left and test.right:
        left, right = _condition(test.left, table), _condition(test.right, table)
        return left & right if test.kind == "and" else left | right
    value: Any = table[test.field]
    return value != "" if test.kind == "present" else value == test.value


def _html(value: Any) -> Any:
    escaped = value
    for mark, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("'", "&#39;"),
        ('"', "&#34;"),
    ):
        escaped = escaped.replace(mark, entity)
    return value.re_search("[&<>'\"]").ifelse(escaped, value)
