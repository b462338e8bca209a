"""The audience language: a small, safe part of SQL's conditions over the people table.

`consent and city = 'Leeds'`, `frequency >= 3 and recency_days < 60`,
`neighbourhood in ('Holbeck', 'Hunslet')`, `first_purchase >= '2026-03-01'`. An expression is
parsed, checked against a fixed list of fields and tests, and turned into engine expressions; its
text never reaches an engine. Text is compared without regard to case. As in SQL, a test on an
empty value is neither true nor false, so `language != 'en'` leaves out unknown languages.
"""

import operator
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from copilot.customers.filter_syntax import (
    CONSENT_CHANNELS,
    FIELDS,
    UNCONSENTED_CHANNELS,
    Condition,
    Filter,
    Joined,
    Negated,
    Node,
    parse,
)
from copilot.customers.privacy import registry
from copilot.errors import FilterError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.store import Store

__all__ = ["Filter", "apply", "condition", "parse", "permitted"]


def permitted(store: "Store", expression: str) -> Filter:
    """The expression, parsed, with the fields that this store's owner allows to be used.

    Raises FilterError naming the part that is not understood, or not allowed.
    """
    return parse(expression, never=registry.never(store))


def apply(filter: Filter, table: "ir.Table", channel: str | None = None) -> "ir.Table":
    """The rows of a people table that pass; `consent` means consent on the channel.

    Without a channel `consent` is a yes on any channel; `social` and `flyer` need none. Raises
    FilterError when the table lacks a field the filter tests.
    """
    if filter.node is None:
        return table
    return table.filter(condition(filter, table, consent=consent_on(table, channel)))


def condition(
    filter: Filter, table: "ir.Table", *, consent: "ir.BooleanValue"
) -> "ir.BooleanValue":
    """The filter as one expression over the table, with `consent` as given."""
    import ibis

    if filter.node is None:
        everybody: ir.BooleanValue = ibis.literal(True)
        return everybody
    return _expression(filter.node, table, consent)


def consent_on(table: "ir.Table", channel: str | None = None) -> "ir.BooleanValue":
    import ibis

    if channel in UNCONSENTED_CHANNELS:
        free: ir.BooleanValue = ibis.literal(True)
        return free
    channels = (channel,) if channel else CONSENT_CHANNELS
    known = [f"consent_{c}" for c in channels if f"consent_{c}" in table.columns]
    if len(known) < len(channels):
        raise FilterError(
            f"There is no consent for the channel {channel!r}.",
            hint=f"Channels: {', '.join((*CONSENT_CHANNELS, *UNCONSENTED_CHANNELS))}.",
        )
    return reduce(operator.or_, (table[name].fill_null(False) for name in known))


def _expression(node: Node, table: "ir.Table", consent: "ir.BooleanValue") -> "ir.BooleanValue":
    if isinstance(node, Negated):
        return ~_expression(node.part, table, consent)
    if isinstance(node, Joined):
        join: Callable[[Any, Any], Any] = operator.and_ if node.how == "and" else operator.or_
        return reduce(join, (_expression(part, table, consent) for part in node.parts))
    if node.field == "consent":
        return consent
    if node.field not in table.columns:
        raise FilterError(
            f"{node.field!r} is not known for these people.",
            hint=f"Known are: {', '.join(name for name in table.columns if name in FIELDS)}.",
        )
    return _test(node, table[node.field])


def _test(node: Condition, column: Any) -> "ir.BooleanValue":
    if node.operator == "null":
        return column.isnull()
    if node.operator == "true":
        return column.fill_null(False)
    values: list[Any] = list(node.values)
    if FIELDS[node.field] == "text":
        column, values = column.lower(), [str(value).lower() for value in values]
    elif FIELDS[node.field] == "date":
        column = column.cast("date")
    tests: dict[str, Callable[[], Any]] = {
        "=": lambda: column == values[0],
        "!=": lambda: column != values[0],
        "<": lambda: column < values[0],
        "<=": lambda: column <= values[0],
        ">": lambda: column > values[0],
        ">=": lambda: column >= values[0],
        "in": lambda: column.isin(values),
        "like": lambda: column.like(values[0]),
        "between": lambda: column.between(values[0], values[1]),
    }
    return tests[node.operator]()
