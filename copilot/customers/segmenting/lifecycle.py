"""Life cycle: where a customer stands, by fixed days or by the customer's own rhythm.

By rhythm a customer is late when the last purchase is longer ago than their usual gap. The usual
gap is their mean gap between days with a purchase, drawn towards the typical one of the business
(the median of repeat customers' mean gaps) as if PRIOR_GAPS more gaps of that length had been
seen: two quick visits do not make a weekly customer.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from copilot.errors import RefusedError

if TYPE_CHECKING:
    import ibis.expr.types as ir

Array = NDArray[np.float64]

ACTIVE_DAYS, COOLING_DAYS, LAPSED_DAYS = 60, 120, 240
LIFECYCLE_RULES = {
    "new": f"first purchase in the last {ACTIVE_DAYS} days",
    "active": f"last purchase in the last {ACTIVE_DAYS} days",
    "cooling": f"last purchase {ACTIVE_DAYS + 1}-{COOLING_DAYS} days ago",
    "at risk": f"last purchase {COOLING_DAYS + 1}-{LAPSED_DAYS} days ago",
    "lapsed": f"last purchase over {LAPSED_DAYS} days ago",
    "no purchase": "no purchase in the data",
}
PRIOR_GAPS = 2
FEWEST_REPEAT = 20
ACTIVE_GAPS, COOLING_GAPS, LAPSED_GAPS = 1.5, 3.0, 6.0
RHYTHM_RULES = {
    "new": f"bought on one day only, at most {ACTIVE_GAPS:g} usual gaps ago",
    "active": f"last purchase at most {ACTIVE_GAPS:g} usual gaps ago",
    "cooling": f"last purchase over {ACTIVE_GAPS:g} and at most {COOLING_GAPS:g} usual gaps ago",
    "at risk": f"last purchase over {COOLING_GAPS:g} and at most {LAPSED_GAPS:g} usual gaps ago",
    "lapsed": f"last purchase over {LAPSED_GAPS:g} usual gaps ago",
    "no purchase": "no purchase in the data",
}


def by_days(table: "ir.Table") -> "ir.Value":
    """The stage of LIFECYCLE_RULES, from recency_days, first_purchase and last_purchase."""
    import ibis

    days = table["recency_days"]
    since_first = days + table["last_purchase"].delta(table["first_purchase"], unit="day")
    return ibis.cases(
        (days.isnull(), "no purchase"),
        (since_first <= ACTIVE_DAYS, "new"),
        (days <= ACTIVE_DAYS, "active"),
        (days <= COOLING_DAYS, "cooling"),
        (days <= LAPSED_DAYS, "at risk"),
        else_="lapsed",
    )


def by_rhythm(table: "ir.Table", typical: float) -> "ir.Value":
    """The stage of RHYTHM_RULES, from the same columns and buying_days; `typical` in days."""
    import ibis

    days = table["recency_days"].cast("float64")
    gaps = table["buying_days"].cast("float64") - 1.0
    stretch = table["last_purchase"].delta(table["first_purchase"], unit="day").cast("float64")
    late = days / ((stretch + PRIOR_GAPS * typical) / (gaps + PRIOR_GAPS))
    return ibis.cases(
        (days.isnull(), "no purchase"),
        ((gaps == 0) & (late <= ACTIVE_GAPS), "new"),
        (late <= ACTIVE_GAPS, "active"),
        (late <= COOLING_GAPS, "cooling"),
        (late <= LAPSED_GAPS, "at risk"),
        else_="lapsed",
    )


def typical_gap(table: "ir.Table") -> float:
    """The median of repeat customers' mean gaps, in days, of a table with buying_days.

    Raises RefusedError with fewer than FEWEST_REPEAT of them.
    """
    gaps = (table["buying_days"] - 1).cast("float64").nullif(0.0)
    stretch = table["last_purchase"].delta(table["first_purchase"], unit="day").cast("float64")
    repeat = table.filter(table["buying_days"] > 1)
    repeat = repeat.select(gap=(stretch / gaps).round(6))
    read = np.asarray(repeat.to_pyarrow().column("gap").to_numpy(), dtype=np.float64)
    if len(read) < FEWEST_REPEAT:
        raise RefusedError(
            f"Only {len(read)} customers bought on two days or more, too few for a usual gap.",
            hint=f"At least {FEWEST_REPEAT} are needed; use --scoring days.",
        )
    return float(np.median(read))


def usual_gap(repeats: Array, stretch: Array) -> Array:
    """Each customer's usual gap in days from repeat purchases and days between first and last;
    1 day or more, and 30 where nobody came back."""
    again = repeats > 0
    typical = float(np.median(stretch[again] / repeats[again])) if again.any() else 30.0
    gap: Array = np.maximum((stretch + PRIOR_GAPS * typical) / (repeats + PRIOR_GAPS), 1.0)
    return gap


def rhythm_rule(typical: float) -> str:
    """How the usual gap is worked out, in words."""
    return (
        "a customer's own mean days between days with a purchase, drawn towards the median of all"
        f" repeat customers ({typical:.1f} days) as if {PRIOR_GAPS} more gaps of it had been seen"
    )
