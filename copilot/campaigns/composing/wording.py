"""What one message may say, in the words of its language: the fields of the phrase banks."""

import datetime as dt
import functools
import re
from collections.abc import Callable

from babel.dates import format_date

from copilot.campaigns.briefing.brands import city_of, local_brand
from copilot.campaigns.composing.nouns import quoted
from copilot.campaigns.composing.phrases import Bank, Turn, bank_for, fill, pick, shared
from copilot.campaigns.composing.spoken import Spoken, brief_language, spoken
from copilot.campaigns.composing.spoken import written_in as written_in
from copilot.campaigns.composing.translate import offer_in
from copilot.records import Assignment, Language, Offer, OverIndex, Store, Unit
from copilot.text import fold, squeeze

SMALL_CELL = 10
"""A group of fewer customers lends no facts of its own to a message."""

Fields = dict[str, str | None]

_AMOUNT = re.compile(r"(?:[-−]?\d+(?:[.,]\d+)* ?[%£$€¥])|[£$€¥] ?\d")
_WORD = re.compile(r"[^\W\d_]+")
_PERCENT = re.compile(r"\d+(?:[.,]\d+)? ?%")
_HEADLINE = 30
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
    brief, turn = assignment.brief, turn_of(assignment)
    words, said = bank_for(brief.brand, assignment.language), spoken(brief, assignment.language)
    fields: Fields = {
        "brand": safe(brief.brand.name),
        "signer": safe(brief.brand.sender or brief.brand.name),
        "city": safe(city_of(brief.brand.address)) or None,
        **_place(assignment, words),
        **_voice(assignment, turn),
        **_link(assignment, said),
        **(_offer(brief.offer, assignment, words, said) if brief.offer else {"no_offer": ""}),
    }
    fields["no_when"] = None if fields.get("when") else ""
    fields["name"] = _merged(assignment, words.name_fallback)
    fields["letter_name"] = _merged(assignment, words.letter_fallback)
    for bit, phrases in words.bits.items():
        fields[f"{bit}_bit"] = pick(phrases, fields, turn, "code") or ""
    return fields


def greeting_name(assignment: Assignment) -> str:
    """The reader's first name as a merge expression, or how a reader without one is greeted."""
    words = bank_for(assignment.brief.brand, assignment.language)
    return _merged(assignment, words.name_fallback)


def facts_said(assignment: Assignment, turn: Turn, most: int = 2) -> list[str]:
    """Facts in the message's language, as sentences: the place's own, then this turn's first."""
    said = spoken(assignment.brief, assignment.language).facts
    given = [sentence(fact) for _, fact in said]
    start = turn.index % len(given) if given else 0
    ordered = [*local_facts(assignment), *given[start:], *given[:start]]
    return [safe(fact) for fact in dict.fromkeys(ordered)][:most]


def local_facts(assignment: Assignment) -> list[str]:
    """What the brand kit says of the unit's place alone, where it is in the message's language."""
    _, local = local_brand(assignment.brief.brand, assignment.unit.place)
    if local is None:
        return []
    own = brief_language(assignment.brief)
    return [sentence(f) for f in local.facts if written_in(f, own) == assignment.language]


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
    ranked = dict.fromkeys(quiet(item.name) for item in sorted(named, key=_unlike(wanted)))
    return [name for name in ranked if not any(_within(name, other) for other in ranked)]


def _within(name: str, other: str) -> bool:
    """Whether a name says less than another: bulbs beside tulip bulbs."""
    return _stems(name) < _stems(other)


def is_sensitive(name: str) -> bool:
    """Whether naming this as somebody's liking would say something private about them."""
    folded = fold(name)
    return any(word in folded for word in shared().sensitive)


def is_native(text: str, assignment: Assignment) -> bool:
    """Whether a text of the brief or the brand is in the language of the message."""
    return written_in(text, brief_language(assignment.brief)) == assignment.language


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


def _merged(assignment: Assignment, fallback: str) -> str:
    """The reader's first name as a merge field, or how a reader without one is greeted."""
    if "first_name" in assignment.withheld:
        return fallback
    return f'{{{{ first_name | default: "{fallback}" }}}}'


def _place(assignment: Assignment, words: Bank) -> Fields:
    unit, offer = assignment.unit, assignment.brief.offer
    if assignment.language != brief_language(assignment.brief):
        unit = _without_categories(unit)
    liking = affinity(unit) if unit.level == "individual" else ""
    items = [liking] if liking else local_items(unit, offer)
    both = fill(words.join, {"first": items[0], "second": items[1]}) if items[1:] else None
    # One of several shops would be the wrong one for most of the readers.
    store = unit.stores[0] if len(unit.stores) == 1 else None
    facts = local_facts(assignment)
    return {
        "place": safe(unit.place) if unit.place and unit.level != "segment" else None,
        "item": items[0] if items else None,
        "items": both or (items[0] if items else None),
        "store": safe(store.name) if store else None,
        "store_address": safe(store.address) or None if store else None,
        "store_line": _store_line(store) if store else None,
        "local_fact": safe(facts[0]) if facts else None,
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


def _voice(assignment: Assignment, turn: Turn) -> Fields:
    """Two of the brand's examples and one of its claims, this message's turn first."""
    brand = assignment.brief.brand
    examples = [safe(squeeze(each)) for each in brand.voice.examples if is_native(each, assignment)]
    start = turn.index % len(examples) if examples else 0
    examples = [*examples[start:], *examples[:start]]
    claims = [
        claim.translations.get(assignment.language)
        or (claim.text if is_native(claim.text, assignment) else "")
        for claim in brand.claims
    ]
    said = [safe(squeeze(each).rstrip(".")) for each in claims if each]
    return {
        "voice": examples[0] if examples else None,
        "voice_2": examples[1] if examples[1:] else None,
        "claim": said[turn.index % len(said)] if said else None,
    }


def _link(assignment: Assignment, said: Spoken) -> Fields:
    action, site = assignment.brief.call_to_action, assignment.brief.brand.website
    url = action.url if action else None
    cta = safe(said.action.strip(" .:")) if said.action else None
    return {"cta": cta, "url": url, "site": url or site}


def _offer(offer: Offer, assignment: Assignment, words: Bank, said: Spoken) -> Fields:
    text = safe(said.offer)
    return {
        "offer": text,
        "amount_offer": _amount(text, assignment.language),
        "share": _share(text, assignment.language),
        "if_offer": "",
        "code": offer.code,
        **_terms(said, assignment, words),
        **_when(offer, words, assignment.today),
    }


def _amount(offer: str, language: Language) -> str | None:
    """An offer that is a sum or a share, as the object of a verb; None for any other."""
    if not _AMOUNT.match(offer):
        return None
    return f"un {offer}" if language == "es" and _PERCENT.match(offer) else offer


def _share(offer: str, language: Language) -> str | None:
    """The percentage of an offer too long for a headline, said alone."""
    found = _PERCENT.search(offer)
    return offer_in(found[0], "en", language) if found and len(offer) > _HEADLINE else None


def _terms(said: Spoken, assignment: Assignment, words: Bank) -> Fields:
    """Terms that can follow the offer after a comma do; others, and those quoted, are a sentence
    of their own. `terms_said` is all of them."""
    own = ", ".join(safe(each) for each in said.terms)
    left = ", ".join(quoted(safe(each), assignment.language) for each in said.quoted_terms)
    every = ", ".join(each for each in (own, left) if each)
    if not every:
        return {"terms": None, "terms_tail": "", "terms_said": None}
    follows = bool(own) and own.split()[0].casefold() in words.tail_words
    if follows:
        return {"terms": left or None, "terms_tail": f", {own}", "terms_said": every}
    return {"terms": every, "terms_tail": "", "terms_said": every}


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
    fields["if_start"] = "" if offer.starts else None
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
