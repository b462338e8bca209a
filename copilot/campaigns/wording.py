"""What one message may say, in the words of its language: the fields of the phrase banks.

Texts of the brief are in one language. Where a message is written in another, its offer is
restated from what can be read in any language (a percentage) with the given words in quotation
marks, its terms are quoted, and facts and voice examples are left out.
"""

import datetime as dt
import functools
import re
from collections.abc import Callable, Sequence
from typing import get_args

from babel.dates import format_date

from copilot.campaigns.phrases import Bank, Turn, bank, fill, shared
from copilot.records import Assignment, Language, Offer, OverIndex, Store, Unit
from copilot.text import fold, squeeze

SMALL_CELL = 10
"""A group of fewer customers lends no facts of its own to a message."""

Fields = dict[str, str | None]

_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
_AMOUNT = re.compile(r"[\d£$€¥]")
_WORD = re.compile(r"[^\W\d_]+")
_WEEK = 6
_LOUD = 4


def turn_of(assignment: Assignment) -> Turn:
    """Where this message stands among its siblings."""
    unit, brief = assignment.unit, assignment.brief
    index = unit.index if unit.index is not None else sum(unit.name.encode("utf-8"))
    return Turn(
        campaign=brief.name,
        index=index,
        variant=max(0, ord(assignment.variant[:1] or "A") - ord("A")),
        variants=brief.variants,
    )


def kind_of(assignment: Assignment) -> str:
    """Which phrases fit: `individual` (an affinity), `local` (a place), else `plain`."""
    unit = assignment.unit
    if unit.level == "individual" and affinity(unit):
        return "individual"
    return "local" if unit.place and unit.level in {"local", "individual"} else "plain"


def fields_of(assignment: Assignment) -> Fields:
    """Every field a phrase may name, with its text; None where there is nothing to say."""
    words = bank(assignment.language)
    offer = assignment.brief.offer
    fields: Fields = {
        "brand": safe(assignment.brief.brand.name),
        **_place(assignment, words),
        **_voice(assignment),
        **_link(assignment),
        **(_offer(offer, assignment, words) if offer else {"no_offer": ""}),
    }
    fields["no_when"] = None if fields.get("when") else ""
    named = "first_name" not in assignment.withheld
    merged = f'{{{{ first_name | default: "{words.name_fallback}" }}}}'
    fields["name"] = merged if named else words.name_fallback
    for bit in ("code", "url", "store", "terms"):
        fields[f"{bit}_bit"] = fill(words.bits[bit], fields) or ""
    return fields


def facts_said(assignment: Assignment, turn: Turn, most: int = 2) -> list[str]:
    """Facts of the brief in the message's language, as sentences, this message's turn first."""
    given = [sentence(fact) for fact in assignment.brief.facts if is_native(fact, assignment)]
    start = turn.index % len(given) if given else 0
    return [safe(fact) for fact in [*given[start:], *given[:start]][:most]]


def affinity(unit: Unit) -> str:
    """What the people of an individual-level unit like, if it may be named; else empty."""
    name = unit.product or unit.category or ""
    return quiet(name) if name and not is_sensitive(name) else ""


def local_items(unit: Unit, offer: Offer | None) -> list[str]:
    """What the unit over-indexes on and may be named, those the offer speaks of first."""
    if unit.customers < SMALL_CELL:
        return []
    wanted = _stems(offer.text) if offer else set()
    named = [item for item in unit.top if item.index > 1 and not is_sensitive(item.name)]
    return list(dict.fromkeys(quiet(item.name) for item in sorted(named, key=_unlike(wanted))))


def is_sensitive(name: str) -> bool:
    """Whether naming this as somebody's liking would say something private about them."""
    folded = fold(name)
    return any(word in folded for word in shared().sensitive)


def is_native(text: str, assignment: Assignment) -> bool:
    """Whether a text of the brief is in the language of the message."""
    return written_in(text, brief_language(assignment)) == assignment.language


def brief_language(assignment: Assignment) -> Language:
    """The language of the brief's own texts, by their small words; else its first language."""
    brief = assignment.brief
    texts = [*brief.facts]
    if brief.offer:
        texts += [brief.offer.text, brief.offer.terms or ""]
    if brief.call_to_action:
        texts.append(brief.call_to_action.text)
    first: Language = next((each for each in brief.languages if each != "local"), "en")
    return written_in(" ".join(texts), first)


@functools.lru_cache(maxsize=4096)
def written_in(text: str, otherwise: Language) -> Language:
    """The language whose small words a text has most of; `otherwise` when that tells nothing.

    >>> written_in("15% off any loaf", "de")
    'en'
    """
    found = [word.casefold() for word in _WORD.findall(text)]
    scores = {
        language: sum(word in bank(language).marks for word in found)
        for language in get_args(Language)
    }
    best = max(scores.values())
    if best == scores[otherwise]:
        return otherwise
    return next(language for language, score in scores.items() if score == best)


def date_text(day: dt.date, words: Bank, *, today: dt.date, short: bool = False) -> str:
    """A date as the language writes it, with its weekday, and its year when that is not this one.

    >>> date_text(dt.date(2026, 11, 28), bank("en"), today=dt.date(2026, 11, 22))
    'Saturday 28 November'
    """
    pattern = words.dates.short if short else words.dates.long
    if day.year != today.year:
        pattern = f"{pattern} {words.dates.year}"
    if day.day == 1 and words.dates.first:
        pattern = re.sub(r"\bd\b", words.dates.first, pattern)
    return _formatted(day, pattern, words.dates.locale)


def sentence(text: str) -> str:
    """A text as a sentence: capital first letter, a full stop unless it ends in a mark."""
    text = squeeze(text)
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def safe(text: str) -> str:
    """A text that cannot open a merge field, whatever was typed into it."""
    return re.sub(r"\{(?=[{%])", "{ ", text)


def quiet(name: str) -> str:
    """A product or category name in running text; long capitals are a register's, not a name's."""
    name = squeeze(name)
    return safe(name.lower() if name.isupper() and len(name) > _LOUD else name)


@functools.lru_cache(maxsize=512)
def _formatted(day: dt.date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


def _place(assignment: Assignment, words: Bank) -> Fields:
    unit, offer = assignment.unit, assignment.brief.offer
    if assignment.language != brief_language(assignment):
        unit = _without_categories(unit)
    liking = affinity(unit) if unit.level == "individual" else ""
    items = [liking] if liking else local_items(unit, offer)
    both = fill(words.join, {"first": items[0], "second": items[1]}) if items[1:] else None
    # One of several shops would be the wrong one for most of the readers.
    store = unit.stores[0] if len(unit.stores) == 1 else None
    return {
        "place": safe(unit.place) if unit.place and unit.level != "segment" else None,
        "item": items[0] if items else None,
        "items": both or (items[0] if items else None),
        "store": safe(store.name) if store else None,
        "store_address": safe(store.address) or None if store else None,
        "store_line": _store_line(store) if store else None,
    }


def _without_categories(unit: Unit) -> Unit:
    """The unit without category names: common nouns in the data's language, foreign to others."""
    named = tuple(item for item in unit.top if item.kind != "category")
    return unit.model_copy(update={"category": None, "top": named})


def _store_line(store: Store) -> str | None:
    if not store.address:
        return None
    named = fold(store.name) in fold(store.address)
    return safe(store.address if named else f"{store.name}, {store.address}")


def _voice(assignment: Assignment) -> Fields:
    examples: Sequence[str] = [
        safe(squeeze(each))
        for each in assignment.brief.brand.voice.examples
        if is_native(each, assignment)
    ]
    return {
        "voice": examples[0] if examples else None,
        "voice_2": examples[1] if examples[1:] else None,
    }


def _link(assignment: Assignment) -> Fields:
    action, site = assignment.brief.call_to_action, assignment.brief.brand.website
    said = action.text.strip(" .:") if action and is_native(action.text, assignment) else None
    url = action.url if action else None
    return {"cta": safe(said) if said else None, "url": url, "site": url or site}


def _offer(offer: Offer, assignment: Assignment, words: Bank) -> Fields:
    native = is_native(offer.text, assignment)
    given = safe(squeeze(offer.text).rstrip("."))
    share = _PERCENT.search(given)
    if native:
        text, amount = given, given if _AMOUNT.match(given) else None
    else:
        quoted = words.quote.format(text=given)
        restated = words.restate["percent"].format(percent=share[1]) if share else ""
        text = amount = f"{restated} ({quoted})" if restated else quoted
        amount = text if restated else None
    return {
        "offer": text,
        "amount_offer": amount,
        "if_offer": "",
        "code": offer.code,
        **_terms(offer, assignment, words),
        **_when(offer, words, assignment.today),
    }


def _terms(offer: Offer, assignment: Assignment, words: Bank) -> Fields:
    terms = safe(squeeze(offer.terms or "").rstrip("."))
    if not terms:
        return {"terms": None, "terms_tail": ""}
    if written_in(terms, brief_language(assignment)) != assignment.language:
        return {"terms": words.quote.format(text=terms), "terms_tail": ""}
    if terms.split()[0].casefold() in words.tail_words:
        return {"terms": None, "terms_tail": f", {terms}"}
    return {"terms": terms, "terms_tail": ""}


def _when(offer: Offer, words: Bank, today: dt.date) -> Fields:
    fields: Fields = {}
    one_day = offer.starts if offer.starts == offer.ends else None
    for suffix, short in (("", False), ("_short", True)):

        def written(day: dt.date | None, short: bool = short) -> str | None:
            return date_text(day, words, today=today, short=short) if day else None

        ends = {"start": written(offer.starts), "end": written(offer.ends)}
        dated = offer.starts or offer.ends
        fields[f"when{suffix}"] = fill(words.when[_shape(offer)], ends) if dated else None
        fields["short_date" if short else "date"] = written(one_day)
    if one_day and 0 <= (one_day - today).days <= _WEEK:
        fields["day"] = _formatted(one_day, "EEEE", words.dates.locale)
    return fields


def _shape(offer: Offer) -> str:
    if offer.starts and offer.ends:
        return "single" if offer.starts == offer.ends else "range"
    return "until" if offer.ends else "from"


def _unlike(wanted: set[str]) -> Callable[[OverIndex], int]:
    def key(item: OverIndex) -> int:
        return 0 if wanted & _stems(item.name) else 1

    return key


def _stems(text: str) -> set[str]:
    return {word.rstrip("s") for word in _WORD.findall(fold(text)) if len(word) > _LOUD - 1}
