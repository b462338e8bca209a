"""Questions close to the one asked that would be understood, with this business's own names."""

import re
from collections.abc import Callable

from copilot.customers.questions.values import ValueField, Vocabulary
from copilot.customers.questions.words import stem, tokens

MOST = 4
_SHAPES = (
    "How many customers do we have in {place}?",
    "How many customers in {place} bought {item} since March?",
    "How many customers have not bought for 90 days?",
    "How many new customers did we get last month?",
    "How many customers bought {item} but not {other}?",
    "How many customers bought at least 3 times in the last 6 months?",
    "How many customers can we email in {place}?",
    "What share of customers bought {item}?",
    "How many customers speak Polish?",
    "How many customers are older than 60?",
    "How many champions do we have?",
    "Revenue last month",
    "Revenue by category",
    "Revenue in {place} this year",
    "Revenue growth from Q1 to Q2",
    "Revenue of {item} by month",
    "Revenue at {store}",
    "Revenue in the morning",
    "Share of revenue from {item}",
    "Average basket by neighbourhood",
    "Median basket last month",
    "Average spend per customer in {place}",
    "What is our repeat rate?",
    "What is the average age of our customers?",
    "Top 5 products by revenue",
    "Top 5 products in {place}",
    "Which neighbourhood buys most {item}?",
    "Which neighbourhood over-indexes on {item}?",
    "How many {product} did we sell last month?",
    "Orders by weekday",
    "Customers by language",
    "Response rate by campaign",
    "Revenue in {place} vs {place2}",
)
_MEANT = {
    "profit": "revenue", "margin": "revenue", "income": "revenue", "money": "revenue",
    "growth": "growth", "grow": "growth", "yoy": "growth", "forecast": "revenue",
    "churn": "bought", "lost": "bought", "inactive": "bought", "acquisition": "new",
    "loyal": "repeat", "retention": "repeat", "client": "customer", "shopper": "customer",
    "people": "customer", "women": "customer", "bestseller": "product", "hour": "morning",
    "old": "older", "age": "older", "open": "response", "click": "response",
}  # fmt: skip


def suggestions(
    question: str, vocabulary: Vocabulary, works: Callable[[str], bool]
) -> tuple[str, ...]:
    """Up to four understood questions, the closest in words first; `works` tries each."""
    said = {_MEANT.get(stem(word), stem(word)) for word in tokens(question)}
    names = _names(vocabulary, said)
    filled = [text for shape in _SHAPES if (text := _fill(shape, names))]
    ranked = sorted(enumerate(filled), key=lambda pair: (-_overlap(pair[1], said), pair[0]))
    found = (text for _, text in ranked[: 3 * MOST] if works(text))
    return tuple(text for text, _ in zip(found, range(MOST), strict=False))


def _overlap(text: str, said: set[str]) -> float:
    mine = {stem(word) for word in tokens(text)}
    common = {"how", "many", "do", "we", "in", "what", "is", "our", "of", "the", "by", "have"}
    return float(len(mine & said - common) / (1 + len(mine - common)) ** 0.5)


def _names(vocabulary: Vocabulary, said: set[str]) -> dict[str, str]:
    """A name for each slot: one that the question says, else the first there is."""
    kinds: dict[str, tuple[ValueField, ...]] = {
        "place": ("neighbourhood", "city", "region"),
        "item": ("category", "product"),
        "store": ("store",),
        "product": ("product",),
    }
    names: dict[str, str] = {}
    for slot, fields in kinds.items():
        known = [
            (name, stems)
            for field in fields
            for stems, by_kind in vocabulary.names.items()
            for name in by_kind.get(field, ())
        ]
        known.sort(key=lambda pair: not (set(pair[1]) & said))
        names |= {slot: known[0][0]} if known else {}
        second = {"place": "place2", "item": "other"}.get(slot)
        if second and len(known) > 1:
            names[second] = known[1][0]
    return names


def _fill(shape: str, names: dict[str, str]) -> str:
    slots = re.findall(r"\{(\w+)\}", shape)
    return shape.format(**names) if all(slot in names for slot in slots) else ""
