"""Two figures beside each other: `Leeds vs Bradford`, `growth from Q2 to Q3`, `year over year`.

A comparison is read as two questions that differ in one part: `X vs Y` is tried as the question
with X alone and with Y alone. Both must be understood, and exactly one thing may differ.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from copilot.customers.questions.periods import MONTHS, Period, before, calendar_unit
from copilot.customers.questions.rules import HINTS, Asked
from copilot.customers.questions.sense import Doubt

LONGEST = 5
_VS = r"vs|versus|v|compared to|compared with|as compared to|against|as opposed to"
_CHANGE = r"growth|change|changes|increase|decrease|development|difference|rise|drop|decline"
_CHANGED = r"change|changed|grow|grown|develop|developed|evolve|evolved|rise|risen|fall|fallen|move"
_UNIT = "week|month|quarter|year"
_POINT = rf"(?:q[1-4]|{'|'.join(MONTHS)}|(?:19|20)\d\d)"
_SAME = rf"(?:the )?same (?:{_UNIT}|period|time)"
_SHIFTS = (
    rf"(?P<a>{_UNIT}) (?:over|on|by) (?P=a)",
    r"(?P<short>yoy|mom|qoq|wow)",
    rf"(?:{_VS}|than|from) {_SAME} (?P<last>last year|a year (?:ago|earlier|before))",
    rf"(?:{_VS}|than|from|on) the (?P<b>{_UNIT}) before",
    rf"(?:{_VS}|than) the (?:previous|prior|preceding) (?P<c>{_UNIT})",
)
_SHORT = {"yoy": "year", "mom": "month", "qoq": "quarter", "wow": "week"}


@dataclass(frozen=True)
class Halves:
    """What to try: a text with ` <> ` between the halves, or with a shift back in time."""

    text: str
    base_first: bool
    shift: str = ""


def comparison(spoken: list[str], read: Callable[[list[str]], Asked | None]) -> Asked | None:
    """The typed query with its other half in `against`; None when nothing is compared.

    Raises Doubt when two things are compared that cannot be, or in two ways.
    """
    halves = _halves(f" {' '.join(spoken)} ")
    if halves is None:
        return None
    if halves.shift:
        return _shifted(halves, read)
    found: list[tuple[Asked, Asked]] = []
    for one, other in _readings(halves.text):
        first, second = read(one), read(other)
        if first is None or second is None or not _one_part_differs(first, second):
            continue
        if not any(same(first, a) and same(second, b) for a, b in found):
            found.append((first, second))
    if len(found) > 1:
        raise Doubt("It is not clear which two things are to be compared.")
    if not found:
        return None
    first, second = found[0]
    return dataclasses.replace(first, against=second, base_first=halves.base_first)


def same(one: Asked, other: Asked) -> bool:
    """Whether two typed queries ask the same, however it was said."""
    return not differing(one, other)


def differing(one: Asked, other: Asked) -> list[str]:
    """The fields in which two typed queries differ."""
    return [
        field.name
        for field in dataclasses.fields(Asked)
        if field.name not in HINTS and _plain(one, field.name) != _plain(other, field.name)
    ]


def _plain(asked: Asked, name: str) -> object:
    found = getattr(asked, name)
    if name in {"values", "without", "also"}:
        return sorted((value.field, value.values) for value in found)
    return found


def _one_part_differs(one: Asked, other: Asked) -> bool:
    names = differing(one, other)
    if len(names) != 1 or one.dimensions:
        return False
    name = names[0]
    if not getattr(one, name) and getattr(one, name) is not False and name != "hours":
        return False
    if not getattr(other, name) and getattr(other, name) is not False and name != "hours":
        return False
    if name == "values":
        return _one_value_differs(one, other)
    if name == "period":
        return _like_periods(one.period, other.period)
    comparable = {"languages", "segments", "cohort", "hours", "weekday", "weekend", "reach"}
    return name in comparable | {"consent", "counted"}


def _one_value_differs(one: Asked, other: Asked) -> bool:
    mine = [value for value in one.values if value not in other.values]
    theirs = [value for value in other.values if value not in one.values]
    return len(mine) == len(theirs) == 1 and mine[0].field == theirs[0].field


def _like_periods(one: Period | None, other: Period | None) -> bool:
    """Periods of one kind only: a month beside a year says nothing."""
    if not one or not other or not (one.start and one.end and other.start and other.end):
        return False
    days = sorted((p.end - p.start).days + 1 for p in (one, other) if p.start and p.end)
    if calendar_unit(one) != calendar_unit(other) or days[1] > days[0] * 1.12:
        raise Doubt("Only periods of the same length can be compared, such as two months.")
    return True


def _halves(text: str) -> Halves | None:
    changed = _without_change(text)
    plain, change = (changed, True) if changed else (text, False)
    for pattern in _SHIFTS:
        if found := re.search(rf"(?<= )(?:{pattern})(?= )", plain):
            said = found.groupdict()
            unit = next((said[name] for name in ("a", "b", "c") if said.get(name)), None)
            unit = unit or _SHORT.get(said.get("short") or "", "year")
            rest = f"{plain[: found.start()]}{plain[found.end() :]}"
            return Halves(_without_change(rest) or rest, True, unit)
    return _marked(plain, change)


def _marked(text: str, change: bool) -> Halves | None:
    """The text with ` <> ` where one half ends and the other begins."""
    more = r"how (?P<h>many|much) (?:more|fewer|less) "
    if re.search(rf" {more}.* than ", text):
        text = re.sub(rf" {more}", r" how \g<h> ", text, count=1)
        return Halves(text.replace(" than ", " <> "), False)
    sold = r"^ (?:did|do|have) we (?P<v>sell|make|earn|take|sold|made) more (?P<w>(?:in|on|at) )"
    if re.search(sold + ".* or ", text):
        text = re.sub(sold, r" how much did we \g<v> \g<w>", text)
        return Halves(text.replace(" or ", " <> "), False)
    better = "higher|lower|better|bigger|larger|smaller|worse|up"
    were = rf"^ (?:were|was|are|is) (?P<m>.+?) (?:{better}) (?P<w>(?:in|on|at) )"
    if re.search(were + ".* (?:or|than) ", text):
        text = re.sub(were, r" \g<m> \g<w>", text)
        return Halves(re.sub(" (?:or|than) ", " <> ", text), False)
    how = r"^ how (?:does|do|did) (?P<m>.+?) compare (?:with|to|against) "
    if re.search(how, text):
        return Halves(re.sub(how, r" \g<m> <> ", text), False)
    got = r"^ (?:do|did) we (?P<v>have|get) more (?P<n>\S+) (?P<w>(?:in|on|at|from) )"
    if re.search(got + ".* or ", text):
        text = re.sub(got, r" how many \g<n> did we \g<v> \g<w>", text)
        return Halves(text.replace(" or ", " <> "), False)
    if re.match(r" compare ", text):
        text = re.sub(r"^ compare (?:the |our )?", " ", text)
        text = re.sub(r" between (?=.* and )", " ", text)
        return Halves(re.sub(rf" (?:{_VS}|with|to|and) ", " <> ", text), False)
    if re.search(rf" (?:{_VS}) ", text):
        return Halves(re.sub(rf" (?:{_VS}) ", " <> ", text), False)
    if not change:
        return None
    found = re.search(r" (?:between|from) (?P<a>.+?) (?:and|to) ", text)
    if not found:
        return None
    in_time = re.match(rf"(?:the )?{_POINT}(?: |$)|(?:last|this) ", found["a"])
    return Halves(
        f"{text[: found.start()]} in {found['a']} <> {text[found.end() :]}",
        bool(in_time),
    )


def _without_change(text: str) -> str:
    """The question without its words of change; empty when it has none."""
    said = re.sub(r" (?:in percent|percent(?:age)?|as a share of)(?= )", " ", text)
    patterns = (
        (
            rf"^ (?:by )?how (?:much )?(?:did|has|have|does) (?P<m>.+?) (?:{_CHANGED})(?= )",
            r" \g<m>",
        ),
        (rf" (?:the )?(?:{_CHANGE}) (?:in|of)(?= )", " "),
        (rf" (?:{_CHANGE}) (?=between )", " "),
        (rf" (?:{_CHANGE})(?= )", " "),
    )
    for pattern, instead in patterns:
        if re.search(pattern, said):
            changed = re.sub(pattern, instead, said, count=1)
            return re.sub(r" {2,}", " ", changed)
    return ""


def _readings(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Both questions for every mark, and every length of what stands around it."""
    tokens = text.split()
    for at in [index for index, word in enumerate(tokens) if word == "<>"]:
        left, right = tokens[:at], tokens[at + 1 :]
        for k in range(1, min(LONGEST, len(left)) + 1):
            for m in range(1, min(LONGEST, len(right)) + 1):
                mine, theirs = left[-k:], right[:m]
                if _year_is_shared(mine, theirs):
                    continue
                head, tail = left[:-k], right[m:]
                one, other = [*head, *mine, *tail], [*head, *theirs, *tail]
                yield _in_time(one, len(head)), _in_time(other, len(head))


def _year_is_shared(mine: list[str], theirs: list[str]) -> bool:
    """`August and October 2025`: the year is said once and belongs to both."""
    year = r"(?:19|20)\d\d"
    return bool(
        len(theirs) > 1
        and re.fullmatch(year, theirs[-1])
        and not any(re.fullmatch(year, word) for word in mine)
        and re.fullmatch(_POINT, mine[0])
    )


def _in_time(tokens: list[str], at: int) -> list[str]:
    """`in` before a bare month or quarter, as `March` alone is no month."""
    before_it = tokens[at - 1] if at else ""
    if re.fullmatch(_POINT, tokens[at]) and before_it not in {"in", "during", "for", "since", "of"}:
        return [*tokens[:at], "in", *tokens[at:]]
    return [word for word in tokens if word != "<>"]


def _shifted(halves: Halves, read: Callable[[list[str]], Asked | None]) -> Asked | None:
    asked = read(halves.text.split())
    if asked is None:
        return None
    if asked.dimensions:
        raise Doubt("Growth can be asked for one figure at a time.")
    earlier = before(asked.period, halves.shift) if asked.period else None
    if earlier is None:
        raise Doubt(
            f"Which {halves.shift}? Growth needs a month, quarter or year to end with.",
            "Revenue growth from September to October",
        )
    first = dataclasses.replace(asked, period=earlier)
    return dataclasses.replace(first, against=asked, base_first=True)
