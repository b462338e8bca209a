"""Records of segments by a scoring, of customer value and of churn risk."""

from pydantic import Field

from copilot.records.base import Record
from copilot.records.customers import Segment
from copilot.records.evaluation import Estimate


class Segmentation(Record):
    """Segments with how they were scored: `scores` says each score's rule in words.

    `as_of` is the day recency is counted to, `as_of_is` whether it was given or is the last in
    the data.
    """

    by: str
    scoring: str
    as_of: str | None
    as_of_is: str
    scores: dict[str, str] = Field(default_factory=dict)
    segments: tuple[Segment, ...]


class HoldoutFigures(Record):
    """How one way of predicting did on customers' days it had not seen, with 95% intervals.

    `total` is predicted / actual, `top_share` the share of the money that was spent by the tenth
    of customers predicted to spend most; `less_rmse` is the RMSE less that of the best simple
    way (below 0 is better; None for a simple way).
    """

    method: str
    mae: Estimate
    rmse: Estimate
    total: Estimate
    top_share: Estimate
    less_rmse: Estimate | None = None


class Expected(Record):
    """An expected value, and the 90% range of what really happens."""

    value: float
    low: float
    high: float


class CustomerValue(Record):
    """One customer by id: what is expected over the horizon, with 90% ranges.

    A range is what 90% of holdout customers with a like prediction really did. `alive` is the
    chance of still being a customer, where the model that says it is used.
    """

    customer_id: str
    purchases: Expected
    value: Expected
    spend: float = Field(description="money a purchase")
    alive: float | None = None


class SegmentValue(Record):
    """What a segment is expected to bring; `share` is of the value of all buyers, 0-1."""

    name: str
    customers: int
    purchases: float
    value: float
    share: float


class ValueReport(Record):
    """What buyers are expected to bring in the `horizon_days` after `as_of`, and why to believe it.

    `method` predicts purchases, `spend_method` money a purchase; `purchases` and `spending` are
    how each way did on the holdout: `trained_until`, then `holdout_days`. A purchase is a day
    with money paid. Parameters are of BG/NBD (r, alpha in days, a, b) and Gamma-Gamma (p, q, v),
    fitted on all data.
    """

    as_of: str
    horizon_days: int
    measure: str
    discount_rate: float
    method: str
    why: str
    spend_method: str
    spend_why: str
    rule: str
    trained_until: str
    holdout_days: int
    holdout_customers: int
    purchases: tuple[HoldoutFigures, ...]
    spending: tuple[HoldoutFigures, ...]
    parameters: dict[str, float]
    standard_errors: dict[str, float] = Field(default_factory=dict)
    customers: int
    total_purchases: float
    total_value: float
    segments: tuple[SegmentValue, ...] = ()
    top: tuple[CustomerValue, ...] = ()
    notes: tuple[str, ...] = ()


class Reliability(Record):
    """Of the holdout's customers given about this risk: what was said, and what came true."""

    low: float
    high: float
    customers: int
    said: float
    happened: Estimate


class CustomerRisk(Record):
    """One customer by id: the chance of no purchase in the horizon; money is all spent so far."""

    customer_id: str
    risk: float
    days_since: int
    usual_gap: float
    spent: float


class RiskBand(Record):
    """Today's buyers with a risk in [low, high)."""

    low: float
    high: float
    customers: int
    spent: float


class ChurnReport(Record):
    """The chance that each buyer buys nothing in the `horizon_days` after `as_of`.

    `brier` is the mean squared error of each way on the holdout, each customer judged by a
    calibration fitted without them; `base_rate` the share who bought nothing there. `signal` says
    what the risk is read from.
    """

    as_of: str
    horizon_days: int
    method: str
    signal: str
    why: str
    trained_until: str
    holdout_customers: int
    base_rate: float
    brier: dict[str, Estimate]
    reliability: tuple[Reliability, ...]
    bands: tuple[RiskBand, ...]
    top: tuple[CustomerRisk, ...] = ()
    notes: tuple[str, ...] = ()
