"""What is found in a text: a span that states something, and what it may mean."""

from dataclasses import dataclass

from copilot.records import FactKind


@dataclass(frozen=True)
class Span:
    """`values` are its possible canonical values, the likeliest first; see `extract`.

    `relation` is how a date or time bounds (`until`, `before`, `from`, `after`, `at`) or what a
    price is (`off`, `at`); `weekday` is the day of the week said beside a date, Monday 0.
    """

    kind: FactKind
    start: int
    end: int
    text: str
    values: tuple[str, ...]
    relation: str = ""
    weekday: int = -1
