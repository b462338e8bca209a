"""Records of rules: an audience expression as rows to edit, whom it reaches, saved by name."""

from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.customers import Consent

RuleOperator = Literal["=", "<", "<=", ">", ">=", "in", "like", "between", "null", "true"]
RuleKind = Literal["text", "number", "date", "boolean"]


class RuleTest(Record):
    """One test of one field; `values` has none for `null` and `true`, two for `between`.

    Dates are ISO texts. `negated` turns the test round.
    """

    field: str
    operator: RuleOperator
    values: tuple[float | str, ...] = ()
    negated: bool = False


class RuleGroup(Record):
    """Tests and groups of tests that must all hold ("and"), or of which one must ("or")."""

    how: Literal["and", "or"] = "and"
    negated: bool = False
    tests: tuple[RuleTest, ...] = ()
    groups: tuple["RuleGroup", ...] = ()


class RuleField(Record):
    """A field that rules may test: its name for people, and what its values are.

    `values` are a text's commonest values, commonest first; fields that say who somebody is
    have none. `low` and `high` bound a number or (ISO) a date, where no person is told by them.
    """

    field: str
    label: str
    kind: RuleKind
    help: str = ""
    values: tuple[str, ...] = ()
    more_values: int = Field(default=0, description="values there are beyond those listed")
    low: float | str | None = None
    high: float | str | None = None


class Reach(Record):
    """Whom an audience expression is true for; consent is counted among them by channel."""

    where: str
    customers: int
    everybody: int
    revenue: float
    consent: dict[str, Consent] = Field(default_factory=dict)


class SavedSegment(Record):
    """An audience expression kept under a name."""

    name: str
    where: str


class GridCell(Record):
    """Buyers with these two scores (1-5, 5 the best fifth), and the segment the cell is part of."""

    recency: int
    frequency: int
    segment: str
    customers: int
    revenue: float
