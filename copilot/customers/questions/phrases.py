"""Taking the phrases of a question about the data out of it, one after another."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from copilot.customers.questions import rules
from copilot.customers.questions.periods import Period, rolling
from copilot.customers.questions.rules import Asked, Comparison, Measure
from copilot.customers.questions.sense import Doubt
from copilot.customers.questions.values import ITEMS, PLACES, Value, Vocabulary
from copilot.customers.questions.words import CUSTOMERS, DIMENSION_OF, NUMBER, STORE_NOUNS, number

if TYPE_CHECKING:
    from collections.abc import Sequence


FEW = 10  # single customers listed when the question does not say how many


class Reader:
    """What is left of the question: words between spaces."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: str) -> re.Match[str] | None:
        """Take the first occurrence of the pattern out, at word borders."""
        found = re.search(rf"(?<= )(?:{pattern})(?= )", self.text)
        if found:
            kept = " ".join(re.findall(r"VALUE\d+|LANGUAGE", found.group()))
            self.text = f"{self.text[: found.start()]}{kept}{self.text[found.end() :]}"
            self.text = re.sub(r" {2,}", " ", self.text)
        return found

    def has(self, pattern: str) -> bool:
        """Whether the pattern is there, at word borders."""
        return re.search(rf"(?<= )(?:{pattern})(?= )", self.text) is not None


def read(reader: Reader, asked: Asked) -> None:
    """Take everything known out of the question; raises Doubt at a contradiction."""
    _share_base(reader, asked)
    _link_values(reader, asked)
    _consents(reader, asked)
    _never(reader, asked)
    _occasions(reader, asked)
    _weekday(reader, asked)
    _order(reader, asked)
    _single_baskets(reader, asked)
    _ranked(reader, asked)
    _measures(reader, asked, rules.MEASURES)
    _dimensions(reader, asked)
    _counted(reader, asked)
    if asked.measure is None:
        _measures(reader, asked, rules.LATE_MEASURES)
        asked.bare = asked.measure is not None
    _verbs(reader, asked)
    _last_nouns(reader, asked)


def _share_base(reader: Reader, asked: Asked) -> None:
    """Whether a place is said of the customers a share is taken of (`customers in Leeds who…`)."""
    places = [str(i) for i, value in enumerate(asked.values) if value.field in PLACES]
    value = f"VALUE(?:{'|'.join(places)})" if places else "$^"
    asked.place_is_base = reader.has(
        rf"(?:{CUSTOMERS})(?: who live| living| based| who are)? (?:in|from) (?:the )?{value}"
        rf"|{value} (?:{CUSTOMERS})"
    )


def take_languages(text: str, asked: Asked, vocabulary: Vocabulary) -> str:
    """Take `speak Polish` out, before Polish can be taken for part of a product's name."""
    names = "|".join(sorted(map(re.escape, vocabulary.languages), key=len, reverse=True))
    if not names:
        return text
    list_of = rf"(?P<list>(?:{names})(?: (?:or|,) (?:{names}))*)"
    for pattern in (
        rf"(?:speak|speaks|speaking|spoken) {list_of}",
        rf"{list_of} (?:speaking|speakers|speaker)",
        rf"language (?:is )?{list_of}",
        rf"in {list_of} (?:language)",
    ):
        found = re.search(rf"(?<= ){pattern}(?= )", text)
        if found:
            said = re.split(r" (?:or|,) ", found.group("list"))
            asked.languages += [vocabulary.languages[name] for name in said]
            plural = " customers" if "speakers" in found.group() else ""
            text = f"{text[: found.start()]}LANGUAGE{plural}{text[found.end() :]}"
    return text


def settle_period(reader: Reader, asked: Asked, periods: list[Period], today: dt.date) -> None:
    """The one period of the question, or `for 90 days` of one that says who did not buy."""
    if len(periods) > 1:
        asked.doubt = "The question names two periods; one at a time can be answered."
    asked.period = periods[0] if periods else None
    if found := re.search(rf"(?<= ){rules.DURATION}(?= )", reader.text):
        if asked.period or not reader.has(rules.NEVER):
            asked.doubt = f"It is not clear which days '{found.group()}' means."
        asked.period = rolling(int(number(found["n"])), found["unit"].rstrip("s"), today)
        reader.take(rules.DURATION)


def _link_values(reader: Reader, asked: Asked) -> None:
    """Join `bread or coffee`, and drop nouns that only say what a name is."""
    while found := re.search(
        r"(?<= )VALUE(\d+) (,|or|and|, or|, and) VALUE(\d+)(?= )", reader.text
    ):
        first, second = asked.values[int(found[1])], asked.values[int(found[3])]
        if first.field != second.field:
            if found[2] != ",":
                break
            reader.text = reader.text.replace(found.group(), f"VALUE{found[1]} VALUE{found[3]}")
            continue
        if found[2].endswith("and") and first.field in ITEMS:
            asked.joined_by_and = True
        merged = Value(
            first.field,
            tuple(dict.fromkeys(first.values + second.values)),
            f"{first.said} or {second.said}",
            first.part or second.part,
        )
        asked.values[int(found[1])] = merged
        asked.values[int(found[3])] = merged
        reader.text = reader.text.replace(found.group(), f"VALUE{found[3]}")
    for index, value in enumerate(asked.values):
        nouns = "|".join(w for w, name in DIMENSION_OF.items() if name == value.field)
        if value.field == "store":
            nouns = "|".join((nouns, *STORE_NOUNS))
        if nouns:
            reader.take(rf"(?:{nouns})(?: of| called| named)?(?= VALUE{index} )")
            after = rf"(?<=VALUE{index} )(?:{nouns})(?: (?:{nouns}))?"
            reader.text = re.sub(rf"{after}(?= )", "", reader.text).replace("  ", " ")
    asked.values = list(dict.fromkeys(asked.values))


def _consents(reader: Reader, asked: Asked) -> None:
    reader.text = re.sub(r"(?<= )both (?=\S+ and \S+ consent )", "", reader.text)
    while found := reader.take(rules.REACH):
        said = next(name for name in found.groupdict().values() if name)
        asked.reach.append(next(c for c, n in rules.CHANNELS.items() if said in n.split("|")))
    both = rf"(?<= )(?:with|have) {rules.TWO_CHANNELS}(?= )"
    reader.text = re.sub(both, r"with \g<a> consent \g<b> consent", reader.text)
    for status, pattern in rules.CONSENTS:
        while found := reader.take(pattern):
            said = next(name for name in found.groupdict().values() if name)
            channel = next(c for c, names in rules.CHANNELS.items() if said in names.split("|"))
            asked.consent.append((channel, status))
    for name, nouns in rules.CONTACTS.items():
        if reader.take(
            rf"(?:without|with no|have no|no|missing|lacking|lack) (?:an? )?(?:{nouns})"
        ):
            asked.has.append((name, False))
        elif reader.take(rf"(?:with|have|has) (?:an? )?(?:{nouns})"):
            asked.has.append((name, True))


def _never(reader: Reader, asked: Asked) -> None:
    asked.never = reader.take(rules.NEVER) is not None
    reader.text = re.sub(r"(?<= )(?:and|but) (?=(?:who )?live(?:s)? in )", "", reader.text)
    shops = r"(?<= )(customers|people|who) (?:shop|order)(?= (?:at|in|from|with) )"
    reader.text = re.sub(shops, r"\1 bought", reader.text)
    asked.people = reader.has("people|households|persons")
    asked.of_buyers = reader.has(rules.OF_BUYERS) and not reader.text.startswith(" who ")
    asked.buyers = reader.has("buyers|shoppers")
    asked.bought = asked.bought or asked.buyers
    of_item = [str(i) for i, value in enumerate(asked.values) if value.field in ITEMS]
    item = rf"VALUE(?:{'|'.join(of_item)}) (?:{CUSTOMERS})"
    asked.item_customers = bool(of_item) and reader.has(item)


def _occasions(reader: Reader, asked: Asked) -> None:
    """`twice`, `at least 3 times`, `more than 2 orders`, `spent over 100`."""
    if reader.take(rules.REPEAT):
        asked.times, asked.bought = (">=", 2), True
    if found := reader.take(
        rf"(?:who )?(?:spent|spend|spends|spending) between (?P<n>{NUMBER}) and (?P<m>{NUMBER})"
        r"(?: pounds| euros| dollars)?"
    ):
        asked.spent, asked.spent_to = (">=", number(found["n"])), number(found["m"])
    for sign, comparison in (*rules.COMPARISONS, (None, "")):
        start = f"(?:{comparison}) " if comparison else ""
        money = (
            rf"(?:who )?(?:spent|spend|spends|spending) {start}(?P<n>{NUMBER})"
            r"(?: pounds| euros| dollars)?"
        )
        times = (
            rf"(?:made |placed )?{start}"
            rf"(?:(?P<n>{NUMBER}) (?P<plus>or more |\+ )?(?:{rules.OCCASIONS})"
            rf"|(?P<word>once|twice|thrice)(?P<plus2> or more)?(?! per))"
        )
        if sign and (found := reader.take(money)):
            asked.spent = (sign, number(found["n"]))
        elif found := reader.take(times):
            count = number(found["n"] or found["word"])
            if asked.times or count != int(count):
                raise Doubt("The number of purchases is not clear.")
            asked.times = (_sign(sign, bool(found["plus"] or found["plus2"])), int(count))


def _sign(sign: Comparison | None, plus: bool) -> Comparison:
    return ">=" if plus or sign is None else sign


def _weekday(reader: Reader, asked: Asked) -> None:
    for index, name in enumerate(rules.WEEKDAYS):
        if reader.take(rf"on {name}s?|on a {name}|{name}s"):
            if asked.weekday is not None:
                raise Doubt("The question names two weekdays.")
            asked.weekday = index


def _measures(reader: Reader, asked: Asked, measures: "Sequence[tuple[Measure, str]]") -> None:
    for measure, pattern in measures:
        if found := reader.take(rf"(?P<by>(?:by|ranked by|in terms of) )?(?:{pattern})"):
            _set_measure(asked, measure)
            asked.ordered = asked.ordered or found["by"] is not None


def _set_measure(asked: Asked, measure: Measure) -> None:
    if asked.measure not in {None, measure}:
        raise Doubt("The question asks for two figures at once.")
    asked.measure = measure


def _single_baskets(reader: Reader, asked: Asked) -> None:
    """`our biggest order` is one basket; `which store had the biggest order` is not clear."""
    if reader.has(rules.ONE_BASKET) and (reader.has("which") or asked.rank):
        raise Doubt("The largest single basket, the largest average or the most baskets?")
    _measures(reader, asked, rules.BASKET_MEASURES)


def _ranked(reader: Reader, asked: Asked) -> None:
    for pattern, direction in (
        (rf"(?:{rules.MOST}) (?P<n>{NUMBER})(?= )", 1),
        (rf"(?:{rules.LEAST}) (?P<n>{NUMBER})(?= )", -1),
        (rf"(?P<n>{NUMBER})(?= (?:best|most|largest|biggest|highest|busiest) )", 0),
        (rf"(?P<n>{NUMBER})(?= (?:worst|least|smallest|lowest|quietest) )", 0),
    ):
        if found := reader.take(pattern):
            asked.limit, asked.rank = int(number(found["n"])), direction or asked.rank
    if found := reader.take(rf"(?<=which )(?P<n>{NUMBER})(?= (?:{rules.DIMENSION}) )"):
        asked.limit = int(number(found["n"]))
    if reader.take(rf"(?:rank|sort|ranking of)(?= (?:the |our |all |my )*(?:{rules.DIMENSION}) )"):
        asked.rank = 1
    best = not reader.has(rules.MANY) and reader.take(rules.BEST_CUSTOMERS)
    if best or (asked.limit and reader.take("spenders")):
        asked.dimensions.append("customer")
        asked.limit = asked.limit or FEW
        _set_rank(asked, 1)
    for measure, direction, pattern in rules.RANKED_MEASURES:
        if reader.take(pattern):
            _set_measure(asked, measure)
            _set_rank(asked, direction)
    for words, direction in ((rules.MOST, 1), (rules.LEAST, -1)):
        for measure, nouns in rules.NOUNS:
            if reader.take(rf"(?:{words}) (?:number of |total )?(?:{nouns})"):
                _set_measure(asked, measure)
                _set_rank(asked, direction)
    asked.sized = reader.has(rules.SIZES)
    for words, direction in ((rules.MOST, 1), (rules.LEAST, -1)):
        if reader.take(words):
            _set_rank(asked, direction)
    _best_customers(reader, asked)


def _best_customers(reader: Reader, asked: Asked) -> None:
    """`Who are my best customers`, `which customers spend most`: a few, by revenue unless said."""
    if not asked.rank or asked.dimensions:
        return
    if reader.take("which customers?|who (?:are|is) (?:my |our |the )*customers?|who"):
        asked.dimensions.append("customer")
        asked.limit = asked.limit or FEW


def _set_rank(asked: Asked, direction: int) -> None:
    if asked.rank not in {0, direction}:
        raise Doubt("The question asks for the most and the least at once.")
    asked.rank = direction


def _dimensions(reader: Reader, asked: Asked) -> None:
    noun = rf"(?:{rules.DIMENSION})"
    # `by revenue` is an order and `customers by store` a grouping; `by customers` is an order too.
    place = rf"{rules.GROUPED} (?:the )?(?P<a>{noun})(?: (?:and|,) (?:by )?(?P<b>{noun}))?"
    while found := reader.take(place):
        names = [DIMENSION_OF[said] for said in (found["a"], found["b"]) if said]
        if "customer" in names and asked.rank:
            _set_measure(asked, "customers")
            continue
        asked.dimensions += names
    if found := reader.take(rf"(?:which|what) (?:are the |is the |of our )?(?P<a>{noun})"):
        asked.dimensions.append(DIMENSION_OF[found["a"]])
        asked.rank = asked.rank or (1 if asked.measure == "over_index" else 0)
    if asked.rank and not asked.dimensions:
        things = "|".join(word for word, name in DIMENSION_OF.items() if name != "customer")
        if found := reader.take(f"(?P<a>{things})"):
            asked.dimensions.append(DIMENSION_OF[found["a"]])
        elif asked.limit and reader.take("customers"):
            asked.dimensions.append("customer")
        elif asked.measure == "units" and (reader.has("what") or reader.has(r"which VALUE\d+")):
            asked.dimensions.append("product")


def _counted(reader: Reader, asked: Asked) -> None:
    """`How many products do we have?`: rows of the data itself."""
    if asked.measure is not None or asked.rank:
        return
    found = reader.take(
        rf"{rules.MANY} (?:different |distinct |of )?(?P<a>{rules.DIMENSION})"
        r"(?: (?:do|did) we (?:have|sell|offer|stock|run)| are there| have we run)?"
    )
    if found:
        asked.measure, asked.counted = "count", DIMENSION_OF[found["a"]]


def _order(reader: Reader, asked: Asked) -> None:
    """`by revenue`, `ranked by number of orders`."""
    for measure, nouns in rules.NOUNS:
        if reader.take(
            rf"(?:by|ranked by|sorted by|in terms of) (?:number of |total )?(?:{nouns})"
        ):
            _set_measure(asked, measure)
            _set_rank(asked, asked.rank or 1)


def _verbs(reader: Reader, asked: Asked) -> None:
    while reader.take(rules.BUYING):
        asked.bought = True
    if asked.measure == "baskets":
        reader.take("include|includes|including|contain|contains|containing")
    if asked.measure in {"units", "revenue", "baskets", "last_date", "first_date"}:
        while reader.take(
            "sold|sell|sells|selling|take|taken|took|earn|earns|earned|spend|spent|placed"
            "|turn over|came in|has come in"
        ):
            pass
        reader.take("how much(?: money)?")


def _last_nouns(reader: Reader, asked: Asked) -> None:
    """A bare noun is what is measured, unless something else is."""
    for measure, nouns in rules.NOUNS[:2]:
        taken = False
        while reader.take(nouns):
            taken = True
        if taken and asked.measure is None:
            if asked.rank and measure == "customers" and not asked.dimensions:
                asked.dimensions.append("customer")
            elif not (asked.rank and asked.dimensions):
                asked.measure, asked.bare = measure, True
        elif taken and measure != "customers" and asked.measure != measure:
            raise Doubt("The question asks for two figures at once.")
