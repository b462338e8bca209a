"""The people an audience expression is about, with the columns it tests."""

from typing import TYPE_CHECKING

from copilot.customers.filters import Filter
from copilot.customers.people import people
from copilot.customers.segmenting.segments import segmented
from copilot.customers.valuing.predicted import with_predictions

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

_OF_SEGMENTS = frozenset({"segment", "lifecycle"})


def tested(engine: "Engine", chosen: Filter, *fields: str) -> "ir.Table":
    """The people table with every column the expression tests, and with `fields`.

    Segments and predictions are worked out only when they are asked for. Raises DataError without
    customers, RefusedError when the data are too thin for a prediction.
    """
    derived = _OF_SEGMENTS & {*chosen.fields, *fields}
    table = segmented(engine) if derived else people(engine)
    return with_predictions(engine, table, chosen.fields)
