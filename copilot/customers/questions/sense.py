"""Whether what was understood of a question makes sense: one meaning, and nothing left over."""

import re
from typing import TYPE_CHECKING

from copilot.customers.questions.rules import OF_BASKETS, Asked
from copilot.customers.questions.values import ITEMS, PLACES, Vocabulary
from copilot.customers.questions.words import FILLERS, grammar_words
from copilot.records import Unparsed

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = (
    "How many customers do we have in Leeds?",
    "Which neighbourhood buys most bread?",
    "Top 5 products by revenue",
    "Average basket by neighbourhood",
    "Revenue in March 2026 by store",
)


class Doubt(Exception):
    """Why a question is not answered; caught by `parse`."""

    def __init__(self, reason: str, *suggestions: str) -> None:
        super().__init__(reason)
        self.unparsed = Unparsed(reason=reason, suggestions=suggestions or EXAMPLES)


def check_left(text: str, vocabulary: Vocabulary, quotations: "Sequence[str]") -> None:
    """Raise Doubt naming the words of the question that nobody took and that mean something."""
    left = [
        word
        for word in text.split()
        if word not in FILLERS and not re.fullmatch(r"VALUE\d+|LANGUAGE|PERIOD", word)
    ]
    if not left:
        return
    said = [
        quotations[int(word[6:])] if re.fullmatch(r"quoted\d+", word) else word for word in left
    ]
    near = [name for word in said for name in vocabulary.nearest(word)]
    hint = [f"Did you mean {' or '.join(dict.fromkeys(near))}?"] if near else vocabulary.samples()
    unknown = [word for word in said if word not in grammar_words()] or said
    words = ", ".join(f"'{word}'" for word in unknown)
    raise Doubt(
        f"This part of the question matches nothing in the data or is not understood: {words}.",
        *hint,
        *EXAMPLES,
    )


def settle(asked: Asked) -> None:
    """Fill in what goes without saying; raise Doubt when there are two meanings."""
    for value in (*asked.values, *asked.also, *asked.without):
        if value.or_else:
            name, kinds = value.values[0], (value.field, value.or_else)
            raise Doubt(
                f"{name} is a {kinds[0]} and a {kinds[1]}; say which is meant.",
                *(f"Say: the {kind} {name}" for kind in kinds),
            )
    if len({value.field for value in asked.values}) < len(asked.values):
        raise Doubt("The question names two different things of one kind.")
    if asked.measure is None and asked.never:
        asked.measure = "customers"
    if asked.ordered and not asked.rank:
        asked.rank = 1
    if asked.measure is None and asked.rank and asked.dimensions:
        if asked.sized:
            raise Doubt("Largest or smallest by what: customers, orders or revenue?")
        things = {"product", "category", "brand"}
        asked.measure = "units" if things & {*asked.dimensions} else "revenue"
    if asked.measure is None:
        raise Doubt("The question does not say what is to be counted or added up.")
    if asked.dimensions and asked.measure == "over_index" and len(asked.dimensions) > 1:
        raise Doubt("Over-indexing is shown for one kind of place at a time.")
    if len(asked.dimensions) != len(set(asked.dimensions)) or len(asked.dimensions) > 2:
        raise Doubt("The grouping is not clear.")
    if asked.rank and not asked.dimensions and asked.measure != "over_index":
        raise Doubt("The question does not say of what the most or least is wanted.")
    if asked.rank and len(asked.dimensions) > 1:
        raise Doubt("A ranking goes by one kind of thing at a time.")
    if asked.rank and any(value.field in asked.dimensions for value in asked.values):
        raise Doubt("A ranking of one thing alone says nothing.", *EXAMPLES)
    if asked.limit == 0:
        raise Doubt("None are asked for.")
    _settle_people(asked)


def _settle_people(asked: Asked) -> None:
    """What is said of single customers must be countable, and say what they did."""
    _settle_cohorts(asked)
    of_people = asked.measure in {"customers", "share"}
    did = asked.bought or asked.never or asked.times or asked.spent
    known = bool(asked.consent or asked.has or asked.reach or asked.segments or asked.ages)
    known = known or asked.joined or bool(asked.birth_month)
    if asked.reach and asked.measure != "customers":
        raise Doubt("Only the number of customers who can be written to can be asked for.")
    if asked.item_customers:
        raise Doubt("It is not clear what those customers have to do with it: bought?")
    if asked.of_buyers and not of_people and not asked.cohort:
        raise Doubt("Of customers who bought something only the number can be asked for.")
    if asked.people and of_people and not (did or known):
        raise Doubt("People, or customers?", *EXAMPLES)
    if not of_people and (asked.times or asked.spent or asked.never or asked.last_before):
        raise Doubt("Conditions on single customers can be counted, not added up.")
    if not of_people and (asked.also or asked.without or asked.not_in):
        raise Doubt("Customers who bought one thing and another can be counted, not added up.")
    if asked.measure in OF_BASKETS and asked.of(*ITEMS):
        raise Doubt("The whole basket with that in it, or only that part of it?")
    if asked.measure == "baskets" and asked.joined_by_and and asked.of(*ITEMS):
        raise Doubt("Orders with both, or with either? Ask with 'or' for orders with either.")
    others = asked.languages or known or did
    if not (others or {value.field for value in asked.values} - {*PLACES}):
        asked.place_is_base = False
    if of_people:
        _settle_purchases(asked)


def _settle_cohorts(asked: Asked) -> None:
    """New and returning customers, joining, ages: of a period where they need one."""
    if asked.joined:
        if asked.cohort or asked.never or asked.times or asked.spent or asked.of(*ITEMS, "store"):
            raise Doubt("Those who joined can be counted by when, where and language.")
        asked.joined_in, asked.period = asked.period, None
    if asked.cohort:
        _settle_first(asked)
    if asked.measure == "average_age" and (
        asked.period or asked.bought or asked.of(*ITEMS, "store", "campaign")
    ):
        raise Doubt("The average age can be asked for by place, language and segment.")
    if asked.no_languages and asked.measure == "share":
        raise Doubt("Customers who do not speak a language can be counted, not shared out.")
    if asked.hours and asked.measure in {"last_date", "first_date", "count", "over_index"}:
        raise Doubt("That figure is not kept by the time of day.")


def _settle_first(asked: Asked) -> None:
    in_time = {"month", "week", "quarter", "year"} & {*asked.dimensions}
    if not asked.period and not in_time:
        raise Doubt(
            "New since when? A customer is new in the period of the first purchase.",
            "How many new customers did we get last month?",
            "New customers by month",
        )
    if in_time and asked.measure != "customers":
        raise Doubt("New customers can be counted by month, not added up.")
    if asked.measure == "share" or asked.never or asked.times or asked.spent or asked.also:
        raise Doubt("New and returning customers can be counted, on their own.")
    own = asked.of(*ITEMS, "store", "campaign") or asked.without or asked.not_in
    if own and asked.measure == "customers":
        raise Doubt("New to the business, or new to that? New customers are counted in all.")
    days = asked.weekday is not None or asked.weekend is not None or asked.hours
    if days or {*asked.dimensions} - {*PLACES, "language", "segment", "lifecycle", *in_time}:
        raise Doubt("New customers can be counted by month, quarter, place and language.")


def _settle_purchases(asked: Asked) -> None:
    """Customers counted by what they bought: once, clearly, and by one thing at a time."""
    asked.bought = asked.bought or asked.spent is not None
    groups = {*asked.dimensions} - {*PLACES, "language", "segment", "lifecycle"}
    did = asked.bought or asked.never or asked.times or asked.of("store")
    days = asked.weekday is not None or asked.weekend is not None or asked.hours
    lines = asked.of(*ITEMS) or asked.period or days
    if lines and not (did or groups):
        raise Doubt("It is not clear what the customers are to have done: bought?")
    shared = asked.measure == "share" and (asked.of(*PLACES) or asked.buyers)
    if asked.never and (asked.times or asked.spent or asked.dimensions or shared):
        raise Doubt("Not buying can be counted, on its own.")
    if groups and (asked.times or asked.spent or asked.measure == "share"):
        raise Doubt("That cannot be counted by what was bought.")
    beside = asked.also or asked.without or asked.not_in
    if beside and (asked.never or asked.times or asked.spent or groups):
        raise Doubt("What was bought beside what can be counted, on its own.")
    if asked.measure == "share" and asked.buyers and asked.period:
        raise Doubt("Of those who bought in that time, or of all who ever bought?")
    if asked.joined_by_and and asked.of(*ITEMS):
        raise Doubt(
            "Bought both, or either? 'and' can mean both.", "Ask with 'or' for customers of either."
        )
