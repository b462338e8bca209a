"""The tests of the rule builder in plain words, by the kind of field."""

from dataclasses import dataclass

from copilot.records import RuleTest
from copilot.records.rules import RuleKind, RuleOperator


@dataclass(frozen=True)
class Test:
    """An operator of the audience language; `pattern` makes its value from what is typed."""

    operator: RuleOperator
    negated: bool = False
    pattern: str = ""


_KNOWN = {"is not known": Test("null"), "is known": Test("null", negated=True)}
TESTS: dict[RuleKind, dict[str, Test]] = {
    "text": {
        "is": Test("="),
        "is not": Test("=", negated=True),
        "is one of": Test("in"),
        "is none of": Test("in", negated=True),
        "begins with": Test("like", pattern="{}%"),
        "contains": Test("like", pattern="%{}%"),
        "does not contain": Test("like", negated=True, pattern="%{}%"),
        "fits the pattern": Test("like", pattern="{}"),
        "does not fit the pattern": Test("like", negated=True, pattern="{}"),
        **_KNOWN,
    },
    "number": {
        "is at least": Test(">="),
        "is at most": Test("<="),
        "is more than": Test(">"),
        "is less than": Test("<"),
        "is": Test("="),
        "is not": Test("=", negated=True),
        "is between": Test("between"),
        "is not between": Test("between", negated=True),
        **_KNOWN,
    },
    "date": {
        "is on or after": Test(">="),
        "is on or before": Test("<="),
        "is after": Test(">"),
        "is before": Test("<"),
        "is on": Test("="),
        "is not on": Test("=", negated=True),
        "is between": Test("between"),
        "is not between": Test("between", negated=True),
        **_KNOWN,
    },
    "boolean": {
        "yes": Test("true"),
        "no, or not known": Test("true", negated=True),
    },
}


def test_of(start: RuleTest | None, kind: RuleKind) -> tuple[str, tuple[float | str, ...]]:
    """The words of a test and what its widgets begin with; the kind's first test without one."""
    tests = TESTS[kind]
    if start is None:
        return next(iter(tests)), ()
    fitting = [
        (words, test)
        for words, test in tests.items()
        if test.operator == start.operator and test.negated == start.negated
    ]
    for words, test in fitting:
        typed = tuple(_typed(test.pattern, value) for value in start.values)
        if None not in typed:
            return words, tuple(one for one in typed if one is not None)
    return next(iter(tests)), start.values[:1]


def shown_as_row(test: RuleTest, kind: RuleKind) -> bool:
    """Whether a row can show the test without changing it."""
    known = any(
        one.operator == test.operator and one.negated == test.negated
        for one in TESTS[kind].values()
    )
    return known and "" not in test.values


def _typed(pattern: str, value: float | str) -> float | str | None:
    """What was typed to get this value by a pattern; None when no such text gives it."""
    if not pattern:
        return value
    before, _, after = pattern.partition("{}")
    text = str(value)
    middle = text[len(before) : len(text) - len(after)]
    fits = text == pattern.format(middle)
    clear = pattern == "{}" or not set(middle) & set("%_")
    return middle if fits and middle and clear else None
