"""How many of a branch's customers would take a service if they did as their like do elsewhere.

A class's take-up is k of n with a Beta prior around everybody's rate, of the strength with the
largest beta-binomial likelihood of a grid. The rates a branch is held against come from all other
branches where it is offered. e = Σ n_class · rate_class; its variance has three parts: of the
rates, of chance, and of branches with one mix around their e (moments over what is offered).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.customers.places.classes import holdings
from copilot.customers.places.levels import Level, unit_of
from copilot.customers.places.overindex import Kind, prior_strength
from copilot.customers.tables import attach
from copilot.records import UNKNOWN

if TYPE_CHECKING:
    import numpy as np

    from copilot.customers.engine import Engine

    Array = np.ndarray[Any, np.dtype[np.float64]]

FEWEST_MEMBERS = 30
MOST_SERVICES = 200
MOST_CELLS = 5_000_000
PLAINLY_SHUT = 10.0  # with so many takers usual, none means that it is not offered
EVERYBODY = "everybody"
STRENGTHS = (5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


@dataclass(frozen=True)
class TakeUp:
    """Arrays by branch and service (the last two by class): takers; `usual`, what everybody's
    rate brings; `expected`, what the classes' rates bring; the standard errors of the latter's
    rates and of the prediction; and by service the prior strength of takers over the usual."""

    branches: tuple[str, ...]
    services: tuple[str, ...]
    classes: tuple[str, ...]
    takers: "Array"
    usual: "Array"
    expected: "Array"
    rate_error: "Array"
    error: "Array"
    own_strength: "Array"
    members: "Array"
    rates: "Array"


def take_up(engine: "Engine", level: Level, kind: Kind, classes: Level | None) -> TakeUp | None:
    """The take-up of the 200 services with most takers in every branch with 30 customers; None
    when there is no such branch or nobody took anything."""
    import numpy as np

    members, takers = _counts(engine, level, kind, classes)
    sizes: dict[str, float] = {}
    for (branch, _), count in members.items():
        sizes[branch] = sizes.get(branch, 0) + count
    all_branches = tuple(sorted(sizes))
    groups = tuple(sorted({group for _, group in members}))
    wanted: dict[str, int] = {}
    for (_, _, service), count in takers.items():
        wanted[service] = wanted.get(service, 0) + count
    most = min(MOST_SERVICES, MOST_CELLS // max(1, len(all_branches) * len(groups)))
    services = tuple(sorted(wanted, key=lambda one: (-wanted[one], one))[:most])
    shown = [
        at
        for at, branch in enumerate(all_branches)
        if branch != UNKNOWN and sizes[branch] >= FEWEST_MEMBERS
    ]
    if not shown or not services:
        return None
    b, c, s = ({one: at for at, one in enumerate(x)} for x in (all_branches, groups, services))
    m = np.zeros((len(b), len(c)))
    x = np.zeros((len(b), len(c), len(s)))
    for (branch, group), count in members.items():
        m[b[branch], c[group]] = count
    for (branch, group, service), count in takers.items():
        if service in s:
            x[b[branch], c[group], s[service]] = count
    names = tuple(all_branches[at] for at in shown)
    return _fitted(names, services, groups, m, x, np.array(shown))


def _counts(
    engine: "Engine", level: Level, kind: Kind, classes: Level | None
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str, str], int]]:
    """Customers by branch and class, and takers by branch, class and service."""
    import ibis

    people = unit_of(engine, level)
    if classes is None:
        people = people.mutate(group=ibis.literal(EVERYBODY))
    else:
        people = attach(people, unit_of(engine, classes).rename(group="unit"), "customer_id")
    sizes = engine.rows(people.group_by("unit", "group").aggregate(n=people.count()))
    held = holdings(engine, kind).inner_join(people, "customer_id")
    taken = engine.rows(held.group_by("unit", "group", "item").aggregate(n=held.count()))
    return (
        {(row["unit"], row["group"]): row["n"] for row in sizes},
        {(row["unit"], row["group"], row["item"]): row["n"] for row in taken},
    )


def _fitted(
    names: tuple[str, ...],
    services: tuple[str, ...],
    groups: tuple[str, ...],
    m: "Array",
    x: "Array",
    shown: "np.ndarray[Any, Any]",
) -> TakeUp:
    """The rates and predictions from members `m` (branch, class) and takers `x` (…, service)."""
    import numpy as np

    takers = x.sum(axis=1)
    usual = m.sum(axis=1)[:, None] * (takers.sum(axis=0) / m.sum())[None]
    open_ = ((takers > 0) | (usual < PLAINLY_SHUT)).astype(float)
    sizes = np.einsum("bc,bs->cs", m, open_)
    everybody = takers.sum(axis=0) / sizes.sum(axis=0)
    usual = m.sum(axis=1)[:, None] * everybody[None]
    prior = _prior(x.sum(axis=0), sizes, everybody)
    size = sizes[None] - m[:, :, None] * open_[:, None, :] + prior
    rates = ((x.sum(axis=0)[None] - x) + prior * everybody) / size
    expected = np.einsum("bc,bcs->bs", m, rates)
    variances = rates * (1 - rates)
    rate_error = np.einsum("bc,bcs->bs", m**2, variances / (size + 1))
    chance = np.einsum("bc,bcs->bs", m, variances)
    offered = takers > 0
    strength = _moments(takers, expected, chance + rate_error, offered)
    error = np.sqrt(rate_error + chance + expected**2 / strength)
    return TakeUp(
        branches=names,
        services=services,
        classes=groups,
        takers=takers[shown],
        usual=usual[shown],
        expected=expected[shown],
        rate_error=np.sqrt(rate_error)[shown],
        error=error[shown],
        own_strength=np.array(
            [
                _moments(takers[:, at], usual[:, at], usual[:, at] * (1 - share), offered[:, at])
                for at, share in enumerate(everybody)
            ]
        ),
        members=m[shown],
        rates=rates[shown],
    )


def _moments(
    takers: "Array", around: "Array", chance: "Array", offered: "np.ndarray[Any, Any]"
) -> float:
    """1 / the variance of takers over what was to be expected beyond chance, bounded."""
    excess = float(((takers - around) ** 2 - chance)[offered].sum())
    return prior_strength(excess, 0.0, float((around[offered] ** 2).sum()))


def _prior(takers: "Array", members: "Array", everybody: "Array") -> float:
    """The prior strength of the grid under which the classes' takers are likeliest."""
    from scipy.special import betaln

    share = everybody.clip(1e-6, 1 - 1e-6)[None]
    rest = members - takers

    def likelihood(strength: float) -> float:
        a, b = strength * share, strength * (1 - share)
        return float((betaln(takers + a, rest + b) - betaln(a, b)).sum())

    return max(STRENGTHS, key=likelihood)
