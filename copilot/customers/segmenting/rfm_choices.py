"""What a user may set about RFM, in YAML: cut points, weights, and segments of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copilot.errors import InputError

Limits = tuple[int, int]

MEASURES = {"recency": "recency_days", "frequency": "frequency", "monetary": "monetary"}
FILE = "rfm.yaml"
LEVELS = 5
RESERVED = ("other", "no purchase")


@dataclass(frozen=True)
class Cell:
    """A segment: the lowest and highest score of each measure it takes in, both included."""

    name: str
    scores: tuple[tuple[str, Limits], ...]

    @property
    def rule(self) -> str:
        """The rule in words, such as 'recency 4-5 and frequency 1'."""
        return " and ".join(
            f"{measure} {low}" if low == high else f"{measure} {low}-{high}"
            for measure, (low, high) in self.scores
        )


@dataclass(frozen=True)
class Choices:
    """What the user may set: cut points by measure, weights, and segments of their own."""

    cuts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(MEASURES, 1.0))
    names: tuple[Cell, ...] = ()


def load_choices(path: Path | None) -> Choices:
    """Cut points, weights and names from YAML; the defaults without a path.

    `cuts: {recency: [30, 60, 120, 240], frequency: [2, 4, 8, 16], monetary: [20, 50, 100, 300]}`,
    `weights: {recency: 3, frequency: 2, monetary: 1}`,
    `names: {stars: {recency: 4-5, frequency: 5}}`. Raises InputError naming what is wrong.
    """
    import yaml

    if path is None:
        return Choices()
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read as YAML: {error}.") from error
    if not isinstance(data, dict) or set(data) - {"cuts", "weights", "names"}:
        raise InputError(f"{path} must hold only cuts, weights and names.", hint=_SHAPE)
    weights = {**dict.fromkeys(MEASURES, 1.0), **_numbers(data.get("weights"), path, "weights")}
    if min(weights.values()) < 0 or sum(weights.values()) <= 0:
        raise InputError(f"The weights in {path} must be 0 or more, and one of them above.")
    return Choices(
        cuts={m: _cuts(m, values, path) for m, values in _section(data, "cuts", path).items()},
        weights=weights,
        names=tuple(_cell(n, said, path) for n, said in _section(data, "names", path).items()),
    )


_SHAPE = (
    "For example: cuts: {recency: [30, 60, 120, 240], frequency: [2, 4, 8, 16],"
    " monetary: [20, 50, 100, 300]}, names: {stars: {recency: 4-5, frequency: 5}}."
)


def _section(data: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    found = data.get(name) or {}
    if not isinstance(found, dict) or (name != "names" and set(found) - set(MEASURES)):
        raise InputError(f"{name} in {path} are not by {', '.join(MEASURES)}.", hint=_SHAPE)
    return {str(key): value for key, value in found.items()}


def _numbers(found: Any, path: Path, name: str) -> dict[str, float]:
    values = _section({name: found}, name, path)
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values.values()):
        raise InputError(f"{name} in {path} must be numbers.", hint=_SHAPE)
    return {key: float(value) for key, value in values.items()}


def _cuts(measure: str, values: Any, path: Path) -> tuple[float, ...]:
    numbers = isinstance(values, list) and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in values
    )
    if not numbers or len(values) != LEVELS - 1 or sorted(set(values)) != values:
        raise InputError(
            f"The cut points of {measure} in {path} are {values!r}.",
            hint=f"Give {LEVELS - 1} different numbers, the smallest first.",
        )
    return tuple(float(value) for value in values)


def _cell(name: str, said: Any, path: Path) -> Cell:
    if name in RESERVED:
        raise InputError(f"A segment in {path} may not be called {name!r}.")
    limits = []
    if not isinstance(said, dict) or not said or set(said) - set(MEASURES):
        raise InputError(f"The rule of {name!r} in {path} is {said!r}.", hint=_SHAPE)
    for measure in MEASURES:
        if measure not in said:
            continue
        low, _, high = str(said[measure]).partition("-")
        if not low.strip().isdecimal() or not (high.strip() or low).strip().isdecimal():
            raise InputError(
                f"{measure} {said[measure]!r} of {name!r} in {path} is not a score.",
                hint="Write one score or a range, such as 4 or 4-5.",
            )
        limits.append((measure, (int(low), int(high or low))))
    return Cell(name, tuple(limits))
