"""The grammar of audience expressions: text in, a checked tree of conditions out.

The text is parsed as SQL and then every node must be on a fixed list: the joins and tests below,
known fields and literal values. Everything else is refused by name.
"""

import datetime as dt
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from copilot.customers.schema import CUSTOMERS
from copilot.errors import FilterError

Kind = Literal["text", "number", "date", "boolean"]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "like", "between", "null", "true"]
Value = str | float | dt.date

CONSENT_CHANNELS = ("email", "sms", "whatsapp", "push")
UNCONSENTED_CHANNELS = ("social", "flyer")
ALLOWED = (
    "Allowed are: and, or, not, =, !=, <, <=, >, >=, in (…), like, between, is null, brackets,"
    " 'text', numbers and dates as 'YYYY-MM-DD'."
)
LONGEST = 2000

_KINDS: dict[str, Kind] = {
    "text": "text",
    "number": "number",
    "integer": "number",
    "date": "date",
}
FIELDS: dict[str, Kind] = {
    **{f.name: _KINDS[f.type] for f in CUSTOMERS.fields if f.type in _KINDS},
    "recency_days": "number",
    "frequency": "number",
    "monetary": "number",
    "first_purchase": "date",
    "last_purchase": "date",
    "favourite_product": "text",
    "favourite_category": "text",
    "home_store": "text",
    "store_name": "text",
    "segment": "text",
    "lifecycle": "text",
    "expected_purchases": "number",
    "predicted_value": "number",
    "churn_risk": "number",
    "consent": "boolean",
    **{f"consent_{channel}": "boolean" for channel in CONSENT_CHANNELS},
}
ALIASES = {
    "neighborhood": "neighbourhood",
    "favorite_product": "favourite_product",
    "favorite_category": "favourite_category",
    "store": "store_name",
    "recency": "recency_days",
}
NEVER = frozenset(field.name for field in CUSTOMERS.fields if field.use == "never")


@dataclass(frozen=True)
class Condition:
    """One test of one field; `values` has none for `null` and `true`, two for `between`."""

    field: str
    operator: Operator
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Joined:
    """Parts that must all hold, or of which one must."""

    how: Literal["and", "or"]
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Negated:
    """The part must not hold."""

    part: "Node"


Node = Condition | Joined | Negated


@dataclass(frozen=True)
class Filter:
    """A parsed expression; without a node everybody passes."""

    expression: str
    node: Node | None

    @property
    def fields(self) -> frozenset[str]:
        """Every field the expression tests."""
        return frozenset(_fields(self.node))


def parse(expression: str, *, never: frozenset[str] = NEVER) -> Filter:
    """The expression, checked; an empty one passes everybody.

    `never` are the fields that may not be used. Raises FilterError naming the part that is not
    understood, or not allowed, and what is.
    """
    found = _parsed(expression)
    for name in sorted(found.fields & never):
        raise FilterError(
            f"The field {name!r} may not be used to choose an audience.",
            hint="Choose by place, purchases, language or consent. What may be done with each"
            " field: marketing-copilot customers fields.",
        )
    return found


def _parsed(expression: str) -> Filter:
    import sqlglot
    from sqlglot.errors import SqlglotError

    text = expression.strip()
    if not text:
        return Filter("", None)
    if len(text) > LONGEST:
        raise FilterError(
            f"The filter is {len(text)} characters long.", hint=f"Keep it under {LONGEST}."
        )
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
        if len(trees) != 1 or trees[0] is None or any(n.comments for n in trees[0].walk()):
            raise _not_allowed(text)
        return Filter(text, _node(trees[0]))
    except (SqlglotError, RecursionError) as error:
        raise FilterError(f"The filter {text!r} cannot be read.", hint=ALLOWED) from error


def _fields(node: Node | None) -> Iterator[str]:
    if isinstance(node, Condition):
        yield node.field
    elif isinstance(node, Negated):
        yield from _fields(node.part)
    elif node is not None:
        for part in node.parts:
            yield from _fields(part)


def _node(tree: Any) -> Node:
    from sqlglot import exp

    if isinstance(tree, exp.Paren):
        return _node(tree.this)
    if isinstance(tree, exp.Not):
        return Negated(_node(tree.this))
    if isinstance(tree, exp.And | exp.Or):
        how: Literal["and", "or"] = "and" if isinstance(tree, exp.And) else "or"
        return Joined(how, (_node(tree.this), _node(tree.expression)))
    if isinstance(tree, exp.Column):
        return _boolean(_field(tree), tree)
    if isinstance(tree, exp.Is):
        return _is(tree)
    if isinstance(tree, exp.In) and not tree.args.get("query") and tree.expressions:
        return _condition(tree, tree.this, "in", tree.expressions)
    if isinstance(tree, exp.Between):
        return _condition(tree, tree.this, "between", (tree.args["low"], tree.args["high"]))
    if isinstance(tree, exp.Like | exp.ILike):
        like = _condition(tree, tree.this, "like", (tree.expression,))
        return Negated(like) if tree.args.get("negate") else like
    return _comparison(tree)


def _comparison(tree: Any) -> Node:
    from sqlglot import exp

    operators: dict[type, tuple[Operator, Operator]] = {
        exp.EQ: ("=", "="),
        exp.NEQ: ("!=", "!="),
        exp.LT: ("<", ">"),
        exp.LTE: ("<=", ">="),
        exp.GT: (">", "<"),
        exp.GTE: (">=", "<="),
    }
    if type(tree) not in operators:
        raise _not_allowed(tree)
    straight, turned = operators[type(tree)]
    if isinstance(tree.this, exp.Column) and not tree.this.this.quoted:
        return _condition(tree, tree.this, straight, (tree.expression,))
    return _condition(tree, tree.expression, turned, (tree.this,))


def _is(tree: Any) -> Node:
    from sqlglot import exp

    if isinstance(tree.expression, exp.Null):
        return Condition(_field(tree.this), "null")
    return _condition(tree, tree.this, "=", (tree.expression,))


def _condition(tree: Any, column: Any, operator: Operator, values: Any) -> Node:
    from sqlglot import exp

    if not isinstance(column, exp.Column):
        raise _not_allowed(tree)
    name = _field(column)
    kind = FIELDS[name]
    if kind == "boolean":
        return _boolean_test(name, operator, values, tree)
    if (operator == "like") != (kind == "text") and operator in {"like", "<", "<=", ">", ">="}:
        raise FilterError(f"{_text(tree)!r} cannot be tested: {name} is a {kind}.", hint=ALLOWED)
    if operator == "between" and kind == "text":
        raise FilterError(f"{_text(tree)!r} cannot be tested: {name} is a text.", hint=ALLOWED)
    return Condition(name, operator, tuple(_value(value, name, kind) for value in values))


def _boolean(name: str, tree: Any) -> Node:
    if FIELDS[name] != "boolean":
        raise FilterError(
            f"{_text(tree)!r} is not a test on its own: {name} is a {FIELDS[name]}.",
            hint=f"Write for example: {name} is not null.",
        )
    return Condition(name, "true")


def _boolean_test(name: str, operator: Operator, values: Any, tree: Any) -> Node:
    wanted = {"true": True, "yes": True, "false": False, "no": False}
    said = [value.name.lower() or _text(value).lower() for value in values]
    if operator not in {"=", "!="} or said[0] not in wanted:
        raise FilterError(
            f"{_text(tree)!r} cannot be tested: {name} is yes or no.", hint=f"Write: not {name}"
        )
    test = Condition(name, "true")
    return test if wanted[said[0]] == (operator == "=") else Negated(test)


def _field(tree: Any) -> str:
    from sqlglot import exp

    if not isinstance(tree, exp.Column) or tree.table:
        raise _not_allowed(tree)
    said = tree.name
    name = ALIASES.get(said.lower(), said.lower())
    if name not in FIELDS:
        near = difflib.get_close_matches(name, [*FIELDS, *ALIASES], n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Fields: {', '.join(FIELDS)}."
        raise FilterError(f"There is no field {said!r}.", hint=hint)
    return name


def _value(tree: Any, name: str, kind: Kind) -> Value:
    from sqlglot import exp

    if isinstance(tree, exp.Cast) and tree.to.is_type("date"):
        tree = tree.this
    quoted_name = isinstance(tree, exp.Column) and tree.this.quoted and not tree.table
    if quoted_name or (isinstance(tree, exp.Literal) and tree.is_string):
        return _text_value(tree.name, name, kind)
    negative = isinstance(tree, exp.Neg)
    number = tree.this if negative else tree
    if isinstance(number, exp.Literal) and not number.is_string:
        if kind == "text":
            return ("-" if negative else "") + str(number.this)
        if kind == "number":
            return -float(number.this) if negative else float(number.this)
    needed = {"text": "'text'", "number": "a number", "date": "a date as 'YYYY-MM-DD'"}[kind]
    raise FilterError(
        f"{_text(tree)!r} is not a value {name} can be compared with.", hint=f"Write {needed}."
    )


def _text_value(said: str, name: str, kind: Kind) -> Value:
    if kind == "text":
        return said
    if kind == "number":
        raise FilterError(f"{said!r} is not a number.", hint=f"Write {name} with a bare number.")
    try:
        return dt.date.fromisoformat(said)
    except ValueError as error:
        raise FilterError(f"{said!r} is not a date.", hint="Write it as 'YYYY-MM-DD'.") from error


def _not_allowed(tree: Any) -> FilterError:
    return FilterError(f"{_text(tree)!r} is not allowed in a filter.", hint=ALLOWED)


def _text(tree: Any) -> str:
    return tree if isinstance(tree, str) else str(tree.sql(dialect="duckdb"))
