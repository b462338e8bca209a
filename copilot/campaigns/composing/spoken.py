"""The brief's own texts in the language of one message: as given, as translated, or quoted.

A translation in the brief comes first; then what can be said again without a model; what is left
is quoted (offer, terms) or left out (facts, call to action).
"""

import functools
import re
from typing import get_args

from copilot.campaigns.composing.nouns import quoted, table
from copilot.campaigns.composing.phrases import bank
from copilot.campaigns.composing.translate import action_in, offer_in, terms_in
from copilot.records import Brief, Language, Offer
from copilot.records.base import Record
from copilot.text import squeeze

_WORD = re.compile(r"[^\W\d_]+")
_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s*%")


class Spoken(Record):
    """What a brief says in one language; None where it says nothing or cannot say it.

    `offer` and `terms` are never None when the brief has them: at the least they are quoted.
    `facts` are (where it comes from, text).
    """

    offer: str = ""
    terms: tuple[str, ...] = ()
    quoted_terms: tuple[str, ...] = ()
    action: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


def spoken(brief: Brief, language: Language) -> Spoken:
    """The brief's texts in a language."""
    given = brief.translations.get(language)
    offer, source = brief.offer, brief_language(brief)
    terms: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    if offer and offer.terms:
        own = written_in(offer.terms, source)
        terms, left = terms_in(offer.terms, own, language)
    if given and given.terms:
        terms, left = (squeeze(given.terms).rstrip("."),), ()
    action = brief.call_to_action
    said = action_in(action.text, written_in(action.text, source), language) if action else None
    facts = tuple(
        (f"brief.facts[{number}]", fact)
        for number, fact in enumerate(brief.facts)
        if written_in(fact, source) == language
    )
    if given and given.facts:
        origin = f"brief.translations.{language}.facts"
        facts = tuple((f"{origin}[{number}]", fact) for number, fact in enumerate(given.facts))
    return Spoken(
        offer=_offer(offer, source, language, given.offer if given else None),
        terms=terms,
        quoted_terms=left,
        action=(given.call_to_action if given else None) or said,
        facts=facts,
    )


def offer_for(brief: Brief, language: Language) -> Offer | None:
    """The brief's offer with its text and terms as a message in a language states them.

    The checks compare a draft with this: a discount said in German is off what the German says.
    """
    if brief.offer is None:
        return None
    said = spoken(brief, language)
    terms = ", ".join([*said.terms, *said.quoted_terms]) or None
    return brief.offer.model_copy(update={"text": said.offer, "terms": terms})


def brief_language(brief: Brief) -> Language:
    """The language of the brief's own texts, by their small words; else its first language."""
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


def _running(text: str, language: Language) -> str:
    """An offer as it stands within a sentence: without a capital that only begins a line.

    >>> _running("Free coffee with any cake", "en"), _running("Kaffee gratis", "de")
    ('free coffee with any cake', 'Kaffee gratis')
    """
    first, _, rest = text.partition(" ")
    low = first[:1].lower() + first[1:]
    nouns = () if language == "de" else _nouns(language)
    known = low in bank(language).marks or low in nouns
    return f"{low} {rest}".strip() if known and not rest[:1].isupper() else text


@functools.cache
def _nouns(language: Language) -> frozenset[str]:
    forms = (form for each in table().things.values() for form in each[language][:2])
    return frozenset(form.split()[0] for form in forms)


def _offer(offer: Offer | None, source: Language, language: Language, given: str | None) -> str:
    if offer is None:
        return ""
    if given:
        return squeeze(given).rstrip(".")
    text = _running(squeeze(offer.text).rstrip("."), source)
    said = offer_in(text, written_in(text, source), language)
    if said:
        return said
    share = _PERCENT.search(text)
    restated = offer_in(share[0], "en", language) if share else None
    return f"{restated} ({quoted(text, language)})" if restated else quoted(text, language)
