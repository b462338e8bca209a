"""Whether what was understood of a question makes sense: one meaning, and nothing left over."""

import re
from typing import TYPE_CHECKING

from copilot.customers.questions.rules import Asked
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
    of_people = asked.measure in {"customers", "share"}
    did = asked.bought or asked.never or asked.times or asked.spent
    known = asked.consent or asked.has or asked.reach
    if asked.reach and asked.measure != "customers":
        raise Doubt("Only the number of customers who can be written to can be asked for.")
    if asked.item_customers:
        raise Doubt("It is not clear what those customers have to do with it: bought?")
    if asked.of_buyers and (not of_people or (asked.measure == "share" and asked.buyers)):
        raise Doubt("Of customers who bought something only the number can be asked for.")
    if asked.people and of_people and not (did or known):
        raise Doubt("People, or customers?", *EXAMPLES)
    if not of_people and (asked.times or asked.spent or asked.never or known):
        raise Doubt("Conditions on single customers can be counted, not added up.")
    if asked.measure in {"average_basket", "items_per_basket"} and asked.of(*ITEMS):
        raise Doubt("The whole basket with that in it, or only that part of it?")
    others = asked.languages or known or did
    if not (others or {value.field for value in asked.values} - {*PLACES}):
        asked.place_is_base = False
    if of_people:
        _settle_purchases(asked)


def _settle_purchases(asked: Asked) -> None:
    """Customers counted by what they bought: once, clearly, and by one thing at a time."""
    asked.bought = asked.bought or asked.spent is not None
    groups = {*asked.dimensions} - {*PLACES, "language"}
    did = asked.bought or asked.never or asked.times or asked.of("store")
    lines = asked.of(*ITEMS) or asked.period or asked.weekday is not None
    if lines and not (did or groups):
        raise Doubt("It is not clear what the customers are to have done: bought?")
    if asked.never and (asked.times or asked.spent or asked.dimensions or asked.measure == "share"):
        raise Doubt("Not buying can be counted, on its own.")
    if groups and (asked.times or asked.spent or asked.measure == "share"):
        raise Doubt("That cannot be counted by what was bought.")
    if asked.joined_by_and and asked.of(*ITEMS):
        raise Doubt(
            "Bought both, or either? 'and' can mean both.", "Ask with 'or' for customers of either."
        )
