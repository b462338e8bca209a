"""Whether a query read by a model accounts for every word of the question, and no word is missing.

Each word that means something asks for something of the query: `per` for a grouping, `never` for
a negation. A word that no rule knows cannot be accounted for. The other way round, the figure
asked for must be licensed by words of the question.
"""

import re
from collections.abc import Callable, Sequence

from copilot.customers.questions import rules
from copilot.customers.questions.values import Value, Vocabulary
from copilot.customers.questions.words import (
    BASKETS,
    BUY,
    CUSTOMERS,
    DIMENSION_OF,
    FILLERS,
    NUMBER,
    number,
    words,
)
from copilot.records import ReadQuery

PEOPLE = frozenset(CUSTOMERS.split("|")) | frozenset(
    words(
        "buyer shopper client household person who whoever anyone folk folks punters punter"
        " patrons patron guests regulars head"
    )
)
ORDERS = frozenset(BASKETS.split("|")) | frozenset(words("basket transaction visit receipt ticket"))
MONEY = frozenset(
    words(
        "revenue sales turnover takings money income much spend spent spends spending earn earned"
        " earns take took worth cash gross grossed"
    )
)
THINGS = frozenset(words("items item units unit pieces piece quantity quantities copies"))
SELLING = frozenset(words("sell sells sold selling shift shifted shifting flog flogged go went"))
AVERAGE = frozenset(words("average mean typical typically usual usually"))
EACH = frozenset(words("per each every by split broken down across breakdown grouped apiece"))
MOST = frozenset(words("most top best highest biggest largest greatest favourite favorite"))
LEAST = frozenset(words("least lowest smallest fewest worst bottom"))
NOT = frozenset(words("not never no without nothing none havent hasnt didnt dont doesnt neither"))
EXCEPT = frozenset(words("except excluding minus other else nor only both"))
SPEAK = frozenset(words("speak speaks speaking spoken speaker speakers language languages"))
CONSENT = frozenset(words("consent consented agreed opted permission allowed allow"))
IDLE = FILLERS | frozenset(
    words("what whats which how many count number figure figures value amount get got give pull up"
          " work out exactly people's folks' here have having been being do does did done would"
          " like want wanted need see look looking at into through via business shop's data when"
          " where come came walk walked through door us ring rang till tills bring brought in"
          " size big high low if then out up people")
)  # fmt: skip
LEARNT = frozenset(
    PEOPLE | ORDERS | MONEY | THINGS | SELLING | AVERAGE | EACH | MOST | LEAST | NOT | EXCEPT
    | SPEAK | CONSENT | IDLE
)  # fmt: skip
_CHANNEL_OF = {w: name for name, said in rules.CHANNELS.items() for w in said.split("|")}
_SIGN_WORDS = {
    ">=": "at least",
    ">": "more than",
    "<=": "at most",
    "<": "fewer than",
    "=": "exactly",
}
Test = Callable[[ReadQuery], bool]
OF_ORDERS = (
    "baskets",
    "average_basket",
    "median_basket",
    "items_per_basket",
    "baskets_per_customer",
)
OF_MONEY = ("revenue", "average_basket", "median_basket", "spend_per_customer")
AVERAGES = ("average_basket", "items_per_basket", "spend_per_customer", "baskets_per_customer")


def unaccounted(
    said: ReadQuery, text: str, values: Sequence[Value], vocabulary: Vocabulary
) -> list[str]:
    """What the query leaves out of the question or adds to it, in words; empty when neither."""
    missed: list[str] = []
    text = _numbers(said, text, missed)
    left = [w for w in text.split() if not re.fullmatch(r"VALUE\d+|PERIOD|,", w)]
    kinds: set[str] = {value.field for value in values}
    for word in left:
        if not _held(word, said, kinds, vocabulary):
            missed.append(f"'{word}'")
    _licensed(said, {*left}, missed)
    _grouped(said, {*left}, missed)
    _denied(said, text, values, missed)
    _channels(said, {*left}, missed)
    spoken = {vocabulary.languages[w] for w in left if w in vocabulary.languages and len(w) > 2}
    told = {vocabulary.languages.get(name.lower(), name) for name in said.languages}
    if spoken != told:
        missed.append("the languages")
    return missed


def _numbers(said: ReadQuery, text: str, missed: list[str]) -> str:
    """Take numbers with their comparisons out; each must be in the query, and no other."""
    found: list[tuple[str, float]] = []
    for sign, compared in rules.COMPARISONS:
        pattern = rf"(?<= )(?:{compared}) (?P<n>{NUMBER})(?P<t> times| time)?(?= )"
        while match := re.search(pattern, text):
            found.append((_SIGN_WORDS[sign], number(match["n"])))
            text = f"{text[: match.start()]}{text[match.end() :]}"
    more = rf"(?<= )(?P<n>{NUMBER}) or more(?: times)?(?= )"
    while match := re.search(more, text):
        found.append(("at least", number(match["n"])))
        text = f"{text[: match.start()]}{text[match.end() :]}"
    plain = rf"(?<= )(?P<n>{NUMBER})(?: times)?(?= )"
    loose: list[float] = []
    while match := re.search(plain, text):
        loose.append(number(match["n"]))
        text = f"{text[: match.start()]}{text[match.end() :]}"
    wanted = [(item.sign, item.number) for item in (said.times, said.spent) if item]
    if said.top is not None and float(said.top) in loose:
        loose.remove(float(said.top))
    elif said.top is not None:
        missed.append(f"'{said.top}', which the question does not say")
    for count in loose:  # `twice` is at least two
        found.append(("at least", count))
    if sorted(found) != sorted(wanted):
        missed.append("the numbers")
    money = bool(re.search(r" (?:spend|spent|spends|spending|pounds|euros) ", text))
    if bool(said.spent) and not money:
        missed.append("an amount spent, which the question does not say")
    if said.times and money and not {*text.split()} & (ORDERS | {"bought", "buy", "ordered"}):
        missed.append("the amount spent")
    return re.sub(r" {2,}", " ", text)


def _held(word: str, said: ReadQuery, kinds: set[str], vocabulary: Vocabulary) -> bool:
    """Whether the query has something for the word to mean."""
    limits = said.bought or said.never_bought or bool(said.not_bought or said.times or said.spent)
    group = DIMENSION_OF.get(word)
    if group and (group in said.by or group in kinds):
        return True
    tests: tuple[tuple[frozenset[str], bool], ...] = (
        (PEOPLE, True),
        (ORDERS, said.measure in OF_ORDERS or limits),
        (MONEY, said.measure in OF_MONEY or bool(said.spent)),
        (THINGS, said.measure in {"units", "items_per_basket"}),
        (SELLING, said.measure in {"units", "revenue"}),
        (AVERAGE, said.measure in AVERAGES),
        (frozenset({"median"}), said.measure == "median_basket"),
        (frozenset(words(BUY.replace("|", " "))), limits or said.measure in {"units", "revenue"}),
        (EACH, bool(said.by) or said.measure in AVERAGES),
        (MOST, said.order == "most"),
        (LEAST, said.order == "least"),
        (NOT, True),  # counted by _denied
        (SPEAK, bool(said.languages) or "language" in said.by),
        (CONSENT, bool(said.consent)),
    )
    for those, holds in tests:
        if word in those:
            return holds
    if word in EXCEPT:
        return False
    if word in _CHANNEL_OF:
        return bool(said.consent)
    if word in vocabulary.languages and len(word) > 2:
        return bool(said.languages)
    if said.segment and word in rules.SEGMENTS[said.segment].replace("|", " ").split():
        return True
    return word in IDLE and group is None


def _licensed(said: ReadQuery, spoken: set[str], missed: list[str]) -> None:
    """The figure must be one the words ask for."""
    each = bool(spoken & (AVERAGE | {"per", "often", "each"}))
    needed: dict[str, bool] = {
        "customers": bool(spoken & PEOPLE) and not spoken & (THINGS | AVERAGE | {"much"}),
        "revenue": bool(spoken & MONEY) and not each,
        "units": bool(spoken & (THINGS | SELLING)) and not spoken & (MONEY - {"sales"}),
        "baskets": bool(spoken & ORDERS) and not each and not spoken & PEOPLE,
        "average_basket": each and bool(spoken & ORDERS) and not spoken & (THINGS | PEOPLE),
        "median_basket": "median" in spoken and bool(spoken & ORDERS),
        "items_per_basket": each and bool(spoken & ORDERS) and bool(spoken & THINGS),
        "spend_per_customer": each and bool(spoken & MONEY) and bool(spoken & PEOPLE),
        "baskets_per_customer": each and bool(spoken & ORDERS) and bool(spoken & PEOPLE),
    }
    if not needed[said.measure]:
        missed.append(f"the figure: nothing says {said.measure.replace('_', ' ')}")
    if said.order and not spoken & (MOST | LEAST):
        missed.append("an order that the question does not ask for")
    if said.segment and not spoken & {*rules.SEGMENTS[said.segment].replace("|", " ").split()}:
        missed.append("a segment that the question does not name")
    buys = frozenset(words(BUY.replace("|", " "))) | ORDERS | MONEY
    if (said.bought or said.times) and not spoken & buys:
        missed.append("a purchase that the question does not speak of")


def _grouped(said: ReadQuery, spoken: set[str], missed: list[str]) -> None:
    nouns = {DIMENSION_OF[word] for word in spoken if word in DIMENSION_OF}
    for group in said.by:
        if group not in nouns:
            missed.append(f"a grouping by {group} that the question does not ask for")
    if said.by and not (spoken & EACH or said.order or "which" in spoken or "what" in spoken):
        missed.append("a grouping that the question does not ask for")


def _denied(said: ReadQuery, text: str, values: Sequence[Value], missed: list[str]) -> None:
    """As many negations as the question has, each of what follows it."""
    spoken = text.split()
    places = [index for index, word in enumerate(spoken) if word in NOT]
    denials = int(said.never_bought) + sum(not item.given for item in said.consent)
    denied: set[str] = set()
    for index in places:
        behind = [w for w in spoken[index + 1 :] if re.fullmatch(r"VALUE\d+", w)]
        if behind:
            denied.add(values[int(behind[0][5:])].said)
    wanted = {value.said for value in values if _said_in(value, said.not_bought)}
    if denials + len(wanted) != len(places) or not wanted <= denied:
        missed.append("what is denied")
    if said.never_bought and wanted:
        missed.append("what is denied twice")


def _said_in(value: Value, names: Sequence[str]) -> bool:
    folded = {name.lower() for name in names}
    return value.said.lower() in folded or any(name.lower() in folded for name in value.values)


def _channels(said: ReadQuery, spoken: set[str], missed: list[str]) -> None:
    told = {item.channel for item in said.consent}
    if {_CHANNEL_OF[word] for word in spoken if word in _CHANNEL_OF} != told:
        missed.append("the channels")
    if told and not spoken & CONSENT:
        missed.append("consent, which the question does not speak of")
