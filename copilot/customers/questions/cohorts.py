"""Phrases that say which customers, or which hours: taken out of the question one by one.

`champions`, `aged 18 to 30`, `joined`, `first-time`, `last bought more than 60 days ago`, `bread
but not coffee`, `in the morning`, `at weekends`.
"""

import datetime as dt
import re
from typing import TYPE_CHECKING

from copilot.customers.questions import rules
from copilot.customers.questions.periods import MONTHS, back, month_of
from copilot.customers.questions.rules import Asked
from copilot.customers.questions.sense import Doubt
from copilot.customers.questions.values import ITEMS, PLACES
from copilot.customers.questions.words import BUY, CUSTOMERS, NUMBER, number

if TYPE_CHECKING:
    from copilot.customers.questions.phrases import Reader

_DENIED = (
    r"(?:but |and |yet |who |they |have |has |did |do )*"
    r"(?:not|never|no|without|havent|hasnt|didnt|dont)"
    rf"(?: ever| yet| also| any| have|(?: (?:{BUY}))+)*"
)
_AGE_MORE = "over|above|older than|more than|aged over"
_AGE_LESS = "under|below|younger than|less than|aged under"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_HOUR = r"(?P<{0}>\d{{1,2}}) ?(?P<{0}half>am|pm)|(?P<{0}noon>noon|midday)"


def take_cohorts(reader: "Reader", asked: Asked, today: dt.date) -> None:
    """Take every phrase of this module out; raises Doubt at one with two meanings."""
    _times_of_day(reader, asked)
    _weekend(reader, asked)
    _ages(reader, asked)
    _birthdays(reader, asked, today)
    _first_and_returning(reader, asked)
    _segments(reader, asked)
    _last_bought(reader, asked, today)
    if reader.has(rf"active(?= (?:{CUSTOMERS}))"):
        if not asked.period:
            raise Doubt(
                "Active since when, or the life cycle stage 'active'?",
                "How many customers are in the active stage?",
                "How many customers bought in the last 60 days?",
            )
        reader.take(rf"active(?= (?:{CUSTOMERS}))")
        asked.bought = True
    if reader.take(rules.JOINED):
        asked.joined = True
    if found := reader.take(r"(?:do not|dont|does not|doesnt|not) LANGUAGE(?: speaking)?"):
        asked.no_languages = "LANGUAGE" in found.group()


def take_denied_items(reader: "Reader", asked: Asked) -> None:
    """`bread but not coffee` and `both bread and coffee`, of what customers bought."""
    items = _of_items(asked)
    if not items:
        return
    one = rf"VALUE(?:{'|'.join(items)})"
    while found := re.search(
        rf"(?P<first> {one} .*?)(?P<not>{_DENIED} (?P<v>{one}))(?= )", reader.text
    ):
        if re.search(rf" (?:and|or|,) {one}", reader.text[found.end() :][:16]):
            raise Doubt("Not bought all of these, or not bought any of them?")
        index = int(found["v"].removeprefix("VALUE"))
        asked.without.append(asked.values[index])
        reader.text = reader.text[: found.start("not")] + reader.text[found.end("not") :]
        reader.text = re.sub(r" {2,}", " ", reader.text)
        drop_value(reader, asked, index)
        one = rf"VALUE(?:{'|'.join(_of_items(asked)) or '_'})"
    _both(reader, asked, one)
    if asked.without or asked.also:
        asked.bought = True


def _both(reader: "Reader", asked: Asked, one: str) -> None:
    people = reader.has(rf"{CUSTOMERS}|who|anyone")
    found = re.search(
        rf"(?<= )(?P<both>both )?(?P<a>{one}) (?P<also>and|and also|as well as|plus) "
        rf"(?:(?:{BUY}) )?(?P<b>{one})(?= )",
        reader.text,
    )
    after = found is not None and re.match(r" (?:and|or|,) VALUE", reader.text[found.end() :])
    listed = found is not None and re.search(r"VALUE\d+ , $", reader.text[: found.start("a")])
    if not found or after or listed or not people or reader.has("or"):
        return
    if reader.has(rf"(?:{rules.MANY}) (?:items|units|pieces|products)|revenue|sales|orders"):
        return
    index = int(found["b"].removeprefix("VALUE"))
    asked.also.append(asked.values[index])
    reader.text = f"{reader.text[: found.start()]}{found['a']}{reader.text[found.end() :]}"
    drop_value(reader, asked, index)


def _of_items(asked: Asked) -> list[str]:
    return [str(i) for i, value in enumerate(asked.values) if value.field in ITEMS]


def drop_value(reader: "Reader", asked: Asked, index: int) -> None:
    """Forget one name; the placeholders of those behind it move up."""
    del asked.values[index]
    reader.text = re.sub(
        r"VALUE(\d+)",
        lambda m: f"VALUE{int(m[1]) - (int(m[1]) > index)}",
        reader.text,
    )


def check_bought(reader: "Reader", asked: Asked) -> None:
    """`bought Holbeck`: a place is not bought."""
    places = [str(i) for i, value in enumerate(asked.values) if value.field in PLACES]
    if places and reader.has(rf"(?:bought|buy|buys|purchased) VALUE(?:{'|'.join(places)})"):
        raise Doubt("A place cannot be bought.")


def _times_of_day(reader: "Reader", asked: Asked) -> None:
    a, b = _HOUR.format("a"), _HOUR.format("b")
    ranges = rf"(?:between|from) (?P<a>\d{{1,2}})(?: (?P<ahalf>am|pm))? (?:and|to|until) (?:{b})"
    if found := reader.take(ranges):
        end = _hour(found, "b")
        half = found["ahalf"] or found["bhalf"] or "am"
        start = _clock(int(found["a"]), half)
        if start >= end:
            raise Doubt("It is not clear which hours are meant.")
        asked.hours = (start, end)
    elif found := reader.take(rf"before (?:{a})"):
        asked.hours = (0, _hour(found, "a"))
    elif found := reader.take(rf"(?:after|from|since) (?:{a})(?: on| onwards)?"):
        asked.hours = (_hour(found, "a"), 24)
    for hours, noun in rules.DAYPARTS.items():
        if reader.take(rf"(?:in|during) the {noun}|(?:in|on|during) {noun}|{noun}"):
            if asked.hours:
                raise Doubt("The question names two times of day.")
            asked.hours = hours


def _hour(found: re.Match[str], name: str) -> int:
    if found[f"{name}noon"]:
        return 12
    return _clock(int(found[name]), found[f"{name}half"])


def _clock(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise Doubt(f"There is no {hour} {half}.")
    return hour % 12 + (12 if half == "pm" else 0)


def _weekend(reader: "Reader", asked: Asked) -> None:
    figures = r"(?= (?:sales|revenue|orders|baskets|turnover|takings|customers) )"
    if reader.take(rf"(?:on|at|over|during) (?:the )?weekends?|weekends|weekend{figures}"):
        asked.weekend = True
    elif reader.take(rf"(?:on|during) (?:working days|weekdays)|during the week|weekday{figures}"):
        asked.weekend = False


def _ages(reader: "Reader", asked: Asked) -> None:
    years = r"(?: years?)?(?: old| of age)?"
    n = r"(?P<n>\d{1,3})"
    units = f"{rules.OCCASIONS}|pounds|euros|dollars|items|days|months"
    other = rf"(?! ?(?:or more |\+ )?(?:{units})\b)"
    aged = "aged|ages|age|between the ages of|aged between"
    between = rf"(?:{aged}) {n} (?:to |and )?(?P<m>\d{{1,3}})"
    if found := reader.take(rf"(?:who are |are )?{between}{years}"):
        asked.ages += [(">=", int(found["n"])), ("<=", int(found["m"]))]
    for sign, said in ((">", _AGE_MORE), ("<", _AGE_LESS)):
        compared = "older than|aged over" if sign == ">" else "younger than|aged under"
        pattern = (
            rf"(?:who are |are )?(?:{compared}) {n}{years}"
            rf"|(?:(?<=customers )|(?<=people )|(?<=buyers ))(?:who are |are )?"
            rf"(?:{said}) (?P<m>\d{{1,3}}){years}{other}"
        )
        if found := reader.take(pattern):
            asked.ages.append((sign, int(found["n"] or found["m"])))  # type: ignore[arg-type]
    if found := reader.take(
        rf"(?:aged|age) {n}(?P<plus> (?:or|and) (?:over|older|more|above)| \+| plus)?"
    ):
        asked.ages.append((">=" if found["plus"] else "=", int(found["n"])))


def _birthdays(reader: "Reader", asked: Asked, today: dt.date) -> None:
    """PERIOD has taken the month already, so the month is read from the period itself."""
    if not reader.has("birthdays?"):
        return
    period = asked.period
    inside = (
        period is not None
        and period.start is not None
        and period.end is not None
        and (period.start.year, period.start.month) == (period.end.year, period.end.month)
        and period.start.day == 1
        and period.end.day >= 28
    )
    if found := reader.take(r"(?P<m>next month)"):
        asked.birth_month = month_of(found["m"], today)
    elif inside and period and period.start:
        asked.birth_month, asked.period = period.start.month, None
    else:
        raise Doubt("Birthdays can be counted by month: how many birthdays in May?")
    bare = not reader.has(CUSTOMERS)
    have = "have|has|with|celebrate|celebrating"
    reader.take(rf"{rules.MANY} birthdays?|(?:{have}) (?:a |their )?birthdays?|birthdays?")
    if bare:
        asked.measure = "customers"


def _first_and_returning(reader: "Reader", asked: Asked) -> None:
    if reader.take(rules.ONCE):
        asked.times, asked.bought = ("=", 1), True
    if reader.take(rules.FIRST):
        asked.cohort = "first"
    if asked.period and asked.period.start and reader.take(rf"returning(?= (?:{CUSTOMERS}))"):
        if asked.cohort:
            raise Doubt("New customers, or returning ones?")
        asked.cohort = "returning"
    if asked.period and reader.has(rf"repeat(?= (?:{CUSTOMERS}))"):
        raise Doubt(
            "Repeat customers of a period: who bought twice in it, or had bought before it?",
            "How many customers bought at least twice in October?",
            "How many returning customers did we have in October?",
        )
    if asked.cohort:
        asked.bought = True


def _segments(reader: "Reader", asked: Asked) -> None:
    """RFM segments and life cycle stages, by name; a name of both must say which."""
    segment, stage = rules.SEGMENT_NOUN, rules.STAGE_NOUN
    for name, said in rules.SEGMENTS.items():
        own = name in rules.RFM_ONLY
        noun = rf"(?:in |of )?(?:the )?(?P<a>{said}) (?P<noun>{segment}|{stage})"
        behind = rf"(?:in )?(?:the )?(?P<noun2>{segment}|{stage}) (?P<b>{said})"
        if found := reader.take(f"(?:{noun}|{behind})"):
            word = found["noun"] or found["noun2"]
            column = "segment" if "segment" in word else "lifecycle"
            if own and column == "lifecycle":
                raise Doubt(f"There is no stage {name!r}; it is an RFM segment.")
            if name in {"active", "cooling"} and column == "segment":
                raise Doubt(f"There is no RFM segment {name!r}; it is a life cycle stage.")
            asked.segments.append((column, name))
        elif own and (found := reader.take(_own_name(name, said))):
            asked.segments.append(("segment", name))
            _noun_of_people(reader, asked, found.group())
        elif name in {"at risk", "lapsed"} and reader.has(said):
            raise Doubt(
                f"{name.capitalize()} is both an RFM segment and a life cycle stage.",
                f"How many customers are in the {name} segment?",
                f"How many customers are in the {name} stage?",
            )
    if len(asked.segments) > 1:
        raise Doubt("One segment at a time can be asked for.")


def _own_name(name: str, said: str) -> str:
    if name == "champions":
        return rf"(?P<a>{said})(?: customers)?"
    if name == "needs attention":
        return rf"(?P<a>{said})"
    return rf"(?:are )?(?P<a>{said})(?= (?:{CUSTOMERS}))"


def _noun_of_people(reader: "Reader", asked: Asked, said: str) -> None:
    """`how many champions`: the segment stands for the customers in it."""
    counts = rf"(?P<what>{rules.MANY}|(?:share|percentage|percent|proportion) of)"
    if not said.startswith("champion"):
        return
    if reader.take(rf"{rules.MANY}(?! {rules.MINE}(?:{CUSTOMERS}))(?: of our| of)?(?= )"):
        asked.measure = "customers"
    elif not reader.has(counts):
        asked.bare = False


def _last_bought(reader: "Reader", asked: Asked, today: dt.date) -> None:
    ago = rf"(?:more than|over|longer than) (?P<n>{NUMBER}) (?P<unit>days|weeks|months|years) ago"
    seen = r"(?:were |was )?last seen"
    did = (
        r"(?:who |whose )?(?:last|latest|most recent)(?:ly)?"
        r" (?:bought|ordered|purchased|shopped|visited|order was|purchase was|visit was)"
    )
    if found := reader.take(rf"(?:{did}|{seen}) {ago}"):
        count, unit = number(found["n"]), found["unit"].rstrip("s")
        if count != int(count):
            raise Doubt("The number of days is not clear.")
        asked.last_before, asked.bought = back(int(count), unit, today), True
