"""From a span to the fact it states, or to why there is none."""

import datetime as dt
import re
from dataclasses import dataclass

from copilot.campaigns.check.book import Book
from copilot.campaigns.check.extract import parted
from copilot.campaigns.check.lexicon import LANGUAGES, concepts, lexicon, words
from copilot.campaigns.check.links import host_of
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import folded
from copilot.records import Assignment, Fact, FactKind, Language

_BOUNDS_TO = frozenset({"until", "before"})
_BOUNDS_FROM = frozenset({"from", "after"})
_ASKS = {
    "discount": "State the discount exactly as the offer does.",
    "price": "Leave the price out, or add it to the brief.",
    "code": "Write the code exactly as the brief does.",
    "date": "Use the offer's own dates.",
    "time": "Use the time in the offer's terms.",
    "url": "Link only to addresses in the brief or the brand kit.",
    "email": "Use the brand kit's address.",
    "phone": "Use the brand kit's number.",
    "address": "Use an address of the brand kit or of the locality's shops.",
    "number": "Leave the number out, or add it to the brief's facts.",
    "claim": "Leave the claim out, or add it with its evidence to the brand kit.",
}
_FEW_DAYS = 7
_RANGE = re.compile(r"\w (?:to|bis|a|au|through|until) \w|\w ?- ?\w")
_LIFTS = re.compile(
    r"(?:no|without|any|as|also|even|all|every|each|for all|new and|existing|ohne|kein\w*|auch|fur"
    r" alle|in (?:jeder|allen)|sans|meme|pour tous|sin|tambien|para tod\w+) "
)
"""A condition that lifts one: it may be said only in the words of a fact."""

_WHERE = frozenset({"store", "online", "only"})
_MEASURED = frozenset(
    {"hour", "minute", "second", "day", "week", "month", "year", "person", "generation", "star"}
)


@dataclass(frozen=True)
class Missed:
    """Why a span resolves to nothing: the rule it breaks, the reason, and a remedy."""

    rule: str
    message: str
    fix: str = ""


def resolve(span: Span, facts: Book, assignment: Assignment) -> Fact | Missed:
    """The fact a span states, with the same value, unit and bound; else why it is not one."""
    if span.kind == "date":
        return _date(span, facts, assignment)
    if span.kind == "time":
        return _bounded(span, facts, "time") or _missed(span, f"No fact gives the time {span.text}")
    if span.kind == "discount":
        return _discount(span, facts)
    if span.kind == "price":
        return _price(span, facts) or _missed(span, f"No fact gives the sum {span.text}")
    if span.kind == "url":
        return _url(span, facts) or _missed(span, f"The link {span.text} is not in the brief")
    if span.kind == "claim":
        return _claim(span, facts, assignment.language)
    if span.kind == "number":
        fact = _equal(span, facts, "number", "time") or _spelled(span, facts)
        return fact or _missed(span, f"No fact gives the number {span.text} here")
    return _equal(span, facts, span.kind) or _missed(
        span, f"The {span.kind} {span.text} is not among the facts"
    )


def states_day(span: Span, day: dt.date, today: dt.date) -> bool:
    """Whether a date span tells a reader which day is meant."""
    for value in span.values:
        if value in {day.isoformat(), f"--{day:%m-%d}", f"---{day:%d}"}:
            return True
        near = 0 <= (day - today).days <= _FEW_DAYS
        if near and value == f"weekday {day.weekday()}":
            return True
    return False


def _missed(span: Span, message: str) -> Missed:
    return Missed(f"{span.kind}.unknown", f"{message}.", _ASKS.get(span.kind, ""))


def _equal(span: Span, facts: Book, *kinds: FactKind) -> Fact | None:
    for value in span.values:
        for _, known, fact in facts.of(*kinds):
            if known == value:
                return fact
    return None


def _spelled(span: Span, facts: Book) -> Fact | None:
    """A number in words that counts nothing measured may name what a fact counts otherwise."""
    count, _, counted = span.values[0].partition(" ")
    if not span.text.isalpha() or counted in _MEASURED:
        return None
    for _, known, fact in facts.of("number", "discount"):
        if known.partition(" ")[0] == count or known in {f"deal {count}/1", f"deal {count}/2"}:
            return fact
    return None


def _bounded(span: Span, facts: Book, kind: FactKind) -> Fact | None:
    for value in span.values:
        for relation, known, fact in facts.of(kind):
            if known == value and _agree(span.relation, relation):
                return fact
    return None


def _agree(said: str, known: str) -> bool:
    if said in {"", known}:
        return True
    if {said, known} == {"at", "from"}:
        return True
    return any({said, known} <= bounds for bounds in (_BOUNDS_TO, _BOUNDS_FROM))


def _discount(span: Span, facts: Book) -> Fact | Missed:
    for relation, known, fact in _percents(facts):
        if (relation, known) == (span.relation, span.values[0]):
            return fact
    for _, known, fact in _percents(facts):
        if _same_gift(span.values[0], known) and not span.relation:
            return fact
    same = [known for _, known, _ in _percents(facts) if known.split(" ")[0] == span.values[0]]
    if span.relation and same:
        return Missed(
            "offer.changed", f"“{span.relation} {span.text}” changes the offer.", _ASKS["discount"]
        )
    return Missed(
        "discount.unknown",
        f"The discount {span.text} is not the brief's.",
        _ASKS["discount"],
    )


def _same_gift(said: str, known: str) -> bool:
    """Whether what is done "for free" is what a fact does: all of it, or with a pronoun for it."""
    mine, theirs = (set(each.removeprefix("free ").split("+")) for each in (said, known))
    if "+" not in said or "+" not in known:
        return False
    return mine == theirs or ("it" in mine and bool(mine - {"it"}) and mine - {"it"} <= theirs)


def _percents(facts: Book) -> list[tuple[str, str, Fact]]:
    found: list[tuple[str, str, Fact]] = []
    for _, _, fact in facts.of("discount"):
        head, _, tail = fact.value.rpartition(" ")
        whole = "%" in tail or not head
        found.append((head, tail, fact) if whole else ("", fact.value, fact))
    return found


def _price(span: Span, facts: Book) -> Fact | None:
    for value in span.values:
        for relation, known, fact in facts.of("price"):
            same = known == value or (value.startswith("? ") and known[4:] == value[2:])
            fits = span.relation in {"", relation} or (span.relation == "at" and relation != "off")
            if same and fits:
                return fact
    return None


def _url(span: Span, facts: Book) -> Fact | None:
    value = span.values[0]
    for _, known, fact in facts.of("url"):
        if value in {known, known.partition("?")[0]}:
            return fact
    for _, known, fact in facts.of("url"):
        if value == host_of(known):
            return fact
    return None


_KEYED = frozenset({"vegan", "organic", "natural", "ethical", "service", "scarcity"})


def _condition(said: str, facts: Book, language: Language) -> Fact | None:
    """The terms, when a condition says no more than they do."""
    asked = concepts(said, language)
    if _LIFTS.match(said):
        return None
    for _, _, fact in facts.of("terms"):
        known = {each for one in LANGUAGES for each in concepts(folded(fact.text), one)}
        if asked - _WHERE and asked <= known:
            return fact
    return None


def _claim(span: Span, facts: Book, language: Language) -> Fact | Missed:
    """A claim is known when an approved text makes it in the same words; some by topic alone."""
    name, _, words = span.values[0].partition(": ")
    for _, known, fact in facts.of("claim"):
        topic, _, said = known.partition(": ")
        if topic == name and (_bare(said) == _bare(words) or name in _KEYED):
            return fact
    if name == "terms" and (condition := _condition(words, facts, language)):
        return condition
    return Missed(
        "offer.changed" if name == "terms" else f"claim.{name}",
        f"No fact or substantiated claim supports “{span.text}”.",
        _ASKS["claim"],
    )


def _bare(words: str) -> str:
    """A claim's words without an article: "the cheapest" claims what "cheapest" does."""
    return words.removeprefix("the ")


def _date(span: Span, facts: Book, assignment: Assignment) -> Fact | Missed:
    entries = facts.of("date")
    for value in span.values:
        for _, known, fact in entries:
            if _same_day(value, known, span, assignment):
                return _checked_day(span, fact, assignment)
    inside = _inside_offer(span, facts, assignment)
    if inside:
        return inside
    if any(value.startswith("year ") for value in span.values):
        return _year(span, facts)
    return _missed(span, f"No fact gives the date {span.text}")


def _same_day(value: str, known: str, span: Span, assignment: Assignment) -> bool:
    if value == known:
        return True
    if not known[:1].isdigit() and not known.startswith("--"):
        return False
    if known.startswith("--"):
        days = _days_of(known, assignment)
        near = [day for day in days if day >= assignment.today]
        return any(value == day.isoformat() for day in days) or any(
            value == f"weekday {day.weekday()}" and not span.relation for day in near[:1]
        )
    day = dt.date.fromisoformat(known)
    return value in {
        f"--{day:%m-%d}",
        f"---{day:%d}",
        f"month {day.month}" if not span.relation else "",
        f"weekday {day.weekday()}",
        "weekend" if day.weekday() >= 5 else "",
        f"week {_weeks_ahead(day, assignment.today)}",
    }


def _days_of(known: str, assignment: Assignment) -> list[dt.date]:
    """A day without its year, in this year, the next and that of the offer's end."""
    offer = assignment.brief.offer
    years = {assignment.today.year, assignment.today.year + 1}
    years |= {offer.ends.year} if offer and offer.ends else set()
    found = []
    for year in sorted(years):
        try:
            found.append(dt.date.fromisoformat(f"{year}-{known[2:]}"))
        except ValueError:  # the 29th of February, or a day alone
            continue
    return found


def _weeks_ahead(day: dt.date, today: dt.date) -> int:
    monday = today - dt.timedelta(days=today.weekday())
    return (day - monday).days // 7


def _checked_day(span: Span, fact: Fact, assignment: Assignment) -> Fact | Missed:
    """The fact, unless the weekday beside the date or the bound before it is wrong."""
    try:
        day = dt.date.fromisoformat(fact.value)
    except ValueError:
        relation, known = parted(fact.value)
        ahead = [d for d in _days_of(known, assignment) if d >= assignment.today]
        if span.weekday >= 0 and ahead and ahead[0].weekday() != span.weekday:
            return _wrong_weekday(span, ahead[0])
        if span.relation and relation in _BOUNDS_TO | _BOUNDS_FROM:
            return fact if _agree(span.relation, relation) else _missed(span, "The bound is wrong")
        return fact
    if span.weekday >= 0 and span.weekday != day.weekday():
        return _wrong_weekday(span, day)
    return _in_bounds(span, fact, day, assignment)


def _wrong_weekday(span: Span, day: dt.date) -> Missed:
    return Missed(
        "date.weekday",
        f"{day.isoformat()} is not the weekday that “{span.text}” says.",
        f"{day:%A} is right.",
    )


def _in_bounds(span: Span, fact: Fact, day: dt.date, assignment: Assignment) -> Fact | Missed:
    offer = assignment.brief.offer
    if offer is None or not span.relation or not fact.origin.startswith("brief.offer."):
        return fact
    ends_now = offer.ends is not None and day == offer.ends
    starts_now = offer.starts is not None and day == offer.starts
    wrong = {
        "until": not ends_now,
        "before": True,
        "from": not starts_now or (ends_now and span.relation == "from"),
        "after": True,
    }.get(span.relation, False)
    if wrong:
        return Missed(
            "offer.changed",
            f"“{span.relation} {span.text}” does not bound the offer as the brief does.",
            "Say when the offer starts and ends as the brief does.",
        )
    return fact


def _inside_offer(span: Span, facts: Book, assignment: Assignment) -> Fact | None:
    """A weekday or relative day that lies within the offer's dates."""
    offer = assignment.brief.offer
    if offer is None or not offer.ends or span.relation in _BOUNDS_TO | _BOUNDS_FROM:
        return None
    first = offer.starts or assignment.today
    days = [first + dt.timedelta(n) for n in range(min(62, (offer.ends - first).days + 1))]
    ends = next(fact for day, fact in facts.days if day == offer.ends)
    days = [day for day in days if day.weekday() in _open_days(facts)]
    for value in span.values:
        named = value.startswith("weekday ") and any(d.weekday() == int(value[8:]) for d in days)
        relative = len(value) == 10 and value[:1].isdigit()
        spelled = any(each.isdigit() for each in span.text)
        if named or (relative and not spelled and dt.date.fromisoformat(value) in days):
            return ends
        if value == "whole weekend" and {5, 6} <= {d.weekday() for d in days}:
            return ends
        if value == "weekend" and {5, 6} & {d.weekday() for d in days}:
            return ends
    return None


def _open_days(facts: Book) -> set[int]:
    """Weekdays the terms allow, Monday 0: from the first they name to the last; else all."""
    named = [
        int(known.partition(" ")[2])
        for _, known, fact in facts.of("date")
        if fact.origin == "brief.offer.terms" and known.startswith("weekday ")
    ]
    if not named:
        return _opening(facts) or set(range(7))
    return _stretch(named[0], named[-1])


def _opening(facts: Book) -> set[int]:
    """Weekdays on which the brief's facts say the business is open; empty when they do not."""
    found: set[int] = set()
    opening = words(*(lexicon(each).opening for each in LANGUAGES))
    for _, _, fact in facts.of("statement"):
        low = folded(fact.text)
        if not fact.origin.startswith("brief.facts") or not opening.search(low):
            continue
        said = [
            (low.find(folded(day.text)), int(known.partition(" ")[2]))
            for _, known, day in facts.of("date")
            if day.origin == fact.origin and known.startswith("weekday ")
        ]
        numbers = [number for _, number in sorted(said)]
        if len(numbers) > 1 and _RANGE.search(low):
            found |= _stretch(numbers[0], numbers[1]) | set(numbers[2:])
    return found


def _stretch(first: int, last: int) -> set[int]:
    """Every weekday from one to another, Monday 0."""
    return {(first + n) % 7 for n in range((last - first) % 7 + 1)}


def _year(span: Span, facts: Book) -> Fact | Missed:
    year = int(span.values[0].removeprefix("year "))
    for day, fact in facts.days:
        if day.year == year:
            return fact
    return _missed(span, f"No fact gives the year {year}")
