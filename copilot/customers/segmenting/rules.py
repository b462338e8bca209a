"""Audience expressions as rows to edit, and rows as expressions.

Both ways go through the grammar of `filter_syntax`: what is written here is parsed there before
it is used, and what is parsed there comes back as the same rule.
"""

import datetime as dt
from typing import cast

from copilot.customers.filter_syntax import Condition, Joined, Negated, Node, Value
from copilot.customers.filters import permitted
from copilot.customers.store import Store
from copilot.errors import FilterError
from copilot.records import RuleGroup, RuleTest
from copilot.records.rules import RuleOperator

_TURNED: dict[RuleOperator, RuleOperator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def read(store: Store, where: str) -> RuleGroup:
    """The expression as a group of tests, with groups of tests one level below it.

    An empty expression is an empty group. Raises FilterError when it is not understood, and when
    it is nested more deeply than rows can show.
    """
    node = permitted(store, where).node
    if node is None:
        return RuleGroup()
    group = _group(node)
    if any(inner.groups for inner in group.groups):
        raise FilterError(
            "This rule is nested too deeply to be shown as rows.",
            hint="It works as it is; rows can show groups of tests, not groups of groups.",
        )
    return group


def write(group: RuleGroup) -> str:
    """The expression of a group of tests; an empty group gives "", which is everybody.

    Raises FilterError naming a test that is not complete.
    """
    parts = [_test(test) for test in group.tests]
    for inner in group.groups:
        text = write(inner)
        if text:
            alone = len(inner.tests) + len(inner.groups) == 1 or inner.negated
            parts.append(text if alone else f"({text})")
    text = f" {group.how} ".join(parts)
    return f"not ({text})" if group.negated and text else text


def _group(node: Node) -> RuleGroup:
    if isinstance(node, Negated) and isinstance(node.part, Joined):
        return _group(node.part).model_copy(update={"negated": True})
    if not isinstance(node, Joined):
        test = _tested(node)
        return RuleGroup(tests=(test,)) if isinstance(test, RuleTest) else test
    tests: list[RuleTest] = []
    groups: list[RuleGroup] = []
    for part in _flat(node):
        found = _tested(part)
        if isinstance(found, RuleTest):
            tests.append(found)
        else:
            groups.append(found)
    return RuleGroup(how=node.how, tests=tuple(tests), groups=tuple(groups))


def _flat(node: Joined) -> list[Node]:
    """The parts of a chain of the same join, in order."""
    found: list[Node] = []
    for part in node.parts:
        same = isinstance(part, Joined) and part.how == node.how
        found += _flat(cast(Joined, part)) if same else [part]
    return found


def _tested(node: Node) -> RuleTest | RuleGroup:
    """A test, or a negated group; a "not" of a "not" is none."""
    if isinstance(node, Negated):
        if isinstance(node.part, Joined):
            return _group(node)
        inner = _tested(node.part)
        if isinstance(inner, RuleGroup):
            return inner.model_copy(update={"negated": not inner.negated})
        if inner.operator in _TURNED:
            return inner.model_copy(update={"operator": _TURNED[inner.operator]})
        return inner.model_copy(update={"negated": not inner.negated})
    if isinstance(node, Joined):
        return _group(node)
    return _plain(node)


def _plain(node: Condition) -> RuleTest:
    values = tuple(_value(value) for value in node.values)
    operator = "=" if node.operator == "!=" else node.operator
    return RuleTest(
        field=node.field, operator=operator, values=values, negated=node.operator == "!="
    )


def _value(value: Value) -> float | str:
    return value.isoformat() if isinstance(value, dt.date) else value


def _test(test: RuleTest) -> str:
    """One test as text."""
    name, values = test.field, [_literal(value) for value in test.values]
    if test.operator == "true":
        return f"not {name}" if test.negated else name
    if test.operator == "null":
        return f"{name} is {'not ' * test.negated}null"
    if not values or (test.operator == "between" and len(values) != 2):
        raise FilterError(f"The test of {name!r} has no value.", hint="Choose one, or remove it.")
    no = "not " * test.negated
    if test.operator == "in":
        return f"{name} {no}in ({', '.join(values)})"
    if test.operator == "between":
        return f"{name} {no}between {values[0]} and {values[1]}"
    if test.operator == "like":
        return f"{name} {no}like {values[0]}"
    operator = test.operator
    if test.negated:
        return f"{name} {_TURNED.get(operator, '!=')} {values[0]}"
    return f"{name} {operator} {values[0]}"


def _literal(value: float | str) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
