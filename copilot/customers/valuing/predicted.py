"""Predictions as columns of a people table, for segments and audience filters.

They are worked out only when an expression asks for them, once for each generation of the store.
"""

from collections.abc import Set
from typing import TYPE_CHECKING

from copilot.customers.tables import attach
from copilot.customers.valuing.churn import churn_columns
from copilot.customers.valuing.value import value_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

PREDICTED = {
    "expected_purchases": value_columns,
    "predicted_value": value_columns,
    "churn_risk": churn_columns,
}


def with_predictions(engine: "Engine", table: "ir.Table", fields: Set[str]) -> "ir.Table":
    """The table with those of `fields` that are predictions; empty for who never bought.

    Raises RefusedError, saying what is missing, when the data are too thin for one asked for.
    """
    for columns in dict.fromkeys(PREDICTED[name] for name in PREDICTED if name in fields):
        table = attach(table, columns(engine), "customer_id")
    return table
