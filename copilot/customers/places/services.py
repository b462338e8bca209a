"""Services: what fits a branch's customers, by the classes they belong to (see `takeup`).

`fit` is what the classes' rates bring over what everybody's would: above 1 the branch's mix of
classes suits the service. The index of what is offered is its takers over what everybody's rate
would bring, shrunk as over-indexes are.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.customers.intervals import Z90
from copilot.customers.places.assortment import FEWEST_EXPECTED, SLOW, ranked
from copilot.customers.places.classes import class_level, default_kind, held_columns
from copilot.customers.places.levels import Level, parse_level, placed
from copilot.customers.places.localities import FEWEST_PEOPLE, known_localities
from copilot.customers.places.overindex import FEWEST_CUSTOMERS, INTERVAL, Kind, with_item
from copilot.customers.places.products import need_kind
from copilot.customers.places.takeup import FEWEST_MEMBERS, TakeUp, take_up
from copilot.errors import DataError
from copilot.records import LocalMove, LocalPlan

if TYPE_CHECKING:
    from copilot.customers.engine import Engine

SUITED = 1.1
NOTE = "Classes say whom a service tends to suit, never who may have it: do not refuse by them."


@dataclass(frozen=True)
class Offer:
    """What is offered where, the spend a taker brings by service, and the length of the data."""

    here: frozenset[tuple[str, str]]
    worth: dict[str, float]
    days: int


def services(
    engine: "Engine",
    level: str = "store",
    *,
    name: str | None = None,
    by: str | None = None,
    kind: Kind | None = None,
    top: int = 10,
) -> list[LocalPlan]:
    """What each branch (or neighbourhood) should add, keep and drop, given its customers' classes.

    Add: not offered here (at a level of places: held by nobody), and for certain at least 10
    customers would take it. Keep: 20 customers have it. Drop: offered, at least 20 takers would be
    usual, its take-up for certain under two thirds of that, and its customers' classes do not take
    to it either. `by` are the classes (see `classes`), `kind` what counts as a service: told by
    the data, else the category. Localities with fewer than 30 customers are left out. Raises
    DataError for a level, name, class or kind that is not there or is too small.
    """
    asked, chosen = parse_level(level), kind or default_kind(engine)
    if chosen != "service" or not held_columns(engine):
        need_kind(engine, chosen)
    rows = known_localities(engine, asked.name, name=name)
    classes = class_level(engine, chosen, by)
    key = f"{asked.name}-{chosen}"
    found: TakeUp | None = engine.remembered(
        f"takeup-{key}-{classes.name if classes else ''}",
        lambda: take_up(engine, asked, chosen, classes),
    )
    offer: Offer = engine.remembered(f"offer-{key}", lambda: _offer(engine, asked, chosen))
    shown = [row for row in rows if found is not None and row["name"] in found.branches]
    if found is None or (name is not None and not shown):
        few = f"; {rows[0]['name']!r} has {rows[0]['customers']}" if name is not None else ""
        raise DataError(
            f"Services need {FEWEST_MEMBERS} customers in a locality{few}.",
            hint="Choose a coarser level, such as city or region.",
        )
    notes = (_class_note(classes), _kind_note(chosen), NOTE)
    return [
        _plan(found, found.branches.index(row["name"]), asked, chosen, offer, top).model_copy(
            update={
                "compared_with": (classes.name,) if classes else (),
                "notes": tuple(note for note in notes if note),
            }
        )
        for row in shown
    ]


def _class_note(classes: Level | None) -> str:
    if classes is None:
        return "No class of customers tells takers from others: everybody's rate is used."
    return f"Customers are compared with others of the same {classes.name.replace('+', ' and ')}."


def _kind_note(kind: Kind) -> str:
    if kind == "service":
        return ""
    return f"No product is told to be a service, so each {kind} is taken for one."


def _offer(engine: "Engine", level: Level, kind: Kind) -> Offer:
    """Where each service was sold (at a level of places nothing is told apart by that)."""
    lines = with_item(engine, placed(engine, level), kind)
    span = engine.rows(lines.aggregate(first=lines["day"].min(), last=lines["day"].max()))[0]
    sold = lines.filter(lines[kind].notnull())
    worth = sold.group_by(item=sold[kind]).aggregate(
        spent=sold["amount"].sum().round(2).cast("float64"), people=sold["customer_id"].nunique()
    )
    here = sold.select("unit", item=sold[kind]).distinct() if level.of_stores else None
    return Offer(
        frozenset((row["unit"], row["item"]) for row in engine.rows(here))
        if here is not None
        else frozenset(),
        {
            row["item"]: row["spent"] / row["people"]
            for row in engine.rows(worth)
            if row["people"] and row["spent"] is not None
        },
        (span["last"] - span["first"]).days + 1 if span["last"] else 0,
    )


def _plan(found: TakeUp, at: int, level: Level, kind: Kind, offer: Offer, top: int) -> LocalPlan:
    branch = found.branches[at]
    moves: list[LocalMove] = []
    judged = 0
    for column, service in enumerate(found.services):
        takers, usual = found.takers[at, column], found.usual[at, column]
        offered = (branch, service) in offer.here if level.of_stores else takers > 0
        judged += bool(max(takers, usual) >= FEWEST_CUSTOMERS)
        move = _move(found, at, column, kind, offered, offer.worth.get(service))
        if move is not None:
            moves.append(move)
    return LocalPlan(
        level=level.name,
        name=branch,
        kind=kind,
        customers=int(found.members[at].sum()),
        days=offer.days,
        add=ranked(moves, "add", top),
        keep=ranked(moves, "keep", top),
        drop=ranked(moves, "drop", top),
        judged=judged,
        thin=len(found.services) - judged,
    )


def _move(
    found: TakeUp, at: int, column: int, kind: Kind, offered: bool, worth: float | None
) -> LocalMove | None:
    """The move for one service in one branch, None where nothing can be said."""
    takers, usual, expected, error, rate_error = (
        float(array[at, column])
        for array in (found.takers, found.usual, found.expected, found.error, found.rate_error)
    )
    fit = (expected / usual, rate_error * Z90 / usual)
    low, high = max(0.0, expected - Z90 * error), expected + Z90 * error
    given: dict[str, Any] = {
        "item": found.services[column],
        "kind": kind,
        "customers": int(takers),
        "expected": round(expected, 1),
        "expected_low": round(low, 1),
        "expected_high": round(high, 1),
    }
    reason = _reason(found, at, column, fit[0])
    if not offered:
        if low < FEWEST_EXPECTED:
            return None
        lift = None if worth is None else round((expected - takers) * worth, 2)
        index = (fit[0], max(0.0, fit[0] - fit[1]), fit[0] + fit[1])
        return _made("add", index, f"Not offered here. {reason}", lift, given)
    index = _taken(takers, usual, float(found.own_strength[column]))
    behind = takers < low and low >= FEWEST_EXPECTED
    if usual >= FEWEST_CUSTOMERS and index[2] < SLOW and fit[0] - fit[1] < 1 and not behind:
        said = f"{int(takers)} take it where everybody's rate would bring {usual:.0f}. {reason}"
        return _made("drop", index, said, None if worth is None else -takers * worth, given)
    if behind:
        said = f"{int(takers)} take it, fewer than their like elsewhere: promote it. {reason}"
        return _made("keep", index, said, None if worth is None else takers * worth, given)
    if takers < FEWEST_CUSTOMERS:
        return None
    said = f"{int(takers)} of {int(found.members[at].sum())} customers take it. {reason}"
    return _made("keep", index, said, None if worth is None else takers * worth, given)


def _made(
    move: Any, index: tuple[float, float, float], reason: str, lift: float | None, given: Any
) -> LocalMove:
    return LocalMove(
        move=move,
        index=round(index[0], 4),
        low=round(index[1], 4),
        high=round(index[2], 4),
        lift=None if lift is None else round(lift, 2),
        reason=reason,
        **given,
    )


def _taken(takers: float, usual: float, prior: float) -> tuple[float, float, float]:
    """Takers over the usual, shrunk, with its 90% interval."""
    from scipy.special import gammaincinv

    shape, rate = takers + prior, usual + prior
    low, high = (float(gammaincinv(shape, q)) / rate for q in INTERVAL)
    return shape / rate, low, high


def _reason(found: TakeUp, at: int, column: int, fit: float) -> str:
    """What the branch's classes say: how many would take it, and the class that matters most."""
    expected, everybody = found.expected[at, column], found.members[at].sum()
    if len(found.classes) < 2:
        return f"At everybody's rate {expected:.0f} of {everybody:.0f} would."
    said = f"By their classes {expected:.0f} of {everybody:.0f} would ({fit:.1f} times the usual)."
    rate = found.usual[at, column] / everybody
    gaps = found.members[at] * (found.rates[at, :, column] - rate)
    group = int(gaps.argmax() if fit >= 1 else gaps.argmin())
    members = found.members[at, group]
    if members < FEWEST_PEOPLE or 1 / SUITED < fit < SUITED:
        return said
    return (
        f"{said} {members / everybody:.0%} are {found.classes[group]}, of whom"
        f" {found.rates[at, group, column]:.0%} take it elsewhere ({rate:.0%} of everybody)."
    )
