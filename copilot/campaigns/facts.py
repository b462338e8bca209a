"""What one message may state: every fact of the brief, the brand kit and the unit, with origin.

Texts are searched with the same extractor the checks run over a draft, so a number, date or claim
is a fact exactly where a writer may repeat it.
"""

import datetime as dt
import functools
from collections.abc import Iterator, Sequence

from copilot.campaigns.briefing.brands import brand_for, claims_of, local_brand, origin_of
from copilot.campaigns.check.extract import canonical, extract_text
from copilot.campaigns.check.links import canonical_url
from copilot.campaigns.check.view import folded
from copilot.campaigns.composing.letter import date_line
from copilot.campaigns.composing.phrases import bank
from copilot.campaigns.composing.spoken import spoken, written_in
from copilot.campaigns.composing.wording import SMALL_CELL, date_text, is_sensitive
from copilot.records import (
    BrandKit,
    Brief,
    Fact,
    FactKind,
    Language,
    SubstantiatedClaim,
    Translation,
    Unit,
)
from copilot.text import content_id, squeeze

_PARTS_FROM = 2


def facts_for(
    brief: Brief, unit: Unit | None, *, language: Language, today: dt.date | None = None
) -> tuple[Fact, ...]:
    """Every statable fact of a message; without a unit, those of the brief and the brand alone.

    `value` is the canonical form that a draft's statement is compared with; `origin` names the
    place a fact comes from, such as `brief.offer.code`, `brand.localities[Leeds].facts[0]` or
    `locality:Headingley.top[0]`. A unit of fewer than 10 customers lends its place and its shops,
    not what it buys. Claims past their day are no facts where `today` is given; a letter's date
    line is one.
    """
    first: Language = next((each for each in brief.languages if each != "local"), "en")
    place = unit.place if unit is not None else ""
    found = [
        *_brand(brief.brand, place, first, language, today),
        *_offer(brief, language, first),
        *_texts(brief, first),
        *_restated(brief, language),
        *(_unit(unit) if unit is not None else ()),
    ]
    if today is not None and "letter" in brief.channels:
        kit = brand_for(brief.brand, place, today=today)
        found.append(_fact("required", date_line(kit, language, today), "letter.date"))
    return tuple({fact.id: fact for fact in found}.values())


def _brand(
    brand: BrandKit, place: str, first: Language, language: Language, today: dt.date | None
) -> Iterator[Fact]:
    kit = brand_for(brand, place, today=today)
    origin = functools.partial(origin_of, brand, place)
    yield _fact("brand", brand.name, "brand.name")
    if brand.legal_name:
        yield _fact("brand", brand.legal_name, "brand.legal_name")
    if kit.sender:
        yield _fact("brand", kit.sender, origin("sender"))
    if kit.address:
        yield from _address(kit.address, origin("address"))
    if kit.website:
        yield _fact("url", kit.website, origin("website"), canonical_url(kit.website))
    if kit.unsubscribe_url:
        url = canonical_url(kit.unsubscribe_url)
        yield _fact("url", kit.unsubscribe_url, "brand.unsubscribe_url", url)
    if kit.reply_to:
        yield _fact("email", kit.reply_to, origin("reply_to"), kit.reply_to.lower())
    if kit.phone:
        digits = "".join(each for each in kit.phone if each.isdigit())[-9:]
        yield _fact("phone", kit.phone, origin("phone"), digits)
    yield from _statements(kit.voice.examples, f"{origin('voice')}.examples", first)
    for where, claim in claims_of(brand, place, today=today):
        yield from _claim(claim, where, first, language)
    for channel, line in kit.required.items():
        name, local = local_brand(brand, place)
        here = local is not None and channel in local.required
        where = f"brand.localities[{name}].required" if here else "brand.required"
        yield _fact("required", line, f"{where}.{channel}")
        yield from _spans(line, f"{where}.{channel}", first)
    name, local = local_brand(brand, place)
    if local:
        yield from _statements(local.facts, f"brand.localities[{name}].facts", first)


def _claim(
    claim: SubstantiatedClaim, origin: str, first: Language, language: Language
) -> Iterator[Fact]:
    yield _fact("claim", claim.text, origin)
    yield from _spans(claim.text, origin, first)
    if own := claim.translations.get(language):
        yield _fact("claim", own, f"{origin}.translations.{language}")
        yield from _spans(own, f"{origin}.translations.{language}", language)


def _offer(brief: Brief, language: Language, first: Language) -> Iterator[Fact]:
    offer = brief.offer
    if offer is None:
        return
    yield from _spans(offer.text, "brief.offer.text", first)
    if offer.code:
        yield _fact("code", offer.code, "brief.offer.code", offer.code)
    for name in ("starts", "ends"):
        day: dt.date | None = getattr(offer, name)
        if day:
            text = date_text(day, bank(language), today=day)
            yield _fact("date", text, f"brief.offer.{name}", day.isoformat())
    if offer.terms:
        yield _fact("terms", offer.terms, "brief.offer.terms")
        yield from _spans(offer.terms, "brief.offer.terms", first)


def _texts(brief: Brief, first: Language) -> Iterator[Fact]:
    yield from _statements(brief.facts, "brief.facts", first)
    action = brief.call_to_action
    if action:
        yield _fact("call_to_action", action.text, "brief.call_to_action.text")
        yield from _spans(action.text, "brief.call_to_action.text", first)
        if action.url:
            url = canonical_url(action.url)
            yield _fact("url", action.url, "brief.call_to_action.url", url)


def _restated(brief: Brief, language: Language) -> Iterator[Fact]:
    """What the brief says in the message's language, where that is not the brief's own: given
    under `translations`, or said again from the same values."""
    said, offer, action = spoken(brief, language), brief.offer, brief.call_to_action
    given = brief.translations.get(language) or Translation()
    where = f"brief.translations.{language}"
    if offer and said.offer != squeeze(offer.text).rstrip("."):
        origin = f"{where}.offer" if given.offer else "brief.offer.text"
        yield from _spans(said.offer, origin, language)
    for clause in said.terms if offer else ():
        origin = f"{where}.terms" if given.terms else "brief.offer.terms"
        if offer and clause != squeeze(offer.terms or "").rstrip("."):
            yield _fact("terms", clause, origin)
            yield from _spans(clause, origin, language)
    if said.action and action and said.action != action.text:
        origin = f"{where}.call_to_action" if given.call_to_action else "brief.call_to_action.text"
        yield _fact("call_to_action", said.action, origin)
        yield from _spans(said.action, origin, language)
    yield from _statements(given.facts, f"{where}.facts", language)


def _unit(unit: Unit) -> Iterator[Fact]:
    owner = "locality" if unit.level == "local" else unit.level
    origin = f"{owner}:{unit.place or unit.name}"
    if unit.place:
        yield _fact("place", unit.place, origin)
    for number, store in enumerate(unit.stores):
        yield _fact("place", store.name, f"{origin}.stores[{number}].name")
        if store.address:
            yield from _address(store.address, f"{origin}.stores[{number}].address")
    if unit.customers >= SMALL_CELL:
        for number, item in enumerate(unit.top):
            if not is_sensitive(item.name):
                kind: FactKind = "product" if item.kind == "product" else "category"
                yield _fact(kind, item.name, f"{origin}.top[{number}]")
    affinities: tuple[tuple[FactKind, str | None], ...] = (
        ("product", unit.product),
        ("category", unit.category),
    )
    for kind, name in affinities:
        if name and not is_sensitive(name):
            yield _fact(kind, name, f"{origin}.{kind}")


def _statements(texts: Sequence[str], origin: str, first: Language) -> Iterator[Fact]:
    for number, text in enumerate(texts):
        yield _fact("statement", squeeze(text), f"{origin}[{number}]")
        yield from _spans(text, f"{origin}[{number}]", first)


def _address(address: str, origin: str) -> Iterator[Fact]:
    yield _fact("address", address, origin)
    parts = [part.strip() for part in address.split(",")]
    if len(parts) >= _PARTS_FROM:
        for part in parts:
            yield _fact("address", part, origin)
    for span in extract_text(address, "en"):
        if span.kind == "address":
            yield _fact("address", span.text, origin, span.values[0])


def _spans(text: str, origin: str, first: Language) -> Iterator[Fact]:
    """The hard statements inside a text, read in the language the text is written in."""
    for span in extract_text(text, written_in(text, first)):
        values = canonical(span)
        certain = span.kind == "date" or (span.kind == "time" and ":" in span.text)
        for value in values[:1] if certain else values:
            yield _fact(span.kind, span.text, origin, value)


def _fact(kind: FactKind, text: str, origin: str, value: str = "") -> Fact:
    value = value or folded(squeeze(text))
    return Fact(
        id=content_id(kind, value, origin), kind=kind, text=text, value=value, origin=origin
    )
