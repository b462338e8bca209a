"""RFM: scores of recency, frequency and money by several scorings, and the segments they name.

fifths: equal fifths of the buyers by rank, each score on its own. nested: fifths of recency, then
of frequency within each, then of money within both (Hughes, 1994, "Strategic database
marketing"). quartiles: as fifths, in four. cuts: fixed points that the user gives. weighted: the
weighted mean of the three fifths. Equal customers are told apart by id, so the same data always
give the same scores. Segments are cells of a grid; what is shown is the rule that assigns them.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Literal, cast, get_args

from copilot.customers.segmenting.rfm_choices import (
    FILE,
    LEVELS,
    MEASURES,
    RESERVED,
    Cell,
    Choices,
    Limits,
)
from copilot.errors import InputError

if TYPE_CHECKING:
    import ibis.expr.types as ir

Scoring = Literal["fifths", "nested", "quartiles", "cuts", "weighted"]

SCORES = {"recency": "rfm_recency", "frequency": "rfm_frequency", "monetary": "rfm_monetary"}
NO_PURCHASE = (RESERVED[1], "no purchase in the data")
OTHER = (RESERVED[0], "none of the cells named above")


def _grid(**cells: str) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            name.replace("_", " "),
            tuple(
                (measure, (int(said[0]), int(said[-1])))
                for measure, said in zip(MEASURES, text.split(), strict=False)
            ),
        )
        for name, text in cells.items()
    )


GRID = _grid(
    champions="4-5 4-5",
    loyal="3 4-5",
    promising="4-5 2-3",
    new="4-5 1",
    needs_attention="3 1-3",
    at_risk="1-2 3-5",
    lapsed="1-2 1-2",
)
GRID_OF_FOUR = _grid(
    champions="4 3-4",
    loyal="3 3-4",
    promising="3-4 2",
    new="3-4 1",
    at_risk="1-2 3-4",
    lapsed="1-2 1-2",
)
RFM_RULES = {**{cell.name: cell.rule for cell in GRID}, NO_PURCHASE[0]: NO_PURCHASE[1]}
BANDS = (("best", 4.2), ("good", 3.4), ("middle", 2.6), ("low", 1.8), ("lowest", 0.0))


def scoring_of(name: str) -> Scoring:
    """The scoring of that name; '' is fifths. Raises InputError naming the known ones."""
    if name and name not in get_args(Scoring):
        raise InputError(
            f"There is no scoring {name!r}.", hint=f"Choose from {', '.join(get_args(Scoring))}."
        )
    return cast(Scoring, name or "fifths")


def with_scores(table: "ir.Table", scoring: Scoring, choices: Choices) -> "ir.Table":
    """The table with rfm_recency, rfm_frequency and rfm_monetary (empty without a purchase);
    higher is better. Raises InputError when `cuts` lacks its cut points."""
    import ibis

    table = table.mutate(_bought=table["frequency"].fill_null(0) > 0)
    if scoring == "cuts":
        scores = {
            SCORES[measure]: _by_cuts(table, measure, cuts)
            for measure, cuts in _all_cuts(choices).items()
        }
        return table.mutate(**scores).drop("_bought")
    levels = levels_of(scoring)
    within = ["_bought"]
    for measure in MEASURES:
        table = table.mutate(_rank=_by_rank(table, measure, within, levels))
        score = table["_bought"].ifelse(table["_rank"], ibis.null("int64"))
        table = table.mutate(**{SCORES[measure]: score})
        if scoring == "nested":
            within = [*within, SCORES[measure]]
    return table.drop("_bought", "_rank")


def levels_of(scoring: Scoring) -> int:
    """How many scores there are, 1 to this."""
    return 4 if scoring == "quartiles" else LEVELS


def named_by(
    table: "ir.Table", scoring: Scoring, choices: Choices
) -> tuple["ir.Value", dict[str, str]]:
    """The segment of each customer of a table with scores, and every segment's rule."""
    import ibis

    nothing = (table["rfm_recency"].isnull(), NO_PURCHASE[0])
    if scoring == "weighted":
        mean = weighted(table, choices.weights)
        banded = [(mean >= least, name) for name, least in BANDS]
        return ibis.cases(nothing, *banded[:-1], else_=BANDS[-1][0]), _band_rules()
    cells = choices.names or (GRID_OF_FOUR if scoring == "quartiles" else GRID)
    _check_cells(cells, levels_of(scoring))
    named = ibis.cases(
        nothing, *((_inside(table, cell), cell.name) for cell in cells), else_=OTHER[0]
    )
    rules = {cell.name: cell.rule for cell in cells}
    return named, {**rules, **dict([OTHER]), **dict([NO_PURCHASE])}


def score_rules(scoring: Scoring, choices: Choices) -> dict[str, str]:
    """How each score is given, in words."""
    if scoring == "cuts":
        return {m: _cut_rule(m, cuts) for m, cuts in _all_cuts(choices).items()}
    parts = "quarters" if scoring == "quartiles" else "fifths"
    best = {
        "recency": "bought last",
        "frequency": "bought most often",
        "monetary": "spent most",
    }
    within = {"recency": "", "frequency": "", "monetary": ""}
    if scoring == "nested":
        within = {
            "recency": "",
            "frequency": " within each recency score",
            "monetary": " within each recency and frequency score",
        }
    levels = levels_of(scoring)
    rules = {
        m: f"equal {parts} of the buyers{within[m]}, {levels} for those who {best[m]}; ties by id"
        for m in MEASURES
    }
    if scoring == "weighted":
        total = ", ".join(f"{m} {choices.weights[m]:g}" for m in MEASURES)
        rules["weighted"] = f"mean of the three scores with the weights {total}"
    return rules


def weighted(table: "ir.Table", weights: Mapping[str, float]) -> "ir.Value":
    """The weighted mean of the three scores, 1-5, to six places."""
    total = sum(weights.values())
    parts = [table[SCORES[m]].cast("float64") * (weights[m] / total) for m in MEASURES]
    return reduce(lambda a, b: a + b, parts).round(6)


def _by_rank(
    table: "ir.Table", measure: str, within: Sequence[str], levels: int
) -> "ir.IntegerValue":
    import ibis

    order = ibis.desc if measure == "recency" else ibis.asc
    column = table[MEASURES[measure]]
    window = ibis.window(
        group_by=[table[name] for name in within],
        order_by=[order(column), ibis.asc(table["customer_id"])],
    )
    rank: ir.IntegerValue = ibis.ntile(levels).over(window).cast("int64") + 1
    return rank


def _by_cuts(table: "ir.Table", measure: str, cuts: Sequence[float]) -> "ir.Value":
    import ibis

    column, steps = table[MEASURES[measure]], list(enumerate(cuts))
    if measure == "recency":
        reached = [(column <= cut, LEVELS - place) for place, cut in steps]
    else:
        reached = [(column >= cut, place + 2) for place, cut in reversed(steps)]
    score = ibis.cases(*reached, else_=1).cast("int64")
    return table["_bought"].ifelse(score, ibis.null("int64"))


def _cut_rule(measure: str, cuts: Sequence[float]) -> str:
    steps = " / ".join(f"{cut:g}" for cut in cuts)
    if measure == "recency":
        return f"5 / 4 / 3 / 2 for at most {steps} days since the last purchase, else 1"
    unit = "purchases" if measure == "frequency" else "spent"
    return f"2 / 3 / 4 / 5 for at least {steps} {unit}, else 1"


def _all_cuts(choices: Choices) -> dict[str, tuple[float, ...]]:
    lacking = [measure for measure in MEASURES if measure not in choices.cuts]
    if lacking:
        raise InputError(
            f"The scoring 'cuts' needs cut points of {', '.join(lacking)}.",
            hint=f"Write them into {FILE} in the workspace, or give --cuts FILE.",
        )
    return {measure: choices.cuts[measure] for measure in MEASURES}


def _inside(table: "ir.Table", cell: Cell) -> "ir.BooleanValue":
    tests = [table[SCORES[m]].between(low, high) for m, (low, high) in cell.scores]
    return reduce(lambda a, b: a & b, tests)


def _band_rules() -> dict[str, str]:
    rules, above = {}, ""
    for name, least in BANDS:
        rules[name] = f"weighted score {f'{least:g} or more' if least else 'below'}{above}"
        above = f" and below {least:g}" if least else above
        if not least:
            rules[name] = f"weighted score below {BANDS[-2][1]:g}"
    return {**rules, **dict([NO_PURCHASE])}


def _check_cells(cells: Sequence[Cell], levels: int) -> None:
    """Raises InputError for scores that do not exist and for cells that overlap."""
    for number, cell in enumerate(cells):
        for measure, (low, high) in cell.scores:
            if not 1 <= low <= high <= levels:
                raise InputError(
                    f"Segment {cell.name!r} asks for {measure} {low}-{high}.",
                    hint=f"Scores are 1 to {levels}, the lower one first.",
                )
        for other in cells[:number]:
            if _overlap(dict(cell.scores), dict(other.scores), levels):
                raise InputError(
                    f"Segments {other.name!r} and {cell.name!r} claim the same customers.",
                    hint="Let every combination of scores belong to one segment at most.",
                )


def _overlap(one: Mapping[str, Limits], other: Mapping[str, Limits], levels: int) -> bool:
    whole = (1, levels)
    return all(
        max(one.get(m, whole)[0], other.get(m, whole)[0])
        <= min(one.get(m, whole)[1], other.get(m, whole)[1])
        for m in MEASURES
    )
